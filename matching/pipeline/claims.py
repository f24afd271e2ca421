"""A claim lasts as long as its worker lives: renewed while the work goes on, it lapses soon after a kill."""

import logging
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.conf import settings
from django.db import DatabaseError, connection
from django.utils import timezone

from ..models import RebuildChunk, Subject

logger = logging.getLogger(__name__)


def claimed_until() -> datetime:
    return timezone.now() + timedelta(seconds=settings.HELICE_CLAIM_SECONDS)


@contextmanager
def kept(rows: Sequence[Subject] | Sequence[RebuildChunk]) -> Iterator[None]:
    """Renew the claims on these rows until the block ends; a row that was handed back meanwhile is left."""
    done = threading.Event()
    threading.Thread(target=_renew, args=(rows, done), name="claims", daemon=True).start()
    try:
        yield
    finally:
        done.set()


def _renew(rows: Sequence[Subject] | Sequence[RebuildChunk], done: threading.Event) -> None:
    held = {(type(row), row.pk): row.not_before for row in rows}
    while held and not done.wait(settings.HELICE_CLAIM_SECONDS / 3):
        until = claimed_until()
        try:
            held = {
                (kind, pk): until
                for (kind, pk), before in held.items()
                if kind.objects.filter(pk=pk, not_before=before).update(not_before=until)
            }
        except DatabaseError:
            logger.warning("Claims could not be renewed", exc_info=True)
        finally:
            connection.close()
