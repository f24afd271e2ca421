"""Computing that ends: a word a week before, and what is left given back two weeks after."""

from datetime import timedelta

from django.utils import timezone

from ..actions.computing_use import end_overdue
from ..models import ComputingRequest
from ..programme_news import tell_ending

BEFORE = timedelta(days=7)
GRACE = timedelta(days=14)  # to report what was used until the last day


def keep_time() -> None:
    today = timezone.localdate()
    near = ComputingRequest.objects.filter(
        state=ComputingRequest.State.APPROVED, ends_on__range=(today, today + BEFORE)
    )
    for request in near.select_related("profile", "by"):
        tell_ending(request)  # its key tells everybody once
    end_overdue(today, GRACE)
