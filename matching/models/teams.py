"""Teams that the engine proposes for a challenge."""

from django.db import models

from hubs.models import Challenge


class TeamProposal(models.Model):
    """`members`: [{"profile", "needs": [{"need_id", "value", "passage"}], "adds", "instead": [profile]}];
    `uncovered`: ids of needs; `optimal`: solved to the end, not cut off by time."""

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
