"""How alike challenges are: each one's gist beside the other's.

A gist is what a challenge says in one vector: half its title and summary, half the middle of its needs, each
less what is usual in its language (as statistics.py does with needs and passages). Alike is what lies far
above the chance pairs of the catalogue, each pair of languages measured by its own.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matching.ranking.statistics import ENOUGH, Sample, centred, deviations, moments

Floats = NDArray[np.float32]
Integers = NDArray[np.int64]

# Deviations above chance from which two challenges are shown as alike. Chosen on the demo country's
# challenges: tests/matching/test_similar.py holds it to paraphrases in both languages, which lie above, and
# to pairs of one subject that ask for other things, which lie below.
ALIKE = 3.3
# From here it is the same problem, told otherwise, unless another is much more alike: chosen and measured by
# benchmarks/similar.py. Of two defects that cameras look for, a paraphrase of one is near to both.
SAME = 3.45
BEHIND = 0.75  # as a share of the most alike
SPREAD = 0.08  # deviation of chance pairs of gists, where a catalogue has few


@dataclass(frozen=True)
class Said:
    """What challenges say, all of length n: vectors (n, d) float32 of length 1; languages (n,): 0 Spanish,
    1 English; owners (n,): a number for each challenge; own (n,): its title and summary, not one of its
    needs."""

    vectors: Floats
    languages: Integers
    owners: Integers
    own: NDArray[np.bool_]


@dataclass(frozen=True)
class Gists:
    """One row a challenge: owners (k,), ascending; vectors (k, d) of length 1; languages (k,)."""

    owners: Integers
    vectors: Floats
    languages: Integers

    def of(self, owner: int) -> int:
        """The row of a challenge; -1 for one that says nothing."""
        place = int(np.searchsorted(self.owners, owner))
        return place if place < len(self.owners) and self.owners[place] == owner else -1


def same_problem(scores: Floats) -> NDArray[np.bool_]:
    """Which of a catalogue have the problem that one challenge has, by how alike they are to it (k,)."""
    if not len(scores):
        return np.zeros(0, np.bool_)
    return np.asarray((scores >= SAME) & (scores >= BEHIND * scores.max()))


@dataclass(frozen=True)
class Usual:
    """A catalogue's yardstick: means (2, 2, d), first axis needs and own texts, second the language; pairs
    (2, 2, 2): mean and deviation of chance pairs of gists, by the languages of both."""

    means: Floats
    pairs: Floats

    @classmethod
    def of(cls, said: Said, general: Sample) -> Usual:
        """Measured on a catalogue or a sample of it; `general` needs stand in where there is little."""
        means = np.stack([_means(said, said.own == kind, general) for kind in (False, True)])
        draft = cls(means, np.zeros((2, 2, 2), np.float32))
        found = draft.gists(said)
        pairs = np.array([[_spread(found, a, b) for b in range(2)] for a in range(2)], np.float32)
        return cls(means, pairs)

    def gists(self, said: Said) -> Gists:
        """The gists of challenges that say anything."""
        moved = np.zeros_like(said.vectors)
        for kind in range(2):
            for language in range(2):
                rows = (said.own == bool(kind)) & (said.languages == language)
                moved[rows] = centred(said.vectors[rows], self.means[kind, language])
        owners = np.unique(said.owners)
        vectors = np.zeros((len(owners), said.vectors.shape[1]), np.float32)
        languages = np.zeros(len(owners), np.int64)
        for place, owner in enumerate(owners):
            mine = said.owners == owner
            languages[place] = round(float(said.languages[mine].mean()))
            vectors[place] = _unit(_middle(moved[mine & said.own]) + _middle(moved[mine & ~said.own]))
        return Gists(owners, vectors, languages)

    def alike_to(self, gists: Gists, others: Gists, place: int) -> Floats:
        """How alike all gists (k,) are to one of some others, which need not be among them."""
        near = gists.vectors @ others.vectors[place]
        usual = self.pairs[int(others.languages[place])][gists.languages]
        return deviations(near, np.moveaxis(usual, -1, 0))

    def alike(self, gists: Gists, place: int) -> Floats:
        """How alike all gists (k,) are to one of them, in deviations above chance."""
        return self.alike_to(gists, gists, place)


def _means(said: Said, rows: NDArray[np.bool_], general: Sample) -> Floats:
    found = []
    for language in range(2):
        own = said.vectors[rows & (said.languages == language)]
        found.append((own.sum(axis=0) + ENOUGH * general.mean(language)) / (len(own) + ENOUGH))
    return np.asarray(found, np.float32)


def _spread(gists: Gists, a: int, b: int) -> tuple[float, float]:
    left, right = gists.vectors[gists.languages == a], gists.vectors[gists.languages == b]
    near = left @ right.T
    values = near[~np.eye(len(near), dtype=bool)] if a == b else near.ravel()
    fewer = min(len(left), len(right))
    share = fewer / (fewer + ENOUGH) if values.size else 0.0
    mean, deviation = moments(values) if values.size else (0.0, SPREAD)
    return float(share * mean), float(share * deviation + (1 - share) * SPREAD)


def _middle(vectors: Floats) -> Floats:
    """The mean direction (d,) of some vectors; zero for none."""
    return _unit(vectors.sum(axis=0))


def _unit(vector: Floats) -> Floats:
    return np.asarray(vector / max(float(np.linalg.norm(vector)), 1e-6), np.float32)
