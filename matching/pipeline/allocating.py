"""Once a week: who hears of what, decided for everybody at once, before the first reader's Monday morning."""

import logging
from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

import numpy as np
from django.db import transaction
from django.utils import timezone

from accounts import periods
from accounts.mailer import cadences_of
from accounts.models import Cadence, Family, Person, Profile
from hubs.models import Challenge, Need

from ..allocation import Allocation, Demand, allocate, plain
from ..exposure import Pairs, written_report
from ..hearing import BUDGETS, SLICE, candidates
from ..models import Allocated, AllocationRound, LetterItem

LEAD = timedelta(hours=8)  # on Kiritimati, Monday's eight o'clock is Sunday, 18:00 in UTC: two hours to work
LOST = timedelta(minutes=15)  # after which somebody else takes up what a worker began
CANDIDATES = 20  # of each person, the best
LEAST = 3  # people of each side that a challenge needs
MOST, MOST_SHARE = 50, 0.2  # of the readers that hear of one challenge in a week
SIDES = ("academia", "industry", "government")
INDUSTRY = ("startup", "company")
_log = logging.getLogger(__name__)


def keep_round(now: datetime | None = None) -> AllocationRound | None:
    """The round of the week that begins soon, or has begun, where it is still to be made; else None."""
    now = now or timezone.now()
    row = _claim(periods.week_name((now + LEAD).date()), now)
    return make_round(row) if row else None


def _claim(period: str, now: datetime) -> AllocationRound | None:
    """One worker makes it; what it left unfinished is taken up by another."""
    row, new = AllocationRound.objects.get_or_create(period=period)
    if new:
        return row
    left = AllocationRound.objects.filter(pk=row.pk, done_at=None, made_at__lt=now - LOST)
    return row if left.update(made_at=now) else None


def make_round(row: AllocationRound) -> AllocationRound:
    started = timezone.now()
    budgets = _budgets()
    pairs = _pairs(budgets)
    demand = demanded(pairs, budgets)
    found = allocate(demand)
    report = written_report(pairs, demand, found.chosen, plain(demand))
    with transaction.atomic():
        mine = AllocationRound.objects.filter(pk=row.pk, done_at=None)
        if not mine.update(report=report, gap=0.0, made_at=started, done_at=timezone.now()):
            return row  # somebody who took it for left behind was faster
        Allocated.objects.bulk_create(_rows(row, pairs, found), batch_size=2000)
    _log.info("Round %s: %s of %s pairs are told.", row.period, len(found.chosen), len(pairs))
    row.refresh_from_db()
    return row


def _rows(row: AllocationRound, pairs: Pairs, found: Allocation) -> Iterable[Allocated]:
    for place in found.chosen.tolist():
        yield Allocated(
            round=row,
            person_id=int(pairs.people[place]),
            profile_id=int(pairs.profiles[place]),
            challenge_id=int(pairs.challenges[place]),
            usefulness=float(pairs.usefulness[place]),
        )


def _budgets() -> dict[int, int]:
    """Everybody who wants letters about matches, and how many items a week."""
    people = Person.objects.reachable().order_by("pk")
    cadences = cadences_of(people.only("pk"), Family.MATCHES)
    return {pk: BUDGETS[cadence] for pk, cadence in cadences.items() if cadence != Cadence.NEVER}


def _pairs(budgets: dict[int, int]) -> Pairs:
    ids = sorted(budgets)
    columns: list[list[Any]] = [[], [], [], []]
    for start in range(0, len(ids), SLICE):
        for found in candidates(ids[start : start + SLICE]).values():
            for each in found[:CANDIDATES]:
                row = (each.person_id, each.profile_id, each.challenge_id, max(each.probability, 1e-6))
                for column, value in zip(columns, row, strict=True):
                    column.append(value)
    people, profiles, challenges = (np.array(column, np.int64) for column in columns[:3])
    return Pairs(people, profiles, challenges, np.array(columns[3], np.float64))


def demanded(pairs: Pairs, budgets: dict[int, int]) -> Demand:
    """People and challenges numbered in the order of their primary keys."""
    people, person = np.unique(pairs.people, return_inverse=True)
    challenges, challenge = np.unique(pairs.challenges, return_inverse=True)
    kinds = Profile.objects.filter(pk__in=set(pairs.profiles.tolist())).values_list("pk", "kind")
    group = {pk: _side(kind) for pk, kind in kinds}
    return Demand(
        person.astype(np.int64).ravel(),
        challenge.astype(np.int64).ravel(),
        pairs.usefulness,
        np.array([budgets[pk] for pk in people.tolist()], np.int64),
        np.full(len(challenges), max(MOST, int(np.ceil(MOST_SHARE * len(people)))), np.int64),
        np.array([group[pk] for pk in pairs.profiles.tolist()], np.int64),
        _least(challenges.tolist()),
    )


def _least(challenges: list[int]) -> dict[tuple[int, int], int]:
    """Of each side that a challenge needs, as many as were not reached in earlier weeks."""
    reached: Counter[tuple[int, int]] = Counter()
    told = LetterItem.objects.filter(challenge__in=challenges).values_list("challenge", "profile__kind")
    for pk, kind in told:
        reached[pk, _side(kind)] += 1
    needed = _needed(challenges)
    return {
        (number, side): short
        for number, pk in enumerate(challenges)
        for side in sorted(needed[pk])
        if (short := LEAST - reached[pk, side]) > 0
    }


def _needed(challenges: list[int]) -> dict[int, set[int]]:
    """All sides where a team must have all; else those that its needs are sought from."""
    needed: dict[int, set[int]] = defaultdict(set)
    together = Challenge.objects.filter(pk__in=challenges, needs_helices=True)
    for pk in together.order_by().values_list("pk", flat=True):
        needed[pk] = set(range(len(SIDES)))
    sought = Need.objects.filter(challenge__in=challenges).order_by().values_list("challenge", "sought")
    for pk, helix in sought:
        if helix != Need.Sought.ANYONE:
            needed[pk].add(_number(helix))
    return needed


def _side(kind: str) -> int:
    return _number(Profile.HELIX[Profile.Kind(kind)])


def _number(helix: str) -> int:
    return SIDES.index("industry" if helix in INDUSTRY else helix)
