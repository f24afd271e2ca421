"""Ranking one challenge among everybody, beside the bare matrix product over the same vectors.

python -m benchmarks.ranking             10,000 profiles with 8 passages each, challenges with 5 needs
python -m benchmarks.ranking --full      100,000 profiles: 800,000 passages

The products run over the same half-precision copy that our search maps, and their results are thrown away: in
NumPy, which must make single precision of it block by block; and by the kernel that our search uses, which is
the least that anything can take. Ours is all of it: the search, the candidates' facts and words from the
database, spelling, pooling, and the reasons of every match that is found (the site tells those of the best
twenty at once, the others when somebody looks). Rounds alternate; medians.
"""

import statistics
import time
from argparse import Namespace
from collections.abc import Callable
from typing import Any

from benchmarks import prepared

ROUNDS = 15
BLOCK = 4096


def main() -> None:
    options = prepared.read(prepared.parser(__doc__))
    with prepared.country(options):
        run(options)


def run(options: Namespace) -> None:
    from matching import pipeline, vectors
    from matching.models import Subject
    from matching.pipeline import candidates, matches, reasons, yardstick

    model = pipeline.encoder()
    [version, *_] = yardstick.in_use(model)
    stock = vectors.answers(model.name).copy.current().stock  # type: ignore[attr-defined]
    ids = list(Subject.objects.filter(challenge__isnull=False).values_list("pk", flat=True))
    clock = Clock()
    counts: list[int] = []
    for number in range(ROUNDS + 2):
        subject = ids[number * len(ids) // (ROUNDS + 2)]
        asked = vectors.asks(model.name).rows([subject]).vectors
        clock.time("NumPy, blocks of single precision", numpy_product, stock.vectors, asked)
        clock.time("numkong, half precision", kernel_product, stock.vectors, asked)
        search = candidates.of_challenges, [subject], model.name, version.statistics
        found = clock.time("ours: find and score", *search)
        made = [matches._match(pair, found, version) for pair in found.pairs]
        best = sorted(made, key=lambda match: -match.score)[: matches.TOLD]
        clock.time("ours: reasons of the best twenty", reasons.tell, best)
        clock.time("ours: reasons of all others", reasons.tell, made)
        counts.append(len(made))
        if number < 2:
            clock.spent.clear()  # the first rounds read files and make tables
            counts.clear()
    told = statistics.median(counts)
    print(f"{len(stock):,} passages × {options.needs} needs, {stock.vectors.shape[1]} dimensions; ", end="")
    print(f"{told:.0f} matches found\n")
    table(clock)


def table(clock: "Clock") -> None:
    product, kernel, find, best, rest = (statistics.median(times) for times in clock.spent.values())
    rows = [
        *zip(clock.spent, (product, kernel, find, best, rest), strict=True),
        ("ours, as the site ranks", find + best),
        ("ours, every reason told", find + best + rest),
    ]
    print("| work | ms | of NumPy's product | of the kernel's |\n|---|---|---|---|")
    for name, seconds in rows:
        print(f"| {name} | {seconds * 1000:,.0f} | {seconds / product:.2f} | {seconds / kernel:.2f} |")


class Clock:
    def __init__(self) -> None:
        self.spent: dict[str, list[float]] = {}

    def time(self, name: str, work: Callable[..., Any], *values: Any) -> Any:
        started = time.perf_counter()
        found = work(*values)
        self.spent.setdefault(name, []).append(time.perf_counter() - started)
        return found


def numpy_product(rows: Any, asked: Any) -> None:
    import numpy as np

    for start in range(0, len(rows), BLOCK):
        np.matmul(rows[start : start + BLOCK].astype(np.float32), asked.T)


def kernel_product(rows: Any, asked: Any) -> None:
    """In as many threads as ours."""
    from matching.ranking import search

    packed = search.packs(rows, asked)

    def block(start: int) -> None:
        search.packed_products(rows[start : start + search.BLOCK], packed)

    list(search.workers().map(block, range(0, len(rows), search.BLOCK)))


if __name__ == "__main__":
    main()
