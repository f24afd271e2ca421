"""The country's figures: what counts, what does not, and what is never told."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import override_settings
from django.utils import timezone

from accounts.countries import get_pack
from accounts.models import Profile
from hubs.indicators.svg import columns
from hubs.models import Challenge
from matching.country import charts, counts
from matching.models import CountryFigures
from tests import factories
from tests.matching.letters import make_match

pytestmark = pytest.mark.django_db


def researchers(n: int, **fields: Any) -> list[Profile]:
    return [factories.make_researcher(**{"state": "14", "fields": ["2.7"]} | fields) for _ in range(n)]


def test_open_challenges_are_counted_as_they_are_for_they_are_public() -> None:
    factories.make_challenge(state="14", sector="22", fields=["2.7", "1.5"], needs=("a", "b"))
    factories.make_challenge(state="", sector="22")
    factories.make_challenge(state="14", status="draft")
    factories.make_challenge(state="14", closes_at=timezone.now() - timedelta(hours=1))
    figures = counts.renew().data
    assert (figures["totals"]["asked"], figures["totals"]["needs"]) == (2, 3)
    assert figures["states"]["14"]["asked"] == figures["states"][""]["asked"] == 1
    assert figures["sectors"]["22"]["asked"] == 2
    assert figures["fields"]["2.7"]["asked"] == figures["in_states"]["14"]["areas"]["2"]["asked"] == 1


@pytest.mark.parametrize(("there", "shown"), [(0, False), (4, False), (5, True), (6, True)])
def test_people_are_told_from_five_on_and_never_exactly(there: int, shown: bool) -> None:
    researchers(there)
    figures = counts.renew().data
    state = figures["states"].get("14", {"people": None, "kinds": {"researcher": None}})
    told = [state["people"], state["kinds"]["researcher"], figures["totals"]["people"]]
    told.append(figures["fields"].get("2.7", {"people": None})["people"])
    assert all((n is not None) == shown for n in told)
    assert all(n % 5 == 0 for n in told if n is not None)


def test_what_is_kept_names_nobody_and_holds_no_small_count_of_people() -> None:
    people = researchers(4)
    challenge = factories.make_challenge(state="14", sector="22", fields=["2.7"], title="Pozos con arsénico")
    for person in people:
        make_match(person, challenge)
    kept = json.dumps(counts.renew().data)
    assert all(person.name not in kept for person in people)
    assert "Pozos" not in kept
    assert '"people": 4' not in kept
    assert CountryFigures.objects.get().data["newest"] == []


def test_only_those_whom_everybody_may_see_are_counted() -> None:
    researchers(4)
    researchers(3, visibility="members")
    researchers(3, visibility="nobody")
    researchers(3, confirmed_at=None)
    assert counts.renew().data["totals"]["people"] is None


def test_the_demos_people_and_challenges_count_in_the_demo_alone() -> None:
    researchers(6, is_demo=True)
    factories.make_challenge(state="14", is_demo=True)
    assert counts.renew().data["totals"]["asked"] == 1
    with override_settings(HELICE_DEMO=False):
        figures = counts.renew().data
    assert (figures["totals"]["asked"], figures["totals"]["people"]) == (0, None)
    assert sum(figures["published"].values()) == 0


def test_the_newest_are_told_by_field_and_state_and_elsewhere_by_field_alone() -> None:
    water = factories.make_challenge(fields=["2.7"])
    law = factories.make_challenge(fields=["5.5"])
    for person in researchers(6, state="20"):
        make_match(person, water)
    for state in ("01", "02", "03", "04", "05", "06"):
        make_match(researchers(1, state=state)[0], law)
    newest = counts.renew().data["newest"]
    assert {(one["field"], one["state"]) for one in newest} == {("2.7", "20"), ("5.5", "")}
    Challenge.objects.update(status="withdrawn")
    assert counts.renew().data["newest"] == []


def test_somebody_with_many_matches_is_one_person() -> None:
    one = researchers(1)[0]
    for _ in range(7):
        make_match(one, factories.make_challenge(state="14", sector="22", fields=["2.7"]))
    figures = counts.renew().data
    assert figures["meeting"] == {"22": {"2": None}}
    assert figures["totals"]["fitting"] is None
    assert figures["totals"]["met"] == 7  # challenges, which are public


def test_how_many_fitted_is_carried_on_from_month_to_month() -> None:
    now = timezone.now()
    for person in researchers(6):
        make_match(person, factories.make_challenge())
    first = counts.renew(now).data["fitting"]
    later = counts.renew(now + timedelta(days=20)).data
    assert first.items() <= later["fitting"].items()
    assert set(counts.renew(now + timedelta(days=800)).data["fitting"]) <= set(
        counts._months(now + timedelta(days=800))
    )


def test_each_state_has_a_tile_of_its_own_near_its_neighbours() -> None:
    states = get_pack("MX").states
    at = {
        code: (int(states.value(code, "tile_column")), int(states.value(code, "tile_row")))
        for code in states.codes
    }
    assert len(set(at.values())) == len(states) == 32
    apart = [
        max(abs(at[code][0] - at[other][0]), abs(at[code][1] - at[other][1]))
        for code in states.codes
        for other in states.value(code, "neighbours").split()
    ]
    assert max(apart) <= 3
    assert sum(apart) / len(apart) < 1.3


def test_a_hidden_value_has_no_size_in_any_chart() -> None:
    lines = charts.pairs([(3, 1, None), (0, 0, 40)]).lines
    assert (lines[0].right_width, lines[0].left_width > lines[0].part_width > 0) == (0, True)
    assert lines[1].left_width == 0
    assert charts.level(None, 40) == charts.level(0, 40) == 0
    assert charts.level(1, 40) == 1
    assert charts.level(40, 40) == charts.LEVELS
    assert columns([None, 5]).columns[0].height == 0
