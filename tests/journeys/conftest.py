"""One demo, as `make demo` starts it, for all journeys of a run."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.journeys.visitor import answers, until

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The whole demo on a free port, in a folder of its own."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("DJANGO_", "EMAIL_"))
    }
    folder = tmp_path_factory.mktemp("demo")
    environment |= {
        "HELICE_VAR": str(folder / "var"),
        "HELICE_MODELS": str(ROOT / "var" / "models"),
        "HELICE_ENCODER": "default",
        "PORT": str(port),
    }
    environment.pop("DATABASE_URL", None)
    environment.pop("SECRET_KEY", None)
    words = folder / "said"
    with words.open("wb") as said:
        process = subprocess.Popen(
            [sys.executable, "deploy/demo.py"], cwd=ROOT, env=environment, stdout=said, stderr=said
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
