"""What somebody brought before there was a profile to put it in: forms of a new profile begin with it.

It lies in the cache for a while, never in a row; the session holds its key alone.
"""

import secrets
from typing import Any

from django.core.cache import cache
from django.http import HttpRequest

KEY = "begun"


def begin(request: HttpRequest, found: dict[str, Any], *, seconds: int) -> None:
    """{"summary": …, "language": …, "offers": [texts]}, each as far as it is known."""
    key = secrets.token_urlsafe(24)
    cache.set(f"{KEY}:{key}", found, timeout=seconds)
    request.session[KEY] = key


def begun(request: HttpRequest) -> dict[str, Any] | None:
    """What this browser's new profile begins with, if anything."""
    key = request.session.get(KEY)
    found: dict[str, Any] | None = cache.get(f"{KEY}:{key}") if key else None
    return found


def done(request: HttpRequest) -> None:
    """It became a profile, or was laid aside."""
    key = request.session.pop(KEY, None)
    if key:
        cache.delete(f"{KEY}:{key}")
