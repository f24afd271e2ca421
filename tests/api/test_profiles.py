"""Profiles as programs read and write them."""

from typing import Any

import pytest
from django.test import Client

from accounts.models import Person, Profile, Translation, User
from tests import factories
from tests.api.helpers import ids, queries, read, send
from tests.conftest import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def profile(owner: User, teammate: User) -> Profile:
    startup = factories.make_organisation("startup", owner=owner, member=teammate, name="Gota Clara")
    made = factories.make_profile(startup, sector="22", state="20")
    factories.add_item(made, "offer", "Sensores de arsénico")
    factories.add_item(made, "seek", "Un municipio piloto")
    factories.add_item(made, "evidence", "Piloto en Oaxaca", title="Piloto", year=2024)
    return made


def path(profile: Profile) -> str:
    return f"profiles/{profile.public_id}/"


def test_anybody_reads_a_public_profile_item_by_item(profile: Profile) -> None:
    offer = profile.items.get(role="offer")
    Translation.objects.create(record=offer, field="text", language="en", text="Arsenic sensors")
    shown = read(Client(), path(profile), accept_language="en")
    assert shown["name"] == "Gota Clara"
    assert shown["offers"] == [
        {
            "text": "Sensores de arsénico",
            "language": "es",
            "translations": [{"field": "text", "language": "en", "text": "Arsenic sensors"}],
        }
    ]
    assert shown["seeks"][0]["text"] == "Un municipio piloto"
    assert (shown["evidence"][0]["title"], shown["evidence"][0]["year"]) == ("Piloto", 2024)
    assert (shown["labels"]["state"], shown["labels"]["kind"]) == ("Oaxaca", "startup")


@pytest.mark.parametrize(
    ("visibility", "anonymous", "member"), [("public", 200, 200), ("members", 404, 200), ("nobody", 404, 404)]
)
def test_visibility_holds_for_every_reader(
    profile: Profile,
    owner: User,
    teammate: User,
    stranger: User,
    visibility: str,
    anonymous: int,
    member: int,
) -> None:
    Profile.objects.update(visibility=visibility)
    expected = {Client: anonymous, stranger: member, owner: 200, teammate: 200}
    for reader, status in expected.items():
        client = signed_in(reader) if isinstance(reader, User) else Client()
        assert client.get(f"/api/v1/{path(profile)}").status_code == status
        assert (str(profile.public_id) in ids(client, "profiles/")) == (status == 200)


def test_a_sign_up_that_nobody_verified_is_hidden(stranger: User) -> None:
    hidden = factories.make_researcher(factories.make_user(), confirmed_at=None)
    assert signed_in(stranger).get(f"/api/v1/{path(hidden)}").status_code == 404


def test_addresses_keys_and_search_columns_never_appear(profile: Profile, owner: User) -> None:
    imported = factories.make_researcher(claim_email="dueña@example.org", import_key="nsf-99", source="NSF")
    nameless = factories.make_researcher(factories.make_user("sin-nombre@example.org"))
    Person.objects.filter(profile=nameless).update(name="")
    for client in (Client(), signed_in(owner)):
        for where in (path(imported), path(nameless), path(profile), "profiles/"):
            body = client.get(f"/api/v1/{where}").content.decode()
            for secret in ("@example.org", "nsf-99", "claim_email", "search_text", "sort_key", "import_key"):
                assert secret not in body
    shown = read(Client(), path(imported))
    assert (shown["is_claimed"], shown["source"]) == (False, "NSF")


def test_the_switches_are_read_by_ones_own_people_only(
    profile: Profile, teammate: User, stranger: User
) -> None:
    assert read(signed_in(teammate), path(profile))["match_automatically"] is True
    for client in (signed_in(stranger), Client()):
        shown = read(client, path(profile))
        assert "match_automatically" not in shown
        assert "visibility" not in shown


def test_the_owner_changes_facts_and_items_and_what_is_left_out_stays(profile: Profile, owner: User) -> None:
    kept = profile.items.get(role="offer")
    data = {
        "summary": "Medimos arsénico.",
        "sector": "54",
        "offers": [{"text": "Mapas", "language": "en"}, {"text": kept.text}],
    }
    response = send(signed_in(owner), "patch", path(profile), data)
    assert response.status_code == 200, response.content
    profile.refresh_from_db()
    assert (profile.summary, profile.sector) == ("Medimos arsénico.", "54")
    offers = list(profile.items.filter(role="offer"))
    assert [(item.text, item.language) for item in offers] == [
        ("Mapas", "en"),
        ("Sensores de arsénico", "es"),
    ]
    assert offers[1].pk == kept.pk  # with its translations
    assert profile.items.filter(role="seek").count() == 1
    assert profile.items.get(role="evidence").year == 2024


def test_an_empty_list_takes_all_away(profile: Profile, owner: User) -> None:
    assert send(signed_in(owner), "patch", path(profile), {"evidence": []}).status_code == 200
    assert not profile.items.filter(role="evidence").exists()


def test_evidence_is_written_with_its_kind(profile: Profile, owner: User) -> None:
    data = {
        "evidence": [
            {"kind": "publication", "title": "Arsénico", "year": 2020, "link": "https://example.org/a"}
        ]
    }
    assert send(signed_in(owner), "patch", path(profile), data).status_code == 200
    assert profile.items.get(role="evidence").kind == "publication"


def test_opting_out_of_matching_is_one_request(profile: Profile, owner: User) -> None:
    assert send(signed_in(owner), "patch", path(profile), {"match_automatically": False}).status_code == 200
    profile.refresh_from_db()
    assert not profile.match_automatically


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"sector": "99"}, "sector"),
        ({"state": "77"}, "state"),
        ({"visibility": "friends"}, "visibility"),
        ({"trl": 12}, "trl"),
        ({"offers": [{"language": "es"}]}, "offers"),
        ({"offers": [{"text": ""}]}, "offers"),
        ({"evidence": [{"title": "Sin tipo"}]}, "evidence"),
        ({"evidence": [{"kind": "project"}]}, "evidence"),
        ({"evidence": [{"kind": "project", "title": "x", "year": 1200}]}, "evidence"),
        ({"evidence": [{"kind": "project", "title": "x", "link": "javascript:alert(1)"}]}, "evidence"),
        ({"offers": "text"}, "offers"),
        ({"orcid": "0000-0002-1825-0097"}, "orcid"),  # a researcher's fact
    ],
)
def test_what_cannot_be_is_refused_by_field(
    profile: Profile, owner: User, change: dict[str, Any], field: str
) -> None:
    response = send(signed_in(owner), "patch", path(profile), change)
    assert response.status_code == 400, response.content
    assert list(response.json()) == [field]
    assert profile.items.count() == 3


def test_a_researcher_writes_fields_and_an_orcid_address(owner: User) -> None:
    mine = factories.make_researcher(owner)
    data = {"fields_of_science": ["1.4", "2"], "orcid": "https://orcid.org/0000-0002-1825-0097"}
    response = send(signed_in(owner), "patch", path(mine), data)
    assert response.status_code == 200, response.content
    mine.refresh_from_db()
    assert (mine.fields, mine.orcid) == (["1.4", "2"], "0000-0002-1825-0097")
    wrong = send(signed_in(owner), "patch", path(mine), {"orcid": "0000-0002-1825-0098"})
    assert list(wrong.json()) == ["orcid"]
    assert list(send(signed_in(owner), "patch", path(mine), {"fields_of_science": ["9.9"]}).json()) == [
        "fields_of_science"
    ]


def test_only_the_owner_writes(profile: Profile, teammate: User, stranger: User) -> None:
    for client in (signed_in(teammate), signed_in(stranger), Client()):
        assert send(client, "patch", path(profile), {"summary": "Ajeno"}).status_code == 403
    Profile.objects.update(visibility="nobody")
    assert send(signed_in(stranger), "patch", path(profile), {"summary": "Ajeno"}).status_code == 404


def test_an_unclaimed_profile_is_never_written_to(owner: User) -> None:
    company = factories.make_organisation("company", owner=owner)
    imported = factories.make_profile(company, claimed_at=None)
    assert send(signed_in(owner), "patch", path(imported), {"summary": "Antes"}).status_code == 403


def test_ownership_origin_and_confirmation_cannot_be_written(profile: Profile, owner: User) -> None:
    before = Profile.objects.values("kind", "organisation", "source", "confirmed_at", "is_demo").get()
    data = {"kind": "company", "organisation": None, "source": "mine", "confirmed_at": None, "is_demo": True}
    send(signed_in(owner), "patch", path(profile), data)
    assert Profile.objects.values(*before).get() == before


def test_filters_find_what_they_name(profile: Profile) -> None:
    other = factories.make_researcher(
        factories.make_user(name="Íñigo Ibáñez"), fields=["1.4", "2.7"], state="19", language="en"
    )
    mine, theirs = str(profile.public_id), str(other.public_id)
    expected = {
        "kind=startup": mine,
        "state=20": mine,
        "sector=22": mine,
        "search=gota": mine,
        "language=en": theirs,
        "kind=researcher": theirs,
        "field=1.4": theirs,
        "field=2": theirs,
        "search=inigo": None,
        "search=iñigo+ibañez": theirs,
        "field=1.40": None,
        "field=4": None,
        f"organisation={profile.organisation.public_id}": mine,  # type: ignore[union-attr]
    }
    for query, found in expected.items():
        assert ids(Client(), f"profiles/?{query}") == ({found} if found else set()), query


def test_own_finds_ones_own(profile: Profile, teammate: User) -> None:
    factories.make_researcher()
    assert ids(signed_in(teammate), "profiles/?own=true") == {str(profile.public_id)}
    assert ids(Client(), "profiles/?own=true") == set()


def test_three_profiles_cost_as_many_queries_as_one(owner: User) -> None:
    def add() -> None:
        academy = factories.make_organisation("academia")
        made = factories.make_researcher(factories.make_user(), institution=academy)
        for role in ("offer", "seek", "evidence"):
            item = factories.add_item(made, role)
            Translation.objects.create(record=item, field="text", language="en", text="Sensors")
        factories.make_profile(factories.make_organisation("startup", owner=owner))

    add()
    counts = [queries(client, "profiles/") for client in (Client(), signed_in(owner))]
    add()
    add()
    assert [queries(client, "profiles/") for client in (Client(), signed_in(owner))] == counts


def test_who_has_the_same_already_is_told_so(profile: Profile) -> None:
    first = Client().get(f"/api/v1/{path(profile)}")
    assert (
        Client().get(f"/api/v1/{path(profile)}", headers={"if-none-match": first["ETag"]}).status_code == 304
    )


@pytest.mark.parametrize(
    "body",
    ['{"summary": ' + "[" * 100_000 + "]" * 100_000 + "}", r'{"language": "\ud800"}', r'{"\ud800": 1}'],
    ids=["deep", "half a character", "half a character as a name"],
)
def test_what_json_can_say_and_nobody_can_answer_is_refused(profile: Profile, owner: User, body: str) -> None:
    response = signed_in(owner).patch(f"/api/v1/{path(profile)}", body, content_type="application/json")
    assert response.status_code == 400


def test_a_flood_of_items_is_refused(profile: Profile, owner: User) -> None:
    offers = [{"text": f"Oferta {number}"} for number in range(301)]
    assert send(signed_in(owner), "patch", path(profile), {"offers": offers}).status_code == 400
    assert profile.items.filter(role="offer").count() == 1


def test_owners_say_which_items_matching_may_use_and_others_never_know(profile: Profile, owner: User) -> None:
    mine = read(signed_in(owner), path(profile))
    assert [mine[name][0]["used_for_matching"] for name in ("offers", "evidence")] == [True, True]
    assert "used_for_matching" not in str(read(Client(), path(profile)))
    kept = profile.items.get(role="offer")
    send(
        signed_in(owner),
        "patch",
        path(profile),
        {"offers": [{"text": kept.text, "used_for_matching": False}, {"text": "Mapas"}]},
    )
    assert list(profile.items.filter(role="offer").values_list("text", "represents")) == [
        (kept.text, False),
        ("Mapas", True),
    ]
    send(signed_in(owner), "patch", path(profile), {"offers": [{"text": kept.text}]})
    assert not profile.items.get(role="offer").represents  # what is not said stays as it was
