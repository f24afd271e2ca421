"""What was shown, and what was said to it."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Person, Profile
from hubs.models import Challenge


class Answer(models.Model):
    """The last word of a profile on a challenge. It outlives the match it answered."""

    class Choice(models.TextChoices):
        INTERESTED = "interested", _("interested")
        NOT_NOW = "not_now", _("not now")
        NEVER = "never", _("never show me this")

    profile = models.ForeignKey(Profile, on_delete=models.CASCADE, related_name="answers")
    challenge = models.ForeignKey(Challenge, on_delete=models.CASCADE, related_name="answers")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    answer = models.CharField(max_length=10, choices=Choice)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint("profile", "challenge", name="one_answer_per_profile_and_challenge")
        ]

    def __str__(self) -> str:
        return f"{self.profile}: {self.answer}"


class MatchEvent(models.Model):
    """Append-only: each showing and each answer, with the score as it was made. What the engine
    will learn from; it outlives matches, profiles and challenges."""

    class Kind(models.TextChoices):
        PAGE = "page", _("shown on a page")
        LETTER = "letter", _("shown in a letter")
        ANSWER = "answer", _("answered")
        INTRODUCTION = "introduction", _("an introduction's state")
        RESPONSE = "response", _("a response's state")
        OUTCOME = "outcome", _("what was decided on a response")

    kind = models.CharField(max_length=12, choices=Kind)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    profile = models.ForeignKey(Profile, on_delete=models.SET_NULL, null=True, related_name="+")
    challenge = models.ForeignKey(Challenge, on_delete=models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now, db_index=True)
    day = models.DateField(null=True)  # of a showing on a page: once a day is enough
    answer = models.CharField(max_length=12, blank=True)  # or "undone"; of the last three kinds, the state
    reason = models.CharField(max_length=20, blank=True)  # why it was declined, or decided so
    via = models.CharField(max_length=8, blank=True)  # where it was answered, or which side asked
    engine = models.CharField(max_length=20, blank=True)
    model = models.CharField(max_length=120, blank=True)
    statistics = models.CharField(max_length=64, blank=True)
    rank = models.PositiveIntegerField(null=True)
    score = models.FloatField(null=True)
    parts = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                *("person", "profile", "challenge", "day"),
                condition=models.Q(kind="page"),
                name="one_showing_on_pages_a_day",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.at:%Y-%m-%d %H:%M}"
