"""First pass: how near everything lies to what is asked, by meaning alone, over all vectors at once.

Exact: every row is compared. Rows are kept as they were embedded, in half precision; centring is done on the
products, by (p - m)·q / |p - m| = (p·q - m·q) / |p - m|, so that a new version of the statistics needs no new
copy of the vectors. The compiled kernel (numkong) multiplies half precision with sums in single precision
and releases the interpreter's lock, so that two threads work; NumPy alone would be ten times slower.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matching.ranking.scoring import DECIMALS, Needs, Passages
from matching.ranking.statistics import NEAR, Statistics
from matching.ranking.strength import SINGLE_NEED

Floats = NDArray[np.float32]
Integers = NDArray[np.int64]
Vectors = NDArray[Any]  # float16 or float32

BLOCK = 4096  # rows compared at once: what is done to their products stays in the cache
COLUMNS = 96  # queries multiplied at once
KEPT_LENGTHS = 2  # versions of the statistics: the one shown, and the one that a rebuild makes
# At least this share of those worth scoring in full is of each language: neither is cut by the other.
LEAST_OF_LANGUAGE = 0.25


@dataclass(frozen=True, eq=False)
class Stock:
    """What is searched. All of length n: vectors (n, d), float16 or float32, of length 1; subjects (n,): who
    says it, equal ones preferably side by side; languages (n,): 0 Spanish, 1 English.

    `lengths` remembers |p - m| of each row for the last versions of the statistics; hand it on to a stock
    that begins with the same rows.
    """

    vectors: Vectors
    subjects: Integers
    languages: NDArray[np.int8]
    lengths: dict[tuple[str, bool], Floats] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.subjects)

    @cached_property
    def starts(self) -> Integers:
        """Where runs of rows of one subject begin (r,)."""
        changes = np.flatnonzero(self.subjects[1:] != self.subjects[:-1]) + 1
        return np.concatenate([np.zeros(min(len(self), 1), np.int64), changes])

    @cached_property
    def keys(self) -> Integers:
        """The subjects, each once, ascending (s,)."""
        return self._numbered[0]

    @cached_property
    def numbers(self) -> Integers:
        """The place in `keys` of each run's subject (r,)."""
        return self._numbered[1]

    @cached_property
    def in_order(self) -> bool:
        """Whether each subject has one run, and they ascend."""
        return bool((self.numbers[1:] > self.numbers[:-1]).all())

    @cached_property
    def _numbered(self) -> tuple[Integers, Integers]:
        keys, numbers = np.unique(self.subjects[self.starts], return_inverse=True)
        return keys, numbers

    @cached_property
    def spoken(self) -> NDArray[np.bool_]:
        """Which subjects say anything in each language (2, s)."""
        ends = np.append(self.starts[1:], len(self))
        english = np.add.reduceat(self.languages, self.starts, dtype=np.int64) if len(self) else self.starts
        found = np.zeros((2, len(self.keys)), bool)
        found[0, self.numbers[english < ends - self.starts]] = True
        found[1, self.numbers[english > 0]] = True
        return found

    def places_of(self, chosen: Integers) -> Integers:
        """The rows of some subjects, given by their places in `keys`; ascending."""
        wanted = np.zeros(len(self.keys), bool)
        wanted[chosen] = True
        runs = np.flatnonzero(wanted[self.numbers])
        ends = np.append(self.starts[1:], len(self))
        sizes = ends[runs] - self.starts[runs]
        shift = np.cumsum(sizes) - sizes
        return np.repeat(self.starts[runs] - shift, sizes) + np.arange(int(sizes.sum()))

    def lengths_from(self, means: Floats, version: str, *, asks: bool) -> Floats:
        """|p - m| of each row (n,), m being the mean of its language in `means` (2, d)."""
        known = self.lengths.get((version, asks), np.zeros(0, np.float32))
        if len(known) < len(self):
            squares = (means.astype(np.float64) ** 2).sum(axis=1).astype(np.float32)
            found = [known]
            for start in range(len(known), len(self), BLOCK):
                part = slice(start, min(start + BLOCK, len(self)))
                own = np.arange(part.stop - part.start)
                spoken = self.languages[part]
                near = products(self.vectors[part], means)[own, spoken]
                # Vectors have length 1 but for the rounding of half precision.
                found.append(np.sqrt(np.maximum(1 - 2 * near + squares[spoken], 1e-12)))
            known = np.concatenate(found)
            for old in [key for key in self.lengths if key[1] == asks][: -(KEPT_LENGTHS - 1) or None]:
                self.lengths.pop(old, None)
            self.lengths[version, asks] = known
        return known[: len(self)]


@dataclass(frozen=True, eq=False)
class Near:
    """How near subjects lie to what was asked.

    subjects (s,): ids, ascending; values (s, k): deviations above chance of each subject's best row for each
    query; spoken (2, s): which of them say anything in each language; whole: nobody is left out.
    """

    subjects: Integers
    values: Floats
    spoken: NDArray[np.bool_]
    whole: bool = True

    def columns(self, chosen: Integers) -> Near:
        """The same for some of the queries."""
        return Near(self.subjects, self.values[:, chosen], self.spoken, self.whole)

    def reach(self, weights: Floats) -> Floats:
        """How well each subject does over all queries (s,), which weigh (k,): the weighted mean of its values
        or, where that is more, somewhat less than its best, as pairs stand (see strength.standing)."""
        shares = np.asarray(weights / weights.sum(), np.float32)
        best = SINGLE_NEED * self.values.max(axis=1)
        return np.asarray(np.maximum(self.values @ shares, best), np.float32)

    def best(self, reach: Floats, most: int, *, least: float = -np.inf) -> Integers:
        """The ids of the subjects that reach farthest, farthest first, equal ones by id: `most` of them, and
        as many more as it takes to have a fair share of what each language offers. None below `least`."""
        order = farthest(reach, most, least)
        share = int(most * LEAST_OF_LANGUAGE)
        for spoken in self.spoken:
            here = np.flatnonzero(spoken)
            if spoken[order].sum() < min(share, len(here)):
                order = np.concatenate([order, here[farthest(reach[here], share, least)]])
        found = np.unique(order)
        return self.subjects[found[np.argsort(-np.round(reach[found], DECIMALS), kind="stable")]]


def farthest(reach: Floats, most: int, least: float) -> Integers:
    """Places of the `most` greatest values that are at least `least`; of equal ones the first."""
    rounded = np.round(reach, DECIMALS)
    if most < len(reach):
        least = max(least, float(np.partition(rounded, len(reach) - most)[len(reach) - most]))
    found = np.flatnonzero(np.isfinite(rounded) & (rounded >= least))
    return found[np.argsort(-rounded[found], kind="stable")][:most]


def nearest(needs: Needs, stock: Stock, statistics: Statistics) -> Near:
    """How near the subjects of a stock of passages lie to each of k needs: exact but for half precision
    (0.01 deviations). 800,000 passages × 5 needs: 0.1 s on two cores."""
    asked = np.zeros_like(needs.vectors)
    for a in range(2):
        rows = needs.languages == a
        asked[rows] = statistics.centred_needs(needs.vectors[rows], a)
    usual = statistics.dense[needs.languages]
    scale = Scale(
        statistics.passage_means @ asked.T,
        usual[:, :, 0].T,
        usual[:, :, 1].T,
        needs.languages,
        float(statistics.weights[3]),
    )
    lengths = stock.lengths_from(statistics.passage_means, statistics.version, asks=False)
    found = np.empty((len(stock.starts), len(asked)), np.float32)

    def note(runs: slice, rows: slice, values: Floats) -> None:
        np.maximum.reduceat(values, stock.starts[runs] - rows.start, axis=0, out=found[runs])

    walk(stock, asked, scale, lengths, note)
    return Near(stock.keys, merged(found, stock), stock.spoken)


def nearest_asks(passages: Passages, stock: Stock, statistics: Statistics) -> Near:
    """The other direction: how near the challenges of a stock of needs lie to each of some profiles
    (columns: profiles). The best passage of each need counts; then the mean over the challenge's needs or,
    where that is more, somewhat less than the best need."""
    given = np.zeros_like(passages.vectors)
    for b in range(2):
        rows = passages.languages == b
        given[rows] = statistics.centred_passages(passages.vectors[rows], b)
    order = np.argsort(passages.owners, kind="stable")
    given, owners = given[order], passages.owners[order]
    usual = statistics.dense[:, passages.languages[order]]
    scale = Scale(
        statistics.need_means @ given.T,
        usual[:, :, 0],
        usual[:, :, 1],
        passages.languages[order],
        float(statistics.weights[3]),
    )
    lengths = stock.lengths_from(statistics.need_means, statistics.version, asks=True)
    firsts = np.flatnonzero(np.r_[True, owners[1:] != owners[:-1]][: len(owners)])
    found = np.full((len(stock.starts), passages.profiles), -np.inf, np.float32)
    sizes = np.diff(np.append(stock.starts, len(stock)))[:, None]

    def note(runs: slice, rows: slice, values: Floats) -> None:
        each = np.maximum.reduceat(values, firsts, axis=1)
        starts = stock.starts[runs] - rows.start
        means = np.add.reduceat(each, starts, axis=0) / sizes[runs]
        best = SINGLE_NEED * np.maximum.reduceat(each, starts, axis=0)
        found[runs, owners[firsts]] = np.maximum(means, best)

    walk(stock, given, scale, lengths, note)
    return Near(stock.keys, merged(found, stock), stock.spoken)


@dataclass(frozen=True, eq=False)
class Scale:
    """What makes deviations of products. Shape (2, k), first axis language of the row: shifts (m·q), means
    and deviations of chance pairs. languages (k,) of the queries; made_up (): what is added across languages
    to each deviation above NEAR (see statistics)."""

    shifts: Floats
    means: Floats
    deviations: Floats
    languages: Integers
    made_up: float


Note = Callable[[slice, slice, Floats], None]  # (runs, rows, deviations of those rows (rows, k))


def walk(stock: Stock, queries: Floats, scale: Scale, lengths: Floats, note: Note) -> None:
    """Compare all rows with all queries (k, d), block by block; blocks end where runs end."""
    if not len(stock) or not len(queries):
        return
    edges = np.searchsorted(stock.starts, np.arange(0, len(stock), BLOCK))
    edges = np.unique(np.append(edges, len(stock.starts)))
    ends = np.append(stock.starts, len(stock))
    per_deviation = np.asarray(1 / scale.deviations, np.float32)
    usual = np.asarray(scale.means * per_deviation, np.float32)
    shifts = np.asarray(scale.shifts, np.float32)
    packed = packs(stock.vectors, queries)

    def block(place: int) -> None:
        runs = slice(int(edges[place]), int(edges[place + 1]))
        rows = slice(int(ends[runs.start]), int(ends[runs.stop]))
        spoken = stock.languages[rows]
        values = packed_products(stock.vectors[rows], packed)
        values -= shifts.take(spoken, axis=0)
        values *= per_deviation.take(spoken, axis=0) / lengths[rows, None]
        values -= usual.take(spoken, axis=0)
        at, query = np.nonzero(values > NEAR)
        other = np.flatnonzero(spoken[at] != scale.languages[query])
        at, query = at[other], query[other]
        values[at, query] += scale.made_up * (values[at, query] - NEAR)
        note(runs, rows, values)

    blocks = range(len(edges) - 1)
    if len(blocks) < 4:
        for place in blocks:
            block(place)
    else:
        list(workers().map(block, blocks))


def merged(found: Floats, stock: Stock) -> Floats:
    """Runs (r, k) to subjects (s, k): most have one run, those with rows added later have several."""
    if stock.in_order:
        return found
    values = np.full((len(stock.keys), found.shape[1]), -np.inf, np.float32)
    values[stock.numbers[::-1]] = found[::-1]  # the first run of each subject stays
    if len(stock.keys) < len(stock.numbers):
        _, firsts = np.unique(stock.numbers, return_index=True)
        more = np.setdiff1d(np.arange(len(stock.numbers)), firsts, assume_unique=True)
        np.maximum.at(values, stock.numbers[more], found[more])
    return values


def products(rows: Vectors, queries: Floats) -> Floats:
    """Rows (n, d) times queries (k, d), float32 (n, k)."""
    return packed_products(rows, packs(rows, queries))


def packs(rows: Vectors, queries: Floats) -> list[Any]:
    """Queries made ready, once, to be multiplied with many blocks of rows of this kind."""
    if rows.dtype != np.float16:
        return [queries.T]
    import numkong

    halves = np.ascontiguousarray(queries, np.float16)
    return [numkong.dots_pack(halves[start : start + COLUMNS]) for start in range(0, len(halves), COLUMNS)]


def packed_products(rows: Vectors, packed: list[Any]) -> Floats:
    if rows.dtype != np.float16:
        return np.asarray(rows @ packed[0], np.float32)
    import numkong

    parts = [np.asarray(numkong.dots_packed(rows, queries)) for queries in packed]
    return parts[0] if len(parts) == 1 else np.concatenate(parts, axis=1)


@cache
def workers() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(min(os.cpu_count() or 1, 8), thread_name_prefix="search")


def candidates(needs: Needs, passages: Passages, statistics: Statistics, most: int) -> Integers:
    """The profiles worth scoring in full, by dense vectors alone: about `most` numbers, ascending; all there
    are where they are no more than that."""
    if passages.profiles <= most:
        return np.unique(passages.owners)
    order = np.argsort(passages.owners, kind="stable")
    sorted_already = bool((order == np.arange(len(order))).all())
    vectors = passages.vectors if sorted_already else passages.vectors[order]
    stock = Stock(vectors, passages.owners[order], passages.languages[order].astype(np.int8))
    near = nearest(needs, stock, statistics)
    reach = np.full(len(near.subjects), -np.inf, np.float32)
    for challenge in range(needs.challenges):
        mine = np.flatnonzero(needs.of_challenge == challenge)
        if len(mine):
            reach = np.maximum(reach, near.columns(mine).reach(needs.weights[mine]))
    return np.sort(near.best(reach, most))
