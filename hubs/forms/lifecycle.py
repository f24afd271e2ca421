"""Changes to a published challenge, comments on parts of one in review, and joining another's."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Organisation

from ..models import Challenge
from ..zones import YEARS
from .wizard import LOCAL_TIME, OfferForm


class RevisionForm(OfferForm):
    """The closing date and what is offered; render and validate it in the poster's time zone. Needs are rows
    of their own."""

    closes_at = forms.DateTimeField(
        label=_("Closes"), widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=LOCAL_TIME)
    )
    why = forms.CharField(
        label=_("Why does it change?"),
        max_length=500,
        help_text=_("The curator reads it, and everybody sees it beside the challenge once it is accepted."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    class Meta(OfferForm.Meta):
        model = Challenge
        fields = ["closes_at", *OfferForm.Meta.fields]

    def clean_closes_at(self) -> Any:
        value = self.cleaned_data["closes_at"]
        if value.year not in YEARS:
            raise forms.ValidationError(self.fields["closes_at"].error_messages["invalid"])
        return value.replace(second=0, microsecond=0)


class DecisionForm(forms.Form):
    decision = forms.ChoiceField(
        choices=[("accept", _("Accept")), ("refuse", _("Refuse"))], widget=forms.HiddenInput
    )
    note = forms.CharField(
        label=_("Note to the organisation"),
        required=False,
        max_length=1000,
        help_text=_("Needed when you refuse."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("decision") == "refuse" and not cleaned.get("note") and "note" not in self.errors:
            self.add_error("note", _("Say why, in a sentence or two."))
        return cleaned


class CommentForm(forms.Form):
    part = forms.SlugField(required=False, max_length=20)
    text = forms.CharField(max_length=1000)


class JoinForm(forms.Form):
    organisation = forms.ModelChoiceField(
        Organisation.objects.none(),
        label=_("Organisation that joins"),
        to_field_name="public_id",
        empty_label=None,
    )
    line = forms.CharField(
        label=pgettext_lazy("organisation", "A sentence to them"),
        required=False,
        max_length=500,
        help_text=_("How the problem looks where you are, and what you could add."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, organisations: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["organisation"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 - for the type checker
        field.queryset = organisations
