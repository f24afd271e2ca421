"""What a reader belongs to is asked once for a page: as asked anew, and only for that page."""

import pytest
from django.db import connection
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts import standing
from accounts.middleware import ask_once
from accounts.models import Organisation, Profile, User
from accounts.permissions import belongs_to, owns_organisation
from hubs.models import Challenge, CoPoster, Hub, Status
from hubs.permissions import belongs_to_poster, curates
from tests import factories
from tests.conftest import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> list[User]:
    """An owner, a member and a co-poster's member, curators of a region and of the nation, and a stranger."""
    return [factories.make_user(f"persona{number}@example.org") for number in range(6)]


@pytest.fixture
def things(people: list[User]) -> list[Challenge]:
    owner, member, joined, region, nation, _stranger = people
    poster = factories.make_organisation(owner=owner, member=member)
    other = factories.make_organisation(owner=joined)
    for organisation in (poster, other):
        factories.make_profile(organisation)
    factories.make_researcher(member)
    factories.make_researcher(region)
    hub = factories.make_hub(curator=region)
    factories.make_hub("nation", curator=nation)
    shared = factories.make_challenge(poster, hub=hub)
    asked = factories.make_challenge(poster, hub=hub)
    CoPoster.objects.create(challenge=shared, organisation=other, state=CoPoster.State.ACCEPTED)
    CoPoster.objects.create(challenge=asked, organisation=other, state=CoPoster.State.PENDING)
    waits = factories.make_challenge(poster, hub=hub, status=Status.IN_REVIEW, submitted_at=timezone.now())
    return [shared, asked, waits, factories.make_challenge(other, status=Status.DRAFT)]


def answers(user: User, challenges: list[Challenge]) -> dict[str, object]:
    """All that pages ask."""
    lists = {
        "organisations": Organisation.objects.of(user),
        "owned": Organisation.objects.owned_by(user),
        "visible organisations": Organisation.objects.visible_to(user),
        "profiles": Profile.objects.of(user),
        "editable": Profile.objects.editable_by(user),
        "visible profiles": Profile.objects.visible_to(user),
        "hubs": Hub.objects.curated_by(user),
        "challenges": Challenge.objects.of(user),
        "to review": Challenge.objects.reviewable_by(user),
        "visible challenges": Challenge.objects.visible_to(user),
    }
    found: dict[str, object] = {
        name: sorted(rows.values_list("pk", flat=True)) for name, rows in lists.items()
    }
    for organisation in Organisation.objects.order_by("pk"):
        found[f"of {organisation.pk}"] = belongs_to(user, organisation), owns_organisation(user, organisation)
    for each in challenges:
        found[f"on {each.pk}"] = belongs_to_poster(user, each), curates(user, each)
    return found


def test_what_is_asked_once_is_what_is_asked_anew(people: list[User], things: list[Challenge]) -> None:
    told = []
    for person in people:
        reader = User.objects.get(pk=person.pk)
        standing.begin(reader)
        told.append(answers(reader, things))
        assert told[-1] == answers(person, things), person.email
    assert len({str(each) for each in told}) == len(people)  # they differ, so the case tells something


def test_it_takes_one_query(people: list[User], things: list[Challenge]) -> None:
    reader = User.objects.get(pk=people[1].pk)
    standing.begin(reader)
    with CaptureQueriesContext(connection) as made:
        for each in things:
            belongs_to_poster(reader, each)
            curates(reader, each)
            belongs_to(reader, each.organisation)
    assert len(made) == 1


@pytest.mark.parametrize(
    ("method", "begun"), [("GET", True), ("HEAD", True), ("POST", False), ("DELETE", False)]
)
def test_whoever_changes_something_is_asked_anew(people: list[User], method: str, begun: bool) -> None:
    request = RequestFactory().generic(method, "/")
    request.user = people[0]
    ask_once(lambda request: request)(request)  # type: ignore[arg-type,return-value]
    assert (standing.known(request.user) is not None) is begun


def test_it_is_forgotten_with_the_page(people: list[User], things: list[Challenge]) -> None:
    """A member who leaves is a stranger on the next page."""
    member, draft = people[1], factories.make_challenge(things[0].organisation, status=Status.DRAFT)
    client, address = signed_in(member), reverse("hubs:challenge", args=[draft.public_id])
    assert client.get(address).status_code == 200
    member.person.memberships.all().delete()
    assert client.get(address).status_code == 404
