"""The same work told twice: by its DOI, or by a title that differs in accents, mark-up, subtitle or a
slip."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Protocol

from ..folding import fold
from .found import Item
from .words import doi_of

ALIKE = 0.93  # of the characters of two titles; a year apart at most (preprint and article)
SHORTEST = 25  # characters of a title that may be compared by likeness or by its beginning
SUBTITLE = re.compile(r"[:.?!]\s|\s[–—-]\s")


class Work(Protocol):
    """What of an item is compared; ProfileItem and found.Item have it."""

    @property
    def title(self) -> str: ...
    @property
    def text(self) -> str: ...
    @property
    def link(self) -> str: ...
    @property
    def year(self) -> int | None: ...


@dataclass(frozen=True)
class Marks:
    doi: str
    title: str
    head: str  # the title without its subtitle
    digits: str  # of a title: volumes, parts and years of a series differ in them alone
    year: int | None


def marks(work: Work) -> Marks:
    title = work.title or work.text[:300]
    head = SUBTITLE.split(title, maxsplit=1)[0]
    key = key_of(title)
    doi = doi_of(work.link) or doi_of(work.text[-200:])
    return Marks(doi, key, key_of(head), re.sub(r"\D", "", key), work.year)


def key_of(title: str) -> str:
    """A title as it is compared: letters and digits alone, ñ as n, for sources differ in it."""
    return "".join(fold(title).replace("ñ", "n").split())


class Index:
    """The works that are there, to be asked for another telling of one."""

    def __init__(self, works: Iterable[Work] = ()) -> None:
        self.by_doi: dict[str, int] = {}
        self.by_title: dict[str, list[int]] = {}
        self.by_start: dict[str, list[int]] = {}
        self.works: list[Work] = []
        self.marks: list[Marks] = []
        for work in works:
            self.add(work)

    def add(self, work: Work) -> None:
        mark, number = marks(work), len(self.works)
        self.works.append(work)
        self.marks.append(mark)
        if mark.doi:
            self.by_doi.setdefault(mark.doi, number)
        for title in {mark.title, mark.head} - {""}:
            self.by_title.setdefault(title, []).append(number)
        # Compared in full are only titles with the same first or last letters: one slip spoils one of them.
        for start in {mark.title[:8], mark.title[-8:]} - {""}:
            self.by_start.setdefault(start, []).append(number)

    def like(self, work: Work) -> Work | None:
        """What is there already and tells of the same work."""
        mark = marks(work)
        if mark.doi and mark.doi in self.by_doi:
            return self.works[self.by_doi[mark.doi]]
        if not mark.title:
            return None
        titles = [mark.title] + ([mark.head] if len(mark.head) >= SHORTEST else [])
        for title in titles:
            for number in self.by_title.get(title, ()):
                if self._same_title(mark, self.marks[number]):
                    return self.works[number]
        near = {*self.by_start.get(mark.title[:8], ()), *self.by_start.get(mark.title[-8:], ())}
        found = next((number for number in sorted(near) if self._alike(mark, self.marks[number])), None)
        return None if found is None else self.works[found]

    @staticmethod
    def _same_title(one: Marks, other: Marks) -> bool:
        if one.title == other.title:
            return near_years(one.year, other.year)
        shorter = min(len(one.title), len(other.title))
        # "X: an essay" and "X" are one work, "X: part 1" and "X: part 2" are two.
        return (
            shorter >= SHORTEST
            and one.title != other.title
            and near_years(one.year, other.year)
            and (one.title == other.head or other.title == one.head)
        )

    @staticmethod
    def _alike(one: Marks, other: Marks) -> bool:
        if min(len(one.title), len(other.title)) < SHORTEST or not near_years(one.year, other.year):
            return False
        if one.digits != other.digits or (one.doi and other.doi):
            return False
        return SequenceMatcher(None, one.title, other.title, autojunk=False).ratio() >= ALIKE


def near_years(one: int | None, other: int | None) -> bool:
    return one is None or other is None or abs(one - other) <= 1


def without_repeats(items: Iterable[Item], most: int) -> tuple[list[Item], int]:
    """The first `most` of them, each work once and as the source told it first; and how many were told
    again."""
    index, again = Index(), 0
    kept: list[Item] = []
    for item in items:
        if len(kept) >= most:
            break
        if item.role == "evidence" and index.like(item):
            again += 1
            continue
        kept.append(item)
        if item.role == "evidence":
            index.add(item)
    return kept, again
