"""Letters: rows first, sent later; who wants which, how often, and how to stop them."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .people import Person


class Family(models.TextChoices):
    """What a letter is about, as far as preferences tell it apart."""

    MATCHES = "matches", _("matches")
    CHALLENGES = "challenges", _("my challenges and responses")
    CONTACTS = "contacts", _("introductions and messages")
    PROGRAMMES = "programmes", _("programmes")
    ACCOUNT = "account", _("account")


class Cadence(models.TextChoices):
    AT_ONCE = "at_once", _("at once")
    DAILY = "daily", _("once a day")
    WEEKLY = "weekly", _("once a week")
    NEVER = "never", _("never")


class LetterPreference(models.Model):
    """One row per person, family and channel; where there is none, `DEFAULTS` speaks."""

    DEFAULTS = {
        Family.MATCHES: Cadence.WEEKLY,
        Family.CHALLENGES: Cadence.AT_ONCE,
        Family.CONTACTS: Cadence.AT_ONCE,
        Family.PROGRAMMES: Cadence.WEEKLY,
        Family.ACCOUNT: Cadence.AT_ONCE,
    }

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="letter_preferences")
    family = models.CharField(max_length=12, choices=Family)
    channel = models.CharField(max_length=8, default="email")
    cadence = models.CharField(max_length=8, choices=Cadence)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "person", "family", "channel", name="one_preference_per_family_and_channel"
            )
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.family} {self.cadence}"


class LetterQuerySet(models.QuerySet["Letter"]):
    def due(self) -> "LetterQuerySet":
        return self.filter(state=Letter.State.QUEUED, not_before__lte=timezone.now())


class Letter(models.Model):
    """A letter to someone. The row comes first; its text is made at the moment of sending,
    so that no link's secret is ever stored."""

    class State(models.TextChoices):
        QUEUED = "queued", _("queued")
        SENDING = "sending", _("sending")
        SENT = "sent", _("sent")
        FAILED = "failed", _("failed")
        UNKNOWN = "unknown", _("unknown: may have arrived")
        DROPPED = "dropped", _("dropped: no longer wanted")

    kind = models.CharField(max_length=40)
    family = models.CharField(max_length=12, choices=Family)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="letters")
    address = models.EmailField(blank=True)
    language = models.CharField(max_length=2)
    params = models.JSONField(default=dict, blank=True)  # emptied once sent: it may hold a sign-in code
    key = models.CharField(max_length=120, null=True, blank=True, unique=True)
    state = models.CharField(max_length=8, choices=State, default=State.QUEUED)
    message_id = models.CharField(max_length=120, unique=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    not_before = models.DateTimeField(default=timezone.now)
    claimed_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)

    objects = LetterQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        indexes = [models.Index(fields=["state", "not_before"])]
        constraints = [
            models.CheckConstraint(
                name="sent_letters_have_a_time", condition=~Q(state="sent") | Q(sent_at__isnull=False)
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} → {self.person or self.address} ({self.state})"


class UnsubscribeLink(models.Model):
    """A short secret, stored as its hash, that stops one family for one person; it never expires."""

    token_hash = models.CharField(max_length=64, unique=True)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    family = models.CharField(max_length=12, choices=Family)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.person}: {self.family}"
