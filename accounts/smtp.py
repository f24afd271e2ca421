"""The SMTP dialogue, and what its failures mean: not handed over, refused for good, or perhaps arrived."""

import smtplib
from dataclasses import dataclass
from typing import Any

from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.backends.smtp import EmailBackend as DjangoEmailBackend
from django.core.mail.message import EmailMessage


@dataclass(frozen=True)
class Failure:
    text: str
    permanent: bool = False
    may_have_arrived: bool = False
    arrived: bool = False
    away: bool = False


class _Noting:
    """Remembers that the message itself was begun: commands are sent as text, only the message as bytes."""

    message_begun = False

    def send(self, s: Any) -> None:
        if isinstance(s, bytes):
            self.message_begun = True
        super().send(s)  # type: ignore[misc]


class NotingSMTP(_Noting, smtplib.SMTP):
    pass


class NotingSMTPOverTLS(_Noting, smtplib.SMTP_SSL):
    pass


class EmailBackend(DjangoEmailBackend):
    """Django's, on a connection that remembers how far it got."""

    arrived = False
    dialogue: smtplib.SMTP | None = None

    @property
    def connection_class(self) -> type[smtplib.SMTP]:
        return NotingSMTPOverTLS if self.use_ssl else NotingSMTP

    def _send(self, email_message: EmailMessage) -> bool:
        self.dialogue = self.connection
        self.arrived = bool(super()._send(email_message))  # type: ignore[misc]
        return self.arrived

    @property
    def may_have_arrived(self) -> bool:
        return bool(getattr(self.dialogue, "message_begun", False))


def explain(error: Exception, connection: BaseEmailBackend) -> Failure:
    """What the failure means for the letter. A server's own word is definite; a lost connection is not.
    Backends that cannot tell how far they got are believed to have got there."""
    text = f"{type(error).__name__}: {error}"
    if getattr(connection, "arrived", False):
        return Failure(text, arrived=True)  # only the farewell went wrong
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        codes = [code for code, _ in error.recipients.values()]
        return Failure(text, permanent=all(code >= 500 for code in codes))
    if isinstance(error, smtplib.SMTPDataError):
        return Failure(text, permanent=error.smtp_code >= 500)
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return Failure(text, permanent=True)
    if isinstance(error, smtplib.SMTPResponseException):  # for the operator to mend, so the letter waits
        sender = isinstance(error, smtplib.SMTPSenderRefused)
        return Failure(text, away=not sender)  # else the greeting or the sign-in: no letter would fare better
    begun = bool(getattr(connection, "may_have_arrived", True))
    return Failure(text, may_have_arrived=begun, away=not begun)
