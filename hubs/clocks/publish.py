"""Challenges that were approved for a day: published when it has come."""

import logging

from ..actions.challenges import publish_approved
from ..models import Challenge

_log = logging.getLogger(__name__)


def keep_time() -> None:
    for challenge in Challenge.objects.approved().order_by("publish_at", "pk"):
        try:
            publish_approved(challenge=challenge)
        except Exception:  # whatever it is, it is tried again, and does not hold up the others
            _log.exception("The challenge %s could not be published on its day.", challenge.pk)
