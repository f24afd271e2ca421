"""Awarded responses for tests: of a profile, or of a consortium of two with an adviser."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from accounts.models import NewsItem, Profile, User
from hubs.actions import workspace as actions
from hubs.actions.workspace import begin_projects
from hubs.models import Challenge, Consortium, Member, Milestone, Project, Response
from tests import factories

REPORT = {"report": "Cien sensores en servicio.", "lessons": "", "lessons_public": False, "cost": None}
WORDS = {"title": "Sensores", "approach": "Medimos cada pozo.", "plan": "Tres meses."}


def selected(challenge: Challenge, **owner: Any) -> Response:
    """Handed in and chosen, past every action."""
    return Response.objects.create(
        challenge=challenge,
        **owner,
        **WORDS,
        state="submitted",
        trl=4,
        submitted_at=timezone.now(),
        submitted=WORDS | {"trl": 4, "language": "es", "who": "Quien sea", "needs": [], "evidence": []},
        outcome="selected",
        decision_reason="best_fit",
        decision_sentence="Es la mejor.",
    )


def project_of(profile: Profile, challenge: Challenge | None = None, **fields: Any) -> Project:
    challenge = challenge or factories.make_challenge(status="awarded")
    response = selected(challenge, profile=profile, author=profile.person)
    begin_projects(challenge=challenge)
    Project.objects.filter(response=response).update(**fields)
    return Project.objects.select_related("challenge", "response").get(response=response)


def make_consortium(challenge: Challenge, *profiles: Profile, state: str = "forming") -> Consortium:
    """The first coordinates, the second is a member, the third advises; all have accepted."""
    consortium = Consortium.objects.create(challenge=challenge, name="Agua clara", state=state)
    for role, profile in zip(("coordinator", "member", "adviser"), profiles, strict=False):
        Member.objects.create(consortium=consortium, profile=profile, role=role, state="accepted")
    return consortium


def person_with_profile(name: str, **fields: Any) -> tuple[User, Profile]:
    user = factories.make_user(name=name)
    return user, factories.make_researcher(user, **fields)


def told(user: User) -> list[str]:
    return list(NewsItem.objects.filter(person=user.person).order_by("pk").values_list("kind", flat=True))


def milestone(project: Project, by: User, days: int = 30, **more: Any) -> Milestone:
    due = timezone.localdate() + timedelta(days=days)
    values = {"title": "Cien sensores instalados", "due": due, "owner": None} | more
    return actions.add_milestone(project=project, values=values, by=by)


def report(project: Project, by: User, **values: Any) -> bool:
    actions.save_report(project=project, values=REPORT | {"trl_now": 7} | values, by=by)
    return actions.complete_project(project=project, by=by)
