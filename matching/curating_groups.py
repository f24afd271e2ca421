"""What matching adds to the curators' desk: which challenges say nearly the same, and which texts of theirs
look written to game the matching.

Likeness is of spelling, not of meaning: the same call handed in twice, or copied and changed a little. Two
challenges about one subject in different words stay apart.
"""

import itertools
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from zlib import crc32

import numpy as np
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from numpy.typing import NDArray

from hubs.desk import Reason
from hubs.models import Challenge

from . import queries

ALIKE = 0.3  # of all their pairs of neighbouring words, so many are in both (Jaccard)
LEAST = 20  # pairs of words in common: two short texts may share a phrase
BOILERPLATE = 0.25  # a pair of words that stands in more of them says nothing, among enough of them
ENOUGH = 12
PUBLISHED = 1000  # public challenges, the latest first, that what waits is compared with
MARKED, ALREADY = 2, 3  # what these weigh on the desk
Key = tuple[int, str]  # of a challenge: its key, and its words
Pairs = NDArray[np.uint32]


def alike(challenges: Sequence[Challenge]) -> list[tuple[int, int]]:
    """Pairs of keys, among these, that say nearly the same."""
    return list(_alike(tuple((each.pk, each.search_text) for each in challenges), ()))


def reasons(challenges: Sequence[Challenge]) -> Mapping[int, list[Reason]]:
    """Texts that look gamed, and public challenges that say nearly the same."""
    found: dict[int, list[Reason]] = {}
    for challenge in challenges:
        if n := len(queries.marks_of(challenge)):
            said = ngettext(
                "%(n)d text of it looks as if it were written to game the matching.",
                "%(n)d texts of it look as if they were written to game the matching.",
                n,
            ) % {"n": n}
            found.setdefault(challenge.pk, []).append(Reason(MARKED, said))
    for key, other in _published_like(challenges).items():
        reason = Reason(
            ALREADY,
            _("Nearly the same is public already:"),
            link=other.get_absolute_url(),
            title=other.title,
            language=other.language,
        )
        found.setdefault(key, []).append(reason)
    return found


def _published_like(challenges: Sequence[Challenge]) -> dict[int, Challenge]:
    public = Challenge.objects.published().order_by("-published_at", "-pk")
    rows = _texts(tuple(public.values_list("pk", "updated_at")[:PUBLISHED]))
    waiting = tuple((each.pk, each.search_text) for each in challenges)
    pairs = {one: other for other, one in _alike(rows, waiting)}
    if not pairs:
        return {}
    found = Challenge.objects.defer("search_text", "description").in_bulk(set(pairs.values()))
    return {one: found[other] for one, other in pairs.items() if other in found}


@lru_cache(maxsize=2)
def _texts(versions: tuple[tuple[int, datetime], ...]) -> tuple[Key, ...]:
    """The words of challenges as they were at these moments: read again when one of them changes."""
    found = Challenge.objects.filter(pk__in=[key for key, _changed in versions])
    return tuple(found.values_list("pk", "search_text"))


@lru_cache(maxsize=8)
def _alike(some: tuple[Key, ...], others: tuple[Key, ...]) -> tuple[tuple[int, int], ...]:
    """Pairs of keys that are alike: among `some`, or, if there are `others`, of one of each side."""
    rows = [*some, *others]
    pairs = [pairs_of(text) for _key, text in rows]
    sizes = np.array([len(each) for each in pairs])
    if len(rows) < 2 or not sizes.sum():
        return ()
    both = _shared(pairs)
    found = []
    for (one, other), n in both.items():
        if others and (one < len(some)) == (other < len(some)):
            continue
        if n >= LEAST and n / (sizes[one] + sizes[other] - n) >= ALIKE:
            found.append((rows[one][0], rows[other][0]))
    return tuple(found)


@lru_cache(maxsize=4000)
def pairs_of(text: str) -> Pairs:
    """The distinct pairs of neighbouring words of a folded text, as hashes (n,), ascending."""
    words = text.split()
    hashes = {crc32(f"{one} {other}".encode()) for one, other in itertools.pairwise(words)}
    return np.array(sorted(hashes), dtype=np.uint32)


def _shared(pairs: Sequence[Pairs]) -> dict[tuple[int, int], int]:
    """How many pairs of words two texts have in common, for those that have any; by their places."""
    owners = np.repeat(np.arange(len(pairs)), [len(each) for each in pairs])
    hashes = np.concatenate(list(pairs))
    order = np.argsort(hashes, kind="stable")
    owners, hashes = owners[order], hashes[order]
    starts = np.flatnonzero(np.r_[True, hashes[1:] != hashes[:-1]])
    lengths = np.diff(np.r_[starts, len(hashes)])
    most = len(pairs) if len(pairs) < ENOUGH else max(int(BOILERPLATE * len(pairs)), 2)
    both: dict[tuple[int, int], int] = {}
    for start, length in zip(starts.tolist(), lengths.tolist(), strict=True):
        if 2 <= length <= most:
            here = owners[start : start + length].tolist()
            for at, one in enumerate(here):
                for other in here[at + 1 :]:
                    both[one, other] = both.get((one, other), 0) + 1
    return both
