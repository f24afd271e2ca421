"""Rankers that a capable team would put together from public parts: what Hélice is measured against.

Each gives scores, float32 of shape (challenges that are measured, profiles); higher is better, NaN is
unranked.
"""

from __future__ import annotations

import logging
import warnings

import bm25s  # type: ignore[import-untyped]
import numpy as np
from bm25s.stopwords import STOPWORDS_EN_PLUS, STOPWORDS_SPANISH  # type: ignore[import-untyped]
from numpy.typing import NDArray

from matching.encoding import Encoder
from matching.evaluation.sets import JudgedSet, whole_challenge, whole_profile
from matching.offline import Catalogue, Watch, encode
from matching.ranking.lexical import fold

Floats = NDArray[np.float32]

STOP_WORDS = {fold(word) for word in (*STOPWORDS_EN_PLUS, *STOPWORDS_SPANISH)}


def popularity(judged: JudgedSet) -> Floats:
    """The same list for everyone: profiles with the most documents first, then those with the most words.

    It needs no judgements. Counting how often a profile is right for other challenges would do worse than
    chance wherever each is right for one alone.
    """
    words = [len(whole_profile(line).split()) for line in judged.profiles]
    size = np.array([len(line.documents) for line in judged.profiles]) + np.array(words) / 1e6
    return np.tile(size.astype(np.float32), (len(judged.asked), 1))


def bm25(judged: JudgedSet) -> Floats:
    """BM25 over one text a profile, with Lucene's formula and defaults (Lù, 2024, bm25s), accents folded and
    without stop words."""
    documents = [words_of(whole_profile(line)) for line in judged.profiles]
    scores = np.zeros((len(judged.asked), len(documents)), np.float32)
    if not any(documents):
        return scores
    logging.getLogger("bm25s").setLevel(logging.WARNING)  # its own import asks for DEBUG
    index = bm25s.BM25(k1=1.2, b=0.75)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # a profile without words has no length
        index.index(documents, show_progress=False)
    for row, line in enumerate(judged.measured):
        if words := words_of(whole_challenge(line)):
            scores[row] = index.get_scores(words)
    return np.nan_to_num(scores)


def words_of(text: str) -> list[str]:
    """Words as BM25 reads them."""
    return [word for word in fold(text).split() if word not in STOP_WORDS]


def one_vector(judged: JudgedSet, encoder: Encoder, watch: Watch) -> Floats:
    """Plain sentence-transformers: cosines of one vector a challenge and one a profile, its whole text cut
    where the model stops reading. What `util.semantic_search` computes."""
    profiles = encode(encoder, [whole_profile(line) for line in judged.profiles], "passage", watch)
    challenges = encode(encoder, [whole_challenge(line) for line in judged.measured], "query", watch)
    return challenges @ profiles.T


def best_passage(judged: JudgedSet, catalogue: Catalogue, encoder: Encoder, watch: Watch) -> Floats:
    """For each need the highest raw cosine among a profile's passages; over needs their weighted mean."""
    needs = encode(encoder, catalogue.needs.texts, "query", watch)
    passages = encode(encoder, catalogue.passages.texts, "passage", watch)
    order = np.argsort(catalogue.passages.owners, kind="stable")
    owners = catalogue.passages.owners[order]
    starts = np.flatnonzero(np.r_[True, owners[1:] != owners[:-1]][: len(owners)])
    scores = np.full((len(judged.asked), len(judged.profiles)), np.nan, np.float32)
    for row, place in enumerate(judged.asked.tolist()):
        mine = catalogue.needs.of_challenge == place
        if mine.any() and len(starts):
            best = np.maximum.reduceat(needs[mine] @ passages[order].T, starts, axis=1)
            weights = catalogue.needs.weights[mine]
            scores[row, owners[starts]] = weights @ best / weights.sum()
    return scores


def fused(one: Floats, other: Floats) -> Floats:
    """The sum of two rankers' scores, each as z-scores over all profiles for each challenge."""
    return standardised(one) + standardised(other)


def standardised(scores: Floats) -> Floats:
    """Z-scores of each row; one without any spread, or without any scores, is all 0."""
    ranked = np.where(np.isnan(scores).all(axis=1, keepdims=True), 0, scores)
    spread = np.maximum(np.nanstd(ranked, axis=1, keepdims=True), 1e-6)
    return np.asarray((ranked - np.nanmean(ranked, axis=1, keepdims=True)) / spread, np.float32)
