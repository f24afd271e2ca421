"""A curator's decision, and a step of the poster's."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from ..models import Status

CHECKLIST = [
    ("problem", _("The problem is clear to somebody from outside.")),
    ("needs", _("Each need names one thing, and could be met by somebody.")),
    ("dates", _("The dates leave enough time to answer.")),
    ("contact", _("There is a contact, and it belongs to the organisation.")),
    ("private", _("Nothing confidential or personal is told.")),
]


class ReviewForm(forms.Form):
    checked = forms.MultipleChoiceField(
        label=_("Before you publish"), choices=CHECKLIST, required=False, widget=forms.CheckboxSelectMultiple
    )
    note = forms.CharField(
        label=_("Note to the organisation"),
        required=False,
        max_length=2000,
        help_text=_("Goes out with the letter, and stays in the history. Needed when you request changes."),
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    to = forms.ChoiceField(
        choices=[(Status.PUBLISHED, _("Publish")), (Status.CHANGES_REQUESTED, _("Request changes"))],
        widget=forms.HiddenInput,
        error_messages={"required": _("Choose: publish, or request changes.")},
    )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("to") == Status.PUBLISHED and len(cleaned.get("checked", [])) < len(CHECKLIST):
            self.add_error("checked", _("Tick each point before you publish; else request changes."))
        if (
            cleaned.get("to") == Status.CHANGES_REQUESTED
            and not cleaned.get("note")
            and "note" not in self.errors
        ):
            self.add_error("note", _("Say what has to change."))
        return cleaned


class StepForm(forms.Form):
    """One step of the transition table; the action says whether it is allowed."""

    to = forms.ChoiceField(choices=Status.choices, widget=forms.HiddenInput)
    note = forms.CharField(required=False, max_length=2000)
