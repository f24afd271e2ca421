"""Pages behind the secret links of letters; what they do, they do on POST only."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from ..actions import accept_invitation, claim_profile
from ..models import Invitation, Profile, User
from ..tokens import hash_token


@never_cache
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Join an organisation, or claim an imported profile."""
    found = Invitation.objects.select_related(
        "organisation", "profile__person__user", "profile__organisation"
    )
    link = get_object_or_404(found, token_hash=hash_token(token))
    if not Invitation.objects.usable().filter(pk=link.pk).exists():
        return render(request, "accounts/invitation_over.html", {"link": link}, status=410)
    if request.method == "POST":
        if not request.user.is_authenticated:
            return redirect(f"{reverse('account_login')}?next={request.path}")
        return _accept(request, link, request.user)
    own = None
    if link.profile and link.profile.kind == Profile.Kind.RESEARCHER and request.user.is_authenticated:
        own = Profile.objects.filter(person__user=request.user).first()
    return render(request, "accounts/invitation.html", {"link": link, "own": own})


def _accept(request: HttpRequest, link: Invitation, user: User) -> HttpResponse:
    try:
        if link.profile:
            profile = claim_profile(profile=link.profile, by=user, invitation=link)
            messages.success(
                request, _("The profile is yours now. Read it through, and change what is wrong.")
            )
            return redirect("accounts:profile_edit", profile.public_id)
        member = accept_invitation(invitation=link, by=user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("accounts:home")
    except PermissionDenied as error:
        raise Http404 from error
    messages.success(request, _("Welcome to %(name)s.") % {"name": member.organisation.name})
    return redirect(member.organisation)
