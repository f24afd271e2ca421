"""Moving a challenge along the transition table."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.models import Person

from .. import emails, signals
from ..models import Assignment, Challenge, ChallengeStep, Status
from ..permissions import may_take, person_of, user_of
from ..transitions import CURATOR, Transition, find, missing
from .coposters import tell_whose_solution_is_wanted
from .desk import check_free
from .workspace import follow_challenge

if TYPE_CHECKING:
    from accounts.models import User

MOVED = gettext_noop("Somebody moved this challenge in the meantime; look at it again.")


@transaction.atomic
def move_challenge(
    *, challenge: Challenge, to: str, by: "Person | User", note: str = "", checked: Sequence[str] = ()
) -> bool:
    """Take one step of the table. False where the challenge stands there already: two clicks are one step.

    What is to be published on a day that is still to come stays in review, approved, until then. `checked` is
    what of the checklist its curator had ticked.
    """
    note = note.strip()
    start = challenge.status
    row = Challenge.objects.select_for_update().values_list("status", "approved_at")
    challenge.status, challenge.approved_at = row.get(pk=challenge.pk)
    if challenge.status == to:
        return False
    if challenge.status != start:
        raise ValidationError(_(MOVED), code="moved")
    step = _allowed_step(challenge, to, by, note)
    now, changes = timezone.now(), None
    if to == Status.PUBLISHED and challenge.publish_at and challenge.publish_at > now:
        if challenge.approved_at:
            return False
        changes = {"status": start, "approved_at": now, "approved_by": person_of(by), "updated_at": now}
    _take(
        challenge, step, changes or _changes(start, to, now), actor=person_of(by), note=note, checked=checked
    )
    return True


def _take(
    challenge: Challenge,
    step: Transition,
    changes: dict[str, Any],
    *,
    actor: Person | None,
    note: str,
    checked: Sequence[str] = (),
) -> None:
    """Write a step that may be taken, with its line of history, and tell whom it concerns."""
    # Conditional on the old status, where the database has no row locks to hold the second click back.
    before = Challenge.objects.filter(
        pk=challenge.pk, status=step.start, approved_at__isnull=not challenge.approved_at
    )
    if not before.update(**changes):
        raise ValidationError(_(MOVED), code="moved")
    for name, value in changes.items():
        setattr(challenge, name, value)
    to = changes["status"]
    line = ChallengeStep.objects.create(
        challenge=challenge,
        actor=actor,
        from_status=step.start,
        to_status=to,
        note=note,
        checked=list(checked),
    )
    Assignment.objects.filter(challenge=challenge).delete()
    if step.who == CURATOR:
        emails.queue_challenge_reviewed(line)
    if to == Status.PUBLISHED:
        tell_whose_solution_is_wanted(challenge)
    follow_challenge(challenge, to)
    _tell(challenge, to)


@transaction.atomic
def publish_approved(*, challenge: Challenge) -> bool:
    """The day has come that was chosen: publish what a curator approved. Where something is missing now, it
    goes back to its poster with what that is. False where somebody moved it in the meantime."""
    found = Challenge.objects.approved().select_for_update().filter(pk=challenge.pk).first()
    if found is None:
        return False
    with translation.override(found.language):
        gaps = [gap.sentence for gap in missing(found)]
        note = "\n".join([_("It could not be published on the day that was chosen."), *gaps]) if gaps else ""
    to = Status.CHANGES_REQUESTED if gaps else Status.PUBLISHED
    step = find(Status.IN_REVIEW, to)
    assert step is not None  # noqa: S101 - both stand in the table
    changes = _changes(Status.IN_REVIEW, to, timezone.now())
    _take(found, step, changes, actor=found.approved_by, note=note)
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
    changes: dict[str, Any] = {"status": to, "updated_at": now, "approved_at": None, "approved_by": None}
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
