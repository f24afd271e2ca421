"""Which programmes fit which profiles and challenges; a consortium's follow from its challenge's."""

from django.db import models

from hubs.models import Programme

from ..fields import VectorField
from .statistics import Statistics
from .subjects import Subject


class ProgrammePassage(models.Model):
    """A programme's text as it was embedded, on either side of the search."""

    class Side(models.TextChoices):
        QUERY = "query"  # what it looks for: people answer it
        PASSAGE = "passage"  # what it gives: it answers needs, and what people seek

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="passages")
    language = models.CharField(max_length=2)
    text = models.TextField()
    text_hash = models.CharField(max_length=64)
    model = models.CharField(max_length=200)
    vector = VectorField()
    side = models.CharField(max_length=7, choices=Side)

    class Meta:
        ordering = ["programme", "pk"]
        constraints = [
            models.UniqueConstraint(
                "programme", "side", "text_hash", "model", name="programme_says_each_thing_once"
            )
        ]

    def __str__(self) -> str:
        return self.text[:60]


class ProgrammeMatch(models.Model):
    """Eligibility is looked at again whenever one is shown; words alone are stored here."""

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="matches")
    subject = models.ForeignKey(Subject, on_delete=models.CASCADE, related_name="programme_matches")
    score = models.FloatField()
    strength = models.CharField(max_length=8)
    reason = models.JSONField(default=dict, blank=True)
    statistics = models.ForeignKey(
        Statistics, on_delete=models.CASCADE, to_field="version", null=True, related_name="+"
    )
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-score", "pk"]
        constraints = [
            models.UniqueConstraint("programme", "subject", name="one_programme_match_per_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.programme} · {self.subject}"
