"""The work desk: what waits for a curator, the most urgent first, and steps for many at once."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from accounts import exports, jobs

from .. import actions, desk
from ..forms.desk import BulkForm, DeskFilter
from ..models import Challenge, Hub
from .steps import SignedIn

PER_PAGE = 50
HEADS = (
    *("id", "title", "organisation", "hub", "urgency", "reasons", "submitted_at", "closes_at", "at_it"),
    *("at_it_until", "alike"),
)


@login_required
def review_queue(request: SignedIn) -> HttpResponseBase:
    """Only for curators."""
    hubs = list(Hub.objects.curated_by(request.user))
    if not hubs:
        raise Http404
    items = desk.items_for(request.user)
    filters = DeskFilter(request.GET)
    which: Any = filters.fields["hub"]
    which.queryset = Hub.objects.filter(pk__in=[hub.pk for hub in hubs])
    which.choices = [("", which.empty_label), *((hub.pk, str(hub)) for hub in hubs)]  # read above
    shown = desk.narrowed(items, filters.wanted())
    page = Paginator(shown, PER_PAGE).get_page(request.GET.get("page"))
    if request.method == "POST":
        picked = _picked(request, shown)
        form = _bulk(request, picked)
        if form.is_valid():
            return _done(request, form, picked)
    else:
        form = _bulk(request, [], unbound=True)
    context = {
        "waiting": list(page.object_list),
        "page": page,
        "total": len(items),
        "counts": _counts(items),
        "filters": filters,
        "filtered": len(shown) < len(items),
        "form": form,
        "picked": set(request.POST.getlist("pick")),
    }
    return render(request, "hubs/review_queue.html", context)


def _counts(items: Sequence[desk.Item]) -> dict[str, int]:
    return {
        "urgent": sum(item.urgency == "urgent" for item in items),
        "mine": sum(item.mine for item in items),
        "free": sum(item.is_free for item in items),
        "alike": sum(item.group > 0 for item in items),
    }


def _picked(request: SignedIn, shown: Sequence[desk.Item]) -> list[desk.Item]:
    """Those that were ticked, or all that the filters show; never what is not on this curator's desk."""
    if request.POST.get("all"):
        return list(shown)
    one = request.POST.get("take") or request.POST.get("lay")
    ticked = {one} if one else set(request.POST.getlist("pick"))
    return [item for item in shown if str(item.challenge.public_id) in ticked]


def _bulk(request: SignedIn, picked: Sequence[desk.Item], *, unbound: bool = False) -> BulkForm:
    data: Any = None
    if not unbound:
        data = request.POST.copy()
        if "take" in data:
            data["do"], data["to"] = "assign", ""
        elif "lay" in data:
            data["do"] = "release"
    challenges = [item.challenge for item in picked]
    return BulkForm(data, colleagues=desk.colleagues(request.user), picked=challenges)


def _done(request: SignedIn, form: BulkForm, picked: Sequence[desk.Item]) -> HttpResponseBase:
    do = form.cleaned_data["do"]
    if do == "export":
        return exports.csv_response("helice-review", HEADS, (_row(item) for item in picked))
    if do == "changes":
        keys = [str(item.challenge.public_id) for item in picked]
        params = {
            "challenges": keys,
            "note": form.cleaned_data["note"],
            "reasons": form.cleaned_data["reasons"],
        }
        return redirect(jobs.start(kind="request_changes", by=request.user, params=params, total=len(keys)))
    done = 0
    for item in picked:
        try:
            done += _step(request, item.challenge, do, form.cleaned_data.get("to"))
        except PermissionDenied:
            _not_done(request, item, _("It does not wait for your review."))
        except ValidationError as error:
            _not_done(request, item, " ".join(error.messages))
    _said(request, do, done, form.cleaned_data.get("to"))
    return redirect(request.get_full_path())


def _step(request: SignedIn, challenge: Challenge, do: str, to: Any) -> bool:
    if do == "assign":
        actions.assign_review(challenge=challenge, by=request.user, to=to)
        return True
    return actions.release_review(challenge=challenge, by=request.user)


def _not_done(request: SignedIn, item: desk.Item, why: str) -> None:
    messages.warning(request, f"“{item.challenge.title}”: {why}")


def _said(request: SignedIn, do: str, n: int, to: Any) -> None:
    if do == "release":
        text = ngettext("%(n)d review lies free again.", "%(n)d reviews lie free again.", n)
    elif to is None or to == request.user.person:
        text = ngettext("%(n)d review is yours for two days.", "%(n)d reviews are yours for two days.", n)
    else:
        text = ngettext("%(n)d review given to %(name)s.", "%(n)d reviews given to %(name)s.", n)
    if n or do == "release":
        messages.success(request, text % {"n": n, "name": str(to)})


def _row(item: desk.Item) -> list[Any]:
    challenge = item.challenge
    return [
        challenge.public_id,
        challenge.title,
        challenge.organisation.name,
        challenge.hub.name,
        item.urgency,
        [reason.sentence for reason in item.reasons],
        challenge.submitted_at,
        challenge.closes_at,
        str(item.assignment.curator) if item.assignment else "",
        item.assignment.until if item.assignment else None,
        item.alike or "",
    ]


@login_required
@require_POST
def review_hold(request: SignedIn, public_id: UUID) -> HttpResponse:
    """Take one review, or lay it back, from its own page."""
    waiting = Challenge.objects.reviewable_by(request.user)
    challenge = get_object_or_404(waiting, public_id=public_id)
    try:
        if request.POST.get("do") == "release":
            actions.release_review(challenge=challenge, by=request.user)
            return redirect("hubs:review_queue")
        actions.assign_review(challenge=challenge, by=request.user)
        messages.success(request, _("It is yours for two days."))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect("hubs:review", public_id)
