"""What was shown, and what became of it: the rows that are learned from. NumPy only; knows no Django.

A row is one pair of a profile and a challenge that was shown to the profile's people; its outcome is the
strongest thing that became of it:

    awarded, on the reserve list, handed in a response    yes
    an introduction that both sides accepted              yes
    declined as "not the field that is needed"            no: a word on the match, and more than a click
    interested (or a member of a consortium for it)       yes
    "never show me this"                                  no
    "not now"; declined for time, conflict or other       left out: about a person's week, not about the match
    nothing, a month after it was shown                   silent: no interest, if it was looked at

What was undone counts as never said, a response that was withdrawn as never handed in. A pair that was not
shown in a list is no row: whoever comes by another way says nothing of what showing does, and has no silent
counterpart. Features are those of the first showing, before anybody answered: a later "not now" moves the
pair's score, and would betray the answer.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np

from matching.ranking.facts import FARTHEST
from matching.ranking.strength import MIDDLE, POSSIBLE, SLOPE, probability, standing

SETTLED = timedelta(days=30)  # after the first showing; twice as long as an introduction waits
FACTS = ("place", "readiness", "freshness", "availability")  # "answers" is an answer itself
FEATURES = ("engine", "average", "second", "covered", "needs", *FACTS)
YES, NO, SILENT = "yes", "no", "silent"
SHOWN = ("page", "letter")
AWARDED, NOT_THE_FIELD = ("selected", "reserve"), "not_the_field"


@dataclass(frozen=True)
class Event:
    """One line of what was shown and what was said to it; kinds and answers as in models.MatchEvent.

    number: later lines have greater ones; parts: the numbers of the match as it stood, by this engine.
    """

    number: int
    at: datetime
    kind: str
    profile: int
    challenge: int
    answer: str = ""
    reason: str = ""
    rank: int | None = None
    engine: str = ""
    parts: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Row:
    """One pair that was shown. outcome: YES, NO or SILENT; rank: the best place where it stood, from 1;
    score: by which the engine put lists in order; engine: its probability."""

    profile: int
    challenge: int
    shown_at: datetime
    rank: int
    outcome: str
    features: tuple[float, ...]
    score: float
    engine: float


def rows_of(events: Iterable[Event], engine: str, until: datetime) -> list[Row]:
    """What was shown a month before `until` or earlier, with what was known of it by then; in the order of
    profiles and challenges. Nothing that came later is looked at, nor parts that another engine made."""
    pairs: dict[tuple[int, int], list[Event]] = defaultdict(list)
    for event in events:
        if event.at < until:
            pairs[event.profile, event.challenge].append(event)
    found = (
        _row(sorted(pairs[pair], key=lambda each: (each.at, each.number)), engine, until)
        for pair in sorted(pairs)
    )
    return [row for row in found if row]


def _row(events: Sequence[Event], engine: str, until: datetime) -> Row | None:
    shown = [each for each in events if each.kind in SHOWN]
    outcome = outcome_of(events)
    if not shown or outcome is None or shown[0].at > until - SETTLED:
        return None
    first = shown[0]
    features = features_of(first.parts or {}) if first.engine == engine else None
    if features is None or first.parts is None:
        return None
    rank = min((each.rank for each in shown if each.rank), default=1)
    words, values = float(first.parts["words"]), [float(need["value"]) for need in first.parts["needs"]]
    score = words + sum(first.parts.get("facts", {}).values())
    chance = probability(standing(words, values))
    return Row(first.profile, first.challenge, first.at, rank, outcome, features, score, chance)


def outcome_of(events: Sequence[Event]) -> str | None:
    """The strongest thing that became of one pair, whose events are in order; None where that says nothing of
    the match. Of each kind the last word counts."""
    last = {each.kind: each for each in events if each.kind not in SHOWN}
    said = {kind: each.answer for kind, each in last.items()}
    if said.get("outcome") in AWARDED or said.get("response") == "submitted":
        return YES
    if said.get("introduction") == "accepted":
        return YES
    declined = said.get("introduction") == "declined"
    if declined and last["introduction"].reason == NOT_THE_FIELD:
        return NO
    if said.get("answer") == "interested":
        return YES
    if said.get("answer") == "never":
        return NO
    return None if declined or said.get("answer") == "not_now" else SILENT


def features_of(parts: Mapping[str, Any]) -> tuple[float, ...] | None:
    """The numbers of FEATURES; None where the parts lack what they are made of (an older engine's)."""
    try:
        needs = [(float(need["value"]), float(need["weight"])) for need in parts["needs"]]
        words, facts = float(parts["words"]), dict(parts.get("facts") or {})
    except (KeyError, TypeError, ValueError):
        return None
    if not needs or not np.isfinite([words, *(value for value, _ in needs)]).all():
        return None
    best, second, *_ = [*sorted((value for value, _ in needs), reverse=True), 0.0]
    stands = standing(words, [value for value, _ in needs])
    total = sum(weight for _, weight in needs) or 1.0
    covered = sum(weight for value, weight in needs if value >= POSSIBLE) / total
    several = len(needs) > 1
    found = (
        SLOPE * (stands - MIDDLE),
        words - stands,
        second - best if several else 0.0,
        covered - 1,
        float(np.log(len(needs))),
        *(float(facts.get(name, 0.0)) / FARTHEST for name in FACTS),
    )
    return tuple(float(np.clip(value, -10, 10)) for value in found)
