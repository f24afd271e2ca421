"""Who belonged where, and when: memberships end, conflicts of interest outlive them."""

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from .organisations import Organisation
from .people import Person


class Affiliation(models.Model):
    """Written whenever somebody joins or leaves an organisation, or names another institution."""

    class Kind(models.TextChoices):
        MEMBERSHIP = "membership", "membership"
        INSTITUTION = "institution", "institution"

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="affiliations")
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="affiliations")
    kind = models.CharField(max_length=11, choices=Kind)
    since = models.DateTimeField(default=timezone.now)
    until = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "person", "organisation", "kind", condition=Q(until=None), name="one_running_affiliation"
            ),
            models.CheckConstraint(
                name="affiliations_end_after_they_begin", condition=Q(until=None) | Q(until__gte=F("since"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} · {self.organisation} ({self.kind})"
