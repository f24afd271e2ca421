"""What allauth tells of accounts."""

from typing import Any

from allauth.account.models import EmailAddress
from allauth.account.signals import email_confirmed
from django.contrib import messages
from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils.translation import gettext as _

from . import kept, suppression
from .actions import confirm_person
from .models import User

# Says, in the session, which person this browser has just signed up
JOINED = "accounts_joined"


@receiver(email_confirmed)
def publish_sign_up(*, request: HttpRequest, email_address: EmailAddress, **_further: Any) -> None:
    """Only the browser that wrote it publishes it by its code: otherwise anybody could put words under an
    address, and wait for its owner to sign in. Its owner is asked on the home page instead."""
    user = email_address.user
    if request.session.get(JOINED) == str(user.person.public_id):
        confirm_person(user=user)
        kept.forget(request)


@receiver(email_confirmed)
def write_again(*, email_address: EmailAddress, **_further: Any) -> None:
    """The code arrived there."""
    suppression.lift([email_address.email])


@receiver(user_logged_in)
def tell_of_stopped_letters(*, request: HttpRequest | None = None, user: User, **_further: Any) -> None:
    if request is None or not hasattr(request, "_messages"):
        return  # nobody looks: it is told at the next sign-in
    for row in suppression.untold(user):
        said = {
            row.Reason.BOUNCED: _("Letters to %(address)s come back, so we stopped sending them."),
            row.Reason.COMPLAINED: _(
                "A letter to %(address)s was reported as spam, so we send no more there."
            ),
        }[row.Reason(row.reason)]
        more = _("Under Preferences you can have them sent again.")
        messages.warning(request, f"{said % {'address': row.address}} {more}")
