"""Who else a challenge would need beside the profile that it was shown to."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .covering import Count, answered, count
from .models import Match
from .showing import NeedShown

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from accounts.models import User

    from .queries import Card


@dataclass(frozen=True)
class StillNeeded:
    """A need that the profile leaves open, and how many could answer it: rounded, and few are not told."""

    need: NeedShown
    count: Count


def add_who_else(cards: Sequence["Card"], user: "User | AnonymousUser") -> None:
    """Say of each card who could answer what its profile leaves open; one query for all."""
    open_needs = {need.pk for card in cards for need in _left(card) if need.pk}
    challenges = {card.challenge.pk for card in cards if any(need.pk for need in _left(card))}
    who: dict[int, list[tuple[str, str]]] = {pk: [] for pk in open_needs}
    for kind, parts in _matches(challenges, user):
        for need in answered(parts) & open_needs:
            who[need].append((kind, ""))
    for card in cards:
        cell = f"challenge:{card.challenge.pk}:need"  # the same count as on the challenge's own page
        card.still_needed = [
            StillNeeded(need, count(who.get(need.pk or 0, []), {}, f"{cell}:{need.pk}", exact=False))
            for need in _left(card)
        ]


def _left(card: "Card") -> list[NeedShown]:
    return [*card.uncovered, *card.elsewhere]


def _matches(challenges: Iterable[int], user: "User | AnonymousUser") -> list[tuple[str, dict[str, object]]]:
    wanted = list(challenges)
    if not wanted:
        return []
    found = Match.objects.seen_by(user).filter(target__challenge__in=wanted).order_by()
    return list(found.values_list("subject__profile__kind", "parts"))
