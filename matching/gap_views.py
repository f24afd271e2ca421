"""What nobody in the country covers: the list, one gap with who could close it, and inviting them."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from accounts.models import Profile
from hubs.views.steps import SignedIn

from . import closing
from .models import Gap

PER_PAGE = 20


@require_safe
def gap_list(request: HttpRequest) -> HttpResponse:
    covered = request.GET.get("show") == "covered"
    found = closing.listed(Gap.objects.covered() if covered else Gap.objects.open(), request.user)
    order = ("-covered_at", "pk") if covered else ("-size", "found_at", "pk")
    page = Paginator(found.order_by(*order), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "found": closing.shown(page),
        "covered": covered,
        "published": closing.published(request.user),
    }
    return render(request, "matching/gaps.html", context)


@require_safe
def gap(request: HttpRequest, public_id: UUID) -> HttpResponse:
    found = closing.shown(closing.listed(Gap.objects.filter(public_id=public_id), request.user))
    if not found:
        raise Http404
    context = {
        "shown": found[0],
        "gap": found[0].gap,
        "ways": closing.ways(found[0], request.user),
        "invited": closing.invites_reader(found[0].gap, request.user),
    }
    return render(request, "matching/gap.html", context)


@login_required
@require_POST
def gap_invite(request: SignedIn, public_id: UUID) -> HttpResponse:
    found = get_object_or_404(Gap.objects.visible_to(request.user), public_id=public_id)
    keys = [key for key in request.POST.getlist("profile") if len(key) == 36]
    try:
        chosen = [UUID(key) for key in keys]
    except ValueError:
        chosen = []
    try:
        profiles = Profile.objects.visible_to(request.user).filter(public_id__in=chosen)
        told = closing.invite(gap=found, profiles=profiles, by=request.user)
    except PermissionDenied:
        raise Http404 from None  # to whoever may not invite there is nothing to invite by
    if told:
        said = ngettext("%(n)d profile was invited.", "%(n)d profiles were invited.", told)
        messages.success(request, said % {"n": told})
    else:
        messages.info(request, _("Nobody new was chosen: each is invited once."))
    return redirect(found)
