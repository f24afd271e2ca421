"""Who stands among a demo hub's people, and what the hub invites to."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from accounts.models import Person

from ..models import EventGuest, Hub, HubEvent, HubMembership

if TYPE_CHECKING:
    from .loader import Loaded

ZONE = "America/Mexico_City"


def load_gatherings(loaded: "Loaded", rows: Iterable[dict[str, Any]], now: datetime) -> None:
    for row in rows:
        hub = loaded.hubs[row["hub"]]
        for key in row["members"]:
            HubMembership.objects.create(hub=hub, person=_person(loaded, key), listed=True)
        for event in row["events"]:
            _load_event(loaded, hub, event, now)


def _person(loaded: "Loaded", key: str) -> Person:
    """By e-mail, or by the key of a researcher's profile."""
    person = loaded.people[key] if "@" in key else loaded.profiles[key].person
    if person is None:
        raise ValueError(f"{key} is nobody's profile")
    return person


def _load_event(loaded: "Loaded", hub: Hub, row: dict[str, Any], now: datetime) -> None:
    day = now.astimezone(ZoneInfo(ZONE)) + timedelta(days=row["in_days"])
    starts = day.replace(hour=row["hour"], minute=0, second=0, microsecond=0)
    event = HubEvent.objects.create(
        hub=hub,
        title=row["title"],
        text=row["text"],
        language=row["language"],
        starts_at=starts,
        ends_at=starts + timedelta(hours=row["hours"]),
        time_zone=ZONE,
        place=row["place"],
        link=row["link"],
        capacity=row["capacity"],
        organiser=_person(loaded, row["organiser"]),
    )
    EventGuest.objects.bulk_create(
        EventGuest(event=event, person=_person(loaded, key), at=min(now, starts) - timedelta(hours=number))
        for number, key in enumerate(row["guests"], start=1)
    )
