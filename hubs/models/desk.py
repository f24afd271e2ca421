"""Who is at which review, so that two curators never do the same work; it lapses by the clock."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import models
from django.utils import timezone

from accounts.models import Person

from .challenges import Challenge

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from accounts.models import User

HELD = timedelta(hours=48)


class AssignmentQuerySet(models.QuerySet["Assignment"]):
    def in_force(self, now: datetime | None = None) -> "AssignmentQuerySet":
        return self.filter(until__gt=now or timezone.now())

    def of_others(self, user: "User | AnonymousUser") -> "AssignmentQuerySet":
        """What somebody else is at just now."""
        held = self.in_force()
        return held.exclude(curator__user=user.pk) if user.is_authenticated else held


class Assignment(models.Model):
    """One review in one curator's hands until a moment; then anybody may take it."""

    challenge = models.OneToOneField(Challenge, on_delete=models.CASCADE, related_name="assignment")
    curator = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    given_by = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, related_name="+")
    since = models.DateTimeField(default=timezone.now)
    until = models.DateTimeField()

    objects = AssignmentQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.challenge}: {self.curator}"
