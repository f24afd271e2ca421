"""How alike two challenges are: what each asks for beside the nearest thing that the other asks for."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matching.ranking.statistics import Sample, Statistics, deviations, moments

Floats = NDArray[np.float32]
Integers = NDArray[np.int64]

# Deviations above chance from which two challenges are shown as alike. Chosen on the demo country's 60
# challenges: see tests/matching/test_similar.py, which holds it to paraphrases in both languages and to pairs
# of one subject that ask for other things.
ALIKE = 1.6


@dataclass(frozen=True)
class Asked:
    """What one challenge asks for: vectors (n, d) of length 1, language numbers (n,)."""

    vectors: Floats
    languages: Integers


@dataclass(frozen=True)
class Usual:
    """What is usual between two needs: (2, 2, 2), languages of either, mean and deviation of chance pairs."""

    pairs: Floats

    @classmethod
    def of(cls, needs: Sample, statistics: Statistics) -> Usual:
        """Measured on needs of many challenges. One language by itself lends the other what it has."""
        found = np.zeros((2, 2, 2), np.float32)
        centred = [
            statistics.centred_needs(needs.vectors[needs.languages == language], language)
            for language in range(2)
        ]
        for a in range(2):
            for b in range(2):
                near = centred[a] @ centred[b].T
                if a == b:
                    near = near[~np.eye(len(near), dtype=bool)]
                found[a, b] = moments(near.ravel()) if near.size else (0.0, 0.1)
        return cls(found)


def alike(one: Asked, other: Asked, statistics: Statistics, usual: Usual) -> float:
    """How alike two challenges are, in deviations above chance; the same in either direction.

    The mean over all that either asks for of the nearest thing that the other asks for, both sides counting
    for half: a challenge of many needs is not alike to another because one of them is. Raises ValueError
    where one asks for nothing.
    """
    near = np.zeros((len(one.vectors), len(other.vectors)), np.float32)
    for a in range(2):
        for b in range(2):
            rows, columns = np.flatnonzero(one.languages == a), np.flatnonzero(other.languages == b)
            left = statistics.centred_needs(one.vectors[rows], a)
            right = statistics.centred_needs(other.vectors[columns], b)
            near[np.ix_(rows, columns)] = deviations(left @ right.T, usual.pairs[a, b])
    return float(0.5 * near.max(axis=1).mean() + 0.5 * near.max(axis=0).mean())
