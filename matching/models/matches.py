"""Who fits what, how well, and why; and who may be shown it."""

from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Concat
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import standing
from accounts.models import Profile
from accounts.models.profiles import OWN, matchable, visible_to
from hubs.models import Challenge
from hubs.models.challenges import answerable

from ..parts import active
from .answers import Answer
from .statistics import Statistics
from .subjects import Subject

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from accounts.models import User


class Strength(models.TextChoices):
    STRONG = "strong", _("strong")
    GOOD = "good", _("good")
    POSSIBLE = "possible", _("possible")


class MatchQuerySet(models.QuerySet["Match"]):
    def current(self) -> "MatchQuerySet":
        """Those of the version in force; a rebuild's are seen by nobody until it is whole."""
        return self.filter(statistics__current=True)

    def eligible(self) -> "MatchQuerySet":
        """Those whose challenge admits the profile as both stand now, before anything is matched anew."""
        if "eligibility" not in active():
            return self
        kind = Concat(Value(","), F("subject__profile__kind"), Value(","), output_field=models.CharField())
        any_kind = Q(target__challenge__eligible_kinds="")
        state = Q(subject__profile__state="") | Q(subject__profile__state=F("target__challenge__state"))
        there = Q(subject__profile__lives_abroad="") & state
        return self.filter(
            any_kind | Q(target__challenge__eligible_kinds__contains=kind),
            Q(target__challenge__only_in_state=False) | there,
        )

    def live(self) -> "MatchQuerySet":
        """Those that may be shown to anybody at all at this moment."""
        never = Answer.objects.filter(
            profile=models.OuterRef("subject__profile"),
            challenge=models.OuterRef("target__challenge"),
            answer=Answer.Choice.NEVER,
        )
        return (
            self.current()
            .eligible()
            .filter(~models.Exists(never), matchable("subject__profile__"), answerable("target__challenge__"))
        )

    def of(self, user: "User | AnonymousUser") -> "MatchQuerySet":
        """The live matches of the user's own profiles."""
        known = standing.known(user)
        own: Any = list(known.of(*OWN)) if known else Profile.objects.of(user).values("pk")
        return self.live().filter(subject__profile__in=own)

    def for_challenge(self, challenge: Challenge, user: "User | AnonymousUser") -> "MatchQuerySet":
        """Who fits a challenge, as far as its reader may see them."""
        return self.seen_by(user).filter(target__challenge=challenge)

    def seen_by(self, user: "User | AnonymousUser") -> "MatchQuerySet":
        """The live matches of profiles that the user may see."""
        return self.live().filter(visible_to(user, "subject__profile__"))


class Match(models.Model):
    """That a subject (a profile) fits a target (a challenge), how well, and why."""

    # The indexes below begin with these keys.
    subject = models.ForeignKey(Subject, on_delete=models.CASCADE, related_name="matches", db_index=False)
    target = models.ForeignKey(Subject, on_delete=models.CASCADE, related_name="proposals", db_index=False)
    statistics = models.ForeignKey(
        Statistics, on_delete=models.CASCADE, to_field="version", related_name="matches", db_index=False
    )
    score = models.FloatField()
    probability = models.FloatField()
    strength = models.CharField(max_length=8, choices=Strength)
    reason = models.JSONField(default=dict)  # empty until somebody looks: see pipeline.reasons.tell
    parts = models.JSONField(default=dict)
    engine = models.CharField(max_length=20)
    model = models.CharField(max_length=120)
    first_made_at = models.DateTimeField(default=timezone.now)  # under whatever version
    made_at = models.DateTimeField(auto_now=True)
    explain_at = models.DateTimeField(null=True, blank=True)  # its reason waits for its words to be marked

    objects = MatchQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "matches"
        ordering = ["-score", "pk"]
        indexes = [
            models.Index(fields=["target", "-score"]),
            models.Index(fields=["subject", "-score"]),
            models.Index(
                fields=["explain_at"], condition=Q(explain_at__isnull=False), name="matches_to_explain"
            ),
        ]
        constraints = [
            models.UniqueConstraint("statistics", "subject", "target", name="one_match_per_pair_and_version")
        ]

    def __str__(self) -> str:
        return f"{self.subject} · {self.target} ({self.strength})"
