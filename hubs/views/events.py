"""A hub's events: the list, one of them, coming and not coming, and what its curators do."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_POST, require_safe

from accounts import exports

from .. import actions
from ..calendars import CONTENT_TYPE, calendar_of
from ..event_calendars import calendar_event
from ..forms.events import CancelForm, EventForm, home_zone, zone_of
from ..models import Hub, HubEvent
from ..permissions import may_invite
from .consortia import form_key
from .steps import SignedIn

PER_PAGE = 20
IN_CALENDAR = 200


def _hub(slug: str) -> Hub:
    return get_object_or_404(Hub.objects.prefetch_related("translations"), slug=slug)


def _event(slug: str, public_id: UUID) -> HubEvent:
    events = HubEvent.objects.with_guests().select_related("hub").prefetch_related("hub__translations")
    return get_object_or_404(events, hub__slug=slug, public_id=public_id)


@require_safe
def event_list(request: HttpRequest, slug: str) -> HttpResponse:
    hub = _hub(slug)
    past = request.GET.get("when") == "past"
    events = HubEvent.objects.filter(hub=hub).with_guests()
    events = events.past() if past else events.coming()
    context = {
        "hub": hub,
        "past": past,
        "page": Paginator(events, PER_PAGE).get_page(request.GET.get("page")),
        "may_invite": may_invite(request.user, hub),
    }
    return render(request, "hubs/event_list.html", context)


def event(request: HttpRequest, slug: str, public_id: UUID) -> HttpResponse:
    """Everybody reads it; the link to take part from afar is for guests, names for those who invite."""
    found = _event(slug, public_id)
    invites = may_invite(request.user, found.hub)
    coming = request.user.is_authenticated and found.guests.filter(person__user=request.user).exists()
    context = {
        "event": found,
        "hub": found.hub,
        "coming": coming,
        "invites": invites,
        "guests": found.guests.select_related("person__user") if invites else [],
        "left": None if found.capacity is None else max(found.capacity - found.guests_count, 0),  # type: ignore[attr-defined]
        "takes_guests": found.takes_guests(),
        "over": found.is_over(),
        "cancel_form": CancelForm(),
    }
    return render(request, "hubs/event.html", context)


@login_required
@require_POST
def event_visit(request: SignedIn, slug: str, public_id: UUID) -> HttpResponse:
    """Come, or not come after all."""
    found = _event(slug, public_id)
    try:
        if request.POST.get("do") == "leave":
            if actions.leave_event(event=found, by=request.user):
                messages.success(request, _("Your place is free for somebody else."))
        elif actions.register_guest(event=found, by=request.user):
            messages.success(request, _("You are registered. Whoever organises it sees your name."))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect(found)


@login_required
def event_new(request: SignedIn, slug: str) -> HttpResponse:
    hub = _hub(slug)
    return _edited(request, hub, HubEvent(hub=hub, time_zone=home_zone(hub)))


@login_required
def event_edit(request: SignedIn, slug: str, public_id: UUID) -> HttpResponse:
    found = _event(slug, public_id)
    return _edited(request, found.hub, found)


def _edited(request: SignedIn, hub: Hub, found: HubEvent) -> HttpResponse:
    if not may_invite(request.user, hub) or found.cancelled_at:
        raise Http404
    data: Any = request.POST if request.method == "POST" else None
    with timezone.override(zone_of(data, found, hub)):
        form = EventForm(data, instance=found, hub=hub)
        if data is not None and form.is_valid():
            try:
                saved = actions.save_event(
                    hub=hub,
                    values=form.cleaned_data,
                    by=request.user,
                    event=found if found.pk else None,
                    form_key=form_key(request),
                )
            except ValidationError as error:
                form.add_error(None, error)
            else:
                messages.success(request, _("Saved."))
                return redirect(saved)
        context = {"form": form, "hub": hub, "event": found, "form_key": form_key(request)}
        return render(request, "hubs/event_edit.html", context)


@login_required
@require_POST
def event_cancel(request: SignedIn, slug: str, public_id: UUID) -> HttpResponse:
    found = _event(slug, public_id)
    try:
        if actions.cancel_event(event=found, reason=request.POST.get("reason", ""), by=request.user):
            messages.success(request, _("It is cancelled, and every guest is told why."))
    except PermissionDenied:
        raise Http404 from None
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect(found)


@require_safe
@cache_control(public=True, max_age=900)
def hub_calendar(request: HttpRequest, slug: str) -> HttpResponse:
    """What is to come, and what was lately, to subscribe to."""
    hub = _hub(slug)
    events = HubEvent.objects.filter(hub=hub).select_related("hub").order_by("-starts_at")[:IN_CALENDAR]
    return _calendar(list(events), hub.name, hub.slug)


@require_safe
@cache_control(public=True, max_age=900)
def event_calendar(request: HttpRequest, slug: str, public_id: UUID) -> HttpResponse:
    found = _event(slug, public_id)
    return _calendar([found], found.title, str(found.public_id))


def _calendar(events: list[HubEvent], name: str, file: str) -> HttpResponse:
    language = (get_language() or "es")[:2]
    data = calendar_of([calendar_event(event, language) for event in events], name, language)
    headers = {"Content-Disposition": f'attachment; filename="{file}.ics"'}
    return HttpResponse(data, content_type=CONTENT_TYPE, headers=headers)


@login_required
@require_safe
def event_guests(request: SignedIn, slug: str, public_id: UUID) -> Any:
    """The guests as a table, by name, for the door: no addresses."""
    found = _event(slug, public_id)
    if not may_invite(request.user, found.hub):
        raise Http404
    rows = ([str(guest.person), guest.at] for guest in found.guests.select_related("person__user"))
    return exports.csv_response("helice-guests", ("name", "registered_at"), rows)
