"""Whole teams for one challenge: who together covers its needs best. NumPy and SciPy only.

An integer programme, solved exactly by HiGHS (Huangfu & Hall, 2018) through `scipy.optimize.milp`: a member
is in or out; each need is led by one member at most; the team covers as much of the weighted needs as it can.
Whether a given team can share the needs out is a transportation problem, so that only the choice of members
has to be whole. The next proposal must differ in half of the members, and so on.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

SMALLEST, LARGEST = 2, 6
PROPOSALS = 3
SECONDS = 0.9  # for one solution; afterwards the best team found so far, and it is said
MEMBER = 0.02  # what a further member costs, in shares of all needs: the smaller of two equal teams is better
SUPPORT = 0.05  # what a member is worth who leads nothing, in shares of the need that it supports
TINY = 1e-6


@dataclass(frozen=True)
class Problem:
    """What a team is wanted for.

    weights (k,): of the needs, above 0; values (k, n) in [0, 1]: how far each of n candidates covers each
    need alone, 0 for not at all; groups (n,): the side of the helix that each belongs to; wanted: sides of
    which at least one member is needed; capacity (n,): how many needs each may lead; conflicts: pairs of
    candidates that may not be in one team; fixed: who is in already; out: who is not to be; smallest,
    largest: size of the team.
    """

    weights: Floats
    values: Floats
    groups: Sequence[str]
    wanted: Sequence[str] = ()
    capacity: Sequence[int] | None = None
    conflicts: Sequence[tuple[int, int]] = ()
    fixed: frozenset[int] = frozenset()
    out: frozenset[int] = frozenset()
    smallest: int = SMALLEST
    largest: int = LARGEST

    @property
    def shares(self) -> Floats:
        """The weights as shares of all (k,)."""
        return np.asarray(self.weights / self.weights.sum(), np.float64)

    @property
    def gains(self) -> Floats:
        """What each candidate adds by leading each need, in shares of all needs (k, n)."""
        return self.shares[:, None] * self.values

    @property
    def most(self) -> NDArray[np.int64]:
        """How many needs each may lead (n,)."""
        limit = self.values.shape[0] if self.capacity is None else np.asarray(self.capacity)
        return np.broadcast_to(limit, self.values.shape[1]).astype(np.int64)


@dataclass(frozen=True)
class Team:
    """members: places of candidates, ascending; leads: need to member; supports: member to the need that it
    supports, for those who lead nothing; covered: share of the weighted needs, 0 to 1; adds: member to what
    would be lost without it; instead: member to the candidates who could take its place, the best first;
    optimal: nothing better exists; gap: by how much the bound lies above it where time ran out."""

    members: tuple[int, ...]
    leads: dict[int, int]
    supports: dict[int, int]
    covered: float
    adds: dict[int, float] = field(default_factory=dict)
    instead: dict[int, tuple[int, ...]] = field(default_factory=dict)
    optimal: bool = True
    gap: float = 0.0
    seconds: float = 0.0

    def uncovered(self, needs: int) -> list[int]:
        """The needs that nobody leads."""
        return [need for need in range(needs) if need not in self.leads]


def propose(problem: Problem, count: int = PROPOSALS, seconds: float = SECONDS) -> list[Team]:
    """At most `count` teams, the best first; each shares at most half of its free places with any before it.

    Fewer where there are no more; none where nothing satisfies all conditions. Everybody leads a need where
    that is possible; in a challenge with fewer needs than members, some support. 100 candidates × 10 needs:
    well under a second each.
    """
    check(problem)
    found: list[Team] = []
    strict = True
    while len(found) < count:
        team = solve(problem, found, seconds, strict=strict)
        if team is None and strict and not found:
            strict = False
            continue
        if team is None:
            break
        found.append(team)
    return [explained(problem, team) for team in found]


def check(problem: Problem) -> None:
    """Raise ValueError for what is no problem of this kind."""
    k, n = problem.values.shape
    if len(problem.weights) != k or len(problem.groups) != n:
        raise ValueError("weights, values and groups have different lengths")
    if not k or (problem.weights <= 0).any():
        raise ValueError("there must be needs, and each must weigh something")
    if ((problem.values < 0) | (problem.values > 1)).any():
        raise ValueError("values lie between 0 and 1")


def solve(problem: Problem, before: Sequence[Team], seconds: float, *, strict: bool) -> Team | None:
    """The best team that differs from those before; None where there is none. `strict`: everybody leads."""
    from scipy.optimize import Bounds, LinearConstraint, milp

    started = time.perf_counter()
    pairs, costs, usable = variables(problem, strict=strict)
    n = problem.values.shape[1]
    rows, low, high = conditions(problem, pairs, before, strict=strict)
    integral = np.concatenate([np.ones(n), np.zeros(len(pairs))])
    lower = np.zeros(n + len(pairs))
    lower[sorted(problem.fixed)] = 1
    upper = np.concatenate([usable.astype(float), np.ones(len(pairs))])
    if (lower > upper).any():
        return None
    result = milp(
        -costs,
        constraints=LinearConstraint(rows, low, high),
        bounds=Bounds(lower, upper),
        integrality=integral,
        options={"time_limit": seconds, "mip_rel_gap": 0},
    )
    if result.x is None:
        return None
    members = tuple(np.flatnonzero(result.x[:n] > 0.5).tolist())
    leads, covered = shared_out(problem, members, strict=strict)
    bound = result.mip_dual_bound if result.mip_dual_bound is not None else result.fun
    return Team(
        members,
        leads,
        supports(problem, members, leads),
        covered,
        optimal=result.status == 0,
        gap=0.0 if result.status == 0 else max(float(result.fun - bound), 0.0),
        seconds=time.perf_counter() - started,
    )


def variables(problem: Problem, *, strict: bool) -> tuple[list[tuple[int, int]], Floats, NDArray[np.bool_]]:
    """Who may lead what (need, candidate); what each variable is worth, members first; who may be in."""
    gains = problem.gains
    usable: NDArray[np.bool_] = np.asarray((gains > 0).any(axis=0), bool)
    usable[sorted(problem.fixed)] = True
    usable[sorted(problem.out)] = False
    pairs = [(int(k), int(j)) for k, j in np.argwhere((gains > 0) & usable)]
    worth = np.full(len(usable), -MEMBER)
    if not strict:
        worth += SUPPORT * gains.max(axis=0)
    # Equal teams: the one whose candidates come first.
    worth -= TINY * np.arange(len(usable)) / max(len(usable), 1)
    return pairs, np.concatenate([worth, [gains[pair] for pair in pairs]]), usable


def conditions(
    problem: Problem, pairs: Sequence[tuple[int, int]], before: Sequence[Team], *, strict: bool
) -> tuple[Any, Floats, Floats]:
    """All rows of the programme, sparse, with their bounds."""
    from scipy.sparse import coo_array

    k, n = problem.values.shape
    rows: list[tuple[dict[int, float], float, float]] = []
    of_need: dict[int, dict[int, float]] = {need: {} for need in range(k)}
    of_member: dict[int, dict[int, float]] = {member: {} for member in range(n)}
    for place, (need, member) in enumerate(pairs, start=n):
        of_need[need][place] = 1
        of_member[member][place] = 1
        rows.append(({place: 1, member: -1}, -np.inf, 0))  # only members lead
    rows += [(row, 0, 1) for row in of_need.values() if row]
    for member, row in of_member.items():
        if row:
            rows.append((row | {member: -float(problem.most[member])}, -np.inf, 0))
        if strict and member not in problem.fixed:
            rows.append((row | {member: -1}, 0, np.inf))
    everybody = dict.fromkeys(range(n), 1.0)
    rows.append((everybody, problem.smallest, problem.largest))
    for group in dict.fromkeys(problem.wanted):
        own = {member: 1.0 for member in range(n) if problem.groups[member] == group}
        rows.append((own or {0: 0.0}, 1, np.inf))
    rows += [({one: 1, other: 1}, 0, 1) for one, other in problem.conflicts if one != other]
    for team in before:
        free = [member for member in team.members if member not in problem.fixed]
        rows.append((dict.fromkeys(free, 1.0) or {0: 0.0}, -np.inf, len(free) // 2 if free else -1))
    cells = [
        (number, column, value) for number, (row, _, _) in enumerate(rows) for column, value in row.items()
    ]
    numbers, columns, values = zip(*cells, strict=True)
    matrix = coo_array((values, (numbers, columns)), shape=(len(rows), n + len(pairs))).tocsr()
    return (
        matrix,
        np.array([low for _, low, _ in rows], float),
        np.array([high for _, _, high in rows], float),
    )


def shared_out(
    problem: Problem, members: Iterable[int], *, strict: bool = False
) -> tuple[dict[int, int], float]:
    """Which of these members leads which need so that most is covered, and how much that is.

    An assignment of needs to members' places (as many as each may lead). `strict`: everybody leads, at the
    price of covering less.
    """
    from scipy.optimize import linear_sum_assignment

    places = [m for m in members for _ in range(min(int(problem.most[m]), len(problem.weights)))]
    if not places:
        return {}, 0.0
    gains = problem.gains[:, places]
    wanted = gains.copy()
    if strict:  # a first need is worth more than anything else
        firsts = [
            member not in problem.fixed and (place == 0 or places[place - 1] != member)
            for place, member in enumerate(places)
        ]
        wanted = wanted + np.where(gains > 0, np.asarray(firsts, float) * 10, 0)
    needs, chosen = linear_sum_assignment(wanted, maximize=True)
    leads = {
        int(need): int(places[place])
        for need, place in zip(needs, chosen, strict=True)
        if gains[need, place] > 0
    }
    return leads, float(sum(problem.gains[need, member] for need, member in leads.items()))


def supports(problem: Problem, members: Iterable[int], leads: dict[int, int]) -> dict[int, int]:
    """For members who lead nothing, the need to which they bring most."""
    leading = set(leads.values())
    gains = problem.gains
    return {m: int(gains[:, m].argmax()) for m in members if m not in leading and gains[:, m].max() > 0}


def explained(problem: Problem, team: Team) -> Team:
    """The same with what each member adds, and who could take its place."""
    adds, instead = {}, {}
    for member in team.members:
        others = tuple(one for one in team.members if one != member)
        adds[member] = max(team.covered - shared_out(problem, others)[1], 0.0)
        if member not in problem.fixed:
            instead[member] = substitutes(problem, others, team.members)
    return Team(
        team.members,
        team.leads,
        team.supports,
        team.covered,
        adds,
        instead,
        team.optimal,
        team.gap,
        team.seconds,
    )


def substitutes(
    problem: Problem, others: tuple[int, ...], members: Sequence[int], most: int = 3
) -> tuple[int, ...]:
    """Candidates with whom these others are a whole team again, the best first."""
    usable = np.flatnonzero((problem.gains > 0).any(axis=0))
    found = []
    for candidate in usable.tolist():
        if candidate in members or candidate in problem.out or not fits(problem, (*others, candidate)):
            continue
        found.append((-round(shared_out(problem, (*others, candidate))[1], 9), candidate))
    return tuple(candidate for _, candidate in sorted(found)[:most])


def fits(problem: Problem, members: Sequence[int]) -> bool:
    """Whether these are a team that the conditions admit, whatever it covers."""
    there = set(members)
    sides = {problem.groups[member] for member in there}
    apart = not any(one in there and other in there for one, other in problem.conflicts if one != other)
    size = problem.smallest <= len(there) <= problem.largest
    return size and apart and problem.fixed <= there and set(problem.wanted) <= sides
