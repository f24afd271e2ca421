"""Challenges that were approved for a day: published when it has come."""

from ..actions.challenges import publish_approved
from ..models import Challenge


def keep_time() -> None:
    for challenge in Challenge.objects.approved().order_by("publish_at", "pk"):
        publish_approved(challenge=challenge)
