"""The two files that `rank` reads and the one it writes. Knows no database."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, Generic, TypeVar

from matching.ranking import WEIGHTS

RUN_NAME = "helice"
# Beyond these, weights of one challenge are nothing or all beside each other, or are lost in half the digits.
LEAST_WEIGHT, MOST_WEIGHT = 1e-6, 1e6
SHOWN = 60  # characters of an identifier in a message


class BadLineError(ValueError):
    """A line that cannot be used; the message says why."""


@dataclass(frozen=True)
class Document:
    """One piece of what a profile shows: a project, a publication, a product."""

    title: str
    text: str


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


Line = TypeVar("Line", ProfileLine, ChallengeLine)


@dataclass
class Reading(Generic[Line]):
    """What came of a file: the usable lines, and a sentence for each one that was skipped."""

    lines: list[Line] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


def read_profiles(path: Path) -> Reading[ProfileLine]:
    """Read profiles from JSON lines. Raises OSError when the file cannot be read."""
    return read(path, profile)


def read_challenges(path: Path) -> Reading[ChallengeLine]:
    """Read challenges from JSON lines. Raises OSError when the file cannot be read."""
    return read(path, challenge)


def read(path: Path, shape: Callable[[dict[str, Any]], Line]) -> Reading[Line]:
    """Every line of a file through `shape`. Blank lines are passed over; bad and repeated ones become
    problems that name file and line."""
    found: Reading[Line] = Reading()
    first_seen: dict[str, int] = {}
    with path.open("rb") as source:
        for number, raw in enumerate(source, start=1):
            try:
                if not raw.strip(b" \t\r\n\xef\xbb\xbf"):
                    continue
                line = shape(parsed(raw))
                if line.id in first_seen:
                    raise BadLineError(
                        f"the id {line.id[:SHOWN]!r} was already used on line {first_seen[line.id]}"
                    )
            except BadLineError as problem:
                found.problems.append(f"{path}, line {number}: {problem}; skipped.")
                continue
            first_seen[line.id] = number
            found.lines.append(line)
    return found


def parsed(raw: bytes) -> dict[str, Any]:
    """One line as a JSON object."""
    try:
        value = json.loads(raw.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise BadLineError(f"not UTF-8 (byte {error.start + 1})") from None
    except json.JSONDecodeError as error:
        raise BadLineError(f"not JSON ({error.msg}, column {error.colno})") from None
    except (RecursionError, ValueError):
        raise BadLineError("JSON nested too deeply, or with a number too long") from None
    if not isinstance(value, dict):
        raise BadLineError("not a JSON object")
    return value


def profile(value: dict[str, Any]) -> ProfileLine:
    """A profile from its JSON object; documents may lack any of their parts."""
    documents = []
    for entry in listed(value, "documents"):
        if not isinstance(entry, dict):
            raise BadLineError('"documents" must hold objects')
        documents.append(Document(text_of(entry, "title"), text_of(entry, "text")))
    return ProfileLine(identifier(value), tuple(documents), text_of(value, "language") or None)


def challenge(value: dict[str, Any]) -> ChallengeLine:
    """A challenge from its JSON object; without needs, or with empty ones, its text is what it needs."""
    needs = []
    for entry in listed(value, "needs"):
        if not isinstance(entry, dict):
            raise BadLineError('"needs" must hold objects')
        if text := text_of(entry, "text").strip():
            needs.append((text, weight_of(entry.get("weight"))))
    title, text = text_of(value, "title"), text_of(value, "text")
    return ChallengeLine(identifier(value), title, text, tuple(needs), text_of(value, "language") or None)


def identifier(value: dict[str, Any]) -> str:
    """The id, a text or an integer. White space would break the run file's columns, so it is refused."""
    found = value.get("id")
    if isinstance(found, bool) or not isinstance(found, str | int):
        raise BadLineError('"id" is missing, or neither a text nor a whole number')
    name = str(found)
    if not name:
        raise BadLineError('"id" is empty')
    if len(name.split()) != 1 or name != name.strip() or not name.isprintable():
        raise BadLineError(f"the id {name[:SHOWN]!r} holds white space or unseen marks, unfit for a run")
    return name


def text_of(value: dict[str, Any], key: str) -> str:
    """A text that may be missing or null."""
    found = value.get(key)
    if found is None:
        return ""
    if not isinstance(found, str):
        raise BadLineError(f'"{key}" must be a text')
    return found


def listed(value: dict[str, Any], key: str) -> list[Any]:
    """A list that may be missing or null."""
    found = value.get(key)
    if found is None:
        return []
    if not isinstance(found, list):
        raise BadLineError(f'"{key}" must be a list')
    return found


def weight_of(value: object) -> float:
    """must, strong or nice, or a number above 0; a need without a weight is a must."""
    if value is None:
        return WEIGHTS["must"]
    if isinstance(value, str) and value.strip().lower() in WEIGHTS:
        return WEIGHTS[value.strip().lower()]
    if isinstance(value, int | float) and not isinstance(value, bool) and 0 < value < math.inf:
        return float(min(max(value, LEAST_WEIGHT), MOST_WEIGHT))
    raise BadLineError('"weight" must be must, strong, nice, or a number above 0')


def write_run(target: IO[str], challenge_id: str, ranked: Iterable[tuple[str, float]]) -> None:
    """One challenge's profiles, best first, as lines of a TREC run.

    Evaluators sort by score, so equal scores would lose our order: each line is written a hair below the
    last.
    """
    above = math.inf
    for rank, (profile_id, score) in enumerate(ranked, start=1):
        above = min(score, above - 1e-6)
        target.write(f"{challenge_id} Q0 {profile_id} {rank} {above:.6f} {RUN_NAME}\n")
