"""What the scores are normalised by."""

from django.db import models
from django.db.models import Q
from django.utils import timezone


class Statistics(models.Model):
    """What the scores are normalised by: one version for the whole catalogue, switched over whole."""

    version = models.CharField(max_length=64, unique=True)
    model = models.CharField(max_length=120)
    engine = models.CharField(max_length=20)
    data = models.BinaryField()
    passages = models.PositiveIntegerField(default=0)
    current = models.BooleanField(default=False)
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name_plural = "statistics"
        constraints = [
            models.UniqueConstraint("current", condition=Q(current=True), name="one_current_statistics")
        ]

    def __str__(self) -> str:
        return self.version
