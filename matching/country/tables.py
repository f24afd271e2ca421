"""The figures of each chart as rows: what its table shows and its file holds."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from accounts.countries import Pack
from accounts.countries.tables import Table
from accounts.folding import sort_key
from accounts.models import Profile

from .counts import EVERYWHERE, Figures

HIDDEN = "<5"
Value = int | None


def told(value: Value) -> str:
    """A count as pages show it, in Mexico and in English alike."""
    return HIDDEN if value is None else f"{value:,}"


@dataclass(frozen=True)
class Row:
    code: str
    label: str
    values: Sequence[Value]
    short: str = ""  # what a drawing says for a long label

    def shown(self) -> list[str]:
        return [told(value) for value in self.values]


@dataclass(frozen=True)
class Sheet:
    """A table: keys in English that stay, their names in the reader's language, and rows."""

    name: str
    first: str
    keys: Sequence[str]
    heads: Sequence[str]
    rows: Sequence[Row]

    @property
    def head(self) -> list[str]:
        return [self.first, *self.heads]

    @property
    def body(self) -> list[list[str]]:
        """As a page shows it."""
        return [[row.label, *row.shown()] for row in self.rows]

    def lines(self) -> Iterator[list[str]]:
        """As a CSV file has it: the keys, and a row's code before its label."""
        yield ["code", "name", *self.keys]
        for row in self.rows:
            yield [row.code, row.label, *(HIDDEN if value is None else str(value) for value in row.values)]


def states(figures: Figures, pack: Pack) -> Sheet:
    """Every state, those without anything too; the whole country's challenges last."""
    kinds = list(Profile.Kind.values)
    places = [*pack.states.choices(by_label=True), (EVERYWHERE, _("The whole country"))]
    rows = []
    for code, label in places:
        cell: Mapping[str, Any] = figures["states"].get(code, {})
        counted = [cell.get(name, 0) for name in ("asked", "met", "needs")]
        people = [cell.get("people"), cell.get("fitting"), *(cell.get("kinds", {}).get(k) for k in kinds)]
        rows.append(Row(code, label, [*counted, *people]))
    keys = ["challenges", "with_somebody_who_fits", "needs", "profiles", "profiles_that_fit", *kinds]
    heads = [
        _("Challenges"),
        _("With somebody who fits"),
        _("Needs"),
        _("Profiles"),
        _("That fit a challenge"),
        _("Researchers"),
        _("Startups"),
        _("Companies"),
        _("Agencies"),
    ]
    return Sheet("states", _("State"), keys, heads, rows)


def both_sides(name: str, cells: Mapping[str, Mapping[str, Any]], names: Table) -> Sheet:
    """What is asked of each field or sector and who offers it: what is asked most first."""
    rows = [_row(code, names, [cell["asked"], cell["met"], cell["people"]]) for code, cell in cells.items()]
    rows.sort(key=lambda row: (-(row.values[0] or 0), -(row.values[2] or 0), sort_key(row.label)))
    keys = ["challenges", "with_somebody_who_fits", "profiles"]
    heads = [_("Challenges"), _("With somebody who fits"), _("Profiles")]
    return Sheet(name, _("Sector") if name == "sectors" else _("Field of science"), keys, heads, rows)


def _row(code: str, names: Table, values: Sequence[Value]) -> Row:
    return Row(code, names.label(code), values, names.text(code, "short") or names.label(code))


def meeting(figures: Figures, pack: Pack) -> Sheet:
    """Researchers who fit a challenge, by the challenge's sector and their broad field."""
    areas = pack.broad_fields.choices()
    order = [code for code in pack.sectors.codes if code in figures["meeting"]]
    cells = figures["meeting"]
    rows = [
        _row(sector, pack.sectors, [cells[sector].get(code) for code, _label in areas]) for sector in order
    ]
    keys, heads = [f"field_{code}" for code, _label in areas], [label for _code, label in areas]
    return Sheet("meeting", _("Sector"), keys, heads, rows)


def months(figures: Figures) -> Sheet:
    """Month by month: challenges published, public profiles, and those of them that fit a challenge."""
    rows = [
        Row(month, month, [n, figures["joined"].get(month), figures["fitting"].get(month)])
        for month, n in figures["published"].items()
    ]
    keys = ["challenges_published", "profiles", "profiles_that_fit"]
    heads = [_("Challenges published"), _("Profiles"), _("That fit a challenge")]
    return Sheet("months", _("Month"), keys, heads, rows)
