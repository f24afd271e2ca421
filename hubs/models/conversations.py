"""What follows an introduction: messages, meetings, and how to stop somebody."""

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Language, Person, PublicModel

from .introductions import Introduction


class Message(PublicModel):
    introduction = models.ForeignKey(Introduction, on_delete=models.CASCADE, related_name="messages")
    author = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    text = models.TextField(max_length=4000)
    language = models.CharField(max_length=2, choices=Language, default=Language.ES)
    form_key = models.UUIDField(default=uuid.uuid4, unique=True)  # a double click is one message

    class Meta:
        ordering = ["created_at", "pk"]
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

    class Meta:
        constraints = [models.UniqueConstraint("message", "by", name="one_report_each")]

    def __str__(self) -> str:
        return f"{self.reason}: {self.message}"


class Block(models.Model):
    """No messages and no requests between the two any more; the other is not told."""

    by = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="blocks")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
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

    class Meta:
        ordering = ["starts_at", "pk"]
        constraints = [
            models.CheckConstraint(
                name="meetings_end_after_they_begin", condition=Q(ends_at__gt=F("starts_at"))
            )
        ]

    def __str__(self) -> str:
        return self.title
