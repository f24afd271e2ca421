"""Changing what is published: the poster asks for it, a curator decides."""

import zoneinfo
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from .. import revising
from ..actions.revisions import CLOSED, decide_revision, propose_revision, take_revision_back
from ..forms import NeedFormSet
from ..forms.lifecycle import DecisionForm, RevisionForm
from ..forms.wizard import BaseNeedFormSet
from ..models import Challenge, ChallengeRevision
from ..permissions import curates
from .steps import SignedIn


@login_required
def revision(request: SignedIn, public_id: UUID) -> HttpResponse:
    """The form with what is published in it; or the change that waits, and the button that takes it back."""
    challenge = get_object_or_404(Challenge.objects.of(request.user).published(), public_id=public_id)
    pending = challenge.revisions.filter(state=ChallengeRevision.State.PENDING).first()
    if pending and request.method == "POST" and request.POST.get("then") == "take_back":
        take_revision_back(revision=pending, by=request.user)
        messages.success(request, _("Taken back. What is published stays as it is."))
        return redirect("hubs:revision", public_id)
    if not pending and (challenge.status != challenge.Status.PUBLISHED or challenge.is_closed()):
        messages.info(request, _(CLOSED))
        return redirect(challenge)
    # Times are typed, checked and shown in the poster's time zone.
    with timezone.override(zoneinfo.ZoneInfo(challenge.time_zone)):
        form, needs = _forms(request, challenge)
        if (
            request.method == "POST"
            and request.POST.get("then") != "more"
            and _proposed(request, challenge, form, needs)
        ):
            return redirect("hubs:revision", public_id)
        context: dict[str, Any] = {"challenge": challenge, "pending": pending, "form": form, "formset": needs}
        if pending:
            context["rows"] = compared(pending)
        return render(request, "hubs/revision.html", context)


def _forms(request: SignedIn, challenge: Challenge) -> tuple[RevisionForm, BaseNeedFormSet]:
    filled = request.method == "POST" and "needs-TOTAL_FORMS" in request.POST
    data: QueryDict | None = request.POST.copy() if filled else None
    if data is not None and data.get("then") == "more":
        data["needs-TOTAL_FORMS"] = str(min(int(str(data["needs-TOTAL_FORMS"])) + 1, 40))
    initial = list(challenge.needs.values("id", "text", "weight", "sought"))
    needs = NeedFormSet(data, initial=initial, extra=1)
    # Checked against a copy: a form fills the record that it is given.
    return RevisionForm(data, instance=Challenge.objects.get(pk=challenge.pk)), needs


def _proposed(request: SignedIn, challenge: Challenge, form: RevisionForm, needs: BaseNeedFormSet) -> bool:
    if not (form.is_valid() and needs.is_valid()):
        return False
    wanted = revising.kept(form.cleaned_data, needs.rows())
    try:
        propose_revision(challenge=challenge, wanted=wanted, why=form.cleaned_data["why"], by=request.user)
    except ValidationError as error:
        form.add_error(None, error)
        return False
    messages.success(
        request, _("A curator reads the change. Until then everybody sees what is published now.")
    )
    return True


@login_required
def revision_review(request: SignedIn, public_id: UUID) -> HttpResponse:
    """For curators: what is published beside what is to be."""
    challenge = get_object_or_404(Challenge.objects.published(), public_id=public_id)
    if not curates(request.user, challenge):
        raise Http404
    pending = challenge.revisions.filter(state=ChallengeRevision.State.PENDING).first()
    if pending is None:
        messages.info(request, _("No change of this challenge waits for you."))
        return redirect(challenge)
    form = DecisionForm(request.POST or None)
    # It may have been taken back, and another one proposed, while its curator was reading.
    seen = request.POST.get("seen", str(pending.public_id)) == str(pending.public_id)
    if request.method == "POST" and form.is_valid():
        if not seen:
            form.add_error(None, _("Somebody moved this challenge in the meantime; look at it again."))
        elif _decided(request, pending, form):
            return redirect("hubs:review_queue")
    with timezone.override(zoneinfo.ZoneInfo(challenge.time_zone)):
        context: dict[str, Any] = {
            "challenge": challenge,
            "pending": pending,
            "rows": compared(pending),
            "form": form,
        }
        return render(request, "hubs/revision_review.html", context)


def _decided(request: SignedIn, pending: ChallengeRevision, form: DecisionForm) -> bool:
    accept = form.cleaned_data["decision"] == "accept"
    try:
        decide_revision(revision=pending, accept=accept, by=request.user, note=form.cleaned_data["note"])
    except PermissionDenied:
        raise Http404 from None
    except ValidationError as error:
        form.add_error(None, error)
        return False
    said = (
        _("The change is public, and those it concerns hear of it.")
        if accept
        else _("The change is refused.")
    )
    messages.success(request, said)
    return True


def compared(pending: ChallengeRevision) -> list[revising.Difference]:
    return revising.differences(pending.challenge, pending.changes)
