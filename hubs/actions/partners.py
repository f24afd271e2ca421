"""Partner requests: who is missing in a proposal, said openly; and those who answer it."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Person, Profile

from .. import consortium_news as news
from ..models import Challenge, Consortium, Member, PartnerOffer, PartnerRequest
from ..permissions import person_of, user_of
from ..signals import partner_request_opened
from .consortia import Asked, begin_consortium, invite_member

if TYPE_CHECKING:
    from accounts.models import User

FACTS = ("title", "outline", "work", "skills", "sought", "coordinator_sought", "closes_at", "language")


@transaction.atomic
def save_request(
    *,
    challenge: Challenge,
    profile: Profile,
    values: Mapping[str, Any],
    by: "Person | User",
    consortium: Consortium | None = None,
    request: PartnerRequest | None = None,
    form_key: UUID | None = None,
) -> PartnerRequest:
    """A new request, which profiles that fit hear of; or other words of one's own. The second of two clicks
    finds the request of the first."""
    user = user_of(by)
    if not Profile.objects.of(user).filter(pk=profile.pk).exists():
        raise PermissionDenied
    if profile.visibility == Profile.Visibility.NOBODY:
        raise ValidationError(
            {"profile": _("This profile is hidden from everybody, so nobody would read the request.")},
            code="hidden",
        )
    if consortium and not Consortium.objects.coordinated_by(user).filter(pk=consortium.pk).exists():
        raise PermissionDenied
    if not (challenge.is_open() or challenge.is_upcoming()):
        raise ValidationError(_("This challenge is closed."), code="closed")
    if values["closes_at"] > (challenge.closes_at or values["closes_at"]):
        raise ValidationError({"closes_at": _("It must close before the challenge does.")}, code="closes_at")
    if values["closes_at"] <= timezone.now():
        raise ValidationError({"closes_at": _("Choose a moment that is still to come.")}, code="closes_at")
    facts = {name: values[name] for name in FACTS if name in values}
    if request is not None:
        return _changed(request, facts, by)
    fixed = {"challenge": challenge, "profile": profile, "consortium": consortium, "by": person_of(by)}
    if form_key is None:
        made, new = PartnerRequest.objects.create(**fixed, **facts), True
    else:
        made, new = PartnerRequest.objects.get_or_create(form_key=form_key, defaults=fixed | facts)
    if new:
        transaction.on_commit(lambda: partner_request_opened.send(PartnerRequest, request_id=made.pk))
    return made


def _changed(request: PartnerRequest, facts: dict[str, Any], by: "Person | User") -> PartnerRequest:
    current = _own(request, by)
    if current.state != PartnerRequest.State.OPEN:
        raise ValidationError(_("This request is over."), code="over")
    for name, value in facts.items():
        setattr(current, name, value)
    current.save()
    return current


@transaction.atomic
def close_request(*, request: PartnerRequest, state: str, by: "Person | User") -> bool:
    """Filled or withdrawn. False where it is over already."""
    current = _own(request, by)
    if state not in (PartnerRequest.State.FILLED, PartnerRequest.State.WITHDRAWN):
        raise ValidationError(_("That is not one of the answers."), code="state")
    found = PartnerRequest.objects.filter(pk=current.pk, state=PartnerRequest.State.OPEN)
    changed = found.update(state=state, updated_at=timezone.now())
    request.refresh_from_db()
    return bool(changed)


@transaction.atomic
def offer_partner(
    *, request: PartnerRequest, profile: Profile, line: str, by: "Person | User"
) -> PartnerOffer:
    """That could be us. Said twice, it is said once."""
    user = user_of(by)
    if not Profile.objects.of(user).filter(pk=profile.pk, confirmed_at__isnull=False).exists():
        raise PermissionDenied
    if not PartnerRequest.objects.visible_to(user).filter(pk=request.pk).exists():
        raise PermissionDenied
    if PartnerRequest.objects.of(user).filter(pk=request.pk).exists():
        raise ValidationError(_("This is a request of your own."), code="own")
    if not request.is_open():
        raise ValidationError(_("This request is over."), code="over")
    if not line.strip():
        raise ValidationError({"line": _("Say what you would bring, in a sentence.")}, code="line")
    if len(line.strip()) > 500:
        raise ValidationError({"line": _("At most 500 characters, please.")}, code="line")
    offer, made = PartnerOffer.objects.get_or_create(
        request=request, profile=profile, defaults={"line": line.strip(), "by": person_of(by)}
    )
    if made:
        news.tell_offered(offer)
    return offer


@transaction.atomic
def answer_offer(*, offer: PartnerOffer, take: bool, by: "Person | User") -> bool:
    """Invite whoever offered into the request's consortium, which begins with them where there is none yet;
    or say no. False where it was answered so already."""
    request = _own(offer.request, by)
    state = PartnerOffer.State.TAKEN if take else PartnerOffer.State.DECLINED
    waiting = PartnerOffer.objects.filter(pk=offer.pk, state=PartnerOffer.State.WAITING)
    now = timezone.now()
    changed = waiting.update(state=state, answered_by=person_of(by), answered_at=now, updated_at=now)
    offer.refresh_from_db()
    if not changed:
        return False
    if not take:
        news.tell_offer_declined(offer)
        return True
    asked = Asked(offer.profile, Member.Role.MEMBER, request.title)
    if request.consortium is None:
        request.consortium = begin_consortium(
            challenge=request.challenge, profile=request.profile, by=by, name=request.title, about=""
        )
        request.save(update_fields=["consortium", "updated_at"])
    invite_member(consortium=request.consortium, asked=asked, by=by)
    return True


def _own(request: PartnerRequest, by: "Person | User") -> PartnerRequest:
    """The request, held until the end of the transaction; for its own people alone."""
    if not PartnerRequest.objects.of(user_of(by)).filter(pk=request.pk).exists():
        raise PermissionDenied
    return PartnerRequest.objects.select_for_update().get(pk=request.pk)
