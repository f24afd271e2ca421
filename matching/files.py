"""The two files that `rank` reads and the one it writes. Knows no database."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from matching.ranking import WEIGHTS

RUN_NAME = "helice"


class BadLine(ValueError):
    """A line that cannot be used; the message says why."""


@dataclass(frozen=True)
class Document:
    """One piece of what a profile shows: a project, a publication, a product."""

    title: str
    text: str
    year: int | None


@dataclass(frozen=True)
class ProfileLine:
    """A profile as a file gives it."""

    id: str
    documents: tuple[Document, ...]
    language: str | None


@dataclass(frozen=True)
class ChallengeLine:
    """A challenge as a file gives it; `needs` are texts with their weights."""

    id: str
    title: str
    text: str
    needs: tuple[tuple[str, float], ...]
    language: str | None


@dataclass
class Reading[Line]:
    """What came of a file: the usable lines, and a sentence for each one that was skipped."""

    lines: list[Line] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


def read_profiles(path: Path) -> Reading[ProfileLine]:
    """Read profiles from JSON lines. Raises OSError when the file cannot be opened."""
    return read(path, profile)


def read_challenges(path: Path) -> Reading[ChallengeLine]:
    """Read challenges from JSON lines. Raises OSError when the file cannot be opened."""
    return read(path, challenge)


def read[Line](path: Path, shape: Any) -> Reading[Line]:
    """Every line of a file through `shape`; empty lines are passed over, bad and repeated ones reported."""
