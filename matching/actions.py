"""What people do with matches: see, answer, ask for an introduction. Each leaves a line for good."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Person, Profile
from accounts.queue import after_commit
from hubs.actions import create_introduction
from hubs.models import Challenge, Introduction

from . import tasks
from .models import Answer, LetterItem, Match, MatchEvent, Rebuild, Suspect
from .permissions import belongs_to_poster, may_answer_for, person_of, user_of
from .pipeline import explaining, rebuilding, subjects
from .pipeline.reasons import tell

if TYPE_CHECKING:
    from accounts.models import User

UNDONE = "undone"
WEIGHED = (Answer.Choice.NEVER, Answer.Choice.NOT_NOW)  # answers that a pair's score knows


@transaction.atomic
def record_answer(
    *, profile: Profile, challenge: Challenge, answer: str, by: "Person | User", via: str = "page"
) -> Answer:
    """The last word of a profile on a challenge; "never" takes the match away for good."""
    if not may_answer_for(by, profile):
        raise PermissionDenied
    if answer not in Answer.Choice.values:
        raise ValidationError(_("That is not one of the answers."), code="answer")
    before = Answer.objects.filter(profile=profile, challenge=challenge).first()
    if before and before.answer == answer:
        return before
    record_event(MatchEvent.Kind.ANSWER, profile, challenge, person_of(by), answer=answer, via=via)
    row, _made = Answer.objects.update_or_create(
        profile=profile,
        challenge=challenge,
        defaults={"answer": answer, "person": person_of(by), "at": timezone.now()},
    )
    if answer == Answer.Choice.NEVER:
        Match.objects.filter(subject__profile=profile, target__challenge=challenge).delete()
    elif answer == Answer.Choice.NOT_NOW or (before and before.answer in WEIGHED):
        _match_again(profile)
    return row


@transaction.atomic
def undo_answer(*, profile: Profile, challenge: Challenge, by: "Person | User", via: str = "page") -> None:
    """As if it had not been answered; that it was, and was taken back, stays on record."""
    if not may_answer_for(by, profile):
        raise PermissionDenied
    before = Answer.objects.filter(profile=profile, challenge=challenge).first()
    if before is None:
        return
    record_event(MatchEvent.Kind.ANSWER, profile, challenge, person_of(by), answer=UNDONE, via=via)
    before.delete()
    if before.answer in WEIGHED:
        _match_again(profile)


@transaction.atomic
def ask_introduction(
    *,
    profile: Profile,
    challenge: Challenge,
    brings: str,
    needs: str,
    who: str,
    by: "Person | User",
    via: str = "page",
) -> Introduction:
    """Interested, and asks the poster for a conversation, with the reason as it stands now."""
    if not may_answer_for(by, profile):
        raise PermissionDenied
    words = {"brings": brings.strip(), "needs": needs.strip(), "who": who.strip()}
    asked = _asked_already(profile, challenge, Introduction.Direction.FROM_PROFILE, words)
    if asked:
        return asked
    reason = reason_now(profile, challenge)
    record_answer(profile=profile, challenge=challenge, answer=Answer.Choice.INTERESTED, by=by, via=via)
    return create_introduction(
        challenge=challenge, profile=profile, asked_by=person_of(by), reason=reason, **words
    )


@transaction.atomic
def invite_to_challenge(
    *, profile: Profile, challenge: Challenge, brings: str, needs: str, who: str, by: "Person | User"
) -> Introduction:
    """The poster would like to talk with a profile, with the reason of the match as it stands now. Whoever
    said "never" to the challenge is not asked."""
    if not belongs_to_poster(user_of(by), challenge):
        raise PermissionDenied
    words = {"brings": brings.strip(), "needs": needs.strip(), "who": who.strip()}
    asked = _asked_already(profile, challenge, Introduction.Direction.FROM_POSTER, words)
    if asked:
        return asked
    never = Answer.objects.filter(profile=profile, challenge=challenge, answer=Answer.Choice.NEVER)
    if never.exists():
        raise ValidationError(_("They do not want to hear of this challenge."), code="never")
    return create_introduction(
        challenge=challenge,
        profile=profile,
        asked_by=person_of(by),
        reason=reason_now(profile, challenge),
        direction=Introduction.Direction.FROM_POSTER,
        **words,
    )


def _asked_already(
    profile: Profile, challenge: Challenge, direction: str, words: dict[str, str]
) -> Introduction | None:
    """The request of the first of two clicks; None where it may be asked."""
    if challenge.is_closed():
        raise ValidationError(
            _("This challenge has closed, so its poster can no longer be asked."), code="closed"
        )
    if not challenge.is_public:
        raise ValidationError(_("This challenge is no longer open to answers."), code="closed")
    asked = Introduction.objects.filter(profile=profile, challenge=challenge).first()
    if asked is None or asked.may_be_asked_again(direction):
        return None
    if asked.direction == direction and all(getattr(asked, name) == text for name, text in words.items()):
        return asked
    raise ValidationError(
        _("The introduction to this challenge's poster was asked for already."), code="asked"
    )


def reason_now(profile: Profile, challenge: Challenge) -> dict[str, Any]:
    """Why they fit: as matched now, or as it was last mailed."""
    match = Match.objects.current().filter(subject__profile=profile, target__challenge=challenge).first()
    if match:
        tell([match])
        return explaining.completed(match.reason)
    mailed = LetterItem.objects.filter(profile=profile, challenge=challenge).order_by("-pk").first()
    return explaining.completed(mailed.reason) if mailed else {}


@transaction.atomic
def record_page(*, matches: Iterable[Match], first_rank: int, by: "Person | User") -> None:
    """Each match on a page that somebody saw, once per person, profile, challenge and day, in the order
    shown; the database drops those that were seen that day."""
    MatchEvent.objects.bulk_create(
        [
            MatchEvent(
                kind=MatchEvent.Kind.PAGE,
                person=person_of(by),
                profile_id=match.subject.profile_id,
                challenge_id=match.target.challenge_id,
                day=timezone.localdate(),
                rank=rank,
                **_numbers(match),
            )
            for rank, match in enumerate(matches, start=first_rank)
            if not getattr(match, "was_seen", False)  # where the page asked
        ],
        ignore_conflicts=True,
    )


@transaction.atomic
def decide_suspect(*, suspect: Suspect, state: str, by: "User") -> Suspect:
    """A curator's word on a text that looks written to game the matching: it counts in full, or not at all,
    or as its form lets it until somebody decides."""
    if not Suspect.objects.visible_to(by).filter(pk=suspect.pk).exists():
        raise PermissionDenied
    if state not in Suspect.State.values:
        raise ValidationError(_("That is not one of the answers."), code="answer")
    taken_back = state == Suspect.State.OPEN
    who, when = (None, None) if taken_back else (person_of(by), timezone.now())
    changed = Suspect.objects.filter(pk=suspect.pk).exclude(state=state)
    if changed.update(state=state, decided_by=who, decided_at=when):
        _match_again(suspect.profile)
    suspect.refresh_from_db()
    return suspect


@transaction.atomic
def start_rebuild(*, by: "User") -> Rebuild:
    """Measure and match everything anew; the workers begin at once."""
    rebuild = rebuilding.start(why=Rebuild.Why.ASKED, by=by)
    tasks.offer(tasks.rebuild_slice)
    return rebuild


@transaction.atomic
def stop_rebuild(*, by: "User") -> bool:
    return rebuilding.stop(by=by)


@transaction.atomic
def resume_rebuild(*, by: "User") -> bool:
    resumed = rebuilding.resume(by=by)
    tasks.offer(tasks.rebuild_slice)
    return resumed


@transaction.atomic
def ask_for_reasons(*, matches: Iterable[Match]) -> None:
    """Somebody looks at these: those whose words are not marked yet are explained next."""
    if explaining.ask_for(matches):
        after_commit(tasks.explain_waiting)


def record_event(
    kind: str,
    profile: Profile,
    challenge: Challenge,
    person: Person,
    *,
    answer: str,
    via: str,
    reason: str = "",
) -> None:
    """With the numbers of the match as it stood, and the place where the person last saw it."""
    match = Match.objects.current().filter(subject__profile=profile, target__challenge=challenge).first()
    showings = MatchEvent.objects.filter(
        person=person, profile=profile, challenge=challenge, rank__isnull=False
    )
    last = showings.order_by("-pk").values_list("rank", flat=True).first()
    MatchEvent.objects.create(
        kind=kind,
        person=person,
        profile=profile,
        challenge=challenge,
        answer=answer,
        reason=reason,
        via=via,
        rank=last,
        **(_numbers(match) if match else {}),
    )


def _numbers(match: Match) -> dict[str, Any]:
    return {
        "engine": match.engine,
        "model": match.model,
        "statistics": match.statistics_id,
        "score": match.score,
        "parts": match.parts,
    }


def _match_again(profile: Profile) -> None:
    subject_id = subjects.note_profile(profile.pk)
    if subject_id is not None:
        after_commit(tasks.refresh_subject, subject_id)
