"""Proposing whole teams: 100 candidates × 10 needs, exactly, beside what is done by hand.

python -m benchmarks.teams            20 made-up challenges
python -m benchmarks.teams --count 100

Rivals: "best of each side", the strongest candidate of academia, industry and government and then the next
strongest, whatever they cover together; "greedy", one after the other whoever adds most, within the same
conditions. Ours proposes three teams that differ in half of their members, each proven to be the best.
"""

import argparse
import statistics
import time

import numpy as np

from matching.teams import LARGEST, Problem, Team, fits, propose, shared_out

SIDES = ("academia", "industry", "government")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--candidates", type=int, default=100)
    parser.add_argument("--needs", type=int, default=10)
    parser.add_argument("--count", type=int, default=20)
    options = parser.parse_args()
    found: dict[str, list[tuple[float, float]]] = {"best of each side": [], "greedy": [], "ours": []}
    proposed: list[Team] = []
    for seed in range(options.count):
        problem = made_up(seed, options.candidates, options.needs)
        for name, way in (("best of each side", by_side), ("greedy", greedy)):
            started = time.perf_counter()
            members = way(problem)
            seconds = time.perf_counter() - started
            found[name].append((shared_out(problem, members)[1] if members else 0.0, seconds))
        started = time.perf_counter()
        mine = propose(problem)
        found["ours"].append((mine[0].covered if mine else 0.0, time.perf_counter() - started))
        proposed += mine
    print("| way | covered, mean | of ours | median s | slowest s |\n|---|---|---|---|---|")
    ours = statistics.mean(covered for covered, _ in found["ours"])
    for name, rows in found.items():
        covered = statistics.mean(covered for covered, _ in rows)
        spent = [seconds for _, seconds in rows]
        print(
            f"| {name} | {covered:.3f} | {covered / ours:.2f} | {statistics.median(spent):.3f}"
            f" | {max(spent):.3f} |"
        )
    print(
        f"\n{options.count} challenges, {options.candidates} candidates × {options.needs} needs; ours: three"
        f" teams with their reasons. {len(proposed)} teams,"
        f" {sum(team.optimal for team in proposed)} proven best; slowest single solution"
        f" {max(team.seconds for team in proposed):.2f} s."
    )


def made_up(seed: int, candidates: int, needs: int) -> Problem:
    """Many who cover a little of one need, few who cover much of several; sides as in a real country."""
    rng = np.random.default_rng(seed)
    values = np.clip(rng.normal(0.2, 0.35, (needs, candidates)), 0, 1)
    values[rng.random(values.shape) < 0.6] = 0
    pairs = rng.integers(0, candidates, (40, 2))
    return Problem(
        rng.choice([1.0, 0.7, 0.3], needs),
        values,
        [SIDES[side] for side in rng.choice(3, candidates, p=[0.5, 0.35, 0.15])],
        SIDES,
        capacity=[3] * candidates,
        conflicts=[(int(one), int(other)) for one, other in pairs if one != other],
    )


def by_side(problem: Problem) -> tuple[int, ...]:
    order = np.argsort(-problem.gains.sum(axis=0), kind="stable").tolist()
    first = [next(one for one in order if problem.groups[one] == side) for side in SIDES]
    rest = [one for one in order if one not in first]
    return tuple(sorted([*first, *rest][:LARGEST]))


def greedy(problem: Problem) -> tuple[int, ...]:
    members: tuple[int, ...] = ()
    while len(members) < LARGEST:
        missing = [side for side in SIDES if side not in {problem.groups[one] for one in members}]
        last = LARGEST - len(members) <= len(missing)
        options = [
            (shared_out(problem, (*members, one))[1], -one)
            for one in range(problem.values.shape[1])
            if one not in members
            and allowed(problem, (*members, one))
            and (not last or problem.groups[one] in missing)
        ]
        if not options:
            break
        members = (*members, -max(options)[1])
    return members if fits(problem, members) else ()


def allowed(problem: Problem, members: tuple[int, ...]) -> bool:
    return not any(one in members and other in members for one, other in problem.conflicts)


if __name__ == "__main__":
    main()
