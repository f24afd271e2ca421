"""Passages with vectors and texts, as ranking reads them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Halves = NDArray[np.float16]
Integers = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Rows:
    """Passages with vectors, by ascending id. All of length n.

    ids (n,); subjects (n,): ids of Subject; items (n,): ids of ProfileItem, of Need, or 0 for the subject's
    own text; languages (n,): places in ranking.LANGUAGES; vectors (n, d) float32 of length 1; texts (n);
    trust (n,) in [0, 1]: how much each may count, None for all of it.
    """

    ids: Integers
    subjects: Integers
    items: Integers
    languages: Integers
    vectors: Floats
    texts: list[str]
    trust: Floats | None = None

    def __len__(self) -> int:
        return len(self.ids)

    def take(self, places: Integers) -> Rows:
        """Some of the rows, in the order of `places`."""
        texts = [self.texts[place] for place in places.tolist()]
        return Rows(
            self.ids[places],
            self.subjects[places],
            self.items[places],
            self.languages[places],
            self.vectors[places],
            texts,
            None if self.trust is None else self.trust[places],
        )


def joined(parts: Sequence[Rows]) -> Rows:
    """Several sets of rows as one, by ascending id."""
    wide = max((part.vectors.shape[1] for part in parts), default=0)
    parts = [part for part in parts if len(part)] or [empty(wide)]
    together = Rows(
        np.concatenate([part.ids for part in parts]),
        np.concatenate([part.subjects for part in parts]),
        np.concatenate([part.items for part in parts]),
        np.concatenate([part.languages for part in parts]),
        np.concatenate([part.vectors for part in parts]),
        [text for part in parts for text in part.texts],
    )
    return together.take(np.argsort(together.ids, kind="stable"))


def empty(dimension: int = 0) -> Rows:
    none = np.zeros(0, np.int64)
    return Rows(none, none, none, none, np.zeros((0, dimension), np.float32), [])


def unit(vectors: Floats | Halves) -> Floats:
    """Half precision leaves lengths of 0.999: rows of length 1 again, in single precision."""
    wide = np.asarray(vectors, np.float32)
    lengths = np.sqrt(np.einsum("ij,ij->i", wide, wide))[:, None]
    if wide is vectors:
        wide = wide.copy()
    wide /= np.maximum(lengths, 1e-9)
    return wide
