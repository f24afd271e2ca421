"""A meeting as calendars read it: an invitation by RFC 5546 under one UID, its SEQUENCE rising with each
change, in the time zone in which it was proposed."""

import zoneinfo
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import override
from icalendar import Calendar, Event, vCalAddress, vText, vUri

from accounts.rendering import absolute

from .models import Challenge, Introduction, Meeting
from .queries import Contact, contacts_of

FILE = "meeting.ics"
STATUS = {
    Meeting.State.PROPOSED: "TENTATIVE",
    Meeting.State.ACCEPTED: "CONFIRMED",
    Meeting.State.DECLINED: "TENTATIVE",
    Meeting.State.CANCELLED: "CANCELLED",
}
TOOK_PART = {Meeting.State.ACCEPTED: "ACCEPTED", Meeting.State.DECLINED: "DECLINED"}


def method_of(meeting: Meeting) -> str:
    return "CANCEL" if meeting.state == Meeting.State.CANCELLED else "REQUEST"


def content_type(meeting: Meeting) -> str:
    return f"text/calendar; method={method_of(meeting)}; charset=utf-8"


def calendar_file(meeting: Meeting, language: str) -> bytes:
    """Only for the two sides of an accepted introduction: it names them with their addresses."""
    calendar = Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", f"-//{settings.HELICE_NAME}//{language}//")
    calendar.add("method", method_of(meeting))
    calendar.add_component(_event(meeting, language))
    calendar.add_missing_timezones()
    file: bytes = calendar.to_ical()
    return file


def _event(meeting: Meeting, language: str) -> Event:
    introduction = meeting.introduction
    with override(language):
        address = absolute(introduction.get_absolute_url())
        about = _("About the challenge “%(title)s”.") % {"title": introduction.challenge.title}
    event, zone = Event(), zoneinfo.ZoneInfo(meeting.time_zone)
    event.add("uid", f"{meeting.public_id}@{urlsplit(absolute('/')).hostname}")
    event.add("summary", meeting.title)
    event.add("description", f"{about}\n\n{address}")
    event.add("location", vText(meeting.place))
    event.add("dtstart", meeting.starts_at.astimezone(zone))
    event.add("dtend", meeting.ends_at.astimezone(zone))
    event.add("dtstamp", meeting.updated_at)
    event.add("sequence", meeting.sequence)
    event.add("status", STATUS[Meeting.State(meeting.state)])
    event["url"] = vUri(address)
    for contact, organises in _invited(meeting):
        _add_person(event, contact, meeting, organises=organises)
    return event


def _invited(meeting: Meeting) -> list[tuple[Contact, bool]]:
    """Both sides' contacts, and whether each organises it: that is the side of whoever proposed it."""
    introduction = meeting.introduction
    contacts = contacts_of(introduction) or {}
    poster_proposed = _proposed_by_poster(meeting, introduction)
    rows = [(contacts.get("poster"), poster_proposed), (contacts.get("profile"), not poster_proposed)]
    return [(contact, organises) for contact, organises in rows if contact and contact.email]


def _proposed_by_poster(meeting: Meeting, introduction: Introduction) -> bool:
    who = meeting.proposed_by
    return bool(
        who and who.user and Challenge.objects.of(who.user).filter(pk=introduction.challenge_id).exists()
    )


def _add_person(event: Event, contact: Contact, meeting: Meeting, *, organises: bool) -> None:
    address = vCalAddress(f"mailto:{contact.email}")
    address.params["CN"] = vText(contact.name)
    if organises:
        event["organizer"] = address
        return
    address.params["ROLE"] = vText("REQ-PARTICIPANT")
    address.params["PARTSTAT"] = vText(TOOK_PART.get(Meeting.State(meeting.state), "NEEDS-ACTION"))
    address.params["RSVP"] = vText("TRUE")
    event.add("attendee", address, encode=False)
