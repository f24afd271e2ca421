"""Conflicts of interest between an evaluator and a response: who they are, where they belonged, what they
made together. Sets of each side are compared, as OpenReview does; what they share is the conflict."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from accounts.folding import fold
from accounts.reading.duplicates import SHORTEST, Work, marks

YEARS = 3


@dataclass(frozen=True)
class Party:
    """One side. Keys are compared, what they stand for is said: {key: name or title}."""

    people: frozenset[int] = frozenset()
    organisations: Mapping[str, str] = field(default_factory=dict)
    works: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Found:
    kind: str  # own, organisation or evidence: values of Conflict.Kind
    detail: str = ""


def between(evaluator: Party, respondent: Party) -> list[Found]:
    """Every kind of conflict once, with what was found."""
    found = [Found("own")] if evaluator.people & respondent.people else []
    for kind, one, other in (
        ("organisation", evaluator.organisations, respondent.organisations),
        ("evidence", evaluator.works, respondent.works),
    ):
        shared = sorted({other[key] for key in one.keys() & other.keys()})
        if shared:
            found.append(Found(kind, "; ".join(shared)[:300]))
    return found


def since(now: datetime) -> datetime:
    """Whoever left an organisation before then has no conflict with it any more."""
    return now - timedelta(days=365 * YEARS + 1)


def organisation_keys(pk: int | None, name: str) -> dict[str, str]:
    """By its row, and by its name: many write their institution as a word, not as a row."""
    keys = {f"row:{pk}": name} if pk else {}
    word = " ".join(fold(name).split())
    return keys | ({f"name:{word}": name} if word else {})


def work_keys(works: Iterable[Work], now: datetime) -> dict[str, str]:
    """The DOI, the address and the title of each work of the last three years; one without a year counts."""
    keys: dict[str, str] = {}
    for work in works:
        if work.year is not None and work.year < now.year - YEARS:
            continue
        mark = marks(work)
        said = (work.title or work.text)[:150]
        link = work.link.split("#")[0].split("://")[-1].rstrip("/").lower()
        if mark.doi:
            keys[f"doi:{mark.doi}"] = said
        elif "/" in link:  # a whole site is not a work
            keys[f"link:{link}"] = said
        if len(mark.title) >= SHORTEST:
            keys[f"title:{mark.title}"] = said
    return keys
