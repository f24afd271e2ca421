"""Dated releases of the country's indicators: once published they are never rewritten."""

from django.db import models


class Release(models.Model):
    """`scope`: "country", "hub:SLUG" or "state:CODE"; `period`: the last month counted, as 2026-10. A trigger
    of the database refuses every change (see triggers.py)."""

    scope = models.CharField(max_length=80)
    period = models.CharField(max_length=7)
    data = models.JSONField()
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-period", "scope"]
        constraints = [models.UniqueConstraint("scope", "period", name="one_release_per_scope_and_period")]

    def __str__(self) -> str:
        return f"{self.scope} {self.period}"
