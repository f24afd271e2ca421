"""Joining and leaving a hub."""

from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Person

from ..models import Hub, HubMembership
from ..permissions import person_of

if TYPE_CHECKING:
    from accounts.models import User


@transaction.atomic
def join_hub(*, hub: Hub, by: "Person | User", listed: bool = False) -> None:
    """`listed`: whether the profile, as far as others may see it, stands among the hub's people."""
    HubMembership.objects.get_or_create(hub=hub, person=person_of(by), defaults={"listed": listed})


@transaction.atomic
def list_in_hub(*, hub: Hub, listed: bool, by: "Person | User") -> None:
    """A member's say; of whoever is no member it says nothing."""
    HubMembership.objects.filter(hub=hub, person=person_of(by)).update(listed=listed)


@transaction.atomic
def leave_hub(*, hub: Hub, by: "Person | User") -> None:
    """A curator cannot leave by a click: somebody has to look after the hub."""
    membership = HubMembership.objects.filter(hub=hub, person=person_of(by)).first()
    if membership is None:
        return
    if membership.role == HubMembership.Role.CURATOR:
        raise ValidationError(
            _("You curate this hub; ask an administrator to hand it over first."), code="curator"
        )
    membership.delete()
