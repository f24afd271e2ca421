"""What people hear about the work after an award."""

from collections.abc import Iterable
from typing import Any

from django.utils import timezone

from accounts.models import Family, Person
from accounts.news import notify

from .answering import people_of
from .models import Block, Milestone, Project, Update

BEGUN = "work_begun"
UPDATED = "work_updated"
DUE, OVERDUE, YOURS = "milestone_due", "milestone_overdue", "milestone_yours"
ASKED = "closing_asked"
COMPLETED = "work_completed"
PUBLISHED = "work_published"


def _tell(people: Iterable[Person], kind: str, project: Project, key: str, **more: Any) -> None:
    challenge = project.challenge
    params = {"title": challenge.title, "language": challenge.language, **more}
    for person in people:
        notify(
            person=person,
            family=Family.CHALLENGES,
            kind=kind,
            params=params,
            url=project.get_absolute_url(),
            about=f"challenge:{challenge.pk}",
            key=f"{kind}:{key}",
        )


def tell_begun(project: Project) -> None:
    _tell(people_of(project.response), BEGUN, project, str(project.pk))


def tell_updated(update: Update, by: Person) -> None:
    """The other side and the others of one's own, but for those who blocked the author; of one author once a
    day, however much they write."""
    project = update.project
    readers = people_of(project.response) | project.challenge.letter_readers().distinct()
    key = f"{project.pk}:{by.pk}:{timezone.localdate():%Y%m%d}"
    blocked = Block.objects.filter(person=by).values("by")
    _tell(readers.exclude(pk=by.pk).exclude(pk__in=blocked), UPDATED, project, key)


def tell_milestone(milestone: Milestone, kind: str) -> None:
    if milestone.owner is None:
        return
    key = f"{milestone.pk}:{milestone.owner_id}:{milestone.due:%Y%m%d}"
    words = {"title": milestone.title, "language": milestone.project.response.told_language}
    _tell([milestone.owner], kind, milestone.project, key, **words, at=milestone.due.isoformat())


def tell_report_asked(project: Project) -> None:
    _tell(people_of(project.response), ASKED, project, str(project.pk))


def tell_completed(project: Project) -> None:
    """To the poster, who closes the challenge then."""
    _tell(project.challenge.letter_readers(), COMPLETED, project, str(project.pk))


def tell_published(project: Project) -> None:
    _tell(people_of(project.response), PUBLISHED, project, str(project.pk))
