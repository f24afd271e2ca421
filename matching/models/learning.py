"""What was learned from answers, and how well it does."""

from django.db import models
from django.db.models import Q


class LearnedModel(models.Model):
    """`coefficients`: feature name to weight, and "intercept"; `measured`: on later answers than it saw."""

    trained_at = models.DateTimeField(auto_now_add=True)
    until = models.DateTimeField()
    engine = models.CharField(max_length=20)
    coefficients = models.JSONField()
    measured = models.JSONField(default=dict)
    is_on = models.BooleanField(default=False)
    why_off = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["-trained_at"]
        constraints = [models.UniqueConstraint("is_on", condition=Q(is_on=True), name="one_learned_model_on")]

    def __str__(self) -> str:
        return f"{self.trained_at:%Y-%m-%d} {'on' if self.is_on else 'off'}"
