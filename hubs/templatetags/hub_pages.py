"""What the page of a hub shows beside its challenges."""

from typing import Any

from django import template
from django.utils.translation import get_language

from accounts.queries import with_owner

from .. import queries
from ..models import Hub, HubEvent
from ..permissions import may_invite
from ..zones import zone_city

register = template.Library()
EVENTS, PEOPLE = 3, 6


@register.inclusion_tag("hubs/_hub_life.html", takes_context=True)
def hub_life(context: dict[str, Any], hub: Hub) -> dict[str, Any]:
    """The next events, and some of its people; its organisations stand on the page by themselves."""
    user = context["user"]
    people = queries.people_of(hub, user).filter(person__isnull=False)
    return {
        "hub": hub,
        "events": HubEvent.objects.filter(hub=hub).with_guests().coming()[:EVENTS],
        "people": with_owner(people)[:PEOPLE],
        "may_invite": user.is_authenticated and may_invite(user, hub),
    }


@register.simple_tag
def event_zone(event: HubEvent) -> str:
    """The city of the event's time zone, in the reader's language."""
    return zone_city(event.time_zone, (get_language() or "es")[:2])
