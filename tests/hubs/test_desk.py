"""The curators' desk: its order and reasons, likeness, who is at what, and steps for many at once."""

import csv
import io
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts import jobs
from accounts.models import Job, Letter, User
from hubs import desk
from hubs.actions import assign_review, move_challenge, release_review
from hubs.models import Assignment, Challenge, Hub, HubMembership
from tests import factories
from tests.conftest import signed_in

QUEUE = reverse("hubs:review_queue")


@pytest.fixture
def curator(db: None) -> User:
    return factories.make_user("curadora@example.org", name="Curadora Inventada")


@pytest.fixture
def hub(curator: User) -> Hub:
    return factories.make_hub(curator=curator)


@pytest.fixture
def colleague(hub: Hub) -> User:
    user = factories.make_user("otra@example.org", name="Otra Curadora")
    HubMembership.objects.create(hub=hub, person=user.person, role="curator")
    return user


def waiting(
    hub: Hub, owner: User | None = None, *, days: int = 0, closes: int = 60, **fields: Any
) -> Challenge:
    now = timezone.now()
    values: dict[str, Any] = {
        "contact_name": "Dueña",
        "contact_email": "duena@example.org",
        "opens_at": now + timedelta(hours=1),
        "closes_at": now + timedelta(days=closes, hours=2),
    } | fields
    return factories.make_challenge(
        factories.make_organisation(owner=owner),
        hub=hub,
        status="in_review",
        submitted_at=now - timedelta(days=days),
        **values,
    )


def say(challenge: Challenge, text: str) -> Challenge:
    challenge.description = text
    challenge.save()
    return challenge


def test_the_most_urgent_stands_first_and_says_why(curator: User, hub: Hub) -> None:
    calm = waiting(hub)
    late = waiting(hub, days=9)
    closing = waiting(hub, closes=2)
    items = desk.items_for(curator)
    assert [item.challenge for item in items] == [closing, late, calm]
    assert [item.urgency for item in items] == ["urgent", "soon", "calm"]
    assert items[0].reasons[0].sentence == "Cierra en 2 días."
    assert items[1].reasons[0].sentence == "Espera desde hace 9 días."
    assert items[2].reasons == []


def test_what_is_missing_counts_and_is_said(curator: User, hub: Hub) -> None:
    waiting(hub, contact_name="", contact_email="", summary="")
    (item,) = desk.items_for(curator)
    assert len(item.reasons) == 3
    assert item.weight == 2


LONG = (
    "En quince colonias del oriente el agua llega cada tres días y la red pierde cuatro de cada diez litros. "
    "Buscamos quien encuentre las fugas sin abrir la calle, con equipos que ya existan y que nuestra gente "
    "pueda usar después de una semana de capacitación en el municipio."
)


def test_those_that_say_nearly_the_same_lie_together(curator: User, hub: Hub) -> None:
    one = say(waiting(hub, closes=2), LONG)
    waiting(hub, closes=5, title="Otra cosa")
    twin = say(waiting(hub), LONG.replace("quince", "dieciséis"))
    items = desk.items_for(curator)
    assert [item.challenge for item in items][:2] == [one, twin]
    assert [item.alike for item in items] == [2, 2, 0]
    assert items[0].group == items[1].group


def test_a_copy_of_what_is_public_names_it(curator: User, hub: Hub) -> None:
    public = say(factories.make_challenge(hub=hub), LONG)
    say(waiting(hub), LONG)
    (item,) = desk.items_for(curator)
    assert [reason.link for reason in item.reasons if reason.link] == [public.get_absolute_url()]


def test_challenges_about_one_subject_in_their_own_words_stay_apart(curator: User, hub: Hub) -> None:
    say(waiting(hub, title="Fugas en la red"), LONG)
    say(
        waiting(hub, title="Perder menos agua"),
        "Nuestra ciudad pierde agua en tuberías viejas y no sabe dónde.",
    )
    assert [item.alike for item in desk.items_for(curator)] == [0, 0]


def test_fifty_cost_as_many_queries_as_one_and_at_most_fourteen(curator: User, hub: Hub) -> None:
    client = signed_in(curator)
    waiting(hub)
    client.get(QUEUE)
    with CaptureQueriesContext(connection) as one:
        client.get(QUEUE)
    for _ in range(49):
        waiting(hub)
    client.get(QUEUE)
    with CaptureQueriesContext(connection) as fifty:
        assert len(client.get(QUEUE).context["waiting"]) == 50
    assert len(one) == len(fifty) <= 14


def test_filters_narrow_the_desk(curator: User, hub: Hub) -> None:
    client = signed_in(curator)
    mine, other = waiting(hub, sector="22"), waiting(hub, closes=1)
    assign_review(challenge=mine, by=curator)
    for query, expected in {
        "who=mine": [mine],
        "who=free": [other],
        "urgency=urgent": [other],
        "sector=22": [mine],
        "q=nada+de+esto": [],
        "urgency=nonsense": [other, mine],
    }.items():
        rows = client.get(f"{QUEUE}?{query}").context["waiting"]
        assert [row.challenge for row in rows] == expected, query


def test_one_of_two_curators_gets_it_and_the_other_is_told_who(
    curator: User, colleague: User, hub: Hub
) -> None:
    challenge = waiting(hub)
    assign_review(challenge=challenge, by=curator)
    with pytest.raises(ValidationError, match="Curadora Inventada"):
        assign_review(challenge=challenge, by=colleague)
    assert Assignment.objects.get().curator == curator.person


def test_a_review_that_lapsed_is_free(curator: User, colleague: User, hub: Hub) -> None:
    challenge = waiting(hub)
    assign_review(challenge=challenge, by=curator)
    Assignment.objects.update(until=timezone.now() - timedelta(seconds=1))
    assign_review(challenge=challenge, by=colleague)
    assert Assignment.objects.get().curator == colleague.person


def test_nobody_decides_on_what_another_is_reading(curator: User, colleague: User, hub: Hub) -> None:
    challenge = waiting(hub)
    assign_review(challenge=challenge, by=curator)
    with pytest.raises(ValidationError, match="Curadora Inventada"):
        move_challenge(challenge=challenge, to="changes_requested", by=colleague, note="Falta algo.")
    challenge.refresh_from_db()
    assert challenge.status == "in_review"
    move_challenge(challenge=challenge, to="changes_requested", by=curator, note="Falta algo.")
    assert not Assignment.objects.exists()


def test_reviews_are_given_only_to_those_who_may_do_them(curator: User, stranger: User, hub: Hub) -> None:
    challenge = waiting(hub)
    with pytest.raises(ValidationError):
        assign_review(challenge=challenge, by=curator, to=stranger.person)
    with pytest.raises(PermissionDenied):
        assign_review(challenge=challenge, by=stranger)
    assert not Assignment.objects.exists()


def test_what_was_given_to_a_colleague_can_be_taken_back(curator: User, colleague: User, hub: Hub) -> None:
    challenge = waiting(hub)
    assign_review(challenge=challenge, by=curator, to=colleague.person)
    assert release_review(challenge=challenge, by=curator)
    assert not release_review(challenge=challenge, by=curator)


@pytest.mark.django_db(transaction=True)
def test_two_who_take_one_at_the_same_moment_do_not_both_get_it() -> None:
    users = [factories.make_user() for _ in range(2)]
    hub = factories.make_hub(curator=users[0])
    HubMembership.objects.create(hub=hub, person=users[1].person, role="curator")
    challenges = [waiting(hub) for _ in range(5)]
    ready = Barrier(2)

    def take(user: User) -> int:
        got = 0
        try:
            for challenge in challenges:
                ready.wait(20)
                try:
                    assign_review(challenge=challenge, by=user)
                except ValidationError:
                    continue
                got += 1
        finally:
            connection.close()
        return got

    with ThreadPoolExecutor(2) as pool:
        assert sum(pool.map(take, users)) == len(challenges)
    assert Assignment.objects.count() == len(challenges)


def keys(*challenges: Challenge) -> list[str]:
    return [str(challenge.public_id) for challenge in challenges]


def test_many_are_taken_at_once_and_what_was_not_possible_is_said(
    curator: User, colleague: User, hub: Hub
) -> None:
    free, taken = waiting(hub), waiting(hub, title="Ya lo tiene alguien")
    assign_review(challenge=taken, by=colleague)
    client = signed_in(curator)
    page = client.post(QUEUE, {"do": "assign", "pick": keys(free, taken)}, follow=True).content.decode()
    assert Assignment.objects.get(challenge=free).curator == curator.person
    assert Assignment.objects.get(challenge=taken).curator == colleague.person
    assert "“Ya lo tiene alguien”: Otra Curadora" in page


def test_one_is_taken_and_laid_back_by_its_own_button(curator: User, hub: Hub) -> None:
    challenge, client = waiting(hub), signed_in(curator)
    client.post(QUEUE, {"take": keys(challenge)[0]})
    assert Assignment.objects.get().curator == curator.person
    client.post(QUEUE, {"lay": keys(challenge)[0]})
    assert not Assignment.objects.exists()


def test_changes_of_many_are_requested_with_reasons_and_a_result_for_each(
    curator: User, colleague: User, hub: Hub, owner: User
) -> None:
    mine, english = waiting(hub, owner), waiting(hub, owner, language="en")
    taken = waiting(hub)
    assign_review(challenge=taken, by=colleague)
    client = signed_in(curator)
    data = {"do": "changes", "pick": keys(mine, english, taken)}
    assert client.post(QUEUE, data).context["form"].errors["reasons"]
    assert not Job.objects.exists()
    response = client.post(QUEUE, data | {"reasons": ["dates"], "note": "Falta el anexo."})
    job = Job.objects.get()
    assert response["Location"] == job.get_absolute_url()
    assert jobs.run(job.pk)
    job.refresh_from_db()
    assert [row["ok"] for row in sorted(job.rows, key=lambda row: not row["ok"])] == [True, True, False]
    assert Letter.objects.filter(kind="challenge_reviewed").count() == 2
    assert "Falta el anexo." in mine.steps.get().note
    assert "Las fechas dejan muy poco tiempo" in mine.steps.get().note
    assert "The dates leave too little time" in english.steps.get().note
    taken.refresh_from_db()
    assert taken.status == "in_review"


def test_nobody_publishes_many_at_once(curator: User, hub: Hub) -> None:
    challenge = waiting(hub)
    assert signed_in(curator).post(QUEUE, {"do": "published", "pick": keys(challenge)}).status_code == 200
    challenge.refresh_from_db()
    assert challenge.status == "in_review"


def test_steps_for_many_reach_nothing_that_is_not_on_the_desk(
    curator: User, stranger: User, hub: Hub
) -> None:
    elsewhere, own = waiting(factories.make_hub(curator=stranger)), waiting(hub, curator)
    signed_in(curator).post(QUEUE, {"do": "assign", "pick": keys(elsewhere, own)})
    assert not Assignment.objects.exists()
    assert Client().post(QUEUE, {"do": "assign", "pick": keys(own)}).status_code == 302
    assert signed_in(stranger).post(QUEUE, {"do": "assign", "pick": keys(own)}).status_code == 200
    assert not Assignment.objects.exists()


def test_the_desk_goes_out_as_a_table_without_formulas(curator: User, hub: Hub) -> None:
    challenge = waiting(hub, title="=1+1", days=9)
    response = signed_in(curator).post(QUEUE, {"do": "export", "pick": keys(challenge)})
    text = b"".join(response.streaming_content).decode()  # type: ignore[attr-defined]
    assert text.startswith("\ufeff")
    (row,) = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")))
    assert row["title"] == "'=1+1"
    assert row["reasons"] == "Espera desde hace 9 días."
    assert "duena@example.org" not in text


def test_the_page_of_a_review_says_who_is_at_it(curator: User, colleague: User, hub: Hub) -> None:
    challenge = waiting(hub)
    hold = reverse("hubs:review_hold", args=[challenge.public_id])
    signed_in(curator).post(hold, {"do": "take"})
    review = reverse("hubs:review", args=[challenge.public_id])
    assert "Curadora Inventada" in signed_in(colleague).get(review).content.decode()
    signed_in(colleague).post(hold, {"do": "take"})
    assert Assignment.objects.get().curator == curator.person
    signed_in(curator).post(hold, {"do": "release"})
    assert not Assignment.objects.exists()


def test_short_ones_that_share_a_phrase_stay_apart(curator: User, hub: Hub) -> None:
    for title in ("Medir el aire", "Calor en invernaderos"):
        say(
            waiting(hub, title=title, needs=(title,)),
            "Un municipio quiere resolverlo con quien ya lo haya hecho.",
        )
    assert [item.alike for item in desk.items_for(curator)] == [0, 0]
