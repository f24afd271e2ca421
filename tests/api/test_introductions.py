"""Introductions as both sides' programs read and answer them."""

import pytest
from django.test import Client

from accounts.models import Profile, User
from hubs.models import Challenge, Introduction
from tests import factories
from tests.api.helpers import ids, queries, read, send
from tests.conftest import signed_in
from tests.matching.letters import make_reason

pytestmark = pytest.mark.django_db


@pytest.fixture
def asker(db: None) -> User:
    return factories.make_user("pregunta@example.org", name="Pregunta Inventada")


@pytest.fixture
def introduction(owner: User, teammate: User, asker: User) -> Introduction:
    """The owner's agency was asked."""
    agency = factories.make_organisation(owner=owner, member=teammate)
    challenge = factories.make_challenge(agency, contact_name="Ventanilla", contact_email="v@example.org")
    return ask(challenge, factories.make_researcher(asker))


def ask(challenge: Challenge, profile: Profile) -> Introduction:
    return factories.make_introduction(challenge, profile, brings="Hablemos.", reason=make_reason(challenge))


def path(introduction: Introduction, more: str = "") -> str:
    return f"introductions/{introduction.public_id}/{more}"


def test_both_sides_read_it_each_from_its_own(
    introduction: Introduction, owner: User, teammate: User, asker: User
) -> None:
    for reader, direction in ((owner, "received"), (teammate, "received"), (asker, "asked")):
        shown = read(signed_in(reader), path(introduction))
        assert (shown["direction"], shown["brings"], shown["state"]) == (direction, "Hablemos.", "pending")
        assert shown["profile"]["name"] == "Pregunta Inventada"
        assert shown["reason"][0]["text"] == "Medir arsénico en pozos"
        assert ids(signed_in(reader), f"introductions/?direction={direction}") == {
            str(introduction.public_id)
        }
        other = "asked" if direction == "received" else "received"
        assert ids(signed_in(reader), f"introductions/?direction={other}") == set()


def test_a_stranger_and_a_visitor_find_nothing(introduction: Introduction, stranger: User) -> None:
    assert signed_in(stranger).get(f"/api/v1/{path(introduction)}").status_code == 404
    assert ids(signed_in(stranger), "introductions/") == set()
    assert (
        send(signed_in(stranger), "post", path(introduction, "answer/"), {"state": "accepted"}).status_code
        == 404
    )
    assert Client().get("/api/v1/introductions/").status_code == 403


def test_addresses_do_not_appear_even_when_accepted(
    introduction: Introduction, owner: User, asker: User
) -> None:
    send(signed_in(owner), "post", path(introduction, "answer/"), {"state": "accepted"})
    for reader in (owner, asker):
        body = signed_in(reader).get(f"/api/v1/{path(introduction)}").content.decode()
        assert "@example.org" not in body
        assert "Ventanilla" not in body


def test_whoever_hides_from_all_is_named_to_the_poster_only_once_accepted(
    introduction: Introduction, owner: User
) -> None:
    Profile.objects.update(visibility="nobody")
    shown = read(signed_in(owner), path(introduction))["profile"]
    assert shown == {"id": None, "kind": "researcher", "name": None}
    send(signed_in(owner), "post", path(introduction, "answer/"), {"state": "accepted"})
    assert read(signed_in(owner), path(introduction))["profile"]["name"] == "Pregunta Inventada"


def test_a_teammate_of_the_poster_accepts(introduction: Introduction, teammate: User) -> None:
    response = send(
        signed_in(teammate),
        "post",
        path(introduction, "answer/"),
        {"state": "accepted", "reply": "Con gusto."},
    )
    assert response.status_code == 200, response.content
    assert (response.json()["state"], response.json()["reply"]) == ("accepted", "Con gusto.")
    introduction.refresh_from_db()
    assert introduction.decided_by == teammate.person


def test_who_declines_says_why(introduction: Introduction, owner: User) -> None:
    client = signed_in(owner)
    assert send(client, "post", path(introduction, "answer/"), {"state": "declined"}).status_code == 400
    response = send(
        client, "post", path(introduction, "answer/"), {"state": "declined", "decline_reason": "covered"}
    )
    assert response.status_code == 200
    late = send(client, "post", path(introduction, "answer/"), {"state": "accepted"})
    assert (late.status_code, list(late.json())) == (400, ["non_field_errors"])


def test_who_asked_does_not_answer(introduction: Introduction, asker: User) -> None:
    assert (
        send(signed_in(asker), "post", path(introduction, "answer/"), {"state": "accepted"}).status_code
        == 403
    )
    introduction.refresh_from_db()
    assert introduction.state == "pending"


def test_an_answer_that_is_none_is_refused(introduction: Introduction, owner: User) -> None:
    for data in ({}, {"state": "pending"}, {"state": "declined", "decline_reason": "bad mood"}, ["accepted"]):
        assert send(signed_in(owner), "post", path(introduction, "answer/"), data).status_code == 400


def test_filters_find_what_they_name(introduction: Introduction, owner: User) -> None:
    found = {str(introduction.public_id)}
    assert ids(signed_in(owner), "introductions/?state=pending") == found
    assert ids(signed_in(owner), "introductions/?state=accepted") == set()
    assert ids(signed_in(owner), f"introductions/?challenge={introduction.challenge.public_id}") == found


def test_three_introductions_cost_as_many_queries_as_one(introduction: Introduction, owner: User) -> None:
    count = queries(signed_in(owner), "introductions/")
    for _ in range(2):
        ask(introduction.challenge, factories.make_researcher(factories.make_user()))
    assert queries(signed_in(owner), "introductions/") == count
