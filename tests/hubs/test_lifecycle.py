"""The checklist, comments by part, publishing on a day, posting together, taking a solution over."""

from datetime import timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import NewsItem, User
from hubs.actions import move_challenge
from hubs.actions.comments import comment, resolve_comment
from hubs.actions.coposters import answer_co_poster, ask_to_join, leave_co_posting, take_over
from hubs.clocks import publish
from hubs.forms.review import CHECKLIST
from hubs.models import Challenge, Response, ReviewComment
from tests import factories

CONTACT = {"contact_name": "Dueña Inventada", "contact_email": "duena@example.org"}


@pytest.fixture
def curator(db: None) -> User:
    return factories.make_user("curadora@example.org", name="Curadora Inventada")


@pytest.fixture
def waiting(owner: User, curator: User) -> Challenge:
    return factories.make_challenge(
        factories.make_organisation(owner=owner),
        hub=factories.make_hub(curator=curator),
        status="in_review",
        submitted_at=timezone.now(),
        author=owner.person,
        **CONTACT,
    )


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_what_the_curator_ticked_stays_in_the_history(waiting: Challenge, curator: User, owner: User) -> None:
    ticked = [code for code, _words in CHECKLIST]
    address = reverse("hubs:review", args=[waiting.public_id])
    signed_in(curator).post(address, {"to": "published", "checked": ticked})
    assert waiting.steps.get().checked == ticked
    assert str(CHECKLIST[0][1]) in signed_in(owner).get(waiting.get_absolute_url()).content.decode()


def test_poster_and_curator_talk_about_a_part_and_settle_it(
    waiting: Challenge, curator: User, owner: User, stranger: User
) -> None:
    said = comment(challenge=waiting, part="needs", text="¿Cuántos pozos?", by=curator)
    assert comment(challenge=waiting, part="needs", text="¿Cuántos pozos?", by=curator) == said
    assert NewsItem.objects.get(kind="review_comment").person == owner.person
    comment(challenge=waiting, part="needs", text="Catorce.", by=owner)
    assert NewsItem.objects.filter(kind="review_comment", person=curator.person).exists()
    with pytest.raises(PermissionDenied):
        comment(challenge=waiting, part="", text="Hola", by=stranger)
    with pytest.raises(PermissionDenied):
        resolve_comment(comment=said, by=stranger)
    assert resolve_comment(comment=said, by=owner)
    assert not resolve_comment(comment=said, by=owner)


def test_comments_are_written_on_the_pages_of_both(waiting: Challenge, curator: User, owner: User) -> None:
    back = reverse("hubs:review", args=[waiting.public_id])
    address = reverse("hubs:challenge_comment", args=[waiting.public_id])
    answer = signed_in(curator).post(address, {"part": "needs", "text": "¿Cuántos pozos?", "back": back})
    assert answer["Location"] == f"{back}#comments"
    assert "¿Cuántos pozos?" in signed_in(curator).get(back).content.decode()
    assert "¿Cuántos pozos?" in signed_in(owner).get(waiting.get_absolute_url()).content.decode()
    key = str(ReviewComment.objects.get().public_id)
    away = signed_in(owner).post(address, {"settled": key, "back": "//elsewhere.example"})
    assert away["Location"] == waiting.get_absolute_url()
    assert ReviewComment.objects.get().resolved_at
    outside = signed_in(factories.make_user()).post(address, {"part": "", "text": "Hola"})
    assert outside.status_code == 404


def test_what_is_approved_for_a_day_is_public_on_that_day(waiting: Challenge, curator: User) -> None:
    day = timezone.now() + timedelta(days=2)
    Challenge.objects.update(publish_at=day)
    waiting.refresh_from_db()
    assert move_challenge(challenge=waiting, to="published", by=curator, checked=["problem"])
    assert not move_challenge(challenge=waiting, to="published", by=curator)
    publish.keep_time()
    stored = Challenge.objects.get()
    assert (stored.status, stored.approved_by) == ("in_review", curator.person)
    with time_machine.travel(day + timedelta(minutes=1)):
        publish.keep_time()
        publish.keep_time()
    stored.refresh_from_db()
    assert (stored.status, stored.approved_at) == ("published", None)
    assert [line.to_status for line in stored.steps.all()] == ["in_review", "published"]


def test_what_lacks_something_on_its_day_goes_back_with_what_that_is(
    waiting: Challenge, curator: User, owner: User
) -> None:
    day = timezone.now() + timedelta(days=2)
    Challenge.objects.update(publish_at=day)
    waiting.refresh_from_db()
    move_challenge(challenge=waiting, to="published", by=curator)
    waiting.needs.all().delete()
    with time_machine.travel(day + timedelta(minutes=1)):
        publish.keep_time()
    stored = Challenge.objects.get()
    assert stored.status == "changes_requested"
    assert stored.steps.latest("pk").note.count("\n") == 1


def test_taken_back_it_is_approved_no_longer(waiting: Challenge, curator: User, owner: User) -> None:
    Challenge.objects.update(publish_at=timezone.now() + timedelta(days=2))
    waiting.refresh_from_db()
    move_challenge(challenge=waiting, to="published", by=curator)
    move_challenge(challenge=waiting, to="draft", by=owner)
    assert Challenge.objects.get().approved_at is None


@pytest.fixture
def neighbour(db: None) -> User:
    return factories.make_user("vecina@example.org", name="Vecina Inventada")


def test_who_joins_sees_and_does_what_the_first_poster_does(owner: User, neighbour: User) -> None:
    challenge = factories.make_challenge(factories.make_organisation(owner=owner))
    joins = factories.make_organisation(owner=neighbour)
    asked = ask_to_join(challenge=challenge, organisation=joins, by=neighbour, line="Nos pasa igual.")
    assert ask_to_join(challenge=challenge, organisation=joins, by=neighbour) == asked
    assert NewsItem.objects.get(kind="coposter_asked").person == owner.person
    assert not Challenge.objects.of(neighbour).exists()
    with pytest.raises(PermissionDenied):
        answer_co_poster(co_poster=asked, accept=True, by=neighbour)
    assert answer_co_poster(co_poster=asked, accept=True, by=owner)
    assert not answer_co_poster(co_poster=asked, accept=False, by=owner)
    assert Challenge.objects.of(neighbour).get() == challenge
    assert set(challenge.letter_readers()) == {owner.person, neighbour.person}
    assert joins.name in Client().get(challenge.get_absolute_url()).content.decode()
    leave_co_posting(co_poster=asked, by=neighbour)
    assert not Challenge.objects.of(neighbour).exists()


def test_a_curator_of_a_co_poster_reviews_nothing_of_it(
    waiting: Challenge, curator: User, owner: User
) -> None:
    assert Challenge.objects.reviewable_by(curator).exists()
    waiting.co_posters.create(organisation=factories.make_organisation(owner=curator), state="accepted")
    assert not Challenge.objects.reviewable_by(curator).exists()


def test_joining_is_asked_for_and_accepted_on_the_pages(owner: User, neighbour: User) -> None:
    challenge = factories.make_challenge(factories.make_organisation(owner=owner))
    joins = factories.make_organisation(owner=neighbour)
    page = reverse("hubs:challenge_join", args=[challenge.public_id])
    assert page in signed_in(neighbour).get(challenge.get_absolute_url()).content.decode()
    assert signed_in(neighbour).get(page).status_code == 200
    signed_in(neighbour).post(page, {"organisation": str(joins.public_id), "line": "Igual aquí."})
    assert "Igual aquí." in signed_in(owner).get(challenge.get_absolute_url()).content.decode()
    assert "Igual aquí." not in Client().get(challenge.get_absolute_url()).content.decode()
    answer = reverse("hubs:co_poster", args=[challenge.public_id])
    signed_in(owner).post(answer, {"who": str(joins.public_id), "decision": "accept"})
    assert challenge.co_posters.get().state == "accepted"


def test_a_draft_takes_over_what_was_selected_and_its_author_hears_of_it_once_it_is_public(
    owner: User, curator: User, waiting: Challenge
) -> None:
    solver = factories.make_user("resuelve@example.org")
    solved = factories.make_challenge(status="awarded")
    response = Response.objects.create(
        challenge=solved,
        profile=factories.make_researcher(solver),
        author=solver.person,
        title="Filtro de barro",
        outcome="selected",
        decision_reason="best_fit",
        decision_sentence="Funciona.",
    )
    with pytest.raises(ValidationError):
        take_over(challenge=waiting, response=response, by=owner)
    move_challenge(challenge=waiting, to="draft", by=owner)
    take_over(challenge=waiting, response=response, by=owner)
    Response.objects.update(outcome="reserve")
    with pytest.raises(ValidationError):
        take_over(challenge=waiting, response=response, by=owner)
    Response.objects.update(outcome="selected")
    move_challenge(challenge=waiting, to="in_review", by=owner)
    move_challenge(challenge=waiting, to="published", by=curator)
    assert NewsItem.objects.get(kind="solution_wanted").person == solver.person
    assert solved.get_absolute_url() in Client().get(waiting.get_absolute_url()).content.decode()
