"""A web process asks a worker and waits a moment for the answer; the worker has the encoder, it has not.

Question and answer lie in the cache, each under a key that nobody can guess, and expire; the broker carries
the key alone. Nobody keeps a request waiting for a worker that is not there: where none has
reported lately, there is no answer at once.
"""

import logging
import secrets
import time
from collections.abc import Callable
from typing import Any

from celery import current_app
from django.core.cache import cache
from kombu.exceptions import OperationalError

logger = logging.getLogger(__name__)
READY = "worker:ready"  # set by the workers' heartbeat while one has its encoder
LASTS = 120  # seconds that a question and its answer stay in the cache
STEP = 0.01

Answerer = Callable[[dict[str, Any]], dict[str, Any]]
_answerers: dict[str, Answerer] = {}


def answers(kind: str) -> Callable[[Answerer], Answerer]:
    """Decorator: this function answers questions of a kind, in a worker."""

    def register(function: Answerer) -> Answerer:
        _answerers[kind] = function
        return function

    return register


def ask(kind: str, question: dict[str, Any], wait: float, *, lasts: int = LASTS) -> dict[str, Any] | None:
    """The answer, or None where no worker gave one within `wait` seconds."""
    if not cache.get(READY):
        return None
    key = put(kind, question, lasts=lasts, expires=wait)
    return take(key, wait) if key else None


def put(kind: str, question: dict[str, Any], *, lasts: int = LASTS, expires: float = LASTS) -> str:
    """Hand a question over; its key, or nothing where the broker is away. A worker that comes to it more than
    `expires` seconds later leaves it."""
    key = secrets.token_urlsafe(24)
    cache.set(_question(key), {"kind": kind, "question": question, "lasts": lasts}, timeout=lasts)
    try:
        current_app.send_task(
            "matching.tasks.answer", args=(key,), retry=False, ignore_result=True, expires=expires
        )
    except (OperationalError, ConnectionError, TimeoutError) as error:
        logger.warning("Broker away, a question stays unanswered (%s)", type(error).__name__)
        cache.delete(_question(key))
        return ""
    return key


def take(key: str, wait: float = 0) -> dict[str, Any] | None:
    """What a worker answered, or None where there is nothing after `wait` seconds."""
    deadline = time.monotonic() + wait
    while True:
        found: dict[str, Any] | None = cache.get(_answer(key))
        if found is not None or time.monotonic() > deadline:
            return found
        time.sleep(STEP)


def answer(key: str) -> None:
    """In a worker: find the question, and put the answer beside it. What fails is said without its text."""
    told = cache.get(_question(key))
    if told is None:
        return
    try:
        found = _answerers[told["kind"]](told["question"])
    except Exception as error:  # whoever asked is told; the text stays out of the log
        logger.error("A question of kind %s failed: %s", told["kind"], type(error).__name__)
        found = {"failed": True}
    cache.set(_answer(key), found, timeout=told["lasts"])
    cache.delete(_question(key))


def _question(key: str) -> str:
    return f"asked:{key}"


def _answer(key: str) -> str:
    return f"answered:{key}"


def answer_names(key: str) -> list[str]:
    """Where a question and its answer lie in the cache: for whoever takes them away before they expire."""
    return [_question(key), _answer(key)]
