"""The site's own engine over a set: every profile scored for every challenge that is measured."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matching.evaluation.metrics import FIRST
from matching.evaluation.sets import JudgedSet
from matching.offline import SCORED_AT_ONCE, Catalogue, Watch
from matching.ranking import Needs, PairScores, Strength, score, standing, strength

Floats = NDArray[np.float32]
Integers = NDArray[np.int64]


@dataclass(frozen=True)
class Scored:
    """scores (q, profiles); called: for each challenge, what its first ten profiles would be called."""

    scores: Floats
    called: list[list[Strength | None]]


def helice(judged: JudgedSet, catalogue: Catalogue, watch: Watch) -> Scored:
    """Scores of the challenges that are measured. Nothing is cut at any rank."""
    count, profiles = len(judged.asked), len(judged.profiles)
    found = Scored(np.full((count, profiles), np.nan, np.float32), [])
    steps = range(0, count, SCORED_AT_ONCE)
    for start in watch(steps, len(steps), f"Ranking {judged.name}"):
        needs = needs_of(catalogue.needs, judged.asked[start : start + SCORED_AT_ONCE])
        pairs = score(needs, catalogue.passages, catalogue.statistics)
        found.scores[start : start + SCORED_AT_ONCE] = pairs.scores
        found.called.extend(called(pairs, needs, row) for row in range(needs.challenges))
    return found


def needs_of(needs: Needs, places: Integers) -> Needs:
    """The needs of some challenges, renumbered in the order of `places`, which ascend."""
    rows = np.flatnonzero(np.isin(needs.of_challenge, places))
    owners = np.searchsorted(places, needs.of_challenge[rows])
    texts = [needs.texts[row] for row in rows.tolist()]
    return Needs(needs.vectors[rows], needs.weights[rows], needs.languages[rows], texts, owners, len(places))


def called(pairs: PairScores, needs: Needs, row: int) -> list[Strength | None]:
    """What the first ten profiles of one challenge would be called."""
    scores = np.where(np.isnan(pairs.scores[row]), -np.inf, pairs.scores[row])
    order = np.argsort(-scores, kind="stable")[:FIRST]
    mine = pairs.values[needs.of_challenge == row]
    return [
        strength(standing(float(scores[at]), mine[:, at].tolist())) if np.isfinite(scores[at]) else None
        for at in order.tolist()
    ]
