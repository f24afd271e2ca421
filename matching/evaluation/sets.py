"""A set: a folder with challenges, profiles, and which profiles were judged to fit which challenges."""

from __future__ import annotations

import math
import re
import zlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from matching.files import (
    SHOWN,
    BadLineError,
    ChallengeLine,
    ProfileLine,
    read_challenges,
    read_profiles,
)
from matching.passages import clean

Floats = NDArray[np.float32]
Integers = NDArray[np.int64]
Slice = tuple[int, int]  # which part of how many

MOST_GRADE = 1e6
LANGUAGE_SUFFIX = re.compile(r"[._-](es|en)$", re.IGNORECASE)


@dataclass(frozen=True)
class JudgedSet:
    """One set in memory. `profiles` stand in the order of their ids, so that a stable sort breaks ties by
    id.

    asked (q,): places of the challenges that are measured, those with a right profile; gains (q, profiles):
    the grade of each pair, 0 where nothing was judged. `problems`: a sentence for each line passed over.
    """

    name: str
    challenges: list[ChallengeLine]
    profiles: list[ProfileLine]
    asked: Integers
    gains: Floats
    problems: list[str]

    @property
    def measured(self) -> list[ChallengeLine]:
        """The challenges that are measured, in the order of `gains`."""
        return [self.challenges[place] for place in self.asked.tolist()]


def read_set(folder: Path, part: Slice = (0, 1)) -> JudgedSet:
    """Read a set's three files; `part` measures only the challenges that fall into one of several parts.

    Raises OSError when a file cannot be read.
    """
    challenges = read_challenges(folder / "challenges.jsonl")
    profiles = read_profiles(folder / "profiles.jsonl")
    profiles.lines.sort(key=lambda line: line.id)
    rows = {line.id: at for at, line in enumerate(challenges.lines)}
    columns = {line.id: at for at, line in enumerate(profiles.lines)}
    grades: dict[tuple[int, int], float] = {}
    problems = read_grades(folder / "qrels.tsv", rows, columns, grades)
    right = {row for (row, _), grade in grades.items() if grade > 0}
    asked = [row for row in sorted(right) if falls_in(challenges.lines[row].id, part)]
    gains = np.zeros((len(asked), len(profiles.lines)), np.float32)
    place = {row: at for at, row in enumerate(asked)}
    for (row, column), grade in grades.items():
        if row in place:
            gains[place[row], column] = max(grade, 0)
    told = [*challenges.problems, *profiles.problems, *problems]
    name = folder.resolve().name
    return JudgedSet(name, challenges.lines, profiles.lines, np.array(asked, np.int64), gains, told)


def read_grades(
    path: Path, challenges: dict[str, int], profiles: dict[str, int], grades: dict[tuple[int, int], float]
) -> list[str]:
    """Fill `grades` from lines of challenge, profile, grade; returns a sentence for each line that is of no
    use."""
    problems = []
    first_seen: dict[tuple[int, int], int] = {}
    with path.open("rb") as source:
        for number, raw in enumerate(source, start=1):
            if not raw.strip(b" \t\r\n\xef\xbb\xbf"):
                continue
            try:
                row, column, grade = judgement(raw, challenges, profiles)
                if (row, column) in first_seen:
                    raise BadLineError(f"the pair was already judged on line {first_seen[row, column]}")
            except BadLineError as problem:
                problems.append(f"{path}, line {number}: {problem}; skipped.")
                continue
            first_seen[row, column] = number
            grades[row, column] = grade
    return problems


def judgement(raw: bytes, challenges: dict[str, int], profiles: dict[str, int]) -> tuple[int, int, float]:
    """One line of judgements: the places of the two, and the grade."""
    try:
        columns = raw.decode("utf-8-sig").split()
    except UnicodeDecodeError as error:
        raise BadLineError(f"not UTF-8 (byte {error.start + 1})") from None
    if len(columns) != 3:
        raise BadLineError(f"{len(columns)} columns instead of challenge, profile and grade")
    try:
        grade = float(columns[2])
    except ValueError:
        grade = math.nan
    if not grade <= MOST_GRADE:  # neither for what is no number
        raise BadLineError(f"the grade {columns[2][:SHOWN]!r} is not a number, or too large")
    for name, known, file in ((columns[0], challenges, "challenges"), (columns[1], profiles, "profiles")):
        if name not in known:
            raise BadLineError(f"{name[:SHOWN]!r} is not in {file}.jsonl")
    return challenges[columns[0]], profiles[columns[1]], grade


def bare_id(identifier: str) -> str:
    """An id without a language suffix: what the two versions of one challenge have in common."""
    return LANGUAGE_SUFFIX.sub("", identifier)


def falls_in(identifier: str, part: Slice) -> bool:
    """Whether a challenge belongs to part `part[0]` of `part[1]`, by a hash of its id; both language versions
    of a challenge fall into the same part."""
    return zlib.crc32(bare_id(identifier).encode()) % part[1] == part[0]


def whole_profile(line: ProfileLine) -> str:
    """All that a profile shows, as one text."""
    return " ".join(
        filter(None, (clean(part) for piece in line.documents for part in (piece.title, piece.text)))
    )


def whole_challenge(line: ChallengeLine) -> str:
    """All that a challenge says, its needs included, as one text."""
    return " ".join(filter(None, map(clean, (line.title, line.text, *(text for text, _ in line.needs)))))
