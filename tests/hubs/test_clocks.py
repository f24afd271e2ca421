"""What happens by the clock."""

from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from config.celery import app
from hubs import clocks
from hubs.clocks import publish
from hubs.models import Challenge
from hubs.tasks import keep_time
from tests import factories


def test_a_clock_that_fails_does_not_stop_the_others(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    kept: list[str] = []

    def broken() -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr(clocks, "CLOCKS", (broken, lambda: kept.append("second")))
    keep_time()
    assert kept == ["second"]
    assert "failed" in caplog.text


def test_one_challenge_that_cannot_be_published_holds_up_no_other(
    db: None, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    now = timezone.now()
    approved: dict[str, Any] = {
        "status": "in_review",
        "approved_at": now,
        "submitted_at": now,
        "publish_at": now,
    }
    bad, good = factories.make_challenge(**approved), factories.make_challenge(**approved)

    def publish_approved(*, challenge: Challenge) -> bool:
        if challenge == bad:
            raise RuntimeError("broken")
        return bool(Challenge.objects.filter(pk=challenge.pk).update(status="published", approved_at=None))

    monkeypatch.setattr(publish, "publish_approved", publish_approved)
    publish.keep_time()
    good.refresh_from_db()
    assert good.status == "published"
    assert f"challenge {bad.pk} could not be published" in caplog.text


@pytest.mark.parametrize("clock", clocks.CLOCKS)
def test_every_clock_can_be_kept_when_there_is_nothing_to_do(db: None, clock: Callable[[], None]) -> None:
    clock()


def test_the_clocks_run_where_letters_are_sent() -> None:
    assert app.amqp.router.route({}, keep_time.name)["queue"].name == "mail"
