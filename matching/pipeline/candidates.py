"""Who is worth comparing with whom: found by meaning over all vectors, then narrowed by facts.

Facts and texts are read from the database for those alone, and are what it holds at that moment. Pairs that
are matched already are always among them, so that none of them stays by being overlooked.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Generic, TypeVar

import numpy as np

from accounts.models import Profile

from .. import vectors
from ..models import Match
from ..ranking import Needs, Statistics
from ..ranking.search import Near
from ..vectors import Floats, Integers, Rows
from . import facts
from .facts import ChallengeFacts, ProfileFacts, is_barred
from .pairs import Asked, Given, Pair, fitting, needs_of

MOST_PROFILES = 200  # scored in full for one challenge; the rest are far behind by vectors alone
MOST_CHALLENGES = 300  # for one profile
ENOUGH = 0.25  # of these must be admitted by facts; else more are looked at,
WIDER = 4  # so many times as many

Facts = TypeVar("Facts", ProfileFacts, ChallengeFacts)
Nearby = Callable[[int], list[Near]]  # at least so many of the nearest


@dataclass(frozen=True, eq=False)
class Found:
    """Pairs that fit, and the rows that their places speak of."""

    pairs: list[Pair]
    gives: Rows
    asks: Rows


class Known(Generic[Facts]):
    """Facts by subject, each asked for once. Subjects that may not be matched have none."""

    def __init__(self, read: Callable[[Iterable[int]], dict[int, Facts]]) -> None:
        self.read: Callable[[Iterable[int]], dict[int, Facts]] = read
        self.found: dict[int, Facts | None] = {}

    def of(self, subjects: Iterable[int]) -> list[Facts]:
        subjects = list(subjects)
        new = [pk for pk in subjects if pk not in self.found]
        if new:
            there = self.read(new)
            self.found |= {pk: there.get(pk) for pk in new}
        return [found for pk in subjects if (found := self.found[pk]) is not None]


def of_challenges(ids: Sequence[int], model: str, statistics: Statistics) -> Found:
    """Some challenges (ids of Subject) with everybody who fits them."""
    challenges = list(facts.challenges(ids).values())
    answers, asks = vectors.answers(model), vectors.asks(model).rows(each.subject_id for each in challenges)
    asked = Asked(asks)
    needs, _ = needs_of(challenges, asks, np.arange(len(asks)))
    near = widening(lambda most: answers.nearest(needs, statistics, most))
    people, known = Known(facts.profiles), _matched("target", "subject", ids)
    meetings = []
    for place, challenge in enumerate(challenges):
        matched = people.of(known[challenge.subject_id])
        found = {one.subject_id: one for one in matched if not is_barred(one, challenge)}
        if place in needs.of_challenge:
            found |= {one.subject_id: one for one in _sought(challenge, place, needs, asked, near, people)}
        meetings.append(([found[pk] for pk in sorted(found)], [challenge]))
    gives = answers.rows(one.subject_id for found, _ in meetings for one in found)
    return Found(fitting(meetings, Given(gives), asked, statistics), gives, asks)


def _sought(
    challenge: ChallengeFacts,
    place: int,
    needs: Needs,
    asked: Asked,
    near: Nearby,
    people: Known[ProfileFacts],
) -> list[ProfileFacts]:
    """The profiles nearest to what the challenge seeks from each side of the helix."""
    rows = np.flatnonzero(needs.of_challenge == place)
    sides: dict[bytes, set[str]] = defaultdict(set)
    for helix in sorted(set(Profile.HELIX.values())):
        sides[np.isin(rows, asked.of(helix, [challenge])).tobytes()].add(helix)
    found: list[ProfileFacts] = []
    for key, helices in sides.items():
        columns = np.flatnonzero(np.frombuffer(key, bool))
        if not len(columns):
            continue
        farthest = partial(_farthest_profiles, near, place, columns, needs.weights[rows[columns]])
        found += pick(farthest, people, partial(_may_answer, challenge, helices), MOST_PROFILES)
    return found


def _farthest_profiles(near: Nearby, place: int, columns: Integers, weights: Floats, most: int) -> Integers:
    here = near(most)[place].columns(columns)
    return here.best(here.reach(weights), most)


def _may_answer(challenge: ChallengeFacts, helices: set[str], profile: ProfileFacts) -> bool:
    return profile.helix in helices and not is_barred(profile, challenge)


def of_profiles(ids: Sequence[int], model: str, statistics: Statistics) -> Found:
    """Some profiles (ids of Subject) with every challenge that they fit."""
    people = list(facts.profiles(ids).values())
    asks, gives = vectors.asks(model), vectors.answers(model).rows(one.subject_id for one in people)
    given = Given(gives)
    near = widening(lambda most: asks.nearest_asks(given.passages, statistics, most))
    challenges, known = Known(facts.challenges), _matched("subject", "target", ids)
    meetings = []
    for profile in people:
        matched = challenges.of(known[profile.subject_id])
        found = {each.subject_id: each for each in matched if not is_barred(profile, each)}
        if profile in given:
            farthest = partial(_farthest_challenges, near, given.number(profile))
            picked = pick(farthest, challenges, partial(_may_be_shown, profile), MOST_CHALLENGES)
            found |= {each.subject_id: each for each in picked}
        meetings.append(([profile], [found[pk] for pk in sorted(found)]))
    rows = asks.rows({each.subject_id for _, found in meetings for each in found})
    return Found(fitting(meetings, given, Asked(rows), statistics), gives, rows)


def _farthest_challenges(near: Nearby, place: int, most: int) -> Integers:
    here = near(most)[place]
    return here.best(here.values[:, 0], most)


def _may_be_shown(profile: ProfileFacts, challenge: ChallengeFacts) -> bool:
    return not is_barred(profile, challenge)


def pick(
    farthest: Callable[[int], Integers],
    known: Known[Facts],
    admitted: Callable[[Facts], bool],
    most: int,
) -> list[Facts]:
    """Those whom facts admit among the `most` that reach farthest; among more where too few are admitted."""
    enough = ENOUGH * most
    while True:
        ids = farthest(most).tolist()
        found = [one for one in known.of(ids) if admitted(one)]
        if len(found) >= enough or len(ids) < most:
            return found
        most *= WIDER


def widening(search: Nearby) -> Nearby:
    """The same search, made again only where more are asked for than it gave."""
    made: list[tuple[int, list[Near]]] = []

    def near(most: int) -> list[Near]:
        if not made or (made[-1][0] < most and not all(one.whole for one in made[-1][1])):
            made.append((most, search(most)))
        return made[-1][1]

    return near


def _matched(near: str, far: str, ids: Sequence[int]) -> dict[int, list[int]]:
    """The other sides of what is matched already, under any version."""
    found: dict[int, set[int]] = defaultdict(set)
    for pk, other in Match.objects.filter(**{f"{near}__in": ids}).values_list(near, far):
        found[pk].add(other)
    return defaultdict(list, {pk: sorted(others) for pk, others in found.items()})
