"""What a failure of the SMTP dialogue means for the letter."""

import smtplib

import pytest
from django.core.mail.backends.locmem import EmailBackend as LocmemBackend

from accounts.mailbox import MailboxBackend
from accounts.smtp import EmailBackend, Failure, NotingSMTP, NotingSMTPOverTLS, explain


def after(error: Exception, *, begun: bool = False, arrived: bool = False) -> Failure:
    backend = EmailBackend()
    backend.dialogue = NotingSMTP()
    backend.dialogue.message_begun = begun
    backend.arrived = arrived
    return explain(error, backend)


def test_a_connection_lost_before_the_message_was_begun_is_worth_another_try() -> None:
    failure = after(smtplib.SMTPServerDisconnected("gone"))
    assert not failure.may_have_arrived
    assert failure.away


def test_a_connection_lost_after_the_message_was_begun_may_have_delivered_it() -> None:
    failure = after(smtplib.SMTPServerDisconnected("gone"), begun=True)
    assert failure.may_have_arrived
    assert not failure.away


def test_a_refusal_after_the_message_is_the_servers_word_that_it_did_not_take_it() -> None:
    failure = after(smtplib.SMTPDataError(451, b"later"), begun=True)
    assert not failure.may_have_arrived
    assert not failure.permanent
    assert after(smtplib.SMTPDataError(554, b"no"), begun=True).permanent


def test_trouble_with_the_farewell_changes_nothing() -> None:
    assert after(OSError("gone"), begun=True, arrived=True).arrived


def test_a_greeting_or_sign_in_that_fails_stops_the_round_but_no_letter() -> None:
    failure = after(smtplib.SMTPAuthenticationError(535, b"wrong"))
    assert failure.away
    assert not failure.permanent


def test_a_server_that_cannot_take_such_an_address_never_will() -> None:
    assert after(smtplib.SMTPNotSupportedError("SMTPUTF8")).permanent


@pytest.mark.parametrize(("backend", "arrived"), [(MailboxBackend(), False), (LocmemBackend(), True)])
def test_other_backends_are_believed_to_have_delivered_unless_they_know(
    backend: object, arrived: bool
) -> None:
    assert explain(OSError("?"), backend).may_have_arrived is arrived  # type: ignore[arg-type]


def test_tls_from_the_start_remembers_as_well() -> None:
    assert EmailBackend(use_ssl=True).connection_class is NotingSMTPOverTLS
    assert EmailBackend().connection_class is NotingSMTP
