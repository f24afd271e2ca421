from collections.abc import Iterable
from dataclasses import replace
from itertools import combinations, permutations
from random import Random

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from matching.teams import MEMBER, Problem, fits, propose, shared_out

SIDES = ("academia", "industry", "government")


@st.composite
def problems(draw: st.DrawFn) -> Problem:
    needs, people = draw(st.integers(1, 4)), draw(st.integers(2, 7))
    values = draw(
        st.lists(
            st.lists(st.sampled_from([0.0, 0.0, 0.3, 0.55, 0.8, 1.0]), min_size=people, max_size=people),
            min_size=needs,
            max_size=needs,
        )
    )
    person = st.integers(0, people - 1)
    return Problem(
        np.array(draw(st.lists(st.sampled_from([1.0, 0.7, 0.3]), min_size=needs, max_size=needs))),
        np.array(values),
        draw(st.lists(st.sampled_from(SIDES), min_size=people, max_size=people)),
        draw(st.sampled_from([(), SIDES, SIDES[:2]])),
        draw(st.lists(st.integers(1, 2), min_size=people, max_size=people)),
        draw(st.lists(st.tuples(person, person).filter(lambda pair: pair[0] != pair[1]), max_size=3)),
        frozenset(draw(st.sets(person, max_size=1))),
        smallest=2,
        largest=draw(st.integers(2, 4)),
    )


def covered_by(problem: Problem, members: tuple[int, ...]) -> float | None:
    """The most that these cover when all but the fixed lead something; None where that cannot be."""
    best = None
    places = [m for m in members for _ in range(int(problem.most[m]))]
    needs = range(len(problem.weights))
    places += [-1] * len(needs)  # a need that nobody leads
    for chosen in set(permutations(places, len(needs))):
        pairs = [(k, m) for k, m in zip(needs, chosen, strict=True) if m >= 0]
        if any(problem.gains[pair] == 0 for pair in pairs):
            continue
        if set(members) - problem.fixed - {m for _, m in pairs}:
            continue
        value = float(sum(problem.gains[pair] for pair in pairs))
        best = value if best is None else max(best, value)
    return best


def best_of_all(problem: Problem) -> float | None:
    found = []
    people = range(problem.values.shape[1])
    for size in range(problem.smallest, problem.largest + 1):
        for members in combinations(people, size):
            value = covered_by(problem, members) if fits(problem, members) else None
            found += [] if value is None else [value - MEMBER * size]
    return max(found, default=None)


@settings(max_examples=60, deadline=None)
@given(problems())
def test_the_first_team_is_the_best_that_there_is(problem: Problem) -> None:
    best = best_of_all(problem)
    assume(best is not None)
    assert best is not None
    team = propose(problem, count=1)[0]
    assert team.optimal
    assert team.covered - MEMBER * len(team.members) == pytest.approx(best, abs=1e-5)


@settings(max_examples=60, deadline=None)
@given(problems())
def test_every_team_keeps_every_condition_and_differs_from_those_before(problem: Problem) -> None:
    teams = propose(problem)
    for team in teams:
        assert fits(problem, team.members)
        assert set(team.leads.values()) | set(team.supports) | problem.fixed >= set(team.members)
        assert set(team.leads.values()) <= set(team.members)
        for member in team.members:
            assert list(team.leads.values()).count(member) <= problem.most[member]
        gains: Iterable[float] = (problem.gains[pair] for pair in team.leads.items())
        assert team.covered == pytest.approx(sum(gains))
    for one, other in combinations(teams, 2):
        free = set(one.members) - problem.fixed
        assert len(free & set(other.members)) <= len(free) // 2


@settings(max_examples=30, deadline=None)
@given(problems(), st.randoms())
def test_the_order_of_candidates_changes_nothing_but_ties(problem: Problem, random: Random) -> None:
    n = problem.values.shape[1]
    order = list(range(n))
    random.shuffle(order)
    place = {old: new for new, old in enumerate(order)}
    assert problem.capacity is not None
    other = replace(
        problem,
        values=problem.values[:, order],
        groups=[problem.groups[old] for old in order],
        capacity=[problem.capacity[old] for old in order],
        conflicts=[(place[a], place[b]) for a, b in problem.conflicts],
        fixed=frozenset(place[old] for old in problem.fixed),
    )
    one, two = propose(problem, count=1), propose(other, count=1)
    assert len(one) == len(two)
    if one:
        assert one[0].covered == pytest.approx(two[0].covered, abs=MEMBER * 4)
        worth = [team.covered - MEMBER * len(team.members) for team in (one[0], two[0])]
        assert worth[0] == pytest.approx(worth[1], abs=1e-5) or one[0].supports or two[0].supports


def helix(largest: int = 4) -> Problem:
    """Candidates 0 and 1 are academia, 2 and 3 industry, 4 government."""
    values = np.array([[0.9, 0.5, 0, 0, 0], [0, 0, 0.8, 0.6, 0], [0, 0.1, 0, 0, 0.7]])
    groups = ["academia", "academia", "industry", "industry", "government"]
    return Problem(np.ones(3), values, groups, SIDES, largest=largest)


def test_a_team_tells_who_covers_what_and_what_each_adds() -> None:
    [team, *_] = propose(helix())
    assert team.members == (0, 2, 4)
    assert team.leads == {0: 0, 1: 2, 2: 4}
    assert team.uncovered(3) == []
    assert team.adds[0] == pytest.approx(0.9 / 3)


def test_a_team_tells_who_could_take_somebodys_place() -> None:
    [team, *_] = propose(helix())
    assert team.instead[0] == (1,)
    assert team.instead[2] == (3,)
    assert team.instead[4] == ()


def test_somebody_who_is_in_already_stays_and_the_missing_partner_is_found() -> None:
    [team, *_] = propose(replace(helix(largest=3), fixed=frozenset({1, 3})))
    assert team.members == (1, 3, 4)


def test_without_government_among_the_candidates_there_is_no_team_of_all_three() -> None:
    assert propose(replace(helix(), out=frozenset({4}))) == []


def test_a_challenge_with_one_need_has_a_team_whose_others_support() -> None:
    problem = Problem(np.ones(1), np.array([[0.9, 0.6, 0.5]]), SIDES, SIDES)
    [team] = propose(problem)
    assert team.members == (0, 1, 2)
    assert team.leads == {0: 0}
    assert team.supports == {1: 0, 2: 0}


def test_whoever_covers_nothing_is_in_no_team() -> None:
    values = np.array([[0.9, 0, 0.4], [0.2, 0, 0.9]])
    teams = propose(Problem(np.ones(2), values, ["academia", "academia", "industry"]))
    assert teams
    assert not any(1 in team.members for team in teams)


def test_two_in_conflict_are_never_in_one_team() -> None:
    teams = propose(replace(helix(), conflicts=[(0, 2)]))
    assert teams
    assert not any({0, 2} <= set(team.members) for team in teams)


def test_needs_are_shared_out_within_what_each_can_take() -> None:
    problem = Problem(np.ones(3), np.array([[0.9, 0.1], [0.8, 0.2], [0.7, 0.3]]), SIDES[:2], capacity=[1, 3])
    leads, covered = shared_out(problem, (0, 1))
    assert list(leads.values()).count(0) == 1
    assert covered == pytest.approx((0.9 + 0.2 + 0.3) / 3)


@pytest.mark.parametrize(
    "change",
    [
        {"weights": np.array([1.0])},
        {"weights": np.array([1.0, 0.0, 1.0])},
        {"values": np.full((3, 5), 1.5)},
    ],
)
def test_what_is_no_problem_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"needs|between|lengths"):
        propose(replace(helix(), **change))  # type: ignore[arg-type]
