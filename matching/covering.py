"""How many could answer each need of a challenge, by kind and by state: as its reader may know it.

Counted at the moment it is shown, from the matches that may be shown: whoever hides, opts out or says never
is gone from the next count on.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from accounts.countries import get_pack
from hubs.models import Challenge

from .country.hiding import told
from .models import Match

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from accounts.models import User


@dataclass(frozen=True)
class Count:
    """How many. `total` is None where fewer than five is all that is told; `kinds` (kind, how many) and
    `states` (name, how many), most first, hold only what is told."""

    total: int | None
    kinds: list[tuple[str, int]] = field(default_factory=list)
    states: list[tuple[str, int]] = field(default_factory=list)


@dataclass(frozen=True)
class Coverage:
    """Of a challenge as a whole and need by need (by id). `exact`: as they are, for those who see the names
    too; else about as many, and what is few is not told (see country/hiding.py)."""

    exact: bool
    whole: Count
    needs: Mapping[int, Count]


def coverage(challenge: Challenge, user: "User | AnonymousUser", *, exact: bool) -> Coverage:
    """In one query. `exact` is for those who may see who fits."""
    found = Match.objects.for_challenge(challenge, user).order_by()
    rows = list(found.values_list("subject__profile__kind", "subject__profile__state", "parts"))
    by_need: dict[int, list[tuple[str, str]]] = {need.pk: [] for need in challenge.needs.all()}
    for kind, state, parts in rows:
        for need in answered(parts):
            if need in by_need:
                by_need[need].append((kind, state))
    states = get_pack(challenge.country).states
    labels = dict(states.choices())
    cell = f"challenge:{challenge.pk}"
    whole = count(((kind, state) for kind, state, _ in rows), labels, cell, exact=exact)
    needs = {need: count(who, labels, f"{cell}:need:{need}", exact=exact) for need, who in by_need.items()}
    return Coverage(exact, whole, needs)


def answered(parts: Mapping[str, Any]) -> set[int]:
    """The needs (ids) that a match answers well enough to be shown."""
    told_of = parts.get("needs", [])
    return {row["need_id"] for row in told_of if row.get("need_id") and row.get("passage")}


def count(who: Iterable[tuple[str, str]], labels: Mapping[str, str], cell: str, *, exact: bool) -> Count:
    """`who` as (kind, state), one for each profile; `cell` names what they answer."""
    people = list(who)
    total = len(people) if exact else told(len(people), cell)
    if total is None:
        return Count(None)
    kinds = _cells(Counter(kind for kind, _ in people), cell, exact=exact)
    states = _cells(Counter(state for _, state in people if state in labels), cell, exact=exact)
    return Count(total, kinds, [(labels[state], n) for state, n in states])


def _cells(counts: Mapping[str, int], cell: str, *, exact: bool) -> list[tuple[str, int]]:
    shown = {name: n if exact else told(n, f"{cell}:{name}") for name, n in counts.items()}
    cells = [(name, n) for name, n in shown.items() if n]
    return sorted(cells, key=lambda cell: (-cell[1], cell[0]))
