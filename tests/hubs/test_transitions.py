"""A challenge's way from draft to archive."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError

from accounts.models import Letter, User
from hubs import signals
from hubs.actions import move_challenge
from hubs.models import Challenge, Status
from hubs.models.challenges import working_days_before
from hubs.transitions import TABLE, Transition, missing
from tests import factories
from tests.factories import put_at as at

WHOLE: dict[str, Any] = {"contact_name": "Dueña Inventada", "contact_email": "duena@example.org"}


@pytest.fixture
def curator(db: None) -> User:
    return factories.make_user("curadora@example.org", name="Curadora Inventada")


@pytest.fixture
def draft(owner: User, curator: User) -> Challenge:
    return factories.make_challenge(
        factories.make_organisation(owner=owner),
        hub=factories.make_hub(curator=curator),
        status="draft",
        author=owner.person,
        **WHOLE,
    )


def test_a_draft_travels_through_review_to_the_public(draft: Challenge, owner: User, curator: User) -> None:
    move_challenge(challenge=draft, to="in_review", by=owner)
    assert draft.submitted_at is not None
    move_challenge(challenge=draft, to="changes_requested", by=curator, note="Falta el presupuesto.")
    move_challenge(challenge=draft, to="in_review", by=owner)
    move_challenge(challenge=draft, to="published", by=curator)

    stored = Challenge.objects.get(pk=draft.pk)
    assert stored.status == "published"
    assert stored.published_at is not None
    lines = [(line.from_status, line.to_status, line.actor, line.note) for line in stored.steps.all()]
    assert lines[1] == ("in_review", "changes_requested", curator.person, "Falta el presupuesto.")
    assert len(lines) == 4


@pytest.mark.parametrize("step", TABLE, ids=lambda step: f"{step.start}-{step.to}")
def test_a_stranger_may_take_no_step_at_all(step: Transition, draft: Challenge, stranger: User) -> None:
    at(draft, step.start)
    with pytest.raises((PermissionDenied, ValidationError)):
        move_challenge(challenge=draft, to=step.to, by=stranger, note="x")
    assert Challenge.objects.get(pk=draft.pk).status == step.start


def test_the_poster_cannot_publish(draft: Challenge, owner: User) -> None:
    at(draft, Status.IN_REVIEW, submitted_at=draft.created_at)
    with pytest.raises(PermissionDenied):
        move_challenge(challenge=draft, to="published", by=owner)


def test_a_curator_cannot_publish_a_challenge_of_their_own_organisation(
    draft: Challenge, curator: User
) -> None:
    factories.join(draft.organisation, curator)
    at(draft, Status.IN_REVIEW, submitted_at=draft.created_at)
    with pytest.raises(PermissionDenied):
        move_challenge(challenge=draft, to="published", by=curator)


def test_nobody_jumps_over_the_review(draft: Challenge, curator: User, owner: User) -> None:
    for by in (curator, owner):
        with pytest.raises(ValidationError):
            move_challenge(challenge=draft, to="published", by=by)


def test_what_is_missing_keeps_it_from_being_submitted(draft: Challenge, owner: User) -> None:
    draft.needs.all().delete()
    at(draft, Status.DRAFT, summary="", contact_email="")
    assert {gap.step for gap in missing(draft)} == {"needs", "problem", "contact"}
    with pytest.raises(ValidationError) as refused:
        move_challenge(challenge=draft, to="in_review", by=owner)
    assert len(refused.value.messages) == 3


def test_a_closing_date_that_passed_during_the_review_keeps_it_from_being_published(
    draft: Challenge, curator: User
) -> None:
    at(draft, Status.IN_REVIEW, submitted_at=draft.created_at)
    assert draft.closes_at is not None
    with time_machine.travel(draft.closes_at + timedelta(minutes=1)), pytest.raises(ValidationError):
        move_challenge(challenge=draft, to="published", by=curator)


def test_changes_are_requested_only_with_a_note(draft: Challenge, curator: User) -> None:
    at(draft, Status.IN_REVIEW, submitted_at=draft.created_at)
    with pytest.raises(ValidationError):
        move_challenge(challenge=draft, to="changes_requested", by=curator, note="   ")


def test_two_clicks_take_one_step_and_send_one_letter(draft: Challenge, curator: User) -> None:
    at(draft, Status.IN_REVIEW, submitted_at=draft.created_at)
    twin = Challenge.objects.get(pk=draft.pk)
    assert move_challenge(challenge=draft, to="published", by=curator) is True
    assert move_challenge(challenge=twin, to="published", by=curator) is False
    assert draft.steps.count() == 1
    assert Letter.objects.filter(kind="challenge_reviewed").count() == 1


def test_of_two_curators_who_decide_differently_the_second_is_told(draft: Challenge, curator: User) -> None:
    at(draft, Status.IN_REVIEW, submitted_at=draft.created_at)
    twin = Challenge.objects.get(pk=draft.pk)
    move_challenge(challenge=draft, to="published", by=curator)
    with pytest.raises((ValidationError, PermissionDenied)):
        move_challenge(challenge=twin, to="changes_requested", by=curator, note="Otra cosa")
    assert Challenge.objects.get(pk=draft.pk).status == "published"


def test_author_and_letter_readers_hear_of_the_outcome_once_each(
    draft: Challenge, curator: User, owner: User, teammate: User
) -> None:
    factories.join(draft.organisation, teammate, "owner")
    quiet = factories.make_user()
    factories.join(draft.organisation, quiet)
    at(draft, Status.IN_REVIEW, submitted_at=draft.created_at)
    move_challenge(challenge=draft, to="changes_requested", by=curator, note="Falta el presupuesto.")
    people = set(Letter.objects.filter(kind="challenge_reviewed").values_list("person", flat=True))
    assert people == {owner.person.pk, teammate.person.pk}


def test_publishing_is_told_to_the_higher_floors_after_commit(
    draft: Challenge, curator: User, django_capture_on_commit_callbacks: Any
) -> None:
    heard: list[int] = []

    def hear(challenge_id: int, **_: object) -> None:
        heard.append(challenge_id)

    signals.challenge_published.connect(hear)
    at(draft, Status.IN_REVIEW, submitted_at=draft.created_at)
    try:
        with django_capture_on_commit_callbacks(execute=True):
            move_challenge(challenge=draft, to="published", by=curator)
            assert heard == []
        assert heard == [draft.pk]
    finally:
        signals.challenge_published.disconnect(hear)


def test_closing_by_hand_is_closed_at_that_moment(draft: Challenge, owner: User) -> None:
    at(draft, Status.PUBLISHED)
    move_challenge(challenge=draft, to="closed", by=owner)
    stored = Challenge.objects.get(pk=draft.pk)
    assert stored.is_closed()
    assert stored.closes_at is not None
    assert stored.closes_at <= stored.updated_at


def test_a_withdrawn_challenge_can_start_again_as_a_draft(draft: Challenge, owner: User) -> None:
    at(draft, Status.PUBLISHED)
    move_challenge(challenge=draft, to="withdrawn", by=owner, note="Cambió el presupuesto.")
    move_challenge(challenge=draft, to="draft", by=owner)
    assert draft.status == "draft"


@pytest.mark.parametrize(
    ("now", "limit"),
    [
        ("2026-11-27T18:00", "2026-11-25T18:00"),  # Friday: Wednesday
        ("2026-11-23T18:00", "2026-11-19T18:00"),  # Monday: the Thursday before
        ("2026-11-22T18:00", "2026-11-19T18:00"),  # Sunday: Thursday
    ],
)
def test_working_days_are_monday_to_friday(now: str, limit: str) -> None:
    moment = datetime.fromisoformat(now).replace(tzinfo=UTC)
    assert working_days_before(moment, 2) == datetime.fromisoformat(limit).replace(tzinfo=UTC)


def test_a_review_that_waits_more_than_two_working_days_is_shown_to_the_curators_of_the_nation(
    draft: Challenge, stranger: User
) -> None:
    factories.make_hub("nation", curator=stranger)
    friday = datetime(2026, 11, 20, 18, tzinfo=UTC)
    at(draft, Status.IN_REVIEW, submitted_at=friday)
    soon, late = friday + timedelta(days=3), friday + timedelta(days=4, minutes=1)
    assert draft not in Challenge.objects.reviewable_by(stranger, soon)
    assert draft in Challenge.objects.reviewable_by(stranger, late)


def test_curators_of_another_country_or_region_never_see_it(draft: Challenge, stranger: User) -> None:
    factories.make_hub("nation", curator=stranger, country="CL")
    factories.make_hub(curator=stranger)
    at(draft, Status.IN_REVIEW, submitted_at=draft.created_at - timedelta(days=30))
    assert draft not in Challenge.objects.reviewable_by(stranger)
