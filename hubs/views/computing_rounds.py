"""Rounds of allocation: opening one, its ranking, and deciding it whole."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from ..actions import computing_rounds as actions
from ..actions.computing_rounds import Granted, Ranked
from ..forms.programmes import DAY, HOURS, RoundForm
from ..models import ComputingRound, Programme
from .consortia import form_key
from .steps import SignedIn


@login_required
def round_new(request: SignedIn, public_id: UUID) -> HttpResponse:
    programme = get_object_or_404(Programme.objects.of(request.user), public_id=public_id)
    if not programme.takes_requests:
        raise Http404
    form = RoundForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.open_round(
                programme=programme, values=form.cleaned_data, by=request.user, form_key=form_key(request)
            )
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("The round is there."))
            return redirect(made)
    context = {"form": form, "programme": programme, "form_key": form_key(request)}
    return render(request, "hubs/computing_round_new.html", context)


class DecideForm(forms.Form):
    """One line for each request in the ranking, filled with what the ranking alone would grant."""

    ends_on = forms.DateField(label=capfirst(_("until")), widget=DAY)

    def __init__(self, data: Any, rows: list[Ranked]) -> None:
        super().__init__(data)
        self.rows = rows
        usual = _("The hours of the round do not reach so far down the ranking.")
        for row in rows:
            pk = row.request.pk
            for name, given in (("gpu", row.gpu_hours), ("cpu", row.cpu_hours)):
                label = capfirst(_("GPU hours") if name == "gpu" else _("CPU hours"))
                self.fields[f"{name}-{pk}"] = forms.DecimalField(label=label, initial=given, **HOURS)
            reason = forms.CharField(
                label=_("Reason, if none are granted"), max_length=500, required=False, initial=usual
            )
            self.fields[f"reason-{pk}"] = reason

    def lines(self) -> list[tuple[Ranked, Any, Any, Any]]:
        found = []
        for row in self.rows:
            pk = row.request.pk
            found.append((row, self[f"gpu-{pk}"], self[f"cpu-{pk}"], self[f"reason-{pk}"]))
        return found

    def granted(self) -> dict[int, Granted]:
        typed: dict[str, Any] = self.cleaned_data
        keys = [row.request.pk for row in self.rows]
        return {pk: Granted(typed[f"gpu-{pk}"], typed[f"cpu-{pk}"], typed[f"reason-{pk}"]) for pk in keys}


@login_required
def round_page(request: SignedIn, public_id: UUID) -> HttpResponse:
    """For the provider's people."""
    rounds = ComputingRound.objects.filter(programme__in=Programme.objects.of(request.user))
    found = get_object_or_404(rounds.select_related("programme__organisation"), public_id=public_id)
    rows = actions.ranking(found)
    form = DecideForm(request.POST if request.method == "POST" else None, rows)
    if request.method == "POST" and form.is_valid():
        try:
            actions.decide_round(
                held=found,
                granted=form.granted(),
                ends_on=form.cleaned_data["ends_on"],
                by=request.user,
            )
        except PermissionDenied:
            raise Http404 from None
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("The round is decided, and everybody who asked is told."))
            return redirect(found)
    context = {
        "round": found,
        "form": form,
        "lines": form.lines(),
        "asked_gpu": sum((row.request.gpu_hours for row in rows), Decimal(0)),
        "asked_cpu": sum((row.request.cpu_hours for row in rows), Decimal(0)),
        "unreviewed": actions.unreviewed(found),
        "requests": found.requests.select_related("profile__person", "profile__organisation"),
        "closed": found.closes_at <= timezone.now(),
    }
    return render(request, "hubs/computing_round.html", context)
