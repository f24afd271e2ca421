"""Files about the open challenges, for calendars and programs."""

import hashlib
import json
from collections.abc import Callable, Iterable
from typing import Any, cast

from django.core.cache import cache
from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import conditional_page, require_safe

from accounts.rendering import absolute
from accounts.templatetags.pages import own_words

from ..calendars import CONTENT_TYPE, calendar_of, deadline_event
from ..models import Challenge
from .chosen import Chosen, chosen
from .feeds import ChallengeFeed

MOST, SECONDS = 500, 60
fresh = cache_control(public=True, max_age=900)

challenge_feed = fresh(conditional_page(require_safe(ChallengeFeed())))


@require_safe
@fresh
def deadlines(request: HttpRequest) -> HttpResponse:
    """When the open challenges close, the soonest first."""
    about = chosen(request.GET)
    language = (get_language() or "")[:2]
    name = " · ".join([_("Closing dates of challenges"), *about.words()])

    def made(found: Iterable[Challenge]) -> bytes:
        return calendar_of([deadline_event(one, language) for one in found], name, language)

    return HttpResponse(_as_it_is(about, f"deadlines {name}", made), content_type=CONTENT_TYPE)


@require_safe
@fresh
@conditional_page
def open_calls(request: HttpRequest) -> HttpResponse:
    """The open challenges for programs: what a listing elsewhere needs, in the language of the address."""

    def made(found: Iterable[Challenge]) -> bytes:
        calls = {"challenges": [_call(one) for one in found]}
        return json.dumps(calls, cls=DjangoJSONEncoder, ensure_ascii=False).encode()

    file = _as_it_is(chosen(request.GET), "open", made)
    answer = HttpResponse(file, content_type="application/json")
    answer["Access-Control-Allow-Origin"] = "*"  # what anybody may read, any page may show
    return answer


def _as_it_is(about: Chosen, what: str, make: Callable[[Iterable[Challenge]], bytes]) -> bytes:
    """A file that anybody may read, made anew whenever one of the challenges that it tells of, or their
    order, has changed; and once a minute."""
    found = about.open_ones().order_by("closes_at", "pk")[:MOST]
    state = list(found.values_list("pk", "updated_at", "organisation__updated_at"))
    told = f"{what} {get_language()} {state}"
    key = f"hubs.file.{hashlib.sha256(told.encode()).hexdigest()}"
    rows = found.select_related("organisation", "hub").prefetch_related("translations")
    return cast("bytes", cache.get_or_set(key, lambda: make(rows), SECONDS))


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
