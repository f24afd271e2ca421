"""The list's filters, a programme's facts, and where it stands."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.countries import get_pack
from accounts.models import Language, Organisation, Profile

from ..models import ComputingRequest, Programme
from .events import LOCAL_TIME

CODES = ("who_may", "states", "sectors", "stages", "data_classes")


class ProgrammeFilter(forms.Form):
    q = forms.CharField(
        label=_("Words"), required=False, max_length=200, widget=forms.TextInput(attrs={"type": "search"})
    )
    kind = forms.ChoiceField(label=_("Kind"), required=False)
    who = forms.ChoiceField(label=_("Who applies"), required=False)
    state = forms.ChoiceField(label=_("State"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        states = get_pack(settings.HELICE_COUNTRY).states.choices(by_label=True)
        choices: dict[str, Any] = {
            "kind": Programme.Kind.choices,
            "who": Profile.Kind.choices,
            "state": states,
        }
        for name, pairs in choices.items():
            self.fields[name].choices = [("", _("Any")), *pairs]  # type: ignore[attr-defined]

    def wanted(self) -> dict[str, Any]:
        self.is_valid()
        return self.cleaned_data


class ProgrammeForm(forms.ModelForm):  # type: ignore[type-arg]
    """All facts of all kinds; those that are empty say nothing."""

    organisation = forms.ModelChoiceField(
        Organisation.objects.none(), label=_("Organisation"), empty_label=None, to_field_name="public_id"
    )
    title_other = forms.CharField(label=_("Title in the other language"), required=False, max_length=160)
    summary_other = forms.CharField(
        label=_("In one line, in the other language"), required=False, max_length=300
    )
    description_other = forms.CharField(
        label=_("Description in the other language"),
        required=False,
        max_length=8000,
        widget=forms.Textarea(attrs={"rows": 6}),
    )
    url = forms.URLField(label=_("Its page"), required=False, max_length=500, assume_scheme="https")

    class Meta:
        model = Programme
        fields = [
            *("kind", "form", "language", "title", "summary", "description", "url"),
            *("who_may", "states", "sectors", "stages", "abroad_only", "amount_min", "amount_max"),
            *("gpu_hours", "cpu_hours", "queue_policy", "data_classes", "review_rhythm"),
            *("status", "opens_at", "closes_at"),
        ]
        widgets = {"description": forms.Textarea(attrs={"rows": 8})}
        help_texts = {
            "opens_at": _("To the minute. Leave it empty if it is always open."),
            "closes_at": _("Nothing is taken from this minute on."),
            "form": _("What it gives, for funding, talent and training."),
        }

    def __init__(self, *args: Any, organisations: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organisation"].queryset = organisations  # type: ignore[attr-defined]
        if self.instance.pk:
            del self.fields["organisation"]
            self._show_translations()
        else:
            self.initial["language"] = (get_language() or "es")[:2]
        pack = get_pack(settings.HELICE_COUNTRY)
        choices: dict[str, Any] = {
            "who_may": Profile.Kind.choices,
            "states": pack.states.choices(by_label=True),
            "sectors": pack.sectors.choices(),
            "stages": pack.stages.choices(),
            "data_classes": ComputingRequest.DataClass.choices,
        }
        for name, pairs in choices.items():
            self.fields[name] = forms.MultipleChoiceField(
                label=Programme._meta.get_field(name).verbose_name,  # type: ignore[union-attr]
                choices=pairs,
                required=False,
                widget=forms.CheckboxSelectMultiple,
                help_text=_("None chosen: whoever it is."),
            )
        for name in ("opens_at", "closes_at"):
            self.fields[name].widget = forms.DateTimeInput(
                attrs={"type": "datetime-local"}, format=LOCAL_TIME
            )
        for name in ("gpu_hours", "cpu_hours"):
            self.fields[name].required = False

    def _show_translations(self) -> None:
        for row in self.instance.translations.exclude(language=self.instance.language):
            self.initial[f"{row.field}_other"] = row.text

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        for name in ("gpu_hours", "cpu_hours"):
            if cleaned.get(name) is None and name not in self.errors:
                cleaned[name] = 0
        opens, closes = cleaned.get("opens_at"), cleaned.get("closes_at")
        if opens and closes and closes <= opens:
            self.add_error("closes_at", _("It must close after it opens."))
        low, high = cleaned.get("amount_min"), cleaned.get("amount_max")
        if low is not None and high is not None and low > high:
            self.add_error("amount_max", _("The greater amount comes second."))
        return cleaned


class RequestForm(forms.ModelForm):  # type: ignore[type-arg]
    profile = forms.ModelChoiceField(
        Profile.objects.none(), label=_("As"), empty_label=None, to_field_name="public_id"
    )

    class Meta:
        model = ComputingRequest
        fields = [
            *("title", "purpose", "language", "gpu_hours", "cpu_hours", "data_class", "round", "consortium"),
        ]
        widgets = {"purpose": forms.Textarea(attrs={"rows": 8})}
        labels = {"round": _("Round"), "consortium": _("For a consortium"), "language": _("Language")}

    def __init__(self, *args: Any, profiles: Any, rounds: Any, consortia: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        querysets = {"profile": profiles, "round": rounds, "consortium": consortia}
        for name, found in querysets.items():
            field: Any = self.fields[name]
            field.queryset = found
        self.fields["round"].empty_label = _("None: whenever it is reviewed")  # type: ignore[attr-defined]
        self.fields["consortium"].empty_label = "—"  # type: ignore[attr-defined]
        self.fields["language"].choices = Language.choices  # type: ignore[attr-defined]
        for name in ("gpu_hours", "cpu_hours"):
            self.fields[name].required = False
        if self.instance.pk:
            self.initial["profile"] = self.instance.profile.public_id
        else:
            self.initial["language"] = (get_language() or "es")[:2]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        for name in ("gpu_hours", "cpu_hours"):
            if cleaned.get(name) is None and name not in self.errors:
                cleaned[name] = 0
        return cleaned


HOURS: dict[str, Any] = {"min_value": 0, "max_digits": 12, "decimal_places": 1}
DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class ReviewForm(forms.Form):
    score = forms.TypedChoiceField(
        label=capfirst(_("score, 1 to 5")), choices=[(n, str(n)) for n in range(1, 6)], coerce=int
    )
    text = forms.CharField(
        label=capfirst(_("reasons")), max_length=2000, widget=forms.Textarea(attrs={"rows": 4})
    )


class GrantForm(forms.Form):
    gpu_hours = forms.DecimalField(label=capfirst(_("GPU hours")), **HOURS)
    cpu_hours = forms.DecimalField(label=capfirst(_("CPU hours")), **HOURS)
    ends_on = forms.DateField(label=capfirst(_("until")), widget=DAY)


class RefuseForm(forms.Form):
    reason = forms.CharField(
        label=_("Why it is not granted"), max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )


class UsageForm(forms.Form):
    gpu_hours = forms.DecimalField(label=_("GPU hours used from the beginning"), **HOURS)
    cpu_hours = forms.DecimalField(label=_("CPU hours used from the beginning"), **HOURS)
    reported_on = forms.DateField(label=_("Until which day"), widget=DAY, initial=timezone.localdate)
    note = forms.CharField(label=capfirst(_("note")), max_length=300, required=False)


class RoundForm(forms.Form):
    title = forms.CharField(label=capfirst(_("title")), max_length=120)
    gpu_hours = forms.DecimalField(label=capfirst(_("GPU hours")), **HOURS)
    cpu_hours = forms.DecimalField(label=capfirst(_("CPU hours")), **HOURS)
    opens_at = forms.DateTimeField(
        label=capfirst(_("opens")),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=LOCAL_TIME),
    )
    closes_at = forms.DateTimeField(
        label=capfirst(_("closes")),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=LOCAL_TIME),
    )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        opens, closes = cleaned.get("opens_at"), cleaned.get("closes_at")
        if opens and closes and closes <= opens:
            self.add_error("closes_at", _("It must close after it opens."))
        return cleaned
