"""The texts that are compared, and what is kept of comparing them."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Language, ProfileItem
from hubs.models import Need

from ..fields import VectorField
from .subjects import Subject


class Passage(models.Model):
    """A piece of text that is embedded by itself: an offer, a need, a window of something long."""

    class Role(models.TextChoices):
        SUMMARY = "summary", _("summary")
        OFFER = "offer", _("offer")
        SEEK = "seek", _("seek")
        EVIDENCE = "evidence", _("evidence")
        NEED = "need", _("need")
        TEXT = "text", _("text")
        ABOUT = "about", _("about")  # searched by, never matched

    subject = models.ForeignKey(Subject, on_delete=models.CASCADE, related_name="passages")
    role = models.CharField(max_length=8, choices=Role)
    item = models.ForeignKey(ProfileItem, on_delete=models.CASCADE, null=True, related_name="+")
    need = models.ForeignKey(Need, on_delete=models.CASCADE, null=True, related_name="+")
    position = models.PositiveSmallIntegerField(default=0)
    language = models.CharField(max_length=2, choices=Language)
    text = models.TextField()
    text_hash = models.CharField(max_length=64)
    model = models.CharField(max_length=120, blank=True)  # which encoder made the vector
    vector = VectorField(null=True)
    version = models.BigIntegerField(default=0)  # see vectors.next_version; 0 without a vector
    trust = models.FloatField(default=1.0)  # how much it may count, 0 to 1: see ranking/stuffing.py
    failures = models.PositiveSmallIntegerField(default=0)
    error = models.TextField(blank=True)

    class Meta:
        ordering = ["subject", "position", "pk"]
        indexes = [
            models.Index(fields=["text_hash", "model"]),
            models.Index(fields=["model", "version"]),
            models.Index(fields=["failures"], condition=Q(failures__gt=0), name="failed_passages"),
        ]
        constraints = [
            models.UniqueConstraint("subject", "position", name="one_passage_per_position"),
            models.CheckConstraint(
                name="vectors_know_their_model", condition=Q(vector=None, model="") | ~Q(model="")
            ),
            models.CheckConstraint(name="trust_is_0_to_1", condition=Q(trust__gte=0, trust__lte=1)),
            models.CheckConstraint(
                name="vectors_know_their_version", condition=Q(vector=None) | Q(version__gt=0)
            ),
        ]

    def __str__(self) -> str:
        return self.text[:80]


class Revision(models.Model):
    """One row: the last number that was given to passages with their vectors (see vectors.next_version)."""

    last = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return str(self.last)


class Explanation(models.Model):
    """What carries a passage's answer to a need, by places in the two texts: the same for the same words,
    so computed once. It holds no words, only hashes of them."""

    model = models.CharField(max_length=120)
    need_hash = models.CharField(max_length=64)
    passage_hash = models.CharField(max_length=64)
    sentence = models.JSONField()  # all three: first character, and the one after the last
    evidence = models.JSONField(default=list)
    need = models.JSONField(default=list)
    error = models.TextField(blank=True)  # the words could not be read: shown as they are
    made_at = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        indexes = [models.Index(fields=["passage_hash", "model"])]
        constraints = [
            models.UniqueConstraint("need_hash", "passage_hash", "model", name="explained_once_per_model")
        ]

    def __str__(self) -> str:
        return f"{self.need_hash[:8]} · {self.passage_hash[:8]}"
