"""Responses: written, saved as one types, handed in until the second of the deadline, never lost."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.actions import erase_person
from accounts.models import NewsItem, Profile, User
from hubs.actions import (
    save_response,
    start_response,
    submit_response,
    withdraw_response,
)
from hubs.clocks import deadline
from hubs.models import Challenge, Response
from matching.models import MatchEvent
from tests import factories

WORDS = {"title": "Sensores", "approach": "Medimos cada pozo.", "plan": "Tres meses."}


@pytest.fixture
def challenge(stranger: User) -> Challenge:
    return factories.make_challenge(factories.make_organisation(owner=stranger))


@pytest.fixture
def profile(owner: User) -> Profile:
    return factories.make_researcher(owner)


@pytest.fixture
def draft(challenge: Challenge, profile: Profile, owner: User) -> Response:
    response, _new = start_response(challenge=challenge, profile=profile, by=owner)
    return save_response(response=response, values=WORDS, version=0, by=owner)


def hand_in(response: Response, by: User, at: object = None) -> bool:
    response.refresh_from_db()
    return submit_response(response=response, by=by, at=at or timezone.now(), version=response.version)  # type: ignore[arg-type]


def test_begun_twice_it_is_the_first_one(challenge: Challenge, profile: Profile, owner: User) -> None:
    first, new = start_response(challenge=challenge, profile=profile, by=owner)
    second, again = start_response(challenge=challenge, profile=profile, by=owner)
    assert (first, new, again) == (second, True, False)
    with pytest.raises(IntegrityError), transaction.atomic():
        Response.objects.create(challenge=challenge, profile=profile)


def test_nobody_responds_for_another_or_to_the_own_organisation(
    challenge: Challenge, profile: Profile, owner: User, teammate: User, stranger: User
) -> None:
    with pytest.raises(PermissionDenied):
        start_response(challenge=challenge, profile=profile, by=teammate)
    own = factories.make_researcher(stranger)
    with pytest.raises(ValidationError, match="propia"):
        start_response(challenge=challenge, profile=own, by=stranger)


def test_whoever_the_challenge_is_not_for_is_told_who_it_is_for(profile: Profile, owner: User) -> None:
    challenge = factories.make_challenge(eligible_kinds=["startup"])
    with pytest.raises(ValidationError, match="startup"):
        start_response(challenge=challenge, profile=profile, by=owner)


def test_a_page_left_open_never_overwrites_what_was_written_since(draft: Response, owner: User) -> None:
    save_response(response=draft, values={"title": "Nuevo"}, version=draft.version, by=owner)
    with pytest.raises(ValidationError) as refused:
        save_response(response=draft, values={"title": "Viejo"}, version=draft.version - 1, by=owner)
    assert refused.value.code == "stale"
    draft.refresh_from_db()
    assert draft.title == "Nuevo"


def test_the_button_of_a_page_follows_what_the_same_page_saved_a_moment_before(
    draft: Response, owner: User
) -> None:
    """Its own typing arrives first, and has counted the version up; a saving that arrives late is refused."""
    page = draft.public_id
    seen = draft.version
    save_response(response=draft, values={"title": "Typ"}, version=seen, page=page, by=owner)
    save_response(response=draft, values={"title": "Typed"}, version=seen, page=page, whole=True, by=owner)
    with pytest.raises(ValidationError):
        save_response(response=draft, values={"title": "Ty"}, version=seen, page=page, by=owner)
    draft.refresh_from_db()
    assert draft.title == "Typed"


def test_what_was_handed_in_stays_until_it_is_handed_in_again(draft: Response, owner: User) -> None:
    assert hand_in(draft, owner)
    save_response(response=draft, values={"title": "Otro", "plan": ""}, version=draft.version, by=owner)
    assert draft.submitted["title"] == "Sensores"
    assert (draft.title, draft.plan) == ("Otro", WORDS["plan"])
    assert hand_in(draft, owner)
    assert draft.submitted["title"] == "Otro"


def test_handed_in_twice_it_counts_once_and_is_receipted_once(draft: Response, owner: User) -> None:
    assert hand_in(draft, owner)
    at = draft.submitted_at
    assert not hand_in(draft, owner)
    assert draft.submitted_at == at
    assert NewsItem.objects.filter(kind="response_received").count() == 1


def test_a_microsecond_decides_and_the_draft_stays(draft: Response, owner: User) -> None:
    closes = draft.challenge.closes_at
    assert closes
    with pytest.raises(ValidationError) as refused:
        hand_in(draft, owner, closes)
    assert refused.value.code == "closed"
    draft.refresh_from_db()
    assert (draft.state, draft.title, draft.submitted) == ("draft", "Sensores", {})
    assert hand_in(draft, owner, closes - timedelta(microseconds=1))


def test_what_came_in_time_counts_however_long_it_waited(draft: Response, owner: User) -> None:
    closes = timezone.now() - timedelta(seconds=20)
    factories.put_at(draft.challenge, "in_evaluation", closes_at=closes)
    assert hand_in(draft, owner, closes - timedelta(seconds=1))


def test_nothing_is_handed_in_before_it_opens(draft: Response, owner: User) -> None:
    Challenge.objects.update(opens_at=timezone.now() + timedelta(hours=1))
    with pytest.raises(ValidationError):
        hand_in(draft, owner)


def test_what_is_too_long_or_lacking_is_said_in_sentences(draft: Response, owner: User) -> None:
    save_response(
        response=draft, values={"title": "", "approach": "a" * 830}, version=draft.version, by=owner
    )
    with pytest.raises(ValidationError) as refused:
        hand_in(draft, owner)
    assert len(refused.value.messages) == 2
    assert "5" in refused.value.messages[1]
    assert len(Response.objects.get().approach) == 830


def test_evidence_is_a_snapshot_that_outlives_the_profile_s_item(
    draft: Response, profile: Profile, owner: User
) -> None:
    items = [
        factories.add_item(profile, "evidence", title=f"Pozo {number}", position=number)
        for number in range(12)
    ]
    save_response(response=draft, values={"evidence": items}, version=draft.version, by=owner)
    assert draft.evidence.count() == 10
    hand_in(draft, owner)
    profile.items.all().delete()
    draft.refresh_from_db()
    assert [row["title"] for row in draft.submitted["evidence"]] == [f"Pozo {n}" for n in range(10)]


def test_withdrawn_until_the_deadline_and_begun_again_with_the_same_words(
    draft: Response, profile: Profile, owner: User
) -> None:
    hand_in(draft, owner)
    assert withdraw_response(response=draft, by=owner, at=timezone.now())
    again, new = start_response(challenge=draft.challenge, profile=profile, by=owner, copied_from=draft)
    assert new
    assert (again.title, again.copied_from) == ("Sensores", draft)
    hand_in(again, owner)
    assert again.challenge.closes_at
    with pytest.raises(ValidationError):
        withdraw_response(response=again, by=owner, at=again.challenge.closes_at)


def test_a_response_serves_for_a_later_call_with_its_evidence(
    draft: Response, profile: Profile, owner: User
) -> None:
    item = factories.add_item(profile, "evidence", title="Pozo")
    save_response(response=draft, values={"evidence": [item]}, version=draft.version, by=owner)
    other, _new = start_response(
        challenge=factories.make_challenge(), profile=profile, by=owner, copied_from=draft
    )
    assert (other.title, other.evidence.get().item) == ("Sensores", item)


def test_the_poster_reads_nothing_before_the_call_closes(
    draft: Response, owner: User, stranger: User
) -> None:
    hand_in(draft, owner)
    assert not Response.objects.visible_to(stranger).exists()
    Challenge.objects.update(closes_at=timezone.now())
    assert Response.objects.visible_to(stranger).exists()


def test_others_never_read_a_response(draft: Response, owner: User, teammate: User) -> None:
    hand_in(draft, owner)
    Challenge.objects.update(closes_at=timezone.now())
    assert not Response.objects.visible_to(teammate).exists()


def told(kind: str) -> int:
    return NewsItem.objects.filter(kind=kind).count()


def test_whoever_has_a_draft_hears_three_days_before_and_when_it_closed_once_each(
    draft: Response, owner: User
) -> None:
    deadline.keep_time()
    assert told("deadline_near") == 0
    Challenge.objects.update(closes_at=timezone.now() + timedelta(hours=71))
    deadline.keep_time()
    deadline.keep_time()
    assert told("deadline_near") == 1
    Challenge.objects.update(closes_at=timezone.now() - timedelta(minutes=1))
    deadline.keep_time()
    deadline.keep_time()
    assert (told("closed_with_draft"), told("responses_in")) == (1, 0)


def test_the_poster_hears_that_responses_can_be_read(draft: Response, owner: User) -> None:
    hand_in(draft, owner)
    Challenge.objects.update(closes_at=timezone.now())
    deadline.keep_time()
    assert (told("closed_with_draft"), told("responses_in")) == (0, 1)


def test_an_erased_person_s_response_says_nothing_any_more(
    draft: Response, owner: User, django_capture_on_commit_callbacks: object
) -> None:
    hand_in(draft, owner)
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        erase_person(person=owner.person, by=owner)
    draft.refresh_from_db()
    assert (draft.title, draft.approach, draft.submitted, draft.state) == ("", "", {}, "withdrawn")


def test_handing_in_and_withdrawing_are_kept_for_the_engine_once_each(draft: Response, owner: User) -> None:
    for _ in range(2):
        hand_in(draft, owner)
    withdraw_response(response=draft, by=owner, at=timezone.now())
    events = MatchEvent.objects.filter(kind="response").order_by("pk")
    assert list(events.values_list("answer", "profile")) == [
        ("submitted", draft.profile_id),
        ("withdrawn", draft.profile_id),
    ]
