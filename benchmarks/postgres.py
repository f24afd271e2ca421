"""Ranking one challenge among everybody inside PostgreSQL, beside plain pgvector queries.

python -m benchmarks.postgres            10,000 profiles with 8 passages each, challenges with 5 needs
python -m benchmarks.postgres --full     100,000 profiles: 800,000 passages

The rival asks for the 100 nearest passages by cosine distance, exactly, once for each need, and does nothing
with them. Ours, with HELICE_INDEX=pgvector, is the whole ranking, the candidates' facts, words, spelling and
the reasons of the best twenty included. Whether it is right is told by the mapped copy's answer to the same
challenge. PostgreSQL comes from a wheel and lives as long as the benchmark. Rounds alternate; medians.
"""

import statistics
import time
from argparse import Namespace
from collections.abc import Callable
from typing import Any

from benchmarks import prepared

ROUNDS = 9
SHOWN = 100


def main() -> None:
    found = prepared.parser(__doc__)
    found.add_argument("--hnsw", action="store_true", help="make pgvector's graph too, and measure with it")
    options = prepared.read(found)
    with prepared.country(options, postgres=True):
        run(options)


def run(options: Namespace) -> None:
    from django.conf import settings

    from matching import pipeline, vectors
    from matching.models import Subject
    from matching.pipeline import yardstick
    from matching.vectors import graph

    model = pipeline.encoder()
    [version, *_] = yardstick.in_use(model)
    ids = list(Subject.objects.filter(challenge__isnull=False).values_list("pk", flat=True))
    chosen = [ids[number * len(ids) // (ROUNDS + 1)] for number in range(ROUNDS + 1)]
    ways: dict[str, bool | None] = {"one plain query per need": None, "ours: pgvector, exact": False}
    if options.hnsw:
        started = time.perf_counter()
        graph.make(model.name)
        print(f"The graph was made in {time.perf_counter() - started:.0f} s.\n")
        ways["ours: pgvector, by its graph"] = True
    spent: dict[str, list[float]] = {name: [] for name in ways}
    spent["ours: mapped copy"] = []
    right: dict[str, list[float]] = {}
    for subject in chosen:
        asked = vectors.asks(model.name).rows([subject]).vectors
        settings.HELICE_INDEX, settings.HELICE_HNSW = "mapped", False
        exact = timed(spent["ours: mapped copy"], rank, subject, model.name, version)
        for name, hnsw in ways.items():
            if hnsw is None:
                timed(spent[name], plain, asked, model.name)
                continue
            settings.HELICE_INDEX, settings.HELICE_HNSW = "pgvector", hnsw
            found = timed(spent[name], rank, subject, model.name, version)
            right.setdefault(name, []).append(agreement(found, exact))
    table(spent, right)


def rank(subject: int, model: str, version: Any) -> dict[int, float]:
    """Everything that is done for one challenge but the writing: profile to score, best first."""
    from matching.pipeline import candidates, matches, reasons

    found = candidates.of_challenges([subject], model, version.statistics)
    made = [matches._match(pair, found, version) for pair in found.pairs]
    best = sorted(made, key=lambda match: -match.score)
    reasons.tell(best[: matches.TOLD])
    return {match.subject_id: match.score for match in best}


def plain(asked: Any, model: str) -> None:
    from django.db import connection

    from matching.vectors import ANSWERS

    with connection.cursor() as cursor:
        for vector in asked:
            literal = "[" + ",".join(f"{value:.6g}" for value in vector.tolist()) + "]"
            cursor.execute(
                "SELECT id, subject_id FROM matching_passage WHERE model = %s AND role = ANY(%s)"
                " ORDER BY vector <=> %s::halfvec LIMIT %s",
                [model, list(ANSWERS), literal, SHOWN],
            )
            cursor.fetchall()


def agreement(found: dict[int, float], exact: dict[int, float]) -> float:
    """The share of the exact ranking's first hundred that is found, with the same score to 0.001."""
    first = list(exact)[:SHOWN]
    return sum(abs(found.get(one, 9.0) - exact[one]) < 1e-3 for one in first) / max(len(first), 1)


def timed(times: list[float], work: Callable[..., Any], *values: Any) -> Any:
    started = time.perf_counter()
    found = work(*values)
    times.append(time.perf_counter() - started)
    return found


def table(spent: dict[str, list[float]], right: dict[str, list[float]]) -> None:
    """Without the first round, which fills caches."""
    rival = statistics.median(spent["one plain query per need"][1:])
    print("| work | ms | of the plain queries | of the exact first hundred |\n|---|---|---|---|")
    for name, times in spent.items():
        middle = statistics.median(times[1:])
        share = f"{statistics.mean(right[name]):.3f}" if name in right else ""
        print(f"| {name} | {middle * 1000:,.0f} | {middle / rival:.2f} | {share} |")


if __name__ == "__main__":
    main()
