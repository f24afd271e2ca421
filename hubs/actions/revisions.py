"""Changes to what is published: proposed by its poster, decided by a curator, told to those they concern."""

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.models import Family, Person, Profile
from accounts.news import notify

from .. import revising, signals
from ..models import Challenge, ChallengeRevision, ChallengeStep, Introduction, Response, Status
from ..permissions import belongs_to_poster, curates, person_of, user_of

if TYPE_CHECKING:
    from accounts.models import User

State = ChallengeRevision.State
CLOSED = gettext_noop("This challenge takes no more answers, so it can no longer be changed.")


@transaction.atomic
def propose_revision(
    *, challenge: Challenge, wanted: Mapping[str, Any], why: str, by: "Person | User"
) -> ChallengeRevision:
    """Ask a curator for a change; the old text stays public until then. `wanted` as revising.kept gives it.

    Raises ValidationError where the challenge is over, where another change waits, or nothing differs.
    """
    current = Challenge.objects.select_for_update().get(pk=challenge.pk)
    if not belongs_to_poster(user_of(by), current):
        raise PermissionDenied
    changed = _checked(current, wanted)
    if not why.strip():
        raise ValidationError(_("Say why, in a sentence or two."), code="why")
    try:
        with transaction.atomic():
            return ChallengeRevision.objects.create(
                challenge=current, changes=changed, why=why.strip()[:500], proposed_by=person_of(by)
            )
    except IntegrityError:
        waits = _("A change waits for a curator already: take it back first.")
        raise ValidationError(waits, code="waits") from None


def _checked(challenge: Challenge, wanted: Mapping[str, Any]) -> dict[str, Any]:
    """What differs, if it may be so."""
    if challenge.status != Status.PUBLISHED or challenge.is_closed():
        raise ValidationError(_(CLOSED), code="closed")
    changed = revising.changes(challenge, wanted)
    if not changed:
        raise ValidationError(_("Nothing is different from what is published."), code="same")
    closes_at = revising.moment(changed.get("closes_at"))
    if "closes_at" in changed and (closes_at is None or closes_at <= timezone.now()):
        raise ValidationError(_("The closing date must lie in the future."), code="past")
    if closes_at and challenge.opens_at and closes_at <= challenge.opens_at:
        raise ValidationError(_("It must close after it opens."), code="order")
    if "needs" in changed and not changed["needs"]:
        raise ValidationError(_("Name at least one thing that you need."), code="needs")
    return changed


@transaction.atomic
def decide_revision(
    *, revision: ChallengeRevision, accept: bool, by: "Person | User", note: str = ""
) -> bool:
    """A curator's answer, once. False when it was answered already. What is accepted is public at once."""
    challenge = Challenge.objects.select_for_update().get(pk=revision.challenge_id)
    if not curates(user_of(by), challenge):
        raise PermissionDenied
    if not accept and not note.strip():
        raise ValidationError(_("Say why, in a sentence or two."), code="note")
    if not ChallengeRevision.objects.filter(pk=revision.pk, state=State.PENDING).exists():
        return False
    if accept:
        # The clock may have closed it while the change waited: nobody's lateness is undone.
        _checked(challenge, revision.changes)
    if not _claim(revision, State.ACCEPTED if accept else State.REFUSED, by, note):
        return False
    if accept:
        revising.apply(challenge, revision.changes)
        _write_history(challenge, revision, by)
        for person in concerned(challenge):
            _tell(person, revision, "challenge_revised")
        send = signals.challenge_changed.send
        transaction.on_commit(partial(send, sender=Challenge, challenge_id=challenge.pk), robust=True)
    for person in challenge.letter_readers() | Person.objects.filter(pk__in=[revision.proposed_by_id]):
        _tell(person, revision, "revision_accepted" if accept else "revision_refused")
    return True


@transaction.atomic
def take_revision_back(*, revision: ChallengeRevision, by: "Person | User") -> bool:
    if not belongs_to_poster(user_of(by), revision.challenge):
        raise PermissionDenied
    return _claim(revision, State.TAKEN_BACK, by, "")


def _claim(revision: ChallengeRevision, state: str, by: "Person | User", note: str) -> bool:
    waiting = ChallengeRevision.objects.filter(pk=revision.pk, state=State.PENDING)
    decided = {"decided_by": person_of(by), "decided_at": timezone.now(), "note": note.strip()[:1000]}
    if not waiting.update(state=state, **decided):
        return False
    revision.refresh_from_db()
    return True


def _write_history(challenge: Challenge, revision: ChallengeRevision, by: "Person | User") -> None:
    ChallengeStep.objects.create(
        challenge=challenge,
        actor=person_of(by),
        from_status=challenge.status,
        to_status=challenge.status,
        note=revision.why,
    )


def concerned(challenge: Challenge) -> list[Person]:
    """Whoever writes a response or handed one in, and whoever has an accepted introduction."""
    responses = Response.objects.filter(challenge=challenge).exclude(state=Response.State.WITHDRAWN)
    accepted = Introduction.objects.filter(challenge=challenge, state=Introduction.State.ACCEPTED)
    profiles = Profile.objects.filter(
        Q(responses__in=responses)
        | Q(consortium_places__consortium__responses__in=responses, consortium_places__state="accepted")
        | Q(introductions__in=accepted)
    ).distinct()
    people = {person.pk: person for profile in profiles for person in profile.letter_readers()}
    ids = [*responses.values_list("author", flat=True), *accepted.values_list("asked_by", flat=True)]
    people |= {person.pk: person for person in Person.objects.filter(pk__in=[pk for pk in ids if pk])}
    posters = set(challenge.letter_readers().values_list("pk", flat=True))
    return [person for pk, person in sorted(people.items()) if pk not in posters]


def _tell(person: Person, revision: ChallengeRevision, kind: str) -> None:
    challenge = revision.challenge
    notify(
        person=person,
        family=Family.CHALLENGES,
        kind=kind,
        params={
            "title": challenge.title,
            "language": challenge.language,
            "parts": revising.parts(revision.changes),
        },
        url=challenge.get_absolute_url(),
        about=f"challenge:{challenge.pk}",
        key=f"{kind}:{revision.pk}",
    )
