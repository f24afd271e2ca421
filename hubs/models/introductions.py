"""Introductions: somebody interested asks the poster for a conversation."""

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation, Person, Profile, PublicModel

from .challenges import Challenge

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from accounts.models import User


class IntroductionQuerySet(models.QuerySet["Introduction"]):
    def received_by(self, user: "User | AnonymousUser") -> "IntroductionQuerySet":
        if not user.is_authenticated:
            return self.none()
        return self.filter(challenge__organisation__in=Organisation.objects.of(user).values("pk"))

    def asked_by_user(self, user: "User | AnonymousUser") -> "IntroductionQuerySet":
        return self.filter(profile__in=Profile.objects.of(user).values("pk"))

    def visible_to(self, user: "User | AnonymousUser") -> "IntroductionQuerySet":
        received = Introduction.objects.received_by(user).values("pk")
        asked = Introduction.objects.asked_by_user(user).values("pk")
        return self.filter(Q(pk__in=received) | Q(pk__in=asked))


class Introduction(PublicModel):
    """A short request with the match's reason as it stood when it was asked."""

    class State(models.TextChoices):
        PENDING = "pending", _("waiting for an answer")
        ACCEPTED = "accepted", _("accepted")
        DECLINED = "declined", _("declined")

    class DeclineReason(models.TextChoices):
        NO_TIME = "no_time", _("no time")
        NOT_THE_FIELD = "not_the_field", _("not the field that is needed")
        CONFLICT = "conflict", _("conflict of interest")
        COVERED = "covered", _("the need is covered already")
        OTHER = "other", _("other")

    challenge = models.ForeignKey(Challenge, on_delete=models.CASCADE, related_name="introductions")
    profile = models.ForeignKey(Profile, on_delete=models.CASCADE, related_name="introductions")
    asked_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    line = models.CharField(_("a line of your own"), max_length=500, blank=True)
    reason = models.JSONField(default=dict, blank=True)
    state = models.CharField(max_length=8, choices=State, default=State.PENDING)
    decline_reason = models.CharField(_("reason"), max_length=14, choices=DeclineReason, blank=True)
    reply = models.CharField(_("a sentence to them"), max_length=500, blank=True)
    decided_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)

    objects = IntroductionQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                "challenge", "profile", name="one_introduction_per_challenge_and_profile"
            ),
            models.CheckConstraint(
                name="declined_introductions_have_a_reason",
                condition=(Q(state="declined") & ~Q(decline_reason=""))
                | (~Q(state="declined") & Q(decline_reason="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.profile} → {self.challenge} ({self.state})"

    def get_absolute_url(self) -> str:
        return reverse("hubs:introduction", args=[self.public_id])
