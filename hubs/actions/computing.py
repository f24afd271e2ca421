"""Requests for computing: written, handed in, reviewed, granted or refused."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Person, Profile

from ..eligible import judge
from ..models import ComputingRequest, ComputingRound, Programme, RequestReview
from ..permissions import person_of, user_of
from ..programme_news import tell_decided, tell_received
from .computing_hours import NOTHING, hold, lock_programme, locked

if TYPE_CHECKING:
    from accounts.models import User

State = ComputingRequest.State
WAITING = (State.SUBMITTED, State.SCIENTIFIC, State.TECHNICAL)
NEXT = {State.SUBMITTED: State.SCIENTIFIC, State.SCIENTIFIC: State.TECHNICAL}
REVIEWED_IN = {State.SCIENTIFIC: "scientific", State.TECHNICAL: "technical"}


@transaction.atomic
def save_request(
    *,
    programme: Programme,
    profile: Profile,
    values: Mapping[str, Any],
    by: "Person | User",
    request: ComputingRequest | None = None,
    form_key: UUID | None = None,
) -> ComputingRequest:
    """A draft, new or changed: title, purpose, gpu_hours, cpu_hours, data_class, language, round,
    consortium."""
    user = user_of(by)
    own = request is None or ComputingRequest.objects.of(user).filter(pk=request.pk).exists()
    if not own or not Profile.objects.of(user).filter(pk=profile.pk).exists():
        raise PermissionDenied
    if request is None:
        twin = ComputingRequest.objects.filter(form_key=form_key).first() if form_key else None
        if twin is not None:
            return twin
        request = ComputingRequest(programme=programme, by=person_of(by), form_key=form_key)
    else:
        request = ComputingRequest.objects.select_for_update().get(pk=request.pk, programme=programme)
        if request.state != State.DRAFT:
            raise ValidationError(_("It was handed in already."), code="state")
    request.profile = profile
    for name, value in values.items():
        setattr(request, name, value)
    request.save()
    return request


@transaction.atomic
def submit_request(*, request: ComputingRequest, by: "Person | User", at: datetime | None = None) -> bool:
    """Hand it in; `at` is when it reached the site. False where it was handed in already."""
    at = at or timezone.now()
    if not ComputingRequest.objects.of(user_of(by)).filter(pk=request.pk).exists():
        raise PermissionDenied
    if request.round_id:  # whoever decides the round waits for this, or was faster
        ComputingRound.objects.select_for_update().get(pk=request.round_id)
    current = locked(request)
    if current.state != State.DRAFT:
        return False
    _refuse_late(current, at)
    _refuse_unfit(current)
    current.state, current.submitted_at = State.SUBMITTED, at
    current.save()
    tell_received(current)
    return True


def _refuse_late(request: ComputingRequest, at: datetime) -> None:
    if not request.programme.is_open(at):
        raise ValidationError(_("The programme takes no requests at the moment."), code="closed")
    if request.round and not request.round.is_open(at):
        raise ValidationError(_("The round takes no requests any more, or not yet."), code="closed")


def _refuse_unfit(request: ComputingRequest) -> None:
    verdict = judge(request.programme, request.profile)
    if verdict.word == "barred":
        raise ValidationError(str(verdict.why), code="barred")
    if not request.gpu_hours and not request.cpu_hours:
        raise ValidationError(_("Say how many hours you need."), code="hours")
    admitted = request.programme.data_classes
    if admitted and request.data_class not in admitted:
        raise ValidationError(_("The programme does not admit this class of data."), code="data")


@transaction.atomic
def withdraw_request(*, request: ComputingRequest, by: "Person | User") -> bool:
    """Take it back before it is decided."""
    if not ComputingRequest.objects.of(user_of(by)).filter(pk=request.pk).exists():
        raise PermissionDenied
    undecided = ComputingRequest.objects.filter(pk=request.pk, state__in=[State.DRAFT, *WAITING])
    return bool(undecided.update(state=State.WITHDRAWN, updated_at=timezone.now()))


def _provider(request: ComputingRequest, by: "Person | User") -> None:
    if not ComputingRequest.objects.received_by(user_of(by)).filter(pk=request.pk).exists():
        raise PermissionDenied


@transaction.atomic
def review_request(*, request: ComputingRequest, score: int, text: str, by: "Person | User") -> RequestReview:
    """What one of the provider's people says in the stage it is in; said again, it replaces the first."""
    _provider(request, by)
    current = locked(request)
    stage = REVIEWED_IN.get(State(current.state))
    if stage is None:
        raise ValidationError(_("It is not in review at the moment."), code="state")
    said: dict[str, Any] = {"score": score, "text": text}
    key: dict[str, Any] = {"request": current, "stage": stage, "person": person_of(by)}
    return RequestReview.objects.update_or_create(**key, defaults=said)[0]


@transaction.atomic
def advance_request(*, request: ComputingRequest, by: "Person | User") -> str:
    """To the scientific review, and from there to the technical one, once somebody reviewed it."""
    _provider(request, by)
    current = locked(request)
    to = NEXT.get(State(current.state))
    if to is None:
        raise ValidationError(_("There is no further review."), code="state")
    _need_review(current)
    current.state = to
    current.save()
    return str(to)


def _need_review(request: ComputingRequest) -> None:
    stage = REVIEWED_IN.get(State(request.state))
    if stage and not request.reviews.filter(stage=stage).exists():
        raise ValidationError(_("Nobody has reviewed it yet."), code="review")


@transaction.atomic
def approve_request(
    *,
    request: ComputingRequest,
    gpu_hours: Decimal,
    cpu_hours: Decimal,
    ends_on: date,
    by: "Person | User",
) -> ComputingRequest:
    """Grant hours outside any round, from what is free."""
    _provider(request, by)
    programme = lock_programme(request.programme_id)
    current = locked(request)
    if current.state != State.TECHNICAL or current.round_id:
        raise ValidationError(_("It cannot be granted by itself."), code="state")
    _need_review(current)
    grant(current, gpu_hours, cpu_hours, ends_on, person_of(by))
    if gpu_hours > programme.free_gpu or cpu_hours > programme.free_cpu:
        raise ValidationError(_("So many hours are not free."), code="sum")
    hold(programme, gpu_hours, cpu_hours)
    tell_decided(current)
    return current


@transaction.atomic
def refuse_request(*, request: ComputingRequest, reason: str, by: "Person | User") -> ComputingRequest:
    _provider(request, by)
    current = locked(request)
    if current.state not in WAITING:
        raise ValidationError(_("It was decided already."), code="state")
    refuse(current, reason, person_of(by))
    tell_decided(current)
    return current


def grant(
    request: ComputingRequest, gpu_hours: Decimal, cpu_hours: Decimal, ends_on: date | None, by: Person
) -> None:
    """Write down what is granted; whoever calls holds the hours."""
    if not NOTHING <= gpu_hours <= request.gpu_hours or not NOTHING <= cpu_hours <= request.cpu_hours:
        raise ValidationError(_("No more can be granted than was asked for."), code="hours")
    if not gpu_hours and not cpu_hours:
        raise ValidationError(_("Grant some hours, or refuse it with a reason."), code="hours")
    if ends_on is None or ends_on <= timezone.localdate():
        raise ValidationError(_("Say until which day to come the hours may be used."), code="ends_on")
    request.granted_gpu, request.granted_cpu, request.ends_on = gpu_hours, cpu_hours, ends_on
    request.state, request.decided_by, request.decided_at = State.APPROVED, by, timezone.now()
    request.save()


def refuse(request: ComputingRequest, reason: str, by: Person) -> None:
    reason = reason.strip()
    if not reason or len(reason) > 500:
        raise ValidationError(_("Say why, in at most 500 characters."), code="reason")
    request.state, request.reason = State.REFUSED, reason
    request.decided_by, request.decided_at = by, timezone.now()
    request.save()
