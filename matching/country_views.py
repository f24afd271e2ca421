"""The country: a map of its states, where needs and capabilities meet, and how it goes on."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from accounts.countries import Pack, get_pack
from accounts.models import Profile
from accounts.spreadsheets import csv_lines
from hubs.indicators.svg import columns
from hubs.models import Challenge
from hubs.queries import at_time, for_cards

from .country import charts, counts, tables
from .country.hiding import STEP
from .country.tables import Row, Sheet, told
from .models import CountryFigures

SHOWN = ("asked", "people", "fitting")  # what the map may show
BESIDE_MAP = (0, 3, 4)  # columns of the states' table; its file has them all
MOST_LINES = 12  # of a chart; its table has them all
ON_STATE = 6


def slug_of(pack: Pack, code: str) -> str:
    """A state's place in addresses: "jal"."""
    return pack.state_slug(code)


def state_of(pack: Pack, slug: str) -> str:
    """The state at that place in an address, or a page that is not there."""
    code = pack.state_at(slug)
    if code is None:
        raise Http404
    return code


@require_safe
def country(request: HttpRequest) -> HttpResponse:
    pack = get_pack(settings.HELICE_COUNTRY)
    row = counts.current()
    context: dict[str, Any] = {"country": pack.name(), "row": row}
    if row:
        context |= _country(row, pack, request.GET.get("show", ""))
    return render(request, "matching/country.html", context)


def _country(row: CountryFigures, pack: Pack, show: str) -> dict[str, Any]:
    figures = row.data
    fields, sectors = _sheets(figures, pack, "fields"), _sheets(figures, pack, "sectors")
    meeting, months = tables.meeting(figures, pack), tables.months(figures)
    states = tables.states(figures, pack)
    return {
        "stats": _stats(figures["totals"]),
        "map": state_map(figures, pack, show),
        "states_head": [states.first, *(states.heads[place] for place in BESIDE_MAP)],
        "states_body": _linked(states, pack),
        "fields": fields,
        "fields_chart": both_sides(fields),
        "sectors": sectors,
        "sectors_chart": both_sides(sectors),
        "meeting": meeting,
        "meeting_chart": _meeting(meeting),
        "areas": pack.broad_fields.choices(),
        "months": _with_names(months),
        "month_charts": [_month_chart(months, place) for place in _that_go_on(months)],
    }


@require_safe
def country_state(request: HttpRequest, state: str) -> HttpResponse:
    pack = get_pack(settings.HELICE_COUNTRY)
    code = state_of(pack, state)
    open_here = at_time(Challenge.objects.filter(country=settings.HELICE_COUNTRY, state=code), "open")
    row = counts.current()
    neighbours = pack.states.value(code, "neighbours").split()
    context: dict[str, Any] = {
        "code": code,
        "slug": state,
        "name": pack.states.label(code),
        "row": row,
        "challenges": for_cards(open_here)[:ON_STATE],
        "neighbours": [(pack.states.label(one), slug_of(pack, one)) for one in neighbours],
    }
    if row:
        context |= {
            "stats": _state_stats(row.data["states"].get(code, {})),
            "people": _people(row, pack, code),
            "sheets": [
                (sheet.name, sheet, both_sides(sheet))
                for sheet in _state_sheets(row, pack, state)
                if sheet.rows
            ],
        }
    return render(request, "matching/country_state.html", context)


@require_safe
def country_table(request: HttpRequest, table: str, state: str = "") -> StreamingHttpResponse:
    """The figures of one chart as a file."""
    pack = get_pack(settings.HELICE_COUNTRY)
    row = counts.current()
    if row is None:
        raise Http404
    for sheet in _state_sheets(row, pack, state) if state else _country_sheets(row, pack):
        if sheet.name == table:
            response = StreamingHttpResponse(csv_lines(sheet.lines()), content_type="text/csv; charset=utf-8")
            name = "-".join(part for part in (state or settings.HELICE_COUNTRY.lower(), table) if part)
            response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
            return response
    raise Http404


def _country_sheets(row: CountryFigures, pack: Pack) -> list[Sheet]:
    both = [_sheets(row.data, pack, name) for name in ("fields", "sectors")]
    more = [tables.meeting(row.data, pack), tables.months(row.data)]
    return [tables.states(row.data, pack), *both, *more]


def _state_sheets(row: CountryFigures, pack: Pack, slug: str) -> list[Sheet]:
    here = row.data["in_states"].get(state_of(pack, slug), {"areas": {}, "sectors": {}})
    return [_sheet_of(name, here[name], pack) for name in ("areas", "sectors")]


def _sheets(figures: counts.Figures, pack: Pack, name: str) -> Sheet:
    return _sheet_of(name, figures[name], pack)


def _sheet_of(name: str, cells: Mapping[str, Mapping[str, Any]], pack: Pack) -> Sheet:
    labels = {"fields": pack.fields, "sectors": pack.sectors, "areas": pack.broad_fields}[name]
    return tables.both_sides(name, cells, labels)


def _stats(totals: Mapping[str, int | None]) -> list[tuple[str, str, str]]:
    """The country in four numbers, with where each leads."""
    asked, people = reverse("hubs:challenge_list"), reverse("accounts:profile_list")
    return [
        (told(totals["asked"]), _("challenges open or opening soon"), asked),
        (told(totals["needs"]), _("needs in them"), ""),
        (told(totals["met"]), _("challenges that somebody fits"), ""),
        (told(totals["people"]), _("public profiles"), people),
    ]


def _state_stats(cell: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    return [
        (told(cell.get("asked", 0)), _("challenges open or opening soon"), ""),
        (told(cell.get("needs", 0)), _("needs in them"), ""),
        (told(cell.get("met", 0)), _("challenges that somebody fits"), ""),
        (told(cell.get("people")), _("public profiles"), ""),
    ]


def _linked(sheet: Sheet, pack: Pack) -> list[list[str]]:
    """The states' names lead to their pages."""
    link = '<a href="{}">{}</a>'
    return [
        [
            format_html(link, _state_url(pack, row.code), row.label) if row.code else row.label,
            *(row.shown()[place] for place in BESIDE_MAP),
        ]
        for row in sheet.rows
    ]


def _state_url(pack: Pack, code: str) -> str:
    return reverse("matching:country_state", args=[slug_of(pack, code)])


@dataclass(frozen=True)
class StateTile:
    """A square of the map with its words: what it shows, and the sentence that a screen reader says."""

    tile: charts.Tile
    url: str
    short: str
    number: str
    words: str


def state_map(figures: counts.Figures, pack: Pack, show: str = "") -> dict[str, Any] | None:
    """The map of the states; None for a country that has drawn none."""
    show = show if show in SHOWN else SHOWN[0]
    places = {}
    for code in pack.states.codes:
        column, row = (pack.states.value(code, f"tile_{name}") for name in ("column", "row"))
        if column and row:
            places[code] = (int(column), int(row))
    if not places:
        return None
    values = {
        code: figures["states"].get(code, {}).get(show, 0 if show == "asked" else None) for code in places
    }
    drawn = charts.tile_map(places, values)
    most = max((value or 0 for value in values.values()), default=0)
    return {
        "drawn": drawn,
        "show": show,
        "tiles": [_state_tile(tile, values[tile.code], figures, pack) for tile in drawn.tiles],
        "choices": [(name, label, name == show) for name, label in zip(SHOWN, _measures(), strict=True)],
        "legend": charts.classes(most, 1 if show == SHOWN[0] else STEP),
    }


def _measures() -> list[str]:
    return [_("Open challenges"), _("Profiles"), _("Profiles that fit a challenge")]


def _state_tile(tile: charts.Tile, value: int | None, figures: counts.Figures, pack: Pack) -> StateTile:
    cell = figures["states"].get(tile.code, {})
    asked = cell.get("asked", 0)
    words = _("%(state)s: %(challenges)s, %(people)s") % {
        "state": pack.states.label(tile.code),
        "challenges": ngettext("%(n)d open challenge", "%(n)d open challenges", asked) % {"n": asked},
        "people": _people_words(cell.get("people")),
    }
    url = _state_url(pack, tile.code)
    return StateTile(tile, url, slug_of(pack, tile.code).upper(), told(value), words)


def _people_words(people: int | None) -> str:
    if people is None:
        return _("fewer than five profiles")
    return _("about %(n)d profiles") % {"n": people}


def both_sides(sheet: Sheet) -> dict[str, Any]:
    """What is asked to the left, who offers it to the right; of the lines that have something to show."""
    rows = [row for row in sheet.rows if row.values[0] or row.values[2]][:MOST_LINES]
    drawn = charts.pairs([(row.values[0] or 0, row.values[1] or 0, row.values[2]) for row in rows])
    return {
        "drawn": drawn,
        "lines": list(zip(rows, drawn.lines, strict=True)),
        "left_out": len(sheet.rows) - len(rows),
    }


def _meeting(sheet: Sheet) -> dict[str, Any]:
    """Of the sectors in which at least five fit a challenge somewhere."""
    rows = [row for row in sheet.rows if any(row.values)]
    drawn = charts.grid([row.values for row in rows], len(sheet.keys))
    heads = [key.removeprefix("field_") for key in sheet.keys]
    return {
        "drawn": drawn,
        "heads": list(zip(heads, drawn.heads, strict=True)),
        "lines": list(zip(rows, drawn.labels, drawn.rows, strict=True)),
    }


def _month(month: str) -> date:
    return date.fromisoformat(f"{month}-01")


def _with_names(sheet: Sheet) -> Sheet:
    """The months by their names."""
    rows = [
        Row(row.code, date_format(_month(row.code), "YEAR_MONTH_FORMAT"), row.values) for row in sheet.rows
    ]
    return Sheet(sheet.name, sheet.first, sheet.keys, sheet.heads, rows)


def _that_go_on(sheet: Sheet) -> list[int]:
    """The columns with more than one month to draw."""
    known = [sum(row.values[place] is not None for row in sheet.rows) for place in range(len(sheet.keys))]
    return [place for place, n in enumerate(known) if n > 1]


def _month_chart(sheet: Sheet, place: int) -> dict[str, Any]:
    """One column of the months' table, drawn; under every third month stands its name."""
    values = [row.values[place] for row in sheet.rows]
    drawn = columns(values)
    names = [
        date_format(_month(row.code), "b y") if (len(values) - 1 - number) % 3 == 0 else ""
        for number, row in enumerate(sheet.rows)
    ]
    return {
        "title": sheet.heads[place],
        "key": sheet.keys[place],
        "drawn": drawn,
        "columns": list(zip(drawn.columns, names, strict=True)),
        "people": place > 0,
    }


def _people(row: CountryFigures, pack: Pack, code: str) -> list[tuple[str, str, str]]:
    """Who is there, kind by kind: the kind, its name, how many."""
    sheet = tables.states(row.data, pack)
    mine = next(one for one in sheet.rows if one.code == code)
    return [
        (kind, sheet.heads[sheet.keys.index(kind)], told(mine.values[sheet.keys.index(kind)]))
        for kind in Profile.Kind.values
    ]
