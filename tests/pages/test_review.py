"""The review queue and the page of one review."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import Letter, User
from hubs.models import Challenge, Hub
from tests import factories
from tests.conftest import signed_in

QUEUE = reverse("hubs:review_queue")
ALL = ["problem", "needs", "dates", "contact", "private"]


@pytest.fixture
def curator(db: None) -> User:
    return factories.make_user("curadora@example.org", name="Curadora Inventada")


@pytest.fixture
def hub(curator: User) -> Hub:
    return factories.make_hub(curator=curator)


def waiting(hub: Hub, owner: User | None = None, *, days: int = 0, **fields: Any) -> Challenge:
    fields = {"contact_name": "Dueña", "contact_email": "duena@example.org"} | fields
    return factories.make_challenge(
        factories.make_organisation(owner=owner),
        hub=hub,
        status="in_review",
        submitted_at=timezone.now() - timedelta(days=days),
        **fields,
    )


def review(challenge: Challenge) -> str:
    return reverse("hubs:review", args=[challenge.public_id])


def test_only_curators_find_the_queue(curator: User, hub: Hub, stranger: User) -> None:
    assert signed_in(curator).get(QUEUE).status_code == 200
    assert signed_in(stranger).get(QUEUE).status_code == 404


def test_the_longest_waiting_stands_first_and_late_ones_are_marked(curator: User, hub: Hub) -> None:
    new, old = waiting(hub), waiting(hub, days=7)
    rows = signed_in(curator).get(QUEUE).context["waiting"]
    assert [(row.challenge, row.late) for row in rows] == [(old, True), (new, False)]


def test_three_that_wait_cost_as_many_queries_as_one(curator: User, hub: Hub) -> None:
    client = signed_in(curator)
    waiting(hub)
    client.get(QUEUE)
    with CaptureQueriesContext(connection) as one:
        client.get(QUEUE)
    waiting(hub)
    waiting(hub)
    with CaptureQueriesContext(connection) as three:
        client.get(QUEUE)
    assert len(three) == len(one)


def test_a_curator_reads_all_of_it_with_the_contact(curator: User, hub: Hub) -> None:
    challenge = waiting(hub, poster_shown="kind")
    page = signed_in(curator).get(review(challenge)).content.decode()
    assert "duena@example.org" in page
    assert challenge.organisation.name in page
    assert "Medir arsénico en pozos" in page


def test_curators_of_other_hubs_and_strangers_do_not_find_it(hub: Hub, stranger: User) -> None:
    factories.make_hub(curator=stranger)
    assert signed_in(stranger).get(review(waiting(hub))).status_code == 404


def test_a_curator_does_not_find_a_challenge_of_their_own_organisation(curator: User, hub: Hub) -> None:
    challenge = waiting(hub, owner=curator)
    assert signed_in(curator).get(QUEUE).context["waiting"] == []
    signed_in(curator).post(review(challenge), {"to": "published", "checked": ALL})
    challenge.refresh_from_db()
    assert challenge.status == "in_review"


def test_publishing_asks_for_every_point_of_the_checklist(curator: User, hub: Hub) -> None:
    challenge, client = waiting(hub), signed_in(curator)
    page = client.post(review(challenge), {"to": "published", "checked": ALL[:-1], "note": "Casi."})
    assert page.status_code == 200
    assert "Casi." in page.content.decode()
    assert client.post(review(challenge), {"to": "published", "checked": ALL}).status_code == 302
    challenge.refresh_from_db()
    assert challenge.status == "published"


def test_what_was_rewritten_while_its_curator_read_it_is_not_published_unread(
    curator: User, hub: Hub
) -> None:
    challenge, client = waiting(hub, days=1), signed_in(curator)
    data = {"to": "published", "checked": ALL, "seen": client.get(review(challenge)).context["seen"]}
    Challenge.objects.update(title="Otro texto", submitted_at=timezone.now())
    page = client.post(review(challenge), data)
    assert page.context["form"].non_field_errors()
    assert Challenge.objects.get().status == "in_review"
    client.post(review(challenge), data | {"seen": page.context["seen"]})
    assert Challenge.objects.get().status == "published"


def test_changes_are_requested_with_a_note_that_reaches_the_letter(
    curator: User, hub: Hub, owner: User
) -> None:
    challenge, client = waiting(hub, owner), signed_in(curator)
    assert client.post(review(challenge), {"to": "changes_requested"}).status_code == 200
    client.post(review(challenge), {"to": "changes_requested", "note": "Falta el presupuesto."})
    challenge.refresh_from_db()
    assert challenge.status == "changes_requested"
    assert Letter.objects.get(kind="challenge_reviewed").person == owner.person
    assert "Falta el presupuesto." in signed_in(owner).get(challenge.get_absolute_url()).content.decode()


def test_what_cannot_be_published_says_why(curator: User, hub: Hub) -> None:
    challenge = waiting(hub, summary="", contact_email="")
    page = signed_in(curator).post(review(challenge), {"to": "published", "checked": ALL})
    assert page.status_code == 200
    assert len(page.context["gaps"]) == 2


def test_the_second_of_two_curators_is_led_to_the_challenge(curator: User, hub: Hub) -> None:
    challenge = waiting(hub)
    data = {"to": "published", "checked": ALL}
    signed_in(curator).post(review(challenge), data)
    response = signed_in(curator).post(review(challenge), data)
    assert response["Location"] == challenge.get_absolute_url()
    assert challenge.steps.count() == 1
