"""The workspace after an award: one's own, one of them, and what is written in it."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from ..actions import workspace as actions
from ..answering import respondent
from ..forms.workspace import LevelForm, MilestoneForm, ReportForm, ResultForm, UpdateForm
from ..models import Milestone, Project, Result, Status, Update
from ..permissions import roles
from ..transitions import offered
from ..working import for_reader
from .steps import SignedIn

RELATED = (
    "challenge__organisation",
    "response__profile__person",
    "response__profile__organisation",
    "response__consortium",
)
NEXT = (Status.IN_PROGRESS, Status.COMPLETED)
PAGE = 20


def _project(request: SignedIn, public_id: UUID, *, writes: bool = False, **more: Any) -> Any:
    """As the reader sees it; with `writes`, for those who keep it alone."""
    found: Any = for_reader(request.user).select_related(*RELATED)
    found = found.prefetch_related("challenge__translations")
    if writes:
        found = found.filter(writes=True)
    return get_object_or_404(found, **(more or {"public_id": public_id}))


@login_required
@require_safe
def workspace_list(request: SignedIn) -> HttpResponse:
    """Where one works, and what became of one's organisation's challenges; what runs first."""
    found = for_reader(request.user).select_related(*RELATED).prefetch_related("challenge__translations")
    page = Paginator(found.order_by("completed_at", "-started_at", "-pk"), PAGE)
    return render(request, "hubs/workspace_list.html", {"page": page.get_page(request.GET.get("page"))})


@login_required
@require_safe
def workspace(request: SignedIn, public_id: UUID) -> HttpResponse:
    project = _project(request, public_id)
    milestones = list(project.milestones.select_related("owner"))
    updates = Paginator(project.updates.select_related("author"), PAGE).get_page(request.GET.get("page"))
    steps = offered(project.challenge, roles(request.user, project.challenge)) if project.posts else []
    context = {
        "project": project,
        "challenge": project.challenge,
        "response": project.response,
        "who": respondent(project.response),
        "milestones": milestones,
        "open_milestones": [one for one in milestones if not one.done_at],
        "page": updates,
        "results": list(project.results.all()),
        "keeps": project.writes and project.is_running,
        "me": request.user.person.pk,
        "form": UpdateForm(),
        "offered": [step for step in steps if step.to in NEXT],
    }
    return render(request, "hubs/workspace.html", context)


def _form_page(
    request: SignedIn, project: Project, form: forms.Form, heading: str | Promise, **more: Any
) -> HttpResponse:
    context = {"project": project, "challenge": project.challenge, "form": form, "heading": heading}
    return render(request, "hubs/workspace_form.html", context | more)


def _done(request: SignedIn, form: forms.Form, action: Callable[[], Any]) -> bool:
    """Whether the form is right and the action went through; else the form says why not."""
    if request.method != "POST" or not form.is_valid():
        return False
    try:
        action()
    except PermissionDenied:
        raise Http404 from None
    except ValidationError as error:
        form.add_error(None, error)
        return False
    return True


def _back(project: Project, anchor: str = "") -> HttpResponse:
    return redirect(project.get_absolute_url() + anchor)


@login_required
def level(request: SignedIn, public_id: UUID) -> HttpResponse:
    project = _project(request, public_id, writes=True)
    initial = {"trl_start": project.trl_start, "trl_now": project.trl_now}
    form = LevelForm(request.POST or None, project=project, initial=initial)
    if _done(request, form, lambda: actions.set_level(project=project, by=request.user, **form.cleaned_data)):
        return _back(project)
    return _form_page(request, project, form, gettext_lazy("How mature it is"))


# --- Milestones -------------------------------------------------------------------


@login_required
def milestone_add(request: SignedIn, public_id: UUID) -> HttpResponse:
    project = _project(request, public_id, writes=True)
    form = MilestoneForm(request.POST or None, project=project)

    def add() -> None:
        key = form.cleaned_data["form_key"]
        actions.add_milestone(project=project, values=form.values(), by=request.user, form_key=key)

    if _done(request, form, add):
        return _back(project, "#milestones")
    return _form_page(request, project, form, gettext_lazy("Add a milestone"))


def _milestone(request: SignedIn, public_id: UUID) -> tuple[Any, Milestone]:
    milestone = get_object_or_404(Milestone, public_id=public_id)
    project = _project(request, public_id, writes=True, pk=milestone.project_id)
    milestone.project = project
    return project, milestone


@login_required
def milestone_edit(request: SignedIn, public_id: UUID) -> HttpResponse:
    project, milestone = _milestone(request, public_id)
    initial = {"title": milestone.title, "due": milestone.due}
    initial["owner"] = milestone.owner.public_id if milestone.owner else None
    form = MilestoneForm(request.POST or None, project=project, initial=initial)
    if _done(
        request,
        form,
        lambda: actions.change_milestone(milestone=milestone, values=form.values(), by=request.user),
    ):
        return _back(project, "#milestones")
    return _form_page(request, project, form, gettext_lazy("Change the milestone"), milestone=milestone)


@login_required
@require_POST
def milestone_step(request: SignedIn, public_id: UUID) -> HttpResponse:
    """Done, open again, or taken out."""
    project, milestone = _milestone(request, public_id)
    do = request.POST.get("do", "")
    try:
        if do == "remove":
            actions.remove_milestone(milestone=milestone, by=request.user)
        elif do in ("done", "reopen"):
            actions.finish_milestone(milestone=milestone, done=do == "done", by=request.user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return _back(project, "#milestones")


# --- Updates and results ----------------------------------------------------------


@login_required
def update_add(request: SignedIn, public_id: UUID) -> HttpResponse:
    """By everybody who reads it."""
    project = _project(request, public_id)
    form = UpdateForm(request.POST or None)

    def add() -> None:
        key = form.cleaned_data["form_key"]
        actions.write_update(project=project, values=form.values(), by=request.user, form_key=key)

    if _done(request, form, add):
        return _back(project, "#updates")
    return _form_page(request, project, form, gettext_lazy("Write an update"))


@login_required
@require_POST
def update_remove(request: SignedIn, public_id: UUID) -> HttpResponse:
    update = get_object_or_404(Update, public_id=public_id, author=request.user.person)
    project = _project(request, public_id, pk=update.project_id)
    actions.remove_update(update=update, by=request.user)
    return _back(project, "#updates")


@login_required
def result_add(request: SignedIn, public_id: UUID) -> HttpResponse:
    project = _project(request, public_id, writes=True)
    form = ResultForm(request.POST or None)

    def add() -> None:
        key = form.cleaned_data["form_key"]
        actions.record_result(project=project, values=form.values(), by=request.user, form_key=key)

    if _done(request, form, add):
        return _back(project, "#results")
    return _form_page(request, project, form, gettext_lazy("Record a result"))


@login_required
@require_POST
def result_remove(request: SignedIn, public_id: UUID) -> HttpResponse:
    result = get_object_or_404(Result, public_id=public_id)
    project = _project(request, public_id, writes=True, pk=result.project_id)
    actions.remove_result(result=result, by=request.user)
    return _back(project, "#results")


# --- The closing report -----------------------------------------------------------


@login_required
def closing_report(request: SignedIn, public_id: UUID) -> HttpResponse:
    """Saved as a draft; with `then` "complete", the work is over."""
    project = _project(request, public_id, writes=True)
    if not project.is_running:
        return _back(project, "#report")
    initial = {name: getattr(project, name) for name in actions.REPORT}
    form = ReportForm(request.POST or None, project=project, initial=initial)
    completes = request.POST.get("then") == "complete"

    def save() -> None:
        actions.save_report(project=project, values=form.cleaned_data, by=request.user)

    def complete() -> None:
        actions.complete_project(project=project, by=request.user)

    if _done(request, form, save):
        if not completes:
            messages.success(request, _("Saved. The work goes on until you say that it is completed."))
            return redirect("hubs:closing_report", public_id=public_id)
        if _done(request, form, complete):
            messages.success(request, _("Completed. The organisation of the challenge hears it."))
            return _back(project, "#report")
    still = project.milestones.filter(done_at=None).count()
    return _form_page(request, project, form, gettext_lazy("Closing report"), closes=True, still_open=still)
