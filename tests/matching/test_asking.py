import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
from celery import current_app
from django.core.cache import cache

from matching import asking


@pytest.fixture
def doubling() -> Iterator[None]:
    @asking.answers("double")
    def double(question: dict[str, Any]) -> dict[str, Any]:
        return {"number": 2 * int(question["number"])}

    yield
    asking._answerers.pop("double")


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the broker was given."""
    keys: list[str] = []
    monkeypatch.setattr(current_app, "send_task", lambda name, args, **_: keys.append(args[0]), raising=False)
    return keys


def test_a_worker_answers_what_was_asked(doubling: None, sent: list[str]) -> None:
    key = asking.put("double", {"number": 21})
    assert sent == [key]
    asking.answer(key)
    assert asking.take(key) == {"number": 42}


def test_nobody_waits_for_a_worker_that_is_not_there(sent: list[str]) -> None:
    cache.delete(asking.READY)
    started = time.monotonic()
    assert asking.ask("double", {"number": 1}, wait=30) is None
    assert time.monotonic() - started < 5
    assert sent == []


def test_without_an_answer_in_time_there_is_none(doubling: None, sent: list[str]) -> None:
    cache.set(asking.READY, "model", 60)
    assert asking.ask("double", {"number": 1}, wait=0.05) is None


def test_an_answer_that_comes_while_one_waits_is_taken(doubling: None, sent: list[str]) -> None:
    key = asking.put("double", {"number": 4})
    worker = threading.Timer(0.05, asking.answer, [key])
    worker.start()
    assert asking.take(key, 20) == {"number": 8}
    worker.join()


def test_what_fails_is_said_without_its_text(
    sent: list[str], caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(question: dict[str, Any]) -> dict[str, Any]:
        raise ValueError(question["text"])

    monkeypatch.setitem(asking._answerers, "bad", fails)
    key = asking.put("bad", {"text": "a very secret sentence"})
    asking.answer(key)
    assert asking.take(key) == {"failed": True}
    assert "secret" not in caplog.text


def test_a_question_that_was_answered_is_gone(doubling: None, sent: list[str]) -> None:
    key = asking.put("double", {"number": 21})
    asking.answer(key)
    assert cache.get(f"asked:{key}") is None
