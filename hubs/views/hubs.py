"""The home page, the hubs, and one hub."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts.models import Organisation, Profile
from accounts.translated import read_translations

from .. import actions, queries
from ..models import Challenge, Hub, HubMembership, Status
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
    counted = queries.with_closed_count(queries.hubs_with_counts())
    hub = get_object_or_404(counted.prefetch_related(None), slug=slug)
    now = timezone.now()
    current = Challenge.objects.filter(hub=hub, status=Status.PUBLISHED, closes_at__gt=now)
    shown = list(queries.for_cards(current).prefetch_related(None).order_by("closes_at", "pk")[: 2 * ON_HUB])
    read_translations([hub, *shown])
    upcoming = sorted((one for one in shown if one.is_upcoming(now)), key=lambda one: one.opens_at or now)
    organisations = Organisation.objects.visible_to(request.user).filter(hubs=hub)
    membership = None
    if request.user.is_authenticated:
        membership = HubMembership.objects.filter(hub=hub, person__user=request.user).first()
    context = {
        "hub": hub,
        "curators": queries.curators_of(hub),
        "challenges": [one for one in shown if one.is_open(now)][:ON_HUB],
        "upcoming": upcoming[:ON_HUB],
        "closed_count": vars(hub)["closed_count"],
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
