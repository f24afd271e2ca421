"""What the engine learned from answers, and whether that is used: for operators and a nation's curators."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from .evaluation.learned import ENGINE, LEARNED
from .learning import TO_FIT, TO_JUDGE
from .models import LearnedModel, MatchEvent
from .permissions import may_see_rounds

SHOWN = 12  # of the latest


@login_required
@require_safe
def learning(request: HttpRequest) -> HttpResponse:
    if not may_see_rounds(request.user):
        raise Http404
    rows = list(LearnedModel.objects.all()[:SHOWN])
    for row in rows:
        row.why_off = _(row.why_off) if row.why_off else ""
    in_force = next((row for row in rows if row.is_on), None)
    shown = in_force or next((row for row in rows if "log_loss" in row.measured), None)
    context = {
        "allowed": settings.HELICE_LEARNING,
        "answers": MatchEvent.objects.filter(kind=MatchEvent.Kind.ANSWER).count(),
        "latest": rows[0] if rows else None,
        "in_force": in_force,
        "tables": _tables(shown.measured) if shown else [],
        "counted": _counted(rows[0].measured) if rows else None,
        "history": [
            [_when(row), _("in use") if row.is_on else _("switched off"), row.why_off] for row in rows
        ],
        "history_head": [_("Learned on"), _("State"), _("Why it is off")],
    }
    return render(request, "matching/learning.html", context)


def _when(row: LearnedModel) -> str:
    return f"{row.trained_at:%Y-%m-%d}"


def _counted(measured: Mapping[str, Any]) -> dict[str, Any]:
    """How many pairs there are to learn from, beside how many it takes."""
    counts = measured["counts"]
    return {
        "caption": _("Pairs that were shown a month ago or earlier"),
        "head": [_("What became of them"), _("Pairs")],
        "rows": [
            [_("Interest"), counts["yes"]],
            [_("Declined as not their field, or never to be shown again"), counts["no"]],
            [_("No answer"), counts["silent"]],
            [
                _("Of the rarer outcome, to learn from (at least %(n)d)") % {"n": TO_FIT},
                measured["fitted"],
            ],
            [_("Of the rarer outcome, to judge by (at least %(n)d)") % {"n": TO_JUDGE}, measured["judged"]],
        ],
    }


def _tables(measured: Mapping[str, Any]) -> list[dict[str, Any]]:
    names = {
        "log_loss": _("Log loss (less is better)"),
        "brier": _("Brier score (less is better)"),
        "ndcg": _("nDCG of the first 10 (more is better)"),
        "auc": _("AUC (more is better)"),
    }
    return [
        {
            "caption": _("On answers that came after all it learned from"),
            "head": [_("Measure"), _("Learned"), _("Untrained engine")],
            "rows": [
                [name, _between(measured[key][LEARNED]), _between(measured[key][ENGINE])]
                for key, name in names.items()
            ],
        },
        {
            "caption": _("Share of interest, expected and seen, by tenths"),
            "head": [_("Tenth"), _("Pairs"), _("Expected"), _("Seen")],
            "rows": [
                [number, rows, number_format(expected, 3), number_format(seen, 3)]
                for number, (expected, seen, rows) in enumerate(measured["calibration"][LEARNED], start=1)
            ],
        },
    ]


def _between(found: list[float]) -> str:
    mean, low, high = (number_format(value, 3) for value in found)
    return _("%(mean)s (%(low)s to %(high)s)") % {"mean": mean, "low": low, "high": high}
