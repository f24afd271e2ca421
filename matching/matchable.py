"""Which challenges may be matched, and which found; which profiles, says Profile.objects.matchable()."""

from django.db.models import Q

from hubs.models import Challenge
from hubs.models.challenges import ChallengeQuerySet


def searchable_challenges() -> ChallengeQuerySet:
    """Those that everybody may read. They keep their vectors when they close: for the search, and for what is
    alike; what is matched, only `matchable_challenges` says."""
    return Challenge.objects.published()


def matchable_challenges() -> ChallengeQuerySet:
    """Those that people may still answer, now or once they open."""
    opened, upcoming = Challenge.objects.open(), Challenge.objects.upcoming()
    return Challenge.objects.filter(Q(pk__in=opened.values("pk")) | Q(pk__in=upcoming.values("pk")))
