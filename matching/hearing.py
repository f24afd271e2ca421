"""Who could hear of which challenges: what is good enough, and new to them."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from accounts.models import Cadence, Membership

from .models import Answer, LetterItem, Match, Strength
from .pipeline.learning import in_force, usefulness

MAX_ITEMS = 5  # in a letter
# A week's attention: more of it for whoever asks to be told more often
BUDGETS = {Cadence.WEEKLY: MAX_ITEMS, Cadence.DAILY: 2 * MAX_ITEMS, Cadence.AT_ONCE: 2 * MAX_ITEMS}
SLICE = 500  # people looked at together
MAILED = (Strength.STRONG, Strength.GOOD)
# A letter waits so long at most for the words of its reasons to be marked
REASONS_WAIT = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Candidate:
    person_id: int
    profile_id: int
    challenge_id: int
    match_id: int
    score: float
    probability: float
    made_at: datetime


def candidates(person_ids: Iterable[int]) -> dict[int, list[Candidate]]:
    """For each reader the live matches that are good enough and new to them, each challenge once, by the
    profile of theirs that fits it best. The best first: by the probability of interest where that was learned
    from answers, else by score."""
    readers = list(person_ids)
    learned = in_force()
    explained = Q(explain_at=None) | Q(made_at__lt=timezone.now() - REASONS_WAIT)
    live = Match.objects.live().filter(explained, strength__in=MAILED)
    own = live.filter(subject__profile__person__in=readers).annotate(reader=F("subject__profile__person"))
    named = Membership.objects.filter(receives_letters=True, person__in=readers)
    shared = live.filter(subject__profile__organisation__memberships__in=named.values("pk")).annotate(
        reader=F("subject__profile__organisation__memberships__person")
    )
    rows = [*_new_to_reader(own, learned), *_new_to_reader(shared, learned)]
    found: dict[int, dict[int, Candidate]] = defaultdict(dict)
    for row in sorted(rows, key=lambda row: (-row.score, row.match_id)):
        found[row.person_id].setdefault(row.challenge_id, row)
    if learned:
        return {person_id: sorted(best.values(), key=_most_useful) for person_id, best in found.items()}
    return {person_id: list(best.values()) for person_id, best in found.items()}


def _most_useful(candidate: Candidate) -> tuple[float, float, int]:
    return (-candidate.probability, -candidate.score, candidate.match_id)


def _new_to_reader(matches: QuerySet[Match], learned: dict[str, float] | None) -> list[Candidate]:
    """Without what the reader was written to about, has answered for any profile, or belongs to."""
    reader, challenge = OuterRef("reader"), OuterRef("target__challenge")
    mine = Q(profile__person=reader) | Q(profile__organisation__memberships__person=reader)
    told = LetterItem.objects.filter(person=reader, challenge=challenge)
    answered = Answer.objects.filter(mine, challenge=challenge)
    first = Q(organisation=OuterRef("target__challenge__organisation"))
    joined = Q(
        organisation__co_posted__challenge=OuterRef("target__challenge"),
        organisation__co_posted__state="accepted",
    )
    belongs = Membership.objects.filter(first | joined, person=reader)
    new = matches.filter(~Exists(told), ~Exists(answered), ~Exists(belongs))
    rows = new.values_list(  # type: ignore[misc]
        "reader", "subject__profile", "target__challenge", "pk", "score", "probability", "first_made_at"
    )
    found = [Candidate(*row) for row in rows]
    if not learned:
        return found
    parts = dict(new.values_list("pk", "parts"))
    return [
        replace(row, probability=usefulness(learned, row.probability, parts.get(row.match_id, {})))
        for row in found
    ]
