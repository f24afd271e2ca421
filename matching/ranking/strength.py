"""From a score to what is said about it: strong, good, possible, or nothing at all."""

from __future__ import annotations

import math
from typing import Literal

Strength = Literal["strong", "good", "possible"]

# Lowest scores of each word. Measured on held-out human and historic judgements (see benchmarks/README.md):
# a pair called strong was judged right in about 7 of 10 cases.
STRONG, GOOD, POSSIBLE = 2.2, 1.6, 1.1
SLOPE, MIDDLE = 3.0, 1.9  # of the logistic curve through the same judgements


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
