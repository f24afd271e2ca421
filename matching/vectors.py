"""Store and nearest neighbours of passages: pgvector on PostgreSQL, exact NumPy on SQLite, one interface.

A passage's row never changes once it has a vector (an edited text is a new row), so a process keeps what it
has read and asks the database only which rows there are now.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from django.db import connection
from django.db.models import QuerySet
from numpy.typing import NDArray

from .models import Passage
from .ranking import LANGUAGES

Floats = NDArray[np.float32]
Integers = NDArray[np.int64]

# What may answer a need, and what asks. What a profile seeks is no evidence of what it can do.
ANSWERS = (Passage.Role.SUMMARY, Passage.Role.OFFER, Passage.Role.EVIDENCE)
ASKS = (Passage.Role.NEED, Passage.Role.TEXT)
CHUNK = 2000


@dataclass(frozen=True, eq=False)
class Rows:
    """Passages with vectors, by ascending id. All of length n.

    ids (n,); subjects (n,): ids of Subject; items (n,): ids of ProfileItem, of Need, or 0 for the subject's
    own text; languages (n,): places in ranking.LANGUAGES; vectors (n, d) float32 of length 1; texts (n).
    """

    ids: Integers
    subjects: Integers
    items: Integers
    languages: Integers
    vectors: Floats
    texts: list[str]

    def __len__(self) -> int:
        return len(self.ids)

    def take(self, places: Integers) -> Rows:
        """Some of the rows, in the order of `places`."""
        texts = [self.texts[place] for place in places]
        return Rows(
            self.ids[places],
            self.subjects[places],
            self.items[places],
            self.languages[places],
            self.vectors[places],
            texts,
        )

    def of_subjects(self, subjects: Iterable[int]) -> Rows:
        """The rows of some subjects alone."""
        return self.take(np.flatnonzero(np.isin(self.subjects, np.fromiter(subjects, np.int64))))


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


class Store:
    """All embedded passages of some roles and one model, kept in this process and updated on demand."""

    def __init__(self, roles: Sequence[str], model: str) -> None:
        self.roles, self.model = roles, model
        self.rows = empty()
        self.lock = threading.Lock()

    def load(self) -> Rows:
        """What the database holds now: new rows are read, gone ones are left out. Safe from threads."""
        with self.lock:
            now = np.fromiter(self.stored().order_by("pk").values_list("pk", flat=True).iterator(), np.int64)
            kept = np.isin(self.rows.ids, now, assume_unique=True)
            if not kept.all():
                self.rows = self.rows.take(np.flatnonzero(kept))
            new = np.setdiff1d(now, self.rows.ids, assume_unique=True)
            if len(new):
                parts = [
                    self.read(new[start : start + CHUNK].tolist()) for start in range(0, len(new), CHUNK)
                ]
                self.rows = joined([self.rows, *parts])
            return self.rows

    def stored(self) -> QuerySet[Passage]:
        return Passage.objects.filter(model=self.model, vector__isnull=False, role__in=self.roles)

    def read(self, ids: list[int]) -> Rows:
        fields = ("pk", "subject_id", "item_id", "need_id", "language", "vector", "text")
        found = list(self.stored().filter(pk__in=ids).order_by("pk").values_list(*fields))
        if not found:
            return empty()
        keys, subjects, items, needs, languages, vectors, texts = zip(*found, strict=True)
        return Rows(
            np.array(keys, np.int64),
            np.array(subjects, np.int64),
            np.array([item or need or 0 for item, need in zip(items, needs, strict=True)], np.int64),
            np.array([LANGUAGES.index(language) for language in languages], np.int64),
            unit(np.stack(vectors)),
            list(texts),
        )


@lru_cache(maxsize=4)
def store(roles: tuple[str, ...], model: str) -> Store:
    return Store(roles, model)


def load_profile_passages(model: str) -> Rows:
    """Everything that profiles can show, embedded by `model`."""
    return store(ANSWERS, model).load()


def load_needs(model: str) -> Rows:
    """Everything that challenges ask, embedded by `model`."""
    return store(ASKS, model).load()


def unit(vectors: Floats) -> Floats:
    """Half precision leaves lengths of 0.999: rows of length 1 again."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.maximum(lengths, 1e-9), np.float32)


def nearest(vector: Floats, k: int, model: str, roles: tuple[str, ...] = ANSWERS) -> list[tuple[int, float]]:
    """The `k` passages nearest to a vector (d,) of length 1: (passage id, cosine), nearest first.

    Exact on both databases; pgvector answers in half precision, so cosines differ by about 0.001.
    """
    if connection.vendor == "postgresql":
        return nearest_by_pgvector(vector, k, model, roles)
    rows = store(roles, model).load()
    if not len(rows):
        return []
    cosines = rows.vectors @ np.asarray(vector, np.float32)
    best = np.argsort(-cosines, kind="stable")[:k]
    return [(int(rows.ids[place]), float(cosines[place])) for place in best]


def nearest_by_pgvector(
    vector: Floats, k: int, model: str, roles: tuple[str, ...]
) -> list[tuple[int, float]]:
    """The same inside PostgreSQL, by cosine distance."""
    literal = "[" + ",".join(f"{value:.6g}" for value in vector) + "]"
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, 1 - (vector <=> %s::halfvec) FROM matching_passage"
            " WHERE model = %s AND vector IS NOT NULL AND role = ANY(%s)"
            " ORDER BY vector <=> %s::halfvec, id LIMIT %s",
            [literal, model, list(roles), literal, k],
        )
        return [(int(pk), float(cosine)) for pk, cosine in cursor.fetchall()]
