"""The home page, the hubs, and one hub."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from accounts.models import Organisation, Profile

from .. import actions, queries
from ..models import Challenge, Hub, HubMembership
from .steps import SignedIn

ON_HOME = 6
ON_HUB = 50


def home(request: HttpRequest) -> HttpResponse:
    closing_soon = queries.for_cards(queries.at_time(Challenge.objects.all(), "open"))[:ON_HOME]
    newcomer = request.user.is_authenticated and not Profile.objects.of(request.user).exists()
    context = {
        "without_profile": newcomer,
        "ways_in": "accounts:profile_new" if newcomer else "accounts:join_kind",
        "challenges": closing_soon,
        "hubs": queries.hubs_with_counts(),
        "figures": queries.figures(),
    }
    return render(request, "hubs/home.html", context)


def hub_list(request: HttpRequest) -> HttpResponse:
    return render(request, "hubs/hub_list.html", {"hubs": queries.hubs_with_counts()})


def hub(request: HttpRequest, slug: str) -> HttpResponse:
    hub = get_object_or_404(queries.hubs_with_counts(), slug=slug)
    gathered = Challenge.objects.filter(hub=hub)
    organisations = Organisation.objects.visible_to(request.user).filter(hubs=hub)
    membership = None
    if request.user.is_authenticated:
        membership = HubMembership.objects.filter(hub=hub, person__user=request.user).first()
    context = {
        "hub": hub,
        "curators": queries.curators_of(hub),
        "challenges": queries.for_cards(queries.at_time(gathered, "open"))[:ON_HUB],
        "upcoming": queries.for_cards(queries.at_time(gathered, "upcoming"))[:ON_HUB],
        "closed_count": gathered.closed().count(),
        "organisations": organisations[:ON_HUB],
        "membership": membership,
    }
    return render(request, "hubs/hub.html", context)


@login_required
@require_POST
def hub_membership(request: SignedIn, slug: str) -> HttpResponse:
    """Join, leave, or be listed among its people or not."""
    hub = get_object_or_404(Hub, slug=slug)
    if request.POST.get("do") == "leave":
        try:
            actions.leave_hub(hub=hub, by=request.user)
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
    elif request.POST.get("do") in ("list", "unlist"):
        actions.list_in_hub(hub=hub, listed=request.POST["do"] == "list", by=request.user)
    else:
        actions.join_hub(hub=hub, by=request.user, listed=bool(request.POST.get("listed")))
    return redirect(hub)
