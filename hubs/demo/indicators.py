"""Releases of the demo: a year of a country at work, invented like its people, and marked so on the page."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from random import Random

from django.conf import settings
from django.utils import timezone

from ..actions.releases import release_month
from ..indicators.facts import Fact, zone
from ..indicators.figures import last_day, month_before, months_to
from ..models import Challenge

RELEASES = 3
SEED = 20_26
# A month's usual number at the end of the year, and what one of it amounts to, from and to
USUAL: dict[str, tuple[int, tuple[int, int]]] = {
    "challenges": (12, (1, 1)),
    "responses": (34, (1, 1)),
    "introductions_asked": (58, (1, 1)),
    "introductions_accepted": (27, (1, 1)),
    "consortia": (7, (1, 1)),
    "agreements": (4, (1, 2)),
    "funding": (5, (350_000, 2_400_000)),
    "gpu_hours": (4, (400, 3_000)),
    "cpu_hours": (5, (5_000, 40_000)),
    "retained": (4, (1, 4)),
    "returned": (3, (1, 2)),
    "people_engaged": (90, (1, 1)),
    "organisations_engaged": (48, (1, 1)),
}
PEOPLE, ORGANISATIONS = 240, 110


def load_releases(now: datetime) -> None:
    """Those of the last months that are over; nothing where this is not the demo: there nothing invented
    counts."""
    if not settings.HELICE_DEMO:
        return
    period = month_before(timezone.localtime(now, zone()).date())
    facts = list(invented(period))
    for month in months_to(period)[-RELEASES:]:
        release_month(period=month, facts=facts)


def invented(period: str) -> Iterator[Fact]:
    """Fourteen months that end with the period, each with a little more than the one before."""
    random = Random(SEED)  # noqa: S311 - the same demo every time
    rows = Challenge.objects.filter(is_demo=True).exclude(sector="").exclude(state="").order_by("pk")
    places = list(rows.values_list("sector", "state", "hub__slug"))
    if not places:
        return
    year = months_to(period)
    months = [*months_to(year[0])[-RELEASES:-1], *year]
    for place, month in enumerate(months):
        share = 0.3 + 0.7 * place / (len(months) - 1)
        for figure, (usual, amounts) in USUAL.items():
            for number in range(round(usual * share * random.uniform(0.8, 1.2))):
                yield _fact(random, figure, month, number, amounts, places)


def _fact(
    random: Random,
    figure: str,
    month: str,
    number: int,
    amounts: tuple[int, int],
    places: Sequence[tuple[str, str, str]],
) -> Fact:
    # The first places are where most happens.
    sector, state, hub = places[min(int(random.expovariate(6 / len(places))), len(places) - 1)]
    body, key = f"organisation:{random.randrange(ORGANISATIONS)}", f"{figure}:{month}:{number}"
    if figure == "people_engaged":
        key = f"person:{random.randrange(PEOPLE)}"
    elif figure == "organisations_engaged":
        key = body
    day = date.fromisoformat(f"{month}-01") + timedelta(days=random.randrange(last_day(month).day))
    return Fact(figure, key, body, day, sector, state, hub, random.randint(*amounts))
