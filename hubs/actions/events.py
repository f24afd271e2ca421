"""Inviting to an event, moving it, calling it off; coming to it, and not coming after all."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Person

from .. import emails
from ..models import EventGuest, Hub, HubEvent
from ..permissions import may_invite, person_of, user_of

if TYPE_CHECKING:
    from accounts.models import User

TOLD = ("starts_at", "ends_at", "place", "link")  # whose change guests are written about
FACTS = (*TOLD, "title", "text", "language", "time_zone", "capacity", "register_until")


@transaction.atomic
def save_event(
    *,
    hub: Hub,
    values: Mapping[str, Any],
    by: "Person | User",
    event: HubEvent | None = None,
    form_key: UUID | None = None,
) -> HubEvent:
    """A new event, or one's new facts; guests hear of another time or place. The second of two clicks finds
    the event of the first."""
    if not may_invite(user_of(by), hub):
        raise PermissionDenied
    if event is None:
        facts = {**values, "hub": hub, "organiser": person_of(by)}
        return HubEvent.objects.get_or_create(form_key=form_key or uuid4(), defaults=facts)[0]
    current = HubEvent.objects.select_for_update().get(pk=event.pk, hub=hub)
    if current.cancelled_at:
        raise ValidationError(_("This event is cancelled."), code="cancelled")
    changed = [name for name in FACTS if name in values and getattr(current, name) != values[name]]
    if not changed:
        return current
    for name in changed:
        setattr(current, name, values[name])
    if current.capacity is not None and current.guests.count() > current.capacity:
        raise ValidationError({"capacity": _("More guests are registered already.")}, code="capacity")
    current.sequence += 1
    current.save()
    if set(changed) & set(TOLD):
        emails.queue_event_changed(current)
    return current


@transaction.atomic
def cancel_event(*, event: HubEvent, reason: str, by: "Person | User") -> bool:
    """Call it off, with a reason that every guest reads. False where it is cancelled already."""
    if not may_invite(user_of(by), event.hub):
        raise PermissionDenied
    reason = reason.strip()
    if not reason:
        raise ValidationError(_("Say why, in a sentence."), code="reason")
    if len(reason) > 300:
        raise ValidationError(_("At most 300 characters, please."), code="reason")
    current = HubEvent.objects.select_for_update().get(pk=event.pk)
    if current.cancelled_at:
        return False
    current.cancelled_at, current.cancelled_by, current.cancel_reason = timezone.now(), person_of(by), reason
    current.sequence += 1
    current.save()
    emails.queue_event_changed(current)
    return True


@transaction.atomic
def register_guest(*, event: HubEvent, by: "Person | User") -> bool:
    """A place for whoever asks, as long as there is one. False where they had it already."""
    # The lock makes those who ask for the last place stand in a line.
    current = HubEvent.objects.select_for_update().get(pk=event.pk)
    person = person_of(by)
    if current.guests.filter(person=person).exists():
        return False
    if not current.takes_guests():
        raise ValidationError(_("Registration has ended."), code="ended")
    if current.capacity is not None and current.guests.count() >= current.capacity:
        raise ValidationError(_("Every place is taken."), code="full")
    EventGuest.objects.create(event=current, person=person)
    return True


@transaction.atomic
def leave_event(*, event: HubEvent, by: "Person | User") -> bool:
    """The place is free again. False where there was none."""
    return bool(EventGuest.objects.filter(event=event, person=person_of(by)).delete()[0])
