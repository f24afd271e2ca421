"""By words: folded as the search columns are, without those that carry grammar, forgiving plurals."""

from functools import cache
from typing import Any

from django.db.models import Case, IntegerField, Q, QuerySet, Value, When
from django.db.models.expressions import Combinable

from accounts.folding import fold

MOST_TERMS = 6  # of a problem in one's own words; the longest say most
FEW_TERMS = 2  # so many must all be there
ENOUGH = 0.6  # of more than that, this share
SHORTEST_PLURAL = 5


def terms(text: str) -> list[str]:
    """What to look for, in the order of the text. A word of grammar counts where there is no other."""
    words = list(dict.fromkeys(fold(text).split()))
    telling = [word for word in words if word not in _grammar() and len(word) > 1] or words
    chosen = sorted(dict.fromkeys(map(stem, telling)), key=len, reverse=True)[:MOST_TERMS]
    return [word for word in dict.fromkeys(map(stem, telling)) if word in chosen]


def stem(word: str) -> str:
    """Without the s of a plural: texts are searched for parts of words, so that both forms are found."""
    return word[:-1] if len(word) >= SHORTEST_PLURAL and word.endswith("s") else word


def least(wanted: list[str]) -> int:
    """How many of the terms a text must have."""
    return len(wanted) if len(wanted) <= FEW_TERMS else max(FEW_TERMS, round(ENOUGH * len(wanted)))


def counted(found: QuerySet[Any], wanted: list[str]) -> QuerySet[Any]:
    """With `found`: how many of the terms each has."""
    count: Combinable = Value(0, output_field=IntegerField())
    for word in wanted:
        count = count + Case(
            When(search_text__contains=word, then=Value(1)), default=Value(0), output_field=IntegerField()
        )
    counted: QuerySet[Any] = found.annotate(found=count)
    return counted


def having_any(wanted: list[str]) -> Q:
    """Texts that have at least one of the terms: none where there are none."""
    found = Q(pk__in=[])
    for word in wanted:
        found |= Q(search_text__contains=word)
    return found


@cache
def _grammar() -> frozenset[str]:
    from ..ranking.stopwords import STOPWORDS

    return frozenset(fold(word) for word in STOPWORDS)
