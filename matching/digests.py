"""Who is due a letter, and with which matches.

Only strong and good matches are mailed; the possible ones wait on the page. A person hears of a challenge
once, whatever is retried or raced: the letter's key and the items' constraint stand in the database.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, F, Max, OuterRef, Q, QuerySet
from django.utils import timezone

from accounts.mailer import cadences_of, queue_letter
from accounts.models import Cadence, Family, Letter, Membership, Person
from accounts.rendering import zone_of

from .models import Answer, LetterItem, Match, Strength
from .pipeline.reasons import tell

KIND = "match"
MAX_ITEMS = 5
MAILED = (Strength.STRONG, Strength.GOOD)
HOUR = time(8)
REASONS_WAIT = timedelta(
    minutes=2
)  # a letter waits so long at most for the words of its reasons to be marked
SLICE = 500


@dataclass(frozen=True)
class Candidate:
    person_id: int
    profile_id: int
    challenge_id: int
    match_id: int
    score: float
    made_at: datetime


def write_due_letters(now: datetime | None = None) -> int:
    """Write the letters that are due at this moment, and queue them. Returns how many."""
    now = now or timezone.now()
    reachable = Person.objects.reachable()
    ids = list(reachable.order_by("pk").values_list("pk", flat=True))
    slices = (ids[start : start + SLICE] for start in range(0, len(ids), SLICE))
    return sum(_write_for(reachable.filter(pk__in=part).select_related("user"), now) for part in slices)


def _write_for(people: Iterable[Person], now: datetime) -> int:
    """First whose time has come, then their matches: those who had this week's letter cost nothing."""
    cadences = cadences_of(people, Family.MATCHES)
    waiting = {person: _period(cadences[person.pk], person, now) for person in people}
    keys = [_key(person, period) for person, period in waiting.items() if period]
    had = set(Letter.objects.filter(key__in=keys).values_list("key", flat=True))
    due = {
        person: period
        for person, period in waiting.items()
        if cadences[person.pk] == Cadence.AT_ONCE or (period and _key(person, period) not in had)
    }
    candidates = _candidates([person.pk for person in due])
    last_full = _last_full_letters(list(candidates))
    written = 0
    for person, period in due.items():
        best = candidates.get(person.pk, [])
        if cadences[person.pk] == Cadence.AT_ONCE:
            chosen, key = _at_once(person, best, last_full.get(person.pk), period, now)
        else:
            chosen, key = best[:MAX_ITEMS], _key(person, period)
        written += bool(chosen and _write(person, chosen, key))
    return written


def _at_once(
    person: Person, best: list[Candidate], last_full: datetime | None, period: str, now: datetime
) -> tuple[list[Candidate], str]:
    """What is new; what the last full letter had no room for waits for the next morning."""
    new = [each for each in best if last_full is None or each.made_at > last_full][:MAX_ITEMS]
    if new:
        return new, _key(person, "-".join(str(each.challenge_id) for each in new))
    morning = now.astimezone(zone_of(person)).replace(hour=HOUR.hour, minute=0, second=0, microsecond=0)
    rested = period and last_full and last_full < morning
    return (best[:MAX_ITEMS], _key(person, period)) if rested else ([], "")


def _key(person: Person, period: str) -> str:
    return f"matches:{person.pk}:{period}"


def _period(cadence: Cadence, person: Person, now: datetime) -> str:
    """The local day or ISO week whose letter may go out by now; empty before eight in its first morning."""
    if cadence == Cadence.NEVER:
        return ""
    local = now.astimezone(zone_of(person))
    year, week, weekday = local.isocalendar()
    if cadence == Cadence.WEEKLY:
        return "" if weekday == 1 and local.time() < HOUR else f"{year}-W{week:02d}"
    return "" if local.time() < HOUR else f"{local:%Y-%m-%d}"


def _candidates(person_ids: list[int]) -> dict[int, list[Candidate]]:
    """For each reader the live matches that are good enough and new to them, the best first, each challenge
    once, by the profile of theirs that fits it best."""
    explained = Q(explain_at=None) | Q(made_at__lt=timezone.now() - REASONS_WAIT)
    live = Match.objects.live().filter(explained, strength__in=MAILED)
    own = live.filter(subject__profile__person__in=person_ids).annotate(reader=F("subject__profile__person"))
    named = Membership.objects.filter(receives_letters=True, person__in=person_ids)
    shared = live.filter(subject__profile__organisation__memberships__in=named.values("pk")).annotate(
        reader=F("subject__profile__organisation__memberships__person")
    )
    rows = [*_new_to_reader(own), *_new_to_reader(shared)]
    found: dict[int, dict[int, Candidate]] = defaultdict(dict)
    for row in sorted(rows, key=lambda row: (-row.score, row.match_id)):
        found[row.person_id].setdefault(row.challenge_id, row)
    return {person_id: list(best.values()) for person_id, best in found.items()}


def _new_to_reader(matches: QuerySet[Match]) -> list[Candidate]:
    """Without what the reader was written to about, has answered for any profile, or belongs to."""
    reader, challenge = OuterRef("reader"), OuterRef("target__challenge")
    mine = Q(profile__person=reader) | Q(profile__organisation__memberships__person=reader)
    told = LetterItem.objects.filter(person=reader, challenge=challenge)
    answered = Answer.objects.filter(mine, challenge=challenge)
    poster = OuterRef("target__challenge__organisation")
    belongs = Membership.objects.filter(person=reader, organisation=poster)
    rows = matches.filter(~Exists(told), ~Exists(answered), ~Exists(belongs)).values_list(  # type: ignore[misc]
        "reader", "subject__profile", "target__challenge", "pk", "score", "first_made_at"
    )
    return [Candidate(*row) for row in rows]


def _last_full_letters(person_ids: list[int]) -> dict[int, datetime]:
    """When each was last sent as many items as a letter holds."""
    full = LetterItem.objects.filter(person__in=person_ids, rank=MAX_ITEMS).values_list("person")
    return dict(full.annotate(Max("letter__created_at")))


@transaction.atomic
def _write(person: Person, chosen: list[Candidate], key: str) -> Letter | None:
    """The letter and its items, or nothing at all: another worker may have written of them a moment ago."""
    letter = queue_letter(kind=KIND, person=person, key=key)
    if letter is None:
        return None
    matches = Match.objects.in_bulk([each.match_id for each in chosen])
    tell(list(matches.values()))
    made = 0
    for each in chosen:
        match = matches.get(each.match_id)
        if match is None:
            continue
        _, created = LetterItem.objects.get_or_create(
            person=person,
            challenge_id=each.challenge_id,
            defaults=_snapshot(letter, each, match) | {"rank": made + 1},
        )
        made += created
    if not made:
        letter.delete()
        return None
    return letter


def _snapshot(letter: Letter, candidate: Candidate, match: Match) -> dict[str, Any]:
    """What is mailed outlives the match, with the score that it was mailed for."""
    reason = match.reason | {
        "engine": match.engine,
        "model": match.model,
        "statistics": match.statistics_id,
        "score": match.score,
        "probability": match.probability,
        "parts": match.parts,
    }
    return {
        "letter": letter,
        "profile_id": candidate.profile_id,
        "reason": reason,
        "strength": match.strength,
    }
