"""Hubs as programs read them."""

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Translation, User
from hubs.models import Hub
from tests import factories
from tests.api.helpers import ids, queries, read, send
from tests.conftest import signed_in

pytestmark = pytest.mark.django_db


def path(hub: Hub) -> str:
    return f"hubs/{hub.public_id}/"


def test_everybody_reads_the_same_hub(owner: User, teammate: User, stranger: User) -> None:
    hub = factories.make_hub(name="Nodo Oaxaca", state="20", curator=owner)
    Translation.objects.create(record=hub, field="name", language="en", text="Oaxaca hub")
    bodies = [read(client, path(hub)) for client in (Client(), *map(signed_in, (owner, teammate, stranger)))]
    assert all(body == bodies[0] for body in bodies)
    assert (bodies[0]["slug"], bodies[0]["labels"]["state"]) == (hub.slug, "Oaxaca")
    assert bodies[0]["translations"][0]["text"] == "Oaxaca hub"
    assert "Dueña" not in str(bodies[0])


def test_only_challenges_that_are_open_now_are_counted() -> None:
    hub = factories.make_hub()
    factories.make_challenge(hub=hub)
    factories.make_challenge(hub=hub)
    factories.make_challenge(hub=hub, closes_at=timezone.now())
    factories.make_challenge(hub=hub, status="draft")
    assert read(Client(), path(hub))["open_challenges"] == 2


def test_nobody_writes_hubs_here(owner: User) -> None:
    hub = factories.make_hub(curator=owner)
    for client in (signed_in(owner), Client()):
        assert send(client, "patch", path(hub), {"name": "Mío"}).status_code in (403, 405)
        assert send(client, "post", "hubs/", {"name": "Otro"}).status_code in (403, 405)
    assert Hub.objects.get().name == hub.name


def test_filters_find_what_they_name() -> None:
    hub = factories.make_hub("theme", name="Nodo del Año", state="")
    factories.make_hub("region", name="Nodo Ano", state="20")
    for query in ("kind=theme", "search=año", f"slug={hub.slug}"):
        assert ids(Client(), f"hubs/?{query}") == {str(hub.public_id)}, query
    assert len(ids(Client(), "hubs/?state=20")) == 1


def test_three_hubs_cost_as_many_queries_as_one() -> None:
    def add() -> None:
        hub = factories.make_hub()
        Translation.objects.create(record=hub, field="name", language="en", text="Hub")
        factories.make_challenge(hub=hub)

    add()
    count = queries(Client(), "hubs/")
    add()
    add()
    assert queries(Client(), "hubs/") == count


def test_pages_hold_every_hub_once() -> None:
    made = {str(factories.make_hub().public_id) for _ in range(5)}
    seen: list[str] = []
    url = "/api/v1/hubs/?page_size=2"
    while url:
        page = Client().get(url).json()
        seen += [row["id"] for row in page["results"]]
        url = page["next"]
    assert len(seen) == 5
    assert set(seen) == made
