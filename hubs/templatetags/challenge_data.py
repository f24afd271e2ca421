"""A challenge as data in the head of its page: what schema.org calls a demand, with when it ends."""

from typing import Any

from django import template
from django.utils.safestring import SafeString

from accounts.countries import get_pack
from accounts.rendering import absolute
from accounts.structured import script
from accounts.templatetags.pages import own_words

from ..models import Challenge

register = template.Library()


@register.simple_tag
def challenge_data(challenge: Challenge) -> SafeString:
    """Of what is public alone; its poster by name only where the page names it."""
    return script(_data(challenge) if challenge.is_public else None)


def _data(challenge: Challenge) -> dict[str, Any]:
    title, summary = own_words(challenge, "title"), own_words(challenge, "summary")
    pack = get_pack(challenge.country)
    address = absolute(challenge.get_absolute_url())
    page: dict[str, Any] = {
        "@type": "WebPage",
        "url": address,
        "name": title["text"],
        "inLanguage": title["lang"],
        "dateModified": challenge.updated_at.isoformat(),
        "mainEntity": {
            "@type": "Demand",
            "name": title["text"],
            "description": summary["text"],
            "url": address,
            "validFrom": _moment(challenge.opens_at),
            "validThrough": _moment(challenge.closes_at),
            "areaServed": challenge.state_name or pack.name(),
        },
    }
    if challenge.published_at:
        page["datePublished"] = _moment(challenge.published_at)
    if challenge.poster_shown == Challenge.PosterShown.NAME:
        page["author"] = {"@type": "Organization", "name": challenge.organisation.name}
    return page


def _moment(moment: Any) -> str | None:
    return moment.isoformat() if moment else None
