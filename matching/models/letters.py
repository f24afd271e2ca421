"""Match letters: which challenges stood in them, and the links that answer them."""

from django.db import models

from accounts.models import Letter, Person, Profile
from hubs.models import Challenge

from .matches import Strength


class LetterItem(models.Model):
    """One challenge in one match letter; no person is written to about the same challenge twice."""

    letter = models.ForeignKey(Letter, on_delete=models.PROTECT, related_name="items")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    challenge = models.ForeignKey(Challenge, on_delete=models.CASCADE, related_name="+")
    profile = models.ForeignKey(Profile, on_delete=models.CASCADE, related_name="+")
    rank = models.PositiveIntegerField()
    reason = models.JSONField()
    strength = models.CharField(max_length=8, choices=Strength)

    class Meta:
        ordering = ["rank", "pk"]
        constraints = [
            models.UniqueConstraint("person", "challenge", name="one_letter_item_per_person_and_challenge")
        ]

    def __str__(self) -> str:
        return f"{self.challenge} → {self.person}"


class AnswerLink(models.Model):
    """The secret of a letter's links, stored as its hash; good until 30 days after the closing."""

    token_hash = models.CharField(max_length=64, unique=True)
    item = models.ForeignKey(LetterItem, on_delete=models.CASCADE, related_name="links")
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.item)
