"""The page of a challenge's proposed teams, beginning a consortium from one, and the missing partner."""

import uuid
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.models import Profile
from accounts.translated import read_translations
from hubs.actions.consortia import Asked, begin_consortium
from hubs.models import Challenge, Consortium
from hubs.views.consortia import form_key, open_challenge, own_profiles
from hubs.views.steps import SignedIn

from .models import TeamProposal
from .permissions import may_see_who_fits
from .teaming import may_see_teams, partners_for, teams_of


@login_required
@require_safe
def teams(request: SignedIn, public_id: UUID) -> HttpResponse:
    challenge = open_challenge(request, public_id, "team_search", read="needs")
    read_translations([challenge, *challenge.needs.all()])
    own = list(own_profiles(request, challenge))
    may_see = bool(own) or may_see_teams(request.user, challenge)
    context = {
        "challenge": challenge,
        "may_see": may_see,
        "shown": teams_of(challenge, request.user) if may_see else None,
        "profiles": own,
        "names": may_see_who_fits(request.user, challenge),
        "form_key": uuid.uuid4(),
    }
    return render(request, "matching/teams.html", context)


@login_required
@require_POST
def begin_from_team(request: SignedIn, public_id: UUID) -> HttpResponse:
    """One's own profile coordinates; the others of the team whom one ticked are invited."""
    challenge = open_challenge(request, public_id)
    if not may_see_teams(request.user, challenge):
        return redirect("matching:teams", public_id=challenge.public_id)
    rank = request.POST.get("team", "")
    proposals = TeamProposal.objects.filter(challenge=challenge)
    proposal = get_object_or_404(proposals, rank=int(rank) if rank in {"1", "2", "3"} else 0)
    try:
        profile = (
            own_profiles(request, challenge).filter(public_id=UUID(request.POST.get("profile", ""))).first()
        )
    except ValueError:
        profile = None
    if profile is None:
        messages.error(request, _("Choose which of your profiles coordinates it."))
        return redirect("matching:teams", public_id=challenge.public_id)
    return _begun(request, challenge, profile, proposal)


def _begun(request: SignedIn, challenge: Challenge, profile: Profile, proposal: TeamProposal) -> HttpResponse:
    needs = {need.pk: need for need in challenge.needs.all()}
    covers = {
        row["profile"]: [needs[each["need_id"]] for each in row["needs"] if each["need_id"] in needs]
        for row in proposal.members
    }
    ticked = Profile.objects.visible_to(request.user).filter(pk__in=covers, claimed_at__isnull=False)
    keys = {key for key in request.POST.getlist("invite") if len(key) == 36}
    asked = [
        Asked(one, needs=covers[one.pk])
        for one in ticked
        if str(one.public_id) in keys and one.pk != profile.pk
    ]
    name = request.POST.get("name", "").strip()[:120] or _("Team %(n)d for %(title)s") % {
        "n": proposal.rank,
        "title": challenge.title,
    }
    try:
        made = begin_consortium(
            challenge=challenge,
            profile=profile,
            by=request.user,
            name=name[:120],
            invited=asked,
            needs=covers.get(profile.pk, []),
            proposal={"rank": proposal.rank, "members": proposal.members, "uncovered": proposal.uncovered},
            form_key=form_key(request),
        )
    except (ValidationError, PermissionDenied) as error:
        said = (
            error.messages
            if isinstance(error, ValidationError)
            else [_("Somebody can no longer be invited.")]
        )
        messages.error(request, " ".join(said))
        return redirect("matching:teams", public_id=challenge.public_id)
    messages.success(request, _("Begun, and everybody you chose is invited."))
    return redirect(made)


@login_required
@require_safe
def missing_partner(request: SignedIn, public_id: UUID) -> HttpResponse:
    """For whoever coordinates it."""
    mine = Consortium.objects.coordinated_by(request.user).select_related("challenge__organisation")
    consortium = get_object_or_404(mine, public_id=public_id)
    shown = partners_for(consortium, request.user)
    return render(
        request,
        "matching/missing_partner.html",
        {"consortium": consortium, "challenge": consortium.challenge, "shown": shown},
    )
