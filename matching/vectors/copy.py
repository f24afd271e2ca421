"""One half-precision copy of all vectors in files that every worker of a machine maps: it is in memory once.

The database is the truth; the copy only says which subjects are worth reading. It is appended to as passages
get their vectors (by version, see stored.next_version), never changed in place. What was removed stays in it
until the next tidying: whoever searches reads the found subjects' passages from the database and counts only
what is there.

A folder holds one file per column and a header that names them and says how many rows count. Rows are
written first and the header is replaced last, so that a writer killed at any point leaves a whole copy
behind; one that is missing, damaged, of another model or of another life of the database is made anew. One
process writes at a time, under a file lock.
"""

from __future__ import annotations

import fcntl
import json
import logging
import os
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from ..ranking.search import Stock
from . import stored
from .rows import Halves, Integers
from .stored import Known, Part

logger = logging.getLogger(__name__)
FORMAT = 1
COLUMNS: dict[str, Any] = {
    "ids": np.int64,
    "subjects": np.int64,
    "languages": np.int8,
    "vectors": np.float16,
}
# Rows added since the last tidying after which the next one is due: this many, or this share of all.
LEAST_ADDED, ADDED_SHARE = 20_000, 0.1
CHECKED = 16  # rows compared with the database when a process first maps a copy
COPIED_AT_ONCE = 16_384


@dataclass(frozen=True)
class Head:
    """What the header says. `version`: every row of the database up to it is in the copy; `added`: how many
    of the rows came after the files were begun."""

    format: int
    model: str
    roles: tuple[str, ...]
    dimension: int
    generation: int
    rows: int
    added: int
    version: int


@dataclass(frozen=True, eq=False)
class Held:
    """The copy as it was when it was mapped."""

    head: Head
    ids: Integers
    stock: Stock

    def known(self, subjects: Integers) -> Known:
        """The vectors of some subjects, by ascending id of the passage."""
        at = np.searchsorted(self.stock.keys, subjects)
        at = at[at < len(self.stock.keys)]
        places = self.stock.places_of(at)
        places = places[np.argsort(self.ids[places], kind="stable")]
        return Known(self.ids[places], self.stock.vectors[places])


class Copy:
    """The copy of the passages of some roles and one model, as this process sees it. Safe from threads."""

    def __init__(self, folder: Path, roles: Sequence[str], model: str) -> None:
        self.folder, self.roles, self.model = folder, tuple(roles), model
        self.held: Held | None = None
        self.lock = threading.Lock()

    def current(self) -> Held:
        """The copy with everything in it that was stored before this call."""
        with self.lock:
            try:
                return self._current()
            except FileNotFoundError:  # another process tidied up between header and files
                return self._current()

    def _current(self) -> Held:
        head = self._up_to_date()
        if self.held is None:
            held = self._map(head, {})
            if not self._true(held):
                logger.warning("%s is not of this database: made anew", self.folder)
                with self._alone():
                    held = self._map(self._begin(), {})
            self.held = held
        elif self.held.head != head:
            same = self.held.head.generation == head.generation
            self.held = self._map(head, self.held.stock.lengths if same else {})
        return self.held

    def _up_to_date(self) -> Head:
        head = self._head()
        if head is not None and head.version == stored.latest_version():
            return head
        with self._alone():
            latest = stored.latest_version()
            head = self._head()  # another process may have been quicker
            if head is None or head.version > latest:
                return self._begin()
            if head.version < latest:
                return self._add(head, latest)
            return head

    def _add(self, head: Head, latest: int) -> Head:
        """Append what was stored since."""
        found = list(stored.parts(self.roles, self.model, after=head.version, up_to=latest))
        if not found:
            return self._write_head(replace(head, version=latest))
        if found[0].vectors.shape[1] != head.dimension:
            return self._begin()
        known = self._column("ids", head)
        count = 0
        for part in found:
            fresh = np.flatnonzero(~np.isin(part.ids, known))
            self._append(head, head.rows + count, take(part, fresh))
            count += len(fresh)
        self._sync(head)
        head = replace(head, rows=head.rows + count, added=head.added + count, version=latest)
        self._write_head(head)
        if head.added > max(LEAST_ADDED, ADDED_SHARE * head.rows):
            return self._tidy(head)
        return head

    def _begin(self) -> Head:
        """Everything from the database."""
        latest = stored.latest_version()
        old = self._head()
        generation = self._next_generation(old)
        head = Head(FORMAT, self.model, self.roles, 0, generation, 0, 0, latest)
        return self._fill(head, stored.parts(self.roles, self.model, up_to=latest))

    def _tidy(self, old: Head) -> Head:
        """The rows that are still there, by subject again; and any that were missed."""
        ids, subjects = np.asarray(self._column("ids", old)), np.asarray(self._column("subjects", old))
        there = stored.ids_of(self.roles, self.model, up_to=old.version)
        kept = np.flatnonzero(np.isin(ids, there))
        kept = kept[np.lexsort((ids[kept], subjects[kept]))]
        missed = np.setdiff1d(there, ids).tolist()

        def parts() -> Iterator[Part]:
            columns = {name: self._column(name, old) for name in COLUMNS}
            for start in range(0, len(kept), COPIED_AT_ONCE):
                at = kept[start : start + COPIED_AT_ONCE]
                yield Part(**{name: column[at] for name, column in columns.items()})
            yield from stored.parts_of(missed, self.roles, self.model)

        return self._fill(replace(old, generation=self._next_generation(old), rows=0, added=0), parts())

    def _fill(self, head: Head, parts: Iterable[Part]) -> Head:
        """A new generation of files; the old ones go once the header names the new ones."""
        for name in COLUMNS:
            self._path(name, head).unlink(missing_ok=True)
        for part in parts:
            head = replace(head, dimension=part.vectors.shape[1])
            self._append(head, head.rows, part)
            head = replace(head, rows=head.rows + len(part.ids))
        self._sync(head)
        self._write_head(head)
        for path in self.folder.glob("*.bin"):
            if not path.name.startswith(f"{head.generation}-"):
                path.unlink(missing_ok=True)
        return head

    def _append(self, head: Head, place: int, part: Part) -> None:
        """Write rows at a place; what a killed writer left there is overwritten."""
        for name, kind in COLUMNS.items():
            values = np.ascontiguousarray(getattr(part, name), kind)
            width = values.itemsize * (values.shape[1] if values.ndim > 1 else 1)
            with os.fdopen(os.open(self._path(name, head), os.O_RDWR | os.O_CREAT, 0o640), "r+b") as file:
                file.seek(place * width)
                file.write(values.tobytes())

    def _sync(self, head: Head) -> None:
        """On the disk before the header says so."""
        for name in COLUMNS:
            path = self._path(name, head)
            if path.exists():
                with path.open("rb") as file:
                    os.fsync(file.fileno())

    def _head(self) -> Head | None:
        """What the header says; None unless files of that size for this model are there."""
        try:
            told = json.loads(self._header.read_text())
            head = Head(**told | {"roles": tuple(told["roles"])})
            fits = (head.format, head.model, head.roles) == (FORMAT, self.model, self.roles)
            enough = all(self._size(name, head) <= self._path(name, head).stat().st_size for name in COLUMNS)
            return head if fits and (enough or not head.rows) else None
        except FileNotFoundError:
            return None
        except (OSError, ValueError, TypeError, KeyError):
            logger.warning("The header of %s cannot be read: made anew", self.folder)
            return None

    def _write_head(self, head: Head) -> Head:
        draft = self._header.with_suffix(".draft")
        with draft.open("w") as file:
            json.dump(asdict(head), file)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(self._header)
        return head

    def _map(self, head: Head, lengths: dict[tuple[str, bool], Any]) -> Held:
        columns = {name: self._column(name, head) for name in COLUMNS}
        stock = Stock(columns["vectors"], columns["subjects"], columns["languages"], lengths)
        return Held(head, columns["ids"], stock)

    def _column(self, name: str, head: Head) -> Any:
        shape = (head.rows, head.dimension) if name == "vectors" else (head.rows,)
        if not head.rows:
            return np.zeros(shape, COLUMNS[name])
        return np.memmap(self._path(name, head), COLUMNS[name], "r", shape=shape).view(np.ndarray)

    def _true(self, held: Held) -> bool:
        """Whether a few rows are what the database holds: another one may have lain under these files."""
        if not len(held.ids):
            return True
        places = np.unique(np.linspace(0, len(held.ids) - 1, CHECKED).astype(np.int64))
        places = places[np.argsort(held.ids[places], kind="stable")]
        ids = held.ids[places]
        for part in stored.parts_of(ids.tolist(), self.roles, self.model):
            at = places[np.searchsorted(ids, part.ids)]
            same = (held.stock.vectors[at] == part.vectors).all()
            if not same or (held.stock.subjects[at] != part.subjects).any():
                return False
        return True

    @contextmanager
    def _alone(self) -> Iterator[None]:
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / "lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    @property
    def _header(self) -> Path:
        return self.folder / "head.json"

    def _path(self, name: str, head: Head) -> Path:
        return self.folder / f"{head.generation}-{name}.bin"

    def _size(self, name: str, head: Head) -> int:
        width = head.dimension if name == "vectors" else 1
        return int(head.rows * width * np.dtype(COLUMNS[name]).itemsize)

    def _next_generation(self, old: Head | None) -> int:
        """A number that no file bears, so that nobody's mapped files are written over; nor did one in a
        folder that was deleted, so that nobody takes these files for those."""
        taken = [int(path.name.split("-")[0]) for path in self.folder.glob("*-*.bin")]
        return max([*taken, old.generation if old else 0, time.time_ns()]) + 1


def take(part: Part, places: Integers) -> Part:
    if len(places) == len(part.ids):
        return part
    return Part(part.ids[places], part.subjects[places], part.languages[places], part.vectors[places])


__all__ = ["Copy", "Halves", "Head", "Held"]
