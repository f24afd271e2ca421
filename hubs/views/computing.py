"""Requests for computing: one's own and those that one decides on."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.models import Profile

from ..actions import computing, computing_use
from ..eligible import judge
from ..forms.programmes import GrantForm, RefuseForm, RequestForm, ReviewForm, UsageForm
from ..models import ComputingRequest, ComputingRound, Consortium, Programme
from .consortia import form_key
from .steps import SignedIn

SHOWN = 200
State = ComputingRequest.State


@login_required
@require_safe
def request_list(request: SignedIn) -> HttpResponse:
    rows = ComputingRequest.objects.select_related("programme", "profile__person", "profile__organisation")
    own = rows.of(request.user)
    received = rows.received_by(request.user)
    context = {"own": own[:SHOWN], "received": received.order_by("submitted_at", "pk")[:SHOWN]}
    return render(request, "hubs/computing_list.html", context)


@login_required
def request_new(request: SignedIn, public_id: UUID) -> HttpResponse:
    visible = Programme.objects.visible_to(request.user).select_related("organisation")
    programme = get_object_or_404(visible, public_id=public_id)
    if not programme.takes_requests:
        raise Http404
    return _edited(request, programme, ComputingRequest(programme=programme))


@login_required
def request_edit(request: SignedIn, public_id: UUID) -> HttpResponse:
    own = ComputingRequest.objects.of(request.user).filter(state=State.DRAFT)
    found = get_object_or_404(own.select_related("programme__organisation", "profile"), public_id=public_id)
    return _edited(request, found.programme, found)


def _edited(request: SignedIn, programme: Programme, found: ComputingRequest) -> HttpResponse:
    at = timezone.now()  # when it reached the site: what is done with it takes its time
    data: Any = request.POST if request.method == "POST" else None
    form = _form(request, programme, found, data)
    if data is not None and form.is_valid():
        values = dict(form.cleaned_data)
        try:
            saved = computing.save_request(
                programme=programme,
                profile=values.pop("profile"),
                values=values,
                by=request.user,
                request=found if found.pk else None,
                form_key=form_key(request),
            )
        except ValidationError as error:
            form.add_error(None, error)
        else:
            return _hand_in(request, saved, at)
    context = {"form": form, "programme": programme, "found": found, "form_key": form_key(request)}
    return render(request, "hubs/computing_edit.html", context)


def _form(request: SignedIn, programme: Programme, found: ComputingRequest, data: Any) -> RequestForm:
    now = timezone.now()
    rounds = ComputingRound.objects.filter(programme=programme, decided_at=None, closes_at__gt=now)
    fitting = [
        profile.pk
        for profile in Profile.objects.of(request.user)
        if judge(programme, profile).word != "barred"
    ]
    return RequestForm(
        data,
        instance=found,
        profiles=Profile.objects.of(request.user).filter(pk__in=fitting),
        rounds=rounds,
        consortia=Consortium.objects.joined_by(request.user),
    )


def _hand_in(request: SignedIn, saved: ComputingRequest, at: Any) -> HttpResponse:
    """Saved whatever comes; handed in where that was asked for and may be."""
    if request.POST.get("do") != "submit":
        messages.success(request, _("Saved as a draft."))
        return redirect(saved)
    try:
        computing.submit_request(request=saved, by=request.user, at=at)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        messages.info(request, _("What you wrote is kept as a draft."))
    else:
        messages.success(request, _("Handed in. You hear from us when it is decided."))
    return redirect(saved)


@login_required
def request_page(request: SignedIn, public_id: UUID) -> HttpResponse:
    at = timezone.now()
    visible = ComputingRequest.objects.visible_to(request.user).select_related(
        "programme__organisation", "profile__person", "profile__organisation", "round", "consortium"
    )
    found = get_object_or_404(visible, public_id=public_id)
    forms_of = _forms(found)
    if request.method == "POST":
        answered = _act(request, found, forms_of, at)
        if answered is not None:
            return answered
    decides = ComputingRequest.objects.received_by(request.user).filter(pk=found.pk).exists()
    context = {
        "found": found,
        "mine": ComputingRequest.objects.of(request.user).filter(pk=found.pk).exists(),
        "decides": decides,
        "reviews": found.reviews.select_related("person") if decides else [],
        "usage": found.usage.all(),
        "waiting": found.state in computing.WAITING,
        **forms_of,
    }
    return render(request, "hubs/computing_request.html", context)


def _forms(found: ComputingRequest) -> dict[str, forms.Form]:
    return {
        "review_form": ReviewForm(),
        "grant_form": GrantForm(initial={"gpu_hours": found.gpu_hours, "cpu_hours": found.cpu_hours}),
        "refuse_form": RefuseForm(),
        "usage_form": UsageForm(),
    }


def _act(
    request: SignedIn, found: ComputingRequest, forms_of: dict[str, forms.Form], at: Any
) -> HttpResponse | None:
    """What was asked for; None where its form must be shown again."""
    simple: dict[str, Callable[..., Any]] = {
        "submit": lambda **given: computing.submit_request(at=at, **given),
        "withdraw": computing.withdraw_request,
        "advance": computing.advance_request,
        "end": computing_use.end_request,
    }
    typed: dict[str, tuple[str, Callable[..., Any]]] = {
        "review": ("review_form", computing.review_request),
        "grant": ("grant_form", computing.approve_request),
        "refuse": ("refuse_form", computing.refuse_request),
        "usage": ("usage_form", computing_use.report_usage),
    }
    step = request.POST.get("do", "")
    if step not in simple and step not in typed:
        raise Http404
    values: dict[str, Any] = {}
    name = ""
    if step in typed:
        name = typed[step][0]
        forms_of[name] = type(forms_of[name])(request.POST)
        if not forms_of[name].is_valid():
            return None
        values = forms_of[name].cleaned_data
    act = typed[step][1] if name else simple[step]
    try:
        act(request=found, by=request.user, **values)
    except PermissionDenied:
        raise Http404 from None
    except ValidationError as error:
        if name:
            forms_of[name].add_error(None, error)
            return None
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("Saved."))
    return redirect(found)
