"""Why a pair fits, as it is stored, shown and mailed: each need beside the best of the profile's evidence."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from accounts.models import Profile, ProfileItem

from .. import ranking
from ..fields import among
from ..passages import sentences
from ..ranking import LANGUAGES, Statistics, lexical
from ..vectors import Rows
from .facts import NeedFacts, may_cover
from .pairs import Answered, Pair


class Item(NamedTuple):
    """What is shown of an item beside its words."""

    pk: int
    title: str
    kind: str
    role: str
    year: int | None
    link: str


class Reasons:
    """Writes the reasons of many pairs; reads what it needs of their items and profiles once."""

    def __init__(
        self, pairs: Sequence[Pair], gives: Rows, asks: Rows, statistics: Statistics, version: str
    ) -> None:
        self.gives, self.asks, self.statistics, self.version = gives, asks, statistics, version
        covered = [answer.passage for pair in pairs for answer in pair.answered if answer.strength]
        items = {int(item) for item in gives.items[covered]} - {0} if covered else set()
        rows = ProfileItem.objects.filter(pk__in=among(items)).values_list(*Item._fields)
        self.items = {row[0]: Item(*row) for row in rows}
        profiles = Profile.objects.filter(pk__in=among({pair.profile.profile_id for pair in pairs}))
        self.sources: dict[int, str] = dict(profiles.values_list("pk", "source"))

    def reason_of(self, pair: Pair) -> dict[str, Any]:
        """{"needs": [one for each need of the challenge, in its order], "engine", "model", "statistics"}; the
        sentence and marks that explaining.py finds come later."""
        answered = {(answer.need.need_id if answer.need else -answer.ask): answer for answer in pair.answered}
        needs = [self._need(answer, pair) for answer in answered.values() if answer.need is None]
        for need in pair.challenge.needs.values():
            answer = answered.get(need.need_id)
            if answer:
                needs.append(self._need(answer, pair))
            else:
                needs.append(self._elsewhere(need, pair))
        return {
            "needs": needs,
            "engine": ranking.ENGINE,
            "model": self.statistics.encoder,
            "statistics": self.version,
        }

    def _need(self, answer: Answered, pair: Pair) -> dict[str, Any]:
        covered = answer.strength is not None
        return {
            "need_id": answer.need.need_id if answer.need else None,
            "text": self.asks.texts[answer.ask],
            "language": LANGUAGES[int(self.asks.languages[answer.ask])],
            "weight": answer.need.weight if answer.need else "",
            "sought_elsewhere": False,
            "covered": covered,
            "strength": answer.strength,
            "evidence": self._evidence(answer, pair) if covered else None,
        }

    def _elsewhere(self, need: NeedFacts, pair: Pair) -> dict[str, Any]:
        """A need that this profile was not asked about."""
        row = np.flatnonzero(
            (self.asks.items == need.need_id) & (self.asks.subjects == pair.challenge.subject_id)
        )
        language = LANGUAGES[int(self.asks.languages[row[0]])] if len(row) else LANGUAGES[0]
        return {
            "need_id": need.need_id,
            "text": need.text,
            "language": language,
            "weight": need.weight,
            "sought_elsewhere": not may_cover(need, pair.profile.helix),
            "covered": False,
            "strength": None,
            "evidence": None,
        }

    def _evidence(self, answer: Answered, pair: Pair) -> dict[str, Any]:
        place = answer.passage
        item = self.items.get(int(self.gives.items[place]))
        text, language = self.gives.texts[place], int(self.gives.languages[place])
        return {
            "text": text,
            "sentence": self._sentence(
                text, item.title if item else "", language, self.asks.texts[answer.ask]
            ),
            "language": LANGUAGES[language],
            "title": item.title if item else "",
            "source": self.sources.get(pair.profile.profile_id, ""),
            "kind": (item.kind or item.role) if item else "summary",
            "year": item.year if item else None,
            "link": item.link if item else "",
            "item_id": item.pk if item else None,
        }

    def _sentence(self, text: str, title: str, language: int, need: str) -> str:
        """A first guess at the sentence that carries the evidence: the one spelled most like the need."""
        found = [sentence for sentence in sentences(text) if sentence.rstrip(".") != title.rstrip(".")]
        if len(found) < 2:
            return found[0] if found else text
        asked, given = lexical.Grams.of([need]), lexical.Grams.of(found)
        return found[int(np.argmax(lexical.similarities(asked, given, self.statistics.idf[language])[0]))]
