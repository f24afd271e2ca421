"""Conversations: who may write and read, letters that keep quiet, reports and blocks."""

import uuid
from datetime import timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from django.utils import timezone

from accounts.models import NewsItem, User
from hubs import actions
from hubs.clocks import messages as clock
from hubs.models import Block, Introduction, Message, Report
from tests import factories
from tests.conftest import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def introduction(owner: User, stranger: User) -> Introduction:
    challenge = factories.make_challenge(factories.make_organisation(owner=owner))
    return factories.make_introduction(
        challenge, factories.make_researcher(stranger), state="accepted", decided_by=owner.person
    )


def write(introduction: Introduction, by: User, text: str = "Hola.") -> Message:
    return actions.write_message(introduction=introduction, text=text, form_key=uuid.uuid4(), by=by)


def told(user: User) -> int:
    return NewsItem.objects.filter(person=user.person, kind="message_waiting").count()


def read(user: User, introduction: Introduction) -> str:
    return signed_in(user).get(introduction.get_absolute_url()).content.decode()


def after(**time: int) -> time_machine.travel:
    return time_machine.travel(timezone.now() + timedelta(**time), tick=False)


def test_both_sides_read_what_is_written_and_nobody_else_may(
    introduction: Introduction, owner: User, stranger: User, teammate: User
) -> None:
    client = signed_in(stranger)
    url = reverse("hubs:message_new", args=[introduction.public_id])
    assert client.post(url, {"text": "Mañana mido.", "form_key": str(uuid.uuid4())}).status_code == 302
    assert "Mañana mido." in read(owner, introduction)
    assert signed_in(teammate).post(url, {"text": "Yo", "form_key": str(uuid.uuid4())}).status_code == 404
    with pytest.raises(PermissionDenied):
        write(introduction, teammate)


def test_nobody_writes_before_the_other_side_said_yes(owner: User, stranger: User) -> None:
    challenge = factories.make_challenge(factories.make_organisation(owner=owner))
    pending = factories.make_introduction(challenge, factories.make_researcher(stranger))
    with pytest.raises(ValidationError):
        write(pending, stranger)
    url = reverse("hubs:message_new", args=[pending.public_id])
    signed_in(stranger).post(url, {"text": "Hola", "form_key": str(uuid.uuid4())})
    assert not Message.objects.exists()


def test_a_double_click_is_one_message_and_a_message_too_long_is_kept_in_its_form(
    introduction: Introduction, stranger: User
) -> None:
    key = uuid.uuid4()
    for _ in range(2):
        actions.write_message(introduction=introduction, text="Hola", form_key=key, by=stranger)
    assert Message.objects.count() == 1
    url = reverse("hubs:message_new", args=[introduction.public_id])
    page = signed_in(stranger).post(url, {"text": "ñ" * 4001, "form_key": str(uuid.uuid4())})
    assert "ñ" * 4001 in page.content.decode()
    assert Message.objects.count() == 1


def test_a_letter_tells_only_of_what_stays_unread_for_ten_minutes(
    introduction: Introduction, owner: User, stranger: User
) -> None:
    write(introduction, stranger)
    clock.keep_time()
    assert told(owner) == 0
    with after(minutes=11):
        clock.keep_time()
        clock.keep_time()
    assert (told(owner), told(stranger)) == (1, 0)


def test_what_was_read_meanwhile_is_not_told(introduction: Introduction, owner: User, stranger: User) -> None:
    write(introduction, stranger)
    with after(minutes=5):
        read(owner, introduction)
    with after(minutes=11):
        clock.keep_time()
    assert told(owner) == 0


def test_at_most_one_letter_in_three_hours_for_a_conversation(
    introduction: Introduction, owner: User, stranger: User
) -> None:
    start = timezone.now()
    for minutes, expected in ((0, 0), (11, 1), (60, 1), (150, 1), (195, 2)):
        with time_machine.travel(start + timedelta(minutes=minutes), tick=False):
            write(introduction, stranger, f"A los {minutes} minutos")
            clock.keep_time()
            assert told(owner) == expected, minutes


def test_whoever_left_the_organisation_hears_no_more(
    introduction: Introduction, owner: User, stranger: User
) -> None:
    write(introduction, stranger)
    owner.person.memberships.all().delete()
    with after(minutes=11):
        clock.keep_time()
    assert told(owner) == 0


def test_a_block_hides_what_is_written_and_is_not_disclosed(
    introduction: Introduction, owner: User, stranger: User
) -> None:
    actions.block_person(person=stranger.person, by=owner)
    write(introduction, stranger, "¿Sigues ahí?")
    with after(minutes=11):
        clock.keep_time()
    assert told(owner) == 0
    assert "¿Sigues ahí?" not in read(owner, introduction)
    assert "¿Sigues ahí?" in read(stranger, introduction)
    with pytest.raises(ValidationError) as refused:
        write(introduction, owner)
    assert refused.value.code == "blocked"
    client = signed_in(owner)
    page = client.get(reverse("hubs:blocked")).content.decode()
    assert "Extraña Inventada" in page
    client.post(reverse("hubs:blocked"), {"block": Block.objects.get().pk})
    assert "¿Sigues ahí?" in read(owner, introduction)


def test_blocking_somebody_before_the_answer_does_not_tell_their_name(owner: User, stranger: User) -> None:
    challenge = factories.make_challenge(factories.make_organisation(owner=owner))
    hidden = factories.make_researcher(stranger, visibility="nobody")
    asked = factories.make_introduction(challenge, hidden)
    client = signed_in(owner)
    page = client.post(reverse("hubs:introduction_block", args=[asked.public_id]), follow=True)
    assert Block.objects.get().person == stranger.person
    assert "Extraña Inventada" not in page.content.decode()
    assert client.get(asked.get_absolute_url()).status_code == 404


def test_a_reported_message_goes_to_the_hubs_curators_who_see_only_it(
    introduction: Introduction, owner: User, stranger: User
) -> None:
    curator = factories.make_user()
    introduction.challenge.hub.memberships.create(person=curator.person, role="curator")
    write(introduction, stranger, "Algo privado")
    bad = write(introduction, stranger, "Un insulto")
    url = reverse("hubs:message_report", args=[bad.public_id])
    signed_in(owner).post(url, {"reason": "abuse", "sentence": "No es forma.", "block": "on"})
    assert Block.objects.get().person == stranger.person
    desk = signed_in(curator).get(reverse("hubs:reports")).content.decode()
    assert "Un insulto" in desk
    assert "No es forma." in desk
    assert "Algo privado" not in desk
    assert NewsItem.objects.filter(person=curator.person, kind="message_reported").count() == 1
    assert signed_in(stranger).get(reverse("hubs:reports")).status_code == 404
    decide = reverse("hubs:report_decide", args=[Report.objects.get().public_id])
    assert signed_in(owner).post(decide, {"state": "upheld"}).status_code == 404
    signed_in(curator).post(decide, {"state": "upheld"})
    assert "Un insulto" not in read(stranger, introduction)
    assert NewsItem.objects.filter(person=owner.person, kind="report_decided").count() == 1
    assert NewsItem.objects.filter(person=stranger.person, kind="message_removed").count() == 1


def test_a_curator_who_takes_part_does_not_decide(
    introduction: Introduction, owner: User, stranger: User
) -> None:
    introduction.challenge.hub.memberships.create(person=owner.person, role="curator")
    bad = write(introduction, owner, "Un insulto")
    report = actions.report_message(message=bad, reason="abuse", sentence="", by=stranger)
    assert not Report.objects.visible_to(owner).exists()
    with pytest.raises(PermissionDenied):
        actions.decide_report(report=report, state="dismissed", by=owner)


def test_ones_own_message_and_a_strangers_conversation_cannot_be_reported(
    introduction: Introduction, stranger: User, teammate: User
) -> None:
    message = write(introduction, stranger)
    with pytest.raises(ValidationError):
        actions.report_message(message=message, reason="spam", sentence="", by=stranger)
    with pytest.raises(PermissionDenied):
        actions.report_message(message=message, reason="spam", sentence="", by=teammate)
