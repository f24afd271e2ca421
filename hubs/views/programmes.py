"""The catalogue of programmes, one of them, and what its organisation and curators do."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe
from django.views.decorators.vary import vary_on_headers

from accounts.models import Organisation, Profile

from ..actions import programmes as actions
from ..eligible import judge
from ..forms.programmes import ProgrammeFilter, ProgrammeForm
from ..models import ComputingRequest, Programme, ProgrammeQuerySet
from .consortia import form_key
from .steps import SignedIn

WHEN = {
    "open": gettext_lazy("Open"),
    "upcoming": gettext_lazy("Upcoming"),
    "others": gettext_lazy("Paused or over"),
}
PER_PAGE = 18


def for_cards(programmes: ProgrammeQuerySet) -> ProgrammeQuerySet:
    return programmes.select_related("organisation__profile").prefetch_related("translations")


def _filtered(wanted: dict[str, Any]) -> ProgrammeQuerySet:
    found = Programme.objects.search(wanted.get("q") or "")
    if wanted.get("kind"):
        found = found.filter(kind=wanted["kind"])
    if wanted.get("who"):
        found = found.filter(Q(who_may="") | Q(who_may__contains=f",{wanted['who']},"))
    if wanted.get("state"):
        found = found.filter(Q(states="") | Q(states__contains=f",{wanted['state']},"))
    return found


def _at_time(found: ProgrammeQuerySet, when: str) -> ProgrammeQuerySet:
    return {"open": found.open, "upcoming": found.upcoming, "others": found.others}[when]()


@require_safe
@vary_on_headers("HX-Request")
def programme_list(request: HttpRequest) -> HttpResponse:
    form = ProgrammeFilter(request.GET)
    found = _filtered(form.wanted())
    when = request.GET.get("when", "open")
    when = when if when in WHEN else "open"
    context = {
        "form": form,
        "when": when,
        "counts": [(slug, name, _at_time(found, slug).count()) for slug, name in WHEN.items()],
        "page": Paginator(for_cards(_at_time(found, when)), PER_PAGE).get_page(request.GET.get("page")),
        "filtered": any(form.wanted().values()),
        "may_enter": Organisation.objects.of(request.user).exists(),
    }
    htmx = getattr(request, "htmx", None)
    fragment = htmx and not htmx.history_restore_request
    return render(
        request, "hubs/_programme_results.html" if fragment else "hubs/programme_list.html", context
    )


@login_required
@require_safe
def programme_mine(request: SignedIn) -> HttpResponse:
    """Those of one's organisations, and those that wait for one as a curator."""
    waiting = Programme.objects.publishable_by(request.user).filter(is_published=False)
    context = {
        "mine": for_cards(Programme.objects.of(request.user)).order_by("-updated_at", "-pk"),
        "waiting": for_cards(waiting).order_by("created_at", "pk"),
        "may_enter": Organisation.objects.of(request.user).exists(),
    }
    return render(request, "hubs/programme_mine.html", context)


@require_safe
def programme(request: HttpRequest, public_id: UUID) -> HttpResponse:
    visible = for_cards(Programme.objects.visible_to(request.user))
    found = get_object_or_404(visible, public_id=public_id)
    own = Profile.objects.of(request.user).select_related("person", "organisation")
    mine = Programme.objects.of(request.user).filter(pk=found.pk).exists()
    context = {
        "programme": found,
        "mine": mine,
        "curates": Programme.objects.publishable_by(request.user).filter(pk=found.pk).exists(),
        "statuses": Programme.Status.choices,
        "verdicts": [(profile, judge(found, profile)) for profile in own],
        "rounds": found.rounds.all(),
        "requests": ComputingRequest.objects.of(request.user).filter(programme=found)
        if request.user.is_authenticated
        else [],
        "received": ComputingRequest.objects.received_by(request.user).filter(programme=found)
        if mine
        else [],
        "data_labels": [str(ComputingRequest.DataClass(code).label) for code in found.data_classes],
    }
    return render(request, "hubs/programme.html", context)


@login_required
def programme_new(request: SignedIn) -> HttpResponse:
    if not Organisation.objects.of(request.user).exists():
        raise Http404
    return _edited(request, Programme())


@login_required
def programme_edit(request: SignedIn, public_id: UUID) -> HttpResponse:
    return _edited(request, get_object_or_404(Programme.objects.of(request.user), public_id=public_id))


def _edited(request: SignedIn, found: Programme) -> HttpResponse:
    data: Any = request.POST if request.method == "POST" else None
    form = ProgrammeForm(data, instance=found, organisations=Organisation.objects.of(request.user))
    if data is not None and form.is_valid():
        values = dict(form.cleaned_data)
        organisation = values.pop("organisation", None) or found.organisation
        try:
            saved = actions.save_programme(
                organisation=organisation,
                values=values,
                by=request.user,
                programme=found if found.pk else None,
                form_key=form_key(request),
            )
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("Saved."))
            return redirect(saved)
    context = {"form": form, "programme": found, "form_key": form_key(request)}
    return render(request, "hubs/programme_edit.html", context)


@login_required
@require_POST
def programme_step(request: SignedIn, public_id: UUID) -> HttpResponse:
    """Publish it, take it back, or say where it stands today."""
    found = get_object_or_404(Programme.objects.visible_to(request.user), public_id=public_id)
    step = request.POST.get("do", "")
    try:
        if step in ("publish", "take_back"):
            actions.publish_programme(programme=found, published=step == "publish", by=request.user)
        else:
            actions.check_programme(programme=found, status=request.POST.get("status", ""), by=request.user)
    except PermissionDenied:
        raise Http404 from None
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("Saved."))
    still = Programme.objects.visible_to(request.user).filter(pk=found.pk).exists()
    return redirect(found) if still else redirect("hubs:programme_list")
