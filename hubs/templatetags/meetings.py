"""When a meeting is, for two who may live in different time zones."""

import zoneinfo
from typing import TYPE_CHECKING

from django import template
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from ..actions import meetings
from ..models import Meeting
from ..zones import zone_city

if TYPE_CHECKING:
    from accounts.models import User

register = template.Library()


@register.simple_tag
def proposed_by_ones_side(meeting: Meeting, user: "User") -> bool:
    ours: bool | None = vars(meeting).get("ours")  # where the page read all of them
    return meetings.proposed_by_ones_side(meeting, user) if ours is None else ours


@register.simple_tag
def meeting_time(meeting: Meeting) -> SafeString:
    """In the zone in which it was proposed, and in the reader's where that is another hour."""
    there, here = zoneinfo.ZoneInfo(meeting.time_zone), timezone.get_current_timezone()
    language = (get_language() or "es")[:2]
    shown = _span(meeting, there, zone_city(meeting.time_zone, language))
    if meeting.starts_at.astimezone(there).utcoffset() == meeting.starts_at.astimezone(here).utcoffset():
        return shown
    yours = _span(meeting, here, _("your time, %(city)s") % {"city": zone_city(str(here), language)})
    return format_html("{}<br>{}", shown, yours)


def _span(meeting: Meeting, zone: object, named: str) -> SafeString:
    starts, ends = meeting.starts_at.astimezone(zone), meeting.ends_at.astimezone(zone)  # type: ignore[arg-type]
    same_day = starts.date() == ends.date()
    return format_html(
        '<time datetime="{}">{}</time>–{} ({})',
        starts.isoformat(),
        date_format(starts, "DATETIME_FORMAT"),
        date_format(ends, "TIME_FORMAT" if same_day else "DATETIME_FORMAT"),
        named,
    )
