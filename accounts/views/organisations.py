"""Organisations: their page, and how their owners keep it and invite others."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from .. import queries
from ..actions import invite, remove_member, save_organisation, set_member, withdraw_invitation
from ..countries import get_pack
from ..forms import InvitationForm, MemberForm, OrganisationForm
from ..identifiers import ror_url
from ..models import Invitation, Membership, Organisation, Profile
from ..permissions import belongs_to, may_edit_organisation
from .access import own_organisation, owned_organisation, signed_in

RESEARCHERS = 12


def organisation(request: HttpRequest, public_id: UUID) -> HttpResponse:
    found = get_object_or_404(Organisation.objects.visible_to(request.user), public_id=public_id)
    visible = queries.with_owner(Profile.objects.visible_to(request.user))
    belongs = belongs_to(request.user, found)
    context = {
        "organisation": found,
        "profile": visible.filter(organisation=found).first(),
        "people": queries.people_shown(found, request.user, belongs=belongs),
        "researchers": queries.researchers_of(found, request.user)[:RESEARCHERS],
        "ror_url": ror_url(found.ror) if found.ror else "",
        "facts": _facts(found),
        "belongs": belongs,
        "may_edit": belongs and may_edit_organisation(request.user, found),
    }
    return render(request, "accounts/organisation.html", context)


def _facts(found: Organisation) -> list[tuple[str, str]]:
    pack = get_pack(found.country)
    level = found.government_level
    return [
        (_("Size"), pack.sizes.label(found.size) if found.size else ""),
        (_("Level of government"), pack.government_levels.label(level) if level else ""),
    ]


@login_required
def organisation_edit(request: HttpRequest, public_id: UUID) -> HttpResponse:
    mine = owned_organisation(request, public_id)
    form = OrganisationForm(request.POST or None, instance=mine)
    if request.method == "POST" and form.is_valid():
        try:
            save_organisation(organisation=mine, facts=form.cleaned_data, by=signed_in(request))
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("Saved."))
            return redirect("accounts:organisation", public_id)
    return render(request, "accounts/organisation_edit.html", {"form": form, "organisation": mine})


@login_required
def organisation_people(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Who belongs, who gets letters; an owner changes it, anybody may leave."""
    mine = own_organisation(request, public_id)
    if request.method == "POST":
        try:
            left = _change_people(request, mine)
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        else:
            messages.success(request, _("Saved."))
            if left:
                return redirect("accounts:home")
        return redirect("accounts:organisation_people", public_id)
    return render(request, "accounts/organisation_people.html", _people(request, mine))


def _people(request: HttpRequest, mine: Organisation) -> dict[str, Any]:
    people = queries.colleagues(mine)
    may_edit = may_edit_organisation(request.user, mine)
    return {
        "organisation": mine,
        "may_edit": may_edit,
        "rows": [
            (row, MemberForm(instance=row, auto_id=f"id_{row.pk}_%s") if may_edit else None) for row in people
        ],
        "invitations": Invitation.objects.usable().filter(organisation=mine).select_related("invited_by"),
    }


def _change_people(request: HttpRequest, mine: Organisation) -> bool:
    """Whether the user has left."""
    user = signed_in(request)
    if "withdraw" in request.POST:
        open_ones = Invitation.objects.filter(organisation=mine)
        withdraw_invitation(invitation=get_object_or_404(open_ones, pk=_number(request, "withdraw")), by=user)
        return False
    member = get_object_or_404(
        Membership.objects.filter(organisation=mine).select_related("person", "organisation"),
        pk=_number(request, "member"),
    )
    if "remove" in request.POST:
        remove_member(membership=member, by=user)
        return member.person.user_id == user.pk
    form = MemberForm(request.POST)
    if not form.is_valid():
        raise ValidationError(_("Choose a role from the list."))
    set_member(membership=member, by=user, **form.cleaned_data)
    return False


def _number(request: HttpRequest, name: str) -> int:
    value = request.POST.get(name, "")
    return int(value) if value.isdecimal() and len(value) < 19 else 0


@login_required
def organisation_invite(request: HttpRequest, public_id: UUID) -> HttpResponse:
    mine = owned_organisation(request, public_id)
    form = InvitationForm(request.POST or None)
    link = ""
    if request.method == "POST" and form.is_valid():
        try:
            link = invite(organisation=mine, by=signed_in(request), **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            if not link:
                messages.success(request, _("The invitation is on its way."))
                return redirect("accounts:organisation_people", public_id)
    # The link is shown this once: only its hash is kept
    context = {"form": form, "organisation": mine, "link": link}
    return render(request, "accounts/organisation_invite.html", context)
