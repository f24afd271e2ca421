"""Meetings of two who were introduced: proposed, moved, answered, called off, and as a file for calendars."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.rendering import zone_of as home_of

from .. import actions
from ..actions.meetings import FACTS, proposed_by_ones_side
from ..contact_news import people_of
from ..forms.contacts import MeetingForm, zone_of
from ..meeting_calendars import FILE, calendar_file, content_type
from ..models import Introduction, Meeting
from .introductions import own_introduction
from .steps import SignedIn


def _meeting(request: SignedIn, introduction: Introduction, meeting_id: UUID) -> Meeting:
    found = introduction.meetings.select_related("proposed_by__user")
    meeting = get_object_or_404(found, public_id=meeting_id)
    meeting.introduction = introduction
    return meeting


@login_required
def meeting_new(request: SignedIn, public_id: UUID) -> HttpResponse:
    introduction = own_introduction(request, public_id)
    zone = str(home_of(request.user.person))
    return _edited(request, introduction, Meeting(introduction=introduction, time_zone=zone))


@login_required
def meeting_edit(request: SignedIn, public_id: UUID, meeting_id: UUID) -> HttpResponse:
    introduction = own_introduction(request, public_id)
    meeting = _meeting(request, introduction, meeting_id)
    if not proposed_by_ones_side(meeting, request.user) or meeting.state == Meeting.State.CANCELLED:
        raise Http404
    return _edited(request, introduction, meeting)


def _edited(request: SignedIn, introduction: Introduction, meeting: Meeting) -> HttpResponse:
    if introduction.state != Introduction.State.ACCEPTED:
        raise Http404
    people = [person for side in people_of(introduction).values() for person in side]
    zones = {meeting.time_zone, str(home_of(request.user.person)), *(str(home_of(one)) for one in people)}
    data: Any = request.POST if request.method == "POST" else None
    with timezone.override(zone_of(data, zones, meeting.time_zone)):
        form = MeetingForm(data, instance=meeting, zones=zones)
        if data is not None and form.is_valid() and _saved(request, introduction, meeting, form):
            messages.success(request, _("Sent to both sides, with a file for their calendars."))
            return redirect(f"{introduction.get_absolute_url()}#meetings")
        context = {"form": form, "introduction": introduction, "meeting": meeting}
        return render(request, "hubs/meeting_edit.html", context)


def _saved(request: SignedIn, introduction: Introduction, meeting: Meeting, form: MeetingForm) -> bool:
    values = {name: form.cleaned_data[name] for name in FACTS}
    try:
        if meeting.pk:
            actions.change_meeting(meeting=meeting, values=values, by=request.user)
        else:
            actions.propose_meeting(
                introduction=introduction,
                values=values,
                form_key=form.cleaned_data["form_key"],
                by=request.user,
            )
    except PermissionDenied:
        raise Http404 from None
    except ValidationError as error:
        form.add_error(None, error)
        return False
    return True


@login_required
@require_POST
def meeting_answer(request: SignedIn, public_id: UUID, meeting_id: UUID) -> HttpResponse:
    """Yes, no, or called off."""
    introduction = own_introduction(request, public_id)
    meeting = _meeting(request, introduction, meeting_id)
    word, seen = request.POST.get("do", ""), request.POST.get("seen", "")
    try:
        if word == "cancel":
            actions.cancel_meeting(meeting=meeting, by=request.user)
        elif word in ("accept", "decline"):
            number = int(seen) if seen.isdigit() and len(seen) < 9 else -1
            actions.answer_meeting(meeting=meeting, accept=word == "accept", by=request.user, seen=number)
        else:
            raise Http404
    except PermissionDenied:
        raise Http404 from None
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("Done. Both sides hear of it."))
    return redirect(f"{introduction.get_absolute_url()}#meetings")


@login_required
@require_safe
def meeting_calendar(request: SignedIn, public_id: UUID, meeting_id: UUID) -> HttpResponse:
    meeting = _meeting(request, own_introduction(request, public_id), meeting_id)
    file = calendar_file(meeting, get_language() or "es")
    response = HttpResponse(file, content_type=content_type(meeting))
    response["Content-Disposition"] = f'attachment; filename="{FILE}"'
    return response
