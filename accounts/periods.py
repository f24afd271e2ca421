"""When letters that gather go out: each morning, or on Monday mornings, at eight where the reader lives.

A period is named by the calendar, not counted in hours: no clock change, late worker or move to another zone
makes a second letter of the same day or week.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from .models import Cadence

HOUR = time(8)
LATE = timedelta(hours=36)  # who chooses weekly letters later than that waits for the next Monday
DAY, WEEK = timedelta(days=1), timedelta(days=7)


@dataclass(frozen=True)
class Period:
    """`name`: "2026-11-23" or "2026-W48"; `at`: when its letter is due, which tells what was before; `since`:
    where the one before the last began, for what an interruption left behind."""

    name: str
    at: datetime
    since: datetime


def due(cadence: Cadence, zone: ZoneInfo, now: datetime) -> Period | None:
    """The period whose letter may go out by now."""
    if cadence == Cadence.DAILY:
        day = _last(now.astimezone(zone), zone, 0)
        return Period(f"{day:%Y-%m-%d}", eight(day, zone), eight(day - 2 * DAY, zone))
    if cadence == Cadence.WEEKLY:
        week = week_of(zone, now)
        return week if now - week.at <= LATE else None
    return None


def week_of(zone: ZoneInfo, now: datetime) -> Period:
    """From the last Monday at eight to the next."""
    local = now.astimezone(zone)
    monday = _last(local, zone, local.weekday())
    if monday.weekday():  # it is Monday before eight: _last went back to Sunday
        monday -= timedelta(days=monday.weekday())
    return Period(week_name(monday), eight(monday, zone), eight(monday - 2 * WEEK, zone))


def week_name(day: date) -> str:
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02d}"


def eight(day: date, zone: ZoneInfo) -> datetime:
    """In UTC: moments of one zone are otherwise compared by what their clocks show."""
    return datetime.combine(day, HOUR, tzinfo=zone).astimezone(UTC)


def _last(local: datetime, zone: ZoneInfo, back: int) -> date:
    """The day so many days ago; one more where eight o'clock of that day has not come."""
    day = local.date() - timedelta(days=back)
    return day if eight(day, zone) <= local.astimezone(UTC) else day - DAY
