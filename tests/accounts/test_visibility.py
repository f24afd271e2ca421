"""Who sees which profile: one rule, told here once more in plain words, holds for pages and API alike."""

from itertools import product

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from accounts.models import Organisation, Profile, User
from tests import factories
from tests.conftest import signed_in

pytestmark = pytest.mark.django_db
READERS = ["visitor", "stranger", "owner", "teammate", "researcher"]
CASES = list(product(["researcher", "startup"], Profile.Visibility.values, [True, False], [True, False]))


def make(kind: str, owner: User, teammate: User, person: User, **fields: object) -> Profile:
    if kind == "researcher":
        return factories.make_researcher(person, **fields)
    return factories.make_profile(
        factories.make_organisation("startup", owner=owner, member=teammate), **fields
    )


def is_own(reader: str, kind: str) -> bool:
    return reader == "researcher" if kind == "researcher" else reader in ("owner", "teammate")


def may_see(reader: str, kind: str, visibility: str, confirmed: bool) -> bool:
    """The rule, in the words of the promise."""
    if is_own(reader, kind):
        return True
    if not confirmed or visibility == "nobody":
        return False
    return visibility == "public" or reader != "visitor"


def status_of(client: Client, name: str, public_id: object) -> int:
    with translation.override("en"):
        return client.get(reverse(name, args=[public_id])).status_code


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize(("kind", "visibility", "confirmed", "claimed"), CASES)
def test_queryset_page_and_api_show_a_profile_to_the_same_readers(
    reader: str,
    kind: str,
    visibility: str,
    confirmed: bool,
    claimed: bool,
    owner: User,
    teammate: User,
    stranger: User,
) -> None:
    person = factories.make_user()
    now = timezone.now()
    profile = make(
        kind,
        owner,
        teammate,
        person,
        visibility=visibility,
        confirmed_at=now if confirmed else None,
        claimed_at=now if claimed else None,
    )
    users = {"stranger": stranger, "owner": owner, "teammate": teammate, "researcher": person}
    user = users.get(reader)
    client = signed_in(user) if user else Client()
    seen = may_see(reader, kind, visibility, confirmed)
    assert Profile.objects.visible_to(user or AnonymousUser()).exists() == seen
    status = 200 if seen else 404
    assert status_of(client, "accounts:profile", profile.public_id) == status
    assert client.get(f"/api/v1/profiles/{profile.public_id}/").status_code == status
    assert len(client.get("/api/v1/profiles/").json()["results"]) == int(seen)
    with translation.override("en"):
        listed = client.get(reverse("accounts:profile_list")).content.decode()
    assert (str(profile.public_id) in listed) == seen


@pytest.mark.parametrize(("kind", "visibility", "confirmed", "claimed"), CASES)
@pytest.mark.parametrize("willing", [True, False])
def test_only_confirmed_shown_and_willing_profiles_are_matched(
    kind: str, visibility: str, confirmed: bool, claimed: bool, willing: bool, owner: User, teammate: User
) -> None:
    now = timezone.now()
    make(
        kind,
        owner,
        teammate,
        factories.make_user(),
        visibility=visibility,
        match_automatically=willing,
        confirmed_at=now if confirmed else None,
        claimed_at=now if claimed else None,
    )
    expected = confirmed and willing and visibility != "nobody"
    assert Profile.objects.matchable().exists() == expected


@pytest.mark.parametrize("reader", ["visitor", "stranger", "owner", "teammate"])
@pytest.mark.parametrize("confirmed", [True, False])
def test_queryset_page_and_api_show_an_organisation_to_the_same_readers(
    reader: str, confirmed: bool, owner: User, teammate: User, stranger: User
) -> None:
    organisation = factories.make_organisation(owner=owner, member=teammate)
    if not confirmed:
        Organisation.objects.update(confirmed_at=None)
    user = {"stranger": stranger, "owner": owner, "teammate": teammate}.get(reader)
    client = signed_in(user) if user else Client()
    seen = confirmed or reader in ("owner", "teammate")
    status = 200 if seen else 404
    assert Organisation.objects.visible_to(user or AnonymousUser()).exists() == seen
    assert status_of(client, "accounts:organisation", organisation.public_id) == status
    assert client.get(f"/api/v1/organisations/{organisation.public_id}/").status_code == status


@pytest.mark.parametrize("visibility", Profile.Visibility.values)
@pytest.mark.parametrize("reader", ["visitor", "stranger", "owner", "teammate"])
def test_whoever_hides_a_profile_hides_its_organisation(
    reader: str, visibility: str, owner: User, teammate: User, stranger: User
) -> None:
    organisation = factories.make_organisation("startup", owner=owner, member=teammate, name="Zarza")
    factories.make_profile(organisation, visibility=visibility)
    user = {"stranger": stranger, "owner": owner, "teammate": teammate}.get(reader)
    client = signed_in(user) if user else Client()
    outside = {"public": True, "members": reader == "stranger", "nobody": False}[visibility]
    seen = reader in ("owner", "teammate") or outside
    assert Organisation.objects.visible_to(user or AnonymousUser()).exists() == seen
    assert organisation.is_open_to(user or AnonymousUser()) == (
        visibility != "nobody" and (visibility == "public" or user is not None)
    )
    status = 200 if seen else 404
    assert status_of(client, "accounts:organisation", organisation.public_id) == status
    assert client.get(f"/api/v1/organisations/{organisation.public_id}/").status_code == status
    assert len(client.get("/api/v1/organisations/").json()["results"]) == int(seen)
    with translation.override("en"):
        found = client.get(reverse("matching:search"), {"q": "Zarza"}).content.decode()
    assert (str(organisation.public_id) in found) == seen


def test_a_challenge_names_a_poster_whose_page_is_hidden_without_a_link(owner: User) -> None:
    organisation = factories.make_organisation(owner=owner, name="Zarza")
    factories.make_profile(organisation, visibility="nobody")
    challenge = factories.make_challenge(organisation)
    page = Client().get(challenge.get_absolute_url()).content.decode()
    assert "Zarza" in page
    assert str(organisation.public_id) not in page


def test_whoever_hides_their_profile_is_named_to_colleagues_alone(
    owner: User, teammate: User, stranger: User
) -> None:
    organisation = factories.make_organisation(owner=owner, member=teammate)
    factories.make_researcher(teammate, visibility="nobody")
    address = organisation.get_absolute_url()
    name = str(teammate.person)
    assert name in signed_in(owner).get(address).content.decode()
    shown = signed_in(stranger).get(address).content.decode()
    assert str(owner.person) in shown
    assert name not in shown


@pytest.mark.parametrize("visibility", Profile.Visibility.values)
@pytest.mark.parametrize("reader", ["visitor", "stranger"])
def test_the_words_of_a_hidden_profile_are_on_no_page_of_others(
    reader: str, visibility: str, owner: User, stranger: User
) -> None:
    """Not on its organisation's page, not in a search, not in a list."""
    organisation = factories.make_organisation("startup", owner=owner)
    profile = factories.make_profile(organisation, visibility=visibility, summary="Zarzaparrilla")
    factories.add_item(profile, text="Zarzaparrilla líquida")
    client = signed_in(stranger) if reader == "stranger" else Client()
    with translation.override("en"):
        pages = [
            reverse("accounts:organisation", args=[organisation.public_id]),
            reverse("accounts:profile_list") + "?q=zarzaparrilla",
        ]
    pages += [f"/api/v1/organisations/{organisation.public_id}/", "/api/v1/profiles/?search=zarzaparrilla"]
    seen = visibility == "public" or (visibility == "members" and reader == "stranger")
    for page in pages:
        html = client.get(page).content.decode()
        html = html.replace('value="zarzaparrilla"', "")
        assert ("Zarzaparrilla" in html or str(profile.public_id) in html) == seen, page
