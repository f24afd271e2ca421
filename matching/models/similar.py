"""Which challenges ask for much the same."""

from django.db import models
from django.db.models import F, Q

from hubs.models import Challenge


class SimilarChallenge(models.Model):
    """That another challenge is alike; each pair stands here twice, once from either side.

    Kept for whatever was public once: whoever reads asks which of them are public now.
    """

    challenge = models.ForeignKey(Challenge, on_delete=models.CASCADE, related_name="alike")
    other = models.ForeignKey(Challenge, on_delete=models.CASCADE, related_name="alike_from")
    score = models.FloatField()  # deviations above chance: see ranking/similar.py

    class Meta:
        ordering = ["challenge", "-score", "pk"]
        constraints = [
            models.UniqueConstraint("challenge", "other", name="alike_once_from_either_side"),
            models.CheckConstraint(name="nothing_is_alike_to_itself", condition=~Q(challenge=F("other"))),
        ]

    def __str__(self) -> str:
        return f"{self.challenge} · {self.other}"
