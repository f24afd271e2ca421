"""What matching adds to the page of a challenge and to its wizard."""

from typing import Any

from django import template

from accounts.translated import read_translations
from hubs.models import Challenge
from hubs.queries import for_cards

from .. import programmes
from ..covering import Coverage, coverage
from ..suggested import Suggested, suggestions

register = template.Library()
SIMILAR_SHOWN = 3


@register.simple_tag(takes_context=True)
def need_coverage(context: dict[str, Any], challenge: Challenge, exact: bool) -> Coverage | None:
    """How many could answer its needs; None where nobody may any more. `exact`: for those with a role."""
    if not (challenge.is_open() or challenge.is_upcoming()):
        return None
    return coverage(challenge, context["user"], exact=bool(exact))


@register.filter
def of_need(found: Coverage | None, need: int) -> Any:
    return found.needs.get(need) if found else None


@register.inclusion_tag("matching/_around.html", takes_context=True)
def around(context: dict[str, Any], challenge: Challenge) -> dict[str, Any]:
    """Teams, programmes and similar challenges: what stands around one."""
    user = context["user"]
    found, similar = programmes.for_challenge(challenge, user), _similar(challenge)
    read_translations([challenge, *similar, *(row.programme for row in found)])
    return {"challenge": challenge, "user": user, "found": found, "similar": similar}


def _similar(challenge: Challenge) -> list[Challenge]:
    """Public ones that ask for much the same, in either language, the nearest first."""
    if not challenge.is_public:
        return []
    found = for_cards(Challenge.objects.published().filter(alike_from__challenge=challenge))
    nearest = found.prefetch_related(None).order_by("-alike_from__score", "pk")
    return list(nearest[:SIMILAR_SHOWN])


@register.simple_tag
def challenge_suggestions(challenge: Challenge) -> Suggested:
    """What its text is about; waits for a worker, so only where somebody asked."""
    return suggestions(challenge)
