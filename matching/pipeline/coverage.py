"""Who comes nearest to each need of a challenge, in the country and abroad: what gaps are put together from.

Everybody who may be matched counts, shown to the public or not, whatever side of the helix a need is sought
from; people who live abroad do not count, and neither do facts that keep somebody out of a challenge: a
talent that may not apply is there all the same.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from django.db import transaction
from django.utils import timezone

from accounts.models import Profile
from hubs.models import Need

from .. import vectors
from ..gaps import PARTLY
from ..models import Match, NeedCoverage, Subject
from ..ranking import Needs, score
from ..ranking import Statistics as Yardstick
from ..ranking.strength import POSSIBLE
from ..vectors import Rows
from . import facts
from .pairs import Given

COMPARED = 150  # profiles scored in full for one need; others are far behind by meaning alone
KEPT = 20  # of who comes near a need, in the country and abroad


@dataclass
class Near:
    """Who comes near one need: values by profile (ids), in the country and abroad."""

    here: dict[int, float]
    abroad: dict[int, float]

    @property
    def value(self) -> float | None:
        return max(self.here.values(), default=None)


def measure(subject: Subject, model: str, statistics: Yardstick, name: str) -> None:
    """Who comes nearest to each need of one challenge, written down unless it was edited meanwhile."""
    asks = vectors.asks(model).rows([subject.pk])
    asks = asks.take(np.flatnonzero(asks.items > 0))  # text without needs names none that could be covered
    found = nearest(asks, model, statistics, known=_matched(subject))
    now = timezone.now()
    rows = [
        NeedCoverage(
            need_id=need,
            value=near.value,
            here=_best(near.here),
            abroad=_best(near.abroad),
            checked_at=now,
        )
        for need, near in found.items()
    ]
    with transaction.atomic():
        if Subject.objects.filter(pk=subject.pk, stale_since=None).update(covered_under=name):
            there = set(Need.objects.filter(pk__in=found).values_list("pk", flat=True))
            NeedCoverage.objects.bulk_create(
                [row for row in rows if row.need_id in there],
                update_conflicts=True,
                unique_fields=["need"],
                update_fields=["value", "here", "abroad", "checked_at"],
            )


def _matched(subject: Subject) -> dict[int, dict[int, float]]:
    """What is known already: values of profiles in the country that cover a need, by need."""
    found: dict[int, dict[int, float]] = defaultdict(dict)
    matchable = Profile.objects.matchable().filter(lives_abroad="").values("pk")
    rows = Match.objects.current().filter(target=subject.pk, subject__profile__in=matchable)
    for profile, parts in rows.values_list("subject__profile", "parts"):
        for row in parts.get("needs", []):
            if row.get("need_id") and row["value"] >= POSSIBLE:
                found[row["need_id"]][profile] = row["value"]
    return found


def nearest(
    asks: Rows, model: str, statistics: Yardstick, known: Mapping[int, dict[int, float]]
) -> dict[int, Near]:
    """By need; needs whose coverage is known already are not searched for."""
    found = {int(item): Near(dict(known.get(int(item), {})), {}) for item in asks.items}
    asks = asks.take(np.flatnonzero([not known.get(int(item)) for item in asks.items]))
    if not len(asks):
        return found
    answers = vectors.answers(model)
    needs = needs_of(asks)
    near = answers.nearest(needs, statistics, COMPARED)
    people = facts.profiles({pk for one in near for pk in one.best(one.values[:, 0], COMPARED).tolist()})
    given = Given(answers.rows(people))
    there = [people[pk] for pk in sorted(people) if people[pk] in given]
    if not there:
        return found
    values = np.nan_to_num(score(needs, given.of(there)[0], statistics).values, nan=-1.0)
    for item, row in zip(asks.items.tolist(), values.tolist(), strict=True):
        for person, value in zip(there, row, strict=True):
            if value >= PARTLY:
                side = found[item].abroad if person.abroad else found[item].here
                side[person.profile_id] = value
    return found


def needs_of(asks: Rows) -> Needs:
    """Each asked by itself."""
    alone = np.arange(len(asks))
    return Needs(asks.vectors, np.ones(len(asks), np.float32), asks.languages, asks.texts, alone, len(asks))


def _best(values: Mapping[int, float]) -> list[list[float]]:
    best = sorted(values.items(), key=lambda pair: (-pair[1], pair[0]))
    return [[profile, round(value, 4)] for profile, value in best[:KEPT]]
