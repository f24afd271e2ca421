"""A worker's process on a database of its own. Each letter is sent by a child, so that the test can kill it.

Reads one JSON command a line and answers each with one line of JSON.
"""

import json
import os
import sys
from typing import Any

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
django.setup()

from django.core.management import call_command  # noqa: E402 - Django must be set up first
from django.db import connections  # noqa: E402
from django.utils import timezone  # noqa: E402

from accounts import mailer, tasks  # noqa: E402
from accounts.adapter import AccountAdapter  # noqa: E402
from accounts.models import Cadence, Letter  # noqa: E402
from matching.digests import write_due_letters  # noqa: E402
from tests import factories  # noqa: E402
from tests.matching.letters import make_match, wants  # noqa: E402


def prepare(count: int) -> list[list[int]]:
    """So many match letters and so many account letters; the ids of each kind."""
    call_command("migrate", verbosity=0)
    for number in range(count):
        profile = factories.make_researcher(factories.make_user())
        assert profile.person
        wants(profile.person, Cadence.AT_ONCE)
        make_match(profile, factories.make_challenge())
        AccountAdapter().send_mail("account/email/login_code", f"a{number}@example.org", {"code": "ABC123"})
    write_due_letters()
    ids = Letter.objects.order_by("pk").values_list("pk", flat=True)
    return [list(ids.filter(kind=kind)) for kind in ("match", "account")]


def send(letter: int) -> int:
    """The process that carries the letter."""
    connections.close_all()
    child = os.fork()
    if not child:
        tasks.send_letter(letter)
        os._exit(0)
    return child


def wait(process: int) -> int:
    return os.waitpid(process, 0)[1]


def recover() -> None:
    """What the timetable does, as often as it takes."""
    mailer.settle_interrupted()
    Letter.objects.filter(state="queued").update(not_before=timezone.now())
    mailer.send_due()


def states() -> list[dict[str, Any]]:
    return [dict(row) for row in Letter.objects.values("pk", "kind", "state", "message_id")]


COMMANDS = {"prepare": prepare, "send": send, "wait": wait, "recover": recover, "states": states}

for line in sys.stdin:
    command, arguments = json.loads(line)
    print(json.dumps(COMMANDS[command](*arguments)), flush=True)  # type: ignore[operator]  # noqa: T201
