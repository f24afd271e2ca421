"""How a letter reaches somebody: a row first, its text at the moment of sending, sent at most once.

A letter's row is claimed before the SMTP dialogue. What is refused before its data was handed over is tried
again; what may have arrived is *unknown*: letters of a kind that must not arrive twice are listed for the
operator, the others are sent again (`Kind.again_if_unknown`).
"""

import logging
import time
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.mail import get_connection
from django.db import IntegrityError, transaction
from django.db.models import Case, F, QuerySet, Value, When
from django.utils import timezone

from .models import Cadence, Family, Letter, LetterPreference, Person, Suppression
from .queue import after_commit
from .rendering import message_for
from .smtp import Failure, explain

logger = logging.getLogger(__name__)
FIRST_RETRY = timedelta(seconds=30)
LONGEST_RETRY = timedelta(hours=1)
GIVE_UP_AFTER = timedelta(days=5)  # as mail servers do (RFC 5321, 4.5.4.1)
SWEEP_SECONDS = 50.0
ASKED_FOR = "account"  # the kind of letter that answers what somebody did on a page a moment ago


@dataclass(frozen=True)
class Kind:
    """One kind of letter: its folder under `templates/emails/` and the function that fills it.

    `fill` returns the template's context, or None when there is nothing left to say (the letter is dropped).
    A context may name another `folder` than the kind's own.
    """

    name: str
    family: Family
    fill: Callable[[Letter], dict[str, Any] | None]
    on_sent: Callable[[Letter], None] | None = None
    again_if_unknown: bool = False


@dataclass(frozen=True)
class Outcome:
    state: Letter.State
    error: str = ""
    away: bool = False  # nobody answered at the mail server: no other letter would fare better now


kinds: dict[str, Kind] = {}


def register(kind: Kind) -> None:
    kinds[kind.name] = kind


@transaction.atomic
def queue_letter(
    *,
    kind: str,
    person: Person | None = None,
    address: str = "",
    language: str = "",
    params: dict[str, Any] | None = None,
    key: str | None = None,
    family: Family | None = None,
) -> Letter | None:
    """Put a letter in the queue. A `key` makes it happen once: the second call returns None. `family`: of
    kinds that carry news of any."""
    from .tasks import send_letter  # the task stands above what it calls

    letter = Letter(
        kind=kind,
        family=family or kinds[kind].family,
        person=person,
        address=address,
        language=language or (person.language if person else settings.LANGUAGE_CODE),
        params=params or {},
        key=key,
        message_id=f"{uuid.uuid4().hex}@{settings.MAIL_DOMAIN}",
    )
    if key is not None and Letter.objects.filter(key=key).exists():
        return None
    try:
        with transaction.atomic():
            letter.save()
    except IntegrityError:
        if key is not None and Letter.objects.filter(key=key).exists():
            return None  # another process was faster by a moment
        raise
    after_commit(send_letter, letter.pk)
    return letter


def cadence_of(person: Person, family: Family) -> Cadence:
    return cadences_of([person], family)[person.pk]


def cadences_of(people: Iterable[Person], family: Family) -> dict[int, Cadence]:
    """What each person chose, else the default."""
    ids = [person.pk for person in people]
    rows = LetterPreference.objects.filter(person__in=ids, family=family, channel="email")
    chosen = {row.person_id: Cadence(row.cadence) for row in rows}
    return {person_id: chosen.get(person_id, LetterPreference.DEFAULTS[family]) for person_id in ids}


def cadences_of_person(person: Person) -> dict[str, Cadence]:
    """For each family what the person chose, else the default."""
    rows = LetterPreference.objects.filter(person=person, channel="email")
    chosen = {row.family: Cadence(row.cadence) for row in rows}
    return {family: chosen.get(family, LetterPreference.DEFAULTS[family]) for family in Family}


def send(letter_id: int) -> Outcome | None:
    """Claim the letter and carry it to the mail server. None: somebody else has it, or it is not due."""
    now = timezone.now()
    claimed = Letter.objects.due().filter(pk=letter_id)
    if not claimed.update(state=Letter.State.SENDING, claimed_at=now, attempts=F("attempts") + 1):
        return None
    letter = Letter.objects.select_related("person__user").get(pk=letter_id)
    outcome = _carry(letter)
    _settle(letter, outcome)
    return outcome


def send_due(seconds: float = SWEEP_SECONDS) -> int:
    """Carry every letter that is due, account letters first, until time is up or the server is away."""
    tried: set[int] = set()
    until = time.monotonic() + seconds
    first = Case(When(family=Family.ACCOUNT, then=Value(0)), default=Value(1))
    due = Letter.objects.due().order_by(first, "not_before", "pk").values_list("pk", flat=True)
    while time.monotonic() < until:
        letter_id = due.exclude(pk__in=tried).first()
        if letter_id is None:
            break
        tried.add(letter_id)
        outcome = send(letter_id)
        if outcome and outcome.away:
            break
    return len(tried)


def settle_interrupted() -> int:
    """Letters whose worker died between the claim and the end: they may have arrived."""
    since = timezone.now() - timedelta(seconds=settings.HELICE_SENDING_TIMEOUT)
    stuck = Letter.objects.filter(state=Letter.State.SENDING, claimed_at__lte=since)
    error = "The worker stopped while it was sending."
    again = [name for name, kind in kinds.items() if kind.again_if_unknown]
    settled = stuck.filter(kind__in=again).update(
        state=Letter.State.QUEUED, not_before=timezone.now(), error=error
    )
    return settled + stuck.exclude(kind__in=again).update(state=Letter.State.UNKNOWN, error=error)


@transaction.atomic
def send_again(letters: QuerySet[Letter]) -> int:
    """The operator's decision on letters that failed, or that nobody knows the fate of."""
    from .tasks import send_letter

    stuck = letters.filter(state__in=[Letter.State.FAILED, Letter.State.UNKNOWN])
    ids = list(stuck.select_for_update().values_list("pk", flat=True))
    now = timezone.now()
    Letter.objects.filter(pk__in=ids).update(state=Letter.State.QUEUED, attempts=0, not_before=now, error="")
    for letter_id in ids:
        after_commit(send_letter, letter_id)
    return len(ids)


def recipient(letter: Letter) -> str | None:
    """An account letter goes where it was asked for; all others only to a verified address."""
    if letter.address and letter.family == Family.ACCOUNT:
        return letter.address
    person = letter.person
    if person is None or person.user is None or not person.user.is_active:
        return None
    return person.verified_address()


def is_wanted(letter: Letter) -> bool:
    """Account letters always come; the others only while the person has not stopped them."""
    if letter.family == Family.ACCOUNT or letter.person is None:
        return True
    return cadence_of(letter.person, Family(letter.family)) != Cadence.NEVER


def is_stopped(letter: Letter, address: str) -> bool:
    """After a bounce or a complaint. What somebody asks for on the page itself, as a code to sign in, still
    goes: without it they could not come and change their address."""
    asked_for = letter.family == Family.ACCOUNT and letter.kind == ASKED_FOR
    return not asked_for and Suppression.objects.filter(address=address.lower()).exists()


def _carry(letter: Letter) -> Outcome:
    try:
        to = recipient(letter)
        if to is None:
            return Outcome(Letter.State.DROPPED, "No verified address.")
        if not is_wanted(letter):
            return Outcome(Letter.State.DROPPED, "No longer wanted.")
        if is_stopped(letter, to):
            return Outcome(Letter.State.DROPPED, "The address bounced, or somebody there complained.")
        message = message_for(letter, kinds[letter.kind].fill, to)
    except Exception as error:
        logger.exception("Letter %s could not be written", letter.pk)
        return _again(letter, f"{type(error).__name__}: {error}")
    if message is None:
        return Outcome(Letter.State.DROPPED, "Nothing left to say.")
    connection = get_connection()
    try:
        connection.send_messages([message])
    except Exception as error:
        return _after_failure(letter, explain(error, connection))
    return Outcome(Letter.State.SENT)


def _after_failure(letter: Letter, failure: Failure) -> Outcome:
    logger.warning("Letter %s: %s", letter.pk, failure.text)
    if failure.arrived:
        return Outcome(Letter.State.SENT)
    if failure.may_have_arrived and not kinds[letter.kind].again_if_unknown:
        return Outcome(Letter.State.UNKNOWN, failure.text)
    if failure.permanent:
        return Outcome(Letter.State.FAILED, failure.text)
    return _again(letter, failure.text, away=failure.away)


def _again(letter: Letter, error: str, *, away: bool = False) -> Outcome:
    if timezone.now() - letter.created_at > GIVE_UP_AFTER and letter.attempts > 1:
        return Outcome(Letter.State.FAILED, error, away)
    return Outcome(Letter.State.QUEUED, error, away)


def _settle(letter: Letter, outcome: Outcome) -> None:
    """Write down what became of it. The time of the claim tells whether the row is still ours; that it was
    sent is true whoever has it by now."""
    row = Letter.objects.filter(pk=letter.pk).exclude(state=Letter.State.SENT)
    if outcome.state == Letter.State.SENT:
        kind = kinds[letter.kind]
        with transaction.atomic():
            if row.update(state=outcome.state, sent_at=timezone.now(), params={}, error="") and kind.on_sent:
                kind.on_sent(letter)
        return
    changes: dict[str, Any] = {"state": outcome.state, "error": outcome.error}
    if outcome.state == Letter.State.QUEUED:
        changes["not_before"] = next_try(letter.attempts)
    elif outcome.state == Letter.State.DROPPED:
        changes["params"] = {}
    row.filter(state=Letter.State.SENDING, claimed_at=letter.claimed_at).update(**changes)


def next_try(attempts: int) -> datetime:
    doubled: timedelta = FIRST_RETRY * 2 ** min(attempts - 1, 10)
    return timezone.now() + min(doubled, LONGEST_RETRY)
