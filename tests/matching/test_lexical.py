"""Reading many texts at once finds what reading each by hand finds."""

import zlib
from collections import Counter

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.ranking.lexical import BUCKETS, DROP, MIX, SHIFT, SIZES, Grams, fold, similarities, words_of

TEXTS = st.lists(
    st.one_of(st.text(max_size=60), st.sampled_from(["", "agua", "El agua del río Ñ", "a\ue000b"])),
    max_size=8,
)
UP_TO = (1 << 64) - 1


def by_hand(text: str) -> dict[int, float]:
    """The grams of a text, character by character."""
    found: Counter[int] = Counter()
    for word in fold(text).split():
        padded = f" {word} "
        for size in SIZES:
            found.update(bucket(padded[at : at + size]) for at in range(len(padded) - size + 1))
        if len(word) > 2:
            found[zlib.crc32(f"w:{word}".encode()) % BUCKETS] += 1
    return {gram: 1 + float(np.log(count)) for gram, count in found.items()}


def bucket(run: str) -> int:
    mixed = len(run)
    for mark in run:
        mixed = ((mixed ^ ord(mark)) * int(MIX)) & UP_TO
        mixed ^= mixed >> int(SHIFT)
    return (mixed >> int(DROP)) % BUCKETS


@settings(max_examples=60, deadline=None)
@given(TEXTS)
def test_texts_are_folded_together_as_each_alone(texts: list[str]) -> None:
    assert [" ".join(words) for words in words_of(texts)] == [fold(text) for text in texts] or not texts


@settings(max_examples=60, deadline=None)
@given(TEXTS)
def test_grams_are_those_counted_by_hand(texts: list[str]) -> None:
    found = Grams.of(texts)
    assert len(found) == len(texts)
    for place, text in enumerate(texts):
        own = slice(found.starts[place], found.starts[place + 1])
        grams = dict(zip(found.buckets[own].tolist(), found.weights[own].tolist(), strict=True))
        expected = by_hand(text)
        assert grams.keys() == expected.keys()
        assert all(abs(grams[gram] - weight) < 1e-5 for gram, weight in expected.items())


@settings(max_examples=40, deadline=None)
@given(TEXTS, TEXTS, st.integers(0, 99))
def test_similarities_are_cosines_whichever_side_is_larger(
    one: list[str], other: list[str], seed: int
) -> None:
    idf = np.random.default_rng(seed).uniform(1, 11, BUCKETS).astype(np.float32)
    found = similarities(Grams.of(one), Grams.of(other), idf)
    assert found.shape == (len(one), len(other))
    for row, asked in enumerate(one):
        for column, given_ in enumerate(other):
            mine, theirs = by_hand(asked), by_hand(given_)
            product = sum(
                mine[gram] * theirs[gram] * float(idf[gram]) ** 2 for gram in mine.keys() & theirs.keys()
            )
            lengths = [
                sum((weight * float(idf[gram])) ** 2 for gram, weight in side.items())
                for side in (mine, theirs)
            ]
            cosine = product / np.sqrt(lengths[0] * lengths[1]) if all(lengths) else 0.0
            assert abs(found[row, column] - cosine) < 1e-4


def test_the_texts_that_are_read_together_do_not_touch() -> None:
    apart = Grams.of(["agua", "río"])
    assert not set(apart.part(np.array([0])).buckets) & set(apart.part(np.array([1])).buckets)
