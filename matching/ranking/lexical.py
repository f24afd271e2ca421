"""Evidence from spelling: character n-grams and words, hashed, weighted by tf-idf.

Names, acronyms and technical terms carry over what embeddings blur. Character n-grams within word boundaries
(McNamee & Mayfield, 2004) forgive inflection and see cognates across Spanish and English. Grams are hashed
into a fixed number of buckets (Weinberger et al., 2009), so that the table of weights has one size for any
catalogue and a new text needs no new table.
"""

from __future__ import annotations

import re
import unicodedata
import zlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Integers = NDArray[np.int64]

BUCKETS = 1 << 18
SIZES = (3, 4, 5)
LONGEST = 20_000  # characters read of one passage
NOT_WORD = re.compile(r"[\W_]+")
MIX, SHIFT, DROP = np.uint64(0x9E3779B97F4A7C15), np.uint64(29), np.uint64(20)
SPACE = 32


def fold(text: str) -> str:
    """Lower case, accents dropped, everything but letters and digits made one space."""
    plain = unicodedata.normalize("NFKD", text.lower())
    return NOT_WORD.sub(" ", "".join(mark for mark in plain if not unicodedata.combining(mark))).strip()


def grams(text: str) -> tuple[Integers, Floats]:
    """Buckets of a text in ascending order, and their weights 1 + ln(count); both empty for a text without
    words."""
    folded = fold(text[:LONGEST])
    if not folded:
        return np.zeros(0, np.int64), np.zeros(0, np.float32)
    codes = np.frombuffer(f" {folded} ".encode("utf-32-le"), np.uint32).astype(np.uint64)
    found = [hashed(codes, size) for size in SIZES if len(codes) >= size]
    words = [zlib.crc32(f"w:{word}".encode()) % BUCKETS for word in folded.split() if len(word) > 2]
    found.append(np.array(words, np.int64))
    buckets, counts = np.unique(np.concatenate(found), return_counts=True)
    return buckets, (1 + np.log(counts)).astype(np.float32)


def hashed(codes: NDArray[np.uint64], size: int) -> Integers:
    """The buckets of all runs of `size` characters that do not reach across a space."""
    count = len(codes) - size + 1
    mixed = np.full(count, size, np.uint64)
    crossing = np.zeros(count, bool)
    for at in range(size):
        mixed = (mixed ^ codes[at : at + count]) * MIX
        mixed ^= mixed >> SHIFT
        if 0 < at < size - 1:
            crossing |= codes[at : at + count] == SPACE
    return ((mixed >> DROP)[~crossing] % np.uint64(BUCKETS)).astype(np.int64)


@dataclass
class Grams:
    """The grams of many texts end to end: text i owns buckets[starts[i]:starts[i + 1]]."""

    starts: Integers
    buckets: Integers
    weights: Floats

    @classmethod
    def of(cls, texts: Sequence[str]) -> Grams:
        """Read texts; identical ones once."""
        known = {text: grams(text) for text in dict.fromkeys(texts)}
        found = [known[text] for text in texts]
        starts = np.cumsum([0, *(len(buckets) for buckets, _ in found)])
        buckets = [buckets for buckets, _ in found] or [np.zeros(0, np.int64)]
        weights = [weights for _, weights in found] or [np.zeros(0, np.float32)]
        return cls(starts, np.concatenate(buckets), np.concatenate(weights))

    def __len__(self) -> int:
        return len(self.starts) - 1

    def part(self, rows: Integers) -> Grams:
        """The grams of some of the texts."""
        sizes = self.starts[rows + 1] - self.starts[rows]
        starts = np.concatenate([[0], np.cumsum(sizes)])
        places = np.repeat(self.starts[rows] - starts[:-1], sizes) + np.arange(starts[-1])
        return Grams(starts, self.buckets[places], self.weights[places])

    def frequencies(self) -> Floats:
        """In how many of the texts each bucket occurs; shape (BUCKETS,)."""
        return np.bincount(self.buckets, minlength=BUCKETS).astype(np.float32)

    def sums(self, values: Floats) -> Floats:
        """`values` (one per gram) added up for each text."""
        out = np.zeros(len(self), np.float32)
        filled = np.flatnonzero(self.starts[1:] > self.starts[:-1])  # reduceat has no notion of an empty run
        if len(filled):
            out[filled] = np.add.reduceat(values, self.starts[filled])
        return out

    def lengths(self, idf: Floats) -> Floats:
        """The length of each text's tf-idf vector under one table of weights; at least a hair above 0."""
        squares = self.sums((self.weights * idf[self.buckets]) ** 2)
        return np.asarray(np.sqrt(np.maximum(squares, 1e-6)), np.float32)


def similarities(needs: Grams, passages: Grams, idf: Floats) -> Floats:
    """Cosines of tf-idf vectors, float32 of shape (needs, passages), in [0, 1].

    `idf` is a table of shape (BUCKETS,) for the passages' language. One gather over all grams per need: quick
    for the thousands of candidates that dense vectors leave, not meant for a whole catalogue.
    """
    squared = idf[passages.buckets] ** 2 * passages.weights
    lengths, own = passages.lengths(idf), needs.lengths(idf)
    out = np.zeros((len(needs), len(passages)), np.float32)
    table = np.zeros(BUCKETS, np.float32)
    for row in range(len(needs)):
        part = slice(needs.starts[row], needs.starts[row + 1])
        table[needs.buckets[part]] = needs.weights[part]
        out[row] = passages.sums(table[passages.buckets] * squared) / (lengths * own[row])
        table[needs.buckets[part]] = 0
    return out
