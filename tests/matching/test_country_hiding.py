"""A hidden count of people cannot be found out from what is told beside it."""

from collections import Counter, defaultdict
from itertools import product

import pytest
from django.test import override_settings

from matching.country.hiding import LEAST, told


def test_fewer_than_five_are_never_told_and_nobody_is_not_told_from_four() -> None:
    assert {told(n, f"cell {cell}") for n in range(LEAST) for cell in range(200)} == {None}


def test_what_is_told_is_a_multiple_of_five_near_the_truth_and_right_on_average() -> None:
    found = [told(40, f"cell {n}") or 0 for n in range(2000)]
    assert all(value % 5 == 0 for value in found)
    assert sum(found) / len(found) == pytest.approx(40, abs=0.3)
    assert Counter(found).most_common(1)[0][0] == 40


def test_the_same_count_is_always_told_alike_so_that_asking_again_teaches_nothing() -> None:
    assert {told(23, "states:14") for _ in range(50)} == {told(23, "states:14")}


def test_whoever_does_not_know_the_secret_cannot_reckon_the_chance_away() -> None:
    mine = [told(22, f"cell {n}") for n in range(100)]
    with override_settings(SECRET_KEY="of another installation"):
        assert [told(22, f"cell {n}") for n in range(100)] != mine


def test_eight_in_all_do_not_prove_that_two_hidden_cells_are_four_each() -> None:
    """Every total that five to eight people can give, all their other sums can give too."""
    said = {total: {told(total, f"cell {n}") for n in range(500)} for total in (5, 6, 7, 8)}
    assert said[5] & said[6] & said[7] & said[8] >= {5, 10}


def test_which_cells_are_hidden_leaves_each_of_them_several_values() -> None:
    """Every table of two by two with its totals: whoever sees which of them are hidden cannot tell a cell."""
    possible: dict[tuple[bool, ...], set[int]] = defaultdict(set)
    for a, b, c, d in product(range(7), repeat=4):
        page = (a, b, c, d, a + b, c + d, a + c, b + d)
        if a < LEAST:
            possible[tuple(n < LEAST for n in page)].add(a)
    assert min(len(values) for values in possible.values()) > 1
