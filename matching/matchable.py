"""Which challenges may be matched; which profiles, says Profile.objects.matchable()."""

from django.db.models import Q

from hubs.models import Challenge
from hubs.models.challenges import ChallengeQuerySet


def matchable_challenges() -> ChallengeQuerySet:
    """Those that people may still answer, now or once they open."""
    opened, upcoming = Challenge.objects.open(), Challenge.objects.upcoming()
    return Challenge.objects.filter(Q(pk__in=opened.values("pk")) | Q(pk__in=upcoming.values("pk")))
