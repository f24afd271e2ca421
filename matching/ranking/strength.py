"""From a score to what is said about it: strong, good, possible, or nothing at all."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Literal

Strength = Literal["strong", "good", "possible"]

# Lowest values of each word. "Strong" was chosen on half of the challenges of the tuning sets, by a hash
# of their ids: the least from which 7 in 10 of the first ten were right in each set that is fairly completely
# judged; on the other half 8 to 9 in 10 were. The lower two by reading the demo country's pairs need by need:
# below 0.65 nearly nothing answered the need, above 0.9 most did.
STRONG, GOOD, POSSIBLE = 1.25, 0.9, 0.65
# Who answers one need of four does not answer the average one, and is still worth meeting.
SINGLE_NEED = 0.8
SLOPE, MIDDLE = 6.8, 1.05  # of the logistic curve fitted to the same half; the other half agrees to 0.1


def strength(value: float) -> Strength | None:
    """The word for a pair's score or a need's value; None: too weak to be shown or mailed."""
    if value >= STRONG:
        return "strong"
    if value >= GOOD:
        return "good"
    return "possible" if value >= POSSIBLE else None


def standing(score: float, values: Iterable[float]) -> float:
    """How well a pair stands: its score, or somewhat less than its best need's value where that is more."""
    return max([score, *(SINGLE_NEED * value for value in values)])


def probability(score: float) -> float:
    """How often pairs of this score were judged right, in [0, 1]; for operators, never shown to people."""
    if math.isnan(score):
        return 0.0
    exponent = max(-60.0, min(60.0, SLOPE * (score - MIDDLE)))
    return 1 / (1 + math.exp(-exponent))


def value_behind(chance: float) -> float:
    """The score or value whose `probability` this is, for the word that `strength` has for it."""
    chance = min(max(chance, 1e-9), 1 - 1e-9)
    return MIDDLE + math.log(chance / (1 - chance)) / SLOPE
