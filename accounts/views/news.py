"""The list of everything that concerns the reader, whatever letters they want."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from .. import suppression
from ..models import Family, NewsItem
from ..news import mark_read, told
from ..rendering import in_active_language
from .access import signed_in

A_PAGE = 30


@login_required
@require_safe
def news(request: HttpRequest) -> HttpResponse:
    """Newest first; of one family, or only what is unread, where the address says so."""
    mine = NewsItem.objects.filter(person__user=signed_in(request))
    family = request.GET.get("family", "")
    shown = mine.filter(family=family) if family in Family.values else mine
    unread = request.GET.get("unread") == "1"
    if unread:
        shown = shown.unread()
    page = Paginator(shown, A_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "items": told(page.object_list),
        "families": Family.choices,
        "family": family,
        "unread": unread,
        "waiting": mine.unread().count(),
    }
    return render(request, "accounts/news.html", context)


@login_required
@require_POST
def news_open(request: HttpRequest, item_id: int) -> HttpResponse:
    """It is read, and leads on to what it is about."""
    user = signed_in(request)
    item = get_object_or_404(NewsItem, pk=item_id, person__user=user)
    mark_read(NewsItem.objects.filter(pk=item.pk), by=user)
    ours = url_has_allowed_host_and_scheme(item.url, allowed_hosts=None)
    if not item.url or not ours:
        return redirect("accounts:news")
    return redirect(in_active_language(item.url))


@login_required
@require_POST
def news_read(request: HttpRequest) -> HttpResponse:
    """All of it is read."""
    mark_read(NewsItem.objects.all(), by=signed_in(request))
    return redirect("accounts:news")


@login_required
@require_POST
def letters_again(request: HttpRequest) -> HttpResponse:
    """To an address that bounced, or was complained from: its owner says that it works."""
    if suppression.lift_for(signed_in(request)):
        messages.success(request, _("Letters go to your address again."))
    return redirect("accounts:preferences")
