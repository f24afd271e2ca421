"""allauth's letters go the way of all letters: a row, then a worker."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.utils.translation import get_language

from .emails import ACCOUNT, account_params
from .mailer import queue_letter


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Known and unknown addresses alike: one row, in the language of the page it was asked on."""
        language = (get_language() or "")[:2]
        params = account_params(template_prefix, context)
        queue_letter(kind=ACCOUNT, address=email, language=language, params=params)
