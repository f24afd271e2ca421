"""The box that answers before anybody signs up, for any page: {% load trying %}{% try_box %}."""

from typing import Any

from django import template

from ..try_forms import TryForm

register = template.Library()


@register.inclusion_tag("matching/_try_box.html", takes_context=True)
def try_box(context: dict[str, Any], level: int = 2) -> dict[str, Any]:
    """`level` is that of its heading. The page links css/try.css."""
    return {"form": TryForm(), "level": level, "request": context.get("request")}
