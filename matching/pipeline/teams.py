"""Teams for each open challenge, solved exactly over its best candidates, stored, and renewed by a worker
when its matches changed; and who is missing in a consortium that has members already.

Whoever posted the challenge may be its own member from government, where that gives more teams.
"""

import time
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from hubs.models import Challenge, Consortium, Member
from hubs.models.challenges import ChallengeQuerySet

from ..encoder import Encoder
from ..fields import among
from ..matchable import matchable_challenges
from ..models import Statistics, TeamProposal, TeamSearch
from ..ranking import Statistics as Yardstick
from ..teams import LARGEST, PROPOSALS, SMALLEST, Problem, Team, propose
from . import yardstick
from .claims import claimed_until
from .facts import ProfileFacts
from .team_table import WANTED, Table, facts_of, table_of

QUIET = timedelta(minutes=5)  # others' edits come in crowds: their challenges' teams are renewed once for all
SINGLES = 5  # partners that are named one by one

Why = TeamSearch.Why
Solved = list[tuple[Table, Team, frozenset[int]]]  # with the places that stand in for the poster


def note(subjects: Iterable[int], *, at_once: bool = False) -> None:
    """Matches of these challenges (ids of Subject) changed."""
    now = timezone.now()
    fresh = TeamSearch.objects.filter(challenge__subject__in=among(subjects), stale_since=None)
    fresh.update(stale_since=now, not_before=now if at_once else now + QUIET)


def waiting() -> ChallengeQuerySet:
    """Challenges that may be answered, are matched, and whose teams were never looked for or are stale."""
    current = Statistics.objects.filter(current=True).values("version")
    fresh = TeamSearch.objects.filter(stale_since=None, statistics__in=current)
    later = TeamSearch.objects.filter(not_before__gt=timezone.now())
    found = matchable_challenges().filter(subject__matched_at__isnull=False)
    return found.exclude(pk__in=fresh.values("challenge")).exclude(pk__in=later.values("challenge"))


def catch_up(encoder: Encoder, deadline: float) -> bool:
    """Look for teams until `deadline` (of time.monotonic). True while there is more."""
    version = next((one for one in yardstick.in_use(encoder) if one.shown), None)
    if version is None:
        return False
    for challenge in waiting().order_by("pk")[:100]:
        if claim(challenge):
            renew(challenge, encoder.name, version.name, version.statistics)
        if time.monotonic() > deadline:
            break
    return waiting().exists()


def claim(challenge: Challenge) -> bool:
    """Whether it is ours; a worker that dies loses it by the clock."""
    TeamSearch.objects.get_or_create(challenge=challenge)
    now = timezone.now()
    free = TeamSearch.objects.filter(challenge=challenge, not_before__lte=now)
    return bool(free.update(not_before=claimed_until()))


def renew(challenge: Challenge, model: str, version: str, statistics: Yardstick) -> None:
    """Look for the teams of one challenge, and put them in the place of those there were."""
    started = timezone.now()
    facts = facts_of(challenge)
    table = table_of(facts, model, statistics) if facts and facts.needs else None
    solved = teams_for(challenge, table) if table else []
    _write(challenge, solved, _why(challenge, table, solved), version)
    # Matches that changed while we were at it make it stale again.
    search = TeamSearch.objects.filter(challenge=challenge)
    search.filter(Q(stale_since=None) | Q(stale_since__lte=started)).update(stale_since=None)
    search.update(not_before=timezone.now())


def teams_for(challenge: Challenge, table: Table) -> Solved:
    """At most three, the best first, each really different from those before it."""
    wanted = WANTED if challenge.needs_helices else ()
    solved = [(table, team, frozenset[int]()) for team in propose(problem_of(table, wanted))]
    poster = _poster(challenge) if wanted and len(solved) < PROPOSALS else None
    if poster is None:
        return solved
    wider = with_people(table, [poster])
    place = frozenset({len(wider.people) - 1})
    for team in propose(problem_of(wider, wanted, fixed=place)):
        if len(solved) < PROPOSALS and all(
            _differ(team, place, before, other) for _, before, other in solved
        ):
            solved.append((wider, team, place))
    return solved


def _differ(team: Team, place: frozenset[int], before: Team, other: frozenset[int]) -> bool:
    """Whether they share at most half of the members who were free to choose; the poster is none of them."""
    mine, theirs = set(team.members) - place, set(before.members) - other
    return len(mine & theirs) <= len(theirs) // 2


def with_people(table: Table, people: Sequence[ProfileFacts]) -> Table:
    """The same with more, who cover nothing."""
    import numpy as np

    more = np.zeros((len(table.needs), len(people)))
    return replace(table, people=[*table.people, *people], values=np.hstack([table.values, more]))


def _poster(challenge: Challenge) -> ProfileFacts | None:
    """The poster as a member from government, where it is a public agency with a profile; never one that
    keeps its name to itself."""
    if challenge.poster_shown != challenge.PosterShown.NAME:
        return None
    profile = getattr(challenge.organisation, "profile", None)
    if profile is None or profile.kind != profile.Kind.AGENCY or profile.confirmed_at is None:
        return None
    return ProfileFacts(-profile.pk, profile.pk, profile.helix, challenge.organisation_id)


def problem_of(
    table: Table,
    wanted: Collection[str],
    *,
    fixed: frozenset[int] = frozenset(),
    smallest: int = SMALLEST,
    largest: int = LARGEST,
) -> Problem:
    """Nobody leads more than a third of the needs, as three sides share them out."""
    share = -(-len(table.needs) // 3)
    free = [pair for pair in table.conflicts if not set(pair) <= fixed]  # those inside are no longer ours
    return Problem(
        table.weights,
        table.values,
        table.groups,
        tuple(wanted),
        [share] * len(table.people),
        free,
        fixed,
        smallest=smallest,
        largest=largest,
    )


def _why(challenge: Challenge, table: Table | None, solved: Solved) -> str:
    """Why there are fewer teams than three."""
    if len(solved) >= PROPOSALS:
        return ""
    if table is None:
        return Why.NEEDS
    sides = set(table.groups) | ({"government"} if challenge.needs_helices and _poster(challenge) else set())
    missing = [side for side in WANTED if side not in sides]
    return missing[0] if challenge.needs_helices and missing else Why.FEW


@transaction.atomic
def _write(challenge: Challenge, solved: Solved, why: str, version: str) -> None:
    TeamProposal.objects.filter(challenge=challenge).delete()
    TeamProposal.objects.bulk_create(
        TeamProposal(
            challenge=challenge,
            rank=rank,
            value=team.covered,
            members=members_of(table, team, poster),
            uncovered=[table.needs[row].need_id for row in team.uncovered(len(table.needs))],
            optimal=team.optimal,
            seconds=team.seconds,
        )
        for rank, (table, team, poster) in enumerate(solved, start=1)
    )
    made = {"statistics": version, "why": why, "made_at": timezone.now()}
    TeamSearch.objects.update_or_create(challenge=challenge, defaults=made)


def members_of(table: Table, team: Team, poster: frozenset[int] = frozenset()) -> list[dict[str, Any]]:
    """A team's members as they are stored, the one without whom most would be lost first."""
    found = []
    for place in sorted(team.members, key=lambda place: (-team.adds.get(place, 0.0), place)):
        led = [row for row, who in sorted(team.leads.items()) if who == place]
        rows = led or [row for row in [team.supports.get(place)] if row is not None]
        found.append(
            {
                "profile": table.people[place].profile_id,
                "poster": place in poster,
                "needs": [_need(table, row, place, leads=bool(led)) for row in rows],
                "adds": round(team.adds.get(place, 0.0), 4),
                "instead": [table.people[other].profile_id for other in team.instead.get(place, ())],
            }
        )
    return found


def _need(table: Table, row: int, place: int, *, leads: bool) -> dict[str, Any]:
    ask, passage = table.evidence[row, place]
    value = round(float(table.values[row, place]), 4)
    return {
        "need_id": table.needs[row].need_id,
        "value": value,
        "ask": ask,
        "passage": passage,
        "leads": leads,
    }


def missing_partners(consortium: Consortium, model: str, statistics: Yardstick) -> dict[str, Any]:
    """Who would complete a consortium: {"now": members with what they cover, "uncovered": ids of needs,
    "singles": the best partners one by one, "teams": whole completions, "optimal"}; {} where its challenge
    can no longer be answered.

    Singles and teams list new members only, as `members_of` gives them, with what the team then covers.
    """
    facts = facts_of(consortium.challenge)
    inside = list(
        consortium.members.standing().exclude(role=Member.Role.ADVISER).values_list("profile", flat=True)
    )
    if facts is None or not facts.needs or not inside:
        return {}
    table = table_of(facts, model, statistics, inside)
    fixed = frozenset(range(len(inside)))
    now = propose(problem_of(table, (), fixed=fixed, smallest=len(fixed), largest=len(fixed)), 1)
    one_more = problem_of(table, (), fixed=fixed, smallest=len(fixed) + 1, largest=len(fixed) + 1)
    wanted = WANTED if consortium.challenge.needs_helices else ()
    largest = max(LARGEST, len(fixed) + 1)
    whole = problem_of(table, wanted, fixed=fixed, smallest=len(fixed) + 1, largest=largest)
    singles, teams = propose(one_more, SINGLES), propose(whole)
    return {
        "now": members_of(table, now[0]) if now else [],
        "uncovered": [table.needs[row].need_id for row in now[0].uncovered(len(table.needs))] if now else [],
        "singles": [_addition(table, team, fixed) for team in singles],
        "teams": [_addition(table, team, fixed) for team in teams],
        "optimal": all(team.optimal for team in (*singles, *teams)),
    }


def _addition(table: Table, team: Team, fixed: frozenset[int]) -> dict[str, Any]:
    inside = {table.people[place].profile_id for place in fixed}
    members = [one for one in members_of(table, team) if one["profile"] not in inside]
    uncovered = [table.needs[row].need_id for row in team.uncovered(len(table.needs))]
    return {"members": members, "uncovered": uncovered, "covered": round(team.covered, 4)}
