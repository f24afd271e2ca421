"""A full rebuild of all matches, without embedding, beside the bare matrix product of the same vectors.

python -m benchmarks.rebuild             5,000 profiles × 200 challenges
python -m benchmarks.rebuild --full      100,000 × 2,000

The product is NumPy's, in single precision, block by block, and its results are thrown away: no rebuild can
do with less. Ours measures the catalogue, finds and scores all matches, writes them beside those that are
shown, and switches over. The country is made up (benchmarks/catalogue.py), in a throw-away database (SQLite,
or --database URL).
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ROWS, COLUMNS = 8192, 2048


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--profiles", type=int, default=5000)
    parser.add_argument("--challenges", type=int, default=200)
    parser.add_argument("--items", type=int, default=8, help="of each profile")
    parser.add_argument("--needs", type=int, default=5, help="of each challenge")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1, help="that share the rebuild")
    parser.add_argument("--database", default="")
    parser.add_argument("--full", action="store_true", help="100,000 profiles × 2,000 challenges")
    parser.add_argument("--helper", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.full:
        options.profiles, options.challenges = 100_000, 2_000
    return options


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


def run(options: argparse.Namespace) -> None:
    from django.core.management import call_command

    from benchmarks.catalogue import Country
    from matching import pipeline
    from matching.models import Match, Rebuild
    from matching.pipeline import yardstick

    call_command("migrate", verbosity=0)
    country = Country()
    country.add_profiles(options.profiles, options.items)
    country.add_challenges(options.challenges, options.needs)
    # Something is shown already, so that the rebuild has to be switched over.
    yardstick.in_use(pipeline.encoder())
    country.add_challenges(1)
    from matching.models import Subject

    subject = Subject.objects.filter(challenge__isnull=False).latest("pk")
    pipeline.subjects.mark(Subject.objects.filter(pk=subject.pk), interactive=True)
    pipeline.refresh(subject.pk)
    bare, passages, needs = product(country.themes.model)
    ours = rebuild(options.processes)
    assert Rebuild.objects.latest("pk").state == "finished"  # noqa: S101
    count = Match.objects.current().count()
    print("| work | seconds | of the product |\n|---|---|---|")
    print(f"| NumPy, {passages:,} × {needs:,}, bare product | {bare:.1f} | 1.00 |")
    print(
        f"| full rebuild, {options.profiles:,} × {options.challenges + 1:,}, {options.processes} processes,"
        f" {count:,} matches written | {ours:.1f} | {ours / bare:.2f} |"
    )


def main() -> None:
    options = arguments()
    if options.helper:
        import django

        django.setup()
        help_out()
        return
    with tempfile.TemporaryDirectory(prefix="helice-rebuild-") as name:
        os.environ.setdefault("HELICE_MODELS", str(ROOT / "var" / "models"))
        os.environ["HELICE_VAR"] = name
        os.environ["DATABASE_URL"] = options.database or f"sqlite:///{Path(name) / 'rebuild.sqlite3'}"
        os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
        os.environ.setdefault("HELICE_ENCODER", "default")
        os.environ["LOG_LEVEL"] = "ERROR"
        import django

        django.setup()
        run(options)


if __name__ == "__main__":
    main()
