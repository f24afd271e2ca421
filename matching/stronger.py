"""What would make a match stronger, for its profile's own people: at most two things, each a fact."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.utils import timezone

from accounts.models import Profile, ProfileItem
from hubs.models import Challenge

from .models import Strength
from .showing import NeedShown

MOST = 2
OLD = 8  # years after which evidence counts half (ranking/facts.py)
WEIGHT = {"must": 0, "strong": 1, "": 1, "nice": 2}
CLAIMS = (ProfileItem.Role.OFFER, "summary")
# What helps most comes first; of the same kind, what the poster cannot do without.
KINDS = ("open", "possible", "claim", "trl", "state", "old", "year", "link")


@dataclass(frozen=True)
class Hint:
    """`kind` is one of KINDS; the need or the item it speaks of, in its author's words and language."""

    kind: str
    about: str = ""
    language: str = ""
    year: int | None = None
    weight: str = ""


def hints(
    profile: Profile, challenge: Challenge, covered: Sequence[NeedShown], uncovered: Sequence[NeedShown]
) -> list[Hint]:
    """The first few that hold of this match, one for each need."""
    found = [Hint("open", need.text, need.language, weight=need.weight) for need in uncovered]
    found += [hint for need in covered for hint in _of_evidence(need)]
    found += _of_facts(profile, challenge)
    found.sort(key=lambda hint: (WEIGHT.get(hint.weight, 1), KINDS.index(hint.kind)))
    chosen: list[Hint] = []
    for hint in found:
        if not any(hint.about and hint.about == other.about for other in chosen):
            chosen.append(hint)
    return chosen[:MOST]


def _of_evidence(need: NeedShown) -> Iterator[Hint]:
    """What is weak about what answers a need."""
    if need.strength == Strength.POSSIBLE:
        yield Hint("possible", need.text, need.language, weight=need.weight)
    elif need.kind in CLAIMS:
        yield Hint("claim", need.text, need.language, weight=need.weight)
    elif need.year is None:
        yield Hint("year", need.title or need.evidence, need.evidence_language, weight=need.weight)
    elif timezone.localdate().year - need.year > OLD:
        yield Hint("old", need.text, need.language, year=need.year, weight=need.weight)
    elif not need.link:
        yield Hint("link", need.title or need.evidence, need.evidence_language, weight=need.weight)


def _of_facts(profile: Profile, challenge: Challenge) -> Iterator[Hint]:
    """What the challenge weighs and the profile does not say."""
    person = profile.kind == Profile.Kind.RESEARCHER
    if not person and profile.trl is None and (challenge.trl_from or challenge.trl_to):
        yield Hint("trl")
    if challenge.state and not profile.state and not profile.lives_abroad:
        yield Hint("state", challenge.state_name)
