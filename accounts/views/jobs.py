"""Long work: what one may ask for, how far each is, and what came of it."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from .. import jobs
from ..models import Job, JobFile
from .access import signed_in

SHOWN = 30


@login_required
@require_safe
def job_list(request: HttpRequest) -> HttpResponse:
    """Everybody's own; whoever may ask for nothing and has asked for nothing finds no such page."""
    user = signed_in(request)
    offered = jobs.offered_to(user)
    mine = list(Job.objects.of(user).defer("rows", "params")[:SHOWN])
    if not offered and not mine:
        raise Http404
    context = {
        "offered": offered,
        "jobs": [(job, jobs.kinds.get(job.kind)) for job in mine],
        "elsewhere": jobs.elsewhere(user),
    }
    return render(request, "accounts/jobs.html", context)


@login_required
def job_new(request: HttpRequest, kind: str) -> HttpResponse:
    user = signed_in(request)
    found = jobs.kinds.get(kind)
    if found is None or not found.listed or not found.may(user):
        raise Http404
    form = found.form(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        if jobs.too_many(user):
            form.add_error(None, _("Several of yours are at work: wait until one of them has ended."))
        else:
            params = {name: value for name, value in form.cleaned_data.items() if name != "file"}
            job = jobs.start(kind=kind, by=user, params=params, given=form.cleaned_data.get("file"))
            return redirect(job)
    return render(request, "accounts/job_new.html", {"form": form, "kind": found})


@login_required
@require_safe
def job(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """How far it is; asked again every two seconds by htmx, else by the reader."""
    found = get_object_or_404(Job.objects.of(signed_in(request)), public_id=public_id)
    made = found.files.filter(role=JobFile.Role.MADE).defer("data").first()
    context = {"job": found, "kind": jobs.kinds.get(found.kind), "made": made}
    fragment = request.headers.get("HX-Request") == "true"
    return render(request, "accounts/_job.html" if fragment else "accounts/job.html", context)


@login_required
@require_safe
def job_file(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """What came of it, for whoever asked and still may."""
    user = signed_in(request)
    found = get_object_or_404(Job.objects.of(user), public_id=public_id, state=Job.State.DONE)
    kind = jobs.kinds.get(found.kind)
    if kind is None or not kind.may(user):
        raise Http404
    file = get_object_or_404(found.files, role=JobFile.Role.MADE)
    response = HttpResponse(bytes(file.data), content_type=file.content_type)
    response["Content-Disposition"] = f'attachment; filename="{file.name}"'
    response["Cache-Control"] = "no-store"
    return response


@login_required
@require_POST
def job_stop(request: HttpRequest, public_id: UUID) -> HttpResponse:
    user = signed_in(request)
    found = get_object_or_404(Job.objects.of(user), public_id=public_id)
    if jobs.stop(job=found, by=user):
        messages.success(request, _("Stopped. What was saved before stays."))
    return redirect(found)
