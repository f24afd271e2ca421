"""What happens by the clock."""

from collections.abc import Callable

import pytest

from config.celery import app
from hubs import clocks
from hubs.tasks import keep_time


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


@pytest.mark.parametrize("clock", clocks.CLOCKS)
def test_every_clock_can_be_kept_when_there_is_nothing_to_do(db: None, clock: Callable[[], None]) -> None:
    clock()


def test_the_clocks_run_where_letters_are_sent() -> None:
    assert app.amqp.router.route({}, keep_time.name)["queue"].name == "mail"
