"""Lists of challenges as programs read them: filters, the clock, pages and their cost."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Translation, User
from hubs.models import Challenge
from tests import factories
from tests.api.helpers import ids, queries, read
from tests.conftest import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft(owner: User) -> Challenge:
    return factories.make_challenge(factories.make_organisation(owner=owner), status="draft")


def test_the_clock_decides_what_is_open() -> None:
    now = timezone.now()
    opened = factories.make_challenge()
    upcoming = factories.make_challenge(opens_at=now + timedelta(days=1))
    closed = factories.make_challenge(closes_at=now - timedelta(hours=1))
    by_hand = factories.make_challenge(status="closed")
    for phase, expected in (("open", {opened}), ("upcoming", {upcoming}), ("closed", {closed, by_hand})):
        found = read(Client(), f"challenges/?phase={phase}")["results"]
        assert {row["id"] for row in found} == {str(challenge.public_id) for challenge in expected}
        assert {row["phase"] for row in found} == {phase}


def test_filters_find_what_they_name() -> None:
    nodo = factories.make_hub()
    wanted = factories.make_challenge(
        title="Año del agua", state="20", sdgs=["6", "13"], language="en", hub=nodo
    )
    factories.make_challenge(title="Ano y otra cosa", state="19", sdgs=["16"])
    for query in ("state=20", "sdg=6", "language=en", f"hub={nodo.public_id}", "search=AÑO+água"):
        assert ids(Client(), f"challenges/?{query}") == {str(wanted.public_id)}, query
    assert ids(Client(), "challenges/?search=agua+ANO") == set()  # ñ is a letter of its own
    assert ids(Client(), "challenges/?sdg=1") == set()


def test_a_filter_with_a_value_that_cannot_be_is_refused() -> None:
    for query in ("phase=soon", "search=" + "a+" * 1200, "hub=nodo", "status=secret", "language=fr"):
        response = Client().get(f"/api/v1/challenges/?{query}")
        assert response.status_code == 400, query
        assert list(response.json()) == [query.split("=")[0]]


def test_own_finds_ones_own_and_filtering_by_status_shows_no_drafts_of_others(
    draft: Challenge, owner: User, stranger: User
) -> None:
    factories.make_challenge()
    assert ids(signed_in(owner), "challenges/?own=true") == {str(draft.public_id)}
    assert ids(signed_in(stranger), "challenges/?status=draft") == set()
    assert ids(signed_in(owner), "challenges/?status=draft&status=in_review") == {str(draft.public_id)}


def test_pages_go_on_where_the_last_ended() -> None:
    made = [str(factories.make_challenge().public_id) for _ in range(5)]
    seen: list[str] = []
    url = "/api/v1/challenges/?page_size=2"
    while url:
        page = Client().get(url).json()
        seen += [row["id"] for row in page["results"]]
        url = page["next"]
    assert seen == made[::-1]


def test_three_challenges_cost_as_many_queries_as_one(owner: User) -> None:
    agency = factories.make_organisation(owner=owner)

    def add() -> None:
        challenge = factories.make_challenge(agency, needs=("Una", "Otra"))
        Translation.objects.create(record=challenge, field="title", language="en", text="Water")

    add()
    counts = [queries(client, "challenges/") for client in (Client(), signed_in(owner))]
    add()
    add()
    assert [queries(client, "challenges/") for client in (Client(), signed_in(owner))] == counts
