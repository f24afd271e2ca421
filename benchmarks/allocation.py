"""Who hears of what, for everybody at once, beside what a plain list for each would do.

python -m benchmarks.allocation            10,000 people × 20 challenges each
python -m benchmarks.allocation --full     and 100,000 × 20: 2 million pairs

The rival sends everybody their own best five. Challenges differ in how useful they are to everybody, as real
ones do. "Gini" is that of how many people hear of each challenge; "too few" counts the people whom challenges
that want three of each of three groups do not reach.
"""

import argparse
import time

import numpy as np

from matching.allocation import Demand, allocate, gini, misses

BUDGET, EACH, GROUPS, LEAST = 5, 20, 3, 3


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--full", action="store_true")
    options = parser.parse_args()
    print("| people | challenges | pairs | way | seconds | usefulness | too few | Gini |")
    print("|---|---|---|---|---|---|---|---|")
    for people, challenges in [(10_000, 500), *([(100_000, 2_000)] if options.full else [])]:
        demand = made_up(people, challenges)
        for name, way in (("everybody's best five", top), ("ours, exact", ours)):
            started = time.perf_counter()
            told = way(demand)
            spent = time.perf_counter() - started
            short = sum(misses(demand, told).values())
            heard = np.bincount(demand.challenges[told], minlength=challenges)
            value = demand.usefulness[told].sum()
            print(
                f"| {people:,} | {challenges:,} | {len(demand):,} | {name} | {spent:.1f} | {value:,.0f}"
                f" | {short:,} | {gini(heard):.2f} |"
            )


def made_up(people: int, challenges: int) -> Demand:
    rng = np.random.default_rng(5)
    liked = np.sort(rng.random(challenges) ** 2)[::-1]
    popular = challenges // 10  # everybody fits a few of those that many like, and more of the others
    draws = np.concatenate(
        [some(rng, people, 0, popular, EACH // 4), some(rng, people, popular, challenges, EACH - EACH // 4)],
        axis=1,
    )
    mine = np.repeat(np.arange(people), EACH)
    told = draws.ravel().astype(np.int64)
    usefulness = 0.05 + 0.5 * rng.random(len(told)) + 0.45 * liked[told]
    least = {(challenge, group): LEAST for challenge in range(challenges) for group in range(GROUPS)}
    most = np.full(challenges, 2 * people * BUDGET // challenges)
    groups = rng.integers(0, GROUPS, people)[mine]
    return Demand(mine, told, usefulness, np.full(people, BUDGET), most, groups, least)


def some(rng: np.random.Generator, people: int, low: int, high: int, count: int) -> np.ndarray:
    """`count` different numbers from low to high - 1 for each of many people."""
    first, step = (
        rng.integers(0, high - low, (people, 1)),
        rng.integers(1, (high - low) // count, (people, 1)),
    )
    return low + (first + step * np.arange(count)) % (high - low)


def ours(demand: Demand) -> np.ndarray:
    return allocate(demand).chosen


def top(demand: Demand) -> np.ndarray:
    order = np.lexsort((-demand.usefulness, demand.people))
    return order[np.arange(len(order)) % EACH < BUDGET]


if __name__ == "__main__":
    main()
