"""Who heard of what in a week: on whom attention fell, for operators and the curators of a nation."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.formats import number_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.forms.choices import pack
from accounts.models import Organisation, Profile

from .models import AllocationRound
from .permissions import may_see_rounds

SHOWN = 26  # half a year


@login_required
@require_safe
def round_list(request: HttpRequest) -> HttpResponse:
    if not may_see_rounds(request.user):
        raise Http404
    rounds = AllocationRound.objects.exclude(done_at=None)[:SHOWN]
    return render(request, "matching/rounds.html", {"rounds": rounds})


@login_required
@require_safe
def round_report(request: HttpRequest, period: str) -> HttpResponse:
    if not may_see_rounds(request.user):
        raise Http404
    made = get_object_or_404(AllocationRound.objects.exclude(done_at=None), period=period)
    context = {"round": made, "totals": _totals(made.report), "head": _head(), "tables": _tables(made.report)}
    return render(request, "matching/round.html", context)


def _head() -> list[str]:
    return [_("Figure"), _("This round"), _("Plain top-k")]


def _totals(report: dict[str, Any]) -> list[list[object]]:
    """Each figure of the round beside what everybody's own best would have given."""
    gini = report.get("gini", {})
    rows = [
        (_("Items told"), report.get("told")),
        (_("Expected usefulness"), report.get("usefulness")),
        (_("People whom challenges miss on a side that they need"), report.get("missed")),
        (_("Gini coefficient over people"), gini.get("people")),
        (_("Gini coefficient over challenges"), gini.get("challenges")),
    ]
    return [[name, *values] for name, values in rows if values]


def _tables(report: dict[str, Any]) -> list[dict[str, Any]]:
    names = {"state": _("state"), "kind": _("kind"), "size": _("size of organisation")}
    sides = {"readers": _("Readers"), "posters": _("Posters")}
    return [
        _table(f"{sides[side]}: {names[fact]}", names[fact], side, fact, found)
        for side, facts in report.get("exposure", {}).items()
        for fact, found in facts.items()
    ]


def _table(caption: str, name: str, side: str, fact: str, found: dict[str, Any]) -> dict[str, Any]:
    rows = [
        [
            _named(side, fact, row["code"]),
            row["of"],
            *row["items"],
            *(_rate(n, row["of"]) for n in row["items"]),
        ]
        for row in found["rows"]
    ]
    return {
        "caption": caption,
        "gini": found["gini"],
        "rows": rows,
        "head": [
            capfirst(name),
            _("People") if side == "readers" else _("Challenges"),
            _("Items: this round"),
            _("Items: plain top-k"),
            _("Items each: this round"),
            _("Items each: plain top-k"),
        ],
    }


def _rate(items: int, of: int) -> str:
    return number_format(items / of, 2) if of else "–"


def _named(side: str, fact: str, code: str) -> str:
    if not code:
        return _("Not said")
    if fact == "kind":
        kinds = Profile.Kind if side == "readers" else Organisation.Kind
        return str(capfirst(dict(kinds.choices).get(code, code)))
    table = pack().states if fact == "state" else pack().sizes
    return table.label(code) if code in table.codes else code
