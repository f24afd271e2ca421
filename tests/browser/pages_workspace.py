"""The work after an award, under way and completed."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from accounts.models import Profile
from hubs.actions import workspace as actions
from hubs.models import Challenge, Member, Project
from tests import factories
from tests.browser.addresses import Address, nothing
from tests.browser.country import Country
from tests.hubs.working import make_consortium, selected

RUNNING, COMPLETED = "Medir el agua que se pierde de noche", "Menos presión de madrugada"
MANY = 50


def challenge_of(country: Country, title: str, status: str) -> Challenge:
    """The official's, with a consortium of the researcher and the owner's startup at work on it."""
    found = Challenge.objects.filter(title=title).first()
    if found:
        return found
    organisation = country.user("official").person.memberships.order_by("pk")[0].organisation
    hub = country.loaded.hubs["mexico"]
    now = timezone.now()
    found = factories.make_challenge(
        organisation,
        hub=hub,
        title=title,
        status=status,
        opens_at=now - timedelta(days=90),
        closes_at=now - timedelta(days=60),
    )
    startup = Profile.objects.get(organisation=country.loaded.organisations["s-gotera"])
    consortium = make_consortium(found, country.profile("researcher"), startup)
    selected(found, consortium=consortium)
    return found


def running(country: Country) -> Project:
    """Milestones reached, late and ahead; an update of each side; results; the draft of a report."""
    challenge = challenge_of(country, RUNNING, "in_progress")
    begun = actions.begin_projects(challenge=challenge)
    project = challenge.projects.get()
    if begun:
        fill(country, project)
    return project


def fill(country: Country, project: Project) -> None:
    user, official = country.user("researcher"), country.user("official")
    today = timezone.localdate()
    for title, days in (("Cien sensores colocados", -20), ("Un mes de datos", -3), ("Informe de fugas", 40)):
        values = {"title": title, "due": today + timedelta(days=days), "owner": user.person}
        made = actions.add_milestone(project=project, values=values, by=user)
    first = project.milestones.order_by("due")[0]
    actions.finish_milestone(milestone=first, done=True, by=user)
    assert made.owner == user.person
    words = {"text": "Ya están los sensores.", "link": "https://example.org/acta", "link_label": "Acta"}
    actions.write_update(project=project, values=words, by=user)
    words = {"text": "¿Podemos ver los datos el lunes?", "link": "", "link_label": ""}
    actions.write_update(project=project, values=words, by=official)
    result = {"kind": "agreement", "number": 1, "amount": 250000, "on": today, "note": "Con el organismo"}
    actions.record_result(project=project, values=result, by=user)


def completed(country: Country) -> Project:
    challenge = challenge_of(country, COMPLETED, "completed")
    project, new = Project.objects.get_or_create(
        response=challenge.responses.get(),
        defaults={
            "challenge": challenge,
            "trl_start": 5,
            "trl_now": 9,
            "report": "Válvulas que bajan la presión de una a cinco de la mañana.",
            "lessons": "Primero medir, luego comprar válvulas.",
            "lessons_public": True,
            "cost": 640000,
            "completed_at": timezone.now(),
        },
    )
    if new:
        for kind, number in (("jobs", 4), ("purchase", 2), ("retained", 1)):
            project.results.create(kind=kind, number=number, on=timezone.localdate())
        project.updates.create(text="El organismo ya lo opera.", author=country.user("official").person)
    return project


def under_way(country: Country) -> list[Any]:
    return [running(country).public_id]


def over(country: Country) -> list[Any]:
    return [completed(country).public_id]


def milestone(country: Country) -> list[Any]:
    return [running(country).milestones.order_by("due")[1].public_id]


def told(country: Country) -> list[Any]:
    return [completed(country).challenge.public_id]


def listed(country: Country) -> list[Any]:
    running(country)
    completed(country)
    return nothing(country)


def grow(country: Country) -> None:
    """Fifty more of everything in a workspace, and of workspaces."""
    for project in (running(country), completed(country)):
        user = country.user("researcher")
        for number in range(MANY):
            day = timezone.localdate() + timedelta(days=number)
            project.milestones.create(title=f"Meta {number}", due=day, owner=user.person)
            project.updates.create(text=f"Novedad {number}", author=user.person)
            project.results.create(kind="jobs", number=1, on=day, by=user.person)
        consortium = project.response.consortium
        assert consortium
        for _number in range(MANY):
            profile = factories.make_researcher(factories.make_user())
            Member.objects.create(consortium=consortium, profile=profile, state="accepted")
    official = country.user("official").person.memberships.order_by("pk")[0].organisation
    for _number in range(MANY):
        challenge = factories.make_challenge(official, hub=country.loaded.hubs["mexico"], status="awarded")
        selected(challenge, profile=country.profile("researcher"))
        actions.begin_projects(challenge=challenge)


PAGES: dict[str, dict[str, Address]] = {
    "anonymous": {"hubs:challenge completed": told},
    "newcomer": {"hubs:workspace_list": nothing},
    "researcher": {
        "hubs:workspace_list": listed,
        "hubs:workspace": under_way,
        "hubs:workspace completed": over,
        "hubs:workspace_level": under_way,
        "hubs:milestone_add": under_way,
        "hubs:milestone_edit": milestone,
        "hubs:update_add": under_way,
        "hubs:result_add": under_way,
        "hubs:closing_report": under_way,
    },
    "official": {"hubs:workspace": under_way, "hubs:workspace_list": listed},
}
# They act and lead on.
NOT_WALKED = {"hubs:milestone_step", "hubs:result_remove", "hubs:update_remove"}
