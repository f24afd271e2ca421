"""The desk's filters, and one step for many reviews."""

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from accounts.countries import get_pack
from accounts.models import Person

from ..models import Challenge, Hub

MOST = 200  # reviews that one step may be for
REASONS = [
    ("problem", _("The problem is not clear yet to somebody from outside.")),
    ("needs", _("The needs name several things at once: write one thing in each.")),
    ("dates", _("The dates leave too little time to answer.")),
    ("contact", _("The contact is missing, or does not belong to the organisation.")),
    ("private", _("It tells something confidential or personal.")),
    (
        "double",
        _("It says nearly the same as another challenge: bring them together, or say how they differ."),
    ),
    ("template", _("There is text of the template left.")),
]


def note_of(reasons: Iterable[str], note: str, language: str) -> str:
    """The reasons and the note as they go out, the reasons in the language of the challenge."""
    with override(language):
        said = [f"– {text}" for code, text in REASONS if code in set(reasons)]
    return "\n".join([*said, note.strip()]).strip()


class DeskFilter(forms.Form):
    """A filter that makes no sense is left out, never an error page."""

    q = forms.CharField(
        label=_("Words"), required=False, max_length=200, widget=forms.TextInput(attrs={"type": "search"})
    )
    who = forms.ChoiceField(
        label=_("Who is at it"),
        required=False,
        choices=[
            ("", _("All")),
            ("mine", _("Mine")),
            ("free", _("Nobody's yet")),
            ("others", _("Other curators'")),
            ("alike", _("Those that look alike")),
        ],
    )
    urgency = forms.ChoiceField(
        label=_("Urgency"),
        required=False,
        choices=[("", _("Any")), ("urgent", _("Urgent")), ("soon", _("Soon")), ("calm", _("There is time"))],
    )
    hub = forms.ModelChoiceField(
        Hub.objects.all(), label=_("Hub"), required=False, empty_label=_("Any"), to_field_name="slug"
    )
    sector = forms.ChoiceField(label=_("Sector"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["sector"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - for the type checker
        field.choices = [("", _("Any")), *get_pack(settings.HELICE_COUNTRY).sectors.choices()]

    def wanted(self) -> dict[str, Any]:
        self.is_valid()
        return self.cleaned_data


class BulkForm(forms.Form):
    """What is to be done with the reviews that were ticked."""

    do = forms.ChoiceField(
        choices=[("assign", ""), ("release", ""), ("changes", ""), ("export", "")],
        widget=forms.HiddenInput,
        error_messages={"required": _("Choose what to do.")},
    )
    to = forms.ModelChoiceField(
        Person.objects.none(), label=_("Give to"), required=False, empty_label=_("me")
    )
    reasons = forms.MultipleChoiceField(
        label=_("Why"), choices=REASONS, required=False, widget=forms.CheckboxSelectMultiple
    )
    note = forms.CharField(
        label=_("Note to the organisations"),
        required=False,
        max_length=1000,
        help_text=_("Goes out with each letter, after the reasons, and stays in the history."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(
        self, *args: Any, colleagues: Sequence[Person], picked: Sequence[Challenge], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.picked = picked
        field = self.fields["to"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 - for the type checker
        field.queryset = Person.objects.filter(pk__in=[person.pk for person in colleagues])
        # Shown from what is loaded already, instead of asking for them again.
        field.choices = [("", _("me")), *((person.pk, str(person)) for person in colleagues)]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if not self.picked:
            raise forms.ValidationError(_("Tick at least one of the challenges."), code="none")
        if len(self.picked) > MOST:
            raise forms.ValidationError(_("At most 200 at a time, please."), code="many")
        if cleaned.get("do") == "changes" and not cleaned.get("reasons") and not cleaned.get("note"):
            self.add_error("reasons", _("Say what has to change: tick a reason, or write a note."))
        return cleaned
