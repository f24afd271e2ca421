"""Needs that nobody in the country covers, put together across languages, and who could close them."""

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from accounts.models import Person, Profile, PublicModel
from hubs.models import Challenge, Need

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from accounts.models import User


class NeedCoverage(models.Model):
    """The best that anybody in the country says to a need, as last measured: see pipeline/gaps.py. `value` is
    None where nobody says anything; `here`, `abroad`: who comes nearest, as [profile, value], best first."""

    need = models.OneToOneField(Need, on_delete=models.CASCADE, related_name="coverage")
    value = models.FloatField(null=True)
    here = models.JSONField(default=list)
    abroad = models.JSONField(default=list)
    checked_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.need}: {self.value}"


class GapRound(models.Model):
    """Gaps were put together from what was measured until then; once for each such moment."""

    until = models.DateTimeField(unique=True)
    needs = models.PositiveIntegerField()
    uncovered = models.PositiveIntegerField()

    class Meta:
        ordering = ["-until"]

    def __str__(self) -> str:
        return f"{self.until}: {self.uncovered} of {self.needs}"


class GapQuerySet(models.QuerySet["Gap"]):
    def visible_to(self, user: "User | AnonymousUser") -> "GapQuerySet":
        """Those with a need of a challenge that the user may read."""
        seen = GapNeed.objects.visible_to(user)
        return self.filter(pk__in=seen.values("gap"))

    def open(self) -> "GapQuerySet":
        """Still asked for, and nobody covers them."""
        return self.filter(covered_at=None, over_at=None)

    def covered(self) -> "GapQuerySet":
        return self.filter(covered_at__isnull=False)


class Gap(PublicModel):
    """`words`: what its needs have in common, by language; `closers`: who and what is near it, as ids with
    values (see pipeline/gaps.py). A gap that opens again was never closed: its clock goes on."""

    label = models.CharField(max_length=200)
    language = models.CharField(max_length=2)
    size = models.PositiveIntegerField()
    words = models.JSONField(default=dict)
    closers = models.JSONField(default=dict)
    found_at = models.DateTimeField()
    covered_at = models.DateTimeField(null=True, blank=True)
    over_at = models.DateTimeField(null=True, blank=True)  # nobody asks for it any longer
    is_demo = models.BooleanField(default=False)

    objects = GapQuerySet.as_manager()

    class Meta:
        ordering = ["-size", "found_at", "pk"]
        constraints = [
            models.CheckConstraint(
                name="gap_is_covered_or_over_or_neither", condition=Q(covered_at=None) | Q(over_at=None)
            ),
            models.CheckConstraint(
                name="gap_is_covered_after_it_is_found",
                condition=Q(covered_at=None) | Q(covered_at__gte=F("found_at")),
            ),
        ]

    def __str__(self) -> str:
        return self.label

    def get_absolute_url(self) -> str:
        return reverse("matching:gap", args=[self.public_id])

    @property
    def days(self) -> int | None:
        """From the day it was found to the day it was covered."""
        return (self.covered_at - self.found_at).days if self.covered_at else None


class GapNeedQuerySet(models.QuerySet["GapNeed"]):
    def visible_to(self, user: "User | AnonymousUser") -> "GapNeedQuerySet":
        return self.filter(need__challenge__in=Challenge.objects.visible_to(user).values("pk"))


class GapNeed(models.Model):
    """`position`: 0 is nearest to what the gap's needs have in common."""

    gap = models.ForeignKey(Gap, on_delete=models.CASCADE, related_name="gap_needs")
    need = models.OneToOneField(Need, on_delete=models.CASCADE, related_name="in_gap")
    position = models.PositiveSmallIntegerField(default=0)

    objects = GapNeedQuerySet.as_manager()

    class Meta:
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return f"{self.gap}: {self.need}"


class GapInvitation(models.Model):
    """Somebody who could help to close a gap was told of it, once."""

    gap = models.ForeignKey(Gap, on_delete=models.CASCADE, related_name="invitations")
    profile = models.ForeignKey(Profile, on_delete=models.CASCADE, related_name="gap_invitations")
    by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint("gap", "profile", name="one_gap_invitation_each")]

    def __str__(self) -> str:
        return f"{self.profile} → {self.gap}"
