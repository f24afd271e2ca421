"""What everybody reads on a challenge's page of the work that is completed."""

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Profile, User
from hubs.actions import workspace as actions
from hubs.models import Challenge, Project
from tests import factories
from tests.conftest import signed_in
from tests.hubs.working import make_consortium, person_with_profile, project_of, report, selected


@pytest.fixture
def challenge(owner: User) -> Challenge:
    """The owner's organisation posts it."""
    return factories.make_challenge(factories.make_organisation(owner=owner), status="in_progress")


def text(client: Client, where: str) -> str:
    response = client.get(where)
    assert response.status_code == 200, where
    return response.content.decode()


def finished(challenge: Challenge, *profiles: Profile, by: User, **values: Any) -> Project:
    if len(profiles) > 1:
        selected(challenge, consortium=make_consortium(challenge, *profiles))
        (project,) = actions.begin_projects(challenge=challenge)
    else:
        project = project_of(profiles[0], challenge)
    result = {"kind": "jobs", "number": 14, "amount": None, "on": timezone.localdate(), "note": "De Ana"}
    actions.record_result(project=project, values=result, by=by)
    report(project, by, **{"trl_now": 8, "report": "Quedó en servicio."} | values)
    return project


def test_once_it_is_completed_everybody_reads_what_came_of_it_and_no_more(
    challenge: Challenge, teammate: User, stranger: User
) -> None:
    profile = factories.make_researcher(teammate, visibility="public")
    lessons = {"lessons": "Calibrar cada mes.", "lessons_public": True, "cost": 77}
    project = finished(challenge, profile, by=teammate, **lessons)
    page = challenge.get_absolute_url()
    assert "Calibrar cada mes." not in text(Client(), page)  # the poster has not completed it
    factories.put_at(challenge, "completed")
    for client in (Client(), signed_in(stranger)):
        shown = text(client, page)
        for words in ("de 4 a 8", "14", "Calibrar cada mes.", str(profile.name), "Sensores"):
            assert words in shown
        for words in ("Quedó en servicio.", "De Ana", "$77", project.get_absolute_url()):
            assert words not in shown
    assert project.get_absolute_url() in text(signed_in(teammate), page)


def test_lessons_that_are_not_public_and_names_that_are_hidden_stay_so(
    challenge: Challenge, stranger: User
) -> None:
    first, seen = person_with_profile("Quien Se Ve", visibility="public")
    second, members = person_with_profile("Para Miembros", visibility="members")
    third, hidden = person_with_profile("Quien Se Oculta", visibility="nobody")
    finished(challenge, seen, members, hidden, by=first, lessons="Solo nuestro.")
    factories.put_at(challenge, "completed")
    shown = text(Client(), challenge.get_absolute_url())
    assert "Quien Se Ve" in shown
    assert "y 2 más" in shown
    for words in ("Para Miembros", "Quien Se Oculta", "Solo nuestro.", "Agua clara"):
        assert words not in shown
    shown = text(signed_in(stranger), challenge.get_absolute_url())
    assert "Para Miembros" in shown
    assert "y uno más" in shown
    assert "Quien Se Oculta" not in shown
    for user in (second, third):
        assert "Solo nuestro." not in text(signed_in(user), challenge.get_absolute_url())


def test_what_is_shown_is_the_title_that_was_handed_in_whatever_the_draft_says_since(
    challenge: Challenge, teammate: User
) -> None:
    project = finished(challenge, factories.make_researcher(teammate), by=teammate)
    type(project.response).objects.update(title="Cambiado después")
    factories.put_at(challenge, "completed")
    shown = text(Client(), challenge.get_absolute_url())
    assert "Sensores" in shown
    assert "Cambiado después" not in shown


def test_a_challenge_that_was_never_awarded_says_nothing_of_work(owner: User) -> None:
    challenge = factories.make_challenge()
    assert 'id="outcome"' not in text(Client(), challenge.get_absolute_url())
