"""Consortia: one's own, one of them with its members, beginning one, inviting, answering."""

import uuid
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.models import Profile
from accounts.permissions import own_profile_keys
from accounts.queries import with_owner
from accounts.translated import read_translations

from ..actions import consortia as actions
from ..forms.consortia import BeginForm, ConsortiumForm, InviteForm
from ..models import Challenge, Consortium, Member, Need, PartnerRequest
from .steps import SignedIn

FOUND = 12
MEMBERS = ("profile__person__user", "profile__organisation", "profile__institution", "invited_by__user")


def own_profiles(request: SignedIn, challenge: Challenge) -> QuerySet[Profile]:
    """Those that may answer a challenge: all of one's own but its posters'."""
    mine = Profile.objects.of(request.user).filter(confirmed_at__isnull=False)
    mine = mine.exclude(organisation__in=challenge.posters().values("pk"))
    return mine.select_related("person__user", "organisation")


def open_challenge(
    request: SignedIn, public_id: UUID, *related: str, read: str = "translations"
) -> Challenge:
    """One that may be answered, now or once it opens; with what else is `related`, and what is to be `read`
    of it."""
    visible = Challenge.objects.visible_to(request.user).select_related("organisation", "hub", *related)
    found = get_object_or_404(visible.prefetch_related(read), public_id=public_id)
    if not (found.is_open() or found.is_upcoming()):
        raise Http404
    return found


def form_key(request: HttpRequest) -> UUID:
    try:
        return UUID(request.POST.get("form_key", ""))
    except ValueError:
        return uuid.uuid4()


def _consortium(request: SignedIn, public_id: UUID, *, coordinated: bool = False) -> Consortium:
    mine = Consortium.objects.coordinated_by(request.user)
    visible = mine if coordinated else Consortium.objects.visible_to(request.user)
    related = visible.select_related("challenge__organisation").prefetch_related("challenge__translations")
    return get_object_or_404(related, public_id=public_id)


@login_required
@require_safe
def consortium_list(request: SignedIn) -> HttpResponse:
    """Invitations first, then all others."""
    mine = Consortium.objects.of(request.user).select_related("challenge")
    waiting = Member.objects.of(request.user).filter(state=Member.State.PENDING)
    found = mine.prefetch_related("challenge__translations").exclude(pk__in=waiting.values("consortium"))
    context = {
        "invited": mine.filter(pk__in=waiting.values("consortium")).prefetch_related(
            "challenge__translations"
        ),
        "page": Paginator(found, 20).get_page(request.GET.get("page")),
        "requests": PartnerRequest.objects.of(request.user).open().select_related("challenge"),
    }
    return render(request, "hubs/consortium_list.html", context)


@login_required
@require_safe
def consortium(request: SignedIn, public_id: UUID) -> HttpResponse:
    visible = Consortium.objects.visible_to(request.user).select_related("challenge__organisation")
    found = get_object_or_404(visible.prefetch_related("challenge__needs"), public_id=public_id)
    members = list(found.members.select_related(*MEMBERS).prefetch_related("needs"))
    mine = own_profile_keys(request.user)
    own = {one.pk for one in members if one.profile_id in mine}
    standing = [one for one in members if one.state in (Member.State.PENDING, Member.State.ACCEPTED)]
    ours = [one for one in members if one.pk in own and one.state == Member.State.ACCEPTED]
    taken = {need.pk for one in standing for need in one.needs.all()}
    needs = list(found.challenge.needs.all())
    _read_words(found.challenge, [*needs, *(need for one in members for need in one.needs.all())])
    context = {
        "consortium": found,
        "challenge": found.challenge,
        "standing": standing,
        "gone": [one for one in members if one not in standing],
        "own": own,
        "inside": bool(ours),
        # Whoever posted the challenge may be a member, and does not write the answer to it.
        "writes": any(one.profile.organisation_id != found.challenge.organisation_id for one in ours),
        "coordinates": any(one.role == Member.Role.COORDINATOR for one in ours),
        "fixed": found.state in actions.FIXED,
        "open_needs": [need for need in needs if need.pk not in taken],
        "answerable": found.challenge.is_open() or found.challenge.is_upcoming(),
        "responses": found.responses.select_related("project").filter(
            state__in=["draft", "submitted"] if ours else ["submitted"]
        ),
        "requests": found.partner_requests.open(),
    }
    return render(request, "hubs/consortium.html", context)


def _read_words(challenge: Challenge, needs: list[Need]) -> None:
    for need in needs:
        need.challenge = challenge  # whose language its words are in
    read_translations([challenge, *needs])


@login_required
def consortium_new(request: SignedIn, public_id: UUID) -> HttpResponse:
    """By hand, for a challenge."""
    challenge = open_challenge(request, public_id)
    profiles = own_profiles(request, challenge)
    form = BeginForm(request.POST or None, profiles=profiles)
    if request.method == "POST" and form.is_valid():
        values = {name: form.cleaned_data[name] for name in ("profile", "name", "acronym", "about")}
        try:
            made = actions.begin_consortium(
                challenge=challenge, by=request.user, form_key=form_key(request), **values
            )
        except ValidationError as error:
            form.add_error(None, error)
        else:
            return redirect(made)
    context = {"form": form, "challenge": challenge, "form_key": form_key(request), "profiles": profiles}
    return render(request, "hubs/consortium_edit.html", context)


@login_required
def consortium_edit(request: SignedIn, public_id: UUID) -> HttpResponse:
    found = _consortium(request, public_id, coordinated=True)
    form = ConsortiumForm(request.POST or None, instance=found)
    if request.method == "POST" and form.is_valid():
        try:
            saved = actions.describe_consortium(consortium=found, by=request.user, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("Saved."))
            return redirect(saved)
    context = {"form": form, "challenge": found.challenge, "consortium": found, "profiles": True}
    return render(request, "hubs/consortium_edit.html", context)


@login_required
def consortium_invite(request: SignedIn, public_id: UUID) -> HttpResponse:
    """First whom, found by name; then as what."""
    found = _consortium(request, public_id, coordinated=True)
    profile = _chosen(request)
    needs = _ids(request.GET.getlist("need"))
    form = InviteForm(request.POST or None, challenge=found.challenge, initial={"needs": needs})
    if request.method == "POST" and profile and form.is_valid() and _invited(request, found, profile, form):
        return redirect(found)
    words = request.GET.get("q", "").strip()
    there = found.members.standing().values("profile")
    visible = Profile.objects.visible_to(request.user).exclude(pk__in=there)
    people = with_owner(visible.search(words))[:FOUND] if words else []
    context = {"consortium": found, "challenge": found.challenge, "profile": profile, "form": form}
    return render(request, "hubs/consortium_invite.html", context | {"words": words, "people": people})


def _chosen(request: SignedIn) -> Profile | None:
    key = request.POST.get("profile") or request.GET.get("profile", "")
    try:
        return Profile.objects.visible_to(request.user).filter(public_id=UUID(key)).first()
    except ValueError:
        return None


def _ids(asked: list[str]) -> list[int]:
    return [int(each) for each in asked if each.isdigit() and len(each) < 12]


def _invited(request: SignedIn, found: Consortium, profile: Profile, form: InviteForm) -> bool:
    data: dict[str, Any] = form.cleaned_data
    needs: list[Need] = list(data["needs"])
    asked = actions.Asked(profile, data["role"], data["share"], needs)
    try:
        actions.invite_member(consortium=found, asked=asked, by=request.user, line=data["line"])
    except ValidationError as error:
        form.add_error(None, error)
        return False
    messages.success(request, _("Invited: %(name)s.") % {"name": profile.name})
    return True


@login_required
@require_POST
def consortium_step(request: SignedIn, public_id: UUID) -> HttpResponse:
    """Complete, open again, or given up."""
    found = _consortium(request, public_id, coordinated=True)
    try:
        if request.POST.get("do") == "dissolve":
            actions.dissolve_consortium(consortium=found, by=request.user)
        else:
            complete = request.POST.get("do") == "complete"
            actions.say_complete(consortium=found, complete=complete, by=request.user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect(found)


@login_required
@require_POST
def consortium_member(request: SignedIn, public_id: UUID) -> HttpResponse:
    """Accept, decline, leave; for the coordinator, another role or no place."""
    visible = Consortium.objects.visible_to(request.user)
    member = get_object_or_404(
        Member.objects.filter(consortium__in=visible.values("pk")).select_related("consortium", "profile"),
        public_id=public_id,
    )
    do, line = request.POST.get("do", ""), request.POST.get("line", "")
    try:
        if do in ("accept", "decline"):
            actions.answer_invitation(member=member, accept=do == "accept", by=request.user, line=line)
        elif do == "leave":
            actions.leave_consortium(member=member, by=request.user)
        elif do == "remove":
            actions.remove_member(member=member, by=request.user)
        else:
            actions.change_role(member=member, role=do, by=request.user)
    except PermissionDenied:
        raise Http404 from None
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("Done."))
    still = Consortium.objects.visible_to(request.user).filter(pk=member.consortium_id).exists()
    return redirect(member.consortium) if still else redirect("hubs:consortium_list")
