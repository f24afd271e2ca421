"""Requests by the clock: five places, a reminder, an end, "later", and both sides told once."""

import contextlib
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import NewsItem, Profile, User
from hubs import actions
from hubs.clocks import introductions as clock
from hubs.models import Block, Challenge, Introduction
from matching.actions import invite_to_challenge
from matching.models import Answer, MatchEvent
from tests import factories
from tests.conftest import signed_in

pytestmark = pytest.mark.django_db
WORDS: dict[str, Any] = {"brings": "Sensores.", "needs": "Pozos donde medir.", "who": "Un laboratorio."}


@pytest.fixture
def challenge(owner: User) -> Challenge:
    closes = timezone.now() + timedelta(days=90)
    return factories.make_challenge(factories.make_organisation(owner=owner), closes_at=closes)


@pytest.fixture
def profile(stranger: User) -> Profile:
    return factories.make_researcher(stranger)


@pytest.fixture
def asked(challenge: Challenge, profile: Profile, stranger: User) -> Introduction:
    return actions.create_introduction(challenge=challenge, profile=profile, asked_by=stranger, **WORDS)


def ask(user: User, profile: Profile) -> Introduction:
    challenge = factories.make_challenge()
    return actions.create_introduction(challenge=challenge, profile=profile, asked_by=user, **WORDS)


def news(user: User) -> list[str]:
    return list(NewsItem.objects.filter(person=user.person).order_by("pk").values_list("kind", flat=True))


def in_days(days: float) -> Any:
    return time_machine.travel(timezone.now() + timedelta(days=days), tick=False)


def test_whoever_was_asked_is_reminded_once_after_a_week(asked: Introduction, owner: User) -> None:
    with in_days(6.9):
        clock.keep_time()
    assert news(owner) == ["introduction_asked"]
    with in_days(7.1):
        clock.keep_time()
        clock.keep_time()
    assert news(owner) == ["introduction_asked", "introduction_reminder"]


def test_it_ends_after_a_fortnight_and_both_sides_hear_of_it_once(
    asked: Introduction, owner: User, stranger: User
) -> None:
    for days in (7.1, 13.9, 14.1, 15):
        with in_days(days):
            clock.keep_time()
    asked.refresh_from_db()
    assert (asked.state, asked.slot) == ("lapsed", None)
    assert news(owner)[-1] == "introduction_lapsed"
    assert news(stranger) == ["introduction_lapsed"]
    with pytest.raises(ValidationError):
        actions.answer_introduction(introduction=asked, accept=True, by=owner)


def test_nothing_ends_unreminded_when_the_clock_stood_still(asked: Introduction, owner: User) -> None:
    with in_days(20):
        clock.keep_time()
        asked.refresh_from_db()
        assert (asked.state, news(owner)[-1]) == ("pending", "introduction_reminder")
    with in_days(26.5):
        clock.keep_time()
    asked.refresh_from_db()
    assert asked.state == "lapsed"


def test_what_was_answered_is_left_alone_by_the_clock(asked: Introduction, owner: User) -> None:
    actions.answer_introduction(introduction=asked, accept=True, by=owner)
    with in_days(30):
        clock.keep_time()
    asked.refresh_from_db()
    assert asked.state == "accepted"


def test_later_says_when_and_the_request_comes_back_on_that_day(
    asked: Introduction, owner: User, stranger: User
) -> None:
    on = timezone.localdate() + timedelta(days=30)
    with pytest.raises(ValidationError):
        actions.postpone_introduction(introduction=asked, on=None, by=owner)
    assert actions.postpone_introduction(introduction=asked, on=on, by=owner) is True
    assert actions.postpone_introduction(introduction=asked, on=on, by=owner) is False
    assert (asked.state, asked.slot) == ("later", None)
    assert news(stranger) == ["introduction_later"]
    with in_days(29):
        clock.keep_time()
    asked.refresh_from_db()
    assert asked.state == "later"
    with in_days(31):
        clock.keep_time()
        asked.refresh_from_db()
        assert (asked.state, asked.slot, asked.later_on) == ("pending", 1, None)
        assert asked.lapses_at is not None
        assert asked.lapses_at > timezone.now() + timedelta(days=13)
    assert news(stranger)[-1] == news(owner)[-1] == "introduction_again"


def test_what_comes_back_waits_for_a_place_of_its_asker(
    asked: Introduction, owner: User, stranger: User, profile: Profile
) -> None:
    on = timezone.localdate() + timedelta(days=2)
    actions.postpone_introduction(introduction=asked, on=on, by=owner)
    others = [ask(stranger, profile) for _ in range(5)]
    with in_days(3):
        clock.keep_time()
        asked.refresh_from_db()
        assert asked.state == "later"
        actions.take_back_introduction(introduction=others[2], by=stranger)
        clock.keep_time()
    asked.refresh_from_db()
    assert (asked.state, asked.slot) == ("pending", 3)


def test_later_than_the_challenge_takes_answers_ends_it(asked: Introduction, owner: User) -> None:
    actions.postpone_introduction(introduction=asked, on=timezone.localdate() + timedelta(days=100), by=owner)
    with in_days(101):
        clock.keep_time()
    asked.refresh_from_db()
    assert asked.state == "lapsed"


def test_the_sixth_open_request_is_refused_in_words_and_nothing_typed_is_lost(
    stranger: User, profile: Profile, challenge: Challenge
) -> None:
    for _ in range(5):
        ask(stranger, profile)
    with pytest.raises(ValidationError) as refused:
        actions.create_introduction(challenge=challenge, profile=profile, asked_by=stranger, **WORDS)
    assert refused.value.code == "five"
    first = Introduction.objects.filter(slot=2).get()
    actions.take_back_introduction(introduction=first, by=stranger)
    made = actions.create_introduction(challenge=challenge, profile=profile, asked_by=stranger, **WORDS)
    assert made.slot == 2


def test_the_database_holds_no_sixth_and_no_open_one_without_a_place(
    stranger: User, profile: Profile, challenge: Challenge
) -> None:
    kept = {"challenge": challenge, "profile": profile, "lapses_at": timezone.now()}
    taken = ask(stranger, profile).slot
    for slot in (None, 0, 6, taken):
        with pytest.raises(IntegrityError), transaction.atomic():
            Introduction.objects.create(asked_by=stranger.person, slot=slot, **kept)


STEPS = st.lists(
    st.sampled_from(["ask", "accept", "decline", "later", "back", "week", "fortnight", "clock"]), max_size=25
)


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(steps=STEPS)
def test_in_any_order_nobody_has_more_than_five_open_and_every_end_is_told_to_both_once(
    owner: User, stranger: User, profile: Profile, steps: list[str]
) -> None:
    Introduction.objects.all().delete()
    NewsItem.objects.all().delete()
    organisation = factories.make_organisation(owner=owner)
    with time_machine.travel(timezone.now(), tick=False) as traveller:
        for step in steps:
            _take(step, organisation, profile, stranger, owner, traveller)
            waiting = Introduction.objects.filter(asked_by=stranger.person, state="pending")
            assert waiting.count() <= 5
        ended = Introduction.objects.filter(state__in=["accepted", "declined", "lapsed", "taken_back"])
        kinds = {"accepted": "answered", "declined": "answered"}
        for introduction in ended:
            kind = f"introduction_{kinds.get(introduction.state, introduction.state)}"
            for person in (owner.person, stranger.person):
                told = NewsItem.objects.filter(
                    person=person, kind=kind, about=f"introduction:{introduction.pk}"
                )
                assert told.count() == 1


def _take(step: str, organisation: Any, profile: Profile, asker: User, owner: User, traveller: Any) -> None:
    waiting = Introduction.objects.waiting().order_by("pk").first()
    if step == "ask":
        challenge = factories.make_challenge(organisation, closes_at=timezone.now() + timedelta(days=400))
        with contextlib.suppress(ValidationError):  # a sixth
            actions.create_introduction(challenge=challenge, profile=profile, asked_by=asker, **WORDS)
    elif step in ("week", "fortnight"):
        traveller.shift(timedelta(days=7 if step == "week" else 14))
    elif step == "clock":
        clock.keep_time()
    elif waiting and step == "back":
        actions.take_back_introduction(introduction=waiting, by=asker)
    elif waiting and step == "later":
        on = timezone.localdate() + timedelta(days=5)
        actions.postpone_introduction(introduction=waiting, on=on, by=owner)
    elif waiting:
        accept = step == "accept"
        actions.answer_introduction(introduction=waiting, accept=accept, reason="no_time", by=owner)


def test_what_nobody_answered_may_be_asked_again_from_either_side_a_few_times(
    asked: Introduction, challenge: Challenge, profile: Profile, owner: User, stranger: User
) -> None:
    actions.take_back_introduction(introduction=asked, by=stranger)
    again = actions.create_introduction(
        challenge=challenge, profile=profile, asked_by=owner, direction="poster", **WORDS
    )
    assert (again.pk, again.rounds, again.direction, again.state) == (asked.pk, 2, "poster", "pending")
    assert again.asked_by == owner.person
    assert news(stranger)[-1] == "introduction_asked"
    actions.take_back_introduction(introduction=again, by=owner)
    third = actions.create_introduction(challenge=challenge, profile=profile, asked_by=stranger, **WORDS)
    actions.take_back_introduction(introduction=third, by=stranger)
    fourth = actions.create_introduction(challenge=challenge, profile=profile, asked_by=stranger, **WORDS)
    assert (fourth.rounds, fourth.state) == (3, "taken_back")


def test_a_poster_invites_and_the_profile_answers(
    challenge: Challenge, profile: Profile, owner: User, stranger: User, teammate: User
) -> None:
    with pytest.raises(PermissionDenied):
        invite_to_challenge(profile=profile, challenge=challenge, by=teammate, **WORDS)
    invited = invite_to_challenge(profile=profile, challenge=challenge, by=owner, **WORDS)
    page = signed_in(stranger).get(invited.get_absolute_url()).content.decode()
    assert "Sensores." in page
    assert owner.email not in page
    with pytest.raises(PermissionDenied):
        actions.answer_introduction(introduction=invited, accept=True, by=owner)
    signed_in(stranger).post(invited.get_absolute_url(), {"decision": "accept"})
    invited.refresh_from_db()
    assert (invited.state, invited.decided_by) == ("accepted", stranger.person)
    for reader in (owner, stranger):
        assert stranger.email in signed_in(reader).get(invited.get_absolute_url()).content.decode()
        assert "introduction_answered" in news(reader)


def test_whoever_said_never_is_not_invited(
    challenge: Challenge, profile: Profile, owner: User, stranger: User
) -> None:
    Answer.objects.create(profile=profile, challenge=challenge, person=stranger.person, answer="never")
    with pytest.raises(ValidationError) as refused:
        invite_to_challenge(profile=profile, challenge=challenge, by=owner, **WORDS)
    assert refused.value.code == "never"


def test_a_profile_that_nobody_answers_for_is_not_invited(challenge: Challenge, owner: User) -> None:
    nobodys = factories.make_researcher(None)
    with pytest.raises(ValidationError) as refused:
        invite_to_challenge(profile=nobodys, challenge=challenge, by=owner, **WORDS)
    assert refused.value.code == "unclaimed"


def test_later_and_its_day_are_asked_for_on_the_page(asked: Introduction, owner: User) -> None:
    client = signed_in(owner)
    page = client.post(asked.get_absolute_url(), {"decision": "later", "reply": "En marzo sí."})
    assert "En marzo sí." in page.content.decode()
    on = timezone.localdate() + timedelta(days=20)
    client.post(asked.get_absolute_url(), {"decision": "later", "later_on": on.isoformat()})
    asked.refresh_from_db()
    assert (asked.state, asked.later_on) == ("later", on)


def test_somebody_who_was_blocked_is_not_told_and_their_request_is_not_seen(
    challenge: Challenge, profile: Profile, owner: User, stranger: User
) -> None:
    Block.objects.create(by=owner.person, person=stranger.person)
    asked = actions.create_introduction(challenge=challenge, profile=profile, asked_by=stranger, **WORDS)
    assert news(owner) == []
    assert signed_in(owner).get(asked.get_absolute_url()).status_code == 404
    assert signed_in(stranger).get(asked.get_absolute_url()).status_code == 200
    assert asked.state == "pending"


def test_each_step_is_kept_for_the_engine_to_learn_from(
    asked: Introduction, owner: User, stranger: User
) -> None:
    actions.answer_introduction(introduction=asked, accept=False, reason="not_the_field", by=owner)
    events = MatchEvent.objects.filter(kind="introduction").order_by("pk")
    assert list(events.values_list("answer", "reason", "via", "person")) == [
        ("pending", "", "profile", stranger.person.pk),
        ("declined", "not_the_field", "profile", owner.person.pk),
    ]
