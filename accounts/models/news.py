"""What happened that concerns somebody: one row in their list, whether or not a letter told them, too."""

from typing import Any

from django.db import models
from django.db.models import Count, Q

from .. import standing
from .letters import Family, Letter
from .people import Person


class NewsItemQuerySet(models.QuerySet["NewsItem"]):
    def unread(self) -> "NewsItemQuerySet":
        return self.filter(read_at=None)


class NewsItem(models.Model):
    """`about` names the thing it is about ("challenge:12"), so that a digest puts together what belongs
    together; `key` keeps the same news from being told twice."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="news")
    family = models.CharField(max_length=12, choices=Family)
    kind = models.CharField(max_length=40)
    params = models.JSONField(default=dict, blank=True)
    url = models.CharField(max_length=300, blank=True)
    about = models.CharField(max_length=60, blank=True)
    key = models.CharField(max_length=120, null=True, blank=True, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)
    read_at = models.DateTimeField(null=True, blank=True)
    mailed_at = models.DateTimeField(null=True, blank=True)
    letter = models.ForeignKey(Letter, on_delete=models.SET_NULL, null=True, related_name="news")

    objects = NewsItemQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        indexes = [
            models.Index(fields=["person", "-created_at"]),
            models.Index(fields=["family"], condition=Q(mailed_at=None), name="news_not_mailed_yet"),
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.kind}"


def _unread(user: int) -> "models.QuerySet[NewsItem, Any]":
    mine = NewsItem.objects.unread().filter(person__user=user)
    return mine.order_by().values("person").annotate(how_many=Count("pk"))


standing.add_part("unread news", _unread, "how_many")


class Suppression(models.Model):
    """An address that no letter goes to: it bounced, or somebody there complained."""

    class Reason(models.TextChoices):
        BOUNCED = "bounced", "bounced"
        COMPLAINED = "complained", "complained"

    address = models.EmailField(unique=True)  # lower case
    person = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, related_name="suppressions")
    reason = models.CharField(max_length=10, choices=Reason)
    event_id = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField(auto_now_add=True)
    told_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.address} ({self.reason})"
