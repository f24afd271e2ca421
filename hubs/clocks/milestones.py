"""Milestones that come near or are late, the closing report when all are reached, and awards whose work was
not begun."""

from django.db import transaction
from django.utils import timezone

from .. import workspace_news as news
from ..actions.workspace import begin_projects
from ..models import Challenge, Milestone, Project, Response
from ..models.workspace import RUNNING
from ..working import workers

AT_ONCE = 200


def keep_time() -> None:
    begin()
    remind()
    ask_for_reports()


def begin() -> None:
    """Awards from before there were workspaces."""
    waiting = Response.objects.filter(
        outcome=Response.Outcome.SELECTED, project=None, challenge__status__in=RUNNING
    )
    for challenge in Challenge.objects.filter(pk__in=waiting.values("challenge"))[:AT_ONCE]:
        begin_projects(challenge=challenge)


def remind() -> None:
    """Each owner once in the week before, and once after; nobody who works on it no longer."""
    now, today = timezone.now(), timezone.localdate()
    due = Milestone.objects.to_remind(today).select_related(
        "owner__user", "project__challenge", "project__response__profile", "project__response__consortium"
    )
    for milestone in due[:AT_ONCE]:
        late = milestone.due < today
        mark, kind = ("overdue_told_at", news.OVERDUE) if late else ("reminded_at", news.DUE)
        with transaction.atomic():
            waiting = Milestone.objects.filter(pk=milestone.pk, done_at=None, **{mark: None})
            if not waiting.update(**{mark: now}):
                continue
            if workers(milestone.project).filter(pk=milestone.owner_id or 0).exists():
                news.tell_milestone(milestone, kind)


def ask_for_reports() -> None:
    """Once, where there are milestones and none is open."""
    open_ones = Milestone.objects.filter(done_at=None).values("project")
    reached = Project.objects.running().filter(report_asked_at=None, milestones__isnull=False)
    reached = reached.exclude(pk__in=open_ones).distinct()
    related = ("challenge", "response__profile", "response__consortium")
    for project in reached.select_related(*related)[:AT_ONCE]:
        with transaction.atomic():
            waiting = Project.objects.filter(pk=project.pk, report_asked_at=None)
            if waiting.update(report_asked_at=timezone.now()):
                news.tell_report_asked(project)
