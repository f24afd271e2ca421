"""How well learned probabilities do on answers that came later, beside the untrained engine's. No Django.

What is predicted is what can be seen: a yes to a pair at rank r, which takes looking and interest, r^-s × P.
Log loss and Brier score are proper: nothing but the true probability makes them least. Lists are put in order
by each; a yes far down counts for as many who never looked there (inverse propensity, Joachims et al., 2017,
"Unbiased learning-to-rank with biased feedback"), or the order in which they were shown would always win.
Intervals are 95 %, by the normal approximation; that of AUC after Hanley and McNeil (1982).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matching.answered import YES, Row
from matching.evaluation.metrics import Interval
from matching.evaluation.tables import Table, between, difference
from matching.learning import Learned, looking, of_outcome

Doubles = NDArray[np.float64]

LEARNED, ENGINE = "learned", "engine"
NAMES = {LEARNED: "learned from answers", ENGINE: "untrained engine"}
FIRST, GROUPS = 10, 10
LEAST_LOOKED = 0.1  # a yes stands for ten at most: one click at rank 50 decides nothing
WORSE_ORDER = 0.005  # of nDCG, that a better probability may cost and no more

LOSS, ORDER = "probabilities", "order"  # in what one can be worse


@dataclass(frozen=True)
class Judged:
    """One way's predictions for rows (n,): of a yes that can be seen, and by what lists are put in order."""

    seen: Doubles
    order: Doubles


def judge(learned: Learned, rows: Sequence[Row]) -> dict[str, Any]:
    """All measures, as numbers that can be stored: by way, each a mean with its interval; and differences."""
    looked, yes = looking(rows, learned.position), of_outcome(rows, YES).astype(np.float64)
    chance = learned.probabilities(rows)
    engine = np.array([row.engine for row in rows], np.float64)
    score = np.array([row.score for row in rows], np.float64)
    ways = {LEARNED: Judged(looked * chance, chance), ENGINE: Judged(looked * engine, score)}
    losses = {name: (log_losses(way.seen, yes), (way.seen - yes) ** 2) for name, way in ways.items()}
    gains = yes / np.maximum(looked, LEAST_LOOKED)
    lists = {name: ndcgs(way.order, gains, rows) for name, way in ways.items()}
    return {
        "rows": len(rows),
        "yes": int(yes.sum()),
        "lists": len(lists[ENGINE]),
        "position": learned.position,
        "log_loss": compared(*(losses[name][0] for name in (LEARNED, ENGINE))),
        "brier": compared(*(losses[name][1] for name in (LEARNED, ENGINE))),
        "ndcg": compared(*(lists[name] for name in (LEARNED, ENGINE))),
        "auc": {name: list(auc(way.order, yes > 0)) for name, way in ways.items()},
        "calibration": {name: calibration(way.seen, yes) for name, way in ways.items()},
    }


def why_worse(measured: Mapping[str, Any]) -> str:
    """In what the learned probabilities are worse than the untrained engine's; "" for nothing."""
    if measured["log_loss"]["difference"][0] > 0 or measured["brier"]["difference"][0] > 0:
        return LOSS
    if measured["lists"] and measured["ndcg"]["difference"][0] < -WORSE_ORDER:
        return ORDER
    return ""


def log_losses(seen: Doubles, yes: Doubles) -> Doubles:
    chance = np.clip(seen, 1e-6, 1 - 1e-6)
    return np.asarray(-(yes * np.log(chance) + (1 - yes) * np.log(1 - chance)), np.float64)


def ndcgs(order: Doubles, gains: Doubles, rows: Sequence[Row]) -> Doubles:
    """nDCG@10 of each profile's list (q,) of at least two with a yes among them; equals share their gain.

    Discounted gains over the mean of the best possible, and not over each list's own: there a yes far down
    would count no more than one at the top, and weighing it by who looked would be undone.
    """
    lists: dict[int, list[int]] = defaultdict(list)
    for place, row in enumerate(rows):
        lists[row.profile].append(place)
    kept = [at for at in map(np.array, lists.values()) if len(at) > 1 and gains[at].any()]
    found = np.array([discounted(shared(order[at], gains[at])) for at in kept], np.float64)
    best = [discounted(np.sort(gains[at])[::-1]) for at in kept]
    return found / max(float(np.mean(best)), 1e-12) if kept else found


def shared(order: Doubles, gains: Doubles) -> Doubles:
    """Gains in order, the greatest first; those of equals are shared among them."""
    _, group = np.unique(-order, return_inverse=True)
    means = np.bincount(group, gains) / np.bincount(group)
    return np.asarray(means[np.sort(group)], np.float64)


def discounted(gains: Doubles) -> float:
    first = gains[:FIRST]
    return float(first @ (1 / np.log2(np.arange(2, len(first) + 2))))


def auc(order: Doubles, yes: NDArray[np.bool_]) -> tuple[float, float, float]:
    """How often a yes stands above what is none, equals counting half; and its interval."""
    many, none = int(yes.sum()), int((~yes).sum())
    if not many or not none:
        return 0.5, 0.0, 1.0
    _values, group, counts = np.unique(order, return_inverse=True, return_counts=True)
    ranks = np.cumsum(counts) - (counts - 1) / 2
    value = float((ranks[group][yes].sum() - many * (many + 1) / 2) / (many * none))
    one, other = value / (2 - value), 2 * value**2 / (1 + value)
    spread = value * (1 - value) + (many - 1) * (one - value**2) + (none - 1) * (other - value**2)
    half = 1.96 * float(np.sqrt(max(spread, 0.0) / (many * none)))
    return value, max(0.0, value - half), min(1.0, value + half)


def calibration(seen: Doubles, yes: Doubles) -> list[list[float]]:
    """Ten groups of rows by what was expected, the least first: expected, seen, and how many rows."""
    ordered = np.argsort(seen, kind="stable")
    parts = [part for part in np.array_split(ordered, GROUPS) if len(part)]
    return [[float(seen[part].mean()), float(yes[part].mean()), len(part)] for part in parts]


def compared(learned: Doubles, engine: Doubles) -> dict[str, list[float]]:
    """Means with intervals of both, and of the difference, paired."""
    ways = {LEARNED: learned, ENGINE: engine, "difference": learned - engine}
    return {name: mean_of(values) for name, values in ways.items()}


def mean_of(values: Doubles) -> list[float]:
    """A mean and its interval; zeros where there is nothing."""
    if not len(values):
        return [0.0, 0.0, 0.0]
    half = 1.96 * float(values.std()) / float(np.sqrt(len(values)))
    mean = float(values.mean())
    return [mean, mean - half, mean + half]


def tables(measured: Mapping[str, Any], what: str) -> list[Table]:
    """Quality of both ways, and calibration of both, of the rows that `what` names."""
    rows = []
    for name, shown in NAMES.items():
        cells = [between(Interval(*measured[each][name])) for each in ("log_loss", "brier", "ndcg", "auc")]
        rows.append([shown, *cells])
    ahead = [difference(Interval(*measured[each]["difference"])) for each in ("log_loss", "brier", "ndcg")]
    rows.append(["difference", *ahead, ""])
    notes = [
        f"{measured['rows']:,} pairs that were shown after all that was learned from,"
        f" {measured['yes']:,} with interest; nDCG over {measured['lists']:,} lists."
        " Log loss and Brier: less is better.",
        f"Looking fades with rank to the power of -{measured['position']:g}, as learned; nDCG makes up for"
        " it, AUC does not.",
    ]
    columns = ["way", "log loss", "Brier", "nDCG@10", "AUC"]
    return [Table(f"{what}: on later answers", columns, rows, notes), calibrated(measured, what)]


def calibrated(measured: Mapping[str, Any], what: str) -> Table:
    """What was expected beside what was seen, in ten groups by what each way expected."""
    found = measured["calibration"]
    rows = []
    for number, (ours, theirs) in enumerate(zip(found[LEARNED], found[ENGINE], strict=True), start=1):
        rows.append([str(number), f"{ours[2]:,}", *(f"{value:.3f}" for value in (*ours[:2], *theirs[:2]))])
    columns = ["tenth", "pairs", *(f"{NAMES[way]}: {word}" for way in NAMES for word in ("expected", "seen"))]
    return Table(f"{what}: share of interest, expected and seen", columns, rows)
