"""The hubs, and the page of one."""

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from hubs.models import HubMembership
from tests import factories
from tests.conftest import signed_in

LIST = reverse("hubs:hub_list")


def test_the_nation_stands_first_and_each_hub_says_how_much_is_open(db: None, client: Client) -> None:
    region = factories.make_hub(name="Acá")
    nation = factories.make_hub("nation", name="Zeta")
    factories.make_challenge(hub=region)
    factories.make_challenge(hub=region, status="draft")
    hubs = client.get(LIST).context["hubs"]
    assert [(hub, hub.open_count) for hub in hubs] == [(nation, 0), (region, 1)]


def test_three_hubs_cost_as_many_queries_as_one(db: None, client: Client) -> None:
    factories.make_hub()
    with CaptureQueriesContext(connection) as one:
        client.get(LIST)
    factories.make_hub()
    factories.make_hub()
    with CaptureQueriesContext(connection) as three:
        client.get(LIST)
    assert len(three) == len(one)


def test_a_hub_shows_its_curators_organisations_and_open_challenges(
    db: None, owner: User, client: Client
) -> None:
    hub = factories.make_hub(curator=owner)
    shown, hidden = factories.make_organisation(), factories.make_organisation()
    hidden.confirmed_at = None
    hidden.save()
    hub.organisations.add(shown, hidden)
    challenge = factories.make_challenge(hub=hub)
    draft = factories.make_challenge(hub=hub, status="draft")
    page = client.get(hub.get_absolute_url()).content.decode()
    assert "Dueña Inventada" in page
    assert owner.email not in page
    assert shown.name in page
    assert hidden.name not in page
    assert challenge.title in page
    assert draft.title not in page


def test_an_unknown_hub_is_not_there(db: None, client: Client) -> None:
    assert client.get(reverse("hubs:hub", args=["nope"])).status_code == 404


def test_joining_and_leaving_are_one_click_each_and_two_clicks_join_once(stranger: User) -> None:
    hub, client = factories.make_hub(), signed_in(stranger)
    url = reverse("hubs:hub_membership", args=[hub.slug])
    client.post(url, {"do": "join"})
    client.post(url, {"do": "join"})
    assert hub.memberships.count() == 1
    client.post(url, {"do": "leave"})
    assert hub.memberships.count() == 0


def test_a_curator_cannot_leave_by_accident(owner: User) -> None:
    hub = factories.make_hub(curator=owner)
    signed_in(owner).post(reverse("hubs:hub_membership", args=[hub.slug]), {"do": "leave"})
    assert HubMembership.objects.filter(hub=hub, role="curator").exists()


def test_joining_needs_an_account(db: None, client: Client) -> None:
    hub = factories.make_hub()
    assert client.post(reverse("hubs:hub_membership", args=[hub.slug])).status_code == 302
    assert hub.memberships.count() == 0
