"""Two with the same problem: joining another's challenge, and taking over what solved one already."""

from functools import partial
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Family, Organisation, Person
from accounts.news import notify

from .. import signals
from ..models import Challenge, CoPoster, Response
from ..permissions import belongs_to_poster, may_edit, person_of, user_of

if TYPE_CHECKING:
    from accounts.models import User

State = CoPoster.State


@transaction.atomic
def ask_to_join(
    *, challenge: Challenge, organisation: Organisation, by: "Person | User", line: str = ""
) -> CoPoster:
    """Ask a challenge's poster to post it together. Asked twice, it is the first time; who was declined may
    ask again."""
    user = user_of(by)
    if not Organisation.objects.of(user).filter(pk=organisation.pk).exists():
        raise PermissionDenied
    if challenge.posters().filter(pk=organisation.pk).exists():
        raise ValidationError(_("This is a challenge of your own organisation."), code="own")
    if not (challenge.is_open() or challenge.is_upcoming()):
        raise ValidationError(_("This challenge is closed."), code="closed")
    row, is_new = CoPoster.objects.get_or_create(
        challenge=challenge,
        organisation=organisation,
        defaults={"asked_by": person_of(by), "line": line.strip()[:500]},
    )
    again = CoPoster.objects.filter(pk=row.pk, state=State.DECLINED)
    asked = {"state": State.PENDING, "asked_by": person_of(by), "line": line.strip()[:500]}
    if again.update(**asked, answered_by=None) or is_new:
        row.refresh_from_db()
        for person in challenge.letter_readers():
            _tell(person, row, "coposter_asked")
    return row


@transaction.atomic
def answer_co_poster(*, co_poster: CoPoster, accept: bool, by: "Person | User") -> bool:
    """By those who post it. False when it was answered already. An accepted one posts it like the first."""
    challenge = co_poster.challenge
    if not belongs_to_poster(user_of(by), challenge):
        raise PermissionDenied
    waiting = CoPoster.objects.filter(pk=co_poster.pk, state=State.PENDING)
    state = State.ACCEPTED if accept else State.DECLINED
    if not waiting.update(state=state, answered_by=person_of(by)):
        return False
    co_poster.refresh_from_db()
    if co_poster.asked_by:
        _tell(co_poster.asked_by, co_poster, "coposter_accepted" if accept else "coposter_declined")
    _changed(challenge)
    return True


@transaction.atomic
def leave_co_posting(*, co_poster: CoPoster, by: "Person | User") -> bool:
    """An organisation that joined, or asked to, goes its own way again."""
    if not Organisation.objects.of(user_of(by)).filter(pk=co_poster.organisation_id).exists():
        raise PermissionDenied
    deleted, _rows = CoPoster.objects.filter(pk=co_poster.pk).delete()
    _changed(co_poster.challenge)
    return bool(deleted)


@transaction.atomic
def take_over(*, challenge: Challenge, response: Response | None, by: "Person | User") -> None:
    """Say in a draft that it asks for what solved another challenge already; None takes that back."""
    current = Challenge.objects.select_for_update().get(pk=challenge.pk)
    if not belongs_to_poster(user_of(by), current):
        raise PermissionDenied
    if not may_edit(user_of(by), current):
        raise ValidationError(
            _("The texts can only be changed while the challenge is a draft."), code="no_draft"
        )
    if response is not None and not Response.objects.solutions().filter(pk=response.pk).exists():
        raise ValidationError(_("There is no such solution."), code="none")
    Challenge.objects.filter(pk=current.pk).update(taken_over_from=response)
    challenge.taken_over_from = response


def tell_whose_solution_is_wanted(challenge: Challenge) -> None:
    """Once it is public that a challenge asks for what solved another, those who solved that hear of it."""
    solution = challenge.taken_over_from
    if solution is None or solution.author is None:
        return
    notify(
        person=solution.author,
        family=Family.CHALLENGES,
        kind="solution_wanted",
        params={"title": challenge.title, "language": challenge.language},
        url=challenge.get_absolute_url(),
        about=f"challenge:{challenge.pk}",
        key=f"solution_wanted:{challenge.pk}",
    )


def _tell(person: Person, row: CoPoster, kind: str) -> None:
    challenge = row.challenge
    notify(
        person=person,
        family=Family.CHALLENGES,
        kind=kind,
        params={"title": challenge.title, "language": challenge.language, "name": row.organisation.name},
        url=challenge.get_absolute_url(),
        about=f"challenge:{challenge.pk}",
    )


def _changed(challenge: Challenge) -> None:
    """Whose challenge it is decides whom it may be matched with."""
    send = partial(signals.challenge_changed.send, sender=Challenge, challenge_id=challenge.pk)
    transaction.on_commit(send, robust=True)
