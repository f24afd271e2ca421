"""The secret address of a person's own calendar of closing dates."""

from django.db import models
from django.utils import timezone

from accounts.models import Person


class CalendarLink(models.Model):
    """One for each person, as its hash: whoever has the address reads the dates, and nothing else."""

    person = models.OneToOneField(Person, on_delete=models.CASCADE, related_name="calendar_link")
    token_hash = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return str(self.person)
