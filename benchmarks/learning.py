"""Learning from answers, on SIMULATED people: nobody of flesh and blood answered any of these.

python -m benchmarks.learning             2,000 profiles
python -m benchmarks.learning --full      and 20,000

Made-up profiles are shown lists in the order of the untrained engine, and some months later answer as a rule
that is written here would have it: who looks depends on the rank, who is interested on what the match is
made of, with a taste for what is near and ready that the untrained engine does not have. The rule is known,
so the learned probabilities can be held against the true ones; on a site they can only be held against
answers, which `manage.py evaluate_matching --learning` does.
"""

import argparse
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np

from matching.answered import FEATURES, Event, features_of
from matching.evaluation.learned import judge, ndcgs, tables, why_worse
from matching.learning import learn, sigmoid, split
from matching.ranking.strength import POSSIBLE, standing

ENGINE = "simulated"
NOW = datetime(2026, 11, 1, tzinfo=UTC)
DAYS, LISTED = 540, 12
FADES = 0.5  # looking at rank r: r to the power of -0.5
NEVER, NOT_NOW, MEETS, RESPONDS = 0.35, 0.1, 0.3, 0.2
# The taste of these people, by feature: what an untrained engine cannot know. They are harder to please.
TASTE = {"engine": 0.5, "second": 0.9, "covered": 1.5, "place": 1.6, "readiness": 1.2, "availability": 0.8}
RELUCTANCE = -0.4


@dataclass(frozen=True)
class Simulated:
    """Events as a site would have them, and what no site knows: true interest by pair."""

    events: list[Event]
    interest: dict[tuple[int, int], float]


def true_interest(parts: dict[str, Any], taste: dict[str, float] = TASTE) -> float:
    found = dict(zip(FEATURES, features_of(parts) or (), strict=True))
    total = RELUCTANCE + sum(weight * found[name] for name, weight in taste.items())
    return float(sigmoid(np.array(total)))


def simulated(profiles: int, seed: int = 20261101, taste: dict[str, float] | None = None) -> Simulated:
    """The same people and answers for the same numbers."""
    rng = np.random.default_rng(seed)
    events: list[Event] = []
    interest: dict[tuple[int, int], float] = {}
    for profile in range(1, profiles + 1):
        at = NOW - timedelta(days=float(rng.uniform(0, DAYS)))
        listed = sorted((made_up(rng) for _ in range(LISTED)), key=lambda parts: -by_engine(parts))
        for rank, parts in enumerate(listed, start=1):
            challenge = profile * LISTED + rank
            chance = true_interest(parts, taste or TASTE)
            interest[profile, challenge] = chance
            said = [("page", "", "")]
            if rng.random() < rank**-FADES:
                said += answered(rng, interested=bool(rng.random() < chance))
            for kind, answer, reason in said:
                number = len(events) + 1
                events.append(
                    Event(number, at, kind, profile, challenge, answer, reason, rank, ENGINE, parts)
                )
                at += timedelta(minutes=7)
    return Simulated(events, interest)


def answered(rng: np.random.Generator, *, interested: bool) -> list[tuple[str, str, str]]:
    """What somebody who looked says, and what becomes of it: kind, answer and reason."""
    throw = rng.random()
    if not interested:
        if throw < NEVER:
            return [("answer", "never", "")]
        return [("answer", "not_now", "")] if throw < NEVER + NOT_NOW else []
    said = [("answer", "interested", "")]
    if throw < MEETS:
        said.append(("introduction", "accepted", ""))
    elif throw < MEETS + 0.1:
        said.append(("introduction", "declined", "no_time"))
    return [*said, ("response", "submitted", "")] if throw < RESPONDS else said


def made_up(rng: np.random.Generator) -> dict[str, Any]:
    """The parts of one match that is good enough to be shown."""
    while True:
        values = np.sort(rng.normal(0.85, 0.3, int(rng.integers(1, 6))))[::-1]
        weights = rng.choice([1.0, 0.7, 0.3], len(values))
        words = float(values @ weights / weights.sum())
        if standing(words, values.tolist()) >= POSSIBLE:
            break
    facts = {
        "place": float(rng.choice([0.05, 0.0, -0.05])),
        "readiness": -0.02 * int(rng.integers(0, 6)),
        "freshness": -round(float(rng.uniform(0, 0.06)), 4),
        "availability": -0.1 if rng.random() < 0.1 else 0.0,
    }
    needs = [
        {"value": round(v, 4), "weight": w} for v, w in zip(values.tolist(), weights.tolist(), strict=True)
    ]
    return {"words": round(words, 4), "needs": needs, "facts": facts}


def by_engine(parts: dict[str, Any]) -> float:
    return float(parts["words"] + sum(parts["facts"].values()))


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--full", action="store_true")
    options = parser.parse_args()
    for profiles in [2_000, *([20_000] if options.full else [])]:
        measure(profiles)


def measure(profiles: int) -> None:
    made = simulated(profiles)
    started = time.perf_counter()
    parts = split(made.events, ENGINE, NOW)
    learned = learn(parts)
    spent = time.perf_counter() - started
    measured = judge(learned, parts.judged)
    for table in tables(measured, f"SIMULATED answers of {profiles:,} made-up profiles"):
        print(table.markdown(), end="\n\n")
    true = np.array([made.interest[row.profile, row.challenge] for row in parts.judged])
    ours, theirs = learned.probabilities(parts.judged), np.array([row.engine for row in parts.judged])
    off, untrained = (float(np.abs(chances - true).mean()) for chances in (ours, theirs))
    scores = np.array([row.score for row in parts.judged])
    lists = [ndcgs(order, true, parts.judged).mean() for order in (ours, scores)]
    print(
        f"From the true probability of interest the learned one is {off:.3f} away on average,"
        f" the untrained engine's {untrained:.3f}. Looking fades by {FADES:g} in truth."
        f" By true interest nDCG@10 is {lists[0]:.3f} in its order, and {lists[1]:.3f} in the engine's."
        f" {len(made.events):,} events, read and learned from in {spent:.1f} s."
        f" It would {'stay off' if why_worse(measured) else 'be switched on'}.\n"
    )


if __name__ == "__main__":
    main()
