"""Is the process alive; is everything up and are the first matches made?"""

import logging
import time

from django.core.cache import cache
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from kombu.exceptions import OperationalError

from config.celery import app
from matching.asking import READY
from matching.queries import first_matches_missing, set_aside
from matching.tasks import HEARTBEAT

logger = logging.getLogger(__name__)
FRESH = 60  # seconds after which a worker that says nothing counts as gone


@never_cache
def healthz(request: HttpRequest) -> HttpResponse:
    return JsonResponse({"status": "ok"})


@never_cache
def readyz(request: HttpRequest) -> HttpResponse:
    reason = why_not_ready()
    if reason:
        response = JsonResponse({"status": "not ready", "reason": reason}, status=503)
        response._has_been_logged = True  # type: ignore[attr-defined] # asked every second: no error of ours
        return response
    return JsonResponse({"status": "ready", "set_aside": set_aside()})


def why_not_ready() -> str | None:
    """The first thing that is missing, in a sentence for operators; None when all is up."""
    try:
        missing = first_matches_missing()
    except DatabaseError as error:
        logger.warning("Not ready: %s", error)
        return f"The {connection.vendor} database does not answer, or its migrations were not run."
    if not broker_answers():
        return "The broker does not answer."
    beat = cache.get(HEARTBEAT)
    if beat is None or time.time() - float(beat) > FRESH:
        return "No worker has been heard of in the last minute."
    if not cache.get(READY):
        return "The worker is loading its model."
    if missing:
        return f"First matches are still being made: {missing} to go."
    return None


def broker_answers() -> bool:
    try:
        with app.connection_for_write(connect_timeout=1) as link:
            link.ensure_connection(max_retries=1, timeout=1)
    except (OSError, OperationalError) as error:
        logger.warning("Not ready: %s", error)
        return False
    return True
