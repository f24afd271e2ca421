"""Who could be in a team for a challenge, and what each would cover: the table that `matching.teams` solves.

Stored matches are the start; but who answers one need of many may lie below such a list, so that the nearest
to each need alone are scored as well. A need's value is how likely it is to be answered indeed: the
calibrated probability of the words' standing.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import combinations

import numpy as np
from django.db.models import Count, F, Q

from accounts.models import Membership, Profile
from hubs.models import Block, Challenge, Consortium, Evaluator, Member
from hubs.models.consortia import OVER

from .. import vectors
from ..fields import among
from ..models import Match, Subject
from ..ranking import WEIGHTS, Statistics, probability
from ..ranking.search import Near
from ..teams import Floats
from ..vectors import Integers
from . import candidates, facts
from .facts import ChallengeFacts, NeedFacts, ProfileFacts, is_barred
from .pairs import Asked, Given, fitting, needs_of

MOST = 100  # candidates that the programme is solved over
MATCHED = 150  # stored matches that are looked at, the best first
NEAREST = 25  # to each need alone
OF_EACH_NEED = 12  # who certainly stay when the table is cut to MOST
SIDES = {"academia": "academia", "startup": "industry", "company": "industry", "government": "government"}
WANTED = ("academia", "industry", "government")

Evidence = tuple[int, int]  # ids of the passages that ask and answer


@dataclass(frozen=True, eq=False)
class Table:
    """values (k, n) in [0, 1]: how likely each of n people answers each of k needs; evidence: where it does,
    (need, person) to passages; conflicts: pairs of people who are one body or do not work together."""

    needs: list[NeedFacts]
    people: list[ProfileFacts]
    values: Floats
    evidence: dict[tuple[int, int], Evidence] = field(default_factory=dict)
    conflicts: list[tuple[int, int]] = field(default_factory=list)

    @property
    def groups(self) -> list[str]:
        return [SIDES[person.helix] for person in self.people]

    @property
    def weights(self) -> Floats:
        return np.array([WEIGHTS[need.weight] for need in self.needs], np.float64)


def table_of(
    challenge: ChallengeFacts, model: str, statistics: Statistics, members: Collection[int] = ()
) -> Table:
    """Everybody free who may be in a team, the most useful first, at most MOST; `members` (profiles) are in
    already, and stand before them whatever they cover."""
    needs = list(challenge.needs.values())
    inside = _members(members)
    people, fit = _scored(challenge, model, statistics, inside)
    found: dict[int, dict[int, tuple[float, Evidence]]] = defaultdict(dict)
    rows = {need.need_id: row for row, need in enumerate(needs)}
    for pair in fit.pairs:
        for answer in pair.answered:
            if answer.need and answer.strength and answer.need.need_id in rows:
                ids = (int(fit.asks.ids[answer.ask]), int(fit.gives.ids[answer.passage]))
                found[pair.profile.profile_id][rows[answer.need.need_id]] = (probability(answer.value), ids)
    others = [one for one in people if found[one.profile_id] and one.profile_id not in set(members)]
    chosen = [*inside, *_cut(_free(others, challenge), found, needs)]
    values = np.zeros((len(needs), len(chosen)), np.float64)
    evidence = {}
    for column, person in enumerate(chosen):
        for row, (value, ids) in found[person.profile_id].items():
            values[row, column] = value
            evidence[row, column] = ids
    return Table(needs, chosen, values, evidence, _conflicts(chosen))


def _scored(
    challenge: ChallengeFacts, model: str, statistics: Statistics, inside: Sequence[ProfileFacts]
) -> tuple[list[ProfileFacts], candidates.Found]:
    answers = vectors.answers(model)
    asks = vectors.asks(model).rows([challenge.subject_id])
    needs, _ = needs_of([challenge], asks, np.arange(len(asks)))
    near = candidates.widening(lambda most: answers.nearest(needs, statistics, most))
    known = candidates.Known(facts.profiles)
    people = {one.subject_id: one for one in inside if one.subject_id > 0}
    people |= {one.subject_id: one for one in known.of(_matched(challenge))}
    for column in range(len(asks)):
        farthest = partial(_farthest, near, column)
        admitted = partial(_may_join, challenge)
        people |= {one.subject_id: one for one in candidates.pick(farthest, known, admitted, NEAREST)}
    allowed = [people[pk] for pk in sorted(people) if not is_barred(people[pk], challenge)]
    gives = answers.rows(one.subject_id for one in allowed)
    pairs = fitting([(allowed, [challenge])], Given(gives), Asked(asks), statistics)
    return allowed, candidates.Found(pairs, gives, asks)


def _matched(challenge: ChallengeFacts) -> list[int]:
    rows = Match.objects.current().filter(target=challenge.subject_id).order_by("-score", "pk")
    return list(rows.values_list("subject", flat=True)[:MATCHED])


def _farthest(near: "candidates.Nearby", column: int, most: int) -> Integers:
    here: Near = near(most)[0].columns(np.array([column]))
    return here.best(here.values[:, 0], most)


def _may_join(challenge: ChallengeFacts, profile: ProfileFacts) -> bool:
    return not is_barred(profile, challenge)


def _members(profiles: Collection[int]) -> list[ProfileFacts]:
    """Members as they are, matchable or not: one whose words may not be compared covers nothing here."""
    if not profiles:
        return []
    subjects = Subject.objects.filter(profile__in=profiles).values_list("pk", flat=True)
    known = {one.profile_id: one for one in facts.profiles(subjects).values()}
    rows = Profile.objects.filter(pk__in=profiles).order_by("pk")
    return [
        known.get(row.pk)
        or ProfileFacts(-row.pk, row.pk, row.helix, row.organisation_id, row.institution_id, row.person_id)
        for row in rows
    ]


def _free(people: Sequence[ProfileFacts], challenge: ChallengeFacts) -> list[ProfileFacts]:
    """Those who can be invited, have room for one more consortium, and do not judge the responses."""
    at_work = [state for state in Consortium.State.values if state not in OVER]
    alive = Q(
        consortium_places__state=Member.State.ACCEPTED, consortium_places__consortium__state__in=at_work
    )
    found = Profile.objects.filter(pk__in=among(one.profile_id for one in people), claimed_at__isnull=False)
    roomy = found.annotate(busy=Count("consortium_places", filter=alive)).filter(busy__lt=F("capacity"))
    able = set(roomy.values_list("pk", flat=True))
    judging = Evaluator.objects.filter(challenge=challenge.challenge_id)
    judges = set(judging.exclude(state=Evaluator.State.DECLINED).values_list("person", flat=True))
    bodies = _bodies(people)
    return [one for one in people if one.profile_id in able and not bodies[one.profile_id] & judges]


def _cut(
    people: Sequence[ProfileFacts],
    found: dict[int, dict[int, tuple[float, Evidence]]],
    needs: Sequence[NeedFacts],
) -> list[ProfileFacts]:
    """The best for each need from each side, then whoever brings most altogether."""
    weights = [WEIGHTS[need.weight] for need in needs]
    brings = {
        one.profile_id: sum(weights[row] * value for row, (value, _) in found[one.profile_id].items())
        for one in people
    }
    ordered = sorted(people, key=lambda one: (-brings[one.profile_id], one.profile_id))
    if len(ordered) <= MOST:
        return ordered
    kept: set[int] = set()
    for row in range(len(needs)):
        for side in WANTED:
            able = [p for p in ordered if SIDES[p.helix] == side and row in found[p.profile_id]]
            able.sort(key=lambda one: -found[one.profile_id][row][0])
            kept |= {one.profile_id for one in able[:OF_EACH_NEED]}
    last = [one for one in ordered if one.profile_id not in kept]
    kept |= {one.profile_id for one in last[: max(MOST - len(kept), 0)]}
    return [one for one in ordered if one.profile_id in kept]


def _bodies(people: Iterable[ProfileFacts]) -> dict[int, set[int]]:
    """Who stands behind each profile: a person, or the people of an organisation."""
    of: dict[int, set[int]] = {
        one.profile_id: set() if one.person_id is None else {one.person_id} for one in people
    }
    organisations = {one.organisation_id: one.profile_id for one in people if one.organisation_id}
    rows = Membership.objects.filter(organisation__in=among(organisations))
    for organisation, person in rows.values_list("organisation", "person"):
        of[organisations[organisation]].add(person)
    return of


def _conflicts(people: Sequence[ProfileFacts]) -> list[tuple[int, int]]:
    """Pairs that may not both be in: a person and their own organisation are one body, and so are two that
    the same person stands behind; who has blocked whom is not put in one room."""
    bodies = _bodies(people)
    everybody = set().union(*bodies.values()) if bodies else set()
    rows = Block.objects.filter(by__in=among(everybody), person__in=among(everybody))
    blocked = {frozenset(pair) for pair in rows.values_list("by", "person")}
    found = []
    for one, other in combinations(range(len(people)), 2):
        mine, theirs = bodies[people[one].profile_id], bodies[people[other].profile_id]
        apart = any(frozenset((a, b)) in blocked for a in mine for b in theirs) if blocked else False
        if mine & theirs or _employed(people[one], people[other]) or apart:
            found.append((one, other))
    return found


def _employed(one: ProfileFacts, other: ProfileFacts) -> bool:
    """Whether one of the two works at the other."""
    pairs = ((one.institution_id, other.organisation_id), (other.institution_id, one.organisation_id))
    return any(here is not None and here == there for here, there in pairs)


def facts_of(challenge: Challenge) -> ChallengeFacts | None:
    """None where nobody may answer it any more, or it was never matched."""
    found = facts.challenges(Subject.objects.filter(challenge=challenge).values_list("pk", flat=True))
    return next(iter(found.values()), None)
