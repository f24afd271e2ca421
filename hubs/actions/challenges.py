"""Moving a challenge along the transition table."""

from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Person

from .. import emails, signals
from ..models import Challenge, ChallengeStep, Status
from ..permissions import may_take, person_of, user_of
from ..transitions import CURATOR, Transition, find, missing

if TYPE_CHECKING:
    from accounts.models import User


@transaction.atomic
def move_challenge(*, challenge: Challenge, to: str, by: "Person | User", note: str = "") -> bool:
    """Take one step of the table. False when the challenge stands there already: a second click does nothing."""
    note = note.strip()
    if challenge.status == to:
        return False
    start = challenge.status
    step = _allowed_step(challenge, to, by, note)
    changes = _changes(challenge, to, timezone.now())
    # Conditional on the old status: of two clicks, or two curators, one finds the row as it was read.
    if not Challenge.objects.filter(pk=challenge.pk, status=start).update(**changes):
        challenge.refresh_from_db()
        if challenge.status == to:
            return False
        raise ValidationError(_("Somebody moved this challenge in the meantime; look at it again."), code="moved")
    for name, value in changes.items():
        setattr(challenge, name, value)
    line = ChallengeStep.objects.create(
        challenge=challenge, actor=person_of(by), from_status=start, to_status=to, note=note
    )
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
    if step.needs_note and not note:
        raise ValidationError(_("Say why, in a sentence or two."), code="note")
    if len(note) > 2000:
        raise ValidationError(_("At most 2,000 characters, please."), code="note")
    if step.whole and (gaps := missing(challenge)):
        raise ValidationError([gap.sentence for gap in gaps], code="missing")
    return step


def _changes(challenge: Challenge, to: str, now: datetime) -> dict[str, Any]:
    changes: dict[str, Any] = {"status": to, "updated_at": now}
    if to == Status.IN_REVIEW:
        changes["submitted_at"] = now
    elif to == Status.PUBLISHED:
        changes["published_at"] = now
    elif to == Status.CLOSED:
        # Links in letters live until some days after the closing time, so it must be the true one.
        changes["closes_at"] = now
    return changes


def _tell(challenge: Challenge, to: str) -> None:
    signal = signals.challenge_published if to == Status.PUBLISHED else signals.challenge_changed
    transaction.on_commit(partial(signal.send, sender=Challenge, challenge_id=challenge.pk), robust=True)
