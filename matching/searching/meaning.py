"""By meaning: a worker compares what is asked with all passages, and answers with ids and scores alone.

What somebody looks for is a need to profiles and an offer to challenges: so both sides are measured by the
catalogue's own statistics, by which Spanish and English stand alike.

The thresholds were chosen on the demo country (60 challenges, 187 profiles, the default model) with 20
short questions ("fugas de agua", "mine tailings") and 10 whole sentences, half in each language, each with
the rows that answer it, and 12 that nothing answers ("hola, buenos días", "cheap flights to Paris"):

                                 1.9 / 2.5 / 0.55     1.7 / 2.6 / 0.6 (least challenge, profile; behind)
challenges: questions answered    23 of 30             28 of 30
            right of those shown  41 %, 2.1 shown      45 %, 2.3 shown
            shown for nothing      3 of 12              4 of 12
people:     questions answered    29 of 30             29 of 30
            right of those shown  47 %, 5.3 shown      54 %, 4.2 shown
            shown for nothing      7 of 12              5 of 12

By 1.5 seven of the 12 would find a challenge and none of the 30 more; what words find comes on top.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.core.cache import cache

from .. import asking

if TYPE_CHECKING:
    from ..encoding import Floats, Kind
    from ..ranking import Statistics

WAIT = 0.3  # seconds; then it is words alone
KEPT = 120  # seconds that an answer is good for: people narrow and turn pages
LONGEST = 1000  # characters
MOST_WINDOWS = 2
MOST = 80  # of each kind: what is farther is only somehow alike
# Deviations above chance. A challenge counts by the mean of all that it says, or by somewhat less than its
# best: the same nearness is a lower number.
LEAST = {"challenge": 1.7, "profile": 2.6}
BEHIND = 0.6  # of the best: less than that share of it is left out


@dataclass(frozen=True)
class Meant:
    """Scores by id, 1 being as far above chance as six deviations. `answered`: whether a worker was there."""

    answered: bool
    challenges: dict[int, float]
    profiles: dict[int, float]


def meant(text: str, language: str, may_ask: Callable[[], bool] = lambda: True) -> Meant:
    """What is near to a text, asked of a worker unless it was asked a moment ago, or may not be asked."""
    text = text[:LONGEST].strip()
    key = f"meant:{hashlib.sha256(f'{language}:{text}'.encode()).hexdigest()}"
    answer: dict[str, Any] | None = cache.get(key)
    if answer is None and not may_ask():
        return Meant(False, {}, {})
    if answer is None:
        answer = asking.ask("search", {"text": text, "language": language}, WAIT)
        if answer is None or answer.get("failed"):
            return Meant(False, {}, {})
        cache.set(key, answer, KEPT)
    return Meant(True, dict(answer["challenges"]), dict(answer["profiles"]))


@asking.answers("search")
def answer(question: dict[str, Any]) -> dict[str, Any]:
    """For {"text", "language"}: pairs of id and score, best first. Says nothing of who may see them."""
    from ..pipeline import model_name, yardstick

    version = yardstick.shown(model_name())
    if version is None:
        raise LookupError("Nothing is measured yet.")
    found = nearest(question["text"], question.get("language"), version)
    return {kind: [list(pair) for pair in pairs] for kind, pairs in found.items()}


def nearest(text: str, language: str | None, statistics: "Statistics") -> dict[str, list[tuple[int, float]]]:
    """The nearest challenges, open or closed, and the nearest profiles."""
    import numpy as np

    from .. import vectors
    from ..language import detect
    from ..pipeline import model_name
    from ..ranking import LANGUAGES, Needs, Passages

    texts = _windows(text)
    count = len(texts)
    languages = np.full(count, LANGUAGES.index(detect(text, language)), np.int64)
    owners = np.zeros(count, np.int64)
    needs = Needs(_vectors(texts, "query"), np.ones(count, np.float32), languages, texts)
    given = Passages(_vectors(texts, "passage"), owners, np.arange(count), languages, texts, 1)
    people = vectors.answers(model_name()).nearest(needs, statistics, MOST)[0]
    asked = vectors.challenges(model_name()).nearest_asks(given, statistics, MOST)[0]
    return {
        "challenges": _of(asked, asked.values[:, 0], "challenge"),
        "profiles": _of(people, people.values.max(axis=1), "profile"),
    }


def _of(near: Any, reach: "Floats", side: str) -> list[tuple[int, float]]:
    """Ids of what the subjects are of, with scores, best first."""
    from ..models import Subject
    from ..ranking.statistics import UNIT
    from ..ranking.strength import SINGLE_NEED

    unit = UNIT * (SINGLE_NEED if side == "challenge" else 1)
    if not len(reach):
        return []
    least = max(LEAST[side], BEHIND * float(reach.max()))
    chosen = near.best(reach, MOST, least=least).tolist()
    values = dict(zip(near.subjects.tolist(), reach.tolist(), strict=True))
    there = Subject.objects.filter(**{"pk__in": chosen, f"{side}__isnull": False})
    ids = dict(there.values_list("pk", side))
    return [(ids[pk], round(values[pk] / unit, 4)) for pk in chosen if pk in ids]


def _windows(text: str) -> tuple[str, ...]:
    from ..passages import split

    return tuple(split(text)[:MOST_WINDOWS]) or (text,)


@lru_cache(maxsize=256)
def _vectors(texts: tuple[str, ...], kind: "Kind") -> "Floats":
    """The same words are asked again and again."""
    from ..pipeline import encoder

    return encoder().encode(texts, kind)
