"""Closing dates in other people's calendars."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar, Event

from hubs.models import Challenge
from tests import factories

CLOSES = datetime(2027, 2, 16, 1, 0, tzinfo=UTC)


def file_of(challenge: Challenge, language: str = "es") -> bytes:
    address = f"/{language}/challenges/{challenge.public_id}/deadline.ics"
    response = Client().get(address)
    assert response.status_code == 200
    assert response["Content-Type"].startswith("text/calendar")
    return response.content


def event_of(challenge: Challenge, language: str = "es") -> Any:
    [event] = Calendar.from_ical(file_of(challenge, language)).walk("VEVENT")
    assert isinstance(event, Event)
    return event


@pytest.fixture
def challenge(db: None) -> Challenge:
    return factories.make_challenge(
        title="Agua; segura, ya",
        opens_at=CLOSES - timedelta(days=90),
        closes_at=CLOSES,
        time_zone="America/Tijuana",
    )


def test_it_closes_at_the_posters_clock_and_the_file_carries_that_zone(challenge: Challenge) -> None:
    event = event_of(challenge)
    assert event["DTSTART"].dt == CLOSES
    assert event["DTSTART"].params["TZID"] == "America/Tijuana"
    assert event["DTSTART"].dt.strftime("%H:%M") == "17:00"
    zones = Calendar.from_ical(file_of(challenge)).walk("VTIMEZONE")
    assert [str(zone["TZID"]) for zone in zones] == ["America/Tijuana"]


def test_a_date_that_moves_is_the_same_event_with_a_higher_sequence(challenge: Challenge) -> None:
    before = event_of(challenge)
    with time_machine.travel(timezone.now() + timedelta(hours=1), tick=False):
        challenge.closes_at = CLOSES + timedelta(days=7)
        challenge.save()
        after = event_of(challenge)
    assert before["UID"] == after["UID"]
    assert after["DTSTART"].dt == CLOSES + timedelta(days=7)
    assert before["SEQUENCE"] < after["SEQUENCE"] < 2**31


def test_commas_and_line_breaks_in_a_title_break_nothing(challenge: Challenge) -> None:
    challenge.title = "Agua; segura, ya\nBEGIN:VEVENT"
    challenge.summary = "Una línea\\n\nY otra, muy larga: " + "á" * 100
    challenge.save()
    event = event_of(challenge)
    assert "Agua; segura, ya\nBEGIN:VEVENT" in str(event["SUMMARY"])
    assert "á" * 100 in str(event["DESCRIPTION"])
    assert all(len(line) <= 75 for line in file_of(challenge).split(b"\r\n"))


def test_it_speaks_the_language_of_its_address(challenge: Challenge) -> None:
    challenge.translations.create(field="title", language="en", text="Safe water")
    assert "Agua" in str(event_of(challenge)["SUMMARY"])
    english = event_of(challenge, "en")
    assert str(english["SUMMARY"]) == "Closes: Safe water"
    assert f"/en/challenges/{challenge.public_id}/" in str(english["URL"])


def test_a_poster_who_shows_only_its_kind_is_not_named(db: None) -> None:
    poster = factories.make_organisation(name="Secretaría Reservada", state="14")
    text = file_of(factories.make_challenge(poster, poster_shown="kind")).decode()
    assert "Reservada" not in text
    assert "ORGANIZER" not in text
    assert "Jalisco" in text


def test_closed_by_hand_it_is_cancelled_and_closed_by_the_clock_it_is_not(challenge: Challenge) -> None:
    with time_machine.travel(CLOSES + timedelta(days=1), tick=False):
        assert event_of(challenge)["STATUS"] == "CONFIRMED"
    challenge.status = "closed"
    challenge.save()
    assert event_of(challenge)["STATUS"] == "CANCELLED"


@pytest.mark.parametrize("status", ["draft", "in_review", "withdrawn"])
def test_what_is_not_public_has_no_file(status: str, db: None) -> None:
    challenge = factories.make_challenge(status=status)
    address = reverse("hubs:challenge_deadline", args=[challenge.public_id])
    assert Client().get(address).status_code == 404
