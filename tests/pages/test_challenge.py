"""The page of one challenge."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from hubs.models import Challenge, Need
from tests import factories
from tests.conftest import signed_in


def page(client: Client, challenge: Challenge) -> str:
    response = client.get(challenge.get_absolute_url())
    assert response.status_code == 200
    return response.content.decode()


@pytest.mark.parametrize("status", ["draft", "in_review", "changes_requested", "withdrawn"])
def test_what_is_not_public_is_not_there_for_others(
    status: str, owner: User, stranger: User, client: Client
) -> None:
    challenge = factories.make_challenge(factories.make_organisation(owner=owner), status=status)
    url = challenge.get_absolute_url()
    assert client.get(url).status_code == 404
    assert signed_in(stranger).get(url).status_code == 404
    assert signed_in(owner).get(url).status_code == 200


def test_it_tells_what_is_needed_and_offered_but_never_the_contact(db: None, client: Client) -> None:
    challenge = factories.make_challenge(
        contact_name="Nombre Secreto",
        contact_email="secreto@example.org",
        offer_money="1500000.00",
        terms_ip="Queda en quien la haga.",
        sdgs=["6"],
    )
    text = page(client, challenge)
    assert "Medir arsénico en pozos" in text
    assert "$1,500,000 MXN" in text
    assert "Queda en quien la haga." in text
    assert "Secreto" not in text
    assert "secreto@example.org" not in text


def test_the_poster_is_shown_only_as_far_as_it_allows(db: None, client: Client) -> None:
    poster = factories.make_organisation(name="Secretaría Reservada", state="14")
    challenge = factories.make_challenge(poster, poster_shown="kind")
    text = page(client, challenge)
    assert "Reservada" not in text
    assert str(poster.public_id) not in text
    assert "Jalisco" in text


def test_it_closes_at_its_second_everywhere(db: None) -> None:
    closes = datetime(2026, 12, 1, 23, 0, tzinfo=UTC)
    challenge = factories.make_challenge(opens_at=closes - timedelta(days=30), closes_at=closes)
    with time_machine.travel(closes - timedelta(seconds=1), tick=False):
        assert "badge--state-published" in page(Client(), challenge)
        assert Client().get(reverse("hubs:home")).context["challenges"]
    with time_machine.travel(closes, tick=False):
        assert "badge--state-closed" in page(Client(), challenge)
        assert not Client().get(reverse("hubs:home")).context["challenges"]


def test_closing_is_told_in_the_readers_zone_and_in_the_posters(db: None, stranger: User) -> None:
    stranger.time_zone = "America/Cancun"
    stranger.save()
    closes = datetime(2027, 2, 16, 1, 0, tzinfo=UTC)
    challenge = factories.make_challenge(time_zone="America/Tijuana", closes_at=closes)
    text = page(signed_in(stranger), challenge)
    assert "20:00" in text
    assert "17:00" in text
    assert "Tijuana" in text


def test_texts_come_in_the_readers_language_and_say_theirs(db: None) -> None:
    challenge = factories.make_challenge(title="Agua segura", language="es")
    challenge.translations.create(field="title", language="en", text="Safe water")
    challenge.needs.get().translations.create(field="text", language="en", text="Measure arsenic")
    text = Client().get(f"/en/challenges/{challenge.public_id}/").content.decode()
    assert 'lang="en">Safe water' in text
    assert "Measure arsenic" in text


def test_plain_marks_become_headings_and_lists_and_nothing_else_does(db: None, client: Client) -> None:
    challenge = factories.make_challenge(description="## Qué pasa\n\n- uno\n- <b>dos</b>\n\nfin")
    text = page(client, challenge)
    assert "<h3>Qué pasa</h3>" in text
    assert "<li>&lt;b&gt;dos&lt;/b&gt;</li>" in text


def test_the_poster_sees_the_history_and_visitors_do_not(db: None, owner: User, stranger: User) -> None:
    challenge = factories.make_challenge(factories.make_organisation(owner=owner))
    challenge.steps.create(
        actor=owner.person, from_status="in_review", to_status="published", note="Adelante"
    )
    assert "Adelante" in page(signed_in(owner), challenge)
    assert "Adelante" not in page(signed_in(stranger), challenge)


def test_the_poster_withdraws_it_with_a_reason_that_survives_an_error(owner: User) -> None:
    challenge = factories.make_challenge(factories.make_organisation(owner=owner))
    client, url = signed_in(owner), reverse("hubs:challenge_step", args=[challenge.public_id])
    refused = client.post(url, {"to": "withdrawn", "note": "x" * 2001})
    assert "x" * 2001 in refused.content.decode()
    client.post(url, {"to": "withdrawn", "note": "Cambió el presupuesto."})
    challenge.refresh_from_db()
    assert challenge.status == "withdrawn"


def test_a_stranger_cannot_move_it(stranger: User) -> None:
    challenge = factories.make_challenge()
    url = reverse("hubs:challenge_step", args=[challenge.public_id])
    assert signed_in(stranger).post(url, {"to": "withdrawn", "note": "x"}).status_code == 404
    assert Client().post(url, {"to": "withdrawn"}).status_code == 302
    assert signed_in(stranger).get(url).status_code == 405


def test_three_needs_cost_as_many_queries_as_one(db: None, client: Client) -> None:
    challenge = factories.make_challenge()
    with CaptureQueriesContext(connection) as one:
        page(client, challenge)
    for number in (1, 2):
        Need.objects.create(challenge=challenge, text="Más", position=number)
    with CaptureQueriesContext(connection) as three:
        page(client, challenge)
    assert len(three) == len(one)
