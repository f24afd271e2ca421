"""What matching adds to the preview of a draft."""

from typing import Any

from django import template

from hubs.models import Challenge

from ..reach import before_submitting

register = template.Library()


@register.inclusion_tag("matching/_before_submitting.html", takes_context=True)
def before(context: dict[str, Any], challenge: Challenge) -> dict[str, Any]:
    """Waits a moment for a worker, so only on the preview."""
    # The forms in it need the token, which an inclusion tag hands on from the context.
    shown = {name: context.get(name) for name in ("csrf_token", "request", "user")}
    return {**shown, "challenge": challenge, "before": before_submitting(challenge)}
