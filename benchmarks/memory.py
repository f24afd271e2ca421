"""What workers and a web process hold in memory, once the workers have ranked among everybody.

python -m benchmarks.memory              10,000 profiles with 8 passages each
python -m benchmarks.memory --full       100,000 profiles: 800,000 passages

Two real Celery workers of the engine, idle with their model loaded, and again after they have matched
challenges; and a gunicorn worker that has served pages. Resident is what the kernel counts for a process
alone; proportional, what it counts where memory is shared: the vectors are mapped files, in memory once for
all. The limit is 1.5 times the vectors at two bytes a number and an idle worker together.
"""

import os
import signal
import statistics
import subprocess
import sys
import time
import urllib.request
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks import prepared
from benchmarks.latency import answers, free_port, services, wait_for

MATCHED = 24  # challenges
WORKERS = 2
LIMIT, WEB_LIMIT = 1.5, 200
PAGES = ("healthz", "es/", "es/account/login/", "en/")
Memory = tuple[float, float]  # resident and proportional, in MB


def main() -> None:
    options = prepared.read(prepared.parser(__doc__))
    port = free_port()
    environment: dict[str, str] = {
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "HELICE_WARM": "1",
        "REDIS_URL": f"redis://127.0.0.1:{port}/0",
        "EMAIL_URL": "consolemail://",
    }
    with prepared.country(options, environment) as folder, services(folder, port, 0):
        run(options, folder)


def run(options: Namespace, folder: Path) -> None:
    from matching import pipeline, vectors

    stock = vectors.answers(pipeline.model_name()).copy.current().stock  # type: ignore[attr-defined]
    shared = stock.vectors.nbytes / 1e6
    with workers(folder) as processes:
        idle = [memory(process.pid) for process in processes]
        match()
        busy = [memory(process.pid) for process in processes]
    web, heavy = serve(folder)
    limit = LIMIT * (shared + statistics.mean(resident for resident, _ in idle))
    print(f"{options.profiles:,} profiles; vectors at two bytes a number: {shared:,.0f} MB\n")
    print("| process | resident MB | proportional MB | limit MB |\n|---|---|---|---|")
    for resident, proportional in idle:
        print(f"| worker, idle, model loaded | {resident:,.0f} | {proportional:,.0f} | |")
    for resident, proportional in busy:
        print(f"| after {MATCHED} challenges | {resident:,.0f} | {proportional:,.0f} | {limit:,.0f} |")
    print(f"| web, after {4 * len(PAGES)} pages | {web[0]:,.0f} | {web[1]:,.0f} | {WEB_LIMIT} |")
    print(f"\nMapped by the web process of torch, scipy or vectors: {heavy or 'nothing'}.")


@contextmanager
def started(command: list[str], log: Path) -> Iterator["subprocess.Popen[bytes]"]:
    with log.open("ab") as out:
        process = subprocess.Popen(command, cwd=prepared.ROOT, stdout=out, stderr=out, start_new_session=True)
    try:
        yield process
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(30)


@contextmanager
def workers(folder: Path, number: int = 1) -> Iterator[list["subprocess.Popen[bytes]"]]:
    """As many workers as there are to be, each with its model loaded and at rest."""
    from django.core.cache import cache

    from matching.asking import READY

    if number > WORKERS:
        yield []
        return
    celery = [sys.executable, "-m", "celery", "-A", "config", "worker", "--pool", "threads", "-c", "3"]
    celery += ["-Q", "interactive,bulk", "--without-gossip", "--without-mingle", "-n", f"engine{number}@%h"]
    log = folder / f"engine{number}.log"
    cache.delete(READY)
    with started(celery, log) as process:
        wait_for(lambda: cache.get(READY), f"the model: {log}")
        time.sleep(3)
        with workers(folder, number + 1) as others:
            yield [process, *others]


def match() -> None:
    """Every worker matches its share."""
    from matching.models import Subject
    from matching.pipeline import subjects
    from matching.tasks import refresh_subject

    ids = list(Subject.objects.filter(challenge__isnull=False).values_list("pk", flat=True)[:MATCHED])
    mine = Subject.objects.filter(pk__in=ids)
    subjects.mark(mine, interactive=True)
    for pk in ids:
        refresh_subject.delay(pk)
    wait_for(lambda: not mine.filter(stale_since__isnull=False).exists(), "matches")


def serve(folder: Path) -> tuple[Memory, list[str]]:
    """A gunicorn worker's memory after some pages, and what it has mapped that it should not."""
    from django.core.management import call_command

    call_command("collectstatic", interactive=False, verbosity=0)
    port = free_port()
    gunicorn = [sys.executable, "-m", "gunicorn", "config.wsgi", "--bind", f"127.0.0.1:{port}"]
    gunicorn += ["--worker-class", "gthread", "--threads", "8", "--workers", "1"]
    with started(gunicorn, folder / "web.log") as process:
        wait_for(lambda: answers(port), f"gunicorn: {folder / 'web.log'}")
        for page in 4 * PAGES:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/{page}", timeout=60) as answer:
                answer.read()
        [worker] = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
        maps = Path(f"/proc/{worker}/maps").read_text()
        heavy = [name for name in ("libtorch", "/scipy/", "numkong", "vectors.bin") if name in maps]
        return memory(int(worker)), heavy


def memory(pid: int) -> Memory:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    kilobytes = {line.split(":")[0]: int(line.split()[1]) for line in lines[1:]}
    return kilobytes["Rss"] * 1024 / 1e6, kilobytes["Pss"] * 1024 / 1e6


if __name__ == "__main__":
    main()
