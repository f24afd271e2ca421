"""What follows an introduction: messages, meetings, and how to stop somebody."""

import uuid
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Language, Person, PublicModel

from .challenges import Challenge
from .hubs import Hub
from .introductions import Introduction

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from accounts.models import User


class MessageQuerySet(models.QuerySet["Message"]):
    def visible_to(self, user: "User | AnonymousUser") -> "MessageQuerySet":
        """Of one's own introductions, without what somebody wrote whom the reader blocked."""
        if not user.is_authenticated:
            return self.none()
        mine = Introduction.objects.visible_to(user).values("pk")
        blocked = Block.objects.filter(by__user=user.pk).values("person")
        return self.filter(introduction__in=mine).exclude(author__in=blocked)

    def with_what_was_decided(self) -> "MessageQuerySet":
        """`removed`: a curator upheld a report about it, so that nobody is shown its words."""
        upheld = Report.objects.filter(message=models.OuterRef("pk"), state=Report.State.UPHELD)
        return self.annotate(removed=models.Exists(upheld))


class Message(PublicModel):
    introduction = models.ForeignKey(Introduction, on_delete=models.CASCADE, related_name="messages")
    author = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    text = models.TextField(max_length=4000)
    language = models.CharField(max_length=2, choices=Language, default=Language.ES)
    form_key = models.UUIDField(default=uuid.uuid4, unique=True)  # a double click is one message

    objects = MessageQuerySet.as_manager()

    class Meta:
        ordering = ["created_at", "pk"]
        indexes = [
            models.Index(fields=["introduction", "created_at"], name="messages_of_a_conversation"),
            models.Index(fields=["created_at"], name="messages_that_are_new"),
        ]
        constraints = [models.CheckConstraint(name="messages_say_something", condition=~Q(text=""))]

    def __str__(self) -> str:
        return self.text[:60]


class ReadMark(models.Model):
    """How far somebody has read a conversation, and when a letter last told them of it."""

    introduction = models.ForeignKey(Introduction, on_delete=models.CASCADE, related_name="read_marks")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    read_at = models.DateTimeField(null=True, blank=True)
    mailed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint("introduction", "person", name="one_read_mark_each")]

    def __str__(self) -> str:
        return f"{self.person} · {self.introduction}"


class ReportQuerySet(models.QuerySet["Report"]):
    def visible_to(self, user: "User | AnonymousUser") -> "ReportQuerySet":
        """For the curators of the challenge's hub and of its nation; never about their own organisation's
        challenges, nor about themselves."""
        if not user.is_authenticated:
            return self.none()
        hubs = Hub.objects.curated_by(user)
        nations = hubs.filter(kind=Hub.Kind.NATION).values("country")
        challenges = Challenge.objects.filter(Q(hub__in=hubs.values("pk")) | Q(country__in=nations))
        own = Introduction.objects.visible_to(user).values("pk")
        mine = Challenge.objects.of(user).values("pk")
        return self.filter(
            message__introduction__challenge__in=challenges.exclude(pk__in=mine).values("pk")
        ).exclude(message__introduction__in=own)


class Report(PublicModel):
    """A message that somebody found to be out of place; curators look at it."""

    class Reason(models.TextChoices):
        SPAM = "spam", _("advertising or spam")
        ABUSE = "abuse", _("insult or harassment")
        FRAUD = "fraud", _("it looks like fraud")
        OTHER = "other", _("other")

    class State(models.TextChoices):
        OPEN = "open", _("waiting")
        UPHELD = "upheld", _("upheld")
        DISMISSED = "dismissed", _("dismissed")

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="reports")
    by = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    reason = models.CharField(max_length=5, choices=Reason)
    sentence = models.CharField(max_length=500, blank=True)
    state = models.CharField(max_length=9, choices=State, default=State.OPEN)
    decided_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)

    objects = ReportQuerySet.as_manager()

    class Meta:
        ordering = ["created_at", "pk"]
        constraints = [models.UniqueConstraint("message", "by", name="one_report_each")]

    def __str__(self) -> str:
        return f"{self.reason}: {self.message}"


class Block(models.Model):
    """No messages and no requests between the two any more; the other is not told."""

    by = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="blocks")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="blocked")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint("by", "person", name="one_block_each"),
            models.CheckConstraint(name="nobody_blocks_themselves", condition=~Q(by=F("person"))),
        ]

    def __str__(self) -> str:
        return f"{self.by} ⊘ {self.person}"


class Meeting(PublicModel):
    """A proposed meeting: an iCalendar event that both sides can put into their calendars."""

    class State(models.TextChoices):
        PROPOSED = "proposed", _("proposed")
        ACCEPTED = "accepted", _("accepted")
        DECLINED = "declined", _("declined")
        CANCELLED = "cancelled", _("cancelled")

    introduction = models.ForeignKey(Introduction, on_delete=models.CASCADE, related_name="meetings")
    proposed_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    title = models.CharField(_("title"), max_length=120)
    starts_at = models.DateTimeField(_("begins"))
    ends_at = models.DateTimeField(_("ends"))
    time_zone = models.CharField(_("time zone"), max_length=40, default="America/Mexico_City")
    place = models.CharField(_("place or link"), max_length=300, blank=True)
    state = models.CharField(max_length=9, choices=State, default=State.PROPOSED)
    sequence = models.PositiveIntegerField(default=0)  # of the calendar entry: rises with every change
    form_key = models.UUIDField(default=uuid.uuid4, unique=True)  # a double click is one meeting

    class Meta:
        ordering = ["starts_at", "pk"]
        constraints = [
            models.CheckConstraint(
                name="meetings_end_after_they_begin", condition=Q(ends_at__gt=F("starts_at"))
            )
        ]

    def __str__(self) -> str:
        return self.title
