"""Scores to ordered lists with reasons."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from matching.ranking.scoring import Needs, PairScores, Passages, score
from matching.ranking.search import candidates
from matching.ranking.statistics import Statistics
from matching.ranking.strength import Strength, probability, standing, strength

MOST_CANDIDATES = 2000  # profiles scored in full; the rest are far behind by vectors alone


@dataclass(frozen=True)
class Reason:
    """What a profile has for one need: the place of its best passage, how well it fits, and what that is
    called.

    A need without a strength is uncovered: the passage is the nearest there is, and nothing to show.
    """

    need: int
    passage: int
    value: float
    strength: Strength | None

    @property
    def covered(self) -> bool:
        """Whether the profile answers this need at all."""
        return self.strength is not None


@dataclass(frozen=True)
class Ranked:
    """One place in a list: `index` is the number of the profile (or challenge) in what was given."""

    index: int
    score: float
    strength: Strength | None
    probability: float
    reasons: tuple[Reason, ...]


def rank_profiles(
    needs: Needs, passages: Passages, statistics: Statistics, keys: Sequence[str], top: int | None = None
) -> list[Ranked]:
    """The profiles for one challenge, best first, each with a reason per need.

    `keys` (profiles) break ties, so that the order never depends on the order of the input. Profiles without
    passages are left out; so are all of them when there are no needs. Weak ones are not: see
    `Ranked.strength`.
    """
    if not len(needs.texts) or not len(passages.texts):
        return []
    chosen = candidates(needs, passages, statistics, max(MOST_CANDIDATES, top or 0))
    whole = len(chosen) == len(np.unique(passages.owners))
    part, rows = (passages, np.arange(len(passages.texts))) if whole else passages.of_profiles(chosen)
    numbers = np.arange(passages.profiles) if whole else chosen
    scores = score(needs, part, statistics)
    order = best_first(scores.scores[0].tolist(), [keys[number] for number in numbers])[:top]
    all_needs = range(len(needs.texts))
    return [ranked(int(numbers[at]), at, 0, all_needs, scores, rows.tolist()) for at in order]


def rank_challenges(
    needs: Needs, passages: Passages, statistics: Statistics, keys: Sequence[str], top: int | None = None
) -> list[Ranked]:
    """The challenges for one profile (all `passages` are its own), best first: the same pairs, the same
    scores."""
    if not len(needs.texts) or not len(passages.texts):
        return []
    scores = score(needs, passages, statistics)
    order = best_first(scores.scores[:, 0].tolist(), keys)[:top]
    rows = list(range(len(passages.texts)))
    mine = [np.flatnonzero(needs.of_challenge == at).tolist() for at in range(needs.challenges)]
    return [ranked(at, 0, at, mine[at], scores, rows) for at in order]


def best_first(scores: Sequence[float], keys: Sequence[str]) -> list[int]:
    """Places in descending order of score, then ascending order of key; those without a score are left
    out."""
    found = [place for place, value in enumerate(scores) if value == value]
    return sorted(found, key=lambda place: (-scores[place], keys[place]))


def ranked(
    index: int, column: int, row: int, needs: Sequence[int], scores: PairScores, rows: Sequence[int]
) -> Ranked:
    """One pair out of the scores, with its reasons in the order of the needs."""
    reasons = []
    for need in needs:
        value = float(scores.values[need, column])
        reasons.append(Reason(need, rows[int(scores.best[need, column])], value, strength(value)))
    value = float(scores.scores[row, column])
    stands = standing(value, [reason.value for reason in reasons])
    return Ranked(index, value, strength(stands), probability(stands), tuple(reasons))
