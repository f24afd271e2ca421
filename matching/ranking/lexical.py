"""Evidence from spelling: character n-grams and words, hashed, weighted by tf-idf.

Names, acronyms and technical terms carry over what embeddings blur. Character n-grams within word boundaries
(McNamee & Mayfield, 2004) forgive inflection and see cognates across Spanish and English. Grams are hashed
into a fixed number of buckets (Weinberger et al., 2009), so that the table of weights has one size for any
catalogue and a new text needs no new table.

No gram reaches across a space: the grams of a text are those of its words, and each different word of many
texts is taken apart once.
"""

from __future__ import annotations

import re
import unicodedata
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

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
BETWEEN = "\ue000"  # stands between texts that are read together; no word has it
READ_AT_ONCE = 4096  # texts
COMPARED_AT_ONCE = 64  # texts of the smaller side
UNKNOWN, DROPPED, OTHER, WORD = range(4)
_kinds = np.zeros(0x110000, np.uint8)  # of characters, filled as they are met


def fold(text: str) -> str:
    """Lower case, accents dropped, everything but letters and digits made one space."""
    plain = unicodedata.normalize("NFKD", text.lower())
    return NOT_WORD.sub(" ", "".join(mark for mark in plain if not unicodedata.combining(mark))).strip()


def words_of(texts: Sequence[str]) -> list[list[str]]:
    """The words of each text as `fold` leaves them, all texts in one pass."""
    joined = BETWEEN.join(text[:LONGEST].replace(BETWEEN, " ") for text in texts)
    plain = unicodedata.normalize("NFKD", joined.lower())
    codes = np.frombuffer(plain.encode("utf-32-le", "surrogatepass"), np.uint32)
    kinds = kinds_of(codes)
    folded = np.where((kinds == WORD) | (codes == ord(BETWEEN)), codes, SPACE)[kinds != DROPPED]
    read = folded.astype("<u4").tobytes().decode("utf-32-le")
    return [text.split() for text in read.split(BETWEEN)]


def kinds_of(codes: NDArray[np.uint32]) -> NDArray[np.uint8]:
    """Whether characters belong to words, are marks that are dropped, or part words."""
    found = _kinds[codes]
    unknown = codes[found == UNKNOWN]
    if not len(unknown):
        return found
    for code in np.unique(unknown).tolist():
        mark = chr(code)
        _kinds[code] = DROPPED if unicodedata.combining(mark) else WORD if mark.isalnum() else OTHER
    return _kinds[codes]


def grams(text: str) -> tuple[Integers, Floats]:
    """Buckets of a text in ascending order, and their weights 1 + ln(count); both empty for a text without
    words."""
    found = Grams.of([text])
    order = np.argsort(found.buckets)
    return found.buckets[order], found.weights[order]


def spelled(words: Sequence[str]) -> tuple[Integers, Integers]:
    """The grams of different words end to end: word i owns buckets[starts[i]:starts[i + 1]]. A word longer
    than two characters is a gram itself."""
    codes = np.frombuffer(f" {' '.join(words)} ".encode("utf-32-le"), np.uint32).astype(np.uint64)
    owners = np.cumsum(codes == SPACE) - 1  # a space belongs to the word that it opens
    found = [hashed(codes, size) for size in SIZES if len(codes) >= size]
    long = [place for place, word in enumerate(words) if len(word) > 2]
    own = [zlib.crc32(f"w:{words[place]}".encode()) % BUCKETS for place in long]
    buckets = np.concatenate([*(buckets for buckets, _ in found), np.array(own, np.int64)])
    of_word = np.concatenate([*(owners[places] for _, places in found), np.array(long, np.int64)])
    starts = np.zeros(len(words) + 1, np.int64)
    np.cumsum(np.bincount(of_word, minlength=len(words)), out=starts[1:])
    return starts, buckets[np.argsort(of_word, kind="stable")]


def hashed(codes: NDArray[np.uint64], size: int) -> tuple[Integers, Integers]:
    """The buckets of all runs of `size` characters that do not reach across a space, and where they begin."""
    count = len(codes) - size + 1
    mixed = np.full(count, size, np.uint64)
    crossing = np.zeros(count, bool)
    for at in range(size):
        mixed = (mixed ^ codes[at : at + count]) * MIX
        mixed ^= mixed >> SHIFT
        if 0 < at < size - 1:
            crossing |= codes[at : at + count] == SPACE
    places = np.flatnonzero(~crossing)
    return ((mixed[places] >> DROP) % np.uint64(BUCKETS)).astype(np.int64), places


@dataclass
class Grams:
    """The grams of many texts end to end: text i owns buckets[starts[i]:starts[i + 1]], each once,
    with weights 1 + ln(count)."""

    starts: Integers
    buckets: Integers
    weights: Floats

    @classmethod
    def of(cls, texts: Sequence[str]) -> Grams:
        """Read texts; identical ones once. 5,000 texts of 30 words: 0.1 s."""
        places = {text: place for place, text in enumerate(dict.fromkeys(texts))}
        unique = list(places)
        found = [read(unique[start : start + READ_AT_ONCE]) for start in range(0, len(unique), READ_AT_ONCE)]
        together = joined(found)
        if len(unique) == len(texts):
            return together
        return together.part(np.fromiter(map(places.__getitem__, texts), np.int64, len(texts)))

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


def read(texts: Sequence[str]) -> Grams:
    """The grams of texts: those of their words, counted by a product of two sparse tables."""
    words = words_of(texts)
    number = {word: place for place, word in enumerate(dict.fromkeys(chain.from_iterable(words)))}
    if not number:
        return Grams(np.zeros(len(texts) + 1, np.int64), np.zeros(0, np.int64), np.zeros(0, np.float32))
    starts, buckets = spelled(list(number))
    seen, columns = np.unique(buckets, return_inverse=True)
    ends = np.cumsum([0, *map(len, words)])
    said = np.fromiter(map(number.__getitem__, chain.from_iterable(words)), np.int64, int(ends[-1]))
    of_texts = sparse(np.ones(len(said), np.float32), said, ends, len(number))
    counts = of_texts @ sparse(np.ones(len(columns), np.float32), columns, starts, len(seen))
    weights = np.asarray(1 + np.log(counts.data), np.float32)
    return Grams(counts.indptr.astype(np.int64), seen[counts.indices], weights)


def joined(found: Sequence[Grams]) -> Grams:
    """The grams of several lists of texts as those of one."""
    if len(found) == 1:
        return found[0]
    ends = np.cumsum([0, *(len(part.buckets) for part in found)])
    starts = [part.starts[1:] + end for part, end in zip(found, ends[:-1].tolist(), strict=True)]
    return Grams(
        np.concatenate([np.zeros(1, np.int64), *starts]),
        np.concatenate([np.zeros(0, np.int64), *(part.buckets for part in found)]),
        np.concatenate([np.zeros(0, np.float32), *(part.weights for part in found)]),
    )


def similarities(needs: Grams, passages: Grams, idf: Floats) -> Floats:
    """Cosines of tf-idf vectors, float32 of shape (needs, passages), in [0, 1].

    `idf` is a table of shape (BUCKETS,) for the passages' language. A sparse product: quick for the thousands
    of candidates that dense vectors leave (5 × 16,000: 0.05 s), not meant for a whole catalogue.
    """
    fewer = len(needs) <= len(passages)
    products = dots(needs, passages, idf) if fewer else dots(passages, needs, idf).T
    products /= needs.lengths(idf)[:, None]
    products /= passages.lengths(idf)
    return products


def dots(few: Grams, many: Grams, idf: Floats) -> Floats:
    """Products of tf-idf vectors (few, many): only buckets that the few texts have can contribute."""
    out = np.zeros((len(few), len(many)), np.float32)
    for start in range(0, len(few), COMPARED_AT_ONCE):
        part = few.part(np.arange(start, min(start + COMPARED_AT_ONCE, len(few))))
        asked = np.unique(part.buckets)
        if not len(asked):
            continue
        place = np.full(BUCKETS, -1, np.int32)
        place[asked] = np.arange(len(asked))
        columns = place[many.buckets]
        shared = np.flatnonzero(columns >= 0)
        starts = np.searchsorted(shared, many.starts)
        buckets = many.buckets[shared]
        table = np.zeros((len(asked), len(part)), np.float32)
        of_text = np.repeat(np.arange(len(part)), np.diff(part.starts))
        table[place[part.buckets], of_text] = part.weights
        values = many.weights[shared] * idf[buckets] ** 2
        out[start : start + len(part)] = (sparse(values, columns[shared], starts, len(asked)) @ table).T
    return out


def sparse(values: Floats, columns: Any, starts: Any, width: int) -> Any:
    from scipy.sparse import csr_array

    return csr_array((values, columns, starts), shape=(len(starts) - 1, width))
