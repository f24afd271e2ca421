"""Files about the open challenges, for calendars and programs."""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import conditional_page, require_safe

from accounts.rendering import absolute
from accounts.templatetags.pages import own_words

from ..calendars import CONTENT_TYPE, calendar_of, deadline_event
from ..models import Challenge
from .chosen import chosen
from .feeds import ChallengeFeed

MOST = 500
fresh = cache_control(public=True, max_age=900)

challenge_feed = fresh(conditional_page(require_safe(ChallengeFeed())))


@require_safe
@fresh
def deadlines(request: HttpRequest) -> HttpResponse:
    """When the open challenges close, the soonest first."""
    about = chosen(request.GET)
    found = about.open_ones().select_related("organisation").prefetch_related("translations")
    language = (get_language() or "")[:2]
    events = [deadline_event(one, language) for one in found.order_by("closes_at", "pk")[:MOST]]
    name = " · ".join([_("Closing dates of challenges"), *about.words()])
    return HttpResponse(calendar_of(events, name, language), content_type=CONTENT_TYPE)


@require_safe
@fresh
@conditional_page
def open_calls(request: HttpRequest) -> JsonResponse:
    """The open challenges for programs: what a listing elsewhere needs, in the language of the address."""
    found = chosen(request.GET).open_ones().select_related("organisation", "hub")
    rows = found.prefetch_related("translations").order_by("closes_at", "pk")[:MOST]
    answer = JsonResponse(
        {"challenges": [_call(one) for one in rows]}, json_dumps_params={"ensure_ascii": False}
    )
    answer["Access-Control-Allow-Origin"] = "*"  # what anybody may read, any page may show
    return answer


def _call(challenge: Challenge) -> dict[str, Any]:
    title, summary = own_words(challenge, "title"), own_words(challenge, "summary")
    return {
        "id": str(challenge.public_id),
        "url": absolute(challenge.get_absolute_url()),
        "title": title["text"],
        "language": title["lang"],
        "summary": summary["text"],
        "posted_by": challenge.organisation_shown,
        "hub": challenge.hub.slug,
        "state": challenge.state,
        "sector": challenge.sector,
        "fields": challenge.fields,
        "sdgs": challenge.sdgs,
        "opens_at": challenge.opens_at,
        "closes_at": challenge.closes_at,
        "time_zone": challenge.time_zone,
    }
