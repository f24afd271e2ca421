"""Which challenges a feed, a calendar or a file is about: the filters of the list, in the address."""

from typing import Any

from django import forms
from django.conf import settings
from django.db.models import Q
from django.http import QueryDict
from django.utils import timezone

from accounts.countries import get_pack
from accounts.real import real

from ..forms import ChallengeFilter
from ..models import Challenge, Status
from ..models.challenges import ChallengeQuerySet
from ..queries import filtered


class Chosen(ChallengeFilter):
    """The list's filters, and sector and field of science."""

    sector = forms.ChoiceField(required=False)
    field = forms.ChoiceField(required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        pack = get_pack(settings.HELICE_COUNTRY)
        for name, tables in {"sector": [pack.sectors], "field": [pack.broad_fields, pack.fields]}.items():
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)  # noqa: S101 - for the type checker
            field.choices = [("", "")] + [pair for table in tables for pair in table.choices()]

    def words(self) -> list[str]:
        """What was chosen, in the reader's language."""
        found = []
        for name, value in self.wanted().items():
            field = self.fields[name]
            if (
                value
                and isinstance(field, forms.ChoiceField)
                and not isinstance(field, forms.ModelChoiceField)
            ):
                found.append(str(dict(field.choices).get(value, value)))  # type: ignore[arg-type]
            elif value:
                found.append(str(value))
        return found

    def open_ones(self) -> ChallengeQuerySet:
        """Those that may still be answered, now or soon."""
        now = Q(status=Status.PUBLISHED, closes_at__gt=timezone.now())
        return filtered(real(Challenge.objects.filter(now)), self.wanted())  # type: ignore[arg-type]


def chosen(query: QueryDict) -> Chosen:
    return Chosen(query)
