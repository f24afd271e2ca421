"""A conversation: writing, reading, reporting what is out of place, and what curators decide on it."""

from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Person

from .. import contact_news
from ..models import Block, Introduction, Message, ReadMark, Report
from ..permissions import person_of, user_of

if TYPE_CHECKING:
    from accounts.models import User

LONGEST = 4000  # characters
AN_HOUR = timedelta(hours=1)
PER_HOUR = 30  # messages of one person


@transaction.atomic
def write_message(*, introduction: Introduction, text: str, form_key: UUID, by: "Person | User") -> Message:
    """Say something in the conversation of an accepted introduction; the second of two clicks says nothing.
    Whoever was blocked may write, and is not told that it is not read."""
    if not Introduction.objects.visible_to(user_of(by)).filter(pk=introduction.pk).exists():
        raise PermissionDenied
    if introduction.state != Introduction.State.ACCEPTED:
        raise ValidationError(_("You can write once the introduction is accepted."), code="state")
    text = "\n".join(text.strip().splitlines())
    if not text:
        raise ValidationError(_("Write something first."), code="empty")
    if len(text) > LONGEST:
        raise ValidationError(_("At most 4,000 characters, please."), code="long")
    author = person_of(by)
    _refuse_to_blocked(introduction, author)
    message, is_new = Message.objects.get_or_create(
        form_key=form_key,
        defaults={
            "introduction": introduction,
            "author": author,
            "text": text,
            "language": author.language,
        },
    )
    if message.author_id != author.pk or message.introduction_id != introduction.pk:
        raise PermissionDenied  # somebody else's key
    if is_new:
        _open_marks(introduction, author)
    return message


def _refuse_to_blocked(introduction: Introduction, author: Person) -> None:
    """Whoever blocked the other side says so first, and cannot write past it; and nobody floods."""
    others = [person.pk for people in contact_news.people_of(introduction).values() for person in people]
    if Block.objects.filter(by=author, person__in=others).exists():
        raise ValidationError(_("You blocked somebody here. Lift the block to write again."), code="blocked")
    recent = Message.objects.filter(author=author, created_at__gt=timezone.now() - AN_HOUR)
    if recent.count() >= PER_HOUR:
        raise ValidationError(_("That is a lot for one hour. Go on a little later."), code="many")


def _open_marks(introduction: Introduction, author: Person) -> None:
    """Everybody who takes part gets a mark: by it the clock knows whom to write to."""
    people = [person for side in contact_news.people_of(introduction).values() for person in side]
    marks = [ReadMark(introduction=introduction, person=person) for person in people]
    ReadMark.objects.bulk_create(marks, ignore_conflicts=True)
    mark_read(introduction=introduction, by=author)


def mark_read(*, introduction: Introduction, by: "Person | User") -> None:
    """Whoever opened the conversation has read it."""
    mark = ReadMark(introduction=introduction, person=person_of(by), read_at=timezone.now())
    ReadMark.objects.bulk_create(
        [mark], update_conflicts=True, unique_fields=["introduction", "person"], update_fields=["read_at"]
    )


@transaction.atomic
def report_message(*, message: Message, reason: str, sentence: str, by: "Person | User") -> Report:
    """Curators of the challenge's hub look at it. Reported twice by one person, it is the first report."""
    if not Message.objects.visible_to(user_of(by)).filter(pk=message.pk).exists():
        raise PermissionDenied
    if message.author_id == person_of(by).pk:
        raise ValidationError(_("This is your own message."), code="own")
    if reason not in Report.Reason.values:
        raise ValidationError({"reason": _("Choose what is wrong with it.")}, code="reason")
    if len(sentence.strip()) > 500:
        raise ValidationError({"sentence": _("At most 500 characters, please.")}, code="long")
    report, is_new = Report.objects.get_or_create(
        message=message, by=person_of(by), defaults={"reason": reason, "sentence": sentence.strip()}
    )
    if is_new:
        contact_news.reported(report, reverse("hubs:reports"))
    return report


@transaction.atomic
def decide_report(*, report: Report, state: str, by: "User") -> bool:
    """A curator's word: the message is taken away, or stays. False where it was decided already."""
    if not Report.objects.visible_to(by).filter(pk=report.pk).exists():
        raise PermissionDenied
    if state not in (Report.State.UPHELD, Report.State.DISMISSED):
        raise ValidationError(_("That is not one of the answers."), code="state")
    waiting = Report.objects.filter(pk=report.pk, state=Report.State.OPEN)
    now = timezone.now()
    if not waiting.update(state=state, decided_by=person_of(by), decided_at=now, updated_at=now):
        return False
    report.refresh_from_db()
    contact_news.report_decided(report)
    return True
