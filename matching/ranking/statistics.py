"""What is usual in a catalogue: the yardstick by which every pair is measured.

Sentence encoders place texts of one language near each other, whatever they speak of, so raw similarities
favour one's own language and cannot be compared. Taking the mean vector of its language and kind from each
text (Libovický et al., 2020, "language-neutral" centring) removes that; chance pairs of texts then give the
mean and the deviation in which every similarity is counted.

The yardstick belongs to the catalogue, not to the list at hand: at one version, the same pair has the same
score whichever direction it is computed from.
"""

from __future__ import annotations

import hashlib
import io
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from matching.glossary import gloss
from matching.language import Language
from matching.ranking import lexical
from matching.ranking.lexical import BUCKETS, Grams

Floats = NDArray[np.float32]
Integers = NDArray[np.int64]

LANGUAGES: tuple[Language, Language] = ("es", "en")  # a language's number, in every array, is its place here
ENOUGH = 20.0  # texts of one language that weigh as much as what is assumed before
ENOUGH_NEEDS = 8.0  # the same for needs, from whose chance pairs spreads are taken
SAMPLED_NEEDS, SAMPLED_PASSAGES = 300, 1000  # per language, for spreads
SPELLING = 0.25  # the weight of spelling beside meaning, in deviations
BEST_SHARE = 0.5  # of a need's value comes from the best item, the rest from the best three
# Meaning is blurred on its way between languages, and spelling more so: each deviation of it above NEAR
# counts for so much more there, or the best answer in the other language would lose every close race.
ACROSS, NEAR = 0.25, 2.0
ORDINARY = 0.98  # the share of chance pairs that surely do not fit
UNIT = 6.0  # deviations that make a score of 1


@dataclass(frozen=True)
class Sample:
    """Texts with their vectors: (n, d) float32 of length 1, language numbers (n,), texts (n)."""

    vectors: Floats
    languages: Integers
    texts: Sequence[str]

    def mean(self, language: int) -> Floats:
        """The mean vector (d,) of one language's texts, the same to the last bit in whatever order; 0 for
        none."""
        rows = np.sort(self.vectors[self.languages == language].astype(np.float64), axis=0)
        return np.asarray(rows.sum(axis=0) / max(len(rows), 1), np.float32)

    def drawn(self, language: int, most: int, spelled: int | None = None) -> tuple[Floats, Grams]:
        """At most `most` texts of one language, chosen by their content and not by their order; their grams
        as in the language `spelled`."""
        rows = np.flatnonzero(self.languages == language).tolist()
        keys = {
            row: (zlib.crc32(self.texts[row].encode("utf-8", "replace")), self.texts[row]) for row in rows
        }
        chosen = sorted(rows, key=keys.__getitem__)[:most]
        texts = [self.texts[row] for row in chosen]
        return self.vectors[chosen], Grams.of(
            in_language(texts, language, language if spelled is None else spelled)
        )


@dataclass(frozen=True)
class Switches:
    """What scores are made of, each part to be switched off by itself: to see what it adds."""

    spelling: bool = True  # words and runs of characters, beside meaning
    glosses: bool = True  # spelling across languages, through the glossary
    centring: bool = True  # each language and kind of text less its mean
    fairness: bool = True  # what meaning loses between languages made up for
    spreads: bool = True  # each pair of languages measured by its own chance pairs
    several: bool = True  # a need's value from the best three items, not from the best alone


ALL = Switches()


@dataclass(frozen=True)
class Statistics:
    """One catalogue's yardstick. First axis of every array: language of the need; second: of the passage.

    need_means, passage_means (2, d); dense, spelling: (2, 2, 2) with mean and deviation of chance pairs last;
    idf_codes (2, BUCKETS): how rare a gram is in the passages of a language, 0 to 255 (see `idf`);
    weights (4,): of spelling within a language and across, of the best item alone in a need's value, and of
    what meaning across languages has above NEAR.
    """

    encoder: str
    need_means: Floats
    passage_means: Floats
    dense: Floats
    spelling: Floats
    idf_codes: NDArray[np.uint8]
    weights: Floats

    @classmethod
    def fit(
        cls,
        needs: Sample,
        passages: Sample,
        encoder: str,
        anchors: tuple[Sample, Sample],
        switches: Switches = ALL,
    ) -> Statistics:
        """Measure a catalogue (or a sample of it).

        `anchors` are needs and offers in general (anchors.py), encoded by the same model: what is assumed
        where the catalogue has little of its own. Does not depend on the order of the texts. All texts count
        for means and frequencies; for spreads a few hundred needs and passages are drawn. Seconds for
        thousands of texts.
        """
        offers = np.stack([anchors[1].mean(language) for language in range(2)])
        asks = np.stack([anchors[0].mean(language) for language in range(2)])
        passage_means, shift = blended_means(passages, offers, np.zeros(offers.shape[1], np.float32))
        need_means, _ = blended_means(needs, asks, shift)
        if not switches.centring:
            need_means, passage_means = np.zeros_like(need_means), np.zeros_like(passage_means)
        weights = np.array(
            [
                SPELLING * switches.spelling,
                SPELLING * (switches.spelling and switches.glosses),
                BEST_SHARE if switches.several else 1,
                ACROSS * switches.fairness,
            ],
            np.float32,
        )
        none = np.zeros((2, 2, 2), np.float32)
        draft = cls(encoder, need_means, passage_means, none, none, blended_idf(passages), weights)
        found = np.array(
            [[draft.spread(needs, passages, anchors, a, b) for b in range(2)] for a in range(2)], np.float32
        )
        if not switches.spreads:
            found[:] = found.mean(axis=(0, 1))
        return replace(draft, dense=found[:, :, 0], spelling=found[:, :, 1])

    def spread(
        self, needs: Sample, passages: Sample, anchors: tuple[Sample, Sample], a: int, b: int
    ) -> Floats:
        """Mean and deviation, of meaning and then of spelling (2, 2), for needs of language a, passages of b.

        Chance pairs of the catalogue's needs count by their number; general needs stand in where there are
        few.
        """
        given, grams = passages.drawn(b, SAMPLED_PASSAGES)
        if len(given) < ENOUGH:
            given, grams = joined((given, grams), anchors[1].drawn(b, SAMPLED_PASSAGES))
        given = self.centred_passages(given, b)
        own, general = needs.drawn(a, SAMPLED_NEEDS, b), anchors[0].drawn(a, SAMPLED_NEEDS, b)
        near, alike = self.compared(own, given, grams, a, b)
        usual = [moments(values) for values in self.compared(general, given, grams, a, b)]
        share = len(own[0]) / (len(own[0]) + ENOUGH_NEEDS)
        found = [moments(near), moments(alike)] if near.size else usual
        return np.asarray(share * np.array(found) + (1 - share) * np.array(usual), np.float32)

    def compared(
        self, needs: tuple[Floats, Grams], given: Floats, grams: Grams, a: int, b: int
    ) -> tuple[Floats, Floats]:
        """Meaning and spelling (k, n) of needs of language a and centred passages of language b."""
        return self.centred_needs(needs[0], a) @ given.T, lexical.similarities(needs[1], grams, self.idf[b])

    def centred_needs(self, vectors: Floats, language: int) -> Floats:
        """Need vectors (n, d) of one language less their mean, again of length 1."""
        return centred(vectors, self.need_means[language])

    def centred_passages(self, vectors: Floats, language: int) -> Floats:
        """Passage vectors (n, d) of one language less their mean, again of length 1."""
        return centred(vectors, self.passage_means[language])

    @cached_property
    def idf(self) -> Floats:
        """Weights of grams (2, BUCKETS): between 1 (in every passage of the language) and 11 (in none)."""
        return np.asarray(1 + self.idf_codes.astype(np.float32) * (10 / 255), np.float32)

    @cached_property
    def version(self) -> str:
        """A name for this yardstick: the first 12 hexadecimal digits of its content's SHA-256."""
        digest = hashlib.sha256(self.encoder.encode())
        for field in fields(self)[1:]:
            digest.update(getattr(self, field.name).tobytes())
        return digest.hexdigest()[:12]

    def to_bytes(self) -> bytes:
        """For storing: a compressed NumPy archive, about 0.3 MB."""
        target = io.BytesIO()
        np.savez_compressed(target, **{field.name: getattr(self, field.name) for field in fields(self)})
        return target.getvalue()

    @classmethod
    def from_bytes(cls, data: bytes) -> Statistics:
        """Read what `to_bytes` wrote. Raises ValueError or OSError for anything else."""
        with np.load(io.BytesIO(data), allow_pickle=False) as stored:
            found = {field.name: stored[field.name] for field in fields(cls)}
        return cls(**found | {"encoder": str(found["encoder"])})


def centred(vectors: Floats, mean: Floats) -> Floats:
    """Rows less a mean, scaled to length 1; a row equal to the mean stays (near) zero."""
    moved = vectors - mean
    return np.asarray(moved / np.maximum(np.linalg.norm(moved, axis=1, keepdims=True), 1e-6), np.float32)


def deviations(values: Floats, usual: Floats) -> Floats:
    """Similarities in deviations above the mean of chance pairs; `usual` holds both (2,)."""
    return np.asarray((values - usual[0]) / usual[1], np.float32)


def in_language(texts: Sequence[str], own: int, wanted: int) -> list[str]:
    """Texts of one language as they can be found by their spelling in texts of another."""
    return list(texts) if own == wanted else [gloss(text, LANGUAGES[own]) for text in texts]


def moments(values: Floats) -> Floats:
    """Mean and deviation of chance pairs, what fits best cut down to the rest: a small catalogue where many
    pairs fit is measured like a large one where few do. The deviation is never so small that noise would be
    magnified."""
    cut = np.minimum(values, np.quantile(values, ORDINARY)).astype(np.float64)
    return np.array([cut.mean(), max(cut.std(), 0.005)], np.float32)


def blended_means(sample: Sample, usual: Floats, shift: Floats) -> tuple[Floats, Floats]:
    """Mean vector per language (2, d), and how far the catalogue's subjects move it from what is usual (d,).

    A language with few texts borrows: from the usual mean of that language, moved by what the catalogue's
    other texts show about its subjects (`shift`: the same from the passages, for when there are few needs).
    """
    counts = np.array([[np.sum(sample.languages == language)] for language in range(2)], np.float64)
    sums = np.stack([sample.mean(language) for language in range(2)]) * counts
    moved = (sums - counts * usual).sum(axis=0) + ENOUGH * shift
    moved = moved / (counts.sum() + ENOUGH)
    means = (sums + ENOUGH * (usual + moved)) / (counts + ENOUGH)
    return means.astype(np.float32), moved.astype(np.float32)


def joined(one: tuple[Floats, Grams], other: tuple[Floats, Grams]) -> tuple[Floats, Grams]:
    """Two draws as one."""
    starts = np.concatenate([one[1].starts, one[1].starts[-1] + other[1].starts[1:]])
    buckets = np.concatenate([one[1].buckets, other[1].buckets])
    weights = np.concatenate([one[1].weights, other[1].weights])
    return np.concatenate([one[0], other[0]]), Grams(starts, buckets, weights)


def blended_idf(passages: Sample) -> NDArray[np.uint8]:
    """Inverse document frequencies per language, (2, BUCKETS), as codes; few texts lean on both languages'
    texts."""
    grams = [
        Grams.of([passages.texts[row] for row in np.flatnonzero(passages.languages == language).tolist()])
        for language in range(2)
    ]
    counts = [own.frequencies() for own in grams]
    total, seen = np.add(*counts), sum(map(len, grams))
    codes = np.zeros((2, BUCKETS), np.uint8)
    for language in range(2):
        share = (counts[language] + ENOUGH * total / max(seen, 1)) / (len(grams[language]) + ENOUGH)
        floor = 1 / (len(grams[language]) + seen + ENOUGH)
        codes[language] = np.round(np.clip(-np.log(np.maximum(share, floor)), 0, 10) * 25.5)
    return codes
