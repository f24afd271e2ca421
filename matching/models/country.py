"""The country in figures, counted now and then by a worker so that no page has to."""

from django.db import models
from django.utils import timezone


class CountryFigures(models.Model):
    """One row for each country. It holds no name, and of people no count under five: see country.counts."""

    country = models.CharField(max_length=2, unique=True)
    data = models.JSONField(default=dict)
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name_plural = "country figures"

    def __str__(self) -> str:
        return f"{self.country}, {self.made_at:%Y-%m-%d %H:%M}"
