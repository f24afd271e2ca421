"""The demo's mail server: each letter becomes one file, and a page shows it as its reader sees it."""

import os
import secrets
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email import policy
from email.message import EmailMessage as ParsedMessage
from email.parser import BytesHeaderParser, BytesParser
from pathlib import Path

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

LONGEST_NAME = 100  # ours have 37 characters; a file system refuses 256


class MailboxBackend(BaseEmailBackend):
    """Writes each message whole or not at all, so that a failure always means: not arrived."""

    may_have_arrived = False

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        return sum(self._write(message) for message in email_messages)

    def _write(self, message: EmailMessage) -> bool:
        folder = Path(settings.HELICE_MAILBOX)
        folder.mkdir(parents=True, exist_ok=True)
        name = f"{time.time_ns():020d}-{secrets.token_hex(8)}"  # sorts by time
        part = folder / f"{name}.part"
        try:
            with part.open("xb") as file:
                file.write(message.message().as_bytes(linesep="\r\n"))  # type: ignore[call-arg]
                file.flush()
                os.fsync(file.fileno())
            part.replace(folder / f"{name}.eml")
        finally:
            part.unlink(missing_ok=True)
        return True


@dataclass(frozen=True)
class Envelope:
    """A letter in the list: what its headers say."""

    name: str
    subject: str
    to: str
    sender: str
    language: str
    at: datetime | None


def names() -> list[str]:
    """Newest first."""
    return sorted((path.stem for path in Path(settings.HELICE_MAILBOX).glob("*.eml")), reverse=True)


def envelopes(address: str = "") -> Iterator[Envelope]:
    """Read one by one as they are asked for; with an address, only those to somebody whose address has it."""
    parser = BytesHeaderParser(policy=policy.default)
    for name in names():
        with _path(name).open("rb") as file:
            headers = parser.parse(file)
        if address.strip().lower() in str(headers["To"] or "").lower():
            yield envelope_of(name, headers)


def read(name: str) -> ParsedMessage | None:
    """The letter of that name; routes let no name with dots or slashes through."""
    path = _path(name)
    if len(name) > LONGEST_NAME or not path.is_file():
        return None
    with path.open("rb") as file:
        return BytesParser(policy=policy.default).parse(file)


def part(message: ParsedMessage, kind: str) -> str:
    """The text of the "plain" or "html" part, or nothing."""
    body = message.get_body(preferencelist=(kind,))
    return str(body.get_content()) if body else ""


def _path(name: str) -> Path:
    return Path(settings.HELICE_MAILBOX) / f"{Path(name).name}.eml"


def envelope_of(name: str, headers: ParsedMessage) -> Envelope:
    date = headers["Date"]
    return Envelope(
        name=name,
        subject=str(headers["Subject"] or ""),
        to=str(headers["To"] or ""),
        sender=str(headers["From"] or ""),
        language=str(headers["Content-Language"] or ""),
        # A Date header that ends in -0000 names no zone, and means UTC.
        at=date.datetime.replace(tzinfo=date.datetime.tzinfo or UTC) if date else None,
    )
