"""Which programmes fit which profiles, challenges and consortia."""

from django.db import models
from django.db.models import Q

from hubs.models import Consortium, Programme

from .statistics import Statistics
from .subjects import Subject


class ProgrammePassage(models.Model):
    """A programme's text as it was embedded."""

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="passages")
    language = models.CharField(max_length=2)
    text = models.TextField()
    text_hash = models.CharField(max_length=64)
    model = models.CharField(max_length=200)
    vector = models.BinaryField()  # half precision

    def __str__(self) -> str:
        return self.text[:60]


class ProgrammeMatch(models.Model):
    """Eligibility is looked at again whenever one is shown; words alone are stored here."""

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="matches")
    subject = models.ForeignKey(
        Subject, on_delete=models.CASCADE, null=True, related_name="programme_matches"
    )
    consortium = models.ForeignKey(
        Consortium, on_delete=models.CASCADE, null=True, related_name="programme_matches"
    )
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
            models.UniqueConstraint("programme", "consortium", name="one_programme_match_per_consortium"),
            models.CheckConstraint(
                name="programme_match_is_of_one_thing",
                condition=Q(subject=None, consortium__isnull=False)
                | Q(subject__isnull=False, consortium=None),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.programme} · {self.subject or self.consortium}"
