"""Meetings: an invitation for calendars, in the time zone in which it was proposed."""

import uuid
import zoneinfo
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar

from accounts import mailer
from accounts.models import User
from hubs import actions
from hubs.meeting_calendars import calendar_file
from hubs.models import Introduction, Meeting
from tests import factories
from tests.conftest import signed_in

pytestmark = pytest.mark.django_db
TIJUANA = zoneinfo.ZoneInfo("America/Tijuana")


@pytest.fixture
def introduction(owner: User, stranger: User) -> Introduction:
    challenge = factories.make_challenge(
        factories.make_organisation(owner=owner), contact_name="Ventanilla", contact_email="v@example.org"
    )
    return factories.make_introduction(
        challenge, factories.make_researcher(stranger), state="accepted", decided_by=owner.person
    )


def facts(**changes: Any) -> dict[str, Any]:
    starts = datetime(timezone.now().year + 1, 7, 1, 9, 30, tzinfo=TIJUANA)
    values = {"title": "Visita al pozo", "starts_at": starts, "ends_at": starts + timedelta(hours=1)}
    return {**values, "time_zone": "America/Tijuana", "place": "Ensenada", **changes}


def propose(introduction: Introduction, by: User, **changes: Any) -> Meeting:
    return actions.propose_meeting(
        introduction=introduction, values=facts(**changes), form_key=uuid.uuid4(), by=by
    )


def event_of(file: bytes) -> tuple[Any, Any]:
    calendar = Calendar.from_ical(file)
    return calendar, calendar.walk("VEVENT")[0]


def test_the_file_is_an_invitation_with_its_time_zone_and_both_sides(
    introduction: Introduction, stranger: User
) -> None:
    meeting = propose(introduction, stranger)
    calendar, event = event_of(calendar_file(meeting, "es"))
    assert str(calendar["method"]) == "REQUEST"
    assert [str(zone["tzid"]) for zone in calendar.walk("VTIMEZONE")] == ["America/Tijuana"]
    assert event["dtstart"].params["TZID"] == "America/Tijuana"
    assert event["dtstart"].dt == meeting.starts_at
    assert event["dtend"].dt - event["dtstart"].dt == timedelta(hours=1)
    assert str(event["organizer"]) == f"mailto:{stranger.email}"
    assert str(event["attendee"]) == "mailto:v@example.org"
    assert (str(event["status"]), int(event["sequence"])) == ("TENTATIVE", 0)


def test_a_change_keeps_the_uid_and_raises_the_sequence_and_a_cancellation_takes_it_away(
    introduction: Introduction, owner: User, stranger: User
) -> None:
    meeting = propose(introduction, stranger)
    first = event_of(calendar_file(meeting, "es"))[1]
    assert actions.change_meeting(meeting=meeting, values=facts(place="Por video"), by=stranger) is True
    assert actions.change_meeting(meeting=meeting, values=facts(place="Por video"), by=stranger) is False
    meeting.refresh_from_db()
    second = event_of(calendar_file(meeting, "es"))[1]
    assert (second["uid"], int(second["sequence"])) == (first["uid"], 1)
    assert actions.cancel_meeting(meeting=meeting, by=owner) is True
    assert actions.cancel_meeting(meeting=meeting, by=owner) is False
    meeting.refresh_from_db()
    calendar, third = event_of(calendar_file(meeting, "es"))
    assert (str(calendar["method"]), str(third["status"]), int(third["sequence"])) == (
        "CANCEL",
        "CANCELLED",
        2,
    )


def test_both_sides_get_it_by_letter_as_a_calendar_invitation(
    introduction: Introduction, owner: User, stranger: User
) -> None:
    propose(introduction, stranger)
    mailer.send_due()
    assert {message.to[0] for message in mail.outbox} == {owner.email, stranger.email}
    parts = [part for part in mail.outbox[0].message().walk() if part.get_content_type() == "text/calendar"]
    assert [part.get_param("method") for part in parts] == ["REQUEST"]
    payload = parts[0].get_payload(decode=True)
    assert isinstance(payload, bytes)
    assert str(event_of(payload)[1]["summary"]) == "Visita al pozo"


def test_the_other_side_answers_the_proposal_that_it_saw(
    introduction: Introduction, owner: User, stranger: User
) -> None:
    meeting = propose(introduction, stranger)
    with pytest.raises(PermissionDenied):
        actions.answer_meeting(meeting=meeting, accept=True, by=stranger, seen=0)
    actions.change_meeting(meeting=meeting, values=facts(place="Por video"), by=stranger)
    with pytest.raises(ValidationError) as moved:
        actions.answer_meeting(meeting=meeting, accept=True, by=owner, seen=0)
    assert moved.value.code == "moved"
    assert actions.answer_meeting(meeting=meeting, accept=True, by=owner, seen=1) is True
    meeting.refresh_from_db()
    attendee = event_of(calendar_file(meeting, "es"))[1]["attendee"]
    assert (meeting.state, attendee.params["PARTSTAT"]) == ("accepted", "ACCEPTED")


def test_it_is_proposed_on_the_page_in_the_zone_that_was_chosen(
    introduction: Introduction, stranger: User
) -> None:
    values = facts()
    typed = {
        "title": "Visita al pozo",
        "starts_at": values["starts_at"].strftime("%Y-%m-%dT%H:%M"),
        "ends_at": values["ends_at"].strftime("%Y-%m-%dT%H:%M"),
        "time_zone": "America/Tijuana",
        "place": "Ensenada",
        "form_key": str(uuid.uuid4()),
    }
    url = reverse("hubs:meeting_new", args=[introduction.public_id])
    for _ in range(2):
        response = signed_in(stranger).post(url, typed)
        assert response.status_code == 302, response.content.decode()
    assert Meeting.objects.get().starts_at == values["starts_at"]
    page = signed_in(stranger).get(introduction.get_absolute_url()).content.decode()
    assert "9:30" in page
    assert "10:30" in page


@pytest.mark.parametrize(
    "changes",
    [
        {"starts_at": timezone.now() - timedelta(hours=1)},
        {"ends_at": timezone.now()},
        {"title": "  "},
    ],
)
def test_a_meeting_that_cannot_be_is_refused(
    introduction: Introduction, stranger: User, changes: dict[str, Any]
) -> None:
    with pytest.raises(ValidationError):
        propose(introduction, stranger, **changes)


def test_nobody_else_proposes_reads_or_cancels(
    introduction: Introduction, stranger: User, teammate: User
) -> None:
    with pytest.raises(PermissionDenied):
        propose(introduction, teammate)
    meeting = propose(introduction, stranger)
    with pytest.raises(PermissionDenied):
        actions.cancel_meeting(meeting=meeting, by=teammate)
    url = reverse("hubs:meeting_calendar", args=[introduction.public_id, meeting.public_id])
    assert signed_in(teammate).get(url).status_code == 404
    response = signed_in(stranger).get(url)
    assert response["Content-Type"].startswith("text/calendar")
