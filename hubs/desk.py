"""The curators' work desk: what waits, how urgent it is and why, what looks alike, and who is at it.

How urgent is the sum of its reasons, each said in words; floors above add reasons and resemblances that only
they know (`add_reasons`, `add_likeness`).
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.folding import fold
from accounts.models import Person

from .models import Assignment, Challenge, Hub, HubMembership
from .models.challenges import REVIEW_WORKING_DAYS, working_days_before
from .transitions import hints, missing

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from accounts.models import User

URGENT, SOON = 5, 2  # sums of weights from which something is called so
CLOSES = ((3, 5), (7, 4), (14, 2))  # days until it closes, and what that weighs
LATE, OPENS, GAP, HINT = 3, 1, 1, 1
MOST_GAPS = 2


@dataclass(frozen=True)
class Reason:
    """Something that makes a review more urgent, or riskier; `link` leads to what it speaks of."""

    weight: int
    sentence: str
    link: str = ""
    title: str = ""
    language: str = ""


@dataclass
class Item:
    """A challenge in review as it lies on the desk."""

    challenge: Challenge
    late: bool
    reasons: list[Reason] = field(default_factory=list)
    group: int = 0  # those that look alike share one; 0 for those that stand alone
    alike: int = 0  # how many do
    assignment: Assignment | None = None
    mine: bool = False

    @property
    def weight(self) -> int:
        return sum(reason.weight for reason in self.reasons)

    @property
    def urgency(self) -> str:
        return "urgent" if self.weight >= URGENT else "soon" if self.weight >= SOON else "calm"

    @property
    def is_free(self) -> bool:
        return self.assignment is None


Reasons = Callable[[Sequence[Challenge]], Mapping[int, Sequence[Reason]]]
Likeness = Callable[[Sequence[Challenge]], Iterable[tuple[int, int]]]
_reasons: list[Reasons] = []
_likeness: list[Likeness] = []


def add_reasons(more: Reasons) -> None:
    """The floors above say what else makes a challenge risky, by its key."""
    _reasons.append(more)


def add_likeness(alike: Likeness) -> None:
    """The floors above say which of the challenges on a desk say nearly the same: pairs of keys."""
    _likeness.append(alike)


def items_for(user: "User | AnonymousUser", now: datetime | None = None) -> list[Item]:
    """Everything in review that the user may decide on, the most urgent first, those that look alike
    together; in a number of queries that does not grow."""
    now = now or timezone.now()
    undecided = Challenge.objects.reviewable_by(user, now).filter(approved_at=None)
    waiting = undecided.select_related("organisation", "hub", "author__user")
    challenges = list(waiting.prefetch_related("needs", "translations"))
    limit = working_days_before(now, REVIEW_WORKING_DAYS)
    held = Assignment.objects.in_force(now).filter(challenge__in=[each.pk for each in challenges])
    by_challenge = {one.challenge_id: one for one in held.select_related("curator__user")}
    told = [more(challenges) for more in _reasons] if challenges else []
    items = []
    for challenge in challenges:
        late = bool(challenge.submitted_at and challenge.submitted_at < limit)
        found = [
            *_own_reasons(challenge, late, now),
            *(one for more in told for one in more.get(challenge.pk, ())),
        ]
        assignment = by_challenge.get(challenge.pk)
        mine = bool(assignment and user.is_authenticated and assignment.curator.user_id == user.pk)
        items.append(Item(challenge, late, found, assignment=assignment, mine=mine))
    _group(items)
    return _in_order(items)


def narrowed(items: Sequence[Item], wanted: Mapping[str, Any]) -> list[Item]:
    """By the desk's filters, all of them over what is loaded already."""
    found: Iterable[Item] = items
    if words := fold(wanted.get("q") or "").split():
        found = [one for one in found if all(word in one.challenge.search_text for word in words)]
    if hub := wanted.get("hub"):
        found = [one for one in found if one.challenge.hub_id == hub.pk]
    if sector := wanted.get("sector"):
        found = [one for one in found if one.challenge.sector == sector]
    if urgency := wanted.get("urgency"):
        found = [one for one in found if one.urgency == urgency]
    keeps: dict[str, Callable[[Item], bool]] = {
        "mine": lambda one: one.mine,
        "free": lambda one: one.is_free,
        "others": lambda one: not one.is_free and not one.mine,
        "alike": lambda one: one.group > 0,
    }
    kept = keeps.get(wanted.get("who") or "")
    return [one for one in found if kept is None or kept(one)]


def colleagues(user: "User") -> list[Person]:
    """Whom a review may be given to: the curators of the user's hubs, by name."""
    hubs = Hub.objects.curated_by(user).values("pk")
    of_hubs = HubMembership.objects.filter(hub__in=hubs, role=HubMembership.Role.CURATOR)
    nation = HubMembership.objects.filter(
        hub__kind=Hub.Kind.NATION,
        hub__country__in=Hub.objects.curated_by(user).values("country"),
        role=HubMembership.Role.CURATOR,
    )
    found = Person.objects.filter(Q(hub_memberships__in=of_hubs) | Q(hub_memberships__in=nation))
    return list(found.exclude(user=None).select_related("user").order_by("name", "pk").distinct())


def _own_reasons(challenge: Challenge, late: bool, now: datetime) -> list[Reason]:
    found = []
    if challenge.closes_at:
        found += _closing(challenge.closes_at, now)
    if late and challenge.submitted_at:
        days = max((now - challenge.submitted_at).days, 1)
        sentence = ngettext("It has waited for %(n)d day.", "It has waited for %(n)d days.", days)
        found.append(Reason(LATE, sentence % {"n": days}))
    if challenge.opens_at and challenge.opens_at < now:
        found.append(Reason(OPENS, _("It should be open already.")))
    gaps = [gap.sentence for gap in missing(challenge)]
    found += [Reason(GAP if number < MOST_GAPS else 0, sentence) for number, sentence in enumerate(gaps)]
    # The opening date is said above, in fewer words.
    found += [Reason(HINT, hint.sentence) for hint in hints(challenge) if hint.step == "problem"]
    return found


def _closing(closes_at: datetime, now: datetime) -> list[Reason]:
    left = closes_at - now
    if left <= timedelta(0):
        return []  # said by what is missing
    for days, weight in CLOSES:
        if left <= timedelta(days=days):
            n = left.days
            said = (
                ngettext("It closes in %(n)d day.", "It closes in %(n)d days.", n)
                if n
                else _("It closes today.")
            )
            return [Reason(weight, said % {"n": n} if n else said)]
    return []


def _group(items: Sequence[Item]) -> None:
    """Number those that say nearly the same, as whoever looks for it says: pairs of pairs are one group."""
    leader = {item.challenge.pk: item.challenge.pk for item in items}

    def first(key: int) -> int:
        while leader[key] != key:
            key = leader[key]
        return key

    challenges = [item.challenge for item in items]
    for alike in _likeness if len(items) > 1 else ():
        for one, other in alike(challenges):
            leader[first(one)] = first(other)
    members: dict[int, list[Item]] = {}
    for item in items:
        members.setdefault(first(item.challenge.pk), []).append(item)
    for key, found in members.items():
        for item in found if len(found) > 1 else ():
            item.group, item.alike = key, len(found)


def _in_order(items: list[Item]) -> list[Item]:
    """The most urgent first, then what closes sooner, then what waits longer; a group stands where its most
    urgent member does."""
    last = datetime.max.replace(tzinfo=timezone.now().tzinfo)

    def key(item: Item) -> tuple[int, datetime, datetime, int]:
        challenge = item.challenge
        return (-item.weight, challenge.closes_at or last, challenge.submitted_at or last, challenge.pk)

    place: dict[int, tuple[int, datetime, datetime, int]] = {}
    for item in items:
        if item.group:
            place[item.group] = min(place.get(item.group, key(item)), key(item))
    return sorted(items, key=lambda item: (place.get(item.group, key(item)), key(item)))
