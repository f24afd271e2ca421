"""Needs that nobody in the country covers, put together across languages, and who could close them."""

from django.db import models

from accounts.models import Person, Profile, PublicModel
from hubs.models import Need


class Gap(PublicModel):
    """`words`: what its needs have in common, by language; `closers`: nearest people abroad, juniors with
    parts, training, computing."""

    label = models.CharField(max_length=200)
    language = models.CharField(max_length=2)
    size = models.PositiveIntegerField()
    words = models.JSONField(default=dict)
    closers = models.JSONField(default=dict)
    found_at = models.DateTimeField()
    covered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["covered_at", "-size", "pk"]

    def __str__(self) -> str:
        return self.label


class GapNeed(models.Model):
    gap = models.ForeignKey(Gap, on_delete=models.CASCADE, related_name="gap_needs")
    need = models.OneToOneField(Need, on_delete=models.CASCADE, related_name="in_gap")

    def __str__(self) -> str:
        return f"{self.gap}: {self.need}"


class GapInvitation(models.Model):
    """Somebody who could help to close a gap was told of it, once."""

    gap = models.ForeignKey(Gap, on_delete=models.CASCADE, related_name="invitations")
    profile = models.ForeignKey(Profile, on_delete=models.CASCADE, related_name="gap_invitations")
    by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint("gap", "profile", name="one_gap_invitation_each")]

    def __str__(self) -> str:
        return f"{self.profile} → {self.gap}"
