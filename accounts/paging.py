"""Pages of a list that is short as a whole."""

from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Count, Window


class CountedPaginator(Paginator):  # type: ignore[type-arg]
    """Counts in the query that reads the page. For queries that find few rows: each is read to be counted."""

    def get_page(self, number: Any) -> "Page[Any]":
        asked = int(number) if str(number or "").isdecimal() else 1
        first = max(asked - 1, 0) * self.per_page
        counted = self.object_list.annotate(rows_in_all=Window(Count("*")))  # type: ignore[attr-defined]
        rows = list(counted[first : first + self.per_page])
        if not rows and asked > 1:
            return super().get_page(number)  # beyond the last
        self.count = rows[0].rows_in_all if rows else 0
        return Page(rows, max(asked, 1), self)
