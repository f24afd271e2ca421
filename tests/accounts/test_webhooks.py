"""Bounces and complaints stop letters, and their owner hears of it."""

import base64
import json
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from accounts import mailer, suppression
from accounts.models import Letter, NewsItem, Person, Suppression, User
from accounts.news import notify
from tests.conftest import signed_in

pytestmark = pytest.mark.django_db
SECRET = "correo:secreto"
BOUNCE = {
    "RecordType": "Bounce",
    "ID": 4323372036854775807,
    "Type": "HardBounce",
    "TypeCode": 1,
    "MessageID": "883953f4-6105-42a2-a16a-77a8eac79483",
    "Email": "DUENA@example.org",
    "BouncedAt": "2026-11-05T16:33:54.9070259Z",
}


@pytest.fixture(autouse=True)
def _provider(settings: Any) -> None:
    settings.MAIL_PROVIDER = "postmark"
    settings.ANYMAIL = {"WEBHOOK_SECRET": SECRET}


def report(event: dict[str, Any], *, secret: str = SECRET, provider: str = "postmark") -> int:
    signed = base64.b64encode(secret.encode()).decode()
    response = Client(enforce_csrf_checks=True).post(
        f"/hooks/mail/{provider}/",
        json.dumps(event),
        content_type="application/json",
        headers={"Authorization": f"Basic {signed}"},
    )
    return response.status_code


def write_to(user: User) -> Letter:
    notify(person=user.person, family="account", kind="letters_stopped", params={})
    mailer.send_due()
    return Letter.objects.latest("pk")


def test_after_a_bounce_no_letter_goes_there(owner: User) -> None:
    assert report(BOUNCE) == 200
    assert write_to(owner).state == "dropped"
    assert mail.outbox == []
    assert NewsItem.objects.filter(kind="letters_stopped").count() == 2  # it stands in the list all the same
    assert not Person.objects.reachable().filter(pk=owner.person.pk).exists()


def test_a_report_that_comes_again_changes_nothing(owner: User) -> None:
    for _ in range(2):
        assert report(BOUNCE) == 200
    row = Suppression.objects.get()
    assert (row.address, row.reason, row.person) == ("duena@example.org", "bounced", owner.person)


def test_a_complaint_weighs_more_than_a_bounce(owner: User) -> None:
    report(BOUNCE)
    assert report({**BOUNCE, "RecordType": "SpamComplaint", "Type": "SpamComplaint", "TypeCode": 512}) == 200
    assert Suppression.objects.get().reason == "complained"


@pytest.mark.parametrize(
    "event",
    [{"Type": "Transient", "TypeCode": 2}, {"RecordType": "Delivery", "Recipient": "duena@example.org"}],
)
def test_what_passes_or_arrives_stops_nothing(owner: User, event: dict[str, Any]) -> None:
    assert report({**BOUNCE, **event}) == 200
    assert not Suppression.objects.exists()


def test_nobody_reports_without_the_secret(owner: User, settings: Any) -> None:
    assert report(BOUNCE, secret="correo:otro") == 403
    assert report(BOUNCE, provider="mailgun") == 404
    settings.ANYMAIL = {"WEBHOOK_SECRET": ""}
    assert report(BOUNCE) == 403
    assert report(BOUNCE, secret="") == 403
    assert not Suppression.objects.exists()


def test_a_code_to_sign_in_still_comes(owner: User) -> None:
    report(BOUNCE)
    Client().post(reverse("account_request_login_code"), {"email": owner.email})
    mailer.send_due()
    assert [message.to for message in mail.outbox] == [[owner.email]]


def test_its_owner_hears_of_it_at_the_next_sign_in_and_once(owner: User) -> None:
    report(BOUNCE)
    for times in (1, 0):
        client = Client()
        form = {"login": owner.email, "password": "correcto-caballo"}
        page = client.post(reverse("account_login"), form, follow=True).content.decode()
        assert page.count("duena@example.org regresan") == times, page[-3000:]


def test_its_owner_has_letters_sent_again(owner: User, stranger: User) -> None:
    report(BOUNCE)
    address = reverse("accounts:letters_again")
    signed_in(stranger).post(address)
    assert Suppression.objects.exists()
    client = signed_in(owner)
    assert address in client.get(reverse("accounts:preferences")).content.decode()
    client.post(address)
    assert not Suppression.objects.exists()
    assert write_to(owner).state == "sent"


def test_an_address_that_was_confirmed_anew_gets_letters(owner: User) -> None:
    suppression.suppress(address=owner.email, reason=Suppression.Reason.BOUNCED)
    assert suppression.lift([owner.email.upper()]) == 1
    assert write_to(owner).state == "sent"
