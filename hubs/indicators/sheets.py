"""A release as a page shows it and as its file holds it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.countries import Pack
from accounts.folding import sort_key

from . import svg, words
from .figures import BY_NAME, DIMENSIONS, FIGURES, Told, months_to

HIDDEN = "–"
KEYS = ("period", "scope", "figure", "unit", "by", "code", "name", "value")
MOST_BARS = 12  # of a chart; its table has them all


def told(value: int | None) -> str:
    """As pages show it, in Mexico and in English alike."""
    return HIDDEN if value is None else f"{value:,}"


def short(value: int) -> str:
    """For a narrow column: "4.8M"."""
    for size, letter in ((10**9, "G"), (10**6, "M"), (10**3, "k")):
        if value >= 10 * size or (value >= size and value >= 10_000):
            return f"{value / size:.3g}{letter}"
    return f"{value:,}"


def month_name(month: str) -> str:
    return date_format(date.fromisoformat(f"{month}-01"), "YEAR_MONTH_FORMAT")


@dataclass(frozen=True)
class Shown:
    """A figure on its page."""

    name: str
    label: str
    definition: str
    number: str
    is_told: bool


def groups(data: Told) -> list[tuple[str, list[Shown]]]:
    labels, definitions, titles = words.names(), words.definitions(), words.group_names()
    return [
        (titles[group], [_shown(name, data, labels[name], definitions[name]) for name in members])
        for group, members in words.GROUPS
    ]


def _shown(name: str, data: Told, label: str, definition: str) -> Shown:
    total = data["figures"].get(name, {}).get("total")
    return Shown(name, label, definition, told(total), total is not None)


def chosen(data: Told, wanted: str) -> str:
    """The figure to look at more closely: the one that was asked for, else the first that has something."""
    if wanted in BY_NAME:
        return wanted
    with_months = [figure.name for figure in FIGURES if data["figures"].get(figure.name, {}).get("month")]
    return with_months[0] if with_months else FIGURES[0].name


@dataclass(frozen=True)
class Sheet:
    """One figure, split one way: what is told of it, as a drawing and as rows."""

    key: str
    title: str
    head: list[str]
    rows: list[list[str]]
    chart: dict[str, Any] | None


def sheets(data: Told, name: str, period: str, pack: Pack, scope: str) -> list[Sheet]:
    cells = data["figures"].get(name, {})
    titles, label = words.dimension_names(), words.names()[name]
    keys = ("sector",) if scope.startswith("state:") else ("sector", "state")
    return [
        _months(cells.get("month", {}), period, titles["month"], label),
        *(_places(key, cells.get(key, {}), pack, titles[key], label) for key in keys),
    ]


def _months(cells: dict[str, int], period: str, title: str, label: str) -> Sheet:
    months = months_to(period)
    rows = [[month_name(month), told(cells.get(month))] for month in months]
    if not cells:
        return Sheet("month", title, [_("Month"), label], [], None)
    drawn = svg.columns([cells.get(month) for month in months])
    marks = [
        {
            "at": column,
            "number": short(column.value) if column.value else "",
            "name": date_format(date.fromisoformat(f"{month}-01"), "b y")
            if (len(months) - 1 - place) % 3 == 0
            else "",
        }
        for place, (month, column) in enumerate(zip(months, drawn.columns, strict=True))
    ]
    return Sheet("month", title, [_("Month"), label], rows, {"drawn": drawn, "marks": marks})


def _places(key: str, cells: dict[str, int], pack: Pack, title: str, label: str) -> Sheet:
    """What is most first; only what is told."""
    table = pack.sectors if key == "sector" else pack.states
    rows = [
        (table.text(code, "short") or table.label(code), table.label(code), n) for code, n in cells.items()
    ]
    rows.sort(key=lambda row: (-row[2], sort_key(row[1])))
    head = [_("Sector") if key == "sector" else _("State"), label]
    drawn = svg.bars([n for _name, _label, n in rows[:MOST_BARS]])
    marks = [
        {"at": bar, "name": name, "number": told(n)}
        for bar, (name, _label, n) in zip(drawn.lines, rows, strict=False)
    ]
    chart = {"drawn": drawn, "marks": marks} if rows else None
    return Sheet(key, title, head, [[full, told(n)] for _name, full, n in rows], chart)


def lines(data: Told, scope: str, period: str, pack: Pack, only: str = "") -> Iterator[Sequence[str]]:
    """The file of a release: a line for each figure, sector, state and month. What is not told is empty."""
    yield KEYS
    for figure in FIGURES:
        if only in ("", figure.name):
            cells = data["figures"].get(figure.name, {})
            yield period, scope, figure.name, figure.unit, "total", "", "", _cell(cells.get("total"))
            for by in DIMENSIONS:
                if by != "state" or not scope.startswith("state:"):
                    for code, label in _codes(by, period, pack):
                        told_of = _cell(cells.get(by, {}).get(code))
                        yield period, scope, figure.name, figure.unit, by, code, label, told_of


def _codes(by: str, period: str, pack: Pack) -> list[tuple[str, str]]:
    if by == "month":
        return [(month, month) for month in months_to(period)]
    return (pack.sectors if by == "sector" else pack.states).choices()


def _cell(value: int | None) -> str:
    return "" if value is None else str(value)
