"""Who sees which challenge: one rule, told here once more in plain words, holds for pages and API alike."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from accounts.models import Person, User
from hubs.models import PUBLIC, Challenge, HubMembership, Status
from tests import factories
from tests.conftest import signed_in

pytestmark = pytest.mark.django_db
READERS = ["visitor", "stranger", "owner", "teammate", "curator", "national", "own_curator", "other_curator"]


@pytest.fixture
def people(owner: User, teammate: User, stranger: User) -> dict[str, User | None]:
    """Everybody who can stand to a challenge in some way; "own_curator" curates its hub and is its poster."""
    others = {name: factories.make_user(name=name) for name in READERS[4:]}
    return {"visitor": None, "stranger": stranger, "owner": owner, "teammate": teammate, **others}


def make(people: dict[str, User | None], status: str, late: bool = False, **fields: object) -> Challenge:
    poster = factories.make_organisation(
        owner=people["owner"], member=people["teammate"], name="Comisión Inventada"
    )
    hub, nation, other = factories.make_hub(), factories.make_hub("nation"), factories.make_hub()
    places = {"curator": hub, "own_curator": hub, "national": nation, "other_curator": other}
    for name, place in places.items():
        HubMembership.objects.create(hub=place, person=person_of(people, name), role="curator")
    factories.join(poster, user_of(people, "own_curator"))
    submitted = timezone.now() - timedelta(days=10 if late else 0)
    return factories.make_challenge(poster, hub=hub, status=status, submitted_at=submitted, **fields)  # type: ignore[arg-type]


def user_of(people: dict[str, User | None], name: str) -> User:
    user = people[name]
    assert user
    return user


def person_of(people: dict[str, User | None], name: str) -> Person:
    return user_of(people, name).person


def client_of(people: dict[str, User | None], reader: str) -> Client:
    user = people[reader]
    return signed_in(user) if user else Client()


def may_see(reader: str, status: str, late: bool) -> bool:
    """The rule, in the words of the promise."""
    if status in PUBLIC or reader in ("owner", "teammate", "own_curator"):
        return True
    if status != Status.IN_REVIEW:
        return False
    return reader == "curator" or (reader == "national" and late)


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("late", [False, True])
@pytest.mark.parametrize("status", Status.values)
def test_queryset_page_and_api_show_a_challenge_to_the_same_readers(
    people: dict[str, User | None], status: str, late: bool, reader: str
) -> None:
    challenge = make(people, status, late)
    client = client_of(people, reader)
    seen = may_see(reader, status, late)
    assert Challenge.objects.visible_to(people[reader] or AnonymousUser()).exists() == seen
    with translation.override("en"):
        page = client.get(reverse("hubs:challenge", args=[challenge.public_id]))
    assert page.status_code == (200 if seen else 404)
    assert client.get(f"/api/v1/challenges/{challenge.public_id}/").status_code == page.status_code
    assert len(client.get("/api/v1/challenges/").json()["results"]) == int(seen)


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("late", [False, True])
def test_nobody_reviews_a_challenge_of_their_own_organisation(
    people: dict[str, User | None], late: bool, reader: str
) -> None:
    make(people, Status.IN_REVIEW, late)
    expected = reader == "curator" or (reader == "national" and late)
    assert Challenge.objects.reviewable_by(people[reader] or AnonymousUser()).exists() == expected


@pytest.mark.parametrize("reader", ["visitor", "stranger", "other_curator"])
@pytest.mark.parametrize("status", [Status.PUBLISHED, Status.CLOSED, Status.ARCHIVED])
def test_a_poster_that_shows_only_its_kind_is_named_on_no_page(
    people: dict[str, User | None], status: str, reader: str
) -> None:
    challenge = make(people, status, poster_shown="kind")
    client = client_of(people, reader)
    with translation.override("en"):
        pages = [
            reverse("hubs:challenge", args=[challenge.public_id]),
            reverse("hubs:hub", args=[challenge.hub.slug]),
            *(reverse("hubs:challenge_list") + f"?when={when}" for when in ("open", "upcoming", "closed")),
            reverse("accounts:organisation", args=[challenge.organisation.public_id]),
        ]
    pages += [f"/api/v1/challenges/{challenge.public_id}/", "/api/v1/challenges/"]
    for page in pages:
        html = client.get(page).content.decode()
        shown = str(challenge.public_id) in html or challenge.title in html
        named = "Comisión Inventada" in html or str(challenge.organisation.public_id) in html
        assert not (shown and named), page


@pytest.mark.parametrize("reader", READERS)
def test_an_introduction_is_there_for_both_sides_and_for_nobody_else(
    people: dict[str, User | None], reader: str
) -> None:
    challenge = make(people, Status.PUBLISHED)
    asker = factories.make_user()
    introduction = factories.make_introduction(challenge, factories.make_researcher(asker))
    client = client_of(people, reader)
    seen = reader in ("owner", "teammate", "own_curator")
    with translation.override("en"):
        page = client.get(reverse("hubs:introduction", args=[introduction.public_id]))
    api = client.get(f"/api/v1/introductions/{introduction.public_id}/")
    if reader == "visitor":
        assert (page.status_code, api.status_code) == (302, 403)
    else:
        assert page.status_code == api.status_code == (200 if seen else 404)
    assert signed_in(asker).get(f"/api/v1/introductions/{introduction.public_id}/").status_code == 200
