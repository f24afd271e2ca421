from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.allocation import Demand, allocate, gini


@st.composite
def demands(draw: st.DrawFn) -> Demand:
    n, m = draw(st.integers(1, 4)), draw(st.integers(1, 3))
    pairs = draw(
        st.lists(st.sampled_from(list(product(range(n), range(m)))), unique=True, min_size=1, max_size=9)
    )
    group_of = draw(st.lists(st.integers(0, 1), min_size=n, max_size=n))
    return Demand(
        np.array([person for person, _ in pairs]),
        np.array([challenge for _, challenge in pairs]),
        np.array(
            draw(
                st.lists(
                    st.sampled_from([0.1, 0.25, 0.5, 0.8, 1.0]), min_size=len(pairs), max_size=len(pairs)
                )
            )
        ),
        np.array(draw(st.lists(st.integers(0, 2), min_size=n, max_size=n))),
        np.array(draw(st.lists(st.integers(0, 3), min_size=m, max_size=m))),
        np.array([group_of[person] for person, _ in pairs]),
        draw(st.dictionaries(st.tuples(st.integers(0, m - 1), st.integers(0, 1)), st.integers(1, 2))),
    )


def is_allowed(demand: Demand, told: np.ndarray) -> bool:
    heard = np.bincount(demand.people[told], minlength=len(demand.budgets))
    reached = np.bincount(demand.challenges[told], minlength=len(demand.most))
    return bool((heard <= demand.budgets).all() and (reached <= demand.most).all())


def missing(demand: Demand, told: np.ndarray) -> int:
    total = 0
    for (challenge, group), number in demand.least.items():
        here = (demand.challenges[told] == challenge) & (demand.of_group[told] == group)
        total += max(number - int(here.sum()), 0)
    return total


@settings(max_examples=80, deadline=None)
@given(demands())
def test_no_allocation_is_better_than_the_one_that_is_made(demand: Demand) -> None:
    found = allocate(demand)
    best = min(
        (missing(demand, told), -float(demand.usefulness[told].sum()))
        for chosen in product([False, True], repeat=len(demand))
        if is_allowed(demand, told := np.flatnonzero(chosen))
    )
    assert is_allowed(demand, found.chosen)
    assert missing(demand, found.chosen) == best[0] == sum(found.missed.values())
    assert found.value == pytest.approx(-best[1], abs=1e-5)


def test_what_cannot_be_met_is_said() -> None:
    demand = Demand(
        np.array([0]),
        np.array([0]),
        np.array([0.5]),
        np.array([1]),
        np.array([5]),
        least={(0, 0): 3, (0, 1): 1},
    )
    assert allocate(demand).missed == {(0, 0): 2, (0, 1): 1}


def test_nobody_to_tell_is_no_error() -> None:
    nothing = np.zeros(0, np.int64)
    found = allocate(Demand(nothing, nothing, np.zeros(0), nothing, np.array([2]), least={(0, 0): 1}))
    assert len(found.chosen) == 0
    assert found.missed == {(0, 0): 1}


def test_a_challenge_in_need_of_people_gets_them_before_a_popular_one() -> None:
    """Both would rather hear of the first; one of them is told of the second, whom nobody else would hear."""
    demand = Demand(
        np.array([0, 0, 1, 1]),
        np.array([0, 1, 0, 1]),
        np.array([1.0, 0.2, 0.9, 0.3]),
        np.array([1, 1]),
        np.array([5, 5]),
        least={(1, 0): 1},
    )
    found = allocate(demand)
    assert found.chosen.tolist() == [0, 3]
    assert found.missed == {}


@pytest.mark.parametrize(
    ("usefulness", "challenges"), [([0.0, 1.0], [0, 1]), ([1.0], [0, 1]), ([1.0, 1.0], [0, 0])]
)
def test_what_is_no_demand_is_refused(usefulness: list[float], challenges: list[int]) -> None:
    demand = Demand(
        np.zeros(2, np.int64), np.array(challenges), np.array(usefulness), np.array([1]), np.array([1, 1])
    )
    with pytest.raises(ValueError, match=r"lengths|use|twice"):
        allocate(demand)


def test_gini_tells_even_from_uneven() -> None:
    assert gini(np.array([3, 3, 3])) == pytest.approx(0)
    assert gini(np.array([0, 0, 0, 12])) == pytest.approx(0.75)
    assert gini(np.zeros(0)) == 0.0
