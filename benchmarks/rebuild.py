"""A full rebuild of all matches, without embedding, beside the bare matrix product of the same vectors.

python -m benchmarks.rebuild             5,000 profiles × 200 challenges
python -m benchmarks.rebuild --full      100,000 × 2,000

The product is NumPy's, in single precision, block by block, and its results are thrown away: no rebuild can
do with less. Ours measures the catalogue, finds and scores all matches, writes them beside those that are
shown, and switches over, in processes that have to start and load the model first. The country is made up
(benchmarks/catalogue.py), in a throw-away database or one that is kept (--keep FOLDER).
"""

import os
import subprocess
import sys
import time
from argparse import SUPPRESS, Namespace
from pathlib import Path

from benchmarks import prepared

ROOT = Path(__file__).resolve().parent.parent
ROWS, COLUMNS = 8192, 2048


def arguments() -> Namespace:
    found = prepared.parser(__doc__)
    found.add_argument("--processes", type=int, default=os.cpu_count() or 1, help="that share the rebuild")
    found.add_argument("--postgres", action="store_true", help="PostgreSQL from a wheel instead of SQLite")
    found.add_argument("--helper", action="store_true", help=SUPPRESS)
    found.set_defaults(profiles=5000)
    return prepared.read(found, full=(100_000, 2_000))


def product(model: str) -> tuple[float, int, int]:
    """Seconds of the bare product, and its sizes."""
    import numpy as np

    from matching.vectors import ANSWERS, ASKS

    given, asked = stored(ANSWERS, model), stored(ASKS, model)
    out = np.empty((ROWS, COLUMNS), np.float32)
    started = time.perf_counter()
    for top in range(0, len(given), ROWS):
        rows = given[top : top + ROWS]
        for left in range(0, len(asked), COLUMNS):
            columns = asked[left : left + COLUMNS]
            np.matmul(rows, columns.T, out=out[: len(rows), : len(columns)])
    return time.perf_counter() - started, len(given), len(asked)


def stored(roles: tuple[str, ...], model: str):  # type: ignore[no-untyped-def]
    import numpy as np

    from matching.models import Passage

    rows = Passage.objects.filter(model=model, role__in=roles).values_list("vector", flat=True)
    return np.stack([np.asarray(vector, np.float32) for vector in rows.iterator()])


def rebuild(processes: int) -> float:
    """Seconds from the beginning of a rebuild until everybody sees it."""
    from matching.models import Rebuild
    from matching.pipeline import rebuilding

    command = [sys.executable, "-m", "benchmarks.rebuild", "--helper"]
    started = time.perf_counter()
    rebuilding.start(why=Rebuild.Why.ASKED)
    helpers = [subprocess.Popen(command, cwd=ROOT) for _ in range(processes - 1)]
    help_out()
    seconds = time.perf_counter() - started
    for helper in helpers:
        helper.wait(60)
    return seconds


def help_out() -> None:
    """What a worker of the bulk queue does, until the rebuild is finished."""
    from matching import pipeline
    from matching.models import Rebuild

    while Rebuild.objects.running().exists():
        if not pipeline.rebuild_slice():
            time.sleep(0.02)


def run(options: Namespace) -> None:
    from benchmarks.catalogue import Country
    from matching import pipeline
    from matching.models import Match, Rebuild, Subject

    if not Match.objects.current().exists():  # something must be shown already, and be switched over
        Country().add_challenges(1)
        subject = Subject.objects.filter(challenge__isnull=False).latest("pk")
        pipeline.subjects.mark(Subject.objects.filter(pk=subject.pk), interactive=True)
        pipeline.refresh(subject.pk)
    model = pipeline.model_name()
    bare, passages, needs = product(model)
    ours = rebuild(options.processes)
    assert Rebuild.objects.latest("pk").state == "finished"  # noqa: S101
    count = Match.objects.current().count()
    print("| work | seconds | of the product |\n|---|---|---|")
    print(f"| NumPy, {passages:,} × {needs:,}, bare product | {bare:.1f} | 1.00 |")
    print(
        f"| full rebuild, {options.profiles:,} × {options.challenges:,}, {options.processes} processes,"
        f" {count:,} matches written | {ours:.1f} | {ours / bare:.2f} |"
    )


def main() -> None:
    options = arguments()
    if options.helper:
        import django

        django.setup()
        help_out()
        return
    with prepared.country(options, postgres=options.postgres):
        run(options)


if __name__ == "__main__":
    main()
