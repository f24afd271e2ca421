"""The end of the work: a closing report, what everybody may read, and what goes with whoever leaves."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.actions import erase_person
from accounts.models import User
from accounts.queries import all_data
from hubs.actions import move_challenge
from hubs.actions import workspace as actions
from hubs.models import Challenge, Milestone, Project, Result, Update
from hubs.transitions import offered
from tests import factories
from tests.hubs.working import REPORT, milestone, person_with_profile, project_of, report, told


@pytest.fixture
def challenge(owner: User) -> Challenge:
    """The owner's organisation posts it."""
    return factories.make_challenge(factories.make_organisation(owner=owner), status="awarded")


@pytest.fixture
def project(challenge: Challenge, teammate: User) -> Project:
    return project_of(factories.make_researcher(teammate), challenge)


def test_without_a_report_nothing_is_completed(project: Project, teammate: User) -> None:
    with pytest.raises(ValidationError):
        report(project, teammate, report="  ")
    with pytest.raises(ValidationError):
        report(project, teammate, trl_now=None)
    with pytest.raises(IntegrityError), transaction.atomic():
        Project.objects.update(completed_at=timezone.now(), report="")


def test_completed_once_the_poster_hears_it_and_is_offered_to_complete_the_challenge(
    project: Project, owner: User, teammate: User
) -> None:
    challenge = Challenge.objects.get(pk=project.challenge_id)
    move_challenge(challenge=challenge, to="in_progress", by=owner)
    assert "completed" not in {step.to for step in offered(challenge, {"poster"})}
    assert report(project, teammate)
    assert not actions.complete_project(project=project, by=teammate)
    assert told(owner).count("work_completed") == 1
    assert "completed" in {step.to for step in offered(challenge, {"poster"})}
    assert not Project.objects.told().exists()  # the poster has not said so yet
    move_challenge(challenge=challenge, to="completed", by=owner)
    assert Project.objects.told().get() == project
    assert told(teammate)[-1] == "work_published"


def test_of_two_projects_the_last_one_completes_the_challenge(
    challenge: Challenge, owner: User, teammate: User
) -> None:
    factories.put_at(challenge, "in_progress")
    other, profile = person_with_profile("Otra")
    projects = [project_of(each, challenge) for each in (factories.make_researcher(teammate), profile)]
    report(projects[0], teammate)
    with pytest.raises(ValidationError):
        move_challenge(challenge=challenge, to="completed", by=owner)
    report(projects[1], other)
    assert move_challenge(challenge=challenge, to="completed", by=owner)


def test_what_is_over_keeps_its_milestones_and_report_and_may_still_bear_results(
    project: Project, teammate: User
) -> None:
    made = milestone(project, teammate)
    report(project, teammate)
    for attempt in (
        lambda: milestone(project, teammate),
        lambda: actions.finish_milestone(milestone=made, done=True, by=teammate),
        lambda: actions.save_report(project=project, values=REPORT | {"trl_now": 9}, by=teammate),
        lambda: actions.set_level(project=project, trl_start=1, trl_now=9, by=teammate),
    ):
        with pytest.raises(ValidationError):
            attempt()
    later = {"kind": "patent", "number": 1, "amount": None, "on": timezone.localdate()}
    actions.record_result(project=project, values=later, by=teammate)
    assert project.results.count() == 1


def test_work_that_the_poster_ends_is_kept_no_more(project: Project, owner: User, teammate: User) -> None:
    challenge = Challenge.objects.get(pk=project.challenge_id)
    move_challenge(challenge=challenge, to="archived", by=owner, note="Ya no hay presupuesto.")
    with pytest.raises(ValidationError):
        milestone(project, teammate)
    assert not Milestone.objects.to_remind(timezone.localdate()).exists()


# --- One's data -----------------------------------------------------------------------


def test_what_somebody_wrote_is_in_their_download_and_goes_with_them(
    project: Project, owner: User, teammate: User, django_capture_on_commit_callbacks: Any
) -> None:
    made = milestone(project, teammate, owner=teammate.person)
    for user in (owner, teammate):
        words = {"text": "Palabras mías", "link": "https://example.org/x", "link_label": "Acta"}
        actions.write_update(project=project, values=words, by=user)
    spent = {
        "kind": "purchase",
        "number": 1,
        "amount": Decimal(900),
        "note": "de Ana",
        "on": date(2026, 1, 2),
    }
    actions.record_result(project=project, values=spent, by=teammate)
    report(project, teammate, lessons="Sé lo que sé", lessons_public=True)
    held = all_data(teammate.person)["workspaces"]
    assert held["milestones"][0]["title"] == made.title
    assert [row["text"] for row in held["updates"]] == ["Palabras mías"]
    assert held["results"][0]["note"] == "de Ana"
    assert held["projects"][0]["lessons"] == "Sé lo que sé"
    with django_capture_on_commit_callbacks(execute=True):
        erase_person(person=teammate.person, by=teammate)
    project.refresh_from_db()
    assert (project.report, project.lessons, project.trl_now) == ("…", "", 7)
    project.response.refresh_from_db()
    assert project.response.told_title == "Respuesta sin título"
    made.refresh_from_db()
    assert (made.owner, made.title) == (None, "…")
    assert set(Update.objects.values_list("text", "link")) == {
        ("…", ""),
        ("Palabras mías", "https://example.org/x"),
    }
    result = Result.objects.get()
    assert result.amount == 900
    assert (result.note, result.by) == ("", None)
