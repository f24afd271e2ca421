"""From a score to what is said about it: strong, good, possible, or nothing at all."""

from __future__ import annotations

import math
from typing import Literal

Strength = Literal["strong", "good", "possible"]

# Lowest scores of each word, from four sets of human and historic judgements (see benchmarks/README.md): of
# the pairs in first lists called strong, 7 in 10 and more were judged right, in either language.
STRONG, GOOD, POSSIBLE = 1.25, 0.75, 0.4
SLOPE, MIDDLE = 5.5, 1.15  # of the logistic curve through the same judgements


def strength(value: float) -> Strength | None:
    """The word for a pair's score or a need's value; None: too weak to be shown or mailed."""
    if value >= STRONG:
        return "strong"
    if value >= GOOD:
        return "good"
    return "possible" if value >= POSSIBLE else None


def probability(score: float) -> float:
    """How often pairs of this score were judged right, in [0, 1]; for operators, never shown to people."""
    if math.isnan(score):
        return 0.0
    exponent = max(-60.0, min(60.0, SLOPE * (score - MIDDLE)))
    return 1 / (1 + math.exp(-exponent))
