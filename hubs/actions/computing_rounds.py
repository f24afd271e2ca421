"""Rounds of allocation: hours put aside, requests ranked, all decided in one transaction."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Avg, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from ..models import ComputingRequest, ComputingRound, Programme
from ..permissions import person_of, user_of
from ..programme_news import tell_decided
from .computing import grant, refuse
from .computing_hours import NOTHING, hold, lock_programme, locked

if TYPE_CHECKING:
    from accounts.models import Person, User

State = ComputingRequest.State


@dataclass(frozen=True)
class Ranked:
    """A request in its place: means of its scores, and what would be granted by the ranking alone."""

    request: ComputingRequest
    scientific: float
    technical: float
    gpu_hours: Decimal
    cpu_hours: Decimal

    @property
    def mean(self) -> float:
        return (self.scientific + self.technical) / 2


@dataclass(frozen=True)
class Granted:
    gpu_hours: Decimal
    cpu_hours: Decimal
    reason: str = ""  # where nothing is granted


@transaction.atomic
def open_round(
    *, programme: Programme, values: Mapping[str, Any], by: "Person | User", form_key: UUID | None = None
) -> ComputingRound:
    """Put hours of the programme aside until the round is decided: title, gpu_hours, cpu_hours, opens_at,
    closes_at."""
    if not Programme.objects.of(user_of(by)).filter(pk=programme.pk).exists():
        raise PermissionDenied
    current = lock_programme(programme.pk)
    twin = ComputingRound.objects.filter(form_key=form_key).first() if form_key else None
    if twin is not None:
        return twin
    made = ComputingRound(programme=current, form_key=form_key, **values)
    if made.gpu_hours > current.free_gpu or made.cpu_hours > current.free_cpu:
        raise ValidationError(
            _("Free are %(gpu)s GPU hours and %(cpu)s CPU hours: the round cannot have more.")
            % {"gpu": current.free_gpu, "cpu": current.free_cpu},
            code="sum",
        )
    made.save()
    hold(current, made.gpu_hours, made.cpu_hours)
    return made


def ranking(round_: ComputingRound) -> list[Ranked]:
    """Requests that were reviewed, the best first by the mean of both reviews; of equals, the earlier. Each
    gets what it asks for, or what those before it leave."""
    scored = round_.requests.filter(state=State.TECHNICAL).annotate(
        scientific=Avg("reviews__score", filter=Q(reviews__stage="scientific")),
        technical=Avg("reviews__score", filter=Q(reviews__stage="technical")),
    )
    rows: list[Any] = list(scored.select_related("profile__person", "profile__organisation"))
    rows = [row for row in rows if row.scientific and row.technical]
    rows.sort(key=lambda row: (-(row.scientific + row.technical), row.submitted_at, row.pk))
    gpu, cpu, found = round_.gpu_hours, round_.cpu_hours, []
    for row in rows:
        mine = min(row.gpu_hours, gpu), min(row.cpu_hours, cpu)
        gpu, cpu = gpu - mine[0], cpu - mine[1]
        found.append(Ranked(row, row.scientific, row.technical, *mine))
    return found


def unreviewed(round_: ComputingRound) -> list[ComputingRequest]:
    """Requests that wait for a review; they are reviewed or refused before anything is decided."""
    ranked = {row.request.pk for row in ranking(round_)}
    waiting = round_.requests.filter(state__in=[State.SUBMITTED, State.SCIENTIFIC, State.TECHNICAL])
    return [row for row in waiting if row.pk not in ranked]


@transaction.atomic
def decide_round(
    *, held: ComputingRound, granted: Mapping[int, Granted], ends_on: date, by: "Person | User"
) -> ComputingRound:
    """Grant and refuse all requests of a round together, by their keys; what it does not grant is free again.

    Raises ValidationError, and leaves all as it was, where the sums pass what the round has.
    """
    if not Programme.objects.of(user_of(by)).filter(pk=held.programme_id).exists():
        raise PermissionDenied
    programme = lock_programme(held.programme_id)
    current = ComputingRound.objects.select_for_update().get(pk=held.pk)
    _refuse_early(current, granted)
    if _asks_itself(by, current):
        raise ValidationError(_("One of your own profiles asks here: somebody else must decide."), code="own")
    sums = _sum(granted.values())
    if sums[0] > current.gpu_hours or sums[1] > current.cpu_hours:
        raise ValidationError(_("Together that is more than the round has."), code="sum")
    for row in ranking(current):
        _decide(locked(row.request), granted[row.request.pk], ends_on, person_of(by))
    hold(programme, sums[0] - current.gpu_hours, sums[1] - current.cpu_hours)
    current.granted_gpu, current.granted_cpu = sums
    current.decided_at = timezone.now()
    current.save()
    return current


def _asks_itself(by: "Person | User", round_: ComputingRound) -> bool:
    own = ComputingRequest.objects.of(user_of(by))
    return own.filter(round=round_, state=State.TECHNICAL).exists()


def _refuse_early(round_: ComputingRound, granted: Mapping[int, Granted]) -> None:
    if round_.decided_at:
        raise ValidationError(_("The round was decided already."), code="decided")
    if round_.closes_at > timezone.now():
        raise ValidationError(_("The round still takes requests."), code="open")
    if unreviewed(round_):
        raise ValidationError(_("Some requests are not reviewed yet."), code="review")
    if {row.request.pk for row in ranking(round_)} != set(granted):
        raise ValidationError(_("Decide on every request of the round, and on no other."), code="requests")


def _sum(granted: Iterable[Granted]) -> tuple[Decimal, Decimal]:
    rows = list(granted)
    if any(min(row.gpu_hours, row.cpu_hours) < NOTHING for row in rows):
        raise ValidationError(_("Hours cannot be negative."), code="hours")
    return sum((row.gpu_hours for row in rows), NOTHING), sum((row.cpu_hours for row in rows), NOTHING)


def _decide(request: ComputingRequest, granted: Granted, ends_on: date, by: "Person") -> None:
    if granted.gpu_hours or granted.cpu_hours:
        grant(request, granted.gpu_hours, granted.cpu_hours, ends_on, by)
    else:
        refuse(request, granted.reason, by)
    tell_decided(request)
