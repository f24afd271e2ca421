"""Which needs nobody in a country covers, and which of them are one gap. NumPy and SciPy; knows no Django.

A need is uncovered where the best that anybody in the country says to it is worth less than the least of the
words that the site shows, "possible" (ranking/strength.py): then no page of it names anybody for that need.

Uncovered needs of one gap are found by their meaning across languages: each vector less the mean of its
language (Libovický et al., 2020), similarities counted in deviations above the chance pairs of the same two
languages, groups by average linkage (Sokal & Michener, 1958), cut where the mean similarity between two
groups is no longer TOGETHER. Nothing depends on the order in which needs come.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matching.ranking.statistics import ENOUGH, Statistics, deviations, moments
from matching.ranking.stopwords import STOPWORDS
from matching.ranking.strength import POSSIBLE

Floats = NDArray[np.float32]
Integers = NDArray[np.int64]

# Deviations above chance pairs of needs from which two groups are one gap: chosen by benchmarks/gaps.py,
# where 9 in 10 pairs of one group then speak of one subject, and 99 in 100 translations meet.
TOGETHER = 3.0
SPREAD = 0.07  # deviation of chance pairs of needs, where a catalogue has few
# What somebody says to a need who does not cover it, but knows its subject: half way from chance, which is 0,
# to "possible", and a little more. Unit: 6 deviations above chance (ranking/statistics.py).
PARTLY = 0.4
MOST_WORDS = 5
BLOCK = 512  # needs compared with all others at once

WORD = re.compile(r"[^\W\d_]{4,}")


@dataclass(frozen=True)
class Asked:
    """Needs, all of length n: keys (n,), each once; vectors (n, d) float32, centred and of length 1 (see
    `centred`); languages (n,): 0 Spanish, 1 English."""

    keys: Integers
    vectors: Floats
    languages: Integers

    def take(self, places: Integers) -> Asked:
        return Asked(self.keys[places], self.vectors[places], self.languages[places])

    def in_order(self) -> Asked:
        """By key: whatever order they came in."""
        return self.take(np.argsort(self.keys, kind="stable"))


def centred(vectors: Floats, languages: Integers, statistics: Statistics) -> Floats:
    """Vectors of needs (n, d) less the mean of needs in their language, of length 1."""
    found = np.zeros_like(vectors)
    for language in range(2):
        rows = languages == language
        found[rows] = statistics.centred_needs(vectors[rows], language)
    return found


def uncovered(best: Floats, least: float = POSSIBLE) -> NDArray[np.bool_]:
    """Which needs (n,) nobody covers, by the best value that anybody in the country has for each (n,); NaN
    where nobody says anything at all."""
    return np.asarray(~(best >= least), np.bool_)


def usual(asked: Asked) -> Floats:
    """What chance pairs of needs are like: mean and deviation (2, 2, 2), first axes the two languages.

    A language with few needs leans on what is usual: 0 and SPREAD.
    """
    found = np.zeros((2, 2, 2), np.float32)
    for a in range(2):
        for b in range(2):
            left, right = asked.vectors[asked.languages == a], asked.vectors[asked.languages == b]
            near = left @ right.T
            values = near[~np.eye(len(near), dtype=bool)] if a == b else near.ravel()
            mean, deviation = moments(values) if values.size else (0.0, SPREAD)
            fewer = min(len(left), len(right))
            share = fewer / (fewer + ENOUGH) if values.size else 0.0
            found[a, b] = share * mean, share * deviation + (1 - share) * SPREAD
    return found


def alike(one: Asked, other: Asked, pairs: Floats) -> Floats:
    """How alike needs are (n, m), in deviations above chance pairs of their languages; `pairs` from
    `usual`."""
    found = one.vectors @ other.vectors.T
    for a in range(2):
        for b in range(2):
            at = np.ix_(one.languages == a, other.languages == b)
            found[at] = deviations(found[at], pairs[a, b])
    return np.asarray(found, np.float32)


def groups(asked: Asked, pairs: Floats, least: float = TOGETHER) -> list[list[int]]:
    """Needs that are one gap, as lists of keys: each list from the need nearest to its middle outwards, the
    lists by size and then by their smallest key. Every need is in exactly one.

    Exact for any number: groups of average linkage lie within the connected parts of the graph of pairs that
    are at least so near, so that only those parts are compared in full. n² products, m² numbers of memory for
    a part of m needs.
    """
    asked = asked.in_order()
    found = [
        _from_the_middle(asked.take(members))
        for part in _connected(asked, pairs, least)
        for members in _linked(part, asked.take(part), pairs, least)
    ]
    return sorted(found, key=lambda keys: (-len(keys), min(keys)))


def _connected(asked: Asked, pairs: Floats, least: float) -> Iterator[Integers]:
    """Places of the needs of each connected part."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    rows: list[Integers] = [np.zeros(0, np.int64)]
    columns: list[Integers] = [np.zeros(0, np.int64)]
    for start in range(0, len(asked.keys), BLOCK):
        block = asked.take(np.arange(start, min(start + BLOCK, len(asked.keys))))
        row, column = np.nonzero(alike(block, asked, pairs) >= least)
        rows.append(row + start)
        columns.append(column)
    row, column = np.concatenate(rows), np.concatenate(columns)
    size = len(asked.keys)
    if not size:
        return
    count, labels = connected_components(coo_array((np.ones(len(row)), (row, column)), shape=(size, size)))
    for label in range(count):
        yield np.flatnonzero(labels == label)


def _linked(places: Integers, part: Asked, pairs: Floats, least: float) -> Iterator[Integers]:
    """The same places in groups of average linkage."""
    if len(places) == 1:
        yield places
        return
    from scipy.cluster.hierarchy import fcluster, linkage

    near = alike(part, part, pairs).astype(np.float64)
    upper = np.triu_indices(len(places), 1)
    # Both halves: products of floats are not symmetric to the last bit.
    values = (near[upper] + near.T[upper]) / 2
    top = max(float(values.max()), least)
    labels = fcluster(linkage(top - values, "average"), top - least, "distance")
    for label in np.unique(labels):
        yield places[labels == label]


def _from_the_middle(members: Asked) -> list[int]:
    """Keys by how near they lie to what the group has in common; of equals, the smaller key first."""
    near = np.round(members.vectors @ members.vectors.sum(axis=0), 4)
    order = np.lexsort((members.keys, -near))
    return [int(key) for key in members.keys[order]]


def same_as_before(
    before: Mapping[int, frozenset[int]], now: Sequence[frozenset[int]]
) -> tuple[list[int | None], dict[int, int]]:
    """Which gap of before each gap of now is (None: none), and into which place of `now` each other gap of
    before went whose needs are there under another's name.

    Most needs in common decide, pair by pair from the best on; of equals the older gap (smaller key) and the
    earlier place. A gap keeps its name as long as any of its needs is uncovered; where it falls apart the
    larger part keeps it, where several become one the one with most needs there.
    """
    place_of = {need: place for place, needs in enumerate(now) for need in needs}
    shared = Counter(
        (gap, place_of[need]) for gap, needs in before.items() for need in needs if need in place_of
    )
    names: list[int | None] = [None] * len(now)
    given: set[int] = set()
    into: dict[int, int] = {}
    for (gap, place), _ in sorted(shared.items(), key=lambda pair: (-pair[1], pair[0])):
        if gap not in given and names[place] is None:
            names[place] = gap
            given.add(gap)
            into.pop(gap, None)
        elif gap not in given:
            into.setdefault(gap, place)
    return names, into


def words_of(texts: Sequence[str]) -> list[str]:
    """Words that at least two of some texts in one language share, most shared first; none of one text."""
    counts: Counter[str] = Counter()
    for text in texts:
        counts.update({word for word in WORD.findall(text.lower()) if word not in STOPWORDS})
    shared = [(word, count) for word, count in counts.items() if count > 1]
    return [word for word, _ in sorted(shared, key=lambda pair: (-pair[1], pair[0]))[:MOST_WORDS]]
