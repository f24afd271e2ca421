"""What allauth tells of accounts."""

from typing import Any

from allauth.account.models import EmailAddress
from allauth.account.signals import email_confirmed
from django.dispatch import receiver
from django.http import HttpRequest

from . import kept
from .actions import confirm_person

# Says, in the session, which person this browser has just signed up
JOINED = "accounts_joined"


@receiver(email_confirmed)
def publish_sign_up(*, request: HttpRequest, email_address: EmailAddress, **_: Any) -> None:
    """Only the browser that wrote it publishes it by its code: otherwise anybody could put words under an
    address, and wait for its owner to sign in. Its owner is asked on the home page instead."""
    user = email_address.user
    if request.session.get(JOINED) == str(user.person.public_id):
        confirm_person(user=user)
        kept.forget(request)
