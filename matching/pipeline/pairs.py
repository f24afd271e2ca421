"""Which profiles and challenges fit: facts decide who is compared, the engine how well they fit.

A need that is sought from another side of the helix is no part of a profile's score: it neither helps nor
hurts. The same pair is scored from the same texts in both directions, and so the same.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from ..parts import active
from ..ranking import (
    WEIGHTS,
    Needs,
    Passages,
    Statistics,
    Strength,
    probability,
    score,
    standing,
    strength,
)
from ..ranking.facts import adjustments
from ..ranking.strength import POSSIBLE, SINGLE_NEED
from ..vectors import Integers, Rows
from .facts import (
    ChallengeFacts,
    NeedFacts,
    ProfileFacts,
    may_cover,
    of_pair,
    postponed,
    refused,
    years,
)


@dataclass(frozen=True)
class Answered:
    """What a profile has for one need. `passage` is a place in the rows of answers."""

    ask: int
    need: NeedFacts | None
    value: float
    strength: Strength | None
    passage: int


@dataclass(frozen=True)
class Pair:
    """`words`: the score that the texts have; `weighed`: by how much each known fact moves it.

    Words alone say how strong a pair is; facts put in order what words find equal (see ranking/facts.py).
    """

    profile: ProfileFacts
    challenge: ChallengeFacts
    words: float
    answered: tuple[Answered, ...]
    weighed: dict[str, float] = field(default_factory=dict)

    @property
    def score(self) -> float:
        return round(self.words + sum(self.weighed.values()), 4)

    @property
    def best(self) -> Answered | None:
        """The need that is answered best, the first of equals in the poster's order."""
        return max(self.answered, key=lambda answer: answer.value, default=None)

    @property
    def strength(self) -> Strength:
        return strength(self.standing) or "possible"

    @property
    def probability(self) -> float:
        return probability(self.standing)

    @property
    def standing(self) -> float:
        return standing(self.words, [answer.value for answer in self.answered])


class Given:
    """The engine's view of what some profiles say, made once for many comparisons."""

    def __init__(self, gives: Rows) -> None:
        self.gives = gives
        self.places = _once(gives)
        part = gives.take(self.places)
        self.subjects, owners = np.unique(part.subjects, return_inverse=True)
        self.passages = Passages(
            part.vectors, owners, part.items, part.languages, part.texts, len(self.subjects), part.trust
        )

    def __contains__(self, profile: ProfileFacts) -> bool:
        place = self.number(profile)
        return place < len(self.subjects) and int(self.subjects[place]) == profile.subject_id

    def number(self, profile: ProfileFacts) -> int:
        """The profile's number in `passages`."""
        return int(np.searchsorted(self.subjects, profile.subject_id))

    def of(self, people: Sequence[ProfileFacts]) -> tuple[Passages, Integers]:
        """The passages of some profiles, numbered in their order, and their places in the rows."""
        numbers = np.searchsorted(self.subjects, [profile.subject_id for profile in people])
        if np.array_equal(numbers, np.arange(len(self.subjects))):
            return self.passages, self.places
        part, rows = self.passages.of_profiles(numbers)
        return part, self.places[rows]


class Asked:
    """What some challenges ask, by challenge and need."""

    def __init__(self, asks: Rows) -> None:
        self.asks = asks
        self.places: dict[int, dict[int, list[int]]] = defaultdict(lambda: defaultdict(list))
        pairs = zip(asks.subjects.tolist(), asks.items.tolist(), strict=True)
        for place, (subject, item) in enumerate(pairs):
            self.places[subject][item].append(place)

    def of(self, helix: str, challenges: Sequence[ChallengeFacts]) -> Integers:
        """Places of the needs that this side of the helix may cover, by challenge, in the poster's order."""
        found: list[int] = []
        for challenge in challenges:
            rows = self.places.get(challenge.subject_id, {})
            for item in [*challenge.needs, 0]:
                if may_cover(challenge.needs.get(item), helix):
                    found += rows.get(item, [])
        return np.array(found, np.int64)


Meeting = tuple[Sequence[ProfileFacts], Sequence[ChallengeFacts]]  # all of these with all of those


def fitting(meetings: Sequence[Meeting], given: Given, asked: Asked, statistics: Statistics) -> list[Pair]:
    """All pairs that are good enough to be shown, less those answered with never. Whom facts bar is not to be
    among them."""
    found = [pair for meeting in meetings for pair in _compared(*meeting, given, asked, statistics)]
    never = refused({p.profile.profile_id for p in found}, {p.challenge.challenge_id for p in found})
    left = [pair for pair in found if (pair.profile.profile_id, pair.challenge.challenge_id) not in never]
    return _weighed(left, given.gives)


def _compared(
    profiles: Sequence[ProfileFacts],
    challenges: Sequence[ChallengeFacts],
    given: Given,
    asked: Asked,
    statistics: Statistics,
) -> list[Pair]:
    by_helix = {helix: asked.of(helix, challenges) for helix in {profile.helix for profile in profiles}}
    groups: dict[bytes, list[ProfileFacts]] = defaultdict(list)
    places: dict[bytes, Integers] = {}
    for profile in profiles:
        if profile in given:
            key = by_helix[profile.helix].tobytes()
            places[key] = by_helix[profile.helix]
            groups[key].append(profile)
    return [
        pair
        for key, people in groups.items()
        if len(places[key])
        for pair in _scored(people, challenges, given, asked.asks, places[key], statistics)
    ]


def _weighed(pairs: Sequence[Pair], gives: Rows) -> list[Pair]:
    """The same pairs with what their facts add."""
    parts = active()
    items = [int(gives.items[best.passage]) if (best := pair.best) else 0 for pair in pairs]
    when = years(set(items) - {0})
    waiting = postponed({p.profile.profile_id for p in pairs}, {p.challenge.challenge_id for p in pairs})
    found = []
    for pair, item in zip(pairs, items, strict=True):
        days = waiting.get((pair.profile.profile_id, pair.challenge.challenge_id))
        facts = of_pair(pair.profile, pair.challenge, year=when.get(item), not_now_days=days)
        found.append(replace(pair, weighed=adjustments(facts, parts)))
    return found


def _scored(
    people: Sequence[ProfileFacts],
    challenges: Sequence[ChallengeFacts],
    given: Given,
    asks: Rows,
    places: Integers,
    statistics: Statistics,
) -> list[Pair]:
    needs, facts = needs_of(challenges, asks, places)
    passages, rows = given.of(people)
    scores = score(needs, passages, statistics)
    found = []
    for row, challenge in enumerate(challenges):
        mine = np.flatnonzero(needs.of_challenge == row)
        if not len(mine):
            continue
        best = SINGLE_NEED * scores.values[mine].max(axis=0)
        columns = np.flatnonzero(np.fmax(scores.scores[row], best) >= POSSIBLE)
        asked = [(int(places[need]), facts[need]) for need in mine]
        values = scores.values[np.ix_(mine, columns)].T.tolist()
        shown = rows[scores.best[np.ix_(mine, columns)]].T.tolist()
        words = scores.scores[row, columns].tolist()
        for column, score_, valued, evidence in zip(columns.tolist(), words, values, shown, strict=True):
            answered = tuple(
                Answered(ask, need, value, strength(value), place)
                for (ask, need), value, place in zip(asked, valued, evidence, strict=True)
            )
            found.append(Pair(people[column], challenge, score_, answered))
    return found


def needs_of(
    challenges: Sequence[ChallengeFacts], asks: Rows, places: Integers
) -> tuple[Needs, list[NeedFacts | None]]:
    """The engine's view of some needs, and what is known of each."""
    number = {challenge.subject_id: place for place, challenge in enumerate(challenges)}
    owners = [number[subject] for subject in asks.subjects[places].tolist()]
    items = asks.items[places].tolist()
    facts = [challenges[owner].needs.get(item) for owner, item in zip(owners, items, strict=True)]
    weights = [WEIGHTS[fact.weight if fact else "must"] for fact in facts]
    part = asks.take(places)
    needs = Needs(
        part.vectors,
        np.array(weights, np.float32),
        part.languages,
        part.texts,
        np.array(owners, np.int64),
        len(challenges),
    )
    return needs, facts


def _once(gives: Rows) -> Integers:
    """The same words said twice in one profile, in two of its items, count once."""
    kept: dict[tuple[int, str], int] = {}
    for place, key in enumerate(zip(gives.subjects.tolist(), gives.texts, strict=True)):
        kept.setdefault(key, place)
    return np.fromiter(kept.values(), np.int64)
