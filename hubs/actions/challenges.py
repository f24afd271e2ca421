"""Moving a challenge along the transition table."""

from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.models import Person

from .. import emails, signals
from ..models import Assignment, Challenge, ChallengeStep, Status
from ..permissions import may_take, person_of, user_of
from ..transitions import CURATOR, Transition, find, missing
from .desk import check_free

if TYPE_CHECKING:
    from accounts.models import User

MOVED = gettext_noop("Somebody moved this challenge in the meantime; look at it again.")


@transaction.atomic
def move_challenge(*, challenge: Challenge, to: str, by: "Person | User", note: str = "") -> bool:
    """Take one step of the table. False where the challenge stands there already: two clicks are one step."""
    note = note.strip()
    start = challenge.status
    challenge.status = (
        Challenge.objects.select_for_update().values_list("status", flat=True).get(pk=challenge.pk)
    )
    if challenge.status == to:
        return False
    if challenge.status != start:
        raise ValidationError(_(MOVED), code="moved")
    step = _allowed_step(challenge, to, by, note)
    changes = _changes(start, to, timezone.now())
    # Conditional on the old status, where the database has no row locks to hold the second click back.
    if not Challenge.objects.filter(pk=challenge.pk, status=start).update(**changes):
        raise ValidationError(_(MOVED), code="moved")
    for name, value in changes.items():
        setattr(challenge, name, value)
    line = ChallengeStep.objects.create(
        challenge=challenge, actor=person_of(by), from_status=start, to_status=to, note=note
    )
    Assignment.objects.filter(challenge=challenge).delete()
    if step.who == CURATOR:
        emails.queue_challenge_reviewed(line)
    _tell(challenge, to)
    return True


def _allowed_step(challenge: Challenge, to: str, by: "Person | User", note: str) -> Transition:
    """The step from the table, if this person may take it and nothing stands in its way."""
    step = find(challenge.status, to)
    if step is None or not step.when(challenge):
        raise ValidationError(_("This step is not possible from where the challenge stands."), code="no_step")
    if not may_take(user_of(by), challenge, step):
        raise PermissionDenied
    if step.who == CURATOR and step.start == Status.IN_REVIEW:
        check_free(challenge, by)
    if step.needs_note and not note:
        raise ValidationError(_("Say why, in a sentence or two."), code="note")
    if len(note) > 2000:
        raise ValidationError(_("At most 2,000 characters, please."), code="note")
    if step.whole and (gaps := missing(challenge)):
        raise ValidationError([gap.sentence for gap in gaps], code="missing")
    return step


def _changes(start: str, to: str, now: datetime) -> dict[str, Any]:
    changes: dict[str, Any] = {"status": to, "updated_at": now}
    if to == Status.IN_REVIEW:
        changes["submitted_at"] = now
    elif to == Status.PUBLISHED:
        changes["published_at"] = now
    elif to == Status.CLOSED and start == Status.PUBLISHED:
        # Links in letters live until some days after the closing time, so it must be the true one.
        changes["closes_at"] = now
    return changes


def _tell(challenge: Challenge, to: str) -> None:
    signal = signals.challenge_published if to == Status.PUBLISHED else signals.challenge_changed
    transaction.on_commit(partial(signal.send, sender=Challenge, challenge_id=challenge.pk), robust=True)
