"""What is held only for a while, and then is gone."""

import logging
from datetime import timedelta

from allauth.account.models import EmailAddress
from django.db import transaction
from django.db.models import ProtectedError, QuerySet
from django.utils import timezone

from .kept import HOURS
from .models import Consent, KeptPost, Letter, Organisation, Profile, User

logger = logging.getLogger(__name__)
UNCONFIRMED_HOURS = 48
CODE_HOURS = 24


def forget() -> None:
    """Refused forms after a day, sign-ups that nobody confirmed after two, codes in letters that never left."""
    now = timezone.now()
    KeptPost.objects.filter(created_at__lt=now - timedelta(hours=HOURS)).delete()
    stuck = Letter.objects.filter(kind="account", created_at__lt=now - timedelta(hours=CODE_HOURS))
    stuck.filter(state__in=[Letter.State.FAILED, Letter.State.UNKNOWN]).exclude(params={}).update(params={})
    for user in unconfirmed_sign_ups().filter(date_joined__lt=now - timedelta(hours=UNCONFIRMED_HOURS)):
        try:
            forget_sign_up(user)
        except ProtectedError:  # others' records point at it: not one to take away
            logger.warning("Unconfirmed account %s is in use and stays", user.pk)


def unconfirmed_sign_ups() -> QuerySet[User]:
    """Accounts whose address was never verified, and that nobody made by hand."""
    verified = EmailAddress.objects.filter(verified=True).values("user")
    return User.objects.exclude(pk__in=verified).filter(is_staff=False, last_login=None)


@transaction.atomic
def forget_sign_up(user: User) -> None:
    """The account, its person, and what they filled in on the way; never anything that was confirmed."""
    person = user.person
    founded = list(
        Organisation.objects.filter(memberships__person=person, confirmed_at=None).values_list("pk", flat=True)
    )
    Profile.objects.filter(person=person, confirmed_at=None).delete()
    Consent.objects.filter(person=person).delete()
    Organisation.objects.filter(pk__in=founded, confirmed_at=None).delete()
    user.delete()
    person.delete()
