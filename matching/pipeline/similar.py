"""Which challenges are alike, found when one is embedded, and again under new statistics.

Closed challenges stay what others may be alike to. A pair is written from either side by whichever of the two
was compared later, so that both pages show it.
"""

import time
from collections.abc import Iterable, Sequence
from functools import lru_cache

import numpy as np
from django.db import transaction
from django.db.models import Q

from .. import vectors
from ..encoder import Encoder
from ..models import SimilarChallenge, Statistics, Subject, SubjectQuerySet
from ..offline import anchor_samples
from ..ranking import Passages
from ..ranking import Statistics as Yardstick
from ..ranking.similar import ALIKE, Said, Usual
from ..vectors import Rows
from . import yardstick

LOOKED_AT = 40  # nearest by single passages, whose gists are compared
KEPT = 8  # of each challenge: some of them will not be public when somebody looks
SAMPLED = 400  # challenges, for what is usual


def compare(subjects: Sequence[Subject], encoder: Encoder) -> None:
    """Find what is alike to some challenges, whose passages are embedded, and write it down."""
    if not subjects:
        return
    shown = next((version for version in yardstick.in_use(encoder) if version.shown), None)
    if shown is None:
        return
    for subject in subjects:
        _write(subject, _alike_to(subject, encoder, shown.name, shown.statistics), shown.name)


def waiting() -> SubjectQuerySet:
    """Challenges that were compared under other statistics than those in force, or never."""
    current = Statistics.objects.filter(current=True).values("version")
    found = Subject.objects.filter(challenge__isnull=False, stale_since=None)
    return found.filter(Q(matched_at__isnull=False), ~Q(compared_under__in=current))


def catch_up(encoder: Encoder, deadline: float) -> bool:
    """Compare what waits until `deadline` (of time.monotonic). True while there is more."""
    if not Statistics.objects.filter(current=True, model=encoder.name).exists():
        return False
    for pk in list(waiting().order_by("pk").values_list("pk", flat=True)[:SAMPLED]):
        compare(list(Subject.objects.filter(pk=pk)), encoder)
        if time.monotonic() > deadline:
            break
    return waiting().exists()


def _alike_to(subject: Subject, encoder: Encoder, version: str, statistics: Yardstick) -> dict[int, float]:
    """Other challenges (by id) that are alike, with how much."""
    index = vectors.challenges(encoder.name)
    mine = index.rows([subject.pk])
    if not len(mine):
        return {}
    near = index.nearest_asks(as_passages(mine, statistics), statistics, LOOKED_AT + 1)[0]
    ids = near.best(near.values[:, 0], LOOKED_AT + 1).tolist()
    measured = usual(encoder, version)  # type: ignore[arg-type]  # encoders are hashed by what they are
    gists = measured.gists(said(index.rows({subject.pk, *ids})))
    scores = measured.alike(gists, gists.of(subject.pk)).tolist()
    by_subject = dict(zip(gists.owners.tolist(), scores, strict=True))
    others = Subject.objects.filter(pk__in=by_subject, challenge__isnull=False).exclude(pk=subject.pk)
    found = {challenge: by_subject[pk] for pk, challenge in others.values_list("pk", "challenge")}
    best = sorted(found.items(), key=lambda pair: (-pair[1], pair[0]))[:KEPT]
    return {challenge: score for challenge, score in best if score >= ALIKE}


def said(rows: Rows) -> Said:
    return Said(rows.vectors, rows.languages, rows.subjects, rows.items == 0)


def as_passages(rows: Rows, statistics: Yardstick) -> Passages:
    """What is asked moved to where passages lie, so that the search for what asks for such passages, which
    takes the mean of passages away again, finds what asks for the same."""
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
    assert mine is not None  # noqa: S101 - for the type checker
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
def usual(encoder: Encoder, version: str) -> Usual:
    """What is usual between challenges; measured once for each version of the statistics, by each worker."""
    ids = list(Subject.objects.filter(challenge__isnull=False).order_by("pk").values_list("pk", flat=True))
    rows = vectors.challenges(encoder.name).rows(_spread(ids))
    return Usual.of(said(rows), anchor_samples(encoder)[0])


def _spread(ids: Sequence[int]) -> Iterable[int]:
    """At most SAMPLED of them, evenly spread."""
    return ids[:: max(-(-len(ids) // SAMPLED), 1)]
