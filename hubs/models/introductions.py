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
        LATER = "later", _("later")
        LAPSED = "lapsed", _("lapsed without an answer")
        TAKEN_BACK = "taken_back", _("taken back")

    class Direction(models.TextChoices):
        FROM_PROFILE = "profile", _("asked by the profile")
        FROM_POSTER = "poster", _("asked by the poster")

    class DeclineReason(models.TextChoices):
        NO_TIME = "no_time", _("no time")
        NOT_THE_FIELD = "not_the_field", _("not the field that is needed")
        CONFLICT = "conflict", _("conflict of interest")
        COVERED = "covered", _("the need is covered already")
        OTHER = "other", _("other")

    challenge = models.ForeignKey(Challenge, on_delete=models.CASCADE, related_name="introductions")
    profile = models.ForeignKey(Profile, on_delete=models.CASCADE, related_name="introductions")
    asked_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    direction = models.CharField(max_length=7, choices=Direction, default=Direction.FROM_PROFILE)
    line = models.CharField(_("a line of your own"), max_length=500, blank=True)
    brings = models.CharField(_("what I bring"), max_length=500, blank=True)
    needs = models.CharField(_("what I need from you"), max_length=500, blank=True)
    who = models.CharField(_("who I am"), max_length=500, blank=True)
    reason = models.JSONField(default=dict, blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.PENDING)
    decline_reason = models.CharField(_("reason"), max_length=14, choices=DeclineReason, blank=True)
    reply = models.CharField(_("a sentence to them"), max_length=500, blank=True)
    decided_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    later_on = models.DateField(_("ask me again on"), null=True, blank=True)
    reminded_at = models.DateTimeField(null=True, blank=True)
    lapses_at = models.DateTimeField(null=True, blank=True)
    # Which of the asker's five open requests this is: the database counts them.
    slot = models.PositiveSmallIntegerField(null=True, blank=True)

    objects = IntroductionQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                "challenge", "profile", name="one_introduction_per_challenge_and_profile"
            ),
            models.UniqueConstraint("asked_by", "slot", name="five_open_requests_a_person"),
            models.CheckConstraint(
                name="only_open_requests_hold_a_place",
                condition=Q(slot=None) | Q(slot__gte=1, slot__lte=5, state="pending"),
            ),
            models.CheckConstraint(
                name="later_says_when",
                condition=Q(state="later", later_on__isnull=False) | (~Q(state="later") & Q(later_on=None)),
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
