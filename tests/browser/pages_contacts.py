"""Introductions, their conversations and meetings, and what curators see of them."""

import uuid
from datetime import timedelta
from typing import Any

from django.utils import timezone

from hubs import actions
from hubs.models import Challenge, Meeting, Message, Report
from matching.board import board_of
from tests.browser.addresses import Address, nothing
from tests.browser.country import Country


def talking(country: Country) -> list[Any]:
    """Two who were introduced, and wrote."""
    found = country.introduction("accepted")
    if not found.messages.exists():
        for role, text in (("researcher", "¿Podemos ver los datos?"), ("official", "Sí, el lunes.")):
            key = uuid.uuid4()
            actions.write_message(introduction=found, text=text, form_key=key, by=country.user(role))
    return [found.public_id]


def meeting(country: Country) -> list[Any]:
    """Proposed by the researcher."""
    found = country.introduction("accepted")
    starts = timezone.now() + timedelta(days=20)
    made, _is_new = Meeting.objects.get_or_create(
        introduction=found,
        proposed_by=country.user("researcher").person,
        defaults={"title": "Ver los datos", "starts_at": starts, "ends_at": starts + timedelta(hours=1)},
    )
    return [found.public_id, made.public_id]


def message(country: Country) -> list[Any]:
    """Of the official, for the researcher to report."""
    talking(country)
    found = Message.objects.filter(author=country.user("official").person)
    return [found[0].public_id]


def candidate(country: Country) -> list[Any]:
    """Somebody on the board whom nobody asked yet."""
    official = country.user("official")
    for challenge in Challenge.objects.of(official).open().order_by("pk"):
        for one in board_of(challenge, official).candidates:
            if one.may_be_invited and one.introduction is None:
                return [one.profile.public_id, challenge.public_id]
    raise AssertionError("nobody is left to invite")


def reported(country: Country) -> list[Any]:
    """A report waits for the curator."""
    message(country)
    bad = Message.objects.filter(author=country.user("official").person)[0]
    Report.objects.get_or_create(
        message=bad,
        by=country.user("researcher").person,
        defaults={"reason": "other", "sentence": "¿Es así?"},
    )
    return []


PAGES: dict[str, dict[str, Address]] = {
    "researcher": {
        "hubs:introduction talking": talking,
        "hubs:meeting_new": talking,
        "hubs:meeting_edit": meeting,
        "hubs:message_report": message,
        "hubs:blocked": nothing,
    },
    "official": {"matching:invite": candidate},
    "curator": {"hubs:reports": reported},
}
# They act and lead on, or hand out a file.
NOT_WALKED = {
    "hubs:introduction_block",
    "hubs:introduction_take_back",
    "hubs:meeting_answer",
    "hubs:meeting_calendar",
    "hubs:message_new",
    "hubs:report_decide",
}
