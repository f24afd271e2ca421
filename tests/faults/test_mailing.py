"""A mail server killed at every point of the dialogue, and a worker killed at every point of it: no match
letter arrives twice, each was sent or is listed as unknown, account letters arrive, and nothing is lost."""

import json
import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from accounts import mailer
from accounts.adapter import AccountAdapter
from accounts.models import Cadence, Letter
from matching.digests import write_due_letters
from matching.models import MatchEvent
from tests import factories
from tests.faults.mail_server import MAY_HAVE_ARRIVED, POINTS, MailServer
from tests.matching.letters import make_match, wants

pytestmark = [pytest.mark.services, pytest.mark.enable_socket]
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def server() -> Iterator[MailServer]:
    with MailServer() as server:
        yield server


@pytest.fixture
def smtp(server: MailServer, settings: Any) -> None:
    settings.EMAIL_BACKEND = "accounts.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", server.port, 5
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""


def match_letter() -> Letter:
    profile = factories.make_researcher(factories.make_user())
    assert profile.person
    wants(profile.person, Cadence.AT_ONCE)
    make_match(profile, factories.make_challenge())
    write_due_letters()
    return Letter.objects.get(person=profile.person)


def account_letter() -> Letter:
    AccountAdapter().send_mail("account/email/login_code", "a@example.org", {"code": "ABC123"})
    return Letter.objects.filter(kind="account").latest("pk")


def time_passes() -> None:
    Letter.objects.filter(state="queued").update(not_before=timezone.now())
    mailer.send_due()


@pytest.mark.django_db
@pytest.mark.usefixtures("smtp")
@pytest.mark.parametrize("point", POINTS)
def test_a_match_letter_survives_the_servers_death_and_never_arrives_twice(
    server: MailServer, point: str
) -> None:
    letter = match_letter()
    server.fails_at = point
    mailer.send_due()
    server.start()
    for _ in range(3):
        time_passes()
    letter.refresh_from_db()
    assert letter.state == ("unknown" if point in MAY_HAVE_ARRIVED else "sent")
    arrived = server.arrived.count(f"<{letter.message_id}>")
    assert arrived == (0 if point == "message" else 1)
    assert MatchEvent.objects.filter(kind="letter").count() == (letter.state == "sent")


@pytest.mark.django_db
@pytest.mark.usefixtures("smtp")
@pytest.mark.parametrize("point", POINTS)
def test_an_account_letter_arrives_whenever_the_server_dies(server: MailServer, point: str) -> None:
    letter = account_letter()
    server.fails_at = point
    mailer.send_due()
    server.start()
    time_passes()
    letter.refresh_from_db()
    assert letter.state == "sent"
    assert letter.params == {}
    assert server.arrived.count(f"<{letter.message_id}>") >= 1


@pytest.mark.django_db
@pytest.mark.usefixtures("smtp")
def test_nothing_is_lost_while_the_server_is_down(server: MailServer) -> None:
    letters = [match_letter(), account_letter(), match_letter()]
    server.stop()
    for _ in range(4):
        time_passes()
    assert set(Letter.objects.values_list("state", flat=True)) == {"queued"}
    server.start()
    time_passes()
    assert Counter(server.arrived) == Counter(f"<{letter.message_id}>" for letter in letters)
    assert set(Letter.objects.values_list("state", flat=True)) == {"sent"}


class Worker:
    """A worker's process with an SQLite file of its own."""

    def __init__(self, folder: Path, port: int) -> None:
        environment = {
            **os.environ,
            "DATABASE_URL": f"sqlite:///{folder / 'letters.sqlite3'}",
            "EMAIL_URL": f"smtp://127.0.0.1:{port}",
            "HELICE_SENDING_TIMEOUT": "0",
            "HELICE_VAR": str(folder),
            "PYTHONPATH": str(ROOT),
        }
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.mail_worker"],
            cwd=ROOT,
            env=environment,
            text=True,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )

    def __call__(self, command: str, *arguments: int) -> Any:
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(json.dumps([command, arguments]) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def stop(self) -> None:
        self.process.communicate(timeout=30)


@pytest.fixture
def worker(tmp_path: Path, server: MailServer) -> Iterator[Worker]:
    worker = Worker(tmp_path, server.port)
    yield worker
    worker.stop()


def test_a_worker_killed_at_any_point_sends_no_match_letter_twice_and_loses_none(
    worker: Worker, server: MailServer
) -> None:
    kinds = worker("prepare", len(POINTS))
    for letters in kinds:
        for point, letter in zip(POINTS, letters, strict=True):
            server.hangs_at = point
            process = worker("send", letter)
            assert server.reached.wait(timeout=30)
            os.kill(process, signal.SIGKILL)
            assert worker("wait", process) == signal.SIGKILL
            server.start()
    assert {row["state"] for row in worker("states")} == {"sending"}
    before = Counter(server.arrived)
    worker("recover")
    worker("recover")
    arrived = Counter(server.arrived)
    for row in worker("states"):
        name = f"<{row['message_id']}>"
        if row["kind"] == "match":
            assert row["state"] == "unknown"
            assert arrived[name] == before[name] <= 1
        else:
            assert row["state"] == "sent"
            assert arrived[name] == before[name] + 1
