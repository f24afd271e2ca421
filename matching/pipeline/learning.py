"""Learning from answers: by night, from what was shown and said; off until it does no worse than the engine.

Judged every night on what was answered since, learned anew every week. What it gives is used for operators
and for who is written to about what; strengths in words, scores and the order of pages stay the engine's, so
that one pair looks the same wherever it is shown (docs/decisions/0007).
"""

import logging
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F, QuerySet, Subquery
from django.utils import timezone
from django.utils.translation import gettext_noop

from .. import learning, ranking
from ..answered import NO, SETTLED, SHOWN, SILENT, YES, Event, Row, rows_of
from ..evaluation.learned import LOSS, ORDER, judge, why_worse
from ..fields import among
from ..learning import Learned, Parts, probability_of, rarer
from ..models import LearnedModel, Match, MatchEvent

logger = logging.getLogger(__name__)
WINDOW = timedelta(days=730)  # people and challenges change: what is older teaches nothing of today's
MOST = 200_000  # events: a minute or two of work
CHUNK = 2000
EVERY = timedelta(days=6, hours=12)
NEWER = 50  # rows of the rarer outcome by which one in force is judged again
KEPT = 60  # rows of models that are off

# Stored in English, and translated where they are read.
WORSE = {
    LOSS: gettext_noop("On later answers its probabilities are no better than the untrained engine’s."),
    ORDER: gettext_noop("On later answers it puts lists in a worse order than the untrained engine."),
}
FEW = gettext_noop("There are too few answers to learn from yet.")
OVERTAKEN = gettext_noop("On answers newer than it, it does worse than the untrained engine.")
REPLACED = gettext_noop("A newer one took its place.")
OTHER_ENGINE = gettext_noop("It was learned from another version of the engine.")
SWITCHED_OFF = gettext_noop("Learning is switched off in the settings (HELICE_LEARNING).")
COLUMNS = ("pk", "at", "kind", "profile", "challenge", "answer", "reason", "rank", "engine")


def keep_learning(now: datetime | None = None, *, again: bool = False) -> LearnedModel | None:
    """Judge the model in force, and learn a new one where that is due, or at once with `again`. Returns what
    was learned, on or off."""
    now = now or timezone.now()
    if not settings.HELICE_LEARNING:
        _switch_off(LearnedModel.objects.all(), SWITCHED_OFF)
        return None
    _switch_off(LearnedModel.objects.exclude(engine=ranking.ENGINE), OTHER_ENGINE)
    last = LearnedModel.objects.first()
    due = again or last is None or last.trained_at < now - EVERY
    if not due and not LearnedModel.objects.filter(is_on=True).exists():
        return None
    events = read(now)
    judge_again(events, now)
    return train(events, now) if due else None


def read(now: datetime) -> list[Event]:
    """What was shown and said lately, without the demo's, in its order. On a busy site of some of the
    profiles, and all of theirs: the latest events alone would have had no month to be answered in."""
    lately = MatchEvent.objects.filter(
        at__gt=now - WINDOW,
        at__lte=now,
        profile__is_demo=False,
        challenge__is_demo=False,
    )
    share = -(-lately.count() // MOST)
    if share > 1:
        lately = lately.annotate(part=F("profile_id") % share).filter(part=0)
    events = [Event(*row) for row in lately.order_by("at", "pk").values_list(*COLUMNS)]
    first: dict[tuple[int, int], int] = {}
    for each in events:
        if each.kind in SHOWN:
            first.setdefault((each.profile, each.challenge), each.number)
    parts = _parts(first.values())
    return [replace(each, parts=parts[each.number]) if each.number in parts else each for each in events]


def _parts(ids: Iterable[int]) -> dict[int, Any]:
    """The numbers of first showings; those of all others would only fill the memory."""
    chosen = list(ids)
    found: dict[int, Any] = {}
    for start in range(0, len(chosen), CHUNK):
        rows = MatchEvent.objects.filter(pk__in=among(chosen[start : start + CHUNK]))
        found |= dict(rows.values_list("pk", "parts"))
    return found


def judge_again(events: list[Event], now: datetime) -> None:
    """Switch the model in force off where it does worse than the untrained engine on what came since."""
    row = LearnedModel.objects.filter(is_on=True).first()
    if row is None:
        return
    since = datetime.fromisoformat(row.measured["to"]) - SETTLED
    newer = [each for each in rows_of(events, ranking.ENGINE, now) if each.shown_at > since]
    if rarer(newer) < NEWER:
        return
    found = judge(Learned(row.coefficients, row.measured["position"], row.until), newer)
    LearnedModel.objects.filter(pk=row.pk).update(measured=row.measured | {"newer": found})
    if why_worse(found):
        _switch_off(LearnedModel.objects.filter(pk=row.pk), OVERTAKEN)


def train(events: list[Event], now: datetime) -> LearnedModel | None:
    """Learn, judge by what came later, and switch it on where it is no worse than the untrained engine; None
    where another worker was faster."""
    parts = learning.split(events, ranking.ENGINE, now)
    measured: dict[str, Any] = {"to": now.isoformat(), "counts": counts(events, now)}
    measured |= {"fitted": rarer(parts.fitted), "judged": rarer(parts.judged)}
    if not learning.enough(parts):
        made = _row(parts, {}, measured, FEW)
    else:
        learned = learning.learn(parts)
        found = judge(learned, parts.judged)
        made = _row(parts, learned.coefficients, measured | found, WORSE.get(why_worse(found), ""))
    try:
        return _keep(made)
    except IntegrityError:
        logger.info("Another worker learned at the same moment")
        return None


def _row(
    parts: Parts, coefficients: Mapping[str, float], measured: dict[str, Any], why_off: str
) -> LearnedModel:
    return LearnedModel(
        until=parts.until,
        engine=ranking.ENGINE,
        coefficients=dict(coefficients),
        measured=measured,
        is_on=not why_off,
        why_off=why_off,
    )


@transaction.atomic
def _keep(made: LearnedModel) -> LearnedModel:
    """One that is off replaces nothing: what is in force answers for itself every night."""
    if made.is_on:
        _switch_off(LearnedModel.objects.all(), REPLACED)
    made.save()
    off = LearnedModel.objects.filter(is_on=False).values_list("pk", flat=True)
    LearnedModel.objects.filter(pk__in=list(off[KEPT:])).delete()
    logger.info("Learned from answers: %s", made.why_off or "on")
    return made


def _switch_off(rows: QuerySet[LearnedModel], why: str) -> None:
    if rows.filter(is_on=True).update(is_on=False, why_off=why):
        logger.warning("What was learned from answers is no longer used: %s", why)


def counts(events: list[Event], now: datetime) -> dict[str, int]:
    """How many pairs that were shown a month ago or earlier had which outcome."""
    found: Counter[str] = Counter(row.outcome for row in rows_of(events, ranking.ENGINE, now))
    return {outcome: found[outcome] for outcome in (YES, NO, SILENT)}


def told(counted: Mapping[str, int]) -> str:
    """Counts in words, for the command line."""
    return ", ".join(f"{counted[outcome]} {outcome}" for outcome in (YES, NO, SILENT))


# --- What is learned, in use -------------------------------------------------------------


def model_on() -> QuerySet[LearnedModel]:
    """The one in force, if any."""
    if not settings.HELICE_LEARNING:
        return LearnedModel.objects.none()
    return LearnedModel.objects.filter(is_on=True, engine=ranking.ENGINE)


def in_force() -> dict[str, float] | None:
    """The coefficients in force; None where nothing is, and the engine's own probability holds."""
    return model_on().values_list("coefficients", flat=True).first()


def usefulness(
    coefficients: Mapping[str, float] | None, probability: float, parts: Mapping[str, Any]
) -> float:
    """The probability of interest in a match: learned, where something was, else the engine's."""
    found = probability_of(coefficients, parts) if coefficients else None
    return probability if found is None else found


def with_learned(matches: QuerySet[Match]) -> QuerySet[Match]:
    """Each with the coefficients in force as `learned`, asked for once for all of them."""
    on = model_on().order_by("pk").values("coefficients")[:1]
    return matches.annotate(learned=Subquery(on))


def offline(now: datetime | None = None) -> tuple[dict[str, Any] | None, dict[str, Any]]:
    """What is learned from the site's answers up to now, judged by those that came later; None where there
    are too few. And how many there are."""
    now = now or timezone.now()
    events = read(now)
    parts = learning.split(events, ranking.ENGINE, now)
    had = {"counts": counts(events, now), "fitted": rarer(parts.fitted), "judged": rarer(parts.judged)}
    rows: list[Row] = parts.judged
    return (judge(learning.learn(parts), rows) if learning.enough(parts) else None), had
