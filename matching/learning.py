"""From answers to the probability of interest. NumPy only; knows no Django. Rows: see answered.py.

Who looked. People look at what stands first. As in the position-based model, an answer takes looking and
interest: P(yes at rank r) = r^-s × P(interest). A silent pair weighs as much as it was probably looked at,
found by expectation and maximisation (Wang et al., 2018, "Position bias estimation for unbiased learning to
rank in personal search"); s is the one of SLOPES that makes the answers likeliest.

The model. A logistic regression whose prior is the untrained engine: one feature is that engine's log odds,
at 1 where nothing was learned, and all others are 0 there. With few answers it stays near the engine. It is
fitted on the earlier rows, brought to scale (Platt, 1999) on later ones, and judged on those after that: by
date, never at random.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matching.answered import FEATURES, NO, SETTLED, SILENT, YES, Event, Row, features_of, rows_of

Doubles = NDArray[np.float64]
Bools = NDArray[np.bool_]

SLOPES = (0.0, 0.25, 0.5, 0.75, 1.0)  # how fast looking fades with rank
LAST_RANK = 50  # from here on a list is looked at no less
INTERCEPT = "intercept"
FREE, NEAR_ENGINE, SPREAD = 3.0, 0.5, 1.0  # deviations of the prior: of the intercept, of "engine", of others
ROUNDS, STEPS = 12, 25  # of expectation and maximisation, and of Newton's method within one
FITTED_TO, SCALED_TO = 0.5, 0.7  # shares of the rows, by date, at which fitting ends and judging begins
# Ten of the rarer outcome for each weight that is fitted (Peduzzi et al., 1996), and a hundred to judge
# probabilities by (Vergouwe et al., 2005).
TO_FIT, TO_JUDGE = 10 * (len(FEATURES) + 1), 100


@dataclass(frozen=True)
class Learned:
    """coefficients: by name of feature, and INTERCEPT; position: s, how fast looking fades with rank; until:
    when the last of what it learned from had been said."""

    coefficients: dict[str, float]
    position: float
    until: datetime

    def probabilities(self, rows: Sequence[Row]) -> Doubles:
        """Of interest, for each row (n,), if it is looked at."""
        return sigmoid(design(rows) @ vector(self.coefficients))


def probability_of(coefficients: Mapping[str, float], parts: Mapping[str, Any]) -> float | None:
    """The probability of interest in a match with these parts; None where they say too little."""
    found = features_of(parts)
    if found is None:
        return None
    return float(sigmoid(np.array([1.0, *found]) @ vector(coefficients)))


def vector(coefficients: Mapping[str, float]) -> Doubles:
    """In the order of the design; what a stored model does not know weighs nothing."""
    return np.array([coefficients.get(name, 0.0) for name in (INTERCEPT, *FEATURES)])


@dataclass(frozen=True)
class Parts:
    """Rows by date: to fit, to bring to scale, and to judge by."""

    fitted: list[Row]
    scaled: list[Row]
    judged: list[Row]
    until: datetime


def split(events: Sequence[Event], engine: str, now: datetime) -> Parts:
    """Each part as it could be known when the next began: an answer that came later teaches nothing."""
    every = sorted(row.shown_at for row in rows_of(events, engine, now))
    if not every:
        return Parts([], [], [], now)
    first, second = (every[int(share * len(every))] for share in (FITTED_TO, SCALED_TO))
    # What was shown in the month before a cut has not settled there: it teaches nothing, and judges nobody.
    fitted = rows_of(events, engine, first)
    scaled = [row for row in rows_of(events, engine, second) if row.shown_at > first - SETTLED]
    judged = [row for row in rows_of(events, engine, now) if row.shown_at >= second]
    return Parts(fitted, scaled, judged, second)


def enough(parts: Parts) -> bool:
    """Whether there are enough of either outcome to learn from and to judge by."""
    return rarer(parts.fitted) >= TO_FIT and rarer(parts.judged) >= TO_JUDGE


def rarer(rows: Sequence[Row]) -> int:
    """How many rows have the outcome that fewer have."""
    yes = Counter(row.outcome == YES for row in rows)
    return min(yes[True], yes[False])


def learn(parts: Parts) -> Learned:
    """Fit on the first part and bring to scale on the second. Deterministic, whatever the order of rows."""
    x, rows = design(parts.fitted), parts.fitted
    prior = np.array([0.0, 1.0, *([0.0] * (len(FEATURES) - 1))])
    spread = np.array([FREE, NEAR_ENGINE, *([SPREAD] * (len(FEATURES) - 1))])
    weights, position, _ = max(
        (_fit(x, rows, slope, prior, spread) for slope in SLOPES), key=lambda found: found[2]
    )
    if parts.scaled:
        line = np.column_stack([np.ones(len(parts.scaled)), design(parts.scaled) @ weights])
        (low, steep), _, _ = _fit(
            line, parts.scaled, position, np.array([0.0, 1.0]), np.array([SPREAD, NEAR_ENGINE])
        )
        weights = steep * weights
        weights[0] += low
    named = zip((INTERCEPT, *FEATURES), weights.tolist(), strict=True)
    return Learned(dict(named), position, parts.until)


def _fit(
    x: Doubles, rows: Sequence[Row], slope: float, prior: Doubles, spread: Doubles
) -> tuple[Doubles, float, float]:
    """Weights, the slope of looking, and how likely the rows are by both (a logarithm, less the prior's).

    Of those who looked and were not interested, a share `speaks` and says no; the others are silent.
    """
    yes, no, silent = (of_outcome(rows, outcome) for outcome in (YES, NO, SILENT))
    looked = looking(rows, slope)
    weights, speaks, counted = prior.copy(), 0.0, np.where(silent, looked, 1.0)
    for _ in range(ROUNDS):
        weights = newton(x, yes, counted, weights, prior, spread)
        chance = np.clip(sigmoid(x @ weights), 1e-9, 1 - 1e-9)
        said = looked * (chance + (1 - chance) * speaks)
        counted = np.where(silent, looked * (1 - chance) * (1 - speaks) / np.maximum(1 - said, 1e-9), 1.0)
        speaks = float(no.sum() / max(counted[~yes].sum(), 1.0))
    said = looked * (chance + (1 - chance) * speaks)
    likely = np.where(yes, looked * chance, np.where(no, looked * (1 - chance) * speaks, 1 - said))
    far = 0.5 * float((((weights - prior) / spread) ** 2).sum())
    return weights, slope, float(np.log(np.maximum(likely, 1e-12)).sum()) - far


def newton(
    x: Doubles, yes: Bools, counted: Doubles, start: Doubles, prior: Doubles, spread: Doubles
) -> Doubles:
    """Logistic regression of rows (n, f) that count so much (n,), with a normal prior (f,), by Newton's
    method; it is convex, so there is one answer."""
    weights = start
    for _ in range(STEPS):
        chance = sigmoid(x @ weights)
        slope = x.T @ (counted * (yes - chance)) - (weights - prior) / spread**2
        bend = (x * (counted * chance * (1 - chance))[:, None]).T @ x + np.diag(1 / spread**2)
        step = np.linalg.solve(bend, slope)
        weights = weights + step * min(1.0, 4.0 / max(float(np.abs(step).max()), 1e-12))
        if np.abs(step).max() < 1e-9:
            break
    return np.asarray(weights, np.float64)


def design(rows: Sequence[Row]) -> Doubles:
    """Features (n, f + 1), a one in front."""
    found = np.array([row.features for row in rows], np.float64).reshape(len(rows), len(FEATURES))
    return np.column_stack([np.ones(len(rows)), found])


def looking(rows: Sequence[Row], slope: float) -> Doubles:
    """How probably each row was looked at (n,): 1 in the first place."""
    ranks = np.array([min(max(row.rank, 1), LAST_RANK) for row in rows], np.float64)
    return np.asarray(ranks**-slope, np.float64)


def of_outcome(rows: Sequence[Row], outcome: str) -> Bools:
    return np.array([row.outcome == outcome for row in rows], bool)


def sigmoid(values: Doubles) -> Doubles:
    return np.asarray(1 / (1 + np.exp(-np.clip(values, -60, 60))), np.float64)
