"""Who hears of which challenges in one period: decided for everybody at once."""

from django.db import models
from django.urls import reverse

from accounts.models import Person, Profile
from hubs.models import Challenge


class AllocationRound(models.Model):
    """`report`: exposure by state, kind and size with its Gini coefficient, beside plain top-k; what could
    not be met; the distance to the optimum."""

    period = models.CharField(max_length=10, unique=True)  # 2026-W48
    report = models.JSONField(default=dict)
    gap = models.FloatField(null=True)
    made_at = models.DateTimeField(auto_now_add=True)
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-period"]

    def __str__(self) -> str:
        return self.period

    def get_absolute_url(self) -> str:
        return reverse("matching:round", args=[self.period])


class Allocated(models.Model):
    round = models.ForeignKey(AllocationRound, on_delete=models.CASCADE, related_name="allocated")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    profile = models.ForeignKey(Profile, on_delete=models.CASCADE, related_name="+")
    challenge = models.ForeignKey(Challenge, on_delete=models.CASCADE, related_name="+")
    usefulness = models.FloatField()

    class Meta:
        constraints = [
            models.UniqueConstraint("round", "person", "challenge", name="one_allocation_per_round")
        ]

    def __str__(self) -> str:
        return f"{self.person} · {self.challenge}"
