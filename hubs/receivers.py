"""What happens on the floor below and concerns challenges."""

from collections.abc import Sequence

from django.db.models.functions import Lower
from django.dispatch import receiver
from django.utils import timezone

from accounts.signals import person_erased

from .models import Assignment, Challenge, EventGuest, HubEvent, Introduction


@receiver(person_erased)
def forget_contact(addresses: Sequence[str], **_: object) -> None:
    """Whoever is erased stops being the contact of challenges, which stay their organisation's."""
    erased = {address.lower() for address in addresses}
    named = Challenge.objects.annotate(lower=Lower("contact_email")).filter(lower__in=erased)
    named.update(contact_name="", contact_email="")


@receiver(person_erased)
def forget_introductions(person_id: int, **_: object) -> None:
    """What the erased wrote and were recommended for goes; nobody is left to accept a pending request for."""
    theirs = Introduction.objects.filter(asked_by=person_id)
    theirs.filter(state=Introduction.State.PENDING).update(
        state=Introduction.State.DECLINED,
        decline_reason=Introduction.DeclineReason.OTHER,
        decided_at=timezone.now(),
    )
    theirs.update(line="", reason={})


@receiver(person_erased)
def leave_desks_and_events(person_id: int, **_: object) -> None:
    """Reviews are free again, and places at what is still to come are somebody else's."""
    Assignment.objects.filter(curator=person_id).delete()
    EventGuest.objects.filter(person=person_id, event__in=HubEvent.objects.coming().values("pk")).delete()
