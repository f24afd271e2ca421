"""Answers and requests for introductions: each leaves a line for good."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from accounts.models import Person, Profile, User
from hubs.models import Challenge, Introduction
from matching import actions
from matching.models import Answer, Match, MatchEvent
from tests.matching.test_pipeline import others, refresh_all, water_challenge, water_profile

pytestmark = pytest.mark.django_db
WORDS = {"brings": "Sensores.", "needs": "Pozos donde medir.", "who": "Un laboratorio."}
OTHERS = {**WORDS, "brings": "Otra cosa."}


@pytest.fixture
def pair(owner: User) -> tuple[Profile, Challenge]:
    others()
    found = water_profile(user=owner), water_challenge()
    refresh_all()
    return found


def test_an_answer_is_recorded_with_the_numbers_of_the_match_it_answers(
    pair: tuple[Profile, Challenge], owner: User
) -> None:
    profile, challenge = pair
    match = Match.objects.get()
    actions.record_page(matches=[match], first_rank=3, by=owner)
    actions.record_answer(
        profile=profile, challenge=challenge, answer="interested", by=owner.person, via="letter"
    )
    event = MatchEvent.objects.get(kind="answer")
    assert (event.answer, event.via, event.rank) == ("interested", "letter", 3)
    assert (event.score, event.parts, event.statistics) == (match.score, match.parts, match.statistics_id)
    assert Answer.objects.get().person == owner.person


def test_a_match_is_noted_as_seen_once_a_day_however_often_its_page_is_opened(
    pair: tuple[Profile, Challenge], owner: User
) -> None:
    for rank in (1, 4):
        actions.record_page(matches=[Match.objects.get()], first_rank=rank, by=owner)
    assert list(MatchEvent.objects.values_list("kind", "rank")) == [("page", 1)]
    MatchEvent.objects.update(day=timezone.localdate() - timedelta(days=1))
    actions.record_page(matches=[Match.objects.get()], first_rank=2, by=owner)
    assert MatchEvent.objects.count() == 2


def test_the_last_word_counts_and_every_word_is_kept(pair: tuple[Profile, Challenge], owner: User) -> None:
    profile, challenge = pair
    for answer in ("interested", "interested", "not_now", "never"):
        actions.record_answer(profile=profile, challenge=challenge, answer=answer, by=owner)
    assert Answer.objects.get().answer == "never"
    words = MatchEvent.objects.filter(kind="answer").order_by("pk").values_list("answer", flat=True)
    assert list(words) == ["interested", "not_now", "never"]
    assert not Match.objects.exists()


def test_an_answer_outlives_its_match_and_an_event_outlives_its_challenge(
    pair: tuple[Profile, Challenge], owner: User
) -> None:
    profile, challenge = pair
    actions.record_answer(profile=profile, challenge=challenge, answer="not_now", by=owner)
    Match.objects.all().delete()
    assert Answer.objects.exists()
    challenge.delete()
    assert MatchEvent.objects.get().challenge is None


def test_nobody_answers_for_somebody_else(pair: tuple[Profile, Challenge], stranger: User) -> None:
    profile, challenge = pair
    for by in (stranger, stranger.person, Person.objects.create(name="Sin cuenta")):
        with pytest.raises(PermissionDenied):
            actions.record_answer(profile=profile, challenge=challenge, answer="never", by=by)
        with pytest.raises(PermissionDenied):
            actions.ask_introduction(profile=profile, challenge=challenge, by=by, **WORDS)
    assert Match.objects.exists()


def test_an_unknown_answer_is_refused(pair: tuple[Profile, Challenge], owner: User) -> None:
    with pytest.raises(ValidationError):
        actions.record_answer(profile=pair[0], challenge=pair[1], answer="maybe", by=owner)


def test_a_closed_challenge_and_a_second_request_are_refused_in_plain_words(
    pair: tuple[Profile, Challenge], owner: User
) -> None:
    profile, challenge = pair
    actions.ask_introduction(profile=profile, challenge=challenge, by=owner, **WORDS)
    with pytest.raises(ValidationError) as second:
        actions.ask_introduction(profile=profile, challenge=challenge, by=owner, **OTHERS)
    assert second.value.code == "asked"
    actions.ask_introduction(profile=profile, challenge=challenge, by=owner, **WORDS)  # a double click
    assert Introduction.objects.count() == 1
    Introduction.objects.all().delete()
    challenge.opens_at = timezone.now() - timedelta(days=9)
    challenge.closes_at = timezone.now() - timedelta(minutes=1)
    challenge.save()
    with pytest.raises(ValidationError) as closed:
        actions.ask_introduction(profile=profile, challenge=challenge, by=owner, **WORDS)
    assert closed.value.code == "closed"


def test_the_reason_is_kept_as_it_stood(pair: tuple[Profile, Challenge], owner: User) -> None:
    profile, challenge = pair
    reason = Match.objects.get().reason
    introduction = actions.ask_introduction(profile=profile, challenge=challenge, by=owner, **WORDS)
    Match.objects.all().delete()
    introduction.refresh_from_db()
    assert introduction.reason == reason
