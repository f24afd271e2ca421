"""What every page request passes through."""

import zoneinfo
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from . import kept, standing

Respond = Callable[[HttpRequest], HttpResponse]


def time_zone(get_response: Respond) -> Respond:
    """Dates are shown in the reader's own time zone."""

    def respond(request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            try:
                with timezone.override(zoneinfo.ZoneInfo(request.user.time_zone)):
                    return get_response(request)
            except zoneinfo.ZoneInfoNotFoundError:
                pass
        return get_response(request)

    return respond


def ask_once(get_response: Respond) -> Respond:
    """What the reader of a page belongs to is asked once; for whoever changes something, each time anew."""

    def respond(request: HttpRequest) -> HttpResponse:
        if request.method in ("GET", "HEAD") and request.user.is_authenticated:
            standing.begin(request.user)
        return get_response(request)

    return respond


def keep_refused_posts(get_response: Respond) -> Respond:
    """A form that sign-in refused is kept and offered back; once sent again it is forgotten."""

    def respond(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if kept.refused_for_sign_in(request, response):
            kept.keep(request, response)
        elif kept.sent_again(request, response):
            kept.discard(request, response)
        return response

    return respond
