"""Why a pair fits, as it is stored, shown and mailed: each need beside the best of the profile's evidence.

A match is stored with the ids of its passages (`parts`), which is little; most of them nobody ever looks at.
The words are put together when somebody does.
"""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any, NamedTuple, TypeVar

import numpy as np
from django.db.models import Q

from accounts.models import Profile
from hubs.models import Need

from ..fields import among
from ..models import Match, Passage, Subject
from ..passages import sentences
from ..ranking import LANGUAGES, Statistics, lexical, strength
from ..vectors import ASKS
from . import yardstick
from .facts import NeedFacts, may_cover

Matches = TypeVar("Matches", bound=Sequence[Match])


class Words(NamedTuple):
    """A passage without its vector."""

    pk: int
    subject_id: int
    text: str
    language: str
    item_id: int | None
    need_id: int | None


class Item(NamedTuple):
    """What is shown of an item beside its words."""

    pk: int
    title: str
    kind: str
    role: str
    year: int | None
    link: str


def tell(matches: Matches) -> Matches:
    """Fill in, in memory, the reasons that were not told yet; the same matches, in the same order.

    {"needs": [one for each need of the challenge, in its order], "engine", "model", "statistics"}; the
    sentence and marks that explaining.py finds come later.
    """
    untold = [match for match in matches if not match.reason]
    if untold:
        reasons = Reasons(untold)
        for match in untold:
            match.reason = reasons.reason_of(match)
    return matches


class Reasons:
    """Writes the reasons of some matches from what the database holds now, which it reads once."""

    def __init__(self, matches: Sequence[Match]) -> None:
        evidence = {row.get("passage") for match in matches for row in match.parts.get("needs", [])} - {None}
        asks = Q(subject__in=among({match.target_id for match in matches}), role__in=ASKS)
        columns = (*Words._fields, "role", *(f"item__{name}" for name in Item._fields))
        rows = list(Passage.objects.filter(Q(pk__in=among(evidence)) | asks).values_list(*columns))
        words = len(Words._fields)
        self.given = {row[0]: Words(*row[:words]) for row in rows if row[0] in evidence}
        self.asked = {row[0]: Words(*row[:words]) for row in rows if row[words] in ASKS}
        self.items = {row[words + 1]: Item(*row[words + 1 :]) for row in rows if row[words + 1]}
        self.profiles = _profiles(matches)
        self.challenges = _challenges(matches)
        self.needs = _needs(matches, self.challenges)
        self.languages = {words.need_id: words.language for words in self.asked.values()}

    def reason_of(self, match: Match) -> dict[str, Any]:
        answered = {(row["need_id"] or -row["ask"]): row for row in match.parts.get("needs", [])}
        needs = [self._need(row, match) for row in answered.values() if row["need_id"] is None]
        for need in self.needs[self.challenges.get(match.target_id)]:
            answer = answered.get(need.need_id)
            needs.append(self._need(answer, match, need) if answer else self._elsewhere(need, match))
        return {
            "needs": needs,
            "engine": match.engine,
            "model": match.model,
            "statistics": match.statistics_id,
        }

    def _need(self, row: dict[str, Any], match: Match, need: NeedFacts | None = None) -> dict[str, Any]:
        asked, given = self.asked.get(row["ask"]), self.given.get(row.get("passage"))
        text = asked.text if asked else need.text if need else ""
        return {
            "need_id": row["need_id"],
            "text": text,
            "language": asked.language if asked else LANGUAGES[0],
            "weight": need.weight if need else "",
            "sought_elsewhere": False,
            "covered": given is not None,
            "strength": strength(row["value"]) or "possible" if given else None,
            "evidence": self._evidence(given, text, match) if given else None,
        }

    def _elsewhere(self, need: NeedFacts, match: Match) -> dict[str, Any]:
        """A need that this profile was not asked about."""
        helix, _ = self.profiles.get(match.subject_id, ("", ""))
        return {
            "need_id": need.need_id,
            "text": need.text,
            "language": self.languages.get(need.need_id, LANGUAGES[0]),
            "weight": need.weight,
            "sought_elsewhere": not may_cover(need, helix),
            "covered": False,
            "strength": None,
            "evidence": None,
        }

    def _evidence(self, given: Words, need: str, match: Match) -> dict[str, Any]:
        item = self.items.get(given.item_id or 0)
        _, source = self.profiles.get(match.subject_id, ("", ""))
        title = item.title if item else ""
        return {
            "text": given.text,
            "sentence": _sentence(given, title, need, yardstick.known(match.statistics_id)),
            "language": given.language,
            "title": title,
            "source": source,
            "kind": (item.kind or item.role) if item else "summary",
            "year": item.year if item else None,
            "link": item.link if item else "",
            "item_id": item.pk if item else None,
        }


def _profiles(matches: Sequence[Match]) -> dict[int, tuple[str, str]]:
    """Side of the helix and source of each, by subject; read where they are not at hand."""
    here = {
        match.subject_id: match.subject.profile for match in matches if _holds(match, "subject", "profile")
    }
    rows = [(pk, profile.kind, profile.source) for pk, profile in here.items() if profile]
    if unread := {match.subject_id for match in matches} - here.keys():
        found = Profile.objects.filter(subject__in=among(unread))
        rows += found.values_list("subject", "kind", "source")
    return {pk: (Profile.HELIX[Profile.Kind(kind)], source) for pk, kind, source in rows}


def _challenges(matches: Sequence[Match]) -> dict[int, int | None]:
    """The challenge (id) of each target."""
    here = {match.target_id: match.target.challenge_id for match in matches if _holds(match, "target")}
    if unread := {match.target_id for match in matches} - here.keys():
        here |= dict(Subject.objects.filter(pk__in=among(unread)).values_list("pk", "challenge_id"))
    return here


def _needs(matches: Sequence[Match], challenges: dict[int, int | None]) -> dict[int | None, list[NeedFacts]]:
    found: dict[int | None, list[NeedFacts]] = defaultdict(list)
    here = {
        match.target.challenge_id: match.target.challenge
        for match in matches
        if _holds(match, "target", "challenge")
    }
    prefetched = {
        pk: each
        for pk, each in here.items()
        if each and "needs" in getattr(each, "_prefetched_objects_cache", {})
    }
    rows = [need for each in prefetched.values() for need in each.needs.all()]
    if unread := {pk for pk in challenges.values() if pk} - prefetched.keys():
        rows += Need.objects.filter(challenge__in=among(unread)).order_by("position", "pk")
    for need in rows:
        found[need.challenge_id].append(NeedFacts(need.pk, need.text, need.weight, need.sought))
    return found


def _holds(record: Any, *names: str) -> bool:
    """Whether what stands behind these names was read with the record."""
    for name in names:
        if name not in record._state.fields_cache:
            return False
        record = getattr(record, name)
    return True


def _sentence(given: Words, title: str, need: str, statistics: Statistics | None) -> str:
    """A first guess at the sentence that carries the evidence: the one spelled most like the need."""
    found = [sentence for sentence in sentences(given.text) if sentence.rstrip(".") != title.rstrip(".")]
    if len(found) < 2 or statistics is None:
        return found[0] if found else given.text
    idf = statistics.idf[LANGUAGES.index(given.language)]
    similar = lexical.similarities(lexical.Grams.of([need]), lexical.Grams.of(found), idf)
    return found[int(np.argmax(similar[0]))]
