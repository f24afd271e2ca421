"""Which needs nobody covers, which of them are one gap, and that a gap stays itself from night to night."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from matching import gaps
from matching.gaps import Asked, groups, same_as_before, uncovered, words_of
from matching.ranking.strength import POSSIBLE

Floats = NDArray[np.float32]
USUAL = np.broadcast_to(np.array([0.0, 0.1], np.float32), (2, 2, 2))


def asked(vectors: object, keys: object = None, languages: object = None) -> Asked:
    rows = np.asarray(vectors, np.float32)
    rows = rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-6)
    number = np.arange(len(rows)) if keys is None else np.asarray(keys, np.int64)
    spoken = np.zeros(len(rows), np.int64) if languages is None else np.asarray(languages, np.int64)
    return Asked(number, rows, spoken)


def subjects(count: int, each: int, seed: int = 1) -> Asked:
    """So many subjects far from each other, each asked about several times, in both languages."""
    chance = np.random.default_rng(seed)
    middles = np.repeat(np.eye(count, 24), each, axis=0)
    vectors = middles + chance.normal(0, 0.05, (count * each, 24))
    return asked(vectors, languages=np.arange(count * each) % 2)


def test_a_need_is_covered_from_the_least_word_that_the_site_shows() -> None:
    best = np.array([POSSIBLE - 0.001, POSSIBLE, 2.0, -1.0, np.nan], np.float32)
    assert uncovered(best).tolist() == [True, False, False, True, True]


def test_what_is_asked_about_one_subject_in_both_languages_is_one_gap() -> None:
    found = groups(subjects(4, 6), USUAL)
    assert [sorted(keys) for keys in found] == [list(range(at, at + 6)) for at in range(0, 24, 6)]


def test_a_need_like_no_other_is_a_gap_of_its_own() -> None:
    assert groups(asked(np.eye(3)), USUAL) == [[0], [1], [2]]


def test_nothing_asked_is_no_gap() -> None:
    assert groups(asked(np.zeros((0, 3))), USUAL) == []


def test_a_gap_lists_first_what_is_nearest_to_its_middle() -> None:
    # Two of three point the same way; the third leans away from them.
    found = groups(asked([[1, 0.3], [1, 0], [1, 0.02]], keys=[7, 5, 9]), USUAL)
    assert found == [[9, 5, 7]]


def test_a_chain_of_neighbours_is_not_one_gap() -> None:
    """Each is near to the next, and the first far from the last."""
    angles = np.linspace(0, np.pi / 2, 12)
    chain = asked(np.stack([np.cos(angles), np.sin(angles)], axis=1))
    pairs = np.broadcast_to(np.array([0.0, 0.3], np.float32), (2, 2, 2))
    assert len(groups(chain, pairs)) > 1


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 30), st.integers(0, 10_000), st.randoms(use_true_random=False))
def test_the_order_in_which_needs_come_changes_nothing(count: int, seed: int, chance: object) -> None:
    source = np.random.default_rng(seed)
    found = asked(source.normal(size=(count, 4)), languages=source.integers(0, 2, count))
    order = np.arange(count)
    chance.shuffle(order)  # type: ignore[attr-defined]
    assert groups(found, USUAL) == groups(found.take(order), USUAL)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 30), st.integers(0, 10_000), st.floats(1, 8))
def test_every_need_is_in_exactly_one_gap(count: int, seed: int, least: float) -> None:
    found = asked(np.random.default_rng(seed).normal(size=(count, 3)))
    together = groups(found, USUAL, least)
    assert sorted(key for keys in together for key in keys) == list(range(count))


@settings(max_examples=40, deadline=None)
@given(st.integers(2, 24), st.integers(0, 10_000))
def test_parts_compared_by_themselves_give_what_comparing_everything_gives(count: int, seed: int) -> None:
    """Against SciPy's average linkage over all needs at once."""
    from scipy.cluster.hierarchy import fcluster, linkage

    found = asked(np.random.default_rng(seed).normal(size=(count, 3)))
    near = gaps.alike(found, found, USUAL).astype(np.float64)
    upper = np.triu_indices(count, 1)
    values = (near[upper] + near.T[upper]) / 2
    top = max(float(values.max()), gaps.TOGETHER)
    labels = fcluster(linkage(top - values, "average"), top - gaps.TOGETHER, "distance")
    whole = {frozenset(np.flatnonzero(labels == label).tolist()) for label in np.unique(labels)}
    assert {frozenset(keys) for keys in groups(found, USUAL)} == whole


def test_chance_pairs_of_each_two_languages_are_measured_by_themselves() -> None:
    """English needs that lie all near each other are no gap for that."""
    chance = np.random.default_rng(3)
    spanish, english = chance.normal(size=(60, 16)), chance.normal(size=(60, 16)) + 1.5
    found = gaps.usual(asked(np.r_[spanish, english], languages=np.repeat([0, 1], 60)))
    assert found[1, 1, 0] > 0.5 > abs(found[0, 0, 0])
    assert found[0, 1].tolist() == pytest.approx(found[1, 0].tolist(), abs=1e-5)


def test_a_catalogue_with_few_needs_leans_on_what_is_usual() -> None:
    found = gaps.usual(asked(np.zeros((0, 4))))
    assert found.reshape(4, 2).tolist() == [pytest.approx([0, gaps.SPREAD])] * 4


def of(*needs: int) -> frozenset[int]:
    return frozenset(needs)


def test_a_gap_that_loses_and_wins_needs_stays_itself() -> None:
    assert same_as_before({4: of(1, 2, 3)}, [of(8, 9), of(2, 3, 7)]) == ([None, 4], {})


def test_of_two_parts_the_larger_stays_the_gap() -> None:
    assert same_as_before({4: of(1, 2, 3)}, [of(1), of(2, 3)]) == ([None, 4], {})


def test_of_two_gaps_that_become_one_the_one_with_more_there_stays_and_the_other_goes_into_it() -> None:
    assert same_as_before({4: of(1), 6: of(2, 3)}, [of(1, 2, 3)]) == ([6], {4: 0})


def test_of_equals_the_older_gap_stays() -> None:
    assert same_as_before({6: of(2), 4: of(1)}, [of(1, 2)]) == ([4], {6: 0})


def test_a_gap_whose_needs_are_gone_is_nobodys() -> None:
    assert same_as_before({4: of(1)}, [of(2)]) == ([None], {})


partitions = st.dictionaries(st.integers(1, 12), st.integers(1, 4), max_size=12)


@settings(max_examples=200, deadline=None)
@given(partitions, partitions)
def test_no_name_is_given_twice_and_none_is_lost_that_could_stay(
    old: dict[int, int], new: dict[int, int]
) -> None:
    before = {gap: frozenset(need for need in old if old[need] == gap) for gap in set(old.values())}
    labels = sorted(set(new.values()))
    now = [frozenset(need for need in new if new[need] == label) for label in labels]
    names, into = same_as_before(before, now)
    given_names = [name for name in names if name is not None]
    assert len(given_names) == len(set(given_names))
    assert not set(into) & set(given_names)
    for gap, needs in before.items():
        there = {place for place, mine in enumerate(now) if mine & needs}
        assert (gap in given_names or gap in into) == bool(there)
        if gap in given_names:
            assert names.index(gap) in there


def test_shared_words_leave_out_grammar_and_what_only_one_says() -> None:
    texts = ["Reciclar baterías de litio", "Baterías de litio más seguras", "Celdas para autobuses"]
    assert words_of(texts) == ["baterías", "litio"]
    assert words_of(["Recycle lithium batteries"]) == []
