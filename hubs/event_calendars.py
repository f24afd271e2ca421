"""A hub's events as calendars read them: the same event under the same UID, its SEQUENCE rising with each
change, and cancelled where it is called off. What is told is what everybody may read."""

import zoneinfo
from urllib.parse import urlsplit

from django.utils.translation import gettext as _
from django.utils.translation import override
from icalendar import Event, vUri

from accounts.rendering import absolute

from .models import HubEvent


def calendar_event(event: HubEvent, language: str) -> Event:
    """One event in its own time zone; the link to take part from afar is only for guests, so not in it."""
    with override(language):
        address = absolute(event.get_absolute_url())
        far = "" if event.place else _("Online: the link is on its page, once you are registered.")
        cancelled = _("Cancelled: %(reason)s") % {"reason": event.cancel_reason} if event.cancelled_at else ""
    found = Event()
    found.add("uid", f"{event.public_id}@{urlsplit(absolute('/')).hostname}")
    found.add("summary", event.title)
    found.add("description", "\n\n".join(part for part in (cancelled, event.text, far, address) if part))
    found.add("location", event.place or "Online")
    zone = zoneinfo.ZoneInfo(event.time_zone)
    found.add("dtstart", event.starts_at.astimezone(zone))
    found.add("dtend", event.ends_at.astimezone(zone))
    found.add("dtstamp", event.updated_at)
    found.add("created", event.created_at)
    found.add("last-modified", event.updated_at)
    found.add("sequence", event.sequence)
    found.add("status", "CANCELLED" if event.cancelled_at else "CONFIRMED")
    found["url"] = vUri(address)
    return found
