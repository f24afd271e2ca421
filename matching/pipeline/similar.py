"""Which challenges are alike, found when one is embedded, and again under new statistics.

Closed challenges stay what others may be alike to. A pair is written from either side by whichever of the two
was compared later, so that both pages show it.
"""

import time
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from django.db import transaction
from django.db.models import Q

from .. import vectors
from ..encoder import Encoder
from ..models import SimilarChallenge, Statistics, Subject, SubjectQuerySet
from ..offline import anchor_samples
from ..ranking import Passages, Sample
from ..ranking import Statistics as Yardstick
from ..ranking.similar import ALIKE, Asked, Usual, alike
from ..vectors import ASKS, Rows
from . import yardstick

LOOKED_AT = 40  # nearest by vectors alone that are compared need by need
KEPT = 8  # of each challenge: some of them will not be public when somebody looks
SAMPLED = 600  # needs, for what is usual


def compare(subjects: Sequence[Subject], encoder: Encoder) -> None:
    """Find what is alike to some challenges, whose passages are embedded, and write it down."""
    if not subjects:
        return
    shown = next((version for version in yardstick.in_use(encoder) if version.shown), None)
    if shown is None:
        return
    usual = _usual(encoder, shown.name)
    for subject in subjects:
        _write(subject, _alike_to(subject, encoder, shown.statistics, usual), shown.name)


def waiting() -> SubjectQuerySet:
    """Challenges that were compared under other statistics than those in force, or never."""
    current = Statistics.objects.filter(current=True).values("version")
    found = Subject.objects.filter(challenge__isnull=False, stale_since=None)
    return found.filter(Q(matched_at__isnull=False), ~Q(compared_under__in=current))


def catch_up(encoder: Encoder, deadline: float) -> bool:
    """Compare what waits until `deadline` (of time.monotonic). True while there is more."""
    if not Statistics.objects.filter(current=True, model=encoder.name).exists():
        return False
    for subject in waiting().order_by("pk").iterator():
        compare([subject], encoder)
        if time.monotonic() > deadline:
            break
    return waiting().exists()


def _alike_to(
    subject: Subject, encoder: Encoder, statistics: Yardstick, usual: Usual
) -> dict[int, float]:
    """Other challenges (by id) that are alike, with how much."""
    index = vectors.asks(encoder.name)
    mine = index.rows([subject.pk])
    if not len(mine):
        return {}
    near = index.nearest_asks(_as_passages(mine, statistics), statistics, LOOKED_AT + 1)[0]
    ids = [pk for pk in near.best(near.values[:, 0], LOOKED_AT + 1).tolist() if pk != subject.pk]
    there = dict(
        Subject.objects.filter(pk__in=ids, challenge__isnull=False).values_list("pk", "challenge")
    )
    others = index.rows(there)
    found = {}
    for pk, challenge in there.items():
        part = others.of_subjects([pk])
        if len(part):
            found[challenge] = alike(_asked(mine), _asked(part), statistics, usual)
    best = sorted(found.items(), key=lambda pair: (-pair[1], pair[0]))[:KEPT]
    return {challenge: score for challenge, score in best if score >= ALIKE}


def _asked(rows: Rows) -> Asked:
    return Asked(rows.vectors, rows.languages)


def _as_passages(rows: Rows, statistics: Yardstick) -> Passages:
    """Needs moved to where passages lie, so that the search for what asks for such passages, which takes the
    mean of passages away again, finds what asks for the same."""
    moved = np.zeros_like(rows.vectors)
    for language in range(2):
        own = rows.languages == language
        centred = statistics.centred_needs(rows.vectors[own], language)
        moved[own] = centred + statistics.passage_means[language]
    owners = np.zeros(len(rows), np.int64)
    return Passages(moved, owners, np.arange(len(rows)), rows.languages, rows.texts, 1)


@transaction.atomic
def _write(subject: Subject, found: dict[int, float], version: str) -> None:
    mine = subject.challenge_id
    SimilarChallenge.objects.filter(Q(challenge=mine) | Q(other=mine)).delete()
    SimilarChallenge.objects.bulk_create(
        [
            SimilarChallenge(challenge_id=one, other_id=other, score=score)
            for pk, score in found.items()
            for one, other in ((mine, pk), (pk, mine))
        ],
        ignore_conflicts=True,  # another worker compares the other one at this moment
    )
    Subject.objects.filter(pk=subject.pk).update(compared_under=version)


@lru_cache(maxsize=2)
def _usual(encoder: Encoder, version: str) -> Usual:
    """What is usual between needs under a version; the engine's own stand in where there are few."""
    statistics = yardstick.known(version)
    assert statistics is not None  # noqa: S101 - asked for by whoever has it
    rows, _ = vectors.sample(ASKS, encoder.name, SAMPLED)
    general = anchor_samples(encoder)[0]
    if not len(rows):
        return Usual.of(general, statistics)
    needs = Sample(
        np.concatenate([rows.vectors, general.vectors]),
        np.concatenate([rows.languages, general.languages]),
        [*rows.texts, *general.texts],
    )
    return Usual.of(needs, statistics)
