"""What nobody in the country covers: measured need by need, and put together once all are measured.

Each challenge carries the day and the statistics under which its needs were last measured, so that a new day,
a rebuild or an edit makes it wait: rows are the queue here too. Who counts, coverage.py says.
"""

import time
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone

from hubs.models import Need

from .. import gaps, vectors
from ..encoder import Encoder
from ..fields import among
from ..gaps import PARTLY, Asked
from ..matchable import matchable_challenges
from ..models import (
    Gap,
    GapInvitation,
    GapNeed,
    GapRound,
    NeedCoverage,
    Statistics,
    Subject,
    SubjectQuerySet,
)
from ..offline import anchor_samples
from ..ranking import Statistics as Yardstick
from ..ranking import score
from ..vectors import Rows
from . import yardstick
from .coverage import measure, needs_of
from .programmes import Catalogue

BATCH = 50  # challenges
SAMPLED = 2000  # needs, for what is usual between them
SHOWN = 12  # of who comes near a gap
LABEL = 200


def catch_up(encoder: Encoder, deadline: float) -> bool:
    """Measure what waits until `deadline` (of time.monotonic); then put gaps together. True while there is
    more."""
    shown = in_force(encoder.name)
    if shown is None:
        return False
    version, statistics = shown
    for subject in list(_waiting(version).order_by("pk")[:BATCH]):
        measure(subject, encoder.name, statistics, _name(version))
        if time.monotonic() > deadline:
            break
    if _waiting(version).exists():
        return True
    if due():
        renew(encoder, statistics)
    return False


def waiting(model: str) -> bool:
    """Whether any challenge was not measured today, or gaps were not put together since."""
    shown = in_force(model)
    return shown is not None and (_waiting(shown[0]).exists() or due())


def in_force(model: str) -> tuple[str, Yardstick] | None:
    version = Statistics.objects.filter(current=True, model=model).values_list("version", flat=True).first()
    found = yardstick.shown(model)
    return (version, found) if version and found else None


def due() -> bool:
    newest = NeedCoverage.objects.aggregate(at=Max("checked_at"))["at"]
    return newest is not None and not GapRound.objects.filter(until__gte=newest).exists()


def _waiting(version: str) -> SubjectQuerySet:
    ready = Subject.objects.filter(stale_since=None, matched_at__isnull=False)
    asked = ready.filter(challenge__in=matchable_challenges().values("pk"))
    return asked.exclude(covered_under=_name(version))


def _name(version: str) -> str:
    """Of the day in the country, and of the statistics."""
    return f"{timezone.localdate().isoformat()} {version}"[:64]


@dataclass(frozen=True)
class Open:
    """Uncovered needs: their rows, what they say, and by which group."""

    rows: dict[int, NeedCoverage]
    asks: Rows
    groups: list[list[int]]


def renew(encoder: Encoder, statistics: Yardstick) -> None:
    """Put gaps together from what was measured; a gap keeps its row while any of its needs stays uncovered.

    Two workers at it at once are told apart by the round's moment: the later one leaves it.
    """
    until = NeedCoverage.objects.aggregate(at=Max("checked_at"))["at"]
    if until is None:
        return
    asked = NeedCoverage.objects.filter(need__challenge__in=matchable_challenges().values("pk"))
    rows = {row.need_id: row for row in asked.select_related("need__challenge")}
    values = np.array([np.nan if row.value is None else row.value for row in rows.values()], np.float32)
    bare = {need for need, is_bare in zip(rows, gaps.uncovered(values).tolist(), strict=True) if is_bare}
    found = _grouped({need: rows[need] for need in bare}, encoder, statistics)
    try:
        with transaction.atomic():
            GapRound.objects.create(until=until, needs=len(rows), uncovered=len(bare))
            _write(found, _closers(found, encoder.name, statistics), set(rows))
    except IntegrityError:
        if not GapRound.objects.filter(until__gte=until).exists():
            raise


def _grouped(rows: dict[int, NeedCoverage], encoder: Encoder, statistics: Yardstick) -> Open:
    subjects = Subject.objects.filter(challenge__in={row.need.challenge_id for row in rows.values()})
    asks = vectors.asks(encoder.name).rows(subjects.values_list("pk", flat=True))
    asks = asks.take(np.flatnonzero(np.isin(asks.items, np.fromiter(rows, np.int64, len(rows)))))
    if not len(asks):
        return Open(rows, asks, [])
    centred = gaps.centred(asks.vectors, asks.languages, statistics)
    asked = Asked(asks.items, centred, asks.languages)
    general = anchor_samples(encoder)[0]
    anchors = Asked(
        -1 - np.arange(len(general.texts)),
        gaps.centred(general.vectors, general.languages, statistics),
        general.languages,
    )
    return Open(rows, asks, gaps.groups(asked, gaps.usual(_usual_needs(encoder, statistics, anchors))))


def _usual_needs(encoder: Encoder, statistics: Yardstick, anchors: Asked) -> Asked:
    """A sample of all needs of the catalogue, with needs in general: what chance pairs are like."""
    rows, _ = vectors.sample(vectors.ASKS, encoder.name, SAMPLED)
    if not len(rows):
        return anchors
    return Asked(
        np.r_[anchors.keys, rows.ids],
        np.r_[anchors.vectors, gaps.centred(rows.vectors, rows.languages, statistics)],
        np.r_[anchors.languages, rows.languages],
    )


Closers = list[dict[str, list[dict[str, Any]]]]


def _closers(found: Open, model: str, statistics: Yardstick) -> Closers:
    """For each group, who and what comes near: people abroad, people here who cover parts, programmes."""
    programmes = _programmes(found.asks, model, statistics)
    sides = {
        "abroad": {need: dict(row.abroad) for need, row in found.rows.items()},
        "here": {need: dict(row.here) for need, row in found.rows.items()},
        "programmes": programmes,
    }
    return [
        {side: _best_of([values.get(need, {}) for need in needs], needs) for side, values in sides.items()}
        for needs in found.groups
    ]


def _programmes(asks: Rows, model: str, statistics: Yardstick) -> dict[int, dict[int, float]]:
    """By need, how near each programme's words come."""
    catalogue = Catalogue(model)
    if not catalogue.programmes or not len(asks):
        return {}
    values = np.nan_to_num(score(needs_of(asks), catalogue.gives, statistics).values, nan=-1.0)
    return {
        item: {
            programme: value
            for programme, value in zip(catalogue.programmes, row, strict=True)
            if value >= PARTLY
        }
        for item, row in zip(asks.items.tolist(), values.tolist(), strict=True)
    }


def _best_of(values: Sequence[Mapping[int, float]], needs: Sequence[int]) -> list[dict[str, Any]]:
    """Of a group, whoever comes near the most needs, then nearest: with those needs, nearest first."""
    by_id: dict[int, list[tuple[float, int]]] = defaultdict(list)
    for need, mine in zip(needs, values, strict=True):
        for pk, value in mine.items():
            by_id[int(pk)].append((value, need))
    best = sorted(by_id.items(), key=lambda pair: (-len(pair[1]), -max(pair[1])[0], pair[0]))
    return [
        {"id": pk, "value": round(max(near)[0], 4), "needs": [need for _, need in sorted(near, reverse=True)]}
        for pk, near in best[:SHOWN]
    ]


def _write(found: Open, closers: Closers, asked: set[int]) -> None:
    """Rows for the groups of now, and what became of the others."""
    now = timezone.now()
    before: dict[int, frozenset[int]] = defaultdict(frozenset)
    for number, need in GapNeed.objects.values_list("gap", "need"):
        before[number] |= {need}
    known = Gap.objects.in_bulk()
    names, into = gaps.same_as_before(before, [frozenset(needs) for needs in found.groups])
    since = {need: known[number].found_at for number, needs in before.items() for need in needs}
    GapNeed.objects.filter(need__in=among(found.rows)).delete()
    made = []
    for name, needs, near in zip(names, found.groups, closers, strict=True):
        gap = known[name] if name is not None else Gap()
        _fill(gap, [found.rows[need].need for need in needs], near)
        gap.found_at = min([now, *(since[need] for need in needs if need in since)])
        gap.save()
        made.append(gap)
        # What is covered by now goes; what is left are the needs of now.
        gap.gap_needs.all().delete()
        GapNeed.objects.bulk_create(
            GapNeed(gap=gap, need_id=need, position=place) for place, need in enumerate(needs)
        )
    for number, place in into.items():
        _hand_over(known[number], made[place])
    gone = known.keys() - {name for name in names if name is not None} - into.keys()
    _close([known[pk] for pk in sorted(gone)], before, asked, now)


def _fill(gap: Gap, needs: Sequence[Need], near: dict[str, list[dict[str, Any]]]) -> None:
    gap.label, gap.language, gap.size = needs[0].text[:LABEL], needs[0].language, len(needs)
    said: dict[str, list[str]] = defaultdict(list)
    for need in needs:
        said[need.language].append(need.text)
    gap.words = {language: words for language, texts in said.items() if (words := gaps.words_of(texts))}
    gap.closers = near
    gap.covered_at = gap.over_at = None
    gap.is_demo = all(need.challenge.is_demo for need in needs)


def _hand_over(old: Gap, to: Gap) -> None:
    """Of two gaps that became one, the invitations are one list too."""
    told = list(to.invitations.values_list("profile", flat=True))
    GapInvitation.objects.filter(gap=old).exclude(profile__in=told).update(gap=to)
    old.delete()


def _close(gone: Iterable[Gap], before: Mapping[int, frozenset[int]], asked: set[int], now: datetime) -> None:
    """Covered, where any need is still asked for: somebody answers it now. Over, where none is."""
    for gap in gone:
        is_asked = bool(before.get(gap.pk, frozenset()) & asked)
        if gap.covered_at is None and is_asked:
            gap.covered_at, gap.over_at = now, None
        elif gap.covered_at is None and gap.over_at is None:
            gap.over_at = now
        else:
            continue
        gap.save(update_fields=["covered_at", "over_at"])
