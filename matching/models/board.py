"""A challenge's candidates on the board of whoever posted it: where each stands, and how it came there."""

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Person, Profile
from hubs.models import Challenge

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from accounts.models import User


class CandidacyQuerySet(models.QuerySet["Candidacy"]):
    def visible_to(self, user: "User | AnonymousUser") -> "CandidacyQuerySet":
        """Those of profiles that the reader may see; a board shows nobody who is hidden from its reader."""
        return self.filter(profile__in=Profile.objects.visible_to(user).values("pk"))


class Candidacy(models.Model):
    """A profile that was taken from the suggestions to one of the board's columns."""

    class Column(models.TextChoices):
        SUGGESTED = "suggested", _("suggested")
        SHORTLIST = "shortlist", _("shortlist")
        TALKING = "talking", _("in conversation")
        CHOSEN = "chosen", _("chosen")
        ASIDE = "aside", _("set aside")

    challenge = models.ForeignKey(Challenge, on_delete=models.CASCADE, related_name="candidacies")
    profile = models.ForeignKey(Profile, on_delete=models.CASCADE, related_name="candidacies")
    column = models.CharField(max_length=9, choices=Column, default=Column.SUGGESTED)
    note = models.TextField(_("note"), max_length=1000, blank=True)
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    objects = CandidacyQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "candidacies"
        ordering = ["-at", "-pk"]
        constraints = [
            models.UniqueConstraint("challenge", "profile", name="one_candidacy_per_profile_and_challenge"),
            models.CheckConstraint(
                name="candidates_stand_in_a_column",
                condition=Q(column__in=["suggested", "shortlist", "talking", "chosen", "aside"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.profile}: {self.column}"


class CandidacyStep(models.Model):
    """A line of a candidate's history: who moved it, from where to where, and what they noted."""

    candidacy = models.ForeignKey(Candidacy, on_delete=models.CASCADE, related_name="steps")
    actor = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    from_column = models.CharField(max_length=9, choices=Candidacy.Column)
    to_column = models.CharField(max_length=9, choices=Candidacy.Column)
    note = models.TextField(blank=True, max_length=1000)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.from_column} → {self.to_column}"
