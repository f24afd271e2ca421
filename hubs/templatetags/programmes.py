"""Where a programme stands, and who may apply, on pages of every floor."""

from typing import Any

from django import template
from django.conf import settings
from django.utils.translation import gettext as _

from accounts.countries import get_pack
from accounts.models import Profile

from ..models import Programme

register = template.Library()


@register.inclusion_tag("hubs/_programme_state.html")
def programme_state(programme: Programme) -> dict[str, str]:
    """The clock included: what is announced, or over, is never open."""
    if not programme.is_published:
        return {"value": "draft", "label": _("not published")}
    if programme.status != Programme.Status.OPERATING:
        return {"value": "closed", "label": str(programme.get_status_display())}
    if programme.is_open():
        return {"value": "published", "label": _("open")}
    if programme.is_over():
        return {"value": "closed", "label": _("closed")}
    return {"value": "in_review", "label": _("upcoming")}


@register.inclusion_tag("hubs/_checked_age.html")
def checked_age(programme: Programme) -> dict[str, Any]:
    return {"programme": programme}


@register.filter
def who_may_apply(programme: Programme) -> list[str]:
    """Kinds of profile, states, sectors and stages, each as a line; nothing where whoever may."""
    pack = get_pack(settings.HELICE_COUNTRY)
    kinds = [str(Profile.Kind(code).label) for code in programme.who_may if code in Profile.Kind.values]
    lines = [", ".join(kinds), _("people who live abroad") if programme.abroad_only else ""]
    for table, codes in (
        (pack.states, programme.states),
        (pack.sectors, programme.sectors),
        (pack.stages, programme.stages),
    ):
        lines.append(", ".join(table.label(code) for code in codes if code in table.codes))
    return [line for line in lines if line]
