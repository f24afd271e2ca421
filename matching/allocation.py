"""Who hears of what in one period, decided for everybody at once. NumPy and OR-tools only.

Everybody has an attention budget; each challenge wants to reach a least number of people in each group whose
help it needs (a side of the helix, a sector), and is told to no more than a most; what is maximised is the
usefulness of all that is told. A flow of least cost (Goldberg, 1997, as OR-tools solves it): from everybody's
budget over the pairs to the groups of a challenge and the challenge. Whole numbers in, whole numbers out:
exact for any size. Least numbers come first: one person fewer missed is worth more than any usefulness; what
cannot be met is said.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

UNITS = 1_000_000  # of the greatest usefulness: costs are whole numbers
LARGEST = 2**62  # of the sum of all costs


@dataclass(frozen=True)
class Demand:
    """What is to be shared out.

    people (p,), challenges (p,): the pairs that may be told, numbered 0 to n - 1 and 0 to m - 1; each pair
    once; usefulness (p,), above 0; budgets (n,): how many items each person is told at most; most (m,): how
    many people may hear of each challenge; groups (p,): number of the group that the person is of, for this
    challenge; least: (challenge, group) to how many people it wants to reach there.
    """

    people: Integers
    challenges: Integers
    usefulness: Floats
    budgets: Integers
    most: Integers
    groups: Integers = field(default_factory=lambda: np.zeros(0, np.int64))
    least: Mapping[tuple[int, int], int] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.people)

    @property
    def of_group(self) -> Integers:
        return self.groups if len(self.groups) else np.zeros(len(self), np.int64)


@dataclass(frozen=True)
class Allocation:
    """chosen: places of the pairs that are told, ascending; value: their usefulness; missed: (challenge,
    group) to how many people it reaches too few."""

    chosen: Integers
    value: float
    missed: dict[tuple[int, int], int]


def allocate(demand: Demand) -> Allocation:
    """The best allocation there is, but for rounding to a millionth of the greatest usefulness.

    Raises ValueError for what is no demand. 100,000 people with 20 pairs each: some seconds on one core.
    """
    check(demand)
    chosen = flow(demand) if len(demand) else np.zeros(0, np.int64)
    return Allocation(chosen, float(demand.usefulness[chosen].sum()), misses(demand, chosen))


def check(demand: Demand) -> None:
    """Raise ValueError for what is no demand."""
    if not len(demand.people) == len(demand.challenges) == len(demand.usefulness) == len(demand.of_group):
        raise ValueError("the pairs have different lengths")
    if not np.isfinite(demand.usefulness).all() or (demand.usefulness <= 0).any():
        raise ValueError("what is of no use is not told")
    if (demand.budgets < 0).any() or (demand.most < 0).any():
        raise ValueError("budgets and mosts are not negative")
    keys = demand.people * (len(demand.most) + 1) + demand.challenges
    if len(np.unique(keys)) < len(keys):
        raise ValueError("a pair is there twice")


def flow(demand: Demand) -> Integers:
    """The pairs over which the flow of least cost goes.

    Nodes: people, challenges, groups of challenges, source, sink."""
    from ortools.graph.python.min_cost_flow import SimpleMinCostFlow

    n, m = len(demand.budgets), len(demand.most)
    cells, of_pair = np.unique(
        np.column_stack([demand.challenges, demand.of_group]), axis=0, return_inverse=True
    )
    least = np.array([demand.least.get((c, g), 0) for c, g in cells.tolist()], np.int64)
    worth = np.round(demand.usefulness / demand.usefulness.max() * UNITS).astype(np.int64)
    first = reward(int(demand.budgets.sum()))
    group, source = n + m + np.arange(len(cells)), n + m + len(cells)
    sink = source + 1
    network = SimpleMinCostFlow()
    add = network.add_arcs_with_capacity_and_unit_cost
    add(np.full(n, source), np.arange(n), demand.budgets, np.zeros(n, np.int64))
    pairs = add(demand.people, group[of_pair.ravel()], np.ones(len(demand), np.int64), -worth)
    add(group, n + cells[:, 0], least, np.full(len(cells), -first))
    add(group, n + cells[:, 0], demand.most[cells[:, 0]], np.zeros(len(cells), np.int64))
    add(n + np.arange(m), np.full(m, sink), demand.most, np.zeros(m, np.int64))
    total = int(demand.budgets.sum())
    network.add_arc_with_capacity_and_unit_cost(source, sink, total, 0)  # attention that nobody uses
    network.set_node_supply(source, total)
    network.set_node_supply(sink, -total)
    status = network.solve()
    if status != network.OPTIMAL:
        raise ArithmeticError(f"The allocation could not be solved: {status}")
    return np.flatnonzero(network.flows(pairs)).astype(np.int64)


def reward(total: int) -> int:
    """What one of those whom a challenge must reach is worth: more than moving anybody else around could win,
    as far as whole numbers of 64 bits go."""
    return int(min(UNITS * 1000, LARGEST // max(total, 1) // 4))


def misses(demand: Demand, told: Integers) -> dict[tuple[int, int], int]:
    """The least numbers that are not reached, and by how many."""
    reached: dict[tuple[int, int], int] = {}
    for key in zip(demand.challenges[told].tolist(), demand.of_group[told].tolist(), strict=True):
        reached[key] = reached.get(key, 0) + 1
    short = {key: number - reached.get(key, 0) for key, number in demand.least.items()}
    return {key: number for key, number in short.items() if number > 0}


def plain(demand: Demand) -> Integers:
    """What everybody would be told without regard to anybody else: of their pairs the best, as many as their
    budget allows; places ascending."""
    order = np.lexsort((-demand.usefulness, demand.people))
    people = demand.people[order]
    begins = np.searchsorted(people, people)  # where each pair's person begins
    return np.sort(order[np.arange(len(order)) - begins < demand.budgets[people]]).astype(np.int64)


def gini(counts: Floats | Integers) -> float:
    """How unevenly attention falls (Gini, 1912): 0 where everybody has the same, near 1 where one has all."""
    ordered = np.sort(np.asarray(counts, np.float64))
    total = float(ordered.sum())
    if not len(ordered) or total <= 0:
        return 0.0
    ranks = np.arange(1, len(ordered) + 1)
    return float((2 * (ranks * ordered).sum() / total - (len(ordered) + 1)) / len(ordered))
