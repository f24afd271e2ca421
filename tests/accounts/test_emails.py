"""The letters of accounts: codes, answers to sign-ups, and invitations."""

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone, translation

from accounts import mailer
from accounts.actions import invite
from accounts.adapter import AccountAdapter
from accounts.models import Invitation, Letter, User
from accounts.tokens import hash_token
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("address", ["duena@example.org", "nadie@example.org"])
def test_codes_go_out_alike_for_known_and_unknown_addresses(owner: User, address: str) -> None:
    before = Letter.objects.count()
    response = Client().post("/es/account/login/code/", {"email": address})
    assert response.status_code == 302
    assert Letter.objects.count() == before + 1
    letter = Letter.objects.get()
    assert (letter.kind, letter.person, letter.address) == ("account", None, address)
    mailer.send_due()
    assert mail.outbox[0].to == [address]


def test_a_code_stands_in_its_row_only_until_it_is_sent() -> None:
    with translation.override("en"):
        context = {"code": "ABC123", "request": object()}
        AccountAdapter().send_mail("account/email/login_code", "a@example.org", context)
    letter = Letter.objects.get()
    assert letter.language == "en"
    assert letter.params["context"] == {"code": "ABC123"}
    mailer.send_due()
    letter.refresh_from_db()
    assert letter.params == {}
    assert "ABC123" in mail.outbox[0].subject
    assert "ABC123" in mail.outbox[0].body
    assert "ABC123" in str(mail.outbox[0].alternatives[0][0])  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "name",
    [
        "login_code",
        "email_confirmation",
        "email_confirmation_signup",
        "password_reset_code",
        "account_already_exists",
        "unknown_account",
        "something_new",
    ],
)
def test_every_account_letter_has_words_of_its_own(name: str) -> None:
    context = {"code": "ABC123", "signup_url": "http://other.example/es/account/signup/"}
    with translation.override("en"):
        AccountAdapter().send_mail(f"account/email/{name}", "a@example.org", context)
    mailer.send_due()
    message = mail.outbox[0]
    assert message.subject
    assert "a@example.org" in message.body
    assert "other.example" not in message.body
    assert "List-Unsubscribe" not in message.extra_headers


def test_an_invitation_carries_a_link_that_works_and_whose_secret_is_nowhere_stored(owner: User) -> None:
    organisation = factories.make_organisation(owner=owner)
    invite(organisation=organisation, by=owner, email="nueva@example.org")
    mailer.send_due()
    link = next(word for word in mail.outbox[0].body.split() if "/i/" in word)
    token = link.removesuffix("/").rsplit("/", 1)[1]
    assert Invitation.objects.get().token_hash == hash_token(token)
    assert organisation.name in mail.outbox[0].subject
    assert Client().get(f"/i/{token}/", follow=True).status_code == 200


def test_a_withdrawn_invitation_is_not_sent(owner: User) -> None:
    invite(organisation=factories.make_organisation(owner=owner), by=owner, email="nueva@example.org")
    Invitation.objects.update(expires_at=timezone.now())
    mailer.send_due()
    assert mail.outbox == []
