"""The work after an award: begun once, kept by those who were selected, completed with a report."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import Profile, User
from hubs.actions import decide_responses, move_challenge
from hubs.actions import workspace as actions
from hubs.clocks import milestones as clock
from hubs.models import Block, Challenge, Milestone, Project, Result, Update
from tests import factories
from tests.hubs.working import (
    REPORT,
    make_consortium,
    milestone,
    person_with_profile,
    project_of,
    selected,
    told,
)


@pytest.fixture
def challenge(owner: User) -> Challenge:
    """The owner's organisation posts it."""
    now = timezone.now()
    return factories.make_challenge(
        factories.make_organisation(owner=owner),
        status="in_evaluation",
        opens_at=now - timedelta(days=9),
        closes_at=now - timedelta(days=1),
    )


@pytest.fixture
def profile(teammate: User) -> Profile:
    return factories.make_researcher(teammate)


@pytest.fixture
def project(challenge: Challenge, profile: Profile) -> Project:
    return project_of(profile, factories.put_at(challenge, "awarded"))


# --- Beginning --------------------------------------------------------------------


def test_the_award_begins_one_project_for_each_selected_response_and_none_for_the_others(
    challenge: Challenge, owner: User
) -> None:
    people = [person_with_profile(f"Persona {n}") for n in range(3)]
    responses = [selected(challenge, profile=profile) for _user, profile in people]
    for response in responses:
        type(response).objects.filter(pk=response.pk).update(
            outcome="", decision_reason="", decision_sentence=""
        )
    decisions = {
        response.pk: {"outcome": outcome, "reason": "best_fit", "sentence": "Así."}
        for response, outcome in zip(responses, ("selected", "selected", "reserve"), strict=True)
    }
    decide_responses(challenge=challenge, decisions=decisions, by=owner)
    challenge.refresh_from_db()
    assert move_challenge(challenge=challenge, to="awarded", by=owner)
    assert {one.response_id for one in Project.objects.all()} == {one.pk for one in responses[:2]}
    assert {(one.trl_start, one.trl_now) for one in Project.objects.all()} == {(4, 4)}
    assert [told(user)[-1] for user, _profile in people[:2]] == ["work_begun"] * 2
    assert "work_begun" not in told(people[2][0])
    assert actions.begin_projects(challenge=challenge) == []
    with pytest.raises(IntegrityError), transaction.atomic():
        Project.objects.create(response=responses[0], challenge=challenge)


def test_nothing_begins_before_the_award(challenge: Challenge, profile: Profile) -> None:
    selected(challenge, profile=profile)
    assert actions.begin_projects(challenge=challenge) == []


def test_the_clock_begins_the_work_on_awards_from_before_there_were_workspaces(
    challenge: Challenge, profile: Profile
) -> None:
    response = selected(challenge, profile=profile)
    factories.put_at(challenge, "awarded")
    for _ in range(2):
        clock.keep_time()
    assert Project.objects.get().response == response


# --- Who sees it and who keeps it --------------------------------------------------


def test_members_and_the_poster_see_it_and_nobody_else(
    challenge: Challenge, owner: User, stranger: User
) -> None:
    users, profiles = zip(*(person_with_profile(f"Persona {n}") for n in range(3)), strict=True)
    response = selected(challenge, consortium=make_consortium(challenge, *profiles))
    actions.begin_projects(challenge=factories.put_at(challenge, "awarded"))
    project = Project.objects.get(response=response)
    curator = factories.make_user()
    factories.make_hub(curator=curator)
    for user in (*users, owner):
        assert Project.objects.visible_to(user).get() == project
    for user in (stranger, curator):
        assert not Project.objects.visible_to(user).exists()
    assert [Project.objects.written_by(user).exists() for user in (*users, owner)] == [
        *(True, True),
        *(False, False),
    ]
    assert [Project.objects.led_by(user).exists() for user in (*users, owner)] == [True, *[False] * 3]


def test_only_those_who_keep_it_write_milestones_results_and_the_report(
    project: Project, owner: User, teammate: User, stranger: User
) -> None:
    made = milestone(project, teammate)
    result = {"kind": "jobs", "number": 3, "amount": None, "on": timezone.localdate(), "note": "", "link": ""}
    for user in (owner, stranger):
        for attempt in (
            lambda by=user: milestone(project, by),
            lambda by=user: actions.finish_milestone(milestone=made, done=True, by=by),
            lambda by=user: actions.remove_milestone(milestone=made, by=by),
            lambda by=user: actions.set_level(project=project, trl_start=1, trl_now=9, by=by),
            lambda by=user: actions.record_result(project=project, values=result, by=by),
            lambda by=user: actions.save_report(project=project, values=REPORT | {"trl_now": 5}, by=by),
            lambda by=user: actions.complete_project(project=project, by=by),
        ):
            with pytest.raises(PermissionDenied):
                attempt()


def test_the_poster_comments_by_an_update_which_the_members_hear_and_a_stranger_does_not(
    project: Project, owner: User, teammate: User, stranger: User
) -> None:
    words = {"text": "¿Y los planos?", "link": "", "link_label": ""}
    actions.write_update(project=project, values=words, by=owner)
    actions.write_update(project=project, values=words, by=owner)
    assert told(teammate).count("work_updated") == 1  # of one author once a day
    actions.write_update(project=project, values=words, by=teammate)
    assert told(owner).count("work_updated") == 1
    with pytest.raises(PermissionDenied):
        actions.write_update(project=project, values=words, by=stranger)
    theirs = Update.objects.filter(author=owner.person).first()
    assert theirs
    with pytest.raises(PermissionDenied):
        actions.remove_update(update=theirs, by=teammate)
    actions.remove_update(update=theirs, by=owner)
    assert Update.objects.count() == 2


def test_whoever_blocked_the_author_does_not_hear_of_their_updates(
    project: Project, owner: User, teammate: User
) -> None:
    Block.objects.create(by=teammate.person, person=owner.person)
    words = {"text": "¿Y los planos?", "link": "", "link_label": ""}
    actions.write_update(project=project, values=words, by=owner)
    assert "work_updated" not in told(teammate)


# --- Milestones -------------------------------------------------------------------


def test_a_form_sent_twice_adds_one(project: Project, teammate: User) -> None:
    key = uuid.uuid4()
    for _ in range(2):
        values: dict[str, Any] = {"title": "Piloto", "due": timezone.localdate(), "owner": None}
        actions.add_milestone(project=project, values=values, by=teammate, form_key=key)
        words = {"text": "Hola", "link": "", "link_label": ""}
        actions.write_update(project=project, values=words, by=teammate, form_key=key)
        result = {"kind": "jobs", "number": 1, "amount": None, "on": timezone.localdate()}
        actions.record_result(project=project, values=result, by=teammate, form_key=key)
    assert [each.objects.count() for each in (Milestone, Update, Result)] == [1, 1, 1]
    with pytest.raises(IntegrityError), transaction.atomic():
        project.milestones.create(title="Otro", due=timezone.localdate(), form_key=key)


def test_a_milestone_is_reached_and_opened_again_each_once(project: Project, teammate: User) -> None:
    made = milestone(project, teammate)
    assert actions.finish_milestone(milestone=made, done=True, by=teammate)
    at = made.done_at
    assert not actions.finish_milestone(milestone=made, done=True, by=teammate)
    assert made.done_at == at
    assert actions.finish_milestone(milestone=made, done=False, by=teammate)
    assert made.done_at is None
    assert not actions.finish_milestone(milestone=made, done=False, by=teammate)


def test_only_somebody_who_works_on_it_owns_a_milestone_and_hears_of_it(
    challenge: Challenge, teammate: User, owner: User
) -> None:
    startup = factories.make_organisation("startup", owner=teammate)
    colleague = factories.make_user()
    factories.join(startup, colleague)
    project = project_of(factories.make_profile(startup), factories.put_at(challenge, "awarded"))
    made = milestone(project, teammate, owner=colleague.person)
    assert told(colleague) == ["milestone_yours"]
    values = {"title": made.title, "due": made.due, "owner": owner.person}
    with pytest.raises(ValidationError):
        actions.change_milestone(milestone=made, values=values, by=teammate)


def test_the_owner_is_reminded_a_week_before_and_once_when_it_is_over(
    project: Project, teammate: User
) -> None:
    made = milestone(project, teammate, days=20, owner=teammate.person)
    first = timezone.now()
    expected: list[str] = []
    for days, kind in ((12, None), (13, "milestone_due"), (20, None), (21, "milestone_overdue"), (40, None)):
        with time_machine.travel(first + timedelta(days=days), tick=False):
            for _ in range(2):
                clock.keep_time()
        expected += [kind] if kind else []
        assert [each for each in told(teammate) if each.startswith("milestone")] == expected
    with time_machine.travel(first + timedelta(days=41), tick=False):
        values = {"title": made.title, "due": timezone.localdate() + timedelta(days=3), "owner": made.owner}
        actions.change_milestone(milestone=made, values=values, by=teammate)
        clock.keep_time()
        assert told(teammate)[-1] == "milestone_due"  # another day is reminded anew
        actions.finish_milestone(milestone=made, done=True, by=teammate)
    with time_machine.travel(first + timedelta(days=60), tick=False):
        clock.keep_time()
    assert told(teammate).count("milestone_overdue") == 1


def test_whoever_works_on_it_no_longer_is_not_reminded(challenge: Challenge, teammate: User) -> None:
    startup = factories.make_organisation("startup", owner=teammate)
    colleague = factories.make_user()
    place = factories.join(startup, colleague)
    project = project_of(factories.make_profile(startup), factories.put_at(challenge, "awarded"))
    milestone(project, teammate, days=3, owner=colleague.person)
    place.delete()
    clock.keep_time()
    assert told(colleague) == ["milestone_yours"]


def test_the_report_is_asked_for_once_when_all_milestones_are_reached(
    project: Project, teammate: User
) -> None:
    clock.keep_time()
    assert "closing_asked" not in told(teammate)  # without a milestone nothing is reached
    made = [milestone(project, teammate) for _ in range(2)]
    actions.finish_milestone(milestone=made[0], done=True, by=teammate)
    clock.keep_time()
    assert "closing_asked" not in told(teammate)
    actions.finish_milestone(milestone=made[1], done=True, by=teammate)
    for _ in range(2):
        clock.keep_time()
    assert told(teammate).count("closing_asked") == 1


# --- Results and TRL ----------------------------------------------------------------


def test_a_result_of_a_day_to_come_is_refused(project: Project, teammate: User) -> None:
    tomorrow = timezone.localdate() + timedelta(days=1)
    with pytest.raises(ValidationError):
        actions.record_result(
            project=project, values={"kind": "jobs", "number": 1, "on": tomorrow}, by=teammate
        )


def test_a_level_is_one_of_nine_in_the_database_too(project: Project, teammate: User) -> None:
    actions.set_level(project=project, trl_start=3, trl_now=6, by=teammate)
    project.refresh_from_db()
    assert (project.trl_start, project.trl_now) == (3, 6)
    with pytest.raises(ValidationError):
        actions.set_level(project=project, trl_start=3, trl_now=10, by=teammate)
    with pytest.raises(IntegrityError), transaction.atomic():
        Project.objects.update(trl_now=10)
