"""One's own closing dates, at a secret address that calendars can read without signing in."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import Person, Profile
from accounts.rendering import absolute
from accounts.tokens import hash_token, new_token
from hubs.calendars import CONTENT_TYPE, calendar_of, deadline_event
from hubs.models import Challenge, Introduction

from .models import Answer, CalendarLink
from .views import SignedInRequest

MOST = 200


def own_challenges(person: Person) -> QuerySet[Challenge]:
    """What somebody said to be interested in or asked an introduction for, and what their organisations
    posted; of what everybody may read."""
    if person.user is None:
        return Challenge.objects.none()
    profiles = Profile.objects.of(person.user).values("pk")
    liked = Answer.objects.filter(profile__in=profiles, answer=Answer.Choice.INTERESTED).values("challenge")
    asked = Introduction.objects.filter(profile__in=profiles).values("challenge")
    posted = Challenge.objects.of(person.user).values("pk")
    mine = Q(pk__in=liked) | Q(pk__in=asked) | Q(pk__in=posted)
    return Challenge.objects.published().filter(mine)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def calendar(request: SignedInRequest) -> HttpResponse:
    """What the calendar is, and its address, which is shown once: only its hash is kept."""
    person = request.user.person
    context = {"n": own_challenges(person).filter(closes_at__gt=timezone.now()).count(), "address": ""}
    if request.method == "POST" and request.POST.get("do") == "stop":
        CalendarLink.objects.filter(person=person).delete()
        messages.success(request, _("The address leads nowhere any more."))
        return redirect("matching:calendar")
    if request.method == "POST":
        token, hashed = new_token()
        made = {"token_hash": hashed, "made_at": timezone.now()}
        CalendarLink.objects.update_or_create(person=person, defaults=made)
        context["address"] = absolute(reverse("own_calendar", args=[token]))
    context["link"] = CalendarLink.objects.filter(person=person).first()
    return render(request, "matching/calendar.html", context)


@require_safe
def own_calendar(request: HttpRequest, token: str) -> HttpResponse:
    """The file itself, in its owner's language; it names no person."""
    link = CalendarLink.objects.select_related("person__user").filter(token_hash=hash_token(token)).first()
    if link is None or link.person.user is None or not link.person.user.is_active:
        raise Http404
    language = link.person.language
    found = own_challenges(link.person).select_related("organisation").prefetch_related("translations")
    with translation.override(language):
        events = [deadline_event(one, language) for one in found.order_by("-closes_at", "pk")[:MOST]]
        file = calendar_of(events, _("My challenges"), language)
    headers = {
        "Cache-Control": "private, max-age=900",
        "X-Robots-Tag": "noindex",
        "Referrer-Policy": "no-referrer",
    }
    return HttpResponse(file, content_type=CONTENT_TYPE, headers=headers)
