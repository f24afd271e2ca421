"""Which profiles and challenges fit: facts decide who is compared, the engine how well they fit.

A need that is sought from another side of the helix is no part of a profile's score: it neither helps nor
hurts. The same pair is scored from the same texts in both directions, and so the same.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache

import numpy as np

from ..offline import MOST_CANDIDATES, MOST_SPELLED
from ..parts import active
from ..ranking import (
    WEIGHTS,
    Needs,
    PairScores,
    Passages,
    Statistics,
    Strength,
    candidates,
    probability,
    score,
    standing,
    strength,
)
from ..ranking.facts import adjustments
from ..vectors import Integers, Rows
from .facts import (
    ChallengeFacts,
    NeedFacts,
    ProfileFacts,
    is_barred,
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


def fitting(
    profiles: Sequence[ProfileFacts],
    challenges: Sequence[ChallengeFacts],
    gives: Rows,
    asks: Rows,
    statistics: Statistics,
) -> list[Pair]:
    """All pairs that are good enough to be shown, less one's own challenges and those answered with never."""
    with_passages = set(np.unique(gives.subjects).tolist())
    groups: dict[bytes, list[ProfileFacts]] = defaultdict(list)
    places: dict[bytes, Integers] = {}
    by_helix = {
        helix: _asked_of(helix, challenges, asks) for helix in {profile.helix for profile in profiles}
    }
    for profile in profiles:
        if profile.subject_id in with_passages:
            key = by_helix[profile.helix].tobytes()
            places[key] = by_helix[profile.helix]
            groups[key].append(profile)
    found = [
        pair
        for key, people in groups.items()
        if len(places[key])
        for pair in _scored(people, challenges, gives, asks, places[key], statistics)
    ]
    never = refused({p.profile.profile_id for p in found}, {p.challenge.challenge_id for p in found})
    left = [pair for pair in found if (pair.profile.profile_id, pair.challenge.challenge_id) not in never]
    return _weighed(left, gives)


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


def _asked_of(helix: str, challenges: Sequence[ChallengeFacts], asks: Rows) -> Integers:
    """Places of the needs that this side of the helix may cover, by challenge, in the poster's order."""
    by_subject: dict[int, dict[int, list[int]]] = defaultdict(lambda: defaultdict(list))
    for place, (subject, item) in enumerate(zip(asks.subjects.tolist(), asks.items.tolist(), strict=True)):
        by_subject[subject][item].append(place)
    found: list[int] = []
    for challenge in challenges:
        rows = by_subject.get(challenge.subject_id, {})
        for item in [*challenge.needs, 0]:
            if may_cover(challenge.needs.get(item), helix):
                found += rows.get(item, [])
    return np.array(found, np.int64)


def _scored(
    people: Sequence[ProfileFacts],
    challenges: Sequence[ChallengeFacts],
    gives: Rows,
    asks: Rows,
    places: Integers,
    statistics: Statistics,
) -> list[Pair]:
    needs, facts = _needs(challenges, asks, places)
    subjects = tuple(profile.subject_id for profile in people)
    passages, rows = _passages(gives, subjects)
    if len(rows) > MOST_SPELLED:
        chosen = candidates(needs, passages, statistics, MOST_CANDIDATES)
        people = [people[place] for place in chosen]
        passages, rows = _passages(gives, tuple(profile.subject_id for profile in people))
    scores = score(needs, passages, statistics)
    of_challenge = [np.flatnonzero(needs.of_challenge == place).tolist() for place in range(len(challenges))]
    found = []
    for row, challenge in enumerate(challenges):
        for column, profile in enumerate(people):
            value = float(scores.scores[row, column])
            values = [float(scores.values[need, column]) for need in of_challenge[row]]
            if strength(standing(value, values)) is None or is_barred(profile, challenge):
                continue
            answered = tuple(
                _answered(need, column, scores, int(places[need]), facts[need], rows)
                for need in of_challenge[row]
            )
            found.append(Pair(profile, challenge, value, answered))
    return found


def _answered(
    need: int, column: int, scores: PairScores, ask: int, fact: NeedFacts | None, rows: Integers
) -> Answered:
    value = float(scores.values[need, column])
    return Answered(ask, fact, value, strength(value), int(rows[scores.best[need, column]]))


def _needs(
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


@lru_cache(maxsize=3)
def _passages(gives: Rows, subjects: tuple[int, ...]) -> tuple[Passages, Integers]:
    """The engine's view of some profiles' passages, and their places in `gives`.

    Kept while the catalogue is the same: reading the spelling of its texts takes longer than comparing them.
    """
    order = np.argsort(np.array(subjects, np.int64), kind="stable")
    ordered = np.array(subjects, np.int64)[order]
    rows = _once(gives, np.flatnonzero(np.isin(gives.subjects, ordered)))
    owners = order[np.searchsorted(ordered, gives.subjects[rows])]
    part = gives.take(rows)
    return Passages(part.vectors, owners, part.items, part.languages, part.texts, len(subjects)), rows


def _once(gives: Rows, rows: Integers) -> Integers:
    """The same words said twice in one profile, in two of its items, count once."""
    kept: dict[tuple[int, str], int] = {}
    for row in rows.tolist():
        kept.setdefault((int(gives.subjects[row]), gives.texts[row]), row)
    return np.fromiter(kept.values(), np.int64)
