"""Once a week it is decided for everybody at once who hears of what; national curators see how."""

from typing import Any

import numpy as np
import pytest
from django.urls import reverse

from accounts.models import Cadence, User
from hubs.models import Challenge, Need
from matching.allocation import Demand, plain
from matching.models import AllocationRound
from matching.pipeline.allocating import keep_round
from tests import factories
from tests.conftest import signed_in
from tests.matching.letters import make_match, wants

pytestmark = pytest.mark.django_db


def made_round() -> AllocationRound:
    made = keep_round()
    assert made
    return made


def test_top_k_gives_everybody_their_best_and_no_more_than_their_budget() -> None:
    demand = Demand(
        np.array([1, 0, 0, 0, 1]),
        np.array([0, 0, 1, 2, 1]),
        np.array([0.2, 0.3, 0.9, 0.5, 0.1]),
        np.array([2, 0]),
        np.array([9, 9, 9]),
    )
    assert plain(demand).tolist() == [2, 3]


def test_a_challenge_in_need_of_companies_is_told_to_one_before_those_who_fit_better() -> None:
    """Six challenges fit a company better than the one that nobody else from industry would hear of."""
    owner = factories.make_user()
    company = factories.make_profile(factories.make_organisation("company", owner=owner))
    needy = factories.make_challenge(needs_helices=False)
    Need.objects.filter(challenge=needy).update(sought="company")
    make_match(company, needy, score=0.1)
    for _ in range(6):
        other = factories.make_challenge(needs_helices=False)
        make_match(company, other, score=0.9)
    made = made_round()
    told = set(made.allocated.values_list("challenge", flat=True))
    assert needy.pk in told
    assert len(told) == 5
    assert made.report["told"] == [5, 5]
    assert made.report["missed"] == [2, 3]  # of the three companies it wants there is one


def test_who_wants_no_letters_is_in_no_round() -> None:
    user = factories.make_user()
    make_match(factories.make_researcher(user), factories.make_challenge())
    wants(user.person, Cadence.NEVER)
    assert made_round().report["pairs"] == 0


def test_the_poster_and_those_who_post_with_it_are_not_told_of_their_own() -> None:
    user = factories.make_user()
    challenge = factories.make_challenge()
    other = factories.make_organisation("government", member=user)
    challenge.co_posters.create(organisation=other, state="accepted")
    make_match(factories.make_researcher(user), challenge)
    assert made_round().report["pairs"] == 0


def test_the_report_says_on_whom_attention_fell() -> None:
    user = factories.make_user()
    startup = factories.make_profile(
        factories.make_organisation("startup", owner=user, size="micro"), state="05"
    )
    challenge = factories.make_challenge(factories.make_organisation("government", size="large"), state="19")
    make_match(startup, challenge)
    exposure = made_round().report["exposure"]
    assert exposure["readers"]["state"]["rows"] == [{"code": "05", "of": 1, "items": [1, 1]}]
    assert exposure["readers"]["kind"]["rows"][0]["code"] == "startup"
    assert exposure["readers"]["size"]["rows"][0]["code"] == "micro"
    assert exposure["posters"]["state"]["rows"][0]["code"] == "19"
    assert exposure["posters"]["kind"]["rows"][0]["code"] == "government"


def may_read(user: User) -> list[int]:
    client = signed_in(user)
    addresses = [reverse("matching:round_list"), reverse("matching:round", args=["2026-W48"])]
    return [client.get(address).status_code for address in addresses]


def test_operators_and_national_curators_read_it_and_nobody_else(stranger: User, owner: User) -> None:
    report: dict[str, Any] = made_round().report
    AllocationRound.objects.all().delete()
    AllocationRound.objects.create(period="2026-W48", report=report, done_at="2026-11-22T17:00Z")
    region = factories.make_user()
    factories.make_hub("region", curator=region)
    factories.make_hub("nation", curator=owner)
    operator = factories.make_user(is_superuser=True, is_staff=True)
    assert may_read(owner) == may_read(operator) == [200, 200]
    assert may_read(stranger) == may_read(region) == [404, 404]


def test_the_page_has_the_names_of_states_and_both_ways_side_by_side(owner: User) -> None:
    factories.make_hub("nation", curator=owner)
    reader = factories.make_user()
    make_match(factories.make_researcher(reader, state="05"), factories.make_challenge())
    made = made_round()
    page = signed_in(owner).get(reverse("matching:round", args=[made.period])).content.decode()
    assert "Coahuila" in page
    assert "top-k" in page
    assert Challenge.objects.get().title not in page


def test_a_national_curator_finds_it_beside_the_texts_to_look_at(owner: User, stranger: User) -> None:
    factories.make_hub("nation", curator=owner)
    factories.make_hub("region", curator=stranger)
    address = reverse("matching:round_list")
    assert address in signed_in(owner).get(reverse("matching:suspects")).content.decode()
    assert address not in signed_in(stranger).get(reverse("matching:suspects")).content.decode()
