"""What is known of a profile and a challenge beside their words. Plain Python; knows no Django.

Two kinds of facts. Some bar a pair: its kind is not admitted, it is the poster's own. The others weigh: each
moves the pair's score a little, so that of those whom words find equal the one that is nearer, of the right
maturity, with fresher evidence and at hand stands first. Whether a pair fits, and how strongly, is for words
alone to say: strength was measured on words, and no postal address makes an answer out of what is none.

What is not known weighs nothing. Hence `rank`, which knows only words, gives the site's order for the same
texts where the site knows nothing more.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

BARS = ("helix", "eligibility", "conflicts")
WEIGHTS = ("place", "readiness", "freshness", "availability", "answers")
PARTS = (*BARS, *WEIGHTS)  # each may be switched off by its name

Reach = Literal["same", "near", "elsewhere"]

# In units of the score, where 0.45 lies between one word of strength and the next.
PLACE = 0.05  # the same state; or another where one state was asked for
LEVEL, FARTHEST = 0.02, 0.1  # for each level of readiness outside what is sought, and at most
OLDEST, HALF_LIFE = 0.08, 8.0  # years after which evidence has lost half of that
UNAVAILABLE, ABROAD = 0.1, 0.05
NOT_NOW = 0.3
NOT_NOW_DAYS = 30  # after which "not now" has been long enough

# What people write when they have no time at all; "no disponible en agosto" says that they have some.
NO_TIME = re.compile(
    r"^\W*(?:ningun[ao]?|nula|nada|none|nothing|no|0)\W*$"
    r"|\b(?:no\s+(?:estoy\s+|estamos\s+|est[aá]\s+)?disponibles?|sin\s+(?:disponibilidad|tiempo|cupo)"
    r"|no\s+(?:tengo|tenemos|hay|cuento\s+con)\s+(?:tiempo|disponibilidad|cupo)"
    r"|not?\s+(?:currently\s+)?(?:available|taking)|unavailable|no\s+(?:availability|time|capacity)"
    r"|fully\s+booked)\b(?!\s+(?:en|los|las|el|la|durante|entre|antes|hasta|completo|para|in|on|at|during|before"
    r"|until|between|for|full)\b)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class PairFacts:
    """One pair. Empty, None or False wherever nothing is known.

    kind: of the profile; kinds: those whom the challenge admits, none for all; reach: how far the profile's
    state is from the challenge's; one_state: the challenge is for one state and not for the country;
    state_only: and admits nobody else; levels: of readiness by which the profile is outside what is sought;
    age: years since the evidence that answers best; available: what the profile says of its time; abroad: it
    lives in another country; would_join: and leads work from there with somebody here, or comes back;
    on_site: the challenge offers a place to work at; own: the poster's own; not_now_days: days since the
    profile answered "not now".
    """

    kind: str = ""
    kinds: frozenset[str] = frozenset()
    reach: Reach | None = None
    one_state: bool = False
    state_only: bool = False
    levels: int | None = None
    age: int | None = None
    available: bool | None = None
    abroad: bool = False
    would_join: bool = False
    on_site: bool = False
    own: bool = False
    not_now_days: int | None = None


def barred(facts: PairFacts, parts: Collection[str] = PARTS) -> str | None:
    """The fact by which this pair may never be shown or mailed, by its name in BARS; None for none."""
    if "conflicts" in parts and facts.own:
        return "conflicts"
    if "eligibility" not in parts:
        return None
    kept_out = bool(facts.kinds) and bool(facts.kind) and facts.kind not in facts.kinds
    from_elsewhere = facts.state_only and facts.reach in ("near", "elsewhere")
    return "eligibility" if kept_out or from_elsewhere else None


def sought_from(sought: str, helix: str, parts: Collection[str] = PARTS) -> bool:
    """Whether a need is sought from this side of the helix."""
    return "helix" not in parts or sought in ("anyone", helix)


def adjustments(facts: PairFacts, parts: Collection[str] = PARTS) -> dict[str, float]:
    """By how much each known fact moves the score, by its name in WEIGHTS; what moves nothing is left out."""
    found = {
        "place": _place(facts),
        "readiness": -min(LEVEL * (facts.levels or 0), FARTHEST),
        "freshness": -OLDEST * (1 - 0.5 ** (max(facts.age or 0, 0) / HALF_LIFE)),
        "availability": _availability(facts),
        "answers": -NOT_NOW if is_not_now(facts.not_now_days) else 0.0,
    }
    return {name: round(value, 4) for name, value in found.items() if name in parts and round(value, 4)}


def _place(facts: PairFacts) -> float:
    if facts.reach == "same":
        return PLACE
    return -PLACE if facts.reach == "elsewhere" and facts.one_state else 0.0


def _availability(facts: PairFacts) -> float:
    if facts.available is False:
        return -UNAVAILABLE
    return -ABROAD if facts.abroad and facts.on_site and not facts.would_join else 0.0


def is_not_now(days: int | None) -> bool:
    """Whether a "not now" of so many days ago still holds."""
    return days is not None and days < NOT_NOW_DAYS


def reach(profile: str, abroad: bool, challenge: str, neighbours: Collection[str]) -> Reach | None:
    """How far a profile's state is from the challenge's (with its neighbours); None where either is not
    known."""
    if not challenge:
        return None
    if abroad:
        return "elsewhere"
    if not profile:
        return None
    if profile == challenge:
        return "same"
    return "near" if profile in neighbours else "elsewhere"


def levels_outside(level: int | None, low: int | None, high: int | None) -> int | None:
    """By how many levels of readiness (TRL) a profile lies outside what is sought; None where not known."""
    if level is None or (low is None and high is None):
        return None
    return max((low or level) - level, level - (high or level), 0)


def availability(text: str) -> bool | None:
    """Whether somebody says, in Spanish or English, that they have no time (False); None for anything
    else, since what people write of their time is theirs to agree on."""
    return False if NO_TIME.search(text) else None
