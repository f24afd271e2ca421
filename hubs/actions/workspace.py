"""The work after an award: begun with it, kept by those who were selected, completed with a report."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Person

from .. import workspace_news as news
from ..models import Challenge, Consortium, Milestone, Project, Response, Result, Status, Update
from ..models.workspace import RUNNING
from ..permissions import person_of, user_of
from ..working import workers
from .following import follow

if TYPE_CHECKING:
    from accounts.models import User

REPORT = ("report", "lessons", "lessons_public", "cost", "trl_now")


# --- With the challenge's steps ---------------------------------------------------


@transaction.atomic
def begin_projects(*, challenge: Challenge) -> list[Project]:
    """One for each selected response, once, however often the award is looked at. Returns the new ones."""
    selected = Response.objects.filter(
        challenge=challenge,
        challenge__status__in=RUNNING,
        outcome=Response.Outcome.SELECTED,
        project=None,
    )
    begun = []
    for response in selected.select_related("challenge", "profile", "consortium"):
        trl = response.submitted.get("trl") or response.trl
        project, new = Project.objects.get_or_create(
            response=response, defaults={"challenge": challenge, "trl_start": trl, "trl_now": trl}
        )
        follow(response, Consortium.State.WORKING)
        if new:
            news.tell_begun(project)
            begun.append(project)
    return begun


def follow_challenge(challenge: Challenge, to: str) -> None:
    """What a step of the challenge means for the work on it; in the step's own transaction."""
    if to == Status.AWARDED:
        begin_projects(challenge=challenge)
    elif to == Status.ARCHIVED:
        ended = challenge.projects.filter(completed_at=None)
        for project in ended.select_related("response"):
            follow(project.response, Consortium.State.DISSOLVED)
    elif to == Status.COMPLETED:
        for project in Project.objects.told().filter(challenge=challenge):
            news.tell_published(project)


# --- Milestones and TRL -----------------------------------------------------------


def _kept(project: Project, by: "Person | User") -> Project:
    """The project, held until the end of the transaction: for those who keep it, as long as it runs."""
    current = _written(project, by)
    if not current.is_running:
        raise ValidationError(_("This work is over: its milestones and its report stay."), code="over")
    return current


def _written(project: Project, by: "Person | User") -> Project:
    if not Project.objects.written_by(user_of(by)).filter(pk=project.pk).exists():
        raise PermissionDenied
    related = Project.objects.select_related("challenge", "response__profile", "response__consortium")
    return related.select_for_update(of=("self",)).get(pk=project.pk)


@transaction.atomic
def set_level(*, project: Project, trl_start: int | None, trl_now: int | None, by: "Person | User") -> None:
    current = _kept(project, by)
    for level in (trl_start, trl_now):
        if level is not None and not 1 <= level <= 9:
            raise ValidationError(_("From 1 to 9, please."), code="trl")
    current.trl_start, current.trl_now = trl_start, trl_now
    current.save(update_fields=["trl_start", "trl_now", "updated_at"])


@transaction.atomic
def add_milestone(
    *, project: Project, values: Mapping[str, Any], by: "Person | User", form_key: UUID | None = None
) -> Milestone:
    """`values` are {"title", "due", "owner"}. The second of two clicks finds the first one's."""
    current = _kept(project, by)
    _check_milestone(current, values)
    if form_key and (made := current.milestones.filter(form_key=form_key).first()):
        return made
    milestone: Milestone = current.milestones.create(**values, form_key=form_key)
    _tell_owner(milestone, by)
    return milestone


@transaction.atomic
def change_milestone(*, milestone: Milestone, values: Mapping[str, Any], by: "Person | User") -> Milestone:
    """Another day or owner is reminded anew."""
    project = _kept(milestone.project, by)
    _check_milestone(project, values)
    current = project.milestones.get(pk=milestone.pk)
    before = (current.due, current.owner_id)
    for name in ("title", "due", "owner"):
        setattr(current, name, values[name])
    if (current.due, current.owner_id) != before:
        current.reminded_at = current.overdue_told_at = None
    current.save()
    if current.owner_id != before[1]:
        _tell_owner(current, by)
    return current


def _check_milestone(project: Project, values: Mapping[str, Any]) -> None:
    if not values["title"].strip():
        raise ValidationError({"title": _("Say what is reached.")}, code="title")
    owner = values.get("owner")
    if owner is not None and not workers(project).filter(pk=owner.pk).exists():
        raise ValidationError({"owner": _("Choose somebody who works on it.")}, code="owner")


def _tell_owner(milestone: Milestone, by: "Person | User") -> None:
    if milestone.owner_id != person_of(by).pk:
        news.tell_milestone(milestone, news.YOURS)


@transaction.atomic
def finish_milestone(*, milestone: Milestone, done: bool, by: "Person | User") -> bool:
    """Done, or open again after all. False where it is so already."""
    _kept(milestone.project, by)
    found = Milestone.objects.filter(pk=milestone.pk, done_at__isnull=done)
    now = timezone.now()
    changed = found.update(done_at=now if done else None, updated_at=now)
    milestone.refresh_from_db()
    return bool(changed)


@transaction.atomic
def remove_milestone(*, milestone: Milestone, by: "Person | User") -> None:
    _kept(milestone.project, by)
    milestone.delete()


# --- Updates and results ----------------------------------------------------------


@transaction.atomic
def write_update(
    *, project: Project, values: Mapping[str, Any], by: "Person | User", form_key: UUID | None = None
) -> Update:
    """By whoever reads the workspace: those who work on it, their advisers, the poster. Also afterwards."""
    if not Project.objects.visible_to(user_of(by)).filter(pk=project.pk).exists():
        raise PermissionDenied
    current = Project.objects.select_for_update(of=("self",)).get(pk=project.pk)
    if form_key and (made := current.updates.filter(form_key=form_key).first()):
        return made
    if not values["text"].strip():
        raise ValidationError({"text": _("Say something.")}, code="text")
    update: Update = current.updates.create(**values, author=person_of(by), form_key=form_key)
    news.tell_updated(update, person_of(by))
    return update


@transaction.atomic
def remove_update(*, update: Update, by: "Person | User") -> None:
    """One's own."""
    if update.author_id != person_of(by).pk:
        raise PermissionDenied
    update.delete()


@transaction.atomic
def record_result(
    *, project: Project, values: Mapping[str, Any], by: "Person | User", form_key: UUID | None = None
) -> Result:
    """Also after the end: a patent or an adopter may come years later."""
    current = _written(project, by)
    if form_key and (made := current.results.filter(form_key=form_key).first()):
        return made
    if values["on"] > timezone.localdate():
        raise ValidationError({"on": _("This day is still to come.")}, code="on")
    result: Result = current.results.create(**values, by=person_of(by), form_key=form_key)
    return result


@transaction.atomic
def remove_result(*, result: Result, by: "Person | User") -> None:
    _written(result.project, by)
    result.delete()


# --- The closing report -----------------------------------------------------------


@transaction.atomic
def save_report(*, project: Project, values: Mapping[str, Any], by: "Person | User") -> Project:
    """As a draft, as often as one likes."""
    current = _kept(project, by)
    for name in REPORT:
        setattr(current, name, values[name])
    current.save(update_fields=[*REPORT, "updated_at"])
    return current


@transaction.atomic
def complete_project(*, project: Project, by: "Person | User") -> bool:
    """The work is over, and its report stays as it is. False where it was completed already."""
    if not Project.objects.led_by(user_of(by)).filter(pk=project.pk).exists():
        raise PermissionDenied
    if Project.objects.filter(pk=project.pk, completed_at__isnull=False).exists():
        return False
    current = _kept(project, by)
    if not current.report.strip():
        raise ValidationError({"report": _("Say what was delivered.")}, code="report")
    if current.trl_now is None:
        raise ValidationError({"trl_now": _("Say how mature it is today.")}, code="trl")
    now = timezone.now()
    running = Project.objects.filter(pk=current.pk, completed_at=None)
    if not running.update(completed_at=now, updated_at=now):
        return False
    follow(current.response, Consortium.State.COMPLETED)
    news.tell_completed(current)
    project.refresh_from_db()
    return True
