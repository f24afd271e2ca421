"""The work after an award: milestones, updates, results, readiness and the closing report."""

from typing import Any
from uuid import uuid4

from django import forms
from django.core.validators import MinValueValidator, URLValidator
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.countries import get_pack

from ..models import Milestone, Project, Result, Update
from ..working import workers
from ..zones import YEARS

ISO = "%Y-%m-%d"
MOST = 1_000_000  # of whatever is counted


def _day(label: Any, help_text: Any = "") -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format=ISO)
    return forms.DateField(label=label, help_text=help_text, widget=widget)


def _money(label: Any, help_text: Any = "") -> forms.DecimalField:
    return forms.DecimalField(
        label=label, help_text=help_text, required=False, min_value=0, max_digits=14, decimal_places=2
    )


def _link(label: Any, help_text: Any = "") -> forms.URLField:
    field = forms.URLField(
        label=label, help_text=help_text, required=False, max_length=500, assume_scheme="https"
    )
    field.validators.append(URLValidator(schemes=["http", "https"]))
    return field


def _level(label: Any, country: str) -> forms.TypedChoiceField:
    """A readiness level with what it means."""
    trl = get_pack(country).trl
    levels = [("", "—"), *((code, f"{code}. {label}") for code, label in trl.choices())]
    return forms.TypedChoiceField(label=label, required=False, choices=levels, coerce=int, empty_value=None)


class KeyedForm(forms.Form):
    """Sent twice, it adds one."""

    form_key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)

    def values(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name != "form_key"}


class MilestoneForm(KeyedForm):
    title = forms.CharField(label=_("What is reached"), max_length=160)
    due = _day(_("To be reached by"), _("Its owner is reminded a week before, and once if it passes."))
    owner = forms.ModelChoiceField(
        Milestone.objects.none(), label=_("Owner"), required=False, to_field_name="public_id"
    )

    def __init__(self, *args: Any, project: Project, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        owner = self.fields["owner"]
        assert isinstance(owner, forms.ModelChoiceField)  # noqa: S101 - for the type checker
        owner.queryset = workers(project)
        owner.empty_label = _("Nobody yet")

    def clean_due(self) -> Any:
        due = self.cleaned_data["due"]
        if due.year not in YEARS:
            raise forms.ValidationError(self.fields["due"].error_messages["invalid"])
        return due


class UpdateForm(KeyedForm):
    text = forms.CharField(
        label=_("What is new"),
        max_length=Update._meta.get_field("text").max_length,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Everybody in this workspace reads it, the organisation of the challenge too."),
    )
    link = _link(_("Link to a document"))
    link_label = forms.CharField(label=_("What the link is"), max_length=120, required=False)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("link_label") and not cleaned.get("link") and "link" not in self.errors:
            self.add_error("link", _("Give the link itself too."))
        return cleaned


class ResultForm(KeyedForm):
    kind = forms.ChoiceField(label=_("What came of it"), choices=Result.Kind.choices)
    number = forms.IntegerField(label=_("How many"), min_value=1, max_value=MOST, initial=1)
    amount = _money(_("Amount (MXN)"), _("Of a purchase or an agreement."))
    on = _day(_("Day"))
    note = forms.CharField(
        label=_("Note"), max_length=300, required=False, help_text=_("Read in this workspace alone.")
    )
    link = _link(_("Link"))

    def clean_on(self) -> Any:
        on = self.cleaned_data["on"]
        if on > timezone.localdate() or on.year not in YEARS:
            raise forms.ValidationError(_("This day is still to come, or too long ago."))
        return on


class LevelForm(forms.Form):
    def __init__(self, *args: Any, project: Project, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["trl_start"] = _level(_("TRL at the start"), project.challenge.country)
        self.fields["trl_now"] = _level(_("TRL today"), project.challenge.country)


class ReportForm(forms.Form):
    """As a draft everything may be left out."""

    report = forms.CharField(
        label=_("What was delivered"),
        max_length=8000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 10}),
        help_text=_("Read by those who work on it and by the organisation of the challenge."),
    )
    lessons = forms.CharField(
        label=_("What others should know"),
        max_length=4000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("What you would do differently, what took longest, what it depends on."),
    )
    lessons_public = forms.BooleanField(
        label=_("Everybody may read what others should know"),
        required=False,
        help_text=_("On the page of the challenge, once it is completed."),
    )
    cost = forms.DecimalField(
        label=_("What it cost (MXN)"),
        required=False,
        max_digits=14,
        decimal_places=2,
        validators=[MinValueValidator(0)],
        help_text=_("Whoever has the same problem reads it, beside the TRL and the adopters."),
    )

    def __init__(self, *args: Any, project: Project, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["trl_now"] = _level(_("TRL today"), project.challenge.country)
