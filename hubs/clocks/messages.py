"""Letters about messages, quietly: only what stays unread for ten minutes, and at most one letter in three
hours for each conversation and person. Nothing of somebody whom the reader blocked."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import DateTimeField, Exists, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, Greatest
from django.utils import timezone

from .. import contact_news
from ..models import Block, Introduction, Message, ReadMark

UNREAD_FOR = timedelta(minutes=10)
QUIET_FOR = timedelta(hours=3)
LOOKS_BACK = timedelta(days=7)  # what is older was told of, or nobody could be told
AT_ONCE = 500


def keep_time() -> None:
    now = timezone.now()
    for mark in to_tell(now).order_by("pk")[:AT_ONCE]:
        with transaction.atomic():
            _tell(mark, now)


def to_tell(now: datetime) -> QuerySet[ReadMark]:
    """Marks of people with something to read, whose last letter was long enough ago; `last` is the newest
    message that waits."""
    quiet = Q(mailed_at=None) | Q(mailed_at__lte=now - QUIET_FOR)
    recent = Message.objects.filter(created_at__gt=now - LOOKS_BACK).values("introduction")
    blocked = Block.objects.filter(by=OuterRef(OuterRef("person")), person=OuterRef("author"))
    waiting = (
        Message.objects.filter(introduction=OuterRef("introduction"), author__isnull=False)
        .filter(created_at__gt=OuterRef("since"), created_at__lte=now - UNREAD_FOR)
        .exclude(author=OuterRef("person"))
        .exclude(Exists(blocked))
    )
    long_ago = Value(now - LOOKS_BACK, output_field=DateTimeField())
    since = Greatest(Coalesce("read_at", long_ago), Coalesce("mailed_at", long_ago))
    found = ReadMark.objects.filter(quiet, introduction__in=recent).annotate(since=since)
    return found.annotate(last=Subquery(waiting.order_by("-pk").values("pk")[:1])).exclude(last=None)


def _tell(mark: ReadMark, now: datetime) -> None:
    """Whoever left the organisation meanwhile is passed over; so is whoever reads it at this moment."""
    as_it_was = ReadMark.objects.filter(pk=mark.pk, read_at=mark.read_at, mailed_at=mark.mailed_at)
    if not as_it_was.update(mailed_at=now):
        return
    user = mark.person.user
    if user and Introduction.objects.visible_to(user).filter(pk=mark.introduction_id).exists():
        last: int = mark.last  # type: ignore[attr-defined]  # annotated
        contact_news.message_waits(mark.introduction, mark.person, last)
