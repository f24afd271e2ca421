"""Hours held of those offered. Whoever decides locks the programme's row first, then the round's, then the
request's; held hours never pass the offer, which a constraint of the database says once more."""

from decimal import Decimal

from ..models import ComputingRequest, Programme

NOTHING = Decimal(0)


def lock_programme(pk: int) -> Programme:
    return Programme.objects.select_for_update().get(pk=pk)


def locked(request: ComputingRequest) -> ComputingRequest:
    rows = ComputingRequest.objects.select_for_update(of=("self",))
    return rows.select_related("programme__organisation", "profile", "round").get(pk=request.pk)


def hold(programme: Programme, gpu_hours: Decimal, cpu_hours: Decimal) -> None:
    """More or fewer hours of a programme that is locked. Counted here: SQLite would add in binary."""
    programme.committed_gpu += gpu_hours
    programme.committed_cpu += cpu_hours
    Programme.objects.filter(pk=programme.pk).update(
        committed_gpu=programme.committed_gpu, committed_cpu=programme.committed_cpu
    )
