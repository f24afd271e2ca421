"""For a problem that nobody posted: how many could answer each of its needs, by kind and by state.

Nobody is given away. A count below LEAST is not shown, and every other is shown as the multiple of LEAST at
or below it, each by itself: what is shown of one group says nothing about another, and the number over all is
put together from what is shown, so that no difference between them tells what is hidden.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from .. import vectors
from ..encoder import Encoder
from ..language import detect
from ..pipeline import facts
from ..pipeline.facts import ProfileFacts
from ..pipeline.pairs import Given
from ..ranking import LANGUAGES, Needs, Statistics, score
from ..ranking.strength import POSSIBLE
from ..texts import language_of
from ..vectors import Integers
from . import ABROAD

LEAST = 5  # fewer people than that are nobody's business
COMPARED = 150  # profiles scored in full for one need; where all of them answer it, there are more
UNKNOWN = ""


@dataclass(frozen=True)
class Counts:
    """How many could answer one need: multiples of LEAST, by kind of profile and by state, most first; `more`
    where not everybody was counted."""

    total: int = 0
    kinds: dict[str, int] = field(default_factory=dict)
    states: dict[str, int] = field(default_factory=dict)
    more: bool = False


def needs_of(texts: Sequence[str], hint: str, encoder: Encoder) -> Needs:
    """A problem's needs, each asked by itself."""
    usual = detect(" ".join(texts), hint)
    spoken = [LANGUAGES.index(language_of(text, usual)) for text in texts]
    return Needs(
        encoder.encode(texts, "query"),
        np.ones(len(texts), np.float32),
        np.array(spoken, np.int64),
        list(texts),
        np.arange(len(texts)),
        len(texts),
    )


def who_could(needs: Needs, encoder: Encoder, statistics: Statistics) -> list[Counts]:
    """For each need, how many of all profiles that may be matched answer it at least possibly."""
    answers = vectors.answers(encoder.name)
    near = answers.nearest(needs, statistics, COMPARED)
    chosen = [one.best(one.values[:, 0], COMPARED).tolist() for one in near]
    people = facts.profiles({subject for ids in chosen for subject in ids})
    given = Given(answers.rows(people))
    there = [people[pk] for pk in sorted(people) if people[pk] in given]
    if not there:
        return [Counts() for _ in chosen]
    passages, _ = given.of(there)
    fits = np.nan_to_num(score(needs, passages, statistics).values, nan=-1.0) >= POSSIBLE
    place = {one.subject_id: at for at, one in enumerate(there)}
    found = []
    for row, ids in zip(fits, chosen, strict=True):
        full = len(ids) >= COMPARED and _all(row, [place[pk] for pk in ids if pk in place])
        found.append(counted([there[at] for at in np.flatnonzero(row).tolist()], more=full))
    return found


def _all(row: Integers, places: Sequence[int]) -> bool:
    """Whether even the farthest of those compared still answer: then others would too."""
    return bool(places) and bool(row[places[-LEAST:]].any())


def counted(people: Iterable[ProfileFacts], *, more: bool = False) -> Counts:
    people = list(people)
    kinds = shown(Counter(one.kind for one in people))
    states = shown(Counter(ABROAD if one.abroad else one.state for one in people))
    states.pop(UNKNOWN, None)
    return Counts(max(sum(kinds.values()), sum(states.values())), kinds, states, more)


def shown(counts: Counter[str]) -> dict[str, int]:
    """Each count by itself as it may be shown, most first; those below LEAST not at all."""
    rounded = {name: LEAST * (count // LEAST) for name, count in counts.items() if count >= LEAST}
    return dict(sorted(rounded.items(), key=lambda pair: (-pair[1], pair[0])))
