"""Texts written to game the score, told from texts written to be read. Plain Python and NumPy; no Django.

A passage that enumerates everything is near to every need and evidence of nothing. How much a passage may
be trusted is told from its form alone, in Spanish and English alike:

- prose needs function words ("de", "para", "with"): a long run of words without a single one is a heap;
- prose seldom says the same pair of neighbouring words twice: a heap of repetitions does, and so does one
  sentence pasted over and over;
- prose consists of words: emoji, encoded data and one word of thousands of letters say nothing.

A title, a list of ten or twenty keywords under it, capitals, an abstract that lost its numbers are honest and
fully trusted; the figures below leave nearly all of the tuning sets' texts alone (see
tests/matching/test_stuffing.py). Spam filters found the same marks (Ntoulas et al., 2006, "Detecting spam web
pages through content analysis": share of common words, compressibility, length of words).

A text that repeats what was asked before it was written is told by its words (see `Asked`): in another
order, as a list of keywords, or word for word.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from matching.ranking.lexical import fold
from matching.ranking.stopwords import STOPWORDS

Floats = NDArray[np.float32]

WORD = re.compile(r"\w+")
FUNCTION_WORDS = frozenset(folded for word in STOPWORDS for folded in (word, fold(word)))
HEAP = (40, 80)  # words on end without a function word: from the first on doubtful, at the last a heap
REPEATED = (0.5, 0.85)  # share of neighbouring pairs of words that were there before
FEWEST_PAIRS = 16  # below that a repetition proves nothing
LONGEST_WORD = 35  # letters; what is longer is no word
NOISE = (0.3, 0.8)  # share of a text's letters that are in no words
LEAST = 0.1  # trust that is left to the worst
COPIED = 0.2  # trust that is left to a copy of what was asked
SUSPECT = 0.6  # trust below which a person should look
CLEAR = 0.4  # a mark that a text shows clearly

# How much of what was asked must be found in a text that is called its copy
WHOLE = 0.9  # of the different words of one need
LONG_NEED, SHORT_NEED = 8, 5  # words: a short one is copied only where a text says little else
LITTLE_ELSE = 0.85  # of the text's own words
ALL_NEEDS, MOST_NEEDS = 16, 0.7  # of the words of all the needs of a challenge that has so many


@dataclass(frozen=True)
class Signs:
    """How much of each mark a text shows, each in [0, 1]."""

    heap: float = 0.0
    repetition: float = 0.0
    noise: float = 0.0

    @property
    def trust(self) -> float:
        """What the similarity of such a text is multiplied by: 1 for an honest text, never below LEAST."""
        return round(1 - (1 - LEAST) * max(self.heap, self.repetition, self.noise), 3)

    @property
    def names(self) -> list[str]:
        """The marks that it shows clearly, the clearest first."""
        found = {"heap": self.heap, "repetition": self.repetition, "noise": self.noise}
        return sorted((name for name in found if found[name] >= CLEAR), key=lambda name: -found[name])


def signs(text: str) -> Signs:
    """The marks of stuffing in one cleaned passage. Linear in its length; about 30 µs for a paragraph."""
    words = WORD.findall(text.lower())
    if not words:
        return Signs(noise=1.0 if text else 0.0)
    return Signs(
        heap=ramp(longest_run(words), *HEAP),
        repetition=repetition(words),
        noise=ramp(noise(words, text), *NOISE),
    )


def trust(text: str) -> float:
    """How much a passage's similarity counts, in [LEAST, 1]."""
    return signs(text).trust


def trusts(texts: Sequence[str]) -> Floats:
    """The same for many passages, float32 (n,)."""
    return np.array([trust(text) for text in texts], np.float32)


def longest_run(words: Sequence[str]) -> int:
    """The most words on end without a function word; a number is none, and does not count either."""
    longest = run = 0
    for word in words:
        if word in FUNCTION_WORDS:
            run = 0
        elif not word.isdigit():
            run += 1
            longest = max(longest, run)
    return longest


def repetition(words: Sequence[str]) -> float:
    """Whether most neighbouring pairs of words were there before."""
    pairs = list(pairwise(words))
    if len(pairs) < FEWEST_PAIRS:
        return 0.0
    return ramp(1 - len(set(pairs)) / len(pairs), *REPEATED)


def noise(words: Sequence[str], text: str) -> float:
    """The share of a text's visible characters that are in nothing like a word."""
    visible = sum(map(len, text.split()))
    return 1 - sum(len(word) for word in words if len(word) <= LONGEST_WORD) / visible if visible else 1.0


def ramp(value: float, low: float, high: float) -> float:
    """0 up to `low`, 1 from `high` on, and straight between."""
    return min(max((value - low) / (high - low), 0.0), 1.0)


def content(text: str) -> frozenset[str]:
    """The different words of a text that carry its subject, without accents."""
    return frozenset(
        word
        for word in fold(text).split()
        if len(word) > 2 and not word.isdigit() and word not in FUNCTION_WORDS
    )


class Asked:
    """The words of what was asked so far. Not safe from threads that add while others ask.

    Made for tens of thousands of needs: what is asked of it costs a look-up for each word of a text.
    """

    def __init__(self) -> None:
        self.places: dict[str, list[int]] = {}
        self.keys: list[int] = []
        self.sizes: list[int] = []
        self.shares: list[float] = []

    def add(self, key: int, needs: Sequence[str]) -> None:
        """One challenge's needs under a number of its own; short ones and all of them together included."""
        words = [content(need) for need in needs]
        for found in words:
            if len(found) >= SHORT_NEED:
                self._enter(key, found, WHOLE)
        together = frozenset().union(*words)
        if len(together) >= ALL_NEEDS:
            self._enter(key, together, MOST_NEEDS)

    def _enter(self, key: int, words: frozenset[str], share: float) -> None:
        for word in words:
            self.places.setdefault(word, []).append(len(self.keys))
        self.keys.append(key)
        self.sizes.append(len(words))
        self.shares.append(share)

    def copied_by(self, text: str) -> set[int]:
        """The numbers of those challenges whose words this text repeats."""
        words = content(text)
        met: dict[int, int] = {}
        for word in words:
            for place in self.places.get(word, ()):
                met[place] = met.get(place, 0) + 1
        return {self.keys[place] for place, count in met.items() if self._is_copy(place, count, len(words))}

    def _is_copy(self, place: int, count: int, said: int) -> bool:
        if count < self.shares[place] * self.sizes[place]:
            return False
        return self.sizes[place] >= LONG_NEED or count >= LITTLE_ELSE * said
