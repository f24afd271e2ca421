"""The demo's programmes, with a round of computing and a request in it."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from ..models import ComputingRequest, ComputingRound, Programme

if TYPE_CHECKING:
    from .loader import Loaded

CODES = ("who_may", "states", "stages", "data_classes")
PLAIN = ("form", "status", "abroad_only", "amount_min", "amount_max", "gpu_hours", "cpu_hours")
WORDS = ("queue_policy", "review_rhythm")
TOLD = ("title", "summary", "description")


def load_programmes(loaded: "Loaded", rows: list[dict[str, Any]], now: datetime) -> None:
    from .loader import public_id, translate

    for row in rows:
        given = {name: row[name] for name in (*CODES, *PLAIN, *WORDS) if name in row}
        programme = Programme.objects.create(
            public_id=public_id("programme", row["key"]),
            organisation=loaded.organisations[row["organisation"]],
            kind=row["kind"],
            language="es",
            opens_at=_day(now, row.get("opens_in_days")),
            closes_at=_day(now, row.get("closes_in_days")),
            checked_on=timezone.localdate(now) - timedelta(days=row["checked_days_ago"]),
            is_published=True,
            is_demo=True,
            **{name: row[name]["es"] for name in TOLD},
            **given,
        )
        for name in TOLD:
            translate(programme, name, "en", row[name]["en"])
        programme.save()  # its search column holds the translations too
        if "round" in row:
            _load_round(loaded, programme, row["round"], now)


def _day(now: datetime, days: int | None) -> datetime | None:
    if days is None:
        return None
    return (now + timedelta(days=days)).replace(minute=0, second=0, microsecond=0)


def _load_round(loaded: "Loaded", programme: Programme, row: Mapping[str, Any], now: datetime) -> None:
    """Open, with what somebody asks for in it."""
    found = ComputingRound.objects.create(
        programme=programme,
        title=row["title"],
        gpu_hours=Decimal(row["gpu_hours"]),
        cpu_hours=Decimal(row["cpu_hours"]),
        opens_at=now + timedelta(days=row["opens_in_days"]),
        closes_at=now + timedelta(days=row["closes_in_days"]),
    )
    programme.committed_gpu, programme.committed_cpu = found.gpu_hours, found.cpu_hours
    programme.save()
    profile = next((one for one in loaded.profiles.values() if one.person and one.person.user), None)
    if profile is None:
        return
    ComputingRequest.objects.create(
        programme=programme,
        round=found,
        profile=profile,
        by=profile.person,
        title="Detectar fugas con imágenes de satélite",
        purpose="Entrenar tres modelos con imágenes abiertas de cinco ciudades; el código queda abierto.",
        gpu_hours=Decimal(2400),
        cpu_hours=Decimal(20000),
        state=ComputingRequest.State.SUBMITTED,
        submitted_at=now - timedelta(days=2),
    )
