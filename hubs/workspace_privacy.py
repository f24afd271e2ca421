"""The work after an award, of whoever is erased, and what is held about a person."""

from typing import Any

from django.db.models import Q
from django.dispatch import receiver

from accounts.models import Person
from accounts.signals import person_erased

from .models import Milestone, Project, Result, Update

ERASED = "…"  # in place of the words that went with their author


@receiver(person_erased)
def forget_workspaces(person_id: int, **_: object) -> None:
    """Numbers stay, words go: their updates, notes and, where they worked alone, the report. What is still to
    be reached has no owner any more."""
    Milestone.objects.filter(owner=person_id).update(owner=None)
    Update.objects.filter(author=person_id).update(author=None, text=ERASED, link="", link_label="")
    Result.objects.filter(by=person_id).update(by=None, note="", link="")
    alone = Project.objects.filter(response__profile__person=person_id)
    alone.update(lessons="", lessons_public=False)
    alone.exclude(report="").update(report=ERASED)
    Milestone.objects.filter(project__in=alone.values("pk")).update(title=ERASED)


def held_about(person: Person) -> dict[str, Any]:
    """For the download of all one's data."""
    alone = Q(response__profile__person=person)
    return {
        "projects": list(
            Project.objects.filter(alone).values(
                *("public_id", "challenge__public_id", "trl_start", "trl_now", "started_at", "completed_at"),
                *("report", "lessons", "lessons_public", "cost"),
            )
        ),
        "milestones": list(
            Milestone.objects.filter(owner=person).values("project__public_id", "title", "due", "done_at")
        ),
        "updates": list(
            Update.objects.filter(author=person).values(
                "project__public_id", "text", "link", "link_label", "created_at"
            )
        ),
        "results": list(
            Result.objects.filter(by=person).values(
                "project__public_id", "kind", "number", "amount", "on", "note", "link"
            )
        ),
    }
