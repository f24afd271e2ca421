"""Needs and passages to scores: the one place where who fits what is decided. NumPy only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from matching.ranking import lexical
from matching.ranking.lexical import Grams
from matching.ranking.statistics import BEST_SHARE, NEAR, UNIT, Statistics, deviations, in_language

Floats = NDArray[np.float32]
Integers = NDArray[np.int64]

WEIGHTS = {"must": 1.0, "strong": 0.7, "nice": 0.3}
BEST_ITEMS = 3
# Deviations of meaning below which spelling is not looked at: it counts as chance would have it, and most
# passages need not be read.
SPELLED_FROM = 1.0
DECIMALS = 4  # scores are rounded: matrix products of other shapes differ in the sixth place


@dataclass(frozen=True)
class Layout:
    """Passages put in order, by owner and then item: order (n,), their places; starts (p,): where owners'
    passages begin in it; items (m,): where items' do; owners (p,): where owners' items begin among those;
    numbers (p,): the owners. ranks (n,), in that order: places by text; ranked (n,): the passages by text."""

    order: Integers
    starts: Integers
    items: Integers
    owners: Integers
    numbers: Integers
    ranks: Integers
    ranked: Integers

    @classmethod
    def of(cls, owners: Integers, items: Integers, texts: Sequence[str]) -> Layout:
        """Equal texts of one owner are put in the order in which they were given."""
        ranked = np.array(sorted(range(len(texts)), key=texts.__getitem__), np.int64)
        ranks = np.empty(len(texts), np.int64)
        ranks[ranked] = np.arange(len(texts))
        order = np.lexsort((items, owners))
        new_owner = changes(owners[order])
        new_item = new_owner | changes(items[order])
        return cls(
            order,
            np.flatnonzero(new_owner),
            np.flatnonzero(new_item),
            np.flatnonzero(new_owner[new_item]),
            owners[order][new_owner],
            ranks[order],
            ranked,
        )


def changes(values: Integers) -> NDArray[np.bool_]:
    """Where runs of equal values begin."""
    return np.concatenate([np.ones(min(len(values), 1), bool), values[1:] != values[:-1]])


@dataclass(frozen=True)
class Passages:
    """What profiles say. All of length n, in any order.

    vectors (n, d) float32 of length 1; owners (n,): number of the profile, 0 to `profiles` - 1; items (n,):
    any number shared by the windows of one item (an item counts once, however long); languages (n,): 0
    Spanish, 1 English; texts (n): read for spelling, and for breaking ties; trust (n,) in [0, 1]: how much
    each may count (see stuffing.py), None for all of it.
    """

    vectors: Floats
    owners: Integers
    items: Integers
    languages: Integers
    texts: Sequence[str]
    profiles: int
    trust: Floats | None = None

    @cached_property
    def grams(self) -> Grams:
        """The grams of all texts, read once."""
        return Grams.of(self.texts)

    def grams_of(self, places: Integers) -> Grams:
        """The grams of some of the texts; all are read where most are asked for, or were before."""
        if "grams" in self.__dict__ or 2 * len(places) > len(self.texts):
            return self.grams.part(places)
        return Grams.of([self.texts[place] for place in places.tolist()])

    @cached_property
    def layout(self) -> Layout:
        """The passages by owner and item, put in order once."""
        return Layout.of(self.owners, self.items, self.texts)

    def of_profiles(self, chosen: Sequence[int] | Integers) -> tuple[Passages, Integers]:
        """The passages of some profiles alone, renumbered 0, 1, … in the order chosen; and their old
        places."""
        number = np.full(self.profiles, -1, np.int64)
        number[np.asarray(chosen, np.int64)] = np.arange(len(chosen))
        rows = np.flatnonzero(number[self.owners] >= 0)
        texts = [self.texts[row] for row in rows.tolist()]
        part = (self.vectors[rows], number[self.owners[rows]], self.items[rows], self.languages[rows], texts)
        trust = None if self.trust is None else self.trust[rows]
        found = Passages(*part, profiles=len(chosen), trust=trust)
        if "grams" in self.__dict__:  # read already: picking from them is quicker than reading again
            found.__dict__["grams"] = self.grams.part(rows)
        return found, rows


@dataclass(frozen=True)
class Needs:
    """What one challenge (or, by `owners`, several) asks. All of length k.

    vectors (k, d) float32 of length 1; weights (k,) above 0 (see WEIGHTS); languages (k,); texts (k);
    owners (k,): number of the challenge, 0 to `challenges` - 1, all 0 by default.
    """

    vectors: Floats
    weights: Floats
    languages: Integers
    texts: Sequence[str]
    owners: Integers = field(default_factory=lambda: np.zeros(0, np.int64))
    challenges: int = 1

    @cached_property
    def of_challenge(self) -> Integers:
        """The challenge of each need (k,)."""
        return self.owners if len(self.owners) else np.zeros(len(self.texts), np.int64)

    def of_challenges(self, start: int, end: int) -> Needs:
        """The needs of the challenges numbered start to end - 1, renumbered from 0."""
        rows = np.flatnonzero((self.of_challenge >= start) & (self.of_challenge < end))
        texts = [self.texts[row] for row in rows.tolist()]
        owners = self.of_challenge[rows] - start
        return Needs(self.vectors[rows], self.weights[rows], self.languages[rows], texts, owners, end - start)


@dataclass(frozen=True)
class PairScores:
    """scores (challenges, profiles); values (k, profiles) of each need; best (k, profiles): the passage
    behind it.

    Unit: 6 deviations above chance pairs of texts (statistics.UNIT). A profile without passages, or a
    challenge without needs, scores NaN; its best passage is -1.
    """

    scores: Floats
    values: Floats
    best: Integers


def score(needs: Needs, passages: Passages, statistics: Statistics) -> PairScores:
    """Score every challenge with every profile, by all passages, meaning and spelling.

    A pair's score depends on its own texts and on the statistics alone, never on what else is scored with it.
    Costs k × n spelling comparisons: give it thousands of passages, not a catalogue (see search.candidates).
    """
    return pooled(needs, passages, similarities(needs, passages, statistics), float(statistics.weights[2]))


def similarities(needs: Needs, passages: Passages, statistics: Statistics) -> Floats:
    """Comparable scores of single texts, float32 (k, n): dense and spelling, standardised per language
    pair, and counted by how much each passage is trusted."""
    out = np.zeros((len(needs.texts), len(passages.texts)), np.float32)
    for b in range(2):
        columns = np.flatnonzero(passages.languages == b)
        if not len(columns):
            continue
        given = statistics.centred_passages(passages.vectors[columns], b)
        for a in range(2):
            rows = np.flatnonzero(needs.languages == a)
            meaning = deviations(
                statistics.centred_needs(needs.vectors[rows], a) @ given.T, statistics.dense[a, b]
            )
            texts = in_language([needs.texts[row] for row in rows.tolist()], a, b)
            found = spelled(texts, passages, columns, meaning >= SPELLED_FROM, statistics, (a, b))
            weight = float(statistics.weights[int(a != b)])
            made_up = float(statistics.weights[3]) * (a != b) * np.maximum(meaning - NEAR, 0)
            out[np.ix_(rows, columns)] = (meaning + weight * found + made_up) / UNIT
    return out if passages.trust is None else damped(out, passages.trust)


def spelled(
    texts: Sequence[str],
    passages: Passages,
    columns: Integers,
    where: NDArray[np.bool_],
    statistics: Statistics,
    languages: tuple[int, int],
) -> Floats:
    """Spelling, in deviations above chance (k, columns), of needs' texts (k) and some passages, where asked
    for; elsewhere 0. Only passages that are asked for are read."""
    found = np.zeros(where.shape, np.float32)
    read = np.flatnonzero(where.any(axis=0))
    if len(read):
        grams = passages.grams_of(columns[read])
        alike = lexical.similarities(Grams.of(texts), grams, statistics.idf[languages[1]])
        found[:, read] = np.where(where[:, read], deviations(alike, statistics.spelling[languages]), 0)
    return found


def damped(similar: Floats, trust: Floats) -> Floats:
    """Similarities (k, n), those above chance by as much as each passage is trusted (n,)."""
    return np.where(similar > 0, similar * trust, similar)


def pooled(needs: Needs, passages: Passages, similar: Floats, best_share: float = BEST_SHARE) -> PairScores:
    """Similarities (k, n) to needs' values and scores of pairs.

    Value of a need: `best_share` from the profile's best item, the rest from its best three (Macdonald &
    Ounis, 2006, on combining evidence for experts). A missing or unfitting item counts as chance, 0: more
    unrelated work neither helps nor hurts, and a better passage never lowers a value.
    """
    k, profiles = len(needs.texts), passages.profiles
    values = np.full((k, profiles), np.nan, np.float32)
    best = np.full((k, profiles), -1, np.int64)
    layout = passages.layout
    if similar.size:
        laid = np.round(similar[:, layout.order], DECIMALS)
        of_items = np.maximum.reduceat(laid, layout.items, axis=1)
        most = np.maximum.reduceat(of_items, layout.owners, axis=1)
        gained = best_three(of_items, layout.owners)
        values[:, layout.numbers] = best_share * most + (1 - best_share) * gained / BEST_ITEMS
        best[:, layout.numbers] = first_best(laid, most, layout)
    return PairScores(mean_of_needs(needs, values), values, best)


def best_three(of_items: Floats, starts: Integers) -> Floats:
    """Sums (k, owners) of the greatest BEST_ITEMS values above 0 of items (k, m), which lie by owner."""
    sizes = np.diff(starts, append=of_items.shape[1])
    # Sorted by owner and then greatest first: as whole numbers, since values are rounded.
    owners = np.repeat(np.arange(len(starts)), sizes) << 32
    units = np.round(np.maximum(of_items, 0) * 10**DECIMALS).astype(np.int64)
    ordered = owners - np.sort(owners - units, axis=1)
    place = np.arange(of_items.shape[1]) - np.repeat(starts, sizes)
    counted = np.where(place < BEST_ITEMS, ordered, 0)
    return np.asarray(np.add.reduceat(counted, starts, axis=1) / 10**DECIMALS, np.float32)


def first_best(laid: Floats, most: Floats, layout: Layout) -> Integers:
    """The passages (k, owners) that have their owners' greatest values; of equals, the first by text."""
    sizes = np.diff(layout.starts, append=laid.shape[1])
    ranks = np.where(laid == np.repeat(most, sizes, axis=1), layout.ranks, laid.shape[1])
    return layout.ranked[np.minimum.reduceat(ranks, layout.starts, axis=1)]


def mean_of_needs(needs: Needs, values: Floats) -> Floats:
    """Values (k, profiles) to scores (challenges, profiles), weighted by how much each need matters."""
    shares = np.zeros((needs.challenges, len(needs.texts)), np.float64)
    shares[needs.of_challenge, np.arange(len(needs.texts))] = needs.weights
    total = shares.sum(axis=1, keepdims=True)
    with np.errstate(invalid="ignore"):
        means = (shares / total) @ values.astype(np.float64)
    return np.asarray(np.round(means, DECIMALS), np.float32)
