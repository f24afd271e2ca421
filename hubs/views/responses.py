"""Responses: one's list, beginning one, writing it (saved as one types), and reading it."""

import json
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from .. import actions
from ..answering import as_written, lacking, may_begin, moment, refusal, respondent
from ..forms.responses import BeginForm, ResponseForm
from ..models import Challenge, Evaluator, Response
from ..permissions import belongs_to_poster
from .steps import SignedIn

RELATED = (
    "challenge__organisation",
    "profile__person",
    "profile__organisation",
    "consortium",
    "author__user",
)


@login_required
def response_list(request: SignedIn) -> HttpResponse:
    """What one writes, and what one is asked to evaluate."""
    mine = Response.objects.of(request.user).select_related(*RELATED).order_by("-updated_at", "-pk")
    asked = Evaluator.objects.filter(person=request.user.person).select_related("challenge")
    context = {
        "page": Paginator(mine, 20).get_page(request.GET.get("page")),
        "asked": asked.exclude(state=Evaluator.State.DECLINED).order_by("-created_at"),
    }
    return render(request, "hubs/response_list.html", context)


@login_required
def response_new(request: SignedIn, public_id: UUID) -> HttpResponse:
    """Who responds: a profile of one's own, or a consortium."""
    challenge = get_object_or_404(Challenge.objects.visible_to(request.user), public_id=public_id)
    initial = {"earlier": request.GET.get("earlier", "")}
    if together := request.GET.get("consortium", ""):
        initial["who"] = f"consortium:{together}"
    form = BeginForm(request.POST or None, challenge=challenge, user=request.user, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            response, is_new = actions.start_response(
                challenge=challenge,
                by=request.user,
                copied_from=form.cleaned_data["earlier"],
                **form.owner(),
            )
        except PermissionDenied:
            raise Http404 from None
        except ValidationError as error:
            form.add_error(None, error)
        else:
            if not is_new:
                messages.info(request, _("There is a response to this challenge already: here it is."))
            return redirect("hubs:response_edit", public_id=response.public_id)
    context = {"challenge": challenge, "form": form, "may_begin": may_begin(request.user, challenge)}
    return render(request, "hubs/response_new.html", context)


@login_required
def response(request: SignedIn, public_id: UUID) -> HttpResponse:
    """As it was handed in; to its writers also where it stands and what they may do."""
    visible = Response.objects.visible_to(request.user).select_related(*RELATED, "project")
    response = get_object_or_404(visible, public_id=public_id)
    own = Response.objects.of(request.user).filter(pk=response.pk).exists()
    handed_in = response.state == Response.State.SUBMITTED
    now = as_written(response) if own else {}
    context = {
        "response": response,
        "challenge": response.challenge,
        "own": own,
        "to_poster": not own and belongs_to_poster(request.user, response.challenge),
        "who": response.submitted.get("who") or respondent(response),
        "told": response.submitted if handed_in else now,
        "differs": own and handed_in and response.submitted != now,
        "is_open": not refusal(response.challenge, timezone.now()),
        "closes": response.challenge.closes_at,
    }
    return render(request, "hubs/response.html", context)


@login_required
def response_edit(request: SignedIn, public_id: UUID) -> HttpResponse:
    at = timezone.now()  # what comes in time stays in time, however long it waits for its turn
    own = Response.objects.of(request.user).select_related(*RELATED)
    response = get_object_or_404(own, public_id=public_id)
    if response.state == Response.State.WITHDRAWN and request.method == "GET":
        return redirect(response)
    form = ResponseForm(request.POST or None, response=response)
    if request.method == "POST":
        whole = form.is_valid()
        if getattr(request, "htmx", None):
            return _saved_as_typed(request, response, form)
        if _saved(request, response, form, whole=True) and whole:
            if request.POST.get("then") != "submit":
                messages.success(request, _("Saved. It is not handed in by that: do so when it is ready."))
                return redirect("hubs:response_edit", public_id=public_id)
            if _handed_in(request, response, form, at):
                return redirect(response)
        form = _again(form, response)
    return render(request, "hubs/response_edit.html", _edited(response, form))


def _edited(response: Response, form: ResponseForm) -> dict[str, object]:
    return {
        "response": response,
        "challenge": response.challenge,
        "form": form,
        "who": respondent(response),
        "too_late": refusal(response.challenge, timezone.now()),
        "stale": getattr(form, "stale", False),
    }


def _saved(request: SignedIn, response: Response, form: ResponseForm, *, whole: bool) -> bool:
    """What was typed is the draft now; else the form says why not."""
    told = form.cleaned_data
    try:
        actions.save_response(
            response=response,
            values=form.values(),
            version=told.get("version", -1),
            page=told.get("page"),
            whole=whole,
            by=request.user,
        )
    except ValidationError as error:
        form.add_error(None, error)
        form.stale = error.code == "stale"  # type: ignore[attr-defined]
        return False
    return True


def _handed_in(request: SignedIn, response: Response, form: ResponseForm, at: object) -> bool:
    try:
        new = actions.submit_response(
            response=response,
            by=request.user,
            at=at,  # type: ignore[arg-type]
            version=response.version,
        )
    except ValidationError as error:
        lacks = lacking(response)
        if lacks and error.messages == [*lacks.values()]:
            for name, sentence in lacks.items():
                form.add_error(name, sentence)
        else:
            form.add_error(None, error)
        kept = _("Everything that you wrote is saved here, and can be used for another challenge.")
        if response.state == Response.State.SUBMITTED and response.submitted_at:
            kept = _("What you handed in on %(at)s stays and counts; your changes are saved here.") % {
                "at": moment(response.submitted_at)
            }
        messages.info(request, kept)
        return False
    if new:
        messages.success(
            request, _("Handed in. You can change it, and hand it in again, until the deadline.")
        )
    else:
        messages.info(request, _("Exactly this was handed in already; it counts once."))
    return True


def _again(form: ResponseForm, response: Response) -> ResponseForm:
    """The page as it was typed, from the version that is stored by now: sent once more, it is saved."""
    response.refresh_from_db()
    data = form.data.copy()  # type: ignore[attr-defined]
    data["version"] = str(response.version)
    form.data = data
    return form


def _saved_as_typed(request: SignedIn, response: Response, form: ResponseForm) -> HttpResponse:
    ok = _saved(request, response, form, whole=False)
    context = {
        "form": form,
        "ok": ok,
        "at": timezone.localtime(),
        "lacking": [*lacking(response).values()] if ok else [],
    }
    answer = render(request, "hubs/_response_saved.html", context)
    told = {"responseSaved": {"version": response.version}} if ok else {"responseKept": {}}
    answer["HX-Trigger"] = json.dumps(told)
    return answer


@login_required
@require_POST
def response_withdraw(request: SignedIn, public_id: UUID) -> HttpResponse:
    at = timezone.now()
    response = get_object_or_404(Response.objects.of(request.user), public_id=public_id)
    try:
        actions.withdraw_response(response=response, by=request.user, at=at)
    except ValidationError as error:
        for sentence in error.messages:
            messages.error(request, sentence)
    else:
        messages.success(request, _("Withdrawn. Its words stay here, to be used again."))
    return redirect(reverse("hubs:response", args=[public_id]))
