"""The letters of accounts: codes, answers to sign-ups, and invitations. One function and one folder each."""

from typing import Any
from urllib.parse import urlsplit

from django.urls import reverse

from .mailer import ASKED_FOR, Kind, register
from .models import Family, Invitation, Letter
from .rendering import absolute
from .tokens import new_token

ACCOUNT = ASKED_FOR

# allauth's names of its letters, and the folders of ours.
FOLDERS = {
    "account/email/login_code": "sign_in_code",
    "account/email/email_confirmation": "confirm_address",
    "account/email/email_confirmation_signup": "confirm_address",
    "account/email/password_reset_code": "password_reset_code",
    "account/email/account_already_exists": "account_exists",
    "account/email/unknown_account": "unknown_account",
}
OTHER = "other"


def account_params(template_prefix: str, context: dict[str, Any]) -> dict[str, Any]:
    """What of allauth's context a row can hold: words, numbers and addresses, never objects."""
    plain = {name: value for name, value in context.items() if isinstance(value, str | int | float | bool)}
    return {"template_prefix": template_prefix, "context": plain}


def fill_account(letter: Letter) -> dict[str, Any] | None:
    """allauth's context, with links on the site's own name; None once the code was taken out of the row."""
    if not letter.params:
        return None
    context = {
        name: absolute(urlsplit(value).path) if name.endswith("_url") else value
        for name, value in letter.params["context"].items()
    }
    name = FOLDERS.get(letter.params["template_prefix"], OTHER)
    return context | {
        "folder": f"{ACCOUNT}/{name}",
        "email": letter.address,
        "sign_in_url": absolute(reverse("account_login")),
        "sign_up_url": absolute(reverse("accounts:join")),
        "reset_url": absolute(reverse("account_reset_password")),
    }


def fill_invitation(letter: Letter) -> dict[str, Any] | None:
    """A one-use link with a secret made now: whatever was sent before it no longer works."""
    related = ("organisation", "profile__person", "profile__organisation", "invited_by__user")
    usable = Invitation.objects.usable().select_related(*related)
    invitation = usable.filter(pk=letter.params.get("invitation_id")).first()
    if invitation is None:
        return None
    token, invitation.token_hash = new_token()
    invitation.save(update_fields=["token_hash"])
    return {
        "invitation": invitation,
        "organisation": invitation.organisation,
        "profile": invitation.profile,
        "inviter": invitation.invited_by.name if invitation.invited_by else "",
        "expires_at": invitation.expires_at,
        "url": absolute(reverse("invitation", args=[token])),
    }


def register_letters() -> None:
    register(Kind(name=ACCOUNT, family=Family.ACCOUNT, fill=fill_account, again_if_unknown=True))
    register(Kind(name="invitation", family=Family.ACCOUNT, fill=fill_invitation, again_if_unknown=True))
