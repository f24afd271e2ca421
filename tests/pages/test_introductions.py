"""Introductions: asking, answering, and who sees whose contact."""

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.mailer import kinds
from accounts.models import Letter, Profile, User
from accounts.rendering import message_for
from hubs.actions import answer_introduction, create_introduction
from hubs.models import Challenge, Introduction
from tests import factories
from tests.conftest import signed_in

REASON = {
    "needs": [
        {
            "need_id": 1,
            "text": "Medir arsénico",
            "language": "es",
            "weight": "must",
            "covered": True,
            "strength": "strong",
            "evidence": {
                "text": "Sensores de arsénico en pozos",
                "sentence": "",
                "title": "Informe de pozos",
                "year": 2024,
                "link": "https://example.org/informe",
                "language": "es",
                "kind": "project",
                "source": "",
            },
        },
        {
            "need_id": 2,
            "text": "Operar a bajo costo",
            "language": "es",
            "weight": "nice",
            "covered": False,
            "strength": None,
            "evidence": None,
        },
    ]
}
LIST = reverse("hubs:introduction_list")


@pytest.fixture
def challenge(owner: User) -> Challenge:
    return factories.make_challenge(
        factories.make_organisation(owner=owner),
        contact_name="Contacto Inventado",
        contact_email="reto@example.org",
    )


@pytest.fixture
def profile(stranger: User) -> Profile:
    return factories.make_researcher(stranger)


@pytest.fixture
def introduction(challenge: Challenge, profile: Profile, stranger: User) -> Introduction:
    return create_introduction(
        challenge=challenge, profile=profile, asked_by=stranger, brings="Me interesa mucho.", reason=REASON
    )


def read(user: User, introduction: Introduction) -> str:
    response = signed_in(user).get(introduction.get_absolute_url())
    assert response.status_code == 200
    return response.content.decode()


def letters(kind: str) -> dict[str, str]:
    """Each reader's letter as plain text."""
    found = {}
    for letter in Letter.objects.filter(kind=kind).select_related("person__user"):
        assert letter.person is not None
        address = letter.person.verified_address() or ""
        message = message_for(letter, kinds[kind].fill, address)
        if message is not None:
            assert message.alternatives
            found[address] = f"{message.subject}\n{message.body}"
    return found


def test_the_poster_hears_with_the_reason_and_without_the_askers_address(
    introduction: Introduction, owner: User, stranger: User
) -> None:
    letter = letters("introduction_asked")[owner.email]
    for words in (
        "Medir arsénico",
        "Sensores de arsénico en pozos",
        "Informe de pozos",
        "Me interesa mucho.",
    ):
        assert words in letter
    assert stranger.email not in letter


def test_both_read_the_reason_and_neither_a_contact_before_the_answer(
    introduction: Introduction, owner: User, stranger: User
) -> None:
    for reader in (owner, stranger):
        page = read(reader, introduction)
        assert "Sensores de arsénico en pozos" in page
        assert "Operar a bajo costo" in page
        assert "reto@example.org" not in page
    assert stranger.email not in read(owner, introduction)


def test_a_hidden_profile_is_named_only_after_acceptance(
    introduction: Introduction, profile: Profile, owner: User
) -> None:
    Profile.objects.filter(pk=profile.pk).update(visibility="nobody", state="14")
    page = read(owner, introduction)
    assert "Extraña Inventada" not in page
    assert "Jalisco" in page
    assert "Extraña Inventada" not in letters("introduction_asked")[owner.email]
    answer_introduction(introduction=introduction, accept=True, by=owner)
    assert "Extraña Inventada" in read(owner, introduction)


def test_others_do_not_find_it(introduction: Introduction, teammate: User) -> None:
    url = introduction.get_absolute_url()
    assert signed_in(teammate).get(url).status_code == 404
    assert signed_in(teammate).post(url, {"decision": "accept"}).status_code == 404


def test_accepting_shows_both_contacts_to_both_and_both_hear(
    introduction: Introduction, owner: User, stranger: User
) -> None:
    signed_in(owner).post(introduction.get_absolute_url(), {"decision": "accept", "reply": "Hablemos."})
    for reader in (owner, stranger):
        page = read(reader, introduction)
        assert "reto@example.org" in page
        assert stranger.email in page
    heard = letters("introduction_answered")
    assert "reto@example.org" in heard[stranger.email]
    assert stranger.email in heard[owner.email]
    assert "Hablemos." in heard[stranger.email]


def test_declining_needs_a_reason_and_keeps_what_was_typed(introduction: Introduction, owner: User) -> None:
    page = signed_in(owner).post(
        introduction.get_absolute_url(), {"decision": "decline", "reply": "Gracias, no."}
    )
    assert page.status_code == 200
    assert "Gracias, no." in page.content.decode()
    introduction.refresh_from_db()
    assert introduction.state == "pending"


def test_declining_tells_the_asker_why_and_shows_no_contact(
    introduction: Introduction, owner: User, stranger: User
) -> None:
    signed_in(owner).post(introduction.get_absolute_url(), {"decision": "decline", "reason": "no_time"})
    introduction.refresh_from_db()
    assert (introduction.state, introduction.decline_reason) == ("declined", "no_time")
    assert "reto@example.org" not in read(stranger, introduction)
    assert "reto@example.org" not in letters("introduction_answered")[stranger.email]


def test_the_asker_cannot_accept_their_own_question(introduction: Introduction, stranger: User) -> None:
    with pytest.raises(PermissionDenied):
        answer_introduction(introduction=introduction, accept=True, by=stranger)
    assert (
        signed_in(stranger).post(introduction.get_absolute_url(), {"decision": "accept"}).status_code == 404
    )


def test_it_is_answered_once(introduction: Introduction, owner: User) -> None:
    assert answer_introduction(introduction=introduction, accept=True, by=owner) is True
    assert answer_introduction(introduction=introduction, accept=True, by=owner) is False
    with pytest.raises(ValidationError):
        answer_introduction(introduction=introduction, accept=False, reason="no_time", by=owner)
    assert Letter.objects.filter(kind="introduction_answered").count() == 2


def test_asking_twice_is_asking_once(
    introduction: Introduction, challenge: Challenge, profile: Profile, stranger: User
) -> None:
    again = create_introduction(challenge=challenge, profile=profile, asked_by=stranger, brings="Otra vez")
    assert again == introduction
    assert Letter.objects.filter(kind="introduction_asked").count() == 1


def test_nobody_asks_for_somebody_else_or_of_their_own_organisation(
    challenge: Challenge, profile: Profile, teammate: User, owner: User
) -> None:
    with pytest.raises(PermissionDenied):
        create_introduction(challenge=challenge, profile=profile, asked_by=teammate)
    with pytest.raises(ValidationError):
        create_introduction(challenge=challenge, profile=factories.make_researcher(owner), asked_by=owner)


def test_a_closed_challenge_takes_no_more_questions(profile: Profile, stranger: User) -> None:
    closed = factories.make_challenge(status="closed")
    with pytest.raises(ValidationError):
        create_introduction(challenge=closed, profile=profile, asked_by=stranger)


def test_a_letter_that_was_overtaken_by_the_answer_is_dropped(
    introduction: Introduction, owner: User
) -> None:
    answer_introduction(introduction=introduction, accept=True, by=owner)
    assert letters("introduction_asked") == {}


def test_the_list_shows_received_and_asked_apart(
    introduction: Introduction, owner: User, stranger: User
) -> None:
    assert list(signed_in(owner).get(LIST).context["page"]) == [introduction]
    assert list(signed_in(owner).get(LIST, {"side": "asked"}).context["page"]) == []
    assert list(signed_in(stranger).get(LIST).context["page"]) == [introduction]


def test_the_list_says_who_asks_as_far_as_the_reader_may_know(
    introduction: Introduction, profile: Profile, owner: User
) -> None:
    assert "Extraña Inventada" in signed_in(owner).get(LIST).content.decode()
    Profile.objects.filter(pk=profile.pk).update(visibility="nobody", state="14")
    page = signed_in(owner).get(LIST).content.decode()
    assert "Extraña Inventada" not in page
    assert "Jalisco" in page


def test_three_introductions_cost_as_many_queries_as_one(
    introduction: Introduction, challenge: Challenge, owner: User
) -> None:
    client = signed_in(owner)
    client.get(LIST)  # what is counted once for every page
    with CaptureQueriesContext(connection) as one:
        client.get(LIST)
    for _ in range(2):
        user = factories.make_user()
        create_introduction(challenge=challenge, profile=factories.make_researcher(user), asked_by=user)
    with CaptureQueriesContext(connection) as three:
        client.get(LIST)
    assert len(three) == len(one)
    assert not mail.outbox
