"""Signing up: the person first, and each purpose's consent apart."""

import uuid
from typing import Any

from allauth.account.forms import SignupForm
from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from ..actions import is_unproven
from ..forgetting import forget_sign_up
from ..models import Consent, Person, User


class PersonForm(forms.Form):
    """The name of somebody who has an account; the key makes a double click one profile."""

    form_key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)
    name = forms.CharField(
        label=_("Your name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )


class JoinForm(SignupForm):  # type: ignore[misc]
    """allauth's sign-up, with a name, consents and a key that tells a double click from a second try."""

    form_key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)
    name = forms.CharField(
        label=_("Your name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    consent_account = forms.BooleanField(
        label=_("I have read the notice: my data run my account and show what I publish (necessary)")
    )
    consent_matching = forms.BooleanField(
        label=_("Match my profile with challenges automatically (voluntary)"), required=False
    )
    consent_letters = forms.BooleanField(
        label=_("Write to me about matches, once a week at most unless I choose otherwise (voluntary)"),
        required=False,
    )
    field_order = ("form_key", "name", "email")
    PERSON = ("form_key", "name", "email")
    CONSENTS = ("consent_account", "consent_matching", "consent_letters")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].label = _("E-mail")
        self.fields["email"].help_text = _("We send a code there. Nobody else sees it.")
        self.fields["email"].widget.attrs.pop("placeholder", None)

    def validate_unique_email(self, value: str) -> str:
        """An unfinished sign-up does not hold its address: whoever proves to own it may start over."""
        unfinished = self.unfinished(value)
        self.replaced = unfinished if unfinished and not self.clicked_twice(value) else None
        if self.replaced:
            return value
        return str(super().validate_unique_email(value))

    def unfinished(self, email: str) -> User | None:
        user = User.objects.filter(email__iexact=email).first()
        return user if user and is_unproven(user) else None

    def clicked_twice(self, email: str) -> bool:
        """The same form came a moment ago."""
        key = self.data.get("form_key", "")
        try:
            made = Person.objects.filter(public_id=uuid.UUID(key)).select_related("user").first()
        except ValueError:
            return False
        return bool(made and made.user and made.user.email.lower() == email.lower())

    def save(self, request: HttpRequest) -> User:
        if self.replaced:
            forget_sign_up(self.replaced)
        user: User = super().save(request)
        return user

    def consents(self) -> dict[str, bool]:
        data = self.cleaned_data
        return {
            Consent.Purpose.ACCOUNT: data["consent_account"],
            Consent.Purpose.MATCHING: data["consent_matching"],
            Consent.Purpose.LETTERS: data["consent_letters"],
        }

    def person_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.PERSON]

    def consent_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.CONSENTS]
