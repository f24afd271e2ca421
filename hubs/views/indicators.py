"""What comes of it: the country's figures, those of each hub and state, and who works with whom."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.countries import Pack, get_pack
from accounts.real import real
from accounts.spreadsheets import csv_lines
from accounts.templatetags.pages import own_words

from ..indicators import network as together
from ..indicators import sheets, words
from ..indicators.facts import zone
from ..indicators.figures import BY_NAME, COUNTRY, hub_scope, last_day, state_scope
from ..models import Hub, Release


@dataclass(frozen=True)
class Place:
    """Whose figures, and where they stand; `lang`: of the name, where somebody wrote it; `hub` and `state`
    say what else there is of the place."""

    scope: str
    name: str
    url: str
    file: str
    lang: str = ""
    hub: Hub | None = None
    state: str = ""


def _place(hub: str, state: str) -> Place:
    pack = get_pack(settings.HELICE_COUNTRY)
    if hub:
        found = get_object_or_404(Hub.objects.filter(country=settings.HELICE_COUNTRY), slug=hub)
        name = own_words(found, "name")
        return Place(hub_scope(hub), name["text"], *_addresses("_hub", hub), lang=name["lang"], hub=found)
    if not state:
        return Place(COUNTRY, pack.name(), *_addresses("", ""))
    code = pack.state_at(state)
    if code is None:
        raise Http404
    return Place(state_scope(code), pack.states.label(code), *_addresses("_state", state), state=state)


def _addresses(kind: str, slug: str) -> tuple[str, str]:
    """Of the page and of its file."""
    page, file = (
        reverse(f"hubs:indicators{kind}{end}", args=[slug] if slug else []) for end in ("", "_file")
    )
    return page, file


def _release(place: Place, period: str) -> Release | None:
    """The one that was asked for, else the latest; a page that is not there where there is none such."""
    rows = Release.objects.filter(scope=place.scope)
    return get_object_or_404(rows, period=period) if period else rows.first()


@require_safe
def indicators(request: HttpRequest, hub: str = "", state: str = "") -> HttpResponse:
    """Of the country, of a hub or of a state."""
    place, pack = _place(hub, state), get_pack(settings.HELICE_COUNTRY)
    release = _release(place, request.GET.get("period", ""))
    context: dict[str, Any] = {"place": place, "release": release, "first_on": first_on()}
    if release:
        context |= _figures(release, place, pack, request.GET.get("figure", ""))
    if place.scope == COUNTRY:
        states = pack.states.choices(by_label=True)
        context["states"] = [(label, pack.state_slug(code)) for code, label in states]
        hubs = Hub.objects.filter(country=settings.HELICE_COUNTRY)
        context["hubs"] = real(hubs).prefetch_related("translations")
    return render(request, "hubs/indicators/page.html", context)


def first_on() -> date:
    """The day on which this month is over."""
    return last_day(f"{timezone.localdate(timezone=zone()):%Y-%m}") + timedelta(days=1)


def _figures(release: Release, place: Place, pack: Pack, wanted: str) -> dict[str, Any]:
    name = sheets.chosen(release.data, wanted)
    groups = sheets.groups(release.data)
    periods = Release.objects.filter(scope=place.scope).values_list("period", flat=True)
    return {
        "groups": groups,
        "any_told": any(figure.is_told for _title, members in groups for figure in members),
        "closer": name,
        "closer_name": words.names()[name],
        "closer_definition": words.definitions()[name],
        "sheets": sheets.sheets(release.data, name, release.period, pack, place.scope),
        "month": sheets.month_name(release.period),
        "periods": [(period, sheets.month_name(period), period == release.period) for period in periods],
    }


@require_safe
def indicators_file(request: HttpRequest, hub: str = "", state: str = "") -> StreamingHttpResponse:
    """A release as a file: all of it, or one figure."""
    place = _place(hub, state)
    release = _release(place, request.GET.get("period", ""))
    figure = request.GET.get("figure", "")
    if release is None or (figure and figure not in BY_NAME):
        raise Http404
    pack = get_pack(settings.HELICE_COUNTRY)
    lines = sheets.lines(release.data, place.scope, release.period, pack, figure)
    parts = ("indicators", hub or state or settings.HELICE_COUNTRY.lower(), figure, release.period)
    return _file(lines, "-".join(part for part in parts if part))


def _file(lines: Any, name: str) -> StreamingHttpResponse:
    response = StreamingHttpResponse(csv_lines(lines), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


@require_safe
def network(request: HttpRequest) -> HttpResponse:
    lines = together.lines()
    context: dict[str, Any] = {"lines": lines}
    if lines:
        picture = together.picture(lines)
        names = _sides()
        by_number = {row.number: row.organisation for row in picture.rows}
        context |= {
            "ring": picture.ring,
            "nodes": [(node, by_number[node.number]) for node in picture.ring.nodes],
            "names": [(side, names[side], at) for side, at in picture.ring.words.items()],
            "undrawn": picture.left_out,
            "rows": [(row, names[row.side]) for row in picture.rows[:MOST_LINES]],
            "left_out": len(picture.rows) - len(picture.rows[:MOST_LINES]),
        }
    return render(request, "hubs/indicators/network.html", context)


MOST_LINES = 100  # of the table; its file has them all


def _sides() -> dict[str, str]:
    return {"academia": _("Academia"), "industry": _("Industry"), "government": _("Government")}


@require_safe
def network_file(request: HttpRequest) -> StreamingHttpResponse:
    head = ("organisation_a", "helix_a", "organisation_b", "helix_b", "challenges_together")
    rows = (
        (line.a.name, line.sides[0], line.b.name, line.sides[1], str(line.works)) for line in together.lines()
    )
    return _file((head, *rows), "network")
