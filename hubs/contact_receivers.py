"""Introductions, messages and meetings of somebody who leaves for good."""

from django.db import transaction
from django.db.models import F
from django.dispatch import receiver
from django.utils import timezone

from accounts.models import Person
from accounts.signals import person_erased

from . import contact_news, signals
from .models import Introduction, Meeting, Message, ReadMark

State = Introduction.State
ERASED = "…"  # in place of the words that went with their author


@receiver(person_erased)
def forget_introductions(person_id: int, **_: object) -> None:
    """What the erased wrote and were recommended for goes. What they asked for is taken back; what they were
    asked has nobody left to answer it. The other side hears."""
    for introduction in Introduction.objects.waiting().filter(asked_by=person_id):
        _end(introduction, State.TAKEN_BACK)
    for introduction in Introduction.objects.waiting().filter(profile__person=person_id):
        _end(introduction, State.LAPSED)
    Introduction.objects.filter(asked_by=person_id).update(brings="", needs="", who="", reason={})
    Introduction.objects.filter(decided_by=person_id).update(reply="")


@receiver(person_erased)
def forget_conversations(person_id: int, **_: object) -> None:
    """Their words go, that there was a message stays; what they proposed is called off."""
    now = timezone.now()
    Message.objects.filter(author=person_id).update(author=None, text=ERASED, updated_at=now)
    ReadMark.objects.filter(person=person_id).delete()
    Person.objects.get(pk=person_id).blocks.all().delete()
    coming = Meeting.objects.filter(proposed_by=person_id, starts_at__gt=now)
    for meeting in coming.exclude(state=Meeting.State.CANCELLED).select_related("introduction"):
        with transaction.atomic():
            called_off = Meeting.objects.filter(pk=meeting.pk).update(
                state=Meeting.State.CANCELLED, sequence=F("sequence") + 1, updated_at=now
            )
            meeting.refresh_from_db()
            if called_off:
                contact_news.meeting_changed(meeting, "meeting_cancelled")
    Meeting.objects.filter(proposed_by=person_id).update(proposed_by=None)


def _end(introduction: Introduction, state: str) -> None:
    with transaction.atomic():
        waiting = Introduction.objects.waiting().filter(pk=introduction.pk)
        if waiting.update(state=state, slot=None, later_on=None, updated_at=timezone.now()):
            introduction.refresh_from_db()
            contact_news.over(introduction)
            signals.introduction_changed.send(
                sender=Introduction, introduction_id=introduction.pk, state=introduction.state
            )
