"""Searching the mapped copy."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Protocol

import numpy as np
from django.conf import settings

from ..models import Passage
from ..ranking import Needs, Passages, Statistics
from ..ranking.search import Near, nearest, nearest_asks
from . import stored
from .copy import Copy
from .rows import Rows

# What may answer a need, and what asks. What a profile seeks is no evidence of what it can do.
ANSWERS = (Passage.Role.SUMMARY, Passage.Role.OFFER, Passage.Role.EVIDENCE)
ASKS = (Passage.Role.NEED, Passage.Role.TEXT)
# What challenges say, whether people may still answer them or not.
CHALLENGES = (*ASKS, Passage.Role.ABOUT)


class Index(Protocol):
    """All passages of one side and one model, searched by meaning."""

    def nearest(self, needs: Needs, statistics: Statistics, most: int) -> list[Near]:
        """How near profiles lie to the needs of each challenge: all, or at least the `most` nearest."""
        ...

    def nearest_asks(self, passages: Passages, statistics: Statistics, most: int) -> list[Near]:
        """How near challenges lie to each profile: all, or at least the `most` nearest."""
        ...

    def rows(self, subjects: Iterable[int]) -> Rows:
        """What some subjects say at this moment."""
        ...


class Mapped:
    """An index over the mapped copy; every call sees all that was committed before it."""

    def __init__(self, roles: Sequence[str], model: str) -> None:
        self.roles, self.model = tuple(roles), model
        self.copy = Copy(folder_of(roles, model), roles, model)

    def nearest(self, needs: Needs, statistics: Statistics, most: int) -> list[Near]:
        found = nearest(needs, self.copy.current().stock, statistics)
        return [found.columns(np.flatnonzero(needs.of_challenge == one)) for one in range(needs.challenges)]

    def nearest_asks(self, passages: Passages, statistics: Statistics, most: int) -> list[Near]:
        found = nearest_asks(passages, self.copy.current().stock, statistics)
        return [found.columns(np.array([one])) for one in range(passages.profiles)]

    def rows(self, subjects: Iterable[int]) -> Rows:
        wanted = np.unique(np.fromiter(subjects, np.int64))
        return stored.rows_of(wanted.tolist(), self.roles, self.model, self.copy.current().known(wanted))


def answers(model: str) -> Index:
    """Everything that profiles can show, embedded by `model`."""
    return index(settings.HELICE_INDEX, ANSWERS, model)


def asks(model: str) -> Index:
    """Everything that open and upcoming challenges ask, embedded by `model`."""
    return index(settings.HELICE_INDEX, ASKS, model)


def challenges(model: str) -> Index:
    """Everything that challenges say, open and closed: for the search and for what is alike, not for
    matching."""
    return index(settings.HELICE_INDEX, CHALLENGES, model)


@lru_cache(maxsize=8)
def index(way: str, roles: tuple[str, ...], model: str) -> Index:
    """One for each process: what it has mapped, it keeps."""
    if way == "pgvector":
        from .pgvector import Pgvector

        return Pgvector(roles, model)
    return Mapped(roles, model)


def folder_of(roles: Sequence[str], model: str) -> Path:
    name = re.sub(r"[^A-Za-z0-9.@-]+", "-", model)
    return Path(settings.HELICE_VAR) / "index" / f"{name}-{'-'.join(roles)}"


def forget() -> None:
    """Throw the copies away: for tests, whose rows are rolled back and whose ids come again."""
    index.cache_clear()
    shutil.rmtree(Path(settings.HELICE_VAR) / "index", ignore_errors=True)
