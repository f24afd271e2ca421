"""Who of the demo country was introduced to whom, what they said, and when they meet."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from accounts.models import Person

from ..models import Introduction, Meeting, Message
from ..models.introductions import LAPSES_AFTER
from .gatherings import ZONE

if TYPE_CHECKING:
    from .loader import Loaded


def load_introductions(loaded: "Loaded", rows: Iterable[dict[str, Any]], now: datetime) -> None:
    for row in rows:
        challenge, profile = loaded.challenges[row["challenge"]], loaded.profiles[row["profile"]]
        poster = challenge.organisation.letter_readers().order_by("pk").first()
        if profile.person is None or poster is None:
            raise ValueError(f"nobody answers for {row['profile']} or {row['challenge']}")
        invited = row["direction"] == "poster"
        asked_by, other = (poster, profile.person) if invited else (profile.person, poster)
        pending = row["state"] == "pending"
        introduction = Introduction.objects.create(
            challenge=challenge,
            profile=profile,
            asked_by=asked_by,
            direction=row["direction"],
            state=row["state"],
            slot=1 if pending else None,
            lapses_at=now + LAPSES_AFTER - timedelta(days=2) if pending else None,
            decline_reason=row.get("decline_reason", ""),
            reply=row.get("reply", ""),
            decided_by=None if pending else other,
            decided_at=None if pending else now - timedelta(days=3),
            **{name: row[name] for name in ("brings", "needs", "who")},
        )
        _talk(introduction, row, {"poster": poster, "profile": profile.person}, now)


def _talk(introduction: Introduction, row: dict[str, Any], people: dict[str, Person], now: datetime) -> None:
    for said in row.get("messages", []):
        Message.objects.create(
            introduction=introduction,
            author=people[said["by"]],
            text=said["text"],
            language=said["language"],
        )
    if meeting := row.get("meeting"):
        day = now.astimezone(ZoneInfo(ZONE)) + timedelta(days=meeting["in_days"])
        starts = day.replace(hour=meeting["hour"], minute=0, second=0, microsecond=0)
        Meeting.objects.create(
            introduction=introduction,
            proposed_by=people["profile"],
            title=meeting["title"],
            starts_at=starts,
            ends_at=starts + timedelta(hours=1),
            time_zone=ZONE,
            place=meeting["place"],
        )
