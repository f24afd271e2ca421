"""What can be matched."""

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.models import Profile
from hubs.models import Challenge

if TYPE_CHECKING:
    from .passages import Passage


class SubjectQuerySet(models.QuerySet["Subject"]):
    def stale(self) -> "SubjectQuerySet":
        """Those whose passages or matches no longer fit, and that may be tried again now."""
        return self.filter(stale_since__isnull=False, not_before__lte=timezone.now())


class Subject(models.Model):
    """Something that can be matched. Passages and matches hang on it, so that taking it away
    takes them away; programmes and consortia will be further kinds."""

    profile = models.OneToOneField(
        Profile, on_delete=models.CASCADE, null=True, blank=True, related_name="subject"
    )
    challenge = models.OneToOneField(
        Challenge, on_delete=models.CASCADE, null=True, blank=True, related_name="subject"
    )
    stale_since = models.DateTimeField(null=True, blank=True, default=timezone.now, db_index=True)
    interactive = models.BooleanField(default=False)  # a person waits for it
    not_before = models.DateTimeField(default=timezone.now)  # claimed until then, or to be tried again then
    failures = models.PositiveSmallIntegerField(default=0)
    error = models.TextField(blank=True)
    matched_at = models.DateTimeField(null=True, blank=True)  # when what it was last matched by was read
    revised_at = models.DateTimeField(null=True, blank=True)  # see pipeline.subjects.stamp
    compared_under = models.CharField(max_length=64, blank=True)  # statistics: see pipeline/similar.py
    programmes_under = models.CharField(max_length=64, blank=True)  # see pipeline/programmes.py
    covered_under = models.CharField(max_length=64, blank=True)  # day and statistics: see pipeline/gaps.py

    objects = SubjectQuerySet.as_manager()
    passages: "models.Manager[Passage]"

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="subject_is_one_thing",
                condition=Q(profile__isnull=False, challenge=None) | Q(profile=None, challenge__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return str(self.profile or self.challenge)
