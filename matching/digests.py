"""Who is due a letter, and with which matches.

Only strong and good matches are mailed; the possible ones wait on the page. Who hears of what in a week is
decided for everybody at once (`pipeline.allocating`): a letter takes what its reader was allotted, and, where
letters are wanted daily or at once, what was matched since. A person hears of a challenge once, whatever is
retried or raced: the letter's key and the items' constraint stand in the database.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.urls import reverse
from django.utils import timezone

from accounts import periods
from accounts.mailer import cadences_of, queue_letter
from accounts.models import Cadence, Family, Letter, NewsItem, Person
from accounts.rendering import zone_of

from .hearing import BUDGETS, MAX_ITEMS, SLICE, Candidate, candidates
from .models import Allocated, AllocationRound, LetterItem, Match
from .pipeline.reasons import tell

KIND = "match"


@dataclass(frozen=True)
class Reader:
    """Somebody whose letter may go out now: `period` is None for whoever is told at once."""

    person: Person
    cadence: Cadence
    week: periods.Period
    period: periods.Period | None


def write_due_letters(now: datetime | None = None) -> int:
    """Write the letters that are due at this moment, and queue them. Returns how many."""
    now = now or timezone.now()
    reachable = Person.objects.reachable()
    ids = list(reachable.order_by("pk").values_list("pk", flat=True))
    slices = (ids[start : start + SLICE] for start in range(0, len(ids), SLICE))
    return sum(_write_for(reachable.filter(pk__in=part).select_related("user"), now) for part in slices)


def _write_for(people: Iterable[Person], now: datetime) -> int:
    """First whose time has come, then their matches: those who had this week's letter cost nothing."""
    due = _due(list(people), now)
    rounds = AllocationRound.objects.filter(period__in={each.week.name for each in due}).exclude(done_at=None)
    by_period = {each.period: each for each in rounds}
    due = [each for each in due if each.cadence != Cadence.WEEKLY or each.week.name in by_period]
    ids = [each.person.pk for each in due]
    found, told, last_full = candidates(ids), _told(due), _last_full_letters(ids)
    allotted = _allotted(ids, by_period.values())
    written = 0
    for reader in due:
        pk, made = reader.person.pk, by_period.get(reader.week.name)
        left = BUDGETS[reader.cadence] - told[pk]
        best = [each for each in found.get(pk, []) if _may_hear(reader, each, made, allotted)]
        chosen, key = _chosen(reader, best, last_full.get(pk), now)
        if chosen and left > 0:
            written += bool(_write(reader.person, in_order(chosen[:left], reader.person), key))
    return written


def _due(people: list[Person], now: datetime) -> list[Reader]:
    cadences = cadences_of(people, Family.MATCHES)
    readers = []
    for person in people:
        cadence, zone = cadences[person.pk], zone_of(person)
        if cadence != Cadence.NEVER:
            week = periods.week_of(zone, now)
            readers.append(Reader(person, cadence, week, periods.due(cadence, zone, now)))
    keys = [_key(each.person, each.period.name) for each in readers if each.period]
    had = set(Letter.objects.filter(key__in=keys).values_list("key", flat=True))
    return [
        each
        for each in readers
        if each.cadence == Cadence.AT_ONCE or (each.period and _key(each.person, each.period.name) not in had)
    ]


def _told(readers: list[Reader]) -> Counter[int]:
    """How many items each was written since the last Monday."""
    since = {each.person.pk: each.week.at for each in readers}
    earliest = min(since.values(), default=timezone.now())
    rows = LetterItem.objects.filter(person__in=since, letter__created_at__gte=earliest)
    pairs = rows.values_list("person", "letter__created_at")
    return Counter(person for person, at in pairs if at >= since[person])


def _allotted(person_ids: list[int], rounds: Iterable[AllocationRound]) -> dict[int, set[tuple[int, int]]]:
    """For each round, who hears of what."""
    rows = Allocated.objects.filter(person__in=person_ids, round__in=[each.pk for each in rounds])
    found: dict[int, set[tuple[int, int]]] = defaultdict(set)
    for made, person, challenge in rows.values_list("round", "person", "challenge"):
        found[made].add((person, challenge))
    return found


def _may_hear(
    reader: Reader,
    candidate: Candidate,
    made: AllocationRound | None,
    allotted: dict[int, set[tuple[int, int]]],
) -> bool:
    """What the reader was allotted, or what came after the round, for whoever does not wait for the next."""
    if made is None:
        return True
    if (reader.person.pk, candidate.challenge_id) in allotted[made.pk]:
        return True
    return reader.cadence != Cadence.WEEKLY and candidate.made_at > made.made_at


def _chosen(
    reader: Reader, best: list[Candidate], last_full: datetime | None, now: datetime
) -> tuple[list[Candidate], str]:
    """Of daily and weekly letters the best of what was there when they fell due. At once, what is new; what
    the last full letter had no room for waits for the next morning."""
    if reader.period:
        there = [each for each in best if each.made_at < reader.period.at]
        return there[:MAX_ITEMS], _key(reader.person, reader.period.name)
    new = [each for each in best if last_full is None or each.made_at > last_full][:MAX_ITEMS]
    if new:
        return new, _key(reader.person, "-".join(str(each.challenge_id) for each in new))
    morning = periods.due(Cadence.DAILY, zone_of(reader.person), now)
    rested = morning and last_full and last_full < morning.at
    return (best[:MAX_ITEMS], _key(reader.person, morning.name)) if rested and morning else ([], "")


def in_order(chosen: list[Candidate], person: Person) -> list[Candidate]:
    """By the profile that they are for, then by the day: the newest first, and of one day the best."""
    zone = zone_of(person)
    days = {each: each.made_at.astimezone(zone).date().toordinal() for each in chosen}
    newest: dict[int, int] = {}
    for each in chosen:
        newest[each.profile_id] = max(newest.get(each.profile_id, 0), days[each])
    return sorted(
        chosen, key=lambda each: (-newest[each.profile_id], each.profile_id, -days[each], -each.score)
    )


def _key(person: Person, period: str) -> str:
    return f"matches:{person.pk}:{period}"


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
    NewsItem.objects.create(
        person=person,
        family=Family.MATCHES,
        kind="matches_told",
        params={"n": made},
        url=reverse("matching:my_matches"),
        key=f"matches_told:{letter.pk}",
        mailed_at=timezone.now(),
        letter=letter,
    )
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
