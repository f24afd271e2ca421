"""Closing dates as calendars read them: RFC 5545, in the zone in which the poster set them.

Whoever subscribes gets the same event again under the same UID; its SEQUENCE rises whenever the challenge is
changed, so that a date that moved is moved in every calendar. What is told is what everybody may read.
"""

import zoneinfo
from collections.abc import Iterable
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import override
from icalendar import Alarm, Calendar, Event, vText, vUri

from accounts.rendering import absolute
from accounts.templatetags.pages import own_words

from .models import Challenge, Status

CONTENT_TYPE = "text/calendar; charset=utf-8"
REMINDED = timedelta(days=3)  # before it closes
FIRST_SECOND = 1_672_531_200  # of 2023: a SEQUENCE counted from 1970 would not fit 31 bits for long


def deadline_event(challenge: Challenge, language: str) -> Event:
    """When a challenge closes, as an event of no length. Needs one with its dates and translations."""
    with override(language):
        title = own_words(challenge, "title")["text"]
        event = Event()
        event.add("summary", _("Closes: %(title)s") % {"title": title})
        event.add("description", _described(challenge))
        event.add("location", vText(challenge.state_name or _("The whole country")))
        event["url"] = vUri(absolute(challenge.get_absolute_url()))
        event.add_component(_reminder())
    closes = _in_zone(challenge.closes_at, challenge.time_zone)
    event.add("uid", f"{challenge.public_id}-closes@{urlsplit(absolute('/')).hostname}")
    event.add("dtstart", closes)
    event.add("dtend", closes)
    event.add("dtstamp", challenge.updated_at)
    event.add("last-modified", challenge.updated_at)
    event.add("sequence", int(challenge.updated_at.timestamp()) - FIRST_SECOND)
    event.add("status", "CANCELLED" if _closed_before_its_time(challenge) else "CONFIRMED")
    event.add("transp", "TRANSPARENT")  # nobody is busy at that minute
    return event


def calendar_of(events: Iterable[Event], name: str, language: str) -> bytes:
    """A calendar file with the time zones that its events name."""
    calendar = Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", f"-//{settings.HELICE_NAME}//{language}//")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", " ".join(name.split()))
    for event in events:
        calendar.add_component(event)
    calendar.add_missing_timezones()
    file: bytes = calendar.to_ical()
    return file


def _described(challenge: Challenge) -> str:
    address = absolute(challenge.get_absolute_url())
    lines = [own_words(challenge, "summary")["text"], challenge.organisation_shown, address]
    return "\n\n".join(line for line in lines if line)


def _in_zone(moment: datetime | None, zone: str) -> datetime:
    assert moment is not None  # noqa: S101 - what is public has its dates
    try:
        return moment.astimezone(zoneinfo.ZoneInfo(zone))
    except (zoneinfo.ZoneInfoNotFoundError, ValueError):
        return moment


def _closed_before_its_time(challenge: Challenge) -> bool:
    by_hand = challenge.status in (Status.CLOSED, Status.ARCHIVED)
    return bool(by_hand and challenge.closes_at and challenge.updated_at < challenge.closes_at)


def _reminder() -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", _("It closes in three days."))
    alarm.add("trigger", -REMINDED)
    return alarm
