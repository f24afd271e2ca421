"""The figures: what each counts, and how the facts of a place become its release.

A release holds the twelve months that end with its period. What it holds is what is told (see suppress.py):
what is hidden is not in it, so that no page, no file and no copy of the database knows more.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.conf import settings

from accounts.countries import get_pack

from .engaged import facts as engaged
from .facts import SOURCES, Days, Fact
from .suppress import told_count, told_sum

MONTHS = 12
LATELY = timedelta(days=90)
COUNTRY = "country"
Told = dict[str, Any]


@dataclass(frozen=True)
class Figure:
    """`unit`: what one of it is. Whatever has an amount is summed, everything else is counted; `lately`: of
    the last ninety days instead of the twelve months."""

    name: str
    unit: str
    summed: bool = False
    lately: bool = False

    def told(self, facts: Iterable[Fact]) -> int | None:
        return told_sum(self.name, facts) if self.summed else told_count(self.name, facts)

    def exact(self, facts: Iterable[Fact]) -> int:
        """As it is, with nothing hidden and nothing rounded: never for a page."""
        return sum(fact.amount for fact in facts) if self.summed else len({fact.key for fact in facts})


FIGURES = (
    Figure("challenges", "challenges"),
    Figure("responses", "responses"),
    Figure("introductions_asked", "introductions"),
    Figure("introductions_accepted", "introductions"),
    Figure("consortia", "consortia"),
    Figure("agreements", "agreements", summed=True),
    Figure("funding", "MXN", summed=True),
    Figure("gpu_hours", "hours", summed=True),
    Figure("cpu_hours", "hours", summed=True),
    Figure("retained", "people", summed=True),
    Figure("returned", "people", summed=True),
    Figure("people_engaged", "people", lately=True),
    Figure("organisations_engaged", "organisations", lately=True),
)
BY_NAME = {figure.name: figure for figure in FIGURES}
DIMENSIONS = ("sector", "state", "month")


def hub_scope(slug: str) -> str:
    return f"hub:{slug}"


def state_scope(code: str) -> str:
    return f"state:{code}"


def all_facts() -> list[Fact]:
    """All that happened until now."""
    return [*(fact for source in SOURCES for fact in source()), *engaged()]


def months_to(period: str) -> list[str]:
    """The twelve that end with it."""
    place = int(period[:4]) * 12 + int(period[5:]) - 1
    return [f"{one // 12}-{one % 12 + 1:02d}" for one in range(place - MONTHS + 1, place + 1)]


def first_day(month: str) -> date:
    return date.fromisoformat(f"{month}-01")


def last_day(month: str) -> date:
    return (first_day(month) + timedelta(days=32)).replace(day=1) - timedelta(days=1)


def month_before(today: date) -> str:
    """The last month that is over."""
    return f"{today.replace(day=1) - timedelta(days=1):%Y-%m}"


def releases(facts: Iterable[Fact], period: str, hubs: Iterable[str]) -> dict[str, Told]:
    """The release of the country, of each state and of each of the hubs, by scope."""
    by_scope: dict[str, list[Fact]] = defaultdict(list)
    days = Days(first_day(months_to(period)[0]), last_day(period))
    for fact in facts:
        if not days.holds(fact.on):
            continue
        by_scope[COUNTRY].append(fact)
        by_scope[state_scope(fact.state)].append(fact)
        by_scope[hub_scope(fact.hub)].append(fact)
    states = get_pack(settings.HELICE_COUNTRY).states.codes
    scopes = [COUNTRY, *map(state_scope, states), *map(hub_scope, hubs)]
    return {scope: release(by_scope[scope], period, scope) for scope in scopes}


def preview(facts: Iterable[Fact], period: str) -> dict[str, int]:
    """The country's exact figures of the twelve months that end with a month, for whoever reads the database
    anyhow: an operator."""
    year = Days(first_day(months_to(period)[0]), last_day(period))
    by_figure: dict[str, list[Fact]] = defaultdict(list)
    for fact in facts:
        days = _lately(period) if BY_NAME[fact.figure].lately else year
        if days.holds(fact.on):
            by_figure[fact.figure].append(fact)
    return {figure.name: figure.exact(by_figure[figure.name]) for figure in FIGURES}


def _lately(period: str) -> Days:
    return Days(last_day(period) - LATELY + timedelta(days=1), last_day(period))


def release(facts: Iterable[Fact], period: str, scope: str = COUNTRY) -> Told:
    """What is told of a place, figure by figure: in all, and by sector, state and month."""
    by_figure: dict[str, list[Fact]] = defaultdict(list)
    for fact in facts:
        by_figure[fact.figure].append(fact)
    return {
        "demo": settings.HELICE_DEMO,
        "figures": {figure.name: _split(figure, by_figure[figure.name], period, scope) for figure in FIGURES},
    }


def _split(figure: Figure, facts: list[Fact], period: str, scope: str) -> Told:
    lately = _lately(period)
    counted = [fact for fact in facts if not figure.lately or lately.holds(fact.on)]
    cells: dict[str, dict[str, list[Fact]]] = {name: defaultdict(list) for name in DIMENSIONS}
    for fact in counted:
        cells["sector"][fact.sector].append(fact)
        if not scope.startswith("state:"):
            cells["state"][fact.state].append(fact)
    for fact in facts:
        cells["month"][f"{fact.on:%Y-%m}"].append(fact)
    found: Told = {"total": figure.told(counted)}
    for name, of_codes in cells.items():
        told = {code: figure.told(of_code) for code, of_code in of_codes.items() if code}
        found[name] = {code: value for code, value in sorted(told.items()) if value is not None}
    return found
