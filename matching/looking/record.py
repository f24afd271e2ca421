"""Where an anonymous text lies: in the cache, under a key that nobody can guess, for one browser, a while.

Nothing else ever holds it: no row, no session, no task's arguments, no address, no log. What a worker has to
know reaches it under the same key.
"""

import hashlib
import secrets
from dataclasses import asdict, dataclass
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.utils.crypto import constant_time_compare

from ..asking import answer_names, put, take

READ_WITHIN = 60  # seconds after which a worker that comes to it late leaves it


@dataclass
class Record:
    """`file`: an uploaded PDF until its words were read; `kind`: "problem", "offer", or empty where nobody
    said; `language`: of the page it was pasted on; `browser`: what only its browser knows, hashed."""

    text: str
    language: str
    browser: str
    kind: str = ""
    file: bytes = b""


def seconds() -> int:
    return int(settings.TRY_MINUTES * 60)


def keep(record: Record, browser: str) -> str:
    """Keep a text for this browser, and ask a worker about it. Its key; empty where nobody can be asked."""
    record.browser = _hashed(browser)
    key = secrets.token_urlsafe(24)
    write(key, record)
    if find(key, browser) is None:  # the cache is away
        return ""
    return key if ask(key) else ""


def ask(key: str) -> bool:
    """Have it looked at, or looked at again. The record itself is the worker's to write from now on."""
    asked = put("look", {"key": key}, lasts=seconds(), expires=READ_WITHIN)
    if not asked:
        forget(key)
        return False
    cache.set(f"{_name(key)}:asked", asked, timeout=seconds())
    return True


def write(key: str, record: Record) -> None:
    cache.set(_name(key), asdict(record), timeout=seconds())


def read(key: str) -> Record | None:
    """In a worker, which has the key from whoever asked."""
    there = cache.get(_name(key))
    return Record(**there) if there else None


def find(key: str, browser: str) -> Record | None:
    """For the browser that brought it; to any other it does not exist."""
    there = read(key)
    return there if there and constant_time_compare(there.browser, _hashed(browser)) else None


def answer_to(key: str) -> dict[str, Any] | None:
    asked = cache.get(f"{_name(key)}:asked")
    return take(asked) if asked else None


def forget(key: str) -> None:
    """The text and its answer."""
    asked = cache.get(f"{_name(key)}:asked")
    gone = [_name(key), f"{_name(key)}:asked"]
    cache.delete_many([*gone, *answer_names(asked)] if asked else gone)


def _name(key: str) -> str:
    return f"try:{key}"


def _hashed(browser: str) -> str:
    return hashlib.sha256(browser.encode()).hexdigest()
