"""Bringing two together: the request of one side, the answer of the other, and taking a request back."""

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Organisation, Person, Profile

from .. import contact_news, signals
from ..models import Block, Challenge, Introduction
from ..models.introductions import LAPSES_AFTER, PLACES
from ..permissions import belongs_to_poster, may_answer, person_of, user_of

if TYPE_CHECKING:
    from accounts.models import User

LONGEST = 500  # characters of an answer and of a reply
LATEST = timedelta(days=180)  # that somebody asks to be asked again
State, Direction = Introduction.State, Introduction.Direction


@transaction.atomic
def create_introduction(
    *,
    challenge: Challenge,
    profile: Profile,
    asked_by: "Person | User",
    brings: str = "",
    needs: str = "",
    who: str = "",
    reason: dict[str, Any] | None = None,
    direction: str = Direction.FROM_PROFILE,
) -> Introduction:
    """Ask for an introduction, with the match's reason as it stands now: a profile asks the poster, or the
    poster invites a profile. Asked twice, it is the first one; what nobody answered is opened anew."""
    words = {"brings": brings.strip(), "needs": needs.strip(), "who": who.strip()}
    if not may_ask(asked_by, challenge, profile, direction):
        raise PermissionDenied
    existing = Introduction.objects.filter(challenge=challenge, profile=profile).first()
    if existing and not existing.may_be_asked_again(direction):
        return existing
    _refuse(asked_by, challenge, profile, direction, words)
    asked = {"direction": direction, "asked_by": person_of(asked_by), "reason": reason or {}, **words}
    introduction, is_new = _open(challenge, profile, asked)
    if is_new:
        contact_news.asked(introduction)
        _say(introduction)
    return introduction


def may_ask(by: "Person | User", challenge: Challenge, profile: Profile, direction: str) -> bool:
    """For one's own profile; or, as the poster, any profile that one may see."""
    user = user_of(by)
    if direction == Direction.FROM_PROFILE:
        return Profile.objects.of(user).filter(pk=profile.pk).exists()
    visible = Profile.objects.visible_to(user).filter(pk=profile.pk)
    return belongs_to_poster(user, challenge) and visible.exists()


def _refuse(
    by: "Person | User", challenge: Challenge, profile: Profile, direction: str, words: dict[str, str]
) -> None:
    if not challenge.is_open() and not challenge.is_upcoming():
        raise ValidationError(_("This challenge is closed."), code="closed")
    posters = Challenge.posted_by(Organisation.objects.filter(profile=profile))
    own_profile = Profile.objects.of(user_of(by)).filter(pk=profile.pk).exists()
    both = belongs_to_poster(user_of(by), challenge) and own_profile
    if both or Challenge.objects.filter(posters, pk=challenge.pk).exists():
        raise ValidationError(_("This is a challenge of your own organisation."), code="own")
    if direction == Direction.FROM_POSTER and profile.claimed_at is None:
        raise ValidationError(_("Nobody answers for this profile yet."), code="unclaimed")
    for name, text in words.items():
        if len(text) > LONGEST:
            raise ValidationError({name: _("At most 500 characters, please.")}, code="long")


def _open(challenge: Challenge, profile: Profile, asked: dict[str, Any]) -> tuple[Introduction, bool]:
    """Take one of the asker's five places; the database decides between two who ask at once."""
    for _attempt in range(PLACES + 1):
        place = free_place(asked["asked_by"])
        if place is None:
            raise ValidationError(
                _("You have five open requests already. Wait for an answer, or take one of them back."),
                code="five",
            )
        values = {**asked, "slot": place, "lapses_at": timezone.now() + LAPSES_AFTER}
        try:
            with transaction.atomic():
                return _asked(challenge, profile, values)
        except IntegrityError:  # somebody took this place, or asked the same, a moment ago
            continue
    raise ValidationError(_("Somebody else asked at the same moment; please try again."), code="busy")


def _asked(challenge: Challenge, profile: Profile, values: dict[str, Any]) -> tuple[Introduction, bool]:
    existing = Introduction.objects.filter(challenge=challenge, profile=profile).first()
    if existing is None:
        return Introduction.objects.create(challenge=challenge, profile=profile, **values), True
    if not existing.may_be_asked_again(values["direction"]):
        return existing, False
    as_it_was = Introduction.objects.filter(pk=existing.pk, state=existing.state, rounds=existing.rounds)
    fresh = {"decline_reason": "", "reply": "", "decided_by": None, "decided_at": None, "reminded_at": None}
    changed = as_it_was.update(
        **values, **fresh, state=State.PENDING, rounds=F("rounds") + 1, updated_at=timezone.now()
    )
    existing.refresh_from_db()
    return existing, bool(changed)


def free_place(person: Person) -> int | None:
    """The first of the person's five places for open requests that none of them holds."""
    taken = set(
        Introduction.objects.filter(asked_by=person, slot__isnull=False).values_list("slot", flat=True)
    )
    return next((place for place in range(1, PLACES + 1) if place not in taken), None)


@transaction.atomic
def answer_introduction(
    *, introduction: Introduction, accept: bool, by: "Person | User", reason: str = "", reply: str = ""
) -> bool:
    """Accept or decline, once. False when it was answered that way already."""
    if not accept and reason not in Introduction.DeclineReason.values:
        raise ValidationError(_("Choose why you decline."), code="reason")
    state = State.ACCEPTED if accept else State.DECLINED
    return _answer(
        introduction, state, by, reply, decline_reason="" if accept else reason, later_on=None, slot=None
    )


@transaction.atomic
def postpone_introduction(
    *, introduction: Introduction, on: date | None, by: "Person | User", reply: str = ""
) -> bool:
    """Not now: the request comes back by itself on that day. False when that was said already."""
    today = timezone.localdate()
    if on is None or not today < on <= today + LATEST:
        raise ValidationError(_("Choose a day within the next six months."), code="later_on")
    return _answer(introduction, State.LATER, by, reply, decline_reason="", later_on=on, slot=None)


def _answer(introduction: Introduction, state: str, by: "Person | User", reply: str, **changes: Any) -> bool:
    if not may_answer(user_of(by), introduction):
        raise PermissionDenied
    reply = reply.strip()
    if len(reply) > LONGEST:
        raise ValidationError(_("At most 500 characters, please."), code="reply")
    now = timezone.now()
    waiting = Introduction.objects.waiting().filter(pk=introduction.pk)
    if state == State.LATER:
        waiting = waiting.exclude(state=State.LATER, later_on=changes["later_on"])
    changes |= {"state": state, "reply": reply, "decided_by": person_of(by), "decided_at": now}
    changed = waiting.update(**changes, updated_at=now)
    introduction.refresh_from_db()
    if changed:
        contact_news.answered(introduction)
        _say(introduction)
        return True
    if introduction.state == state:
        return False
    if introduction.state in (State.LAPSED, State.TAKEN_BACK):
        raise ValidationError(_("This request no longer waits for an answer."), code="over")
    raise ValidationError(_("Somebody of your organisation has answered already."), code="answered")


@transaction.atomic
def take_back_introduction(*, introduction: Introduction, by: "Person | User") -> bool:
    """The side that asked thinks better of it; the other hears. False where it no longer waited."""
    if not Introduction.objects.asked_by_user(user_of(by)).filter(pk=introduction.pk).exists():
        raise PermissionDenied
    waiting = Introduction.objects.waiting().filter(pk=introduction.pk)
    changed = waiting.update(state=State.TAKEN_BACK, slot=None, later_on=None, updated_at=timezone.now())
    introduction.refresh_from_db()
    if changed:
        contact_news.over(introduction)
        _say(introduction)
    return bool(changed)


@transaction.atomic
def block_person(*, person: Person, by: "Person | User") -> bool:
    """No messages and no requests between the two any more. False where it was so already."""
    me = person_of(by)
    if me.pk == person.pk:
        raise ValidationError(_("That is you."), code="self")
    return Block.objects.get_or_create(by=me, person=person)[1]


@transaction.atomic
def unblock_person(*, block: Block, by: "Person | User") -> None:
    if block.by_id != person_of(by).pk:
        raise PermissionDenied
    block.delete()


def _say(introduction: Introduction) -> None:
    """Within the transaction: what listens keeps its rows together with this one's."""
    signals.introduction_changed.send(
        sender=Introduction, introduction_id=introduction.pk, state=introduction.state
    )
