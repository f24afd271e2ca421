"""Events of a hub: inviting, coming, the last place, changing, calling off, calendars; and a hub's people."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar

from accounts.mailer import kinds
from accounts.models import Letter, User
from accounts.rendering import message_for
from hubs.actions import cancel_event, leave_event, register_guest, save_event
from hubs.models import EventGuest, Hub, HubEvent
from tests import factories
from tests.conftest import signed_in


@pytest.fixture
def hub(owner: User) -> Hub:
    return factories.make_hub(curator=owner, name="Nodo Norte")


def make_event(hub: Hub, **fields: Any) -> HubEvent:
    starts = timezone.now() + timedelta(days=5)
    fields = {
        "starts_at": starts,
        "ends_at": starts + timedelta(hours=2),
        "place": "Plaza 1, Saltillo",
    } | fields
    return HubEvent.objects.create(hub=hub, title="Encuentro del agua", **fields)


def typed(**more: str) -> dict[str, str]:
    return {
        "title": "Encuentro del agua",
        "text": "Para quien mida agua.",
        "language": "es",
        "starts_at": "2031-03-01T10:00",
        "ends_at": "2031-03-01T12:00",
        "time_zone": "America/Tijuana",
        "place": "Plaza 1",
        "form_key": "5a3b7f0e-5b1c-4f57-9f0d-2c6f1d1b7c11",
    } | more


def url(name: str, event: HubEvent) -> str:
    return reverse(f"hubs:{name}", args=[event.hub.slug, event.public_id])


def test_a_curator_invites_once_however_often_they_click(hub: Hub, owner: User, stranger: User) -> None:
    new = reverse("hubs:event_new", args=[hub.slug])
    assert signed_in(stranger).get(new).status_code == 404
    assert signed_in(stranger).post(new, typed()).status_code == 404
    for _ in range(2):
        response = signed_in(owner).post(new, typed())
    event = HubEvent.objects.get()
    assert response["Location"] == event.get_absolute_url()
    assert event.starts_at.isoformat() == "2031-03-01T18:00:00+00:00"  # ten o'clock in Tijuana


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"ends_at": "2031-03-01T09:00"}, "ends_at"),
        ({"place": ""}, "place"),
        ({"capacity": "0"}, "capacity"),
        ({"register_until": "2031-03-02T09:00"}, "register_until"),
        ({"starts_at": "0001-01-01T00:00"}, "starts_at"),
        ({"title": "x" * 161}, "title"),
    ],
)
def test_what_makes_no_sense_is_refused_by_its_field(
    hub: Hub, owner: User, more: dict[str, str], field: str
) -> None:
    page = signed_in(owner).post(reverse("hubs:event_new", args=[hub.slug]), typed(**more))
    assert page.context["form"].errors[field]
    assert not HubEvent.objects.exists()


def test_one_comes_once_and_may_leave_again(hub: Hub, stranger: User) -> None:
    event, client = make_event(hub, capacity=1), signed_in(stranger)
    client.post(url("event_visit", event), {"do": "come"})
    client.post(url("event_visit", event), {"do": "come"})
    assert EventGuest.objects.count() == 1
    client.post(url("event_visit", event), {"do": "leave"})
    assert not EventGuest.objects.exists()
    assert not leave_event(event=event, by=stranger)


def test_who_is_late_or_finds_no_place_is_told(hub: Hub, owner: User, stranger: User) -> None:
    full = make_event(hub, capacity=1)
    register_guest(event=full, by=owner)
    with pytest.raises(ValidationError, match="lugares"):
        register_guest(event=full, by=stranger)
    ended = make_event(hub, register_until=timezone.now() - timedelta(minutes=1))
    with pytest.raises(ValidationError, match="registro"):
        register_guest(event=ended, by=stranger)


@pytest.mark.django_db(transaction=True)
def test_two_who_ask_for_the_last_place_at_the_same_moment_do_not_both_get_it() -> None:
    users = [factories.make_user() for _ in range(2)]
    hub = factories.make_hub()
    events = [make_event(hub, capacity=1) for _ in range(5)]
    ready = Barrier(2)

    def come(user: User) -> int:
        got = 0
        try:
            for event in events:
                ready.wait(20)
                try:
                    got += register_guest(event=event, by=user)
                except ValidationError:
                    continue
        finally:
            connection.close()
        return got

    with ThreadPoolExecutor(2) as pool:
        assert sum(pool.map(come, users)) == len(events)
    assert EventGuest.objects.count() == len(events)


def test_the_link_is_for_guests_and_names_are_for_those_who_invite(
    hub: Hub, owner: User, stranger: User, client: Client
) -> None:
    event = make_event(hub, link="https://example.org/sala")
    assert "https://example.org/sala" not in client.get(event.get_absolute_url()).content.decode()
    assert "https://example.org/sala" not in client.get(url("event_calendar", event)).content.decode()
    register_guest(event=event, by=stranger)
    page = signed_in(stranger).get(event.get_absolute_url()).content.decode()
    assert "https://example.org/sala" in page
    assert "Extraña Inventada" not in page
    assert "Extraña Inventada" in signed_in(owner).get(event.get_absolute_url()).content.decode()
    assert signed_in(stranger).get(url("event_guests", event)).status_code == 404
    table = b"".join(signed_in(owner).get(url("event_guests", event)).streaming_content)  # type: ignore[attr-defined]
    assert "Extraña Inventada" in table.decode()
    assert stranger.email not in table.decode()


def test_guests_are_told_of_another_time_and_of_nothing_less(hub: Hub, owner: User, stranger: User) -> None:
    event = make_event(hub)
    register_guest(event=event, by=stranger)
    save_event(hub=hub, event=event, values={"text": "Con café."}, by=owner)
    assert not Letter.objects.exists()
    later = event.ends_at + timedelta(hours=1)
    save_event(hub=hub, event=event, values={"ends_at": later}, by=owner)
    save_event(hub=hub, event=event, values={"ends_at": later}, by=owner)
    assert Letter.objects.get().person == stranger.person
    event.refresh_from_db()
    assert event.sequence == 2


def test_it_does_not_shrink_below_its_guests(hub: Hub, owner: User, stranger: User) -> None:
    event = make_event(hub, capacity=5)
    for user in (owner, stranger):
        register_guest(event=event, by=user)
    with pytest.raises(ValidationError):
        save_event(hub=hub, event=event, values={"capacity": 1}, by=owner)
    event.refresh_from_db()
    assert event.capacity == 5


def test_calling_off_says_why_to_every_guest_once(
    hub: Hub, owner: User, stranger: User, client: Client
) -> None:
    event = make_event(hub)
    register_guest(event=event, by=stranger)
    with pytest.raises(PermissionDenied):
        cancel_event(event=event, reason="Porque sí.", by=stranger)
    with pytest.raises(ValidationError):
        cancel_event(event=event, reason=" ", by=owner)
    signed_in(owner).post(url("event_cancel", event), {"reason": "Hay tormenta."})
    assert not cancel_event(event=event, reason="Otra vez.", by=owner)
    assert Letter.objects.get().person == stranger.person
    assert "Hay tormenta." in client.get(event.get_absolute_url()).content.decode()
    with pytest.raises(ValidationError):
        register_guest(event=event, by=owner)
    assert signed_in(owner).get(url("event_edit", event)).status_code == 404


def test_the_letter_about_a_cancelled_event_tells_the_reason(hub: Hub, owner: User, stranger: User) -> None:
    event = make_event(hub)
    register_guest(event=event, by=stranger)
    cancel_event(event=event, reason="Hay tormenta.", by=owner)
    letter = Letter.objects.get()
    message = message_for(letter, kinds[letter.kind].fill, stranger.email)
    assert message is not None
    assert message.subject == "Se canceló: Encuentro del agua"
    assert "Hay tormenta." in str(message.body)


def test_calendars_keep_the_uid_and_raise_the_sequence(hub: Hub, owner: User, client: Client) -> None:
    event = make_event(hub, time_zone="America/Tijuana", text="Coma, punto; y\nlínea")
    address = reverse("hubs:hub_calendar", args=[hub.slug])

    def read() -> Any:
        response = client.get(address)
        assert response["Content-Type"].startswith("text/calendar")
        return Calendar.from_ical(response.content)

    before = read()
    (one,) = before.walk("VEVENT")
    assert before.walk("VTIMEZONE")
    assert str(one["summary"]) == "Encuentro del agua"
    assert "Coma, punto; y\nlínea" in str(one["description"])
    assert one["dtstart"].dt == event.starts_at.replace(microsecond=0)
    cancel_event(event=event, reason="Hay tormenta.", by=owner)
    (two,) = read().walk("VEVENT")
    assert two["uid"] == one["uid"]
    assert (one["sequence"], two["sequence"]) == (0, 1)
    assert str(two["status"]) == "CANCELLED"


def test_lists_tell_what_comes_and_what_was_in_as_many_queries_for_ten_as_for_one(
    hub: Hub, client: Client
) -> None:
    address = reverse("hubs:event_list", args=[hub.slug])
    coming = make_event(hub)
    long_ago = timezone.now() - timedelta(days=3)
    past = make_event(hub, starts_at=long_ago, ends_at=long_ago + timedelta(hours=1))
    with CaptureQueriesContext(connection) as one:
        assert list(client.get(address).context["page"]) == [coming]
    assert list(client.get(f"{address}?when=past").context["page"]) == [past]
    for _ in range(9):
        make_event(hub)
    with CaptureQueriesContext(connection) as ten:
        client.get(address)
    assert len(one) == len(ten) <= 12


def people(hub: Hub, client: Client) -> list[str]:
    page = client.get(reverse("hubs:hub_people", args=[hub.slug]))
    return [profile.name for profile in page.context["page"]]


def test_a_hub_shows_members_who_want_it_as_far_as_their_profile_may_be_seen(
    hub: Hub, stranger: User, teammate: User, client: Client
) -> None:
    profile = factories.make_researcher(stranger)
    membership = reverse("hubs:hub_membership", args=[hub.slug])
    member = signed_in(stranger)
    member.post(membership, {"do": "join"})
    assert people(hub, client) == []
    member.post(membership, {"do": "list"})
    assert people(hub, client) == ["Extraña Inventada"]
    profile.visibility = "members"
    profile.save()
    assert people(hub, client) == []
    assert people(hub, signed_in(teammate)) == ["Extraña Inventada"]
    profile.visibility = "nobody"
    profile.save()
    assert people(hub, signed_in(teammate)) == []
    profile.visibility = "public"
    profile.save()
    member.post(membership, {"do": "unlist"})
    assert people(hub, client) == []


def test_joining_with_a_tick_lists_at_once(hub: Hub, stranger: User, client: Client) -> None:
    factories.make_researcher(stranger)
    signed_in(stranger).post(reverse("hubs:hub_membership", args=[hub.slug]), {"do": "join", "listed": "1"})
    assert people(hub, client) == ["Extraña Inventada"]
    assert "Extraña Inventada" in client.get(hub.get_absolute_url()).content.decode()
