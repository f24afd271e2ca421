"""Pages of the work after an award, as members, poster and everybody else meet them."""

import uuid
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from hubs.actions import workspace as actions
from hubs.models import Challenge, Milestone, Project, Result, Update
from tests import factories
from tests.conftest import signed_in
from tests.hubs.working import make_consortium, person_with_profile, project_of, selected


@pytest.fixture
def challenge(owner: User) -> Challenge:
    """The owner's organisation posts it."""
    return factories.make_challenge(factories.make_organisation(owner=owner), status="in_progress")


@pytest.fixture
def project(challenge: Challenge, teammate: User) -> Project:
    return project_of(factories.make_researcher(teammate), challenge)


@pytest.fixture
def milestone(project: Project, teammate: User) -> Milestone:
    values = {"title": "Cien sensores", "due": timezone.localdate(), "owner": teammate.person}
    return actions.add_milestone(project=project, values=values, by=teammate)


def address(name: str, record: Any) -> str:
    return reverse(f"hubs:{name}", args=[record.public_id])


def text(client: Client, where: str) -> str:
    response = client.get(where)
    assert response.status_code == 200, where
    return response.content.decode()


def due(days: int = 9) -> str:
    return (timezone.localdate() + timedelta(days=days)).isoformat()


FOR_MEMBERS = ("workspace_level", "milestone_add", "result_add", "closing_report")


def test_members_and_poster_read_it_and_strangers_curators_and_visitors_do_not(
    project: Project, milestone: Milestone, owner: User, teammate: User, stranger: User
) -> None:
    curator = factories.make_user()
    factories.make_hub(curator=curator)
    factories.make_researcher(stranger)
    for user in (owner, teammate):
        assert "Cien sensores" in text(signed_in(user), project.get_absolute_url())
        assert project.get_absolute_url() in text(signed_in(user), reverse("hubs:workspace_list"))
    for user in (stranger, curator):
        client = signed_in(user)
        for name in ("workspace", "update_add", *FOR_MEMBERS):
            assert client.get(address(name, project)).status_code == 404, name
        assert client.get(address("milestone_edit", milestone)).status_code == 404
        assert project.get_absolute_url() not in text(client, reverse("hubs:workspace_list"))
    assert Client().get(project.get_absolute_url()).status_code == 302


def test_the_poster_reads_everything_comments_and_changes_nothing(
    project: Project, milestone: Milestone, owner: User
) -> None:
    client = signed_in(owner)
    shown = text(client, project.get_absolute_url())
    assert not any(address(name, project) in shown for name in FOR_MEMBERS)
    assert address("milestone_step", milestone) not in shown
    for name in FOR_MEMBERS:
        assert client.get(address(name, project)).status_code == 404
    assert client.post(address("milestone_step", milestone), {"do": "done"}).status_code == 404
    client.post(
        address("update_add", project), {"text": "¿Cómo va el piloto?", "form_key": str(uuid.uuid4())}
    )
    assert Update.objects.get().author == owner.person


def test_an_adviser_reads_and_comments_and_changes_nothing(challenge: Challenge) -> None:
    people = [person_with_profile(f"Persona {n}") for n in range(3)]
    consortium = make_consortium(challenge, *(profile for _user, profile in people))
    selected(challenge, consortium=consortium)
    (project,) = actions.begin_projects(challenge=challenge)
    adviser = signed_in(people[2][0])
    shown = text(adviser, project.get_absolute_url())
    assert address("update_add", project) in shown
    assert not any(address(name, project) in shown for name in FOR_MEMBERS)
    member = signed_in(people[1][0])
    assert address("closing_report", project) in text(member, project.get_absolute_url())
    assert 'value="complete"' not in text(member, address("closing_report", project))
    assert 'value="complete"' in text(signed_in(people[0][0]), address("closing_report", project))


def test_a_milestone_is_added_once_however_often_one_clicks_changed_reached_reopened_and_taken_out(
    project: Project, teammate: User
) -> None:
    client = signed_in(teammate)
    data = {
        "title": "Piloto en tres pozos",
        "due": due(),
        "owner": str(teammate.person.public_id),
        "form_key": str(uuid.uuid4()),
    }
    for _ in range(2):
        answer = client.post(address("milestone_add", project), data)
        assert answer["Location"] == f"{project.get_absolute_url()}#milestones"
    made = Milestone.objects.get()
    assert made.owner == teammate.person
    client.post(address("milestone_edit", made), data | {"title": "Piloto en cinco pozos", "owner": ""})
    made.refresh_from_db()
    assert made.title == "Piloto en cinco pozos"
    assert made.owner_id is None
    for do, reached in (("done", True), ("done", True), ("reopen", False)):
        client.post(address("milestone_step", made), {"do": do})
        made.refresh_from_db()
        assert bool(made.done_at) is reached
    client.post(address("milestone_step", made), {"do": "remove"})
    assert not Milestone.objects.exists()
    assert client.post(address("milestone_step", made), {"do": "done"}).status_code == 404


@pytest.mark.parametrize(
    ("name", "wrong", "field"),
    [
        ("milestone_add", {"title": "Piloto", "due": "mañana"}, "due"),
        ("milestone_add", {"title": "Piloto", "due": "0001-01-01"}, "due"),
        ("milestone_add", {"title": "", "due": "2030-01-01"}, "title"),
        ("update_add", {"text": "   "}, "text"),
        ("update_add", {"text": "x" * 4001}, "text"),
        ("update_add", {"text": "Acta", "link": "javascript:alert(1)"}, "link"),
        ("update_add", {"text": "Acta", "link_label": "Acta"}, "link"),
        ("result_add", {"kind": "jobs", "number": "0", "on": "2026-01-02"}, "number"),
        ("result_add", {"kind": "jobs", "number": "99999999999", "on": "2026-01-02"}, "number"),
        ("result_add", {"kind": "unicorns", "number": "1", "on": "2026-01-02"}, "kind"),
        ("result_add", {"kind": "jobs", "number": "1", "on": "2199-01-01"}, "on"),
        ("result_add", {"kind": "purchase", "number": "1", "on": "2026-01-02", "amount": "-5"}, "amount"),
        ("workspace_level", {"trl_now": "12"}, "trl_now"),
        ("closing_report", {"report": "x" * 8001}, "report"),
        ("closing_report", {"report": "", "trl_now": "7", "then": "complete"}, "report"),
        ("closing_report", {"report": "Listo.", "trl_now": "", "then": "complete"}, "trl_now"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_is_written(
    project: Project, teammate: User, name: str, wrong: dict[str, str], field: str
) -> None:
    data = {"form_key": str(uuid.uuid4())} | wrong
    response = signed_in(teammate).post(address(name, project), data)
    assert response.status_code == 200
    assert field in response.context["form"].errors
    assert not any(each.objects.exists() for each in (Milestone, Update, Result))
    project.refresh_from_db()
    assert project.completed_at is None


def test_somebody_else_s_name_is_not_offered_as_an_owner(
    project: Project, teammate: User, owner: User
) -> None:
    data = {"title": "Piloto", "due": due(), "form_key": str(uuid.uuid4())}
    data["owner"] = str(owner.person.public_id)
    response = signed_in(teammate).post(address("milestone_add", project), data)
    assert response.context["form"].errors.keys() == {"owner"}


def test_results_and_own_updates_are_recorded_and_taken_out_again(
    project: Project, owner: User, teammate: User
) -> None:
    client = signed_in(teammate)
    data = {"kind": "purchase", "number": "2", "amount": "1500", "on": due(-3), "note": "Dos municipios"}
    client.post(address("result_add", project), data | {"form_key": str(uuid.uuid4())})
    result = Result.objects.get()
    assert "$1,500 MXN" in text(signed_in(owner), project.get_absolute_url())
    assert signed_in(owner).post(address("result_remove", result)).status_code == 404
    client.post(address("result_remove", result))
    assert not Result.objects.exists()
    words = {"text": "Visita hecha", "link": "https://example.org/acta.pdf", "form_key": str(uuid.uuid4())}
    client.post(address("update_add", project), words)
    update = Update.objects.get()
    assert 'href="https://example.org/acta.pdf"' in text(signed_in(owner), project.get_absolute_url())
    assert signed_in(owner).post(address("update_remove", update)).status_code == 404
    client.post(address("update_remove", update))
    assert not Update.objects.exists()


def test_the_report_is_kept_as_a_draft_then_completed_and_the_poster_is_offered_the_last_step(
    project: Project, owner: User, teammate: User
) -> None:
    client, page = signed_in(teammate), address("closing_report", project)
    client.post(page, {"report": "Un borrador."})
    assert "Un borrador." in text(client, page)
    told = {"report": "Cien sensores.", "lessons": "Medir antes.", "cost": "120000.50", "trl_now": "8"}
    answer = client.post(page, told | {"then": "complete"})
    assert answer["Location"] == f"{project.get_absolute_url()}#report"
    project.refresh_from_db()
    assert (project.cost, project.trl_now, bool(project.completed_at)) == (Decimal("120000.50"), 8, True)
    assert client.get(page)["Location"] == f"{project.get_absolute_url()}#report"
    assert 'value="completed"' in text(signed_in(owner), project.get_absolute_url())
    step = address("challenge_step", project.challenge)
    signed_in(owner).post(step, {"to": "completed"})
    assert Challenge.objects.get(pk=project.challenge_id).status == "completed"


# --- The ways to it -----------------------------------------------------------------


def test_the_menu_and_the_own_page_lead_to_all_that_one_has(stranger: User) -> None:
    shown = text(signed_in(stranger), reverse("accounts:home"))
    for name in ("response_list", "consortium_list", "workspace_list", "computing_list", "introduction_list"):
        assert shown.count(f'href="{reverse(f"hubs:{name}")}"') >= 2, name


def test_the_response_form_begins_with_the_consortium_that_was_asked_for(
    teammate: User, stranger: User
) -> None:
    challenge = factories.make_challenge()
    consortium = make_consortium(challenge, factories.make_researcher(teammate))
    new = reverse("hubs:response_new", args=[challenge.public_id])
    for key, who in (
        (str(consortium.public_id), f"consortium:{consortium.public_id}"),
        (str(uuid.uuid4()), "profile:"),
        ("<x>", "profile:"),
    ):
        response = signed_in(teammate).get(new, {"consortium": key})
        assert response.context["form"].initial["who"].startswith(who)
    factories.make_researcher(stranger)
    response = signed_in(stranger).get(new, {"consortium": str(consortium.public_id)})
    assert response.context["form"].initial["who"].startswith("profile:")
