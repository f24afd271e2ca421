"""Texts that look as if they were written to game the matching."""

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.fields import CodesField
from accounts.models import Language, Person, Profile
from hubs.models import Challenge, Hub

from .passages import Passage

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from accounts.models import User


class SuspectQuerySet(models.QuerySet["Suspect"]):
    def standing(self) -> "SuspectQuerySet":
        """Those whose text is still what the profile says."""
        said = Passage.objects.filter(
            subject__profile=models.OuterRef("profile"), text_hash=models.OuterRef("text_hash")
        )
        return self.filter(models.Exists(said))

    def visible_to(self, user: "User | AnonymousUser") -> "SuspectQuerySet":
        """To the curators of the profile's nation and of the hub of its state, and never to those whose
        profile it is."""
        hubs = Hub.objects.curated_by(user).filter(country=models.OuterRef("profile__country"))
        nation = hubs.filter(kind=Hub.Kind.NATION)
        region = hubs.filter(kind=Hub.Kind.REGION, state=models.OuterRef("profile__state")).exclude(state="")
        own = Profile.objects.of(user).values("pk")
        return self.filter(models.Exists(nation) | models.Exists(region)).exclude(profile__in=own)


class Suspect(models.Model):
    """A text of a profile that looks as if it was written to game the matching, and what a curator says."""

    class State(models.TextChoices):
        OPEN = "open", _("to be looked at")
        FINE = "fine", _("fine as it is")
        HIDDEN = "hidden", _("kept out of matching")

    class Mark(models.TextChoices):
        HEAP = "heap", _("many words in a row that form no sentence")
        REPETITION = "repetition", _("the same words over and over")
        NOISE = "noise", _("characters that are no words")
        COPY = "copy", _("repeats the words of a challenge that was posted before")

    profile = models.ForeignKey(Profile, on_delete=models.CASCADE, related_name="suspects")
    text = models.TextField()
    text_hash = models.CharField(max_length=64)
    language = models.CharField(max_length=2, choices=Language)
    marks = CodesField(max_length=60)
    copied_from = models.ForeignKey(Challenge, on_delete=models.SET_NULL, null=True, related_name="+")
    state = models.CharField(max_length=6, choices=State, default=State.OPEN)
    found_at = models.DateTimeField(default=timezone.now)
    decided_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)

    objects = SuspectQuerySet.as_manager()

    class Meta:
        ordering = ["found_at", "pk"]
        constraints = [
            models.UniqueConstraint("profile", "text_hash", name="one_suspect_per_profile_and_text"),
            models.CheckConstraint(
                name="decided_suspects_say_when", condition=Q(state="open") | Q(decided_at__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.profile}: {self.text[:60]}"

    @property
    def mark_names(self) -> list[str]:
        names = dict(self.Mark.choices)
        return [str(names[mark]) for mark in self.marks if mark in names]
