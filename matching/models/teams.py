"""Teams that the engine proposes for a challenge."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from hubs.models import Challenge


class TeamSearch(models.Model):
    """That teams were looked for, and what is to be said of the outcome; stale once matches changed."""

    class Why(models.TextChoices):
        """Why there are fewer than three."""

        NEEDS = "needs", _("The challenge has no needs that a team could share out.")
        ACADEMIA = "academia", _("Nobody from academia who fits is free.")
        INDUSTRY = "industry", _("No startup or company that fits is free.")
        GOVERNMENT = "government", _("No public agency that fits is free.")
        FEW = "few", _("There are too few who fit for more teams that really differ.")

    challenge = models.OneToOneField(Challenge, on_delete=models.CASCADE, related_name="team_search")
    statistics = models.CharField(max_length=64, blank=True)  # version that the values were measured under
    why = models.CharField(max_length=10, choices=Why, blank=True)
    made_at = models.DateTimeField(null=True, blank=True)
    stale_since = models.DateTimeField(null=True, blank=True, default=timezone.now)
    not_before = models.DateTimeField(default=timezone.now)  # claimed until then, or quiet until then

    def __str__(self) -> str:
        return f"teams for {self.challenge}"


class TeamProposal(models.Model):
    """`members`: [{"profile", "poster", "needs": [{"need_id", "value", "ask", "passage", "leads"}], "adds",
    "instead": [profile]}], the most useful first; `poster`: whoever posted the challenge is the member from
    government; `uncovered`: ids of needs; `optimal`: solved to the end, not cut off by time; `value`: share
    of the weighted needs that the team is expected to cover."""

    challenge = models.ForeignKey(Challenge, on_delete=models.CASCADE, related_name="team_proposals")
    rank = models.PositiveSmallIntegerField()
    value = models.FloatField()
    members = models.JSONField(default=list)
    uncovered = models.JSONField(default=list)
    optimal = models.BooleanField(default=True)
    seconds = models.FloatField(default=0)
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["challenge", "rank"]
        constraints = [models.UniqueConstraint("challenge", "rank", name="one_team_per_rank")]

    def __str__(self) -> str:
        return f"{self.challenge} #{self.rank}"
