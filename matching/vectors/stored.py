"""Reading embedded passages from the database, which is the truth."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.db import connection
from django.db.models import BinaryField, Expression, ExpressionWrapper, F, Func, Max, QuerySet
from numpy.typing import NDArray

from ..fields import among
from ..models import Passage, Revision
from ..ranking import LANGUAGES
from .rows import Floats, Halves, Integers, Rows, empty, unit

READ_AT_ONCE = 4096
COLUMNS = ("pk", "subject_id", "language", "raw")


@dataclass(frozen=True, eq=False)
class Part:
    """Some rows as the mapped copy keeps them; vectors as they are stored, not of length 1 again."""

    ids: Integers
    subjects: Integers
    languages: NDArray[np.int8]
    vectors: Halves


@dataclass(frozen=True, eq=False)
class Known:
    """Vectors that need not be read again: ids (m,), ascending; vectors (m, d) as they are stored."""

    ids: Integers
    vectors: Halves


def stored(roles: Sequence[str], model: str) -> QuerySet[Passage]:
    """Passages that have a vector of this model."""
    return Passage.objects.filter(model=model, vector__isnull=False, role__in=roles)


def next_version() -> int:
    """A number for passages that get their vectors in the transaction at hand.

    Whoever takes one holds its row until the transaction ends: numbers are committed in their order, so that
    nobody who has read up to one of them can miss a row of a lower one.
    """
    if not Revision.objects.filter(pk=1).update(last=F("last") + 1):
        last = Passage.objects.aggregate(last=Max("version"))["last"] or 0
        Revision.objects.get_or_create(pk=1, defaults={"last": last})
        Revision.objects.filter(pk=1).update(last=F("last") + 1)
    return Revision.objects.values_list("last", flat=True).get(pk=1)


def latest_version() -> int:
    """The last number that was given: every row up to it is there to be read."""
    return Revision.objects.filter(pk=1).values_list("last", flat=True).first() or 0


def parts(roles: Sequence[str], model: str, *, after: int = -1, up_to: int) -> Iterator[Part]:
    """All rows with versions above `after` and not above `up_to`, by subject."""
    found = stored(roles, model).filter(version__gt=after, version__lte=up_to).order_by("subject_id", "pk")
    yield from _parts(found)


def parts_of(ids: Sequence[int], roles: Sequence[str], model: str) -> Iterator[Part]:
    """Some rows by their ids."""
    found = Passage.objects.filter(pk__in=among(ids)).order_by("subject_id", "pk")
    # SQLite does not know that nearly all rows have the same model, and would look for that first.
    yield from _parts(found, lambda row: row[-1] == model and row[-2] in roles)


def _parts(
    found: QuerySet[Passage], fits: Callable[[tuple[Any, ...]], bool] = lambda row: True
) -> Iterator[Part]:
    rows = found.annotate(raw=raw_vector()).values_list(*COLUMNS, "role", "model")
    block: list[tuple[Any, ...]] = []
    for row in rows.iterator(chunk_size=READ_AT_ONCE):
        if fits(row):
            block.append(row[: len(COLUMNS)])
        if len(block) == READ_AT_ONCE:
            yield _part(block)
            block = []
    if block:
        yield _part(block)


def _part(block: Sequence[tuple[Any, ...]]) -> Part:
    ids, subjects, languages, raw = zip(*block, strict=True)
    return Part(
        np.array(ids, np.int64),
        np.array(subjects, np.int64),
        np.array([LANGUAGES.index(language) for language in languages], np.int8),
        halves(raw),
    )


def raw_vector() -> Expression:
    """The stored bytes of a vector: what pgvector sends in binary, or the BLOB itself."""
    if connection.vendor == "postgresql":
        return Func("vector", function="halfvec_send", output_field=BinaryField())
    return ExpressionWrapper(F("vector"), output_field=BinaryField())


def halves(raw: Sequence[bytes]) -> Halves:
    """Vectors (n, d) from their stored bytes. Raises ValueError when their lengths differ."""
    if len({len(one) for one in raw}) > 1:
        raise ValueError("Vectors of one model have different dimensions.")
    if connection.vendor == "postgresql":  # two 16-bit numbers, then halves in network order
        found = np.frombuffer(b"".join(one[4:] for one in raw), ">f2").astype(np.float16)
    else:
        found = np.frombuffer(b"".join(raw), np.float16)
    return found.reshape(len(raw), -1)


def ids_of(roles: Sequence[str], model: str, *, up_to: int | None = None) -> Integers:
    """The ids of all rows (up to a version), ascending."""
    found = stored(roles, model)
    if up_to is not None:
        found = found.filter(version__lte=up_to)
    return np.sort(np.fromiter(found.order_by().values_list("pk", flat=True).iterator(), np.int64))


def rows_of(subjects: Iterable[int], roles: Sequence[str], model: str, known: Known | None = None) -> Rows:
    """What some subjects say at this moment, with texts, by ascending id."""
    return _rows("subject__in", list(subjects), roles, model, known)


def sample(roles: Sequence[str], model: str, most: int) -> tuple[Rows, int]:
    """At most `most` rows, evenly spread over all there are; and how many there are."""
    ids = ids_of(roles, model)
    chosen = ids[:: max(-(-len(ids) // most), 1)].tolist()
    return _rows("pk__in", chosen, roles, model, None), len(ids)


def _rows(name: str, keys: Sequence[int], roles: Sequence[str], model: str, known: Known | None) -> Rows:
    fields = ("pk", "subject_id", "item_id", "need_id", "language", "text", "trust")
    found = Passage.objects.filter(**{name: among(keys)}).order_by().values_list(*fields, "role", "model")
    read = sorted(row for row in found if row[-1] == model and row[-2] in roles)
    if not read:
        return empty(known.vectors.shape[1] if known else 0)
    ids, subjects, items, needs, languages, texts, trust, *_ = zip(*read, strict=True)
    vectors, there = _vectors(np.array(ids, np.int64), roles, model, known)
    rows = Rows(
        np.array(ids, np.int64),
        np.array(subjects, np.int64),
        np.array([item or need or 0 for item, need in zip(items, needs, strict=True)], np.int64),
        np.array([LANGUAGES.index(language) for language in languages], np.int64),
        vectors,
        list(texts),
        np.array(trust, np.float32),
    )
    return rows if there.all() else rows.take(np.flatnonzero(there))


def _vectors(
    ids: Integers, roles: Sequence[str], model: str, known: Known | None
) -> tuple[Floats, NDArray[np.bool_]]:
    """Vectors of length 1 for ascending ids, and which of them were there: others went this very moment."""
    there = np.zeros(len(ids), bool)
    place = np.zeros(len(ids), np.int64)
    if known is not None and len(known.ids):
        place = np.minimum(np.searchsorted(known.ids, ids), len(known.ids) - 1)
        there = known.ids[place] == ids
        if there.all():
            return unit(known.vectors[place]), there
    read = list(parts_of(ids[~there].tolist(), roles, model))
    width = next((part.vectors.shape[1] for part in (*read, known) if part is not None), 0)
    vectors = np.zeros((len(ids), width), np.float16)
    if known is not None and there.any():
        vectors[there] = known.vectors[place[there]]
    for part in read:
        at = np.searchsorted(ids, part.ids)
        vectors[at], there[at] = part.vectors, True
    return unit(vectors), there
