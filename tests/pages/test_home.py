"""The home page, and what the tags of hubs put on other pages."""

from datetime import timedelta

from django.db import connection
from django.template import Context, Template
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from tests import factories
from tests.conftest import signed_in

HOME = reverse("hubs:home")


def tag(tag: str, **context: object) -> str:
    return Template("{% load challenges %}{% " + tag + " %}").render(Context(context))


def test_it_offers_the_four_ways_in(db: None, client: Client) -> None:
    page = client.get(HOME).content.decode()
    for kind in ("researcher", "startup", "company", "agency"):
        assert reverse("accounts:join_kind", args=[kind]) in page


def test_an_empty_house_still_has_a_home_page(db: None, client: Client) -> None:
    assert client.get(HOME).status_code == 200


def test_what_closes_soon_stands_first(db: None, client: Client) -> None:
    now = timezone.now()
    for days in (9, 3, 6):
        factories.make_challenge(title=f"en {days}", closes_at=now + timedelta(days=days))
    factories.make_challenge(status="draft")
    assert [c.title for c in client.get(HOME).context["challenges"]] == ["en 3", "en 6", "en 9"]


def test_somebody_signed_in_is_led_to_their_matches(stranger: User) -> None:
    assert reverse("matching:my_matches") in signed_in(stranger).get(HOME).content.decode()


def test_three_challenges_cost_as_many_queries_as_one(db: None, client: Client) -> None:
    factories.make_challenge()
    client.get(HOME)  # its figures are kept for a minute
    with CaptureQueriesContext(connection) as one:
        client.get(HOME)
    factories.make_challenge()
    factories.make_challenge()
    with CaptureQueriesContext(connection) as three:
        client.get(HOME)
    assert len(three) == len(one)


def test_my_challenges_lists_those_of_my_organisations_in_every_state(owner: User, stranger: User) -> None:
    factories.make_challenge(factories.make_organisation(owner=owner), status="draft", title="Mi borrador")
    factories.make_challenge(title="Ajeno")
    mine = tag("my_challenges", user=owner)
    assert "Mi borrador" in mine
    assert "Ajeno" not in mine
    assert "Mi borrador" not in tag("my_challenges", user=stranger)


def test_an_organisations_page_does_not_give_away_a_poster_who_hides_its_name(
    owner: User, stranger: User
) -> None:
    poster = factories.make_organisation(owner=owner)
    factories.make_challenge(poster, title="Con nombre")
    factories.make_challenge(poster, title="Sin nombre", poster_shown="kind")
    factories.make_challenge(poster, title="Borrador", status="draft")
    for_others = tag("organisation_challenges organisation", user=stranger, organisation=poster)
    assert "Con nombre" in for_others
    assert "Sin nombre" not in for_others
    assert "Borrador" not in for_others
    own = tag("organisation_challenges organisation", user=owner, organisation=poster)
    assert "Sin nombre" in own
    assert "Borrador" in own
