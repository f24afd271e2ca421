"""The link that stops letters: no sign-in, no questions, for ever."""

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from accounts import mailer
from accounts.models import (
    Cadence,
    Consent,
    Family,
    Letter,
    LetterPreference,
    NewsItem,
    UnsubscribeLink,
    User,
)
from accounts.news import notify
from accounts.tokens import new_token

pytestmark = pytest.mark.django_db


@pytest.fixture
def stop_link(owner: User) -> str:
    token, token_hash = new_token()
    UnsubscribeLink.objects.create(token_hash=token_hash, person=owner.person, family=Family.MATCHES)
    return reverse("unsubscribe", args=[token])


def test_following_the_link_stops_nothing(owner: User, stop_link: str) -> None:
    page = Client().get(stop_link)
    assert page.status_code == 200
    assert page["Referrer-Policy"] == "no-referrer"
    assert page["X-Robots-Tag"] == "noindex"
    assert mailer.cadence_of(owner.person, Family.MATCHES) == Cadence.WEEKLY


def test_one_click_stops_them_without_sign_in_cookie_or_redirect(owner: User, stop_link: str) -> None:
    client = Client(enforce_csrf_checks=True)
    response = client.post(stop_link, {"List-Unsubscribe": "One-Click"})
    assert response.status_code == 200
    assert mailer.cadence_of(owner.person, Family.MATCHES) == Cadence.NEVER
    consent = Consent.objects.get()
    assert (consent.purpose, consent.granted) == ("letters", False)
    assert client.post(stop_link, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert Consent.objects.count() == 1


def test_the_choice_can_be_undone_on_the_spot(owner: User, stop_link: str) -> None:
    client = Client()
    client.post(stop_link)
    assert 'value="weekly"' in client.get(stop_link).content.decode()
    client.post(stop_link, {"cadence": "weekly"})
    assert mailer.cadence_of(owner.person, Family.MATCHES) == Cadence.WEEKLY


@pytest.mark.parametrize("family", [Family.CHALLENGES, Family.CONTACTS, Family.PROGRAMMES])
def test_each_family_is_stopped_by_itself_and_touches_no_consent(owner: User, family: Family) -> None:
    token, token_hash = new_token()
    UnsubscribeLink.objects.create(token_hash=token_hash, person=owner.person, family=family)
    page = Client().post(reverse("unsubscribe", args=[token]), {"List-Unsubscribe": "One-Click"})
    assert str(family.label) in page.content.decode()
    chosen = mailer.cadences_of_person(owner.person)
    assert [each for each, cadence in chosen.items() if cadence == Cadence.NEVER] == [family]
    assert not Consent.objects.exists()


def test_every_letter_but_those_of_the_account_has_its_link(owner: User) -> None:
    for family in Family:
        notify(person=owner.person, family=family, kind="letters_stopped")
    LetterPreference.objects.all().delete()
    for family in (Family.MATCHES, Family.PROGRAMMES):  # by default they gather
        mailer.queue_letter(kind="news", family=family, person=owner.person)
        NewsItem.objects.filter(family=family).update(letter=Letter.objects.latest("pk"))
    mailer.send_due()
    assert len(mail.outbox) == len(Family)
    stoppable = [message for message in mail.outbox if "List-Unsubscribe" in message.extra_headers]
    assert len(stoppable) == len(Family) - 1
    for message in stoppable:
        assert message.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert sorted(UnsubscribeLink.objects.values_list("family", flat=True)) == sorted(
        set(Family) - {Family.ACCOUNT}
    )


def test_an_unknown_unsubscribe_link_does_not_exist(db: None) -> None:
    assert Client().get("/u/aaaaaaaaaaaaaaaaaaaaaaaa/").status_code == 404
    assert Client().post("/u/aaaaaaaaaaaaaaaaaaaaaaaa/").status_code == 404
