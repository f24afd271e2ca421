"""One demo, as `make demo` starts it, for all journeys of a run."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.journeys.visitor import answers, until

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What the demo and whoever operates it are started with; a folder of its own."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("DJANGO_", "EMAIL_"))}
    for name in ("DATABASE_URL", "SECRET_KEY"):
        kept.pop(name, None)
    return kept | {
        "HELICE_VAR": str(tmp_path_factory.mktemp("demo") / "var"),
        "HELICE_MODELS": str(ROOT / "var" / "models"),
        "HELICE_ENCODER": "default",
    }


@pytest.fixture(scope="session")
def demo(environment: dict[str, str]) -> Iterator[str]:
    """The whole demo on a free port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    words = Path(environment["HELICE_VAR"]).with_name("said")
    with words.open("wb") as said:
        process = subprocess.Popen(
            [sys.executable, "deploy/demo.py"],
            cwd=ROOT,
            env=environment | {"PORT": str(port)},
            stdout=said,
            stderr=said,
        )
    url = f"http://127.0.0.1:{port}"
    try:
        until(lambda: answers(f"{url}/readyz") or process.poll() is not None, 240, "the demo is ready")
        assert process.poll() is None, words.read_text()
        yield url
    finally:
        process.send_signal(signal.SIGINT)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(30)
        process.kill()
    assert not answers(f"{url}/healthz"), "one Ctrl-C stops everything"
    assert "Stopped" in words.read_text()


@pytest.fixture(scope="session")
def operate(environment: dict[str, str]) -> Callable[..., str]:
    """`manage.py` beside the running demo: what it prints."""

    def run(*arguments: str) -> str:
        command = [sys.executable, "manage.py", *arguments]
        done = subprocess.run(
            command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=120
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run
