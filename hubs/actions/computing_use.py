"""What was used of the hours granted, and the rest given back, once."""

from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from ..models import ComputingRequest, Usage
from ..permissions import person_of, user_of
from ..programme_news import tell_ended
from .computing_hours import NOTHING, hold, lock_programme, locked

if TYPE_CHECKING:
    from accounts.models import Person, User

State = ComputingRequest.State


@transaction.atomic
def report_usage(
    *,
    request: ComputingRequest,
    gpu_hours: Decimal,
    cpu_hours: Decimal,
    by: "Person | User",
    reported_on: date | None = None,
    note: str = "",
) -> Usage:
    """Hours used from the beginning until a day; whoever asked, or the provider, says so."""
    user = user_of(by)
    mine = ComputingRequest.objects.of(user) | ComputingRequest.objects.received_by(user)
    if not mine.filter(pk=request.pk).exists():
        raise PermissionDenied
    current = locked(request)
    if current.state != State.APPROVED:
        raise ValidationError(_("Nothing is granted at the moment."), code="state")
    _refuse_odd(current, gpu_hours, cpu_hours, reported_on or timezone.localdate())
    return Usage.objects.create(
        request=current,
        reported_on=reported_on or timezone.localdate(),
        gpu_hours=gpu_hours,
        cpu_hours=cpu_hours,
        note=note,
        by=person_of(by),
    )


def _refuse_odd(request: ComputingRequest, gpu_hours: Decimal, cpu_hours: Decimal, on: date) -> None:
    if on > timezone.localdate():
        raise ValidationError(_("That day is still to come."), code="day")
    if gpu_hours > request.granted_gpu or cpu_hours > request.granted_cpu:
        raise ValidationError(_("More than was granted cannot have been used."), code="hours")
    before = request.used()
    if before and (on < before.reported_on or gpu_hours < before.gpu_hours or cpu_hours < before.cpu_hours):
        raise ValidationError(_("Count from the beginning: it cannot be less than before."), code="less")


@transaction.atomic
def end_request(*, request: ComputingRequest, by: "Person | User | None" = None) -> bool:
    """Give back what was not used, once. False where that was done already; nobody is `by` for the clock."""
    if by is not None:
        user = user_of(by)
        mine = ComputingRequest.objects.of(user) | ComputingRequest.objects.received_by(user)
        if not mine.filter(pk=request.pk).exists():
            raise PermissionDenied
    programme = lock_programme(request.programme_id)
    current = locked(request)
    if current.state != State.APPROVED:
        return False
    used = current.used()
    current.returned_gpu = current.granted_gpu - (used.gpu_hours if used else NOTHING)
    current.returned_cpu = current.granted_cpu - (used.cpu_hours if used else NOTHING)
    current.state = State.ENDED
    current.save()
    hold(programme, -current.returned_gpu, -current.returned_cpu)
    tell_ended(current)
    return True


def end_overdue(today: date, grace: timedelta) -> int:
    """Those whose end, and the days to report after it, have passed."""
    found = ComputingRequest.objects.filter(state=State.APPROVED, ends_on__lt=today - grace)
    return sum(end_request(request=request) for request in found.select_related("programme"))
