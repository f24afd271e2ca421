"""What there is in the country, counted.

Counted is what everybody may see: open and upcoming challenges, profiles that are public, and the matches
between them. Challenges are public notices and counted as they are. Counts of people leave this file only as
`hiding.told` tells them, so that neither page, file nor database holds more. Demo records count in
the demo alone.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db.models import Count
from django.utils import timezone

from accounts.models import Organisation, Profile
from accounts.real import real
from hubs.models import Challenge, Hub

from ..matchable import matchable_challenges
from ..models import CountryFigures, Match
from .hiding import told

MONTHS = 12
NEW = timedelta(days=30)
NEWEST = 6  # lines on the home page
EVERYWHERE = ""  # the state of a challenge of the whole country

Figures = dict[str, Any]


@dataclass(frozen=True)
class Asked:
    """An open or upcoming challenge."""

    state: str
    sector: str
    fields: tuple[str, ...]
    needs: int


@dataclass(frozen=True)
class Offering:
    """A public profile."""

    kind: str
    state: str
    sector: str
    fields: tuple[str, ...]


@dataclass
class Cell:
    """Challenges asked for, those of them that somebody fits, and people."""

    asked: int = 0
    met: int = 0
    people: set[int] = field(default_factory=set)

    def told(self, name: str) -> dict[str, int | None]:
        return {"asked": self.asked, "met": self.met, "people": told(len(self.people), name)}


@dataclass
class Meeting:
    """Who fits what: sets of profiles, for a person with ten matches is one person."""

    challenges: set[int] = field(default_factory=set)
    people: set[int] = field(default_factory=set)
    by_sector: dict[tuple[str, str], set[int]] = field(default_factory=lambda: defaultdict(set))
    new: dict[tuple[str, str], set[int]] = field(default_factory=lambda: defaultdict(set))
    latest: dict[tuple[str, str], datetime] = field(default_factory=dict)


def renew(now: datetime | None = None) -> CountryFigures:
    """Count, and keep the figures for whoever looks."""
    country = settings.HELICE_COUNTRY
    before = current()
    data = count(now or timezone.now(), before.data if before else {})
    made = {"data": data, "made_at": now or timezone.now()}
    return CountryFigures.objects.update_or_create(country=country, defaults=made)[0]


def current() -> CountryFigures | None:
    """The figures as they were last counted; None before the first time."""
    return CountryFigures.objects.filter(country=settings.HELICE_COUNTRY).first()


def count(now: datetime, before: Figures) -> Figures:
    """Every figure of the country's pages, as JSON."""
    asked, people = _asked(), _people()
    meeting = _meet(asked, people, now)
    months = _months(now)
    fitting = {month: n for month, n in before.get("fitting", {}).items() if month in months}
    return {
        "totals": _totals(asked, people, meeting),
        "states": _states(asked, people, meeting),
        "fields": _cells(asked, people, meeting, by="fields"),
        "sectors": _cells(asked, people, meeting, by="sector"),
        "in_states": _in_states(asked, people, meeting),
        "meeting": _told_pairs(meeting.by_sector),
        "published": _published(months),
        "joined": _joined(months),
        "fitting": fitting | {months[-1]: told(len(meeting.people), "fitting")},
        "newest": _newest(meeting),
    }


def _asked() -> dict[int, Asked]:
    rows = real(matchable_challenges()).filter(country=settings.HELICE_COUNTRY)
    found = rows.order_by().annotate(n=Count("needs")).values_list("pk", "state", "sector", "fields", "n")
    return {pk: Asked(state, sector, tuple(fields), n) for pk, state, sector, fields, n in found}


def _people() -> dict[int, Offering]:
    rows = real(Profile.objects.visible_to(AnonymousUser())).filter(country=settings.HELICE_COUNTRY)
    found = rows.order_by().values_list("pk", "kind", "state", "sector", "fields")
    return {pk: Offering(kind, state, sector, tuple(fields)) for pk, kind, state, sector, fields in found}


def _meet(asked: dict[int, Asked], people: dict[int, Offering], now: datetime) -> Meeting:
    meeting = Meeting()
    pairs = Match.objects.live().order_by()
    columns = ("subject__profile_id", "target__challenge_id", "first_made_at")
    for person, challenge, since in pairs.values_list(*columns).iterator():
        if person not in people or challenge not in asked:
            continue
        meeting.people.add(person)
        meeting.challenges.add(challenge)
        for area in {code.partition(".")[0] for code in people[person].fields}:
            meeting.by_sector[asked[challenge].sector, area].add(person)
        if since >= now - NEW:
            for cell in _new_cells(asked[challenge], people[person]):
                meeting.new[cell].add(person)
                meeting.latest[cell] = max(since, meeting.latest.get(cell, since))
    return meeting


def _new_cells(challenge: Asked, person: Offering) -> Iterator[tuple[str, str]]:
    for code in challenge.fields:
        yield code, EVERYWHERE
        if person.state:
            yield code, person.state


def _totals(asked: dict[int, Asked], people: dict[int, Offering], meeting: Meeting) -> Figures:
    organisations = real(Organisation.objects.visible_to(AnonymousUser()))
    return {
        "asked": len(asked),
        "met": len(meeting.challenges),
        "needs": sum(one.needs for one in asked.values()),
        "people": told(len(people), "people"),
        "fitting": told(len(meeting.people), "fitting"),
        "organisations": told(organisations.count(), "organisations"),
        "hubs": real(Hub.objects.all()).count(),
    }


def _states(asked: dict[int, Asked], people: dict[int, Offering], meeting: Meeting) -> dict[str, Figures]:
    """For each state, and for the country as a whole under "", what is asked and who is there."""
    cells: dict[str, dict[str, Any]] = defaultdict(_empty_state)
    for pk, challenge in asked.items():
        cell = cells[challenge.state]
        cell["asked"] += 1
        cell["met"] += pk in meeting.challenges
        cell["needs"] += challenge.needs
    for pk, person in people.items():
        if not person.state:
            continue  # abroad, or not told
        cells[person.state]["people"].add(pk)
        cells[person.state]["kinds"][person.kind].add(pk)
        if pk in meeting.people:
            cells[person.state]["fitting"].add(pk)
    return {state: _told_state(state, cell) for state, cell in cells.items()}


def _told_state(state: str, cell: dict[str, Any]) -> Figures:
    people = told(len(cell["people"]), f"{state}:people")
    fitting = told(len(cell["fitting"]), f"{state}:fitting")
    if people is None or (fitting and fitting > people):
        fitting = people  # chance may say so, but it is odd to read
    kinds = {kind: told(len(cell["kinds"][kind]), f"{state}:{kind}") for kind in Profile.Kind.values}
    return cell | {"people": people, "fitting": fitting, "kinds": kinds}


def _empty_state() -> dict[str, Any]:
    return dict.fromkeys(("asked", "met", "needs"), 0) | {
        "people": set(),
        "fitting": set(),
        "kinds": defaultdict(set),
    }


def _cells(
    asked: dict[int, Asked], people: dict[int, Offering], meeting: Meeting, *, by: str, where: str = ""
) -> dict[str, dict[str, int | None]]:
    """What is asked of each field or sector, how much of it somebody fits, and how many offer it."""
    cells: dict[str, Cell] = defaultdict(Cell)
    for pk, challenge in asked.items():
        for code in _codes(challenge, by):
            cells[code].asked += 1
            cells[code].met += pk in meeting.challenges
    for pk, person in people.items():
        for code in _codes(person, by):
            cells[code].people.add(pk)
    return {code: cell.told(f"{where}:{by}:{code}") for code, cell in cells.items()}


def _codes(one: Asked | Offering, by: str) -> Iterable[str]:
    if by == "fields":
        return set(one.fields)
    if by == "areas":
        return {code.partition(".")[0] for code in one.fields}
    return [one.sector] if one.sector else []


def _in_states(asked: dict[int, Asked], people: dict[int, Offering], meeting: Meeting) -> dict[str, Figures]:
    """The same of each state by itself, by broad field and by sector."""
    states = {one.state for one in asked.values()} | {one.state for one in people.values()}
    found = {}
    for state in states - {EVERYWHERE}:
        here = {pk: one for pk, one in asked.items() if one.state == state}
        there = {pk: one for pk, one in people.items() if one.state == state}
        found[state] = {
            "areas": _cells(here, there, meeting, by="areas", where=state),
            "sectors": _cells(here, there, meeting, by="sector", where=state),
        }
    return found


def _told_pairs(pairs: dict[tuple[str, str], set[int]]) -> dict[str, dict[str, int | None]]:
    found: dict[str, dict[str, int | None]] = {}
    for (row, column), people in pairs.items():
        if row:
            found.setdefault(row, {})[column] = told(len(people), f"{row}:{column}")
    return found


def _months(now: datetime) -> list[str]:
    """The last twelve, this one last: "2026-11"."""
    today = timezone.localtime(now).date()
    place = today.year * 12 + today.month - 1
    return [f"{one // 12}-{one % 12 + 1:02d}" for one in range(place - MONTHS + 1, place + 1)]


def _published(months: list[str]) -> dict[str, int]:
    """Challenges published in each month, whatever became of them."""
    rows = real(Challenge.objects.published()).filter(country=settings.HELICE_COUNTRY)
    found = dict.fromkeys(months, 0)
    first = date.fromisoformat(f"{months[0]}-01")
    for moment in rows.filter(published_at__date__gte=first).values_list("published_at", flat=True):
        if moment and (month := f"{timezone.localtime(moment):%Y-%m}") in found:
            found[month] += 1
    return found


def _joined(months: list[str]) -> dict[str, int | None]:
    """Of the profiles that are public today, how many there were at the end of each month."""
    rows = real(Profile.objects.visible_to(AnonymousUser())).filter(country=settings.HELICE_COUNTRY)
    moments = rows.order_by().values_list("confirmed_at", flat=True)
    since = sorted(f"{timezone.localtime(moment):%Y-%m}" for moment in moments if moment)
    found: dict[str, int | None] = {}
    there = 0
    for month in months:
        while there < len(since) and since[there] <= month:
            there += 1
        found[month] = told(there, f"joined:{month}")
    return _never_less(found)


def _never_less(found: dict[str, int | None]) -> dict[str, int | None]:
    """What was reached stays reached: chance makes no profiles go away."""
    highest: int | None = None
    for month, n in found.items():
        highest = max(highest or 0, n or 0) or None
        found[month] = highest
    return found


def _newest(meeting: Meeting) -> list[Figures]:
    """Fields in which people met challenges lately: by state where five or more did, else in the country."""
    told_of = {cell: told(len(people), f"new:{cell}") for cell, people in meeting.new.items()}
    by_state = {cell for cell, n in told_of.items() if cell[1] and n}
    fields = {code for code, _state in by_state}
    country = {cell for cell, n in told_of.items() if not cell[1] and cell[0] not in fields and n}
    cells = sorted(by_state | country, key=lambda cell: (meeting.latest[cell], cell), reverse=True)
    return [
        {
            "field": code,
            "state": state,
            "people": told_of[code, state],
            "latest": timezone.localtime(meeting.latest[code, state]).date().isoformat(),
        }
        for code, state in cells[:NEWEST]
    ]
