"""Whom attention falls on in a round, beside what plain top-k would have done: by state, kind and size."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from accounts.models import Profile
from hubs.models import Challenge

from .allocation import Demand, gini, misses

Integers = NDArray[np.int64]
FACTS = ("state", "kind", "size")


@dataclass(frozen=True)
class Pairs:
    """What could be told, one place for each pair: primary keys, and the usefulness of each."""

    people: Integers
    profiles: Integers
    challenges: Integers
    usefulness: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.people)


def written_report(pairs: Pairs, demand: Demand, told: Integers, plain: Integers) -> dict[str, Any]:
    """Ready for JSON; of every pair of numbers the first is the round's and the second is plain top-k's.

    `exposure`: for readers and for posters, by each fact, how many there are of each group that anything
    could have been told to or of, and how many items fell on it; `gini` of the items for each of them.
    """
    both = (told, plain)
    readers = _facts(pairs.profiles, _of_profiles(pairs))
    posters = _facts(pairs.challenges, _of_challenges(pairs))
    return {
        "people": len(demand.budgets),
        "challenges": len(demand.most),
        "pairs": len(pairs),
        "told": [len(each) for each in both],
        "usefulness": [round(float(pairs.usefulness[each].sum()), 3) for each in both],
        "missed": [sum(misses(demand, each).values()) for each in both],
        "gini": {
            "people": [_gini(demand.people, each, len(demand.budgets)) for each in both],
            "challenges": [_gini(demand.challenges, each, len(demand.most)) for each in both],
        },
        "exposure": {
            "readers": {fact: _groups(codes, pairs.people, both) for fact, codes in readers.items()},
            "posters": {fact: _groups(codes, pairs.challenges, both) for fact, codes in posters.items()},
        },
    }


def _gini(column: Integers, told: Integers, length: int) -> float:
    return round(gini(np.bincount(column[told], minlength=length)), 4)


def _groups(codes: NDArray[np.str_], units: Integers, both: tuple[Integers, Integers]) -> dict[str, Any]:
    rows = []
    for code in np.unique(codes).tolist():
        here = codes == code
        items = [int(here[each].sum()) for each in both]
        rows.append({"code": code, "of": len(np.unique(units[here])), "items": items})
    rates = [[row["items"][place] / row["of"] for row in rows] for place in (0, 1)]
    return {"rows": rows, "gini": [round(gini(np.array(rate)), 4) for rate in rates]}


def _facts(column: Integers, known: dict[int, tuple[str, ...]]) -> dict[str, NDArray[np.str_]]:
    nothing = ("",) * len(FACTS)
    rows = [known.get(pk, nothing) for pk in column.tolist()]
    return {fact: np.array([row[place] for row in rows], dtype=str) for place, fact in enumerate(FACTS)}


def _of_profiles(pairs: Pairs) -> dict[int, tuple[str, ...]]:
    """Of a researcher the size of the institution."""
    found = Profile.objects.filter(pk__in=set(pairs.profiles.tolist())).order_by()
    rows = found.values_list("pk", "state", "kind", "organisation__size", "institution__size")
    return {pk: (state, kind, own or other or "") for pk, state, kind, own, other in rows}


def _of_challenges(pairs: Pairs) -> dict[int, tuple[str, ...]]:
    found = Challenge.objects.filter(pk__in=set(pairs.challenges.tolist())).order_by()
    rows = found.values_list("pk", "state", "organisation__kind", "organisation__size")
    return {pk: tuple(facts) for pk, *facts in rows}
