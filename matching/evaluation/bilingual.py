"""How a set in two languages fares in each of them, and what two versions of one challenge have in common."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matching.evaluation.metrics import Measured
from matching.evaluation.sets import JudgedSet, bare_id
from matching.offline import Catalogue
from matching.ranking import LANGUAGES, Strength

Integers = NDArray[np.int64]
Booleans = NDArray[np.bool_]

FEWEST = 0.1  # share of challenges and of profiles that a language has in a set in two languages
STRAYS = 0.05  # share of texts in another language, or taken for it, in a set in one
NEITHER = -1


@dataclass(frozen=True)
class Tongues:
    """Languages (places in LANGUAGES) of the challenges that are measured (q,) and of the profiles (n,); -1
    where there are no words."""

    challenges: Integers
    profiles: Integers

    @property
    def bilingual(self) -> bool:
        """Whether both languages are at home on both sides."""
        return all(min(shares(side)) >= FEWEST for side in (self.challenges, self.profiles))

    def only(self, code: str) -> bool:
        """Whether the set is in one language, but for strays."""
        at = LANGUAGES.index(code)
        return all(shares(side)[at] >= 1 - STRAYS for side in (self.challenges, self.profiles))


def tongues(judged: JudgedSet, catalogue: Catalogue) -> Tongues:
    """The language of most of the passages of each profile, and of most of the needs of each challenge."""
    needs, passages = catalogue.needs, catalogue.passages
    asked = usual(needs.of_challenge, needs.languages, len(judged.challenges))[judged.asked]
    return Tongues(asked, usual(passages.owners, passages.languages, len(judged.profiles)))


def usual(owners: Integers, languages: Integers, count: int) -> Integers:
    """The language (count,) that most of each owner's texts are in."""
    tally = np.zeros((count, len(LANGUAGES)), np.int64)
    np.add.at(tally, (owners, languages), 1)
    return np.where(tally.any(axis=1), tally.argmax(axis=1), NEITHER)


def shares(languages: Integers) -> list[float]:
    """The share of each language among texts that have one."""
    counts = np.bincount(languages[languages != NEITHER], minlength=len(LANGUAGES))
    return [float(count) / max(1, int(counts.sum())) for count in counts]


def halves(judged: JudgedSet, found: Tongues) -> dict[tuple[str, str], Booleans]:
    """Masks (q,) by language of the challenge and by "same" or "other": whether all its right profiles are in
    its own language, or none is. Challenges with right profiles in both are in neither half."""
    right = judged.gains > 0
    alike = found.profiles[None, :] == found.challenges[:, None]
    any_same, any_other = (right & alike).any(axis=1), (right & ~alike).any(axis=1)
    masks: dict[tuple[str, str], Booleans] = {}
    for at, code in enumerate(LANGUAGES):
        mine = found.challenges == at
        masks[code, "same"] = mine & any_same & ~any_other
        masks[code, "other"] = mine & any_other & ~any_same
    return masks


def versions(judged: JudgedSet, found: Tongues) -> list[tuple[int, int]]:
    """Rows of the two language versions of each challenge that has two: their ids differ in nothing but a
    language suffix, and their words in language."""
    by_name: dict[str, list[int]] = {}
    for row, line in enumerate(judged.measured):
        if (name := bare_id(line.id)) != line.id:
            by_name.setdefault(name, []).append(row)
    pairs = [(rows[0], rows[1]) for rows in by_name.values() if len(rows) == 2]
    return [pair for pair in pairs if found.challenges[pair[0]] != found.challenges[pair[1]]]


def overlaps(pairs: Sequence[tuple[int, int]], lists: Sequence[set[int]]) -> list[float]:
    """What two versions' lists have in common, as a share of the longer one; pairs of empty lists are left
    out."""
    both = [(lists[one], lists[other]) for one, other in pairs]
    return [len(a & b) / max(len(a), len(b)) for a, b in both if a or b]


def first_ten(measured: Measured) -> list[set[int]]:
    """The profiles ranked first for each challenge."""
    return [set(row) - {-1} for row in measured.first.tolist()]


def shown(measured: Measured, called: Sequence[Sequence[Strength | None]]) -> list[set[int]]:
    """Of the profiles ranked first, those strong enough to be shown."""
    return [
        {at for at, word in zip(row, words, strict=True) if word}
        for row, words in zip(measured.first.tolist(), called, strict=True)
    ]
