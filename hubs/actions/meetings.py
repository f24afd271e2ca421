"""Proposing a meeting, moving it, saying yes or no to it, and calling it off."""

from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Person

from .. import contact_news
from ..models import Introduction, Meeting
from ..permissions import person_of, user_of

if TYPE_CHECKING:
    from accounts.models import User

FACTS = ("title", "starts_at", "ends_at", "time_zone", "place")
LONGEST = timedelta(hours=12)
MOST = 10  # to come, of one introduction
State = Meeting.State


@transaction.atomic
def propose_meeting(
    *, introduction: Introduction, values: Mapping[str, Any], form_key: UUID, by: "Person | User"
) -> Meeting:
    """Both sides get it for their calendars; the second of two clicks finds the meeting of the first."""
    _check_takes_part(introduction, by)
    if introduction.state != Introduction.State.ACCEPTED:
        raise ValidationError(_("You can meet once the introduction is accepted."), code="state")
    _check(values)
    ahead = introduction.meetings.filter(starts_at__gt=timezone.now()).exclude(state=State.CANCELLED)
    if ahead.exclude(form_key=form_key).count() >= MOST:
        raise ValidationError(_("Ten meetings are ahead already; cancel one first."), code="many")
    facts = {name: values[name] for name in FACTS}
    meeting, is_new = Meeting.objects.get_or_create(
        form_key=form_key,
        defaults={**facts, "introduction": introduction, "proposed_by": person_of(by)},
    )
    if meeting.introduction_id != introduction.pk:
        raise PermissionDenied  # somebody else's key
    if is_new:
        contact_news.meeting_changed(meeting, "meeting_proposed")
    return meeting


@transaction.atomic
def change_meeting(*, meeting: Meeting, values: Mapping[str, Any], by: "Person | User") -> bool:
    """Another time or place is another proposal, which the other side answers. False: nothing changed."""
    current = Meeting.objects.select_for_update().get(pk=meeting.pk)
    _check_takes_part(current.introduction, by)
    if not proposed_by_ones_side(current, by):
        raise PermissionDenied
    if current.state == State.CANCELLED:
        raise ValidationError(_("This meeting is cancelled."), code="cancelled")
    _check(values)
    if all(getattr(current, name) == values[name] for name in FACTS):
        return False
    for name in FACTS:
        setattr(current, name, values[name])
    current.state, current.sequence = State.PROPOSED, current.sequence + 1
    current.save()
    contact_news.meeting_changed(current, "meeting_moved")
    return True


@transaction.atomic
def answer_meeting(*, meeting: Meeting, accept: bool, by: "Person | User", seen: int) -> bool:
    """The other side's yes or no to the proposal that it saw. False where that was the answer already."""
    current = Meeting.objects.select_for_update().get(pk=meeting.pk)
    _check_takes_part(current.introduction, by)
    if proposed_by_ones_side(current, by):
        raise PermissionDenied
    if current.state == State.CANCELLED:
        raise ValidationError(_("This meeting is cancelled."), code="cancelled")
    if current.sequence != seen:
        raise ValidationError(_("The meeting was changed in the meantime; look at it again."), code="moved")
    state = State.ACCEPTED if accept else State.DECLINED
    if current.state == state:
        return False
    current.state = state
    current.save()
    contact_news.meeting_answered(current)
    return True


@transaction.atomic
def cancel_meeting(*, meeting: Meeting, by: "Person | User") -> bool:
    """Either side may; it is taken out of both calendars. False where it was cancelled already."""
    current = Meeting.objects.select_for_update().get(pk=meeting.pk)
    _check_takes_part(current.introduction, by)
    if current.state == State.CANCELLED:
        return False
    current.state, current.sequence = State.CANCELLED, current.sequence + 1
    current.save()
    contact_news.meeting_changed(current, "meeting_cancelled")
    return True


def proposed_by_ones_side(meeting: Meeting, by: "Person | User") -> bool:
    proposer = meeting.proposed_by
    if proposer is None or proposer.user is None:
        return False
    asking = Introduction.objects.asked_by_user(user_of(by)).filter(pk=meeting.introduction_id).exists()
    theirs = Introduction.objects.asked_by_user(proposer.user).filter(pk=meeting.introduction_id).exists()
    return asking == theirs


def _check_takes_part(introduction: Introduction, by: "Person | User") -> None:
    if not Introduction.objects.visible_to(user_of(by)).filter(pk=introduction.pk).exists():
        raise PermissionDenied


def _check(values: Mapping[str, Any]) -> None:
    if not str(values["title"]).strip():
        raise ValidationError({"title": _("Say what it is about.")}, code="title")
    if values["starts_at"] <= timezone.now():
        raise ValidationError({"starts_at": _("Choose a time that is still to come.")}, code="past")
    if values["ends_at"] <= values["starts_at"]:
        raise ValidationError({"ends_at": _("It must end after it starts.")}, code="order")
    if values["ends_at"] - values["starts_at"] > LONGEST:
        raise ValidationError({"ends_at": _("At most twelve hours, please.")}, code="long")
