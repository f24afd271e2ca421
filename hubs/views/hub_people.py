"""The people of a hub: members who want to stand there, as far as their reader may see their profiles."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from accounts.models import Profile
from accounts.queries import with_owner

from .. import queries
from ..models import Hub

PER_PAGE = 24


@require_safe
def hub_people(request: HttpRequest, slug: str) -> HttpResponse:
    hub = get_object_or_404(Hub.objects.prefetch_related("translations"), slug=slug)
    found = queries.people_of(hub, request.user)
    kind = request.GET.get("kind", "")
    kinds = queries.kinds_of(found)
    if kind in Profile.Kind.values:
        found = found.filter(kind=kind)
    context = {
        "hub": hub,
        "page": Paginator(with_owner(found), PER_PAGE).get_page(request.GET.get("page")),
        "kinds": [(value, label, kinds[value]) for value, label in Profile.Kind.choices if value in kinds],
        "kind": kind,
        "total": sum(kinds.values()),
    }
    return render(request, "hubs/hub_people.html", context)
