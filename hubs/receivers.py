"""What happens on the floor below and concerns challenges."""

from collections.abc import Sequence

from django.db.models.functions import Lower
from django.dispatch import receiver

from accounts.signals import person_erased

from .models import Challenge


@receiver(person_erased)
def forget_contact(addresses: Sequence[str], **_: object) -> None:
    """Whoever is erased stops being the contact of challenges, which stay their organisation's."""
    erased = {address.lower() for address in addresses}
    named = Challenge.objects.annotate(lower=Lower("contact_email")).filter(lower__in=erased)
    named.update(contact_name="", contact_email="")
