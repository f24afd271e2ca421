"""On a challenge's page: the way to its workspaces, and what came of it."""

from typing import Any

from django import template
from django.contrib.auth.models import AnonymousUser

from ..models import Challenge, Project, Status
from ..working import told

register = template.Library()
# Before these there is no work to tell of
STAGES = (Status.AWARDED, Status.IN_PROGRESS, Status.COMPLETED, Status.ARCHIVED)


@register.inclusion_tag("hubs/_work.html", takes_context=True)
def work_of(context: dict[str, Any], challenge: Challenge) -> dict[str, Any]:
    if challenge.status not in STAGES:
        return {}
    user = context.get("user") or AnonymousUser()
    own = Project.objects.visible_to(user).filter(challenge=challenge)
    related = ("response__profile__person", "response__profile__organisation", "response__consortium")
    return {
        "own": list(own.select_related(*related)) if user.is_authenticated else [],
        "told": told(challenge, user),
    }
