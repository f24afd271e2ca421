"""Lets pages of lower floors show matches while they stay ignorant of matching."""

from typing import Any

from django import template

from accounts.models import Profile
from hubs.models import Challenge

from .. import queries
from ..models import Match
from ..permissions import may_see_who_fits

register = template.Library()
MOST = 20


@register.inclusion_tag("matching/_challenge_matches.html", takes_context=True)
def challenge_matches(context: dict[str, Any], challenge: Challenge) -> dict[str, Any]:
    """Who fits a challenge: names and reasons for its poster and curators, how many for everybody else."""
    user = context["user"]
    found: dict[str, Any] = {"challenge": challenge, "user": user, "request": context.get("request")}
    if not (challenge.is_open() or challenge.is_upcoming()):
        return found | {"shown": False}
    counts = queries.how_many_fit(challenge, user)
    kinds = [(kind, n) for kind, n in counts]
    found |= {"shown": True, "counts": kinds, "total": sum(n for _, n in counts)}
    if may_see_who_fits(user, challenge):
        found |= {"named": True, "cards": queries.who_fits(challenge, user, MOST), "most": MOST}
    return found


@register.simple_tag(takes_context=True)
def profile_matches_count(context: dict[str, Any], profile: Profile) -> int:
    """How many challenges one of the reader's own profiles fits just now; 0 for other people's."""
    return Match.objects.of(context["user"]).filter(subject__profile=profile).count()
