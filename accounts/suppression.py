"""Addresses that no letter goes to: they bounced, or somebody there complained."""

from collections.abc import Iterable

from allauth.account.models import EmailAddress
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from .models import Family, Person, Suppression, User
from .news import notify


@transaction.atomic
def suppress(*, address: str, reason: Suppression.Reason, event_id: str = "") -> Suppression:
    """Said again it changes nothing, but that a complaint weighs more than a bounce."""
    address = address.strip().lower()
    known = EmailAddress.objects.filter(email__iexact=address).select_related("user__person").first()
    person: Person | None = known.user.person if known else None
    row, new = Suppression.objects.get_or_create(
        address=address, defaults={"reason": reason, "event_id": event_id[:200], "person": person}
    )
    if not new and reason == Suppression.Reason.COMPLAINED != row.reason:
        row.reason, row.event_id = reason, event_id[:200]
        row.save(update_fields=["reason", "event_id"])
    if new and person:
        notify(
            person=person,
            family=Family.ACCOUNT,
            kind="letters_stopped",
            url=reverse("accounts:preferences"),
            key=f"letters_stopped:{row.pk}",
        )
    return row


def lift(addresses: Iterable[str]) -> int:
    """Somebody showed, or says, that letters arrive there again."""
    deleted, _ = Suppression.objects.filter(address__in=[each.lower() for each in addresses]).delete()
    return deleted


def of(user: User) -> list[Suppression]:
    return list(Suppression.objects.filter(address__in=_addresses(user)).order_by("address"))


def lift_for(user: User) -> int:
    return lift(_addresses(user))


def untold(user: User) -> list[Suppression]:
    """What the person was not told yet; it counts as told now."""
    rows = [row for row in of(user) if row.told_at is None]
    Suppression.objects.filter(pk__in=[row.pk for row in rows]).update(told_at=timezone.now())
    return rows


def _addresses(user: User) -> set[str]:
    rows = EmailAddress.objects.filter(user=user).values_list("email", flat=True)
    return {user.email.lower(), *(email.lower() for email in rows)}
