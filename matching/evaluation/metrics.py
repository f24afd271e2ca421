"""Measures of ranked lists, and how sure they are.

nDCG with the grade itself as gain and log2 discounts (Järvelin & Kekäläinen, 2002), as in scikit-learn's
`ndcg_score`; recall, mean reciprocal rank and accuracy count every grade above 0 as right. Pairs that nobody
judged count as wrong. Intervals are percentile bootstraps over queries (Efron, 1979), paired where two
rankers are compared: both are measured on the same draws.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]
Integers = NDArray[np.int64]

MEASURES = ("nDCG@10", "Recall@10", "Recall@100", "MRR", "accuracy@1")
FIRST, MANY = 10, 100
DISCOUNTS = 1 / np.log2(np.arange(2, FIRST + 2))
DRAWS, SEED = 2000, 20250101


@dataclass(frozen=True)
class Interval:
    """A mean and the 95 % interval around it."""

    mean: float
    low: float
    high: float


@dataclass(frozen=True)
class Measured:
    """values (5, q): each measure of each query; first (q, 10): the columns ranked first, -1 for none."""

    values: Doubles
    first: Integers


def measure(scores: Floats, gains: Floats) -> Measured:
    """Measures of scores (q, n) by gains (q, n); every query has a gain above 0.

    Equal scores are ordered by column. NaN is not ranked at all.
    """
    ranked = np.where(np.isnan(scores), -np.inf, scores)
    order = np.argsort(-ranked, axis=1, kind="stable")
    found = np.take_along_axis(ranked, order, 1) > -np.inf
    gained = np.where(found, np.take_along_axis(gains, order, 1), 0).astype(np.float64)
    right, all_right = gained > 0, np.sum(gains > 0, axis=1)
    values = np.stack(
        [
            discounted(gained) / best_possible(gains),
            right[:, :FIRST].sum(axis=1) / all_right,
            right[:, :MANY].sum(axis=1) / all_right,
            np.where(right.any(axis=1), 1 / (1 + right.argmax(axis=1)), 0.0),
            right[:, 0].astype(np.float64),
        ]
    )
    return Measured(values, np.where(found, order, -1)[:, :FIRST])


def by_chance(gains: Floats) -> Doubles:
    """The measures (5, q) of a random order, as expected values rather than by one throw of the dice."""
    count, right = gains.shape[1], np.sum(gains > 0, axis=1).astype(np.float64)
    share = gains.sum(axis=1, dtype=np.float64) / count
    ranks = np.arange(1, count + 1, dtype=np.float64)
    # None right among the first r: a product of shares of wrong ones among those that are left.
    none = np.cumprod(np.maximum(count - right[:, None] - ranks + 1, 0) / (count - ranks + 1), axis=1)
    first = -np.diff(none, prepend=1.0, axis=1)
    return np.stack(
        [
            share * DISCOUNTS[:count].sum() / best_possible(gains),
            np.full(len(gains), min(1.0, FIRST / count)),
            np.full(len(gains), min(1.0, MANY / count)),
            (first / ranks).sum(axis=1),
            right / count,
        ]
    )


def discounted(gained: Doubles) -> Doubles:
    """Discounted gain of the first ten (q,) of gains in ranked order (q, n)."""
    first = gained[:, :FIRST]
    return np.asarray(first @ DISCOUNTS[: first.shape[1]], np.float64)


def best_possible(gains: Floats) -> Doubles:
    """Discounted gain (q,) of the best order there could be."""
    return discounted(-np.sort(-gains.astype(np.float64), axis=1))


def bootstrap(values: Doubles) -> list[Interval]:
    """The mean of each row of values (rows, q), and its interval over queries.

    Every call with as many queries makes the same draws, so differences of rows are paired.
    """
    count = values.shape[1]
    if not count:
        return [Interval(np.nan, np.nan, np.nan) for _ in values]
    drawn = np.random.default_rng(SEED).multinomial(count, np.full(count, 1 / count), DRAWS) / count
    low, high = np.quantile(drawn @ values.T, [0.025, 0.975], axis=0)
    return [Interval(*map(float, row)) for row in zip(values.mean(axis=1), low, high, strict=True)]
