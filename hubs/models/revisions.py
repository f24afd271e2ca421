"""Changes to what is published: proposed by the poster, decided by a curator, told to those they concern."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Person, PublicModel

from .challenges import Challenge, ChallengeStep


class ReviewComment(PublicModel):
    """What curator and poster say to each other about one part of a challenge in review."""

    challenge = models.ForeignKey(Challenge, on_delete=models.CASCADE, related_name="comments")
    step = models.ForeignKey(ChallengeStep, on_delete=models.SET_NULL, null=True, related_name="+")
    part = models.CharField(max_length=20, blank=True)  # a step of the wizard
    text = models.TextField(max_length=1000)
    author = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    resolved_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["created_at", "pk"]

    def __str__(self) -> str:
        return self.text[:60]


class ChallengeRevision(PublicModel):
    """The old text stays public until a curator accepts the new one."""

    class State(models.TextChoices):
        PENDING = "pending", _("waiting for a curator")
        ACCEPTED = "accepted", _("accepted")
        REFUSED = "refused", _("refused")
        TAKEN_BACK = "taken_back", _("taken back")

    challenge = models.ForeignKey(Challenge, on_delete=models.CASCADE, related_name="revisions")
    changes = models.JSONField(default=dict)  # name of the field to its new value; "needs": a list
    why = models.CharField(_("why"), max_length=500)
    state = models.CharField(max_length=10, choices=State, default=State.PENDING)
    proposed_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    decided_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    note = models.CharField(max_length=1000, blank=True)

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint("challenge", condition=Q(state="pending"), name="one_revision_at_a_time"),
            models.CheckConstraint(
                name="refused_revisions_say_why", condition=~Q(state="refused") | ~Q(note="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.challenge} ({self.state})"
