"""How a letter reaches somebody: a row first, its text at the moment of sending, sent at most once.

A letter's row is claimed before the SMTP dialogue. What is refused before its data was handed over is tried
again; what may have arrived is *unknown*: letters of a kind that must not arrive twice are listed for the
operator, the others are sent again (`Kind.again_if_unknown`).
"""

import logging
import smtplib
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import css_inline
from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone, translation

from .models import Cadence, Family, Letter, LetterPreference, Person, UnsubscribeLink
from .queue import after_commit
from .tokens import new_token

logger = logging.getLogger(__name__)
MAX_ATTEMPTS = 12
FIRST_RETRY = timedelta(seconds=30)
LONGEST_RETRY = timedelta(hours=6)


@dataclass(frozen=True)
class Kind:
    """One kind of letter: its folder under `templates/emails/` and the function that fills it.

    `fill` returns the template's context, or None when there is nothing left to say (the letter is dropped).
    """

    name: str
    family: Family
    fill: Callable[[Letter], dict[str, Any] | None]
    on_sent: Callable[[Letter], None] | None = None
    again_if_unknown: bool = False


kinds: dict[str, Kind] = {}


def register(kind: Kind) -> None:
    kinds[kind.name] = kind


def queue_letter(
    *, kind: str, person: Person | None = None, address: str = "", language: str = "",
    params: dict[str, Any] | None = None, key: str | None = None,
) -> Letter | None:
    """Put a letter in the queue. A `key` makes it happen once: the second call returns None."""
    letter = Letter(
        kind=kind, family=kinds[kind].family, person=person, address=address,
        language=language or (person.language if person else settings.LANGUAGE_CODE),
        params=params or {}, key=key, message_id=f"{uuid.uuid4().hex}@{settings.MAIL_DOMAIN}",
    )
    if key is not None and Letter.objects.filter(key=key).exists():
        return None
    letter.save()
    from .tasks import send_letter  # the task stands above what it calls

    after_commit(send_letter, letter.pk)
    return letter


def cadence_of(person: Person, family: Family) -> Cadence:
    row = LetterPreference.objects.filter(person=person, family=family, channel="email").first()
    return Cadence(row.cadence) if row else LetterPreference.DEFAULTS[family]


@dataclass
class Outcome:
    state: str
    error: str = ""
    again_at: Any = None
    changes: dict[str, Any] = field(default_factory=dict)
