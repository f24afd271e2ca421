"""What one has here, how one wants it, and how one leaves."""

from typing import Any

from allauth.core.internal.httpkit import get_client_ip
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from .. import kept as keeping
from .. import queries, suppression
from ..actions import (
    confirm_person,
    discard_unconfirmed,
    erase_person,
    rename_person,
    save_preferences,
    set_matching,
    sole_ownerships,
)
from ..forms import EraseForm, PreferencesForm
from ..mailer import cadences_of_person
from ..models import Profile, User
from ..notices import notice
from .access import signed_in

# Names in a kept form that say nothing to its author
TECHNICAL = ("form_key", "next", "more", "_kept")


@login_required
def home(request: HttpRequest) -> HttpResponse:
    user = signed_in(request)
    if request.method == "POST":  # what was written under this address by another browser
        if "publish" in request.POST:
            confirm_person(user=user)
            keeping.forget(request)
        elif "discard" in request.POST:
            discard_unconfirmed(user=user)
        return redirect("accounts:home")
    profiles = list(queries.own_profiles(user))
    context = {
        "profiles": profiles,
        "memberships": queries.memberships(user),
        "claimable": queries.claimable(user),
        "waits": any(profile.confirmed_at is profile.claimed_at is None for profile in profiles),
        "researcher": any(profile.kind == Profile.Kind.RESEARCHER for profile in profiles),
        "kinds": Profile.Kind,
    }
    return render(request, "accounts/home.html", context)


@login_required
def preferences(request: HttpRequest) -> HttpResponse:
    user = signed_in(request)
    profiles = list(queries.with_owner(Profile.objects.editable_by(user)))
    data = request.POST if request.method == "POST" else None
    form = PreferencesForm(data, profiles=profiles, initial=_preferences(user))
    if data is not None and form.is_valid():
        try:
            _save_preferences(user, form, get_client_ip(request) or "")
        except ValidationError as error:
            form.add_error(None, error)
        else:
            with translation.override(form.cleaned_data["language"]):
                messages.success(request, _("Saved."))
                return redirect("accounts:preferences")
    switches = [form[name] for name in form.profiles]
    context = {"form": form, "switches": switches, "stopped": suppression.of(user)}
    return render(request, "accounts/preferences.html", context)


def _preferences(user: User) -> dict[str, Any]:
    return {
        "name": user.person.name,
        "language": user.language,
        "time_zone": user.time_zone,
        **{f"cadence_{family}": chosen for family, chosen in cadences_of_person(user.person).items()},
    }


@transaction.atomic
def _save_preferences(user: User, form: PreferencesForm, ip: str) -> None:
    data = form.cleaned_data
    rename_person(person=user.person, name=data["name"], by=user)
    save_preferences(
        by=user, language=data["language"], time_zone=data["time_zone"], cadences=form.cadences(), ip=ip
    )
    for name, profile in form.profiles.items():
        if profile.match_automatically != data[name]:
            set_matching(profile=profile, on=data[name], by=user)


@login_required
def data(request: HttpRequest) -> HttpResponse:
    """Everything that is held about the reader, as a file."""
    held = queries.all_data(signed_in(request).person)
    response = JsonResponse(held, json_dumps_params={"indent": 2, "ensure_ascii": False})
    response["Content-Disposition"] = f'attachment; filename="helice-{timezone.localdate():%Y-%m-%d}.json"'
    response["Cache-Control"] = "no-store"
    return response


@login_required
def erase(request: HttpRequest) -> HttpResponse:
    user = signed_in(request)
    form = EraseForm(request.POST or None, organisations=list(sole_ownerships(user)))
    if request.method == "POST" and form.is_valid():
        erase_person(person=user.person, by=user, successors=form.successors())
        logout(request)
        messages.success(request, _("Your account is erased. Thank you for having been here."))
        return redirect("hubs:home")
    heirs = [form[name] for name in form.organisations]
    return render(request, "accounts/erase.html", {"form": form, "heirs": heirs})


def privacy(request: HttpRequest) -> HttpResponse:
    return render(request, "accounts/privacy.html", {"notice": notice("privacy")})


def kept(request: HttpRequest) -> HttpResponse:
    """What this browser typed when the site had to refuse it: send it again, or let it go."""
    post = keeping.kept_for(request)
    if request.method == "POST" and "discard" in request.POST:
        response = redirect("accounts:home" if request.user.is_authenticated else "hubs:home")
        keeping.discard(request, response)
        messages.success(request, _("It is gone."))
        return response
    fields = [(name, value) for name, values in post.data.items() for value in values] if post else []
    shown = [
        (name.replace("-", " ").replace("_", " "), value)
        for name, value in fields
        if value.strip() and name not in TECHNICAL and not name.endswith("_FORMS")
    ]
    hidden = [(name, value) for name, value in fields if name != "more"]
    return render(request, "accounts/kept.html", {"post": post, "shown": shown, "hidden": hidden})
