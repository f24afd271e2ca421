"""The letters of introductions that have more to say than a line: asked, answered, and meetings."""

from typing import Any

from accounts.mailer import Kind, register
from accounts.models import Family, Letter
from accounts.rendering import absolute

from .meeting_calendars import FILE, calendar_file, method_of
from .models import Introduction, Meeting
from .queries import asker_shown, contacts_of, profile_shown, reasons_of

ASKED = "introduction_asked"
REMINDER = "introduction_reminder"
ANSWERED = "introduction_answered"
MEETINGS = ("meeting_proposed", "meeting_moved", "meeting_cancelled")


def fill_introduction_asked(letter: Letter) -> dict[str, Any] | None:
    """Nothing once it was answered: the letter would only send somebody to a closed door."""
    introduction = _introduction(letter)
    if introduction is None or introduction.state != Introduction.State.PENDING:
        return None
    words = {"folder": ASKED, "reminder": letter.kind == REMINDER}
    return _context(introduction, letter) | words


def fill_introduction_answered(letter: Letter) -> dict[str, Any] | None:
    introduction = _introduction(letter)
    if introduction is None or introduction.state not in (
        Introduction.State.ACCEPTED,
        Introduction.State.DECLINED,
    ):
        return None
    to_asker = letter.params.get("side") == "asking"
    invited = introduction.direction == Introduction.Direction.FROM_POSTER
    return _context(introduction, letter) | {
        "accepted": introduction.state == Introduction.State.ACCEPTED,
        "to_asker": to_asker,
        "to_profile": to_asker != invited,
        "contacts": contacts_of(introduction),
    }


def fill_meeting(letter: Letter) -> dict[str, Any] | None:
    """With the file that calendars read; nothing once a later change was told."""
    found = Meeting.objects.filter(pk=letter.params.get("meeting"), sequence=letter.params.get("sequence"))
    related = ("introduction__challenge__organisation", "introduction__profile", "proposed_by__user")
    meeting = found.select_related(*related).first()
    if meeting is None:
        return None
    return {
        "folder": "meeting",
        "meeting": meeting,
        "challenge": meeting.introduction.challenge,
        "cancelled": meeting.state == Meeting.State.CANCELLED,
        "moved": letter.kind == "meeting_moved",
        "url": absolute(meeting.introduction.get_absolute_url()),
        "files": [
            (FILE, calendar_file(meeting, letter.language), f"text/calendar; method={method_of(meeting)}")
        ],
    }


def _introduction(letter: Letter) -> Introduction | None:
    related = (
        "challenge__organisation",
        "profile__person",
        "profile__organisation",
        "asked_by__user",
        "decided_by__user",
    )
    return Introduction.objects.select_related(*related).filter(pk=letter.params.get("introduction")).first()


def _context(introduction: Introduction, letter: Letter) -> dict[str, Any]:
    user = letter.person.user if letter.person else None
    return {
        "introduction": introduction,
        "challenge": introduction.challenge,
        "invited": introduction.direction == Introduction.Direction.FROM_POSTER,
        "asker": asker_shown(introduction, user),
        "profile": profile_shown(introduction, user),
        "reasons": reasons_of(introduction),
        "url": absolute(introduction.get_absolute_url()),
    }


def register_all() -> None:
    kinds = {ASKED: fill_introduction_asked, REMINDER: fill_introduction_asked}
    kinds |= {ANSWERED: fill_introduction_answered} | dict.fromkeys(MEETINGS, fill_meeting)
    for name, fill in kinds.items():
        register(Kind(name=name, family=Family.CONTACTS, fill=fill, again_if_unknown=True))
