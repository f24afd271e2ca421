"""Lets pages of lower floors show programmes while they stay ignorant of matching."""

from collections.abc import Sequence
from typing import Any

from django import template

from accounts.models import Profile
from accounts.translated import read_translations
from hubs.models import Consortium, Member

from .. import programmes

register = template.Library()


@register.inclusion_tag("matching/_programmes.html", takes_context=True)
def my_programmes(context: dict[str, Any], profiles: list[Profile] | None = None) -> dict[str, Any]:
    """For the reader's profiles; `profiles` where the page has read all of them."""
    user = context["user"]
    found = programmes.for_person(user, profiles) if user.is_authenticated else []
    read_translations(row.programme for row in found)
    return {"found": found, "whose": "mine", "several": len({row.profile for row in found}) > 1}


@register.inclusion_tag("matching/_programmes.html")
def consortium_programmes(consortium: Consortium, members: Sequence[Member] | None = None) -> dict[str, Any]:
    """`members` where the page has read them with their needs."""
    found = programmes.for_consortium(consortium, members)
    read_translations(row.programme for row in found)
    return {"found": found, "whose": "consortium", "several": True}
