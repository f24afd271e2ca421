"""Responses: what somebody proposes to do about a challenge, on one structured page."""

import uuid
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts import standing
from accounts.models import Language, Organisation, Person, Profile, ProfileItem, PublicModel

from .challenges import Challenge, Need, Status

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from accounts.models import User

LIMITS = {"title": 80, "approach": 825, "why_us": 825, "plan": 1025, "team": 1000}
MOST_EVIDENCE = 10


class ResponseQuerySet(models.QuerySet["Response"]):
    def of(self, user: "User | AnonymousUser") -> "ResponseQuerySet":
        """Those that the user writes: of an own profile, or of a consortium that one is in."""
        if not user.is_authenticated:
            return self.none()
        own = Profile.objects.of(user).order_by()
        joined = own.filter(consortium_places__state="accepted").values("consortium_places__consortium")
        return self.filter(Q(profile__in=own.values("pk")) | Q(consortium__in=joined))

    def solutions(self) -> "ResponseQuerySet":
        """What was selected for a challenge that everybody may read: others may take it over."""
        stages = [Status.AWARDED, Status.IN_PROGRESS, Status.COMPLETED, Status.ARCHIVED]
        return self.filter(outcome=Response.Outcome.SELECTED, challenge__status__in=stages)

    def submitted(self) -> "ResponseQuerySet":
        return self.filter(state=Response.State.SUBMITTED)

    def live(self) -> "ResponseQuerySet":
        return self.exclude(state=Response.State.WITHDRAWN)

    def handed_to(self, user: "User | AnonymousUser", now: datetime | None = None) -> "ResponseQuerySet":
        """What was handed in to the user's organisations; nobody there reads any of it before the call
        closes."""
        over = Challenge.objects.of(user).closed(now).values("pk")
        return self.submitted().filter(challenge__in=over)

    def to_evaluate(self, user: "User | AnonymousUser", now: datetime | None = None) -> "ResponseQuerySet":
        """What the user has agreed to score, without those that the user has a conflict with."""
        if not user.is_authenticated:
            return self.none()
        agreed = Challenge.objects.closed(now).filter(
            evaluators__person__user=user.pk, evaluators__state="accepted"
        )
        return self.submitted().filter(challenge__in=agreed.values("pk")).exclude(pk__in=_in_conflict(user))

    def visible_to(self, user: "User | AnonymousUser", now: datetime | None = None) -> "ResponseQuerySet":
        """One's own; and, once the call is closed, what one is to decide on or to score. Whoever has a
        conflict with a response does not read it, even at the poster's desk."""
        if not user.is_authenticated:
            return self.none()
        posted = Response.objects.handed_to(user, now).exclude(pk__in=_in_conflict(user))
        ways = [Response.objects.of(user), posted, Response.objects.to_evaluate(user, now)]
        readable = Q()
        for way in ways:
            readable |= Q(pk__in=way.values("pk"))
        return self.filter(readable)


def _in_conflict(user: "User") -> models.QuerySet["Response", Any]:
    return Response.objects.filter(conflicts__evaluator__person__user=user.pk).values("pk")


class Response(PublicModel):
    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        SUBMITTED = "submitted", _("submitted")
        WITHDRAWN = "withdrawn", _("withdrawn")

    class Outcome(models.TextChoices):
        SELECTED = "selected", _("selected")
        RESERVE = "reserve", _("on the reserve list")
        NOT_SELECTED = "not_selected", _("not selected")

    class DecisionReason(models.TextChoices):
        BEST_FIT = "best_fit", _("it fits the challenge best")
        GOOD_BUT_OTHERS = "good_but_others", _("good, but others fit better")
        TOO_EARLY = "too_early", _("too early for what is needed")
        BENEFIT_UNCLEAR = "benefit_unclear", _("the benefit is not clear")
        PLAN_UNCLEAR = "plan_unclear", _("the plan is not clear")
        NOT_ELIGIBLE = "not_eligible", _("not eligible by the rules of the challenge")
        SCIENTIFIC = "scientific", _("scientific or technical doubts")
        OTHER = "other", _("other")

    challenge = models.ForeignKey(Challenge, on_delete=models.CASCADE, related_name="responses")
    profile = models.ForeignKey(Profile, on_delete=models.CASCADE, null=True, related_name="responses")
    consortium = models.ForeignKey(
        "hubs.Consortium", on_delete=models.CASCADE, null=True, related_name="responses"
    )
    author = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    language = models.CharField(_("language"), max_length=2, choices=Language, default=Language.ES)
    title = models.CharField(_("title"), max_length=LIMITS["title"], blank=True)
    approach = models.TextField(_("approach"), max_length=LIMITS["approach"], blank=True)
    why_us = models.TextField(_("why us"), max_length=LIMITS["why_us"], blank=True)
    plan = models.TextField(_("plan"), max_length=LIMITS["plan"], blank=True)
    team = models.TextField(_("team"), max_length=LIMITS["team"], blank=True)
    trl = models.PositiveSmallIntegerField(
        _("TRL today"), null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(9)]
    )
    needs = models.ManyToManyField(Need, blank=True, related_name="responses")
    state = models.CharField(max_length=9, choices=State, default=State.DRAFT)
    submitted_at = models.DateTimeField(null=True, blank=True)
    # What was handed in last; editing afterwards changes the draft, and this only when handed in again.
    submitted = models.JSONField(default=dict, blank=True)
    version = models.PositiveIntegerField(default=0)  # counts saves: an old tab never overwrites a newer one
    saved_from = models.UUIDField(
        null=True, blank=True
    )  # the page whose typing was saved last, as it went on
    form_key = models.UUIDField(default=uuid.uuid4, unique=True)
    copied_from = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, related_name="+")
    outcome = models.CharField(max_length=12, choices=Outcome, blank=True)
    decision_reason = models.CharField(max_length=16, choices=DecisionReason, blank=True)
    decision_sentence = models.CharField(max_length=500, blank=True)
    decided_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)

    objects = ResponseQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="a_response_is_a_profile_s_or_a_consortium_s",
                condition=Q(profile=None, consortium__isnull=False)
                | Q(profile__isnull=False, consortium=None),
            ),
            models.UniqueConstraint(
                "challenge",
                "profile",
                condition=~Q(state="withdrawn") & Q(profile__isnull=False),
                name="one_response_per_challenge_and_profile",
            ),
            models.UniqueConstraint(
                "challenge",
                "consortium",
                condition=~Q(state="withdrawn") & Q(consortium__isnull=False),
                name="one_response_per_challenge_and_consortium",
            ),
            models.CheckConstraint(
                name="submitted_responses_are_whole",
                condition=~Q(state="submitted")
                | (~Q(title="") & ~Q(approach="") & ~Q(plan="") & Q(submitted_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="decided_responses_have_a_reason",
                condition=Q(outcome="", decision_reason="", decision_sentence="")
                | (~Q(outcome="") & ~Q(decision_reason="") & ~Q(decision_sentence="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} → {self.challenge} ({self.state})"

    def get_absolute_url(self) -> str:
        return reverse("hubs:response", args=[self.public_id])

    @property
    def told_title(self) -> str:
        """As it was handed in: the draft may go on changing."""
        return str(self.submitted.get("title") or self.title or _("Response without a title"))

    @property
    def told_language(self) -> str:
        return str(self.submitted.get("language") or self.language)


class ResponseEvidence(models.Model):
    """A piece of the profile shown with a response; the snapshot stays as it was handed in."""

    response = models.ForeignKey(Response, on_delete=models.CASCADE, related_name="evidence")
    item = models.ForeignKey(ProfileItem, on_delete=models.SET_NULL, null=True, related_name="+")
    position = models.PositiveSmallIntegerField()
    snapshot = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint("response", "position", name="one_evidence_per_place"),
            models.CheckConstraint(name="ten_pieces_of_evidence_at_most", condition=Q(position__lt=10)),
        ]

    def __str__(self) -> str:
        return f"{self.response} #{self.position}"


class CoPoster(models.Model):
    """Another organisation that has the same problem and joins the challenge."""

    class State(models.TextChoices):
        PENDING = "pending", _("invited")
        ACCEPTED = "accepted", _("accepted")
        DECLINED = "declined", _("declined")

    challenge = models.ForeignKey(Challenge, on_delete=models.CASCADE, related_name="co_posters")
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="co_posted")
    state = models.CharField(max_length=8, choices=State, default=State.PENDING)
    asked_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    answered_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    line = models.CharField(max_length=500, blank=True)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint("challenge", "organisation", name="one_co_poster_each")]

    def __str__(self) -> str:
        return f"{self.organisation} + {self.challenge}"


def _co_posted(user: int) -> "models.QuerySet[CoPoster]":
    joined = CoPoster.objects.filter(state=CoPoster.State.ACCEPTED)
    return joined.filter(organisation__memberships__person__user=user)


standing.add_part("co-posted challenge", _co_posted, "challenge")
