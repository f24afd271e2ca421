"""The open challenges that an anonymous text fits, and why. In memory alone: no row is made.

The text stands where a profile would, with its pieces as that profile's items, and is scored by the same
functions under the same statistics. Nobody knows who wrote it: a need is looked at whoever it is sought
from, and no fact bars or weighs anything. One need that is answered is enough here: it is a first look.
"""

import logging
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
from django.contrib.auth.models import AnonymousUser

from accounts.models import Profile
from hubs.models import Challenge

from .. import vectors
from ..encoder import Encoder
from ..language import detect
from ..pipeline import explaining, facts
from ..pipeline.candidates import Known, Nearby, pick, widening
from ..pipeline.facts import ChallengeFacts, ProfileFacts
from ..pipeline.pairs import Answered, Asked, Given, Pair, needs_of
from ..ranking import LANGUAGES, Statistics, score, strength
from ..ranking.stuffing import trusts
from ..texts import language_of
from ..vectors import Integers, Rows

logger = logging.getLogger(__name__)
NOBODY = 0  # no Subject has this key
MOST = 5
ANYONE = ProfileFacts(NOBODY, NOBODY, Profile.HELIX[Profile.Kind.RESEARCHER])
COMPARED = 120  # challenges scored in full
EXPLAINED = 3  # needs of one challenge whose words are marked, those that the text answers best


@dataclass(frozen=True)
class Fit:
    """One challenge, by its key, and the reason in the form that matches store (see pipeline/reasons.py)."""

    challenge: int
    strength: str
    reason: dict[str, Any]


def rows_of(texts: Sequence[str], hint: str, encoder: Encoder) -> Rows:
    """A text's pieces as a profile's passages; negative keys, which no item has."""
    keys = -1 - np.arange(len(texts), dtype=np.int64)
    usual = detect(" ".join(texts), hint)
    spoken = [LANGUAGES.index(language_of(text, usual)) for text in texts]
    return Rows(
        keys,
        np.full(len(texts), NOBODY, np.int64),
        keys,
        np.array(spoken, np.int64),
        encoder.encode(texts, "passage"),
        list(texts),
        trusts(texts),
    )


def challenges_fitting(gives: Rows, encoder: Encoder, statistics: Statistics) -> list[Fit]:
    """The best few open challenges that have a need which the text answers at least possibly, each with its
    reason; none where there is no such."""
    given, asks = Given(gives), vectors.asks(encoder.name)
    near = widening(lambda most: asks.nearest_asks(given.passages, statistics, most))
    found = pick(partial(_farthest, near), Known(_open), lambda challenge: True, COMPARED)
    asked = Asked(asks.rows(each.subject_id for each in found))
    pairs = _compared(found, given, asked, statistics)
    best = sorted(pairs, key=lambda pair: (-pair.standing, pair.challenge.challenge_id))[:MOST]
    return explained([_fit(pair, gives, asked.asks) for pair in best], encoder)


def _compared(
    found: Sequence[ChallengeFacts], given: Given, asked: Asked, statistics: Statistics
) -> Iterator[Pair]:
    """The text with each of some challenges, all of whose needs count whoever they are sought from."""
    places = asked.of(ANYONE.helix, found)
    if not len(places):
        return
    needs, facts_of = needs_of(found, asked.asks, places)
    passages, rows = given.of([ANYONE])
    scores = score(needs, passages, statistics)
    for number, challenge in enumerate(found):
        mine = np.flatnonzero(needs.of_challenge == number)
        answered = []
        for row in mine.tolist():
            value, passage = float(scores.values[row, 0]), int(rows[scores.best[row, 0]])
            answered.append(Answered(int(places[row]), facts_of[row], value, strength(value), passage))
        if any(answer.strength for answer in answered):
            yield Pair(ANYONE, challenge, float(scores.scores[number, 0]), tuple(answered))


def _farthest(near: Nearby, most: int) -> Integers:
    here = near(most)[0]
    return np.asarray(here.best(here.values[:, 0], most))


def _open(subjects: Iterable[int]) -> dict[int, ChallengeFacts]:
    """Challenges open at this moment to everybody's eyes, their needs sought from anyone."""
    there = facts.challenges(subjects)
    keys = [each.challenge_id for each in there.values()]
    shown = Challenge.objects.open().visible_to(AnonymousUser()).filter(pk__in=keys)
    open_now = set(shown.values_list("pk", flat=True))
    return {
        pk: replace(each, needs={key: replace(need, sought="anyone") for key, need in each.needs.items()})
        for pk, each in there.items()
        if each.challenge_id in open_now
    }


def _fit(pair: Pair, gives: Rows, asked: Rows) -> Fit:
    """Every need of the challenge, those that the text answers best in front."""
    best = sorted(pair.answered, key=lambda answer: -answer.value)
    reason = {"needs": [_need(answer, gives, asked) for answer in best]}
    return Fit(pair.challenge.challenge_id, pair.strength, reason)


def _need(answer: Answered, gives: Rows, asked: Rows) -> dict[str, Any]:
    need, given = answer.need, gives.texts[answer.passage]
    evidence = {
        "text": given,
        "sentence": given,
        "language": LANGUAGES[int(gives.languages[answer.passage])],
        "title": "",
        "source": "",
        "kind": "",
        "year": None,
        "link": "",
        "item_id": None,
    }
    return {
        "need_id": need.need_id if need else None,
        "text": asked.texts[answer.ask],
        "language": LANGUAGES[int(asked.languages[answer.ask])],
        "weight": need.weight if need else "",
        "sought_elsewhere": False,
        "covered": answer.strength is not None,
        "strength": answer.strength,
        "evidence": evidence if answer.strength else None,
    }


def explained(fits: Sequence[Fit], encoder: Encoder) -> list[Fit]:
    """The same with the sentence that answers and the words that matter, which nobody stores; as they are
    where the words cannot be read."""
    rows = [row for fit in fits for row in fit.reason["needs"][:EXPLAINED] if row["covered"]]
    wanted = {key: row for row in rows if (key := explaining.key_of(row))}
    explainer = explaining.Explainer(encoder)
    try:
        explainer.read((row["text"] for row in wanted.values()), "query")
        explainer.read((row["evidence"]["text"] for row in wanted.values()), "passage")
        found = {key: explainer.explanation(key, row) for key, row in wanted.items()}
    except Exception as error:  # its words may be anybody's: they stay out of the log
        logger.warning("An anonymous text is shown without marks: %s", type(error).__name__)
        found = {}
    return [replace(fit, reason=explaining.filled(fit.reason, found)) for fit in fits]
