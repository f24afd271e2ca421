"""Consortia: begun, filled by invitation, changed, given up. Whoever coordinates decides; everybody answers
for themselves."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Person, Profile

from .. import consortium_news as news
from .. import signals
from ..models import Challenge, Consortium, Evaluator, Member, Need
from ..models.consortia import OVER
from ..permissions import person_of, user_of

if TYPE_CHECKING:
    from accounts.models import User

LASTS = timedelta(days=14)
MOST = 12  # places, of those who are in and those who are asked
FIXED = (*OVER, "responding", "awarded", "working")  # its members are those who answered together

Role, State = Member.Role, Member.State


@dataclass(frozen=True)
class Asked:
    """Whom to invite, as what."""

    profile: Profile
    role: str = Role.MEMBER
    share: str = ""
    needs: list[Need] = field(default_factory=list)


@transaction.atomic
def begin_consortium(
    *,
    challenge: Challenge,
    profile: Profile,
    by: "Person | User",
    name: str,
    acronym: str = "",
    about: str = "",
    invited: Iterable[Asked] = (),
    needs: Iterable[Need] = (),
    proposal: dict[str, Any] | None = None,
    form_key: UUID | None = None,
) -> Consortium:
    """One's own profile coordinates it, and the others are invited. The second of two clicks finds the
    consortium of the first."""
    user = user_of(by)
    if not Profile.objects.of(user).filter(pk=profile.pk).exists():
        raise PermissionDenied
    if not (challenge.is_open() or challenge.is_upcoming()):
        raise ValidationError(_("This challenge is closed."), code="closed")
    if _posts(profile, challenge):
        raise ValidationError(
            _("Whoever posted the challenge may be a member, and does not coordinate the answer."), code="own"
        )
    if not name.strip():
        raise ValidationError({"name": _("Give it a name.")}, code="name")
    values = {"challenge": challenge, "began_by": person_of(by), "proposal": proposal or {}}
    values |= {"name": name.strip(), "acronym": acronym.strip(), "about": about.strip()}
    if form_key is None:
        consortium = Consortium.objects.create(**values)
    else:
        consortium, made = Consortium.objects.get_or_create(form_key=form_key, defaults=values)
        if not made:
            return consortium
    first = Member.objects.create(
        consortium=consortium,
        profile=profile,
        role=Role.COORDINATOR,
        state=State.ACCEPTED,
        answered_by=person_of(by),
        answered_at=timezone.now(),
    )
    first.needs.set([need for need in needs if need.challenge_id == challenge.pk])
    signals.member_accepted.send(sender=Member, member_id=first.pk)
    for one in invited:
        invite_member(consortium=consortium, asked=one, by=by)
    return consortium


@transaction.atomic
def invite_member(*, consortium: Consortium, asked: Asked, by: "Person | User", line: str = "") -> Member:
    """Ask a profile in; its people have a fortnight. Who declined or let it lapse may be asked again."""
    current = _coordinated(consortium, by)
    profile, now = asked.profile, timezone.now()
    _check_invited(current, asked, by, line)
    place = current.members.filter(profile=profile).first()
    if place and place.state in (State.PENDING, State.ACCEPTED):
        return place
    if current.members.standing().count() >= MOST:
        raise ValidationError(_("A consortium has at most %(n)d places.") % {"n": MOST}, code="full")
    values = {
        "role": asked.role,
        "state": State.PENDING,
        "share": asked.share.strip(),
        "line": line.strip(),
        "invited_by": person_of(by),
        "answered_by": None,
        "answered_at": None,
        "reminded_at": None,
        "lapses_at": min(now + LASTS, current.challenge.closes_at or now + LASTS),
    }
    member, _made = Member.objects.update_or_create(consortium=current, profile=profile, defaults=values)
    member.needs.set([need for need in asked.needs if need.challenge_id == current.challenge_id])
    news.tell_invited(member)
    return member


def _check_invited(consortium: Consortium, asked: Asked, by: "Person | User", line: str) -> None:
    profile, challenge = asked.profile, consortium.challenge
    if not Profile.objects.visible_to(user_of(by)).filter(pk=profile.pk).exists():
        raise PermissionDenied
    if not (challenge.is_open() or challenge.is_upcoming()):
        raise ValidationError(_("This challenge is closed."), code="closed")
    if not profile.is_claimed:
        raise ValidationError(
            _("Nobody has claimed this profile yet, so nobody would read the invitation."), code="unclaimed"
        )
    if asked.role not in (Role.MEMBER, Role.ADVISER):
        raise ValidationError(_("Invite them as a member or as an adviser."), code="role")
    if len(asked.share.strip()) > 500 or len(line.strip()) > 500:
        raise ValidationError(_("At most 500 characters, please."), code="line")
    judging = Evaluator.objects.filter(challenge=challenge).exclude(state=Evaluator.State.DECLINED)
    people = Person.objects.filter(pk=profile.person_id) if profile.person_id else None
    if people is not None and judging.filter(person__in=people.values("pk")).exists():
        raise ValidationError(_("This profile cannot be invited to this challenge."), code="evaluator")


def _posts(profile: Profile, challenge: Challenge) -> bool:
    """A profile of those who post it, first of all or as co-posters, or of somebody who belongs to them."""
    posters = challenge.posters()
    if profile.organisation_id:
        return posters.filter(pk=profile.organisation_id).exists()
    return posters.filter(memberships__person=profile.person_id).exists()


@transaction.atomic
def answer_invitation(*, member: Member, accept: bool, by: "Person | User", line: str = "") -> bool:
    """Accept or decline for one's profile, once. False when it was answered that way already."""
    if not Member.objects.of(user_of(by)).filter(pk=member.pk).exists():
        raise PermissionDenied
    if len(line.strip()) > 500:
        raise ValidationError(_("At most 500 characters, please."), code="line")
    state, now = State.ACCEPTED if accept else State.DECLINED, timezone.now()
    open_ones = Consortium.objects.exclude(state__in=FIXED)
    waiting = Member.objects.filter(
        pk=member.pk, state=State.PENDING, lapses_at__gt=now, consortium__in=open_ones.values("pk")
    )
    changed = waiting.update(
        state=state, answered_by=person_of(by), answered_at=now, line=line.strip(), updated_at=now
    )
    member.refresh_from_db()
    if not changed:
        if member.state == state:
            return False
        raise ValidationError(_("This invitation is over."), code="over")
    news.tell_answered(member)
    if accept:
        signals.member_accepted.send(sender=Member, member_id=member.pk)
    return True


@transaction.atomic
def remove_member(*, member: Member, by: "Person | User") -> bool:
    """The coordinator takes an invitation back, or parts with a member. False where it was so already."""
    _coordinated(member.consortium, by)
    return _leave(member, by)


@transaction.atomic
def leave_consortium(*, member: Member, by: "Person | User") -> bool:
    """Leave for one's profile; a coordinator hands over first. False where it has left already."""
    if not Member.objects.of(user_of(by)).filter(pk=member.pk).exists():
        raise PermissionDenied
    _not_fixed(Consortium.objects.select_for_update().get(pk=member.consortium_id))
    return _leave(member, by)


def _leave(member: Member, by: "Person | User") -> bool:
    if member.role == Role.COORDINATOR:
        raise ValidationError(_("Hand the coordination over first."), code="coordinator")
    was = Member.objects.standing().filter(pk=member.pk).exclude(role=Role.COORDINATOR)
    now = timezone.now()
    if not was.update(state=State.LEFT, answered_by=person_of(by), answered_at=now, updated_at=now):
        return False
    member.refresh_from_db()
    news.tell_left(member, by=person_of(by))
    return True


@transaction.atomic
def change_role(*, member: Member, role: str, by: "Person | User") -> None:
    """Member or adviser; or the coordinator hands over to a member who is in, and is one of them then."""
    current = _coordinated(member.consortium, by)
    if role not in Role.values:
        raise ValidationError(_("That is not one of the roles."), code="role")
    member.refresh_from_db()
    if role == Role.COORDINATOR:
        if member.state != State.ACCEPTED or _posts(member.profile, current.challenge):
            raise ValidationError(_("Only a member who is in can coordinate."), code="role")
        current.members.standing().filter(role=Role.COORDINATOR).update(role=Role.MEMBER)
    elif member.role == Role.COORDINATOR:
        raise ValidationError(_("Hand the coordination over first."), code="coordinator")
    try:
        with transaction.atomic():
            Member.objects.filter(pk=member.pk).update(role=role, updated_at=timezone.now())
    except IntegrityError:
        raise ValidationError(_("Somebody else coordinates it by now."), code="coordinator") from None
    member.refresh_from_db()


@transaction.atomic
def describe_consortium(
    *, consortium: Consortium, name: str, acronym: str, about: str, by: "Person | User"
) -> Consortium:
    current = _coordinated(consortium, by)
    if not name.strip():
        raise ValidationError({"name": _("Give it a name.")}, code="name")
    current.name, current.acronym, current.about = name.strip(), acronym.strip(), about.strip()
    current.save(update_fields=["name", "acronym", "about", "updated_at"])
    return current


@transaction.atomic
def say_complete(*, consortium: Consortium, complete: bool, by: "Person | User") -> bool:
    """That nobody else is looked for, or that somebody is after all. False where it was said already."""
    current = _coordinated(consortium, by)
    before, after = (
        (Consortium.State.FORMING, Consortium.State.READY)
        if complete
        else (Consortium.State.READY, Consortium.State.FORMING)
    )
    if complete and current.members.accepted().exclude(role=Role.ADVISER).count() < 2:
        raise ValidationError(_("A consortium needs two members who accepted."), code="few")
    found = Consortium.objects.filter(pk=current.pk, state=before)
    changed = found.update(state=after, updated_at=timezone.now())
    consortium.refresh_from_db()
    return bool(changed)


@transaction.atomic
def dissolve_consortium(*, consortium: Consortium, by: "Person | User") -> bool:
    """Give it up, before anything was submitted. False where it was given up already."""
    if consortium.state == Consortium.State.DISSOLVED:
        return False
    current = _coordinated(consortium, by)
    now = timezone.now()
    open_ones = Consortium.objects.filter(pk=current.pk).exclude(state__in=FIXED)
    if not open_ones.update(state=Consortium.State.DISSOLVED, updated_at=now):
        return False
    news.tell_dissolved(current, by=person_of(by))
    waiting = current.members.filter(state=State.PENDING)
    waiting.update(state=State.LAPSED, answered_at=now, updated_at=now)
    consortium.refresh_from_db()
    return True


def _coordinated(consortium: Consortium, by: "Person | User") -> Consortium:
    """The consortium, held until the end of the transaction; for its coordinator alone."""
    if not Consortium.objects.coordinated_by(user_of(by)).filter(pk=consortium.pk).exists():
        raise PermissionDenied
    current = Consortium.objects.select_for_update().get(pk=consortium.pk)
    _not_fixed(current)
    return current


def _not_fixed(consortium: Consortium) -> None:
    if consortium.state in FIXED:
        raise ValidationError(_("This consortium has answered, and can no longer be changed."), code="fixed")
