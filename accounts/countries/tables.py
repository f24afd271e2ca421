"""Tables of a country pack: rows of a CSV file, with labels in each of the pack's languages.

Columns: `code`; one column per language with the label; `parent` where rows have levels; any other column is
a fact of the row, and `<fact>_<language>` is a fact told in that language.
"""

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import get_language

from accounts.folding import sort_key

Choices = list[tuple[str, str]]


def pick_language(language: str | None, languages: Sequence[str]) -> str:
    """The one of `languages` for `language` or the active one: `es-mx` reads `es`, unknown ones the first."""
    wanted = (language or get_language() or "").lower().replace("_", "-").partition("-")[0]
    return wanted if wanted in languages else languages[0]


@dataclass(frozen=True)
class Row:
    """One entry of a table."""

    code: str
    parent: str
    facts: Mapping[str, str]


@dataclass(frozen=True, eq=False)
class Table:
    """Entries in the order of their source."""

    rows: tuple[Row, ...]
    languages: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[Row]:
        return iter(self.rows)

    def __contains__(self, code: object) -> bool:
        return code in self._by_code

    @cached_property
    def _by_code(self) -> dict[str, Row]:
        return {row.code: row for row in self.rows}

    @cached_property
    def codes(self) -> tuple[str, ...]:
        return tuple(row.code for row in self.rows)

    def choices(self, language: str | None = None, *, by_label: bool = False) -> Choices:
        """(code, label) of every row, in the order of the source or, `by_label`, of the Spanish alphabet."""
        column = pick_language(language, self.languages)
        pairs = [(row.code, row.facts[column]) for row in self.rows]
        return sorted(pairs, key=lambda pair: sort_key(pair[1])) if by_label else pairs

    def label(self, code: str, language: str | None = None) -> str:
        """The label of a code. A code that left the table is shown as it stands: rows outlive editions."""
        row = self._by_code.get(code)
        return row.facts[pick_language(language, self.languages)] if row else code

    def text(self, code: str, column: str, language: str | None = None) -> str:
        """A fact told in each language (the column `help_es` is `help`), or "" for an unknown code."""
        return self.value(code, f"{column}_{pick_language(language, self.languages)}")

    def value(self, code: str, column: str) -> str:
        """A fact that is the same in each language; "" for an unknown code, or where the country has no such
        column."""
        row = self._by_code.get(code)
        return row.facts.get(column, "") if row else ""

    def roots(self) -> "Table":
        """The rows of the first level."""
        return Table(tuple(row for row in self.rows if not row.parent), self.languages)

    def leaves(self) -> "Table":
        """The rows under another."""
        return Table(tuple(row for row in self.rows if row.parent), self.languages)


def read_table(path: Path, languages: tuple[str, ...]) -> Table:
    """The table of one file; ImproperlyConfigured where a code repeats or a label lacks."""
    with path.open(encoding="utf-8", newline="") as lines:
        rows = tuple(Row(row["code"], row.get("parent", ""), row) for row in csv.DictReader(lines))
    table = Table(rows, languages)
    if len(set(table.codes)) != len(rows):
        raise ImproperlyConfigured(f"{path}: a code stands twice")
    if any(not row.facts.get(language) for row in rows for language in languages):
        raise ImproperlyConfigured(f"{path}: every row needs a label in {', '.join(languages)}")
    if any(row.parent and row.parent not in table for row in rows):
        raise ImproperlyConfigured(f"{path}: a row stands under a code that is not there")
    return table
