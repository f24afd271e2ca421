"""Which sentence of a passage answers a need, and which words of both matter. NumPy only.

A text's vector is (nearly always) the mean of its tokens' vectors, so each token's share in a cosine could
be read off exactly. That says little: tokens take on the meaning of the whole text around them. On 128
pairs of a question and a paragraph labelled by hand, half of them across languages, the sentence whose
tokens had the largest shares was the one that answers in 6 of 10. Comparing the tokens of both sides with
each other, each of the need's with the nearest of a sentence's (late interaction: Khattab & Zaharia, 2020),
finds it in 9 of 10, in either language, and takes one pass per text. Taking away the words that are marked
lowers the cosine by 0.23 (other language 0.19), taking away as many others not at all
(benchmarks/reasons.py).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matching.ranking.stopwords import STOPWORDS

Floats = NDArray[np.float32]
Integers = NDArray[np.int64]
Span = tuple[int, int]  # first character, and the one after the last

WORD = re.compile(r"\w+(?:[-'’]\w+)*")
LEAST = 0.42  # cosine of centred tokens from which two words plainly speak of the same
ABOVE = 0.25  # deviations above the mean word of the same text
SHARE = 3  # one in so many of the words that say something is marked at most, rounded up
LONGEST = 45  # words of a sentence that are shown; a longer one is trimmed to the part that answers


@dataclass(frozen=True, eq=False)
class Parts:
    """The tokens of one text: vectors (t, d) float32, and spans (t, 2), the characters each stands for.

    Tokens that stand for nothing in the text (prompts, special marks) are left out. A text that says nothing
    has none.
    """

    vectors: Floats
    spans: Integers

    def within(self, start: int, end: int) -> NDArray[np.bool_]:
        """Which tokens (t,) stand for a character between start and end."""
        return np.asarray((self.spans[:, 0] < end) & (self.spans[:, 1] > start))

    def centred(self, mean: Floats) -> Floats:
        """The vectors less a mean (d,), of length 1: what tokens of a language share says nothing."""
        moved = self.vectors - mean
        return np.asarray(moved / np.maximum(np.linalg.norm(moved, axis=1, keepdims=True), 1e-6), np.float32)


@dataclass(frozen=True, eq=False)
class Centres:
    """The mean token of a language: needs (2, d) and passages (2, d), by place in statistics.LANGUAGES."""

    needs: Floats
    passages: Floats

    @classmethod
    def of(cls, needs: Sequence[Sequence[Parts]], passages: Sequence[Sequence[Parts]]) -> Centres:
        """From texts of each language in general (anchors.py): the same for every catalogue."""
        return cls(np.stack([mean(parts) for parts in needs]), np.stack([mean(parts) for parts in passages]))


@dataclass(frozen=True, eq=False)
class Side:
    """One text of a pair; language is its place in statistics.LANGUAGES."""

    text: str
    language: int
    parts: Parts


@dataclass(frozen=True)
class Carried:
    """What carries a match, in characters: the sentence within the passage, and the words that matter in the
    passage (all of them within that sentence or the title) and in the need."""

    sentence: Span
    evidence: tuple[Span, ...]
    need: tuple[Span, ...]


def carried(
    need: Side, passage: Side, sentences: Sequence[Span], centres: Centres, title: Span | None = None
) -> Carried:
    """The sentence of a passage that answers a need, and the words that matter in both.

    `sentences` are those to choose from, in order, at least one; where nothing tells them apart the first is
    taken. `title` is where the passage's title stands, which is shown beside any of them. Depends on the two
    texts, the model and the anchors alone.
    """
    asked = need.parts.centred(centres.needs[need.language])
    given = passage.parts.centred(centres.passages[passage.language])
    near = np.asarray(asked @ given.T, np.float32)
    whole = [(0, len(need.text))]
    told = tokens_of(content(need.text, whole), need.parts)
    sentence = nearest(near, passage, sentences, title)
    sentence = nearest(near, passage, trimmed(passage.text, sentence), title)
    shown = [title, sentence] if title else [sentence]
    columns = tokens_of(content(passage.text, shown), passage.parts)
    if not told.any() or not columns.any():
        return Carried(sentence, (), ())
    evidence = marked(passage.text, shown, passage.parts, near[told].max(axis=0))
    reached = marked(need.text, whole, need.parts, near[:, columns].max(axis=1))
    if not evidence or not reached:  # a word that matters does so for a word of the other side
        return Carried(sentence, (), ())
    return Carried(sentence, evidence, reached)


def nearest(near: Floats, passage: Side, pieces: Sequence[Span], title: Span | None) -> Span:
    """The piece where, beside the title, the need's tokens find their nearest, on average; near is (the
    need's tokens, the passage's)."""
    values = np.full(len(pieces), -np.inf)
    said = passage.parts.within(*title) if title else np.zeros(near.shape[1], bool)
    for place, (start, end) in enumerate(pieces):
        inside = passage.parts.within(start, end)
        if inside.any() and len(near):
            values[place] = round(float(near[:, inside | said].max(axis=1).mean()), 4)
    return pieces[int(np.argmax(values))]


def trimmed(text: str, sentence: Span) -> list[Span]:
    """The sentence itself, or runs of it of like length when it is too long to be read at a glance."""
    words = list(WORD.finditer(text, *sentence))
    if len(words) <= LONGEST:
        return [sentence]
    count = -(-len(words) // LONGEST)
    size = -(-len(words) // count)
    starts = [sentence[0], *(words[at].start() for at in range(size, len(words), size))]
    ends = [*starts[1:], sentence[1]]
    return [(a, a + len(text[a:b].rstrip())) for a, b in zip(starts, ends, strict=True)]


def marked(text: str, shown: Sequence[Span], parts: Parts, values: Floats) -> tuple[Span, ...]:
    """The words of what is shown that stand out by `values` (one per token); neighbours are one mark.

    Never a stop word or a bare number, and at most a third of the others.
    """
    words = list(content(text, shown))
    found = [values[parts.within(*word)] for word in words]
    means = np.array([float(each.mean()) if len(each) else -1.0 for each in found])
    if not len(means):
        return ()
    least = max(LEAST, float(means.mean() + ABOVE * means.std()))
    best = np.argsort(-np.round(means, 4), kind="stable")[: -(-len(words) // SHARE)]
    chosen = sorted(words[place] for place in best.tolist() if means[place] >= least)
    return tuple(joined(text, chosen))


def joined(text: str, spans: Sequence[Span]) -> Iterator[Span]:
    """Ascending spans, those with only space between them as one."""
    current: Span | None = None
    for start, end in spans:
        if current and not text[current[1] : start].strip():
            current = (current[0], end)
            continue
        if current:
            yield current
        current = (start, end)
    if current:
        yield current


def content(text: str, shown: Sequence[Span]) -> Iterator[Span]:
    """The words of some parts of a text that say something: no stop words, bare numbers or single letters."""
    for word in (word for part in shown for word in WORD.finditer(text, *part)):
        plain = word.group().lower()
        if len(plain) > 1 and plain not in STOPWORDS and any(mark.isalpha() for mark in plain):
            yield word.span()


def tokens_of(words: Iterator[Span], parts: Parts) -> NDArray[np.bool_]:
    """Which tokens (t,) belong to some of the words."""
    found = np.zeros(len(parts.spans), bool)
    for start, end in words:
        found |= parts.within(start, end)
    return found


def mean(texts: Sequence[Parts]) -> Floats:
    """The mean token (d,) of several texts."""
    return np.asarray(np.concatenate([parts.vectors for parts in texts]).mean(axis=0), np.float32)
