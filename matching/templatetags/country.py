"""The country on pages of lower floors."""

from datetime import date
from typing import Any

from django import template
from django.conf import settings

from accounts.countries import get_pack

from ..country import counts
from ..country_views import slug_of, state_map

register = template.Library()


@register.simple_tag
def country_now() -> dict[str, Any]:
    """The map and the newest matches, without a name, as they were last counted; {} before the first time."""
    row = counts.current()
    if row is None:
        return {}
    pack = get_pack(settings.HELICE_COUNTRY)
    newest = [
        {
            "field": (pack.fields if one["field"] in pack.fields else pack.broad_fields).label(one["field"]),
            "state": pack.states.label(one["state"]) if one["state"] else "",
            "slug": slug_of(pack, one["state"]) if one["state"] else "",
            "people": one["people"],
            "latest": date.fromisoformat(one["latest"]),
        }
        for one in row.data["newest"]
    ]
    return {
        "name": pack.name(),
        "map": state_map(row.data, pack),
        "newest": newest,
        "totals": row.data["totals"],
    }
