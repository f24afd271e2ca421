"""Introductions: somebody interested asks the poster for a conversation, or the poster invites somebody."""

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import Person, Profile, PublicModel

from .challenges import Challenge

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from accounts.models import User


PLACES = 5  # open requests that a person may have at once
REMINDED_AFTER = timedelta(days=7)
LAPSES_AFTER = timedelta(days=14)
MOST_ROUNDS = 3  # how often the same two may be brought together


class IntroductionQuerySet(models.QuerySet["Introduction"]):
    def received_by(self, user: "User | AnonymousUser") -> "IntroductionQuerySet":
        """Those that one's own side was asked; not what waits from somebody who was blocked, or who
        blocked."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(_side(user, poster_asks=False)).exclude(_kept_away(user))

    def asked_by_user(self, user: "User | AnonymousUser") -> "IntroductionQuerySet":
        """Those that one's own side asked for."""
        return self.filter(_side(user, poster_asks=True)) if user.is_authenticated else self.none()

    def visible_to(self, user: "User | AnonymousUser") -> "IntroductionQuerySet":
        received = Introduction.objects.received_by(user).values("pk")
        asked = Introduction.objects.asked_by_user(user).values("pk")
        return self.filter(Q(pk__in=received) | Q(pk__in=asked))

    def waiting(self) -> "IntroductionQuerySet":
        """Those that can be answered still."""
        return self.filter(state__in=Introduction.WAITING)


def _side(user: "User | AnonymousUser", *, poster_asks: bool) -> Q:
    """One's own on the side that asks, or on the one that is asked."""
    from_poster, from_profile = Q(direction="poster"), Q(direction="profile")
    poster = Q(challenge__in=Challenge.objects.of(user).values("pk"))
    profile = Q(profile__in=Profile.objects.of(user).values("pk"))
    if poster_asks:
        return (from_poster & poster) | (from_profile & profile)
    return (from_profile & poster) | (from_poster & profile)


def _kept_away(user: "User | AnonymousUser") -> Q:
    """Requests between two of whom one blocked the other; the other is not told."""
    reader = Person.objects.filter(user=user.pk)
    blocked = Person.objects.filter(blocked__by__in=reader.values("pk")).values("pk")
    blocking = Person.objects.filter(blocks__person__in=reader.values("pk")).values("pk")
    return Q(state__in=Introduction.WAITING) & (Q(asked_by__in=blocked) | Q(asked_by__in=blocking))


class Introduction(PublicModel):
    """A short request with the match's reason as it stood when it was asked. It waits fourteen days for an
    answer; one that lapsed or was taken back may be opened anew, from either side."""

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
    rounds = models.PositiveSmallIntegerField(default=1)  # how often it was asked: each is told by itself

    WAITING = (State.PENDING, State.LATER)  # for an answer

    objects = IntroductionQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        indexes = [models.Index(fields=["state", "lapses_at"], name="introductions_by_their_clock")]
        constraints = [
            models.UniqueConstraint(
                "challenge", "profile", name="one_introduction_per_challenge_and_profile"
            ),
            models.UniqueConstraint("asked_by", "slot", name="five_open_requests_a_person"),
            models.CheckConstraint(
                name="open_requests_hold_a_place_and_end",
                condition=Q(slot__isnull=False, lapses_at__isnull=False, state="pending")
                & Q(slot__gte=1, slot__lte=PLACES)
                | (~Q(state="pending") & Q(slot=None)),
            ),
            models.CheckConstraint(
                name="introductions_are_asked_for_a_few_times",
                condition=Q(rounds__gte=1, rounds__lte=MOST_ROUNDS),
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

    @property
    def is_waiting(self) -> bool:
        return self.state in self.WAITING

    def may_be_asked_again(self, direction: str) -> bool:
        """Whoever declined may change their mind and ask; what nobody answered, both may ask again."""
        if self.rounds >= MOST_ROUNDS:
            return False
        if self.state == self.State.DECLINED:
            return direction != self.direction
        return self.state in (self.State.LAPSED, self.State.TAKEN_BACK)
