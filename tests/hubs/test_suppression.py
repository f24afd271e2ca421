"""What is hidden in the country's figures cannot be found out from anything that is told, in any release."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import product

import numpy as np
import pytest
from django.test import override_settings
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from hubs.indicators import figures, suppress
from hubs.indicators.facts import Fact

SECTORS, STATES, HUBS = ("11", "22", "31-33"), ("14", "19", "20"), ("agua", "salud")
MONTHS = ("2026-08", "2026-09", "2026-10")
ATOMS = list(product(SECTORS, STATES, HUBS, MONTHS))
FIGURE = "introductions_accepted"
Set = frozenset[int]  # of places in ATOMS
# Chance goes this far to either side once in a thousand figures; rounding goes two and a half further.
LIKELY = 10 + 2.5


def facts_of(counts: Iterable[int]) -> list[Fact]:
    """So many of each atom, each of an organisation of its own."""
    return [
        Fact(FIGURE, f"{place}:{n}", f"body {n}", date.fromisoformat(f"{month}-15"), sector, state, hub)
        for place, ((sector, state, hub, month), count) in enumerate(zip(ATOMS, counts, strict=True))
        for n in range(count)
    ]


def published(facts: list[Fact], periods: Iterable[str] = MONTHS) -> dict[Set, int | None]:
    """All that is told, in all releases of all places: which atoms each figure counts, and what it says."""
    found: dict[Set, int | None] = {}
    for period in periods:
        for scope, data in figures.releases(facts, period, HUBS).items():
            where = scope.partition(":")[2]
            told = data["figures"][FIGURE]
            for by, codes in {"total": ("",), "sector": SECTORS, "state": STATES, "month": MONTHS}.items():
                if by == "state" and scope.startswith("state:"):
                    continue
                for code in codes:
                    cell = atoms_of(where, by, code, period)
                    if cell:
                        found[cell] = told["total"] if by == "total" else told[by].get(code)
    return found


def atoms_of(where: str, by: str, code: str, period: str) -> Set:
    return frozenset(
        place
        for place, (sector, state, hub, month) in enumerate(ATOMS)
        if where in ("", state, hub)
        and month <= period
        and code in {"total": ("",), "sector": (sector,), "state": (state,), "month": (month,)}[by]
    )


@dataclass
class Attack:
    """Whoever takes each figure for the truth give or take `slack`, knows that what is told is five at least
    and that nothing is negative, and reckons."""

    told: Mapping[Set, float]
    slack: float

    def bounds(self, cell: Set) -> tuple[float, float] | None:
        """Between what the cell must lie; None where the figures contradict each other."""
        rows, limits = [], []
        for atoms, value in self.told.items():
            row = np.isin(np.arange(len(ATOMS)), list(atoms)).astype(float)
            rows += [row, -row]
            limits += [value + self.slack, -max(suppress.LEAST, value - self.slack)]
        aim = np.isin(np.arange(len(ATOMS)), list(cell)).astype(float)
        ends = []
        for sign in (1, -1):
            solved = linprog(sign * aim, A_ub=np.array(rows), b_ub=np.array(limits), bounds=(0, None))
            if solved.status == 2:
                return None
            ends.append(sign * solved.fun if solved.status == 0 else np.inf)
        return ends[0], ends[1]


def small_and_hidden(counts: list[int], told: Mapping[Set, int | None]) -> list[Set]:
    return [cell for cell, n in told.items() if n is None and 1 <= sum(counts[a] for a in cell) <= 4]


counted = st.lists(
    st.one_of(st.just(0), st.just(0), st.integers(0, 3), st.integers(0, 14)),
    min_size=len(ATOMS),
    max_size=len(ATOMS),
)


@settings(max_examples=25, deadline=None)
@given(counted)
def test_no_hidden_count_is_determined_by_everything_published(counts: list[int]) -> None:
    """By sector, state and month, of the country, of all hubs and all states, in three releases together."""
    told = published(facts_of(counts))
    attack = Attack({cell: n for cell, n in told.items() if n is not None}, LIKELY)
    if not attack.told:
        return
    for cell in small_and_hidden(counts, told)[:4]:
        found = attack.bounds(cell)
        assert found is None or found[1] - found[0] >= 2, (cell, found)


def test_the_same_attack_finds_what_is_hidden_among_exact_figures() -> None:
    """So the test above can fail: with the figures as they are, a hidden one is the total less the others."""
    counts = [6] * len(ATOMS)
    for place, (sector, state, _hub, _month) in enumerate(ATOMS):
        if (sector, state) == ("22", "20"):
            counts[place] = 0
    counts[ATOMS.index(("22", "20", "agua", MONTHS[0]))] = 3
    exact = {cell: sum(counts[a] for a in cell) for cell in published(facts_of(counts))}
    known = {cell: n for cell, n in exact.items() if n >= suppress.LEAST}
    hidden = atoms_of("20", "sector", "22", MONTHS[-1])
    assert hidden not in known
    assert Attack(known, 0).bounds(hidden) == pytest.approx((3, 3))


@pytest.mark.parametrize("hidden", [1, 2, 3, 4])
def test_a_total_less_its_other_parts_is_a_poor_guess(hidden: int) -> None:
    """One part of four is hidden: whoever subtracts is right no more often than whoever guesses."""
    right = 0
    for world in range(400):
        parts = [range(n) for n in (14, 11, 9, hidden)]
        keys = [[f"{world}:{part}:{n}" for n in numbers] for part, numbers in enumerate(parts)]
        values = [suppress.told_count(FIGURE, lines(one)) for one in keys]
        total = suppress.told_count(FIGURE, lines(key for one in keys for key in one))
        right += (total or 0) - sum(value or 0 for value in values[:3]) == hidden
    assert right <= 400 * 0.25


@dataclass
class Line:
    key: str
    body: str
    amount: int = 1


def lines(keys: Iterable[str]) -> list[Line]:
    return [Line(key, f"body {n}") for n, key in enumerate(keys)]


@given(st.integers(0, 4), st.integers(0, 50))
def test_under_five_nothing_is_told_and_nobody_is_not_told_from_four(count: int, world: int) -> None:
    assert suppress.told_count(FIGURE, lines(f"{world}:{n}" for n in range(count))) is None


def test_that_something_is_hidden_does_not_prove_that_it_is_under_five() -> None:
    """Else eight in all and two hidden halves would be four each."""
    for count in (5, 6, 7, 8):
        said = {
            suppress.told_count(FIGURE, lines(f"{world}:{n}" for n in range(count))) for world in range(600)
        }
        assert said >= {None, 5, 10}


def test_what_is_told_is_near_the_truth_and_right_on_average() -> None:
    found = [
        suppress.told_count(FIGURE, lines(f"{world}:{n}" for n in range(60))) or 0 for world in range(600)
    ]
    assert all(value % 5 == 0 for value in found)
    assert sum(found) / len(found) == pytest.approx(60, abs=0.6)
    assert Counter(found).most_common(1)[0][0] == 60


def test_the_same_records_are_told_alike_wherever_they_stand_and_one_more_makes_another_figure() -> None:
    """Two releases, or the page of a state and the country's, never say two things of the same records."""
    keys = [f"r{n}" for n in range(20)]
    assert suppress.chance(FIGURE, keys) == suppress.chance(FIGURE, reversed(keys))
    others = {suppress.chance(FIGURE, [*keys, f"s{n}"]) for n in range(50)}
    assert len(others) > 3
    with override_settings(SECRET_KEY="of another installation"):
        elsewhere = [suppress.chance(FIGURE, keys[:n]) for n in range(20)]
    assert elsewhere != [suppress.chance(FIGURE, keys[:n]) for n in range(20)]


def test_a_hub_of_one_organisation_reveals_nothing() -> None:
    one = [Line(f"r{n}", "organisation:1") for n in range(200)]
    assert suppress.told_count(FIGURE, one) is None
    two = [Line(f"r{n}", f"organisation:{n % 2}") for n in range(200)]
    assert suppress.told_count(FIGURE, two) is None
    three = [Line(f"r{n}", f"organisation:{n % 3}") for n in range(200)]
    assert suppress.told_count(FIGURE, three)


def test_a_sum_is_hidden_when_few_gave_it_or_one_gave_most() -> None:
    few = [Line(f"f{n}", f"organisation:{n % 4}", 100_000) for n in range(40)]
    assert suppress.told_sum("funding", few) is None
    one_gives_most = [
        Line("big", "organisation:0", 900_000),
        *(Line(f"s{n}", f"o{n}", 50_000) for n in range(9)),
    ]
    assert suppress.told_sum("funding", one_gives_most) is None
    many = [Line(f"m{n}", f"organisation:{n}", 100_000) for n in range(30)]
    assert suppress.told_sum("funding", many)


def test_a_sum_less_its_other_parts_does_not_give_an_amount_away() -> None:
    """A hidden award is the total less the shown sectors: chance moves it by a good part of an award."""
    off = []
    for world in range(200):
        shown = [Line(f"{world}:a{n}", f"o{n}", 300_000) for n in range(12)]
        hidden = Line(f"{world}:h", "o99", 300_000)
        told = suppress.told_sum("funding", shown), suppress.told_sum("funding", [*shown, hidden])
        off.append(abs((told[1] or 0) - (told[0] or 0) - hidden.amount))
    assert np.median(off) >= 60_000


def test_a_release_holds_nothing_of_what_it_hides() -> None:
    """Not in the database either: what is not told is not in it."""
    counts = [0] * len(ATOMS)
    counts[0] = 4
    data = figures.releases(facts_of(counts), MONTHS[-1], HUBS)
    held: dict[str, int] = defaultdict(int)
    for one in data.values():
        cells = one["figures"][FIGURE]
        assert cells == {"total": None, "sector": {}, "state": {}, "month": {}} or cells["total"] is None
        held["cells"] += len(cells["sector"]) + len(cells["month"])
    assert held["cells"] == 0
