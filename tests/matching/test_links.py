"""The links of a match letter: no sign-in, nothing happens before a button is pressed."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.core.mail import EmailMessage
from django.test import Client
from django.utils import timezone

from accounts import mailer
from accounts.models import Cadence, Membership, Profile, Translation, User
from accounts.tokens import hash_token
from hubs.models import Challenge, Introduction, Need
from matching.digests import write_due_letters
from matching.models import Answer, AnswerLink, Match, MatchEvent
from tests import factories
from tests.matching.letters import make_match, wants

pytestmark = pytest.mark.django_db
WORDS = {"brings": "Sensores.", "needs": "Pozos donde medir.", "who": "Un laboratorio."}


@pytest.fixture
def poster() -> User:
    return factories.make_user("agencia@example.org")


@pytest.fixture
def challenge(poster: User) -> Challenge:
    organisation = factories.make_organisation(owner=poster)
    return factories.make_challenge(
        organisation,
        needs=("Medir arsénico en pozos", "Avisar a los vecinos"),
        contact_email="contacto-secreto@example.org",
    )


@pytest.fixture
def profile() -> Profile:
    return factories.make_researcher(factories.make_user("lectora@example.org", language="en"))


@pytest.fixture
def token(challenge: Challenge, profile: Profile) -> str:
    return mailed(profile, challenge)


def html_of(message: EmailMessage) -> str:
    return str(message.alternatives[0][0])  # type: ignore[attr-defined]


def mailed(profile: Profile, challenge: Challenge, match: Match | None = None) -> str:
    """The secret of the letter's links, as its reader has it."""
    match or make_match(profile, challenge, strength="strong")
    for person in profile.letter_readers():
        wants(person, Cadence.AT_ONCE)
    write_due_letters()
    mailer.send_due()
    found = re.search(r"/a/([\w-]+)/", str(mail.outbox[0].body))
    assert found
    return found[1]


def test_the_letter_says_what_is_asked_why_its_reader_when_it_closes_and_how_to_answer(
    token: str, challenge: Challenge
) -> None:
    message = mail.outbox[0]
    for body in (str(message.body), html_of(message)):
        assert challenge.title.lower() in body.lower()
        assert "Medir arsénico en pozos" in body
        assert "Medimos arsénico en 40 pozos." in body
        assert "2021" in body
        assert "https://example.org/articulo" in body
        assert "Avisar a los vecinos" in body
        assert "Closes on" in body
        assert "at once" in body
        for end in ("", "interested/", "not_now/", "never/"):
            assert f"/a/{token}/{end}" in body
    assert 'lang="es"' in html_of(message)
    assert 22 <= len(token) <= 51
    assert AnswerLink.objects.get().token_hash == hash_token(token)


def test_the_authors_own_translation_is_preferred(profile: Profile, challenge: Challenge) -> None:
    need = Need.objects.filter(challenge=challenge).first()
    assert need
    Translation.objects.create(record=need, field="text", language="en", text="Measure arsenic in wells")
    Translation.objects.create(record=challenge, field="title", language="en", text="Safe water")
    mailed(profile, challenge)
    assert "Safe water" in mail.outbox[0].subject
    assert "Measure arsenic in wells" in mail.outbox[0].body


def test_the_words_that_matter_are_bold_in_a_letter_and_marked_on_its_page(
    profile: Profile, challenge: Challenge
) -> None:
    match = make_match(profile, challenge, strength="strong")
    row = match.reason["needs"][0]
    row["marks"], row["evidence"]["marks"], row["evidence"]["title_marks"] = [[6, 14]], [[8, 16]], [[0, 8]]
    match.save()
    token = mailed(profile, challenge, match)
    html = html_of(mail.outbox[0])
    for word in ("Medir <strong>arsénico</strong> en", "Medimos <strong>arsénico</strong> en"):
        assert word in html
    assert "<strong>Arsénico</strong> en el Bajío" in html
    assert "Medimos arsénico en 40 pozos." in str(mail.outbox[0].body)
    page = Client().get(f"/a/{token}/").content.decode()
    assert "Medir <mark>arsénico</mark> en" in page
    assert "Medimos <mark>arsénico</mark> en" in page


@pytest.mark.parametrize("end", ["", "interested/", "not_now/", "never/", "introduce/"])
def test_following_any_link_shows_a_page_and_does_nothing(token: str, end: str, challenge: Challenge) -> None:
    page = Client().get(f"/a/{token}/{end}")
    assert page.status_code == 200
    assert challenge.title in page.content.decode()
    assert "Medimos arsénico" in page.content.decode()
    assert page["Referrer-Policy"] == "no-referrer"
    assert page["X-Robots-Tag"] == "noindex"
    assert not Answer.objects.exists()
    assert not Introduction.objects.exists()


@pytest.mark.parametrize("answer", ["interested", "not_now", "never"])
def test_an_answer_is_recorded_without_sign_in_or_cookie(token: str, answer: str, profile: Profile) -> None:
    client = Client(enforce_csrf_checks=True)
    page = client.post(f"/a/{token}/{answer}/", headers={"Origin": "null"})
    assert page.status_code == 200
    row = Answer.objects.get()
    assert (row.profile, row.person, row.answer) == (profile, profile.person, answer)
    assert client.post(f"/a/{token}/{answer}/").status_code == 200
    event = MatchEvent.objects.get(kind="answer")
    assert (event.answer, event.via) == (answer, "letter")


def test_a_later_answer_replaces_the_earlier_one(token: str) -> None:
    Client().post(f"/a/{token}/never/")
    Client().post(f"/a/{token}/interested/")
    assert Answer.objects.get().answer == "interested"


def test_interested_leads_to_a_request_with_three_answers(token: str, challenge: Challenge) -> None:
    page = Client().post(f"/a/{token}/interested/")
    assert f"/a/{token}/introduce/" in page.content.decode()
    page = Client().post(f"/a/{token}/introduce/", {**WORDS, "brings": "Conozco esos pozos."})
    assert page.status_code == 200
    introduction = Introduction.objects.get()
    assert introduction.brings == "Conozco esos pozos."
    assert introduction.challenge == challenge
    assert introduction.reason["needs"][0]["evidence"]["year"] == 2021
    again = Client().post(f"/a/{token}/introduce/", {**WORDS, "brings": "Otra vez."})
    assert again.status_code == 422
    assert Introduction.objects.count() == 1


def test_no_contact_is_shown_before_an_introduction(token: str) -> None:
    for page in (Client().get(f"/a/{token}/"), Client().post(f"/a/{token}/interested/")):
        assert "contacto-secreto" not in page.content.decode()
    assert "contacto-secreto" not in str(mail.outbox[0].body)


def test_links_end_thirty_days_after_the_closing(token: str, challenge: Challenge) -> None:
    assert challenge.closes_at
    with time_machine.travel(challenge.closes_at + timedelta(days=29)):
        assert Client().get(f"/a/{token}/").status_code == 200
    with time_machine.travel(challenge.closes_at + timedelta(days=31)):
        page = Client().get(f"/a/{token}/")
        assert page.status_code == 410
        assert challenge.title not in page.content.decode()
        assert Client().post(f"/a/{token}/interested/").status_code == 410
    assert not Answer.objects.exists()


def test_a_withdrawn_challenge_is_no_longer_shown(token: str, challenge: Challenge) -> None:
    Challenge.objects.filter(pk=challenge.pk).update(status="withdrawn")
    assert Client().get(f"/a/{token}/").status_code == 410
    assert Client().post(f"/a/{token}/interested/").status_code == 410


def test_an_introduction_to_a_closed_challenge_is_refused_in_words(token: str, challenge: Challenge) -> None:
    Challenge.objects.filter(pk=challenge.pk).update(closes_at=timezone.now())
    page = Client().post(f"/a/{token}/introduce/", WORDS)
    assert page.status_code == 422
    assert not Introduction.objects.exists()


@pytest.mark.parametrize("path", ["/a/aaaaaaaaaaaaaaaaaaaaaaaa/", "/a/aaaaaaaaaaaaaaaaaaaaaaaa/interested/"])
def test_an_unknown_link_does_not_exist(path: str) -> None:
    assert Client().get(path).status_code == 404


def test_an_unknown_answer_does_not_exist(token: str) -> None:
    assert Client().post(f"/a/{token}/perhaps/").status_code == 404


def test_who_left_the_organisation_no_longer_answers_for_it(challenge: Challenge) -> None:
    user = factories.make_user()
    startup = factories.make_profile(factories.make_organisation("startup", owner=user))
    token = mailed(startup, challenge)
    assert Client().get(f"/a/{token}/").status_code == 200
    Membership.objects.filter(person=user.person).delete()
    assert Client().get(f"/a/{token}/").status_code == 404
    assert Client().post(f"/a/{token}/interested/").status_code == 404
