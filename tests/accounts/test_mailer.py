"""Letters: a row first, its text at the moment of sending, sent at most once."""

import smtplib
from datetime import timedelta
from email import message_from_bytes, policy
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.conf import settings
from django.core import mail
from django.core.mail.backends.base import BaseEmailBackend
from django.utils import timezone

from accounts import mailer
from accounts.adapter import AccountAdapter
from accounts.models import (
    Cadence,
    Family,
    Letter,
    LetterPreference,
    Person,
    UnsubscribeLink,
    User,
)
from accounts.tokens import hash_token
from tests.conftest import signed_in

pytestmark = pytest.mark.django_db

KIND = "match"  # its folder is there; what fills it is the test's


def make_fill(words: dict[str, Any] | None) -> Any:
    return lambda letter: words


@pytest.fixture(autouse=True)
def kinds(monkeypatch: pytest.MonkeyPatch) -> dict[str, mailer.Kind]:
    """One kind that may be stopped and must not arrive twice, beside the real ones."""
    words = {"folder": "account/other", "email": "lectora@example.org", "sign_in_url": "https://example.org/"}
    kind = mailer.Kind(name=KIND, family=Family.MATCHES, fill=make_fill(words))
    monkeypatch.setitem(mailer.kinds, KIND, kind)
    return mailer.kinds


class Broken(BaseEmailBackend):
    """A mail server that answers as it is told."""

    error: Exception = OSError("nobody there")
    may_have_arrived = False

    def send_messages(self, email_messages: Any) -> int:
        raise self.error


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> type[Broken]:
    backend = type("Told", (Broken,), {})
    monkeypatch.setattr(mailer, "get_connection", backend)
    return backend


def queue(person: Person, **fields: Any) -> Letter:
    letter = mailer.queue_letter(kind=KIND, person=person, **fields)
    assert letter
    return letter


def again(letter: Letter) -> Letter:
    letter.refresh_from_db()
    return letter


def test_a_letter_goes_to_the_verified_address_and_its_row_says_when(owner: User) -> None:
    letter = queue(owner.person)
    mailer.send(letter.pk)
    assert mail.outbox[0].to == ["duena@example.org"]
    assert again(letter).state == "sent"
    assert letter.sent_at
    assert letter.params == {}


def test_a_letter_is_sent_once_however_often_its_task_comes(owner: User) -> None:
    letter = queue(owner.person)
    mailer.send(letter.pk)
    assert mailer.send(letter.pk) is None
    assert len(mail.outbox) == 1


def test_a_key_makes_a_letter_happen_once(owner: User) -> None:
    assert queue(owner.person, key="once")
    assert mailer.queue_letter(kind=KIND, person=owner.person, key="once") is None
    assert Letter.objects.count() == 1


def test_nothing_is_sent_to_an_address_that_nobody_verified(owner: User) -> None:
    EmailAddress.objects.update(verified=False)
    letter = queue(owner.person)
    mailer.send(letter.pk)
    assert mail.outbox == []
    assert again(letter).state == "dropped"


def test_a_match_letter_never_goes_to_an_address_given_by_hand(owner: User) -> None:
    letter = queue(owner.person, address="otra@example.org")
    mailer.send(letter.pk)
    assert mail.outbox[0].to == ["duena@example.org"]


def test_who_stopped_them_after_it_was_queued_gets_none(owner: User) -> None:
    letter = queue(owner.person)
    LetterPreference.objects.create(person=owner.person, family="matches", cadence="never")
    mailer.send(letter.pk)
    assert mail.outbox == []
    assert again(letter).state == "dropped"


def test_a_letter_with_nothing_left_to_say_is_dropped(
    owner: User, kinds: dict[str, mailer.Kind], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(kinds, KIND, mailer.Kind(KIND, Family.MATCHES, make_fill(None)))
    letter = queue(owner.person)
    mailer.send(letter.pk)
    assert again(letter).state == "dropped"


def test_headers_of_a_match_letter_stand_on_one_line_each(owner: User, settings: Any) -> None:
    settings.HELICE_URL = "https://helice.universidad-tecnologica-de-una-entidad.example.mx"
    letter = queue(owner.person)
    mailer.send(letter.pk)
    raw = mail.outbox[0].message().as_bytes(linesep="\r\n")  # type: ignore[call-arg]
    head = raw.split(b"\r\n\r\n")[0].split(b"\r\n")
    (line,) = [each for each in head if each.startswith(b"List-Unsubscribe:")]
    url = line.split(b"<")[1].split(b">")[0].decode()
    assert line.endswith(b"<mailto:contacto@example.org?subject=unsubscribe>")
    assert b"List-Unsubscribe-Post: List-Unsubscribe=One-Click" in head
    assert f"Message-ID: <{letter.message_id}>".encode() in head
    assert b"Auto-Submitted: auto-generated" in head
    assert any(each.startswith(b"Feedback-ID: match:") for each in head)
    assert not any(each.startswith((b" ", b"\t")) for each in head if b"boundary" not in each)
    token = url.removesuffix("/").rsplit("/", 1)[1]
    assert 22 <= len(token) <= 51
    assert UnsubscribeLink.objects.get().token_hash == hash_token(token)
    assert mailer.cadence_of(owner.person, Family.MATCHES) == Cadence.WEEKLY


def test_the_message_id_stays_the_same_when_a_letter_is_tried_again(
    owner: User, broken: type[Broken]
) -> None:
    letter = queue(owner.person)
    before = letter.message_id
    mailer.send(letter.pk)
    assert again(letter).message_id == before


def test_letters_are_written_in_their_language_with_html_beside_text(owner: User) -> None:
    letter = queue(owner.person, language="en")
    mailer.send(letter.pk)
    message = mail.outbox[0]
    parsed = message_from_bytes(message.message().as_bytes(), policy=policy.default)
    assert parsed["Content-Language"] == "en"
    assert [part.get_content_type() for part in parsed.iter_parts()] == ["text/plain", "text/html"]
    html = str(message.alternatives[0][0])  # type: ignore[union-attr]
    assert 'lang="en"' in html
    assert 'style="' in html
    assert "@media" in html  # phones and dark mode


def test_while_the_server_is_down_a_letter_waits_longer_each_time(owner: User, broken: type[Broken]) -> None:
    letter = queue(owner.person)
    waits = []
    for _ in range(3):
        Letter.objects.update(not_before=timezone.now())
        outcome = mailer.send(letter.pk)
        assert outcome
        assert outcome.away
        waits.append(again(letter).not_before - timezone.now())
        assert letter.state == "queued"
    assert waits == sorted(waits)
    assert waits[2] > waits[0] * 3
    assert "nobody there" in letter.error


def test_a_sweep_stops_when_nobody_answers_at_the_server(owner: User, broken: type[Broken]) -> None:
    for _ in range(3):
        queue(owner.person)
    assert mailer.send_due() == 1


def test_a_sweep_sends_everything_that_is_due_and_account_letters_first(owner: User) -> None:
    queue(owner.person)
    AccountAdapter().send_mail("account/email/login_code", "alguien@example.org", {"code": "ABC123"})
    Letter.objects.filter(pk=queue(owner.person).pk).update(not_before=timezone.now() + timedelta(hours=1))
    assert mailer.send_due() == 2
    assert [message.to for message in mail.outbox] == [["alguien@example.org"], ["duena@example.org"]]


@pytest.mark.parametrize(
    ("error", "state"),
    [
        (smtplib.SMTPRecipientsRefused({"x": (550, b"no such user")}), "failed"),
        (smtplib.SMTPRecipientsRefused({"x": (450, b"greylisted")}), "queued"),
        (smtplib.SMTPDataError(554, b"spam"), "failed"),
        (smtplib.SMTPDataError(451, b"later"), "queued"),
        (smtplib.SMTPAuthenticationError(535, b"wrong password"), "queued"),
        (smtplib.SMTPSenderRefused(550, b"who?", "x"), "queued"),
        (smtplib.SMTPServerDisconnected("gone"), "queued"),
    ],
)
def test_only_a_refusal_for_good_fails_a_letter(
    owner: User, broken: type[Broken], error: Exception, state: str
) -> None:
    broken.error = error
    letter = queue(owner.person)
    mailer.send(letter.pk)
    assert again(letter).state == state


def test_what_may_have_arrived_is_unknown_unless_it_may_come_twice(owner: User, broken: type[Broken]) -> None:
    broken.may_have_arrived = True
    match = queue(owner.person)
    code = mailer.queue_letter(
        kind="account", address="a@example.org", params={"template_prefix": "", "context": {}}
    )
    assert code
    mailer.send(match.pk)
    mailer.send(code.pk)
    assert again(match).state == "unknown"
    assert again(code).state == "queued"


def test_a_letter_that_cannot_be_written_waits_with_its_error(
    owner: User, kinds: dict[str, mailer.Kind], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fill(letter: Letter) -> dict[str, Any]:
        raise ValueError("a mistake of ours")

    monkeypatch.setitem(kinds, KIND, mailer.Kind(KIND, Family.MATCHES, fill))
    letter = queue(owner.person)
    mailer.send(letter.pk)
    assert again(letter).state == "queued"
    assert "a mistake of ours" in letter.error


def test_letters_found_sending_after_a_crash_are_settled(owner: User) -> None:
    match = queue(owner.person)
    code = mailer.queue_letter(kind="account", address="a@example.org", params={"template_prefix": "x"})
    recent = queue(owner.person)
    long_ago = timezone.now() - timedelta(seconds=settings.HELICE_SENDING_TIMEOUT + 1)
    Letter.objects.update(state="sending", claimed_at=long_ago)
    Letter.objects.filter(pk=recent.pk).update(claimed_at=timezone.now())
    assert mailer.settle_interrupted() == 2
    assert code
    assert again(match).state == "unknown"
    assert again(code).state == "queued"
    assert again(recent).state == "sending"


def test_a_worker_that_was_only_slow_still_says_that_it_sent(
    owner: User, kinds: dict[str, mailer.Kind], monkeypatch: pytest.MonkeyPatch
) -> None:
    words = kinds[KIND].fill(Letter())

    def slow(letter: Letter) -> dict[str, Any] | None:
        Letter.objects.filter(pk=letter.pk).update(state="unknown")  # the sweep lost patience meanwhile
        return words

    monkeypatch.setitem(kinds, KIND, mailer.Kind(KIND, Family.MATCHES, slow))
    letter = queue(owner.person)
    mailer.send(letter.pk)
    assert again(letter).state == "sent"


def test_the_operator_sees_unknown_letters_and_sends_them_again(owner: User) -> None:
    admin = User.objects.create_superuser("operadora@example.org", "correcto-caballo")
    letter = queue(owner.person)
    Letter.objects.update(state="unknown", error="gone")
    client = signed_in(admin)
    page = client.get("/en/admin/accounts/letter/?state__exact=unknown")
    assert "gone" in page.content.decode()
    client.post("/en/admin/accounts/letter/", {"action": "send_again", "_selected_action": [letter.pk]})
    assert again(letter).state == "queued"
    mailer.send_due()
    assert len(mail.outbox) == 1
