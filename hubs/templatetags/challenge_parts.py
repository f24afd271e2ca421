"""Parts of the page of a challenge: its course, and ways to pass it on."""

from collections.abc import Iterable
from urllib.parse import urlencode

from django import template
from django.utils.translation import gettext as _

from accounts.countries import get_pack
from accounts.rendering import absolute
from accounts.templatetags.pages import own_words

from ..completeness import Meter, meter
from ..examples import Example, example
from ..models import Challenge, ChallengeStep
from ..timeline import Milestone, milestones

register = template.Library()


@register.simple_tag
def course(challenge: Challenge, steps: Iterable[ChallengeStep] | str = ()) -> list[Milestone]:
    """Its public timeline; templates without steps pass an empty string."""
    return milestones(challenge, [] if isinstance(steps, str) else steps)


@register.simple_tag
def share_links(challenge: Challenge) -> dict[str, str]:
    """Plain addresses that pass it on; nothing is loaded from anywhere. Its poster is in none of them."""
    address = absolute(challenge.get_absolute_url())
    title = own_words(challenge, "title")["text"]
    line = f"{title}\n{own_words(challenge, 'summary')['text']}".strip()
    mail = urlencode({"subject": title, "body": f"{line}\n\n{address}"}).replace("+", "%20")
    return {
        "address": address,
        "mail": f"mailto:?{mail}",
        "whatsapp": "https://wa.me/?" + urlencode({"text": f"{title}\n{address}"}),
        "linkedin": "https://www.linkedin.com/sharing/share-offsite/?" + urlencode({"url": address}),
    }


@register.simple_tag
def completeness(challenge: Challenge) -> Meter:
    """How much of what helps is told, and what would help next."""
    return meter(challenge)


@register.simple_tag
def good_example(challenge: Challenge | str, field: str) -> Example | None:
    """How somebody filled in a field well."""
    return example(challenge.country if isinstance(challenge, Challenge) else "", field)


@register.simple_tag
def field_tags(challenge: Challenge) -> list[tuple[str, str]]:
    """Its fields of science as (code, name)."""
    fields = get_pack(challenge.country).fields
    return [(code, fields.label(code)) for code in challenge.fields if code in fields]


@register.simple_tag
def goal_tags(challenge: Challenge) -> list[tuple[str, str]]:
    """The goals it serves as (number, name)."""
    goals = get_pack(challenge.country).sdgs
    words = _("SDG %(number)s. %(name)s")
    return [(code, words % {"number": code, "name": goals.label(code)}) for code in challenge.sdgs]
