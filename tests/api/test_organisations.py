"""Organisations as programs read and write them."""

import pytest
from django.test import Client

from accounts.models import Organisation, User
from tests import factories
from tests.api.helpers import ids, queries, read, send
from tests.conftest import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def agency(owner: User, teammate: User) -> Organisation:
    return factories.make_organisation(
        owner=owner, member=teammate, name="Comisión del Agua", state="09", government_level="state"
    )


def path(organisation: Organisation) -> str:
    return f"organisations/{organisation.public_id}/"


def test_anybody_reads_an_organisation_with_labels_in_their_language(agency: Organisation) -> None:
    shown = read(Client(), path(agency), accept_language="es")
    assert shown["name"] == "Comisión del Agua"
    assert (shown["labels"]["state"], shown["labels"]["government_level"]) == ("Ciudad de México", "Estatal")
    assert read(Client(), path(agency), accept_language="en")["labels"]["government_level"] == "State"


def test_the_page_is_that_of_the_readers_language(agency: Organisation) -> None:
    assert "/en/organisations/" in read(Client(), path(agency), accept_language="en")["page"]


def test_an_unconfirmed_organisation_is_there_for_its_people_only(
    agency: Organisation, owner: User, teammate: User, stranger: User
) -> None:
    Organisation.objects.update(confirmed_at=None)
    for reader in (owner, teammate):
        assert read(signed_in(reader), path(agency))
    for client in (signed_in(stranger), Client()):
        assert client.get(f"/api/v1/{path(agency)}").status_code == 404
        assert ids(client, "organisations/") == set()


def test_registers_keys_and_people_do_not_appear(agency: Organisation, stranger: User) -> None:
    Organisation.objects.update(rfc="GODE561231GR8", import_key="denue-3")
    for client in (signed_in(stranger), Client()):
        body = client.get(f"/api/v1/{path(agency)}").content.decode()
        for secret in ("GODE561231GR8", "denue-3", "@example.org", "search_text", "sort_key", "confirmed_at"):
            assert secret not in body


def test_with_its_profile_an_organisation_hides_from_whom_that_is_hidden(
    agency: Organisation, teammate: User, stranger: User
) -> None:
    profile = factories.make_profile(agency, visibility="members")
    address = f"/api/v1/{path(agency)}"
    assert Client().get(address).status_code == 404
    assert read(signed_in(stranger), path(agency))["profile"] == str(profile.public_id)
    type(profile).objects.update(visibility="nobody")
    assert signed_in(stranger).get(address).status_code == 404
    assert read(signed_in(teammate), path(agency))["profile"] == str(profile.public_id)


def test_an_owner_changes_it_and_its_profile_follows(agency: Organisation, owner: User) -> None:
    profile = factories.make_profile(agency)
    response = send(signed_in(owner), "patch", path(agency), {"state": "20", "name": "Comisión de Aguas"})
    assert response.status_code == 200, response.content
    assert response.json()["labels"]["state"] == "Oaxaca"
    profile.refresh_from_db()
    assert profile.state == "20"


def test_only_owners_write(agency: Organisation, teammate: User, stranger: User) -> None:
    for client in (signed_in(teammate), signed_in(stranger), Client()):
        assert send(client, "patch", path(agency), {"name": "Ajena"}).status_code == 403
    Organisation.objects.update(confirmed_at=None)
    assert send(signed_in(stranger), "patch", path(agency), {"name": "Ajena"}).status_code == 404


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"ror": "01tmp8f26"}, "ror"),
        ({"state": "99"}, "state"),
        ({"website": "javascript:1"}, "website"),
        ({"name": ""}, "name"),
        ({"size": "huge"}, "size"),
    ],
)
def test_what_cannot_be_is_refused_by_field(
    agency: Organisation, owner: User, change: dict[str, str], field: str
) -> None:
    response = send(signed_in(owner), "patch", path(agency), change)
    assert response.status_code == 400
    assert list(response.json()) == [field]


def test_a_ror_address_is_stored_bare_and_names_one_organisation(agency: Organisation, owner: User) -> None:
    address = "https://ror.org/01tmp8f25"
    assert send(signed_in(owner), "patch", path(agency), {"ror": address}).json()["ror"] == "01tmp8f25"
    second = factories.make_organisation(owner=owner)
    assert list(send(signed_in(owner), "patch", path(second), {"ror": address}).json()) == ["ror"]


def test_filters_find_what_they_name(agency: Organisation, owner: User) -> None:
    factories.make_organisation("academia", name="Universidad", state="19")
    wanted = {str(agency.public_id)}
    for query in ("kind=government", "state=09", "search=comision+agua", "government_level=state"):
        assert ids(Client(), f"organisations/?{query}") == wanted, query
    assert ids(signed_in(owner), "organisations/?own=true") == wanted


def test_three_organisations_cost_as_many_queries_as_one(owner: User) -> None:
    def add() -> None:
        factories.make_profile(factories.make_organisation("startup", owner=owner))

    add()
    counts = [queries(client, "organisations/") for client in (Client(), signed_in(owner))]
    add()
    add()
    assert [queries(client, "organisations/") for client in (Client(), signed_in(owner))] == counts
