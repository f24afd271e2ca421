"""What a challenge's page says of responses: how they are judged, one's own, and the way to the desk."""

from typing import Any

from django import template

from ..answering import may_begin
from ..judging import criteria_of
from ..models import Challenge, Response
from ..permissions import asked_to_evaluate, belongs_to_poster

register = template.Library()


@register.inclusion_tag("hubs/_response_box.html", takes_context=True)
def response_box(context: dict[str, Any], challenge: Challenge) -> dict[str, Any]:
    user = context["user"]
    told: dict[str, Any] = {"challenge": challenge, "criteria": criteria_of(challenge)}
    if not challenge.is_public or not user.is_authenticated:
        return told | {"invites": challenge.is_open()}
    mine = belongs_to_poster(user, challenge)
    return told | {
        "own": list(Response.objects.of(user).live().filter(challenge=challenge)),
        "may_begin": may_begin(user, challenge),
        "mine": mine,
        "count": vars(challenge).get("responses_handed_in", 0) if mine else 0,  # counted for posters
        "asked": asked_to_evaluate(user, challenge),
    }
