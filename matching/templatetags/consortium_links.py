"""Teams and partners on pages of the floor below."""

from typing import Any

from django import template
from django.urls import reverse

from hubs.models import Challenge, Consortium, PartnerRequest

from ..teaming import how_many

register = template.Library()


@register.simple_tag
def partners_page(consortium: Consortium) -> str:
    return reverse("matching:missing_partner", args=[consortium.public_id])


@register.inclusion_tag("matching/_team_box.html", takes_context=True)
def team_box(context: dict[str, Any], challenge: Challenge) -> dict[str, Any]:
    """How many teams are proposed, one's consortia for the challenge, and who looks for partners."""
    user = context["user"]
    requests = PartnerRequest.objects.visible_to(user).open().filter(challenge=challenge)
    return {
        "user": user,
        "challenge": challenge,
        "answerable": challenge.is_open() or challenge.is_upcoming(),
        "count": how_many(challenge),
        "consortia": Consortium.objects.of(user).filter(challenge=challenge),
        "requests": requests[:5],
    }
