"""The steps of the challenge wizard. They only check; `actions` save what is valid, even beside errors."""

import re
import uuid
import zoneinfo
from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.forms.formsets import DELETION_FIELD_NAME, BaseFormSet
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.countries import get_pack
from accounts.models import Organisation, Profile

from ..models import Challenge, Hub, Need
from ..zones import YEARS, zone_city

# Held together by a constraint: half of a pair cannot be saved.
PAIRS = (("trl_from", "trl_to"), ("opens_at", "closes_at"), ("state", "only_in_state"))
MOMENTS = ("opens_at", "closes_at", "publish_at")
LOCAL_TIME = "%Y-%m-%dT%H:%M"


def valid_parts(form: forms.BaseForm) -> dict[str, Any]:
    """What of an erroneous form can be kept: valid fields, and too long texts up to their limit."""
    parts = {name: value for name, value in form.cleaned_data.items() if name in form.fields}
    for name in form.errors:
        field = form.fields.get(name)
        typed = form[name].data if field else None
        longest = getattr(field, "max_length", None)
        if isinstance(typed, str) and longest and len(typed) > longest:
            parts[name] = typed.replace("\x00", "")[:longest].strip()
    for pair in PAIRS:
        if any(name in form.errors for name in pair):
            for name in pair:
                parts.pop(name, None)
    return parts


class ProblemForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = Challenge
        fields = ["title", "summary", "description", "language"]
        labels = {
            "title": _("Title"),
            "summary": _("In one line"),
            "description": _("The problem"),
            "language": _("Language you write in"),
        }
        help_texts = {
            "title": _("What would you tell a neighbour you want to solve?"),
            "summary": _("For lists and letters: who has the problem, and what you look for."),
            "description": _(
                "What happens today, whom it affects, what you have tried, how you will know that it worked. "
                "A line that starts with ## is a heading, one that starts with - an item of a list."
            ),
        }
        widgets = {
            "summary": forms.Textarea(attrs={"rows": 2}),
            "description": forms.Textarea(attrs={"rows": 16}),
        }


class StartForm(forms.Form):
    """What the first POST says beside the problem: for whom, from which template, and the form's own key."""

    organisation = forms.ModelChoiceField(
        Organisation.objects.none(),
        label=_("Organisation that posts it"),
        to_field_name="public_id",
        empty_label=None,
    )
    form_key = forms.UUIDField(widget=forms.HiddenInput)
    template = forms.SlugField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, organisations: Any, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {}).setdefault("form_key", uuid.uuid4())
        super().__init__(*args, **kwargs)
        field = self.fields["organisation"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 - for the type checker
        field.queryset = organisations
        if len(organisations) == 1:
            field.widget = forms.HiddenInput()
            self.initial["organisation"] = organisations[0].public_id


class NeedForm(forms.ModelForm):  # type: ignore[type-arg]
    id = forms.IntegerField(required=False, widget=forms.HiddenInput)

    class Meta:
        model = Need
        fields = ["text", "weight", "sought"]
        labels = {
            "text": _("What is needed"),
            "weight": _("How much it matters"),
            "sought": _("Sought from"),
        }
        widgets = {"text": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        # An unchanged row is a row too: a formset would leave it out of what was typed.
        super().__init__(*args, **kwargs | {"empty_permitted": False, "use_required_attribute": False})
        self.fields["text"].required = False


class BaseNeedFormSet(BaseFormSet):  # type: ignore[type-arg]
    def add_fields(self, form: forms.BaseForm, index: int | None) -> None:
        super().add_fields(form, index)
        form.fields[DELETION_FIELD_NAME].label = _("Take this need out")

    def rows(self) -> list[dict[str, Any]]:
        """Rows that say something and were not taken out; of a bad row, what of it is valid."""
        rows = []
        for form in self.forms:
            row = valid_parts(form) if hasattr(form, "cleaned_data") else {}
            text = (row.get("text") or "").strip()
            if text and not row.get(DELETION_FIELD_NAME):
                rows.append(
                    {
                        "id": row.get("id"),
                        "text": text,
                        "weight": row.get("weight") or Need.Weight.MUST,
                        "sought": row.get("sought") or Need.Sought.ANYONE,
                    }
                )
        return rows


def NeedFormSet(  # noqa: N802 - stands for a class
    data: Mapping[str, Any] | None = None, *, initial: Sequence[Mapping[str, Any]], extra: int
) -> BaseNeedFormSet:
    kind: Any = forms.formset_factory(
        NeedForm, formset=BaseNeedFormSet, extra=extra, can_delete=True, max_num=40, absolute_max=60
    )
    formset: BaseNeedFormSet = kind(data, prefix="needs", initial=initial)
    return formset


class PesosField(forms.DecimalField):
    """Money as people write it: $1,500,000 MXN."""

    def to_python(self, value: Any) -> Any:
        if isinstance(value, str):
            value = re.sub(r"[$,\s]|MXN", "", value, flags=re.I)
        return super().to_python(value)


class OfferForm(forms.ModelForm):  # type: ignore[type-arg]
    offer_money = PesosField(
        label=_("Money, in Mexican pesos"),
        required=False,
        min_value=0,
        max_digits=14,
        decimal_places=2,
        help_text=_("For example 250,000. Leave it empty if there is none."),
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )

    class Meta:
        model = Challenge
        fields = ["offer_money", "offer_data", "offer_site", "offer_purchase"]
        labels = {
            "offer_data": _("Data"),
            "offer_site": _("A place to test"),
            "offer_purchase": _("Purchase"),
        }
        help_texts = {
            "offer_data": _("Which data, of which years, in which form."),
            "offer_site": _("Where, and for how long."),
            "offer_purchase": _("What you could buy if it works, and how."),
        }
        widgets = {
            name: forms.Textarea(attrs={"rows": 3}) for name in ("offer_data", "offer_site", "offer_purchase")
        }


class WhenForm(forms.ModelForm):  # type: ignore[type-arg]
    """Where and when. Render and validate it in the poster's time zone."""

    eligible_kinds = forms.MultipleChoiceField(
        label=_("Who may answer"),
        required=False,
        choices=Profile.Kind.choices,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Leave all of them empty if anyone may. Nobody else is matched or written to."),
    )
    opens_at = forms.DateTimeField(label=_("Opens"), required=False)
    closes_at = forms.DateTimeField(label=_("Closes"), required=False)
    publish_at = forms.DateTimeField(
        label=_("Publish on"),
        required=False,
        help_text=_(
            "Only if it is to stay hidden until a day of your choice; else it is public once approved."
        ),
    )

    class Meta:
        model = Challenge
        fields = [
            "state",
            "only_in_state",
            "eligible_kinds",
            "hub",
            "opens_at",
            "closes_at",
            "publish_at",
            "time_zone",
            "trl_from",
            "trl_to",
        ]
        labels = {
            "state": _("Where"),
            "only_in_state": _("Only those who are in that state may answer"),
            "hub": _("Hub that reviews it"),
            "time_zone": _("Time zone of these times"),
        }
        help_texts = {"hub": _("Its curators read the challenge before it is published.")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        pack = get_pack(self.instance.country)
        levels = [("", "—"), *((code, f"{code}. {label}") for code, label in pack.trl.choices())]
        self.fields["state"] = forms.ChoiceField(
            label=_("Where"),
            required=False,
            choices=[("", _("The whole country")), *pack.states.choices(by_label=True)],
        )
        for name, label in (("trl_from", _("Maturity (TRL): from")), ("trl_to", _("Maturity (TRL): to"))):
            self.fields[name] = forms.TypedChoiceField(
                label=label, required=False, choices=levels, coerce=int, empty_value=None
            )
        self.fields["hub"].queryset = Hub.objects.filter(country=self.instance.country)  # type: ignore[attr-defined]
        self.fields["hub"].empty_label = None  # type: ignore[attr-defined]
        self.fields["time_zone"] = forms.ChoiceField(
            label=_("Time zone of these times"), choices=zones(self.instance)
        )
        for name in MOMENTS:
            self.fields[name].widget = forms.DateTimeInput(
                attrs={"type": "datetime-local"}, format=LOCAL_TIME
            )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        for name in MOMENTS:
            if cleaned.get(name) and cleaned[name].year not in YEARS:
                self.add_error(name, self.fields[name].error_messages["invalid"])
        opens, closes = cleaned.get("opens_at"), cleaned.get("closes_at")
        if opens and closes and closes <= opens:
            self.add_error("closes_at", _("It must close after it opens."))
        if closes and cleaned.get("publish_at") and closes <= cleaned["publish_at"]:
            self.add_error("publish_at", _("It must be published before it closes."))
        if cleaned.get("only_in_state") and not cleaned.get("state"):
            self.add_error("state", _("Choose the state that they must be in."))
        low, high = cleaned.get("trl_from"), cleaned.get("trl_to")
        if low and high and high < low:
            self.add_error("trl_to", _("This must not lie below the level it starts from."))
        return cleaned


def zones(challenge: Challenge) -> list[tuple[str, str]]:
    """The country's time zones, and the one that the challenge has already."""
    pack = get_pack(challenge.country)
    names = {pack.states.value(code, "time_zone") for code in pack.states.codes} | {challenge.time_zone}
    language = (get_language() or "es")[:2]
    return [(name, zone_city(name, language)) for name in sorted(names)]


def typed_zone(data: Mapping[str, Any] | None, challenge: Challenge) -> zoneinfo.ZoneInfo:
    """The zone in which the typed times are meant."""
    name = str((data or {}).get("time_zone", ""))
    known = name in dict(zones(challenge))
    return zoneinfo.ZoneInfo(name if known else challenge.time_zone)


class ContactForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = Challenge
        fields = ["contact_name", "contact_email", "poster_shown", "terms_ip", "terms_confidentiality"]
        labels = {
            "contact_name": _("Contact's name"),
            "contact_email": _("Contact's e-mail"),
            "poster_shown": _("What everybody sees of your organisation"),
            "terms_ip": _("Intellectual property"),
            "terms_confidentiality": _("Confidentiality"),
        }
        help_texts = {
            "contact_email": _("Shown only to those whose introduction you accept."),
            "terms_ip": _("Whose is what comes of it? For example: it stays with whoever makes it."),
            "terms_confidentiality": _("What must not be told on, and how it is agreed."),
        }
        widgets = {
            "poster_shown": forms.RadioSelect,
            "terms_ip": forms.Textarea(attrs={"rows": 4}),
            "terms_confidentiality": forms.Textarea(attrs={"rows": 4}),
        }


def told(record: Challenge | Need, language: str) -> dict[str, str]:
    """The texts that a record has in a language other than its own, by field."""
    return {row.field: row.text for row in record.translations.all() if row.language == language}


class TranslationForm(forms.Form):
    """The challenge's texts in the other language, each beside its original; all may stay empty."""

    LIMITS = {"title": 90, "summary": 200, "description": 12000}

    def __init__(self, *args: Any, challenge: Challenge, language: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.records: dict[str, tuple[Challenge | Need, str]] = {
            name: (challenge, name) for name in self.LIMITS
        }
        needs = challenge.needs.prefetch_related("translations")
        self.records |= {f"need_{need.pk}": (need, "text") for need in needs}
        records: list[Challenge | Need] = [challenge, *needs]
        known = {record: told(record, language) for record in records}
        labels = {"title": _("Title"), "summary": _("In one line"), "description": _("The problem")}
        for name, (record, field) in self.records.items():
            original = str(getattr(record, field))
            rows = 10 if name == "description" else 2
            self.fields[name] = forms.CharField(
                label=labels.get(name, _("Need")),
                required=False,
                max_length=self.LIMITS.get(name, 600),
                initial=known[record].get(field, ""),
                widget=forms.Textarea(attrs={"rows": rows, "lang": language}),
            )
            self.fields[name].original = original  # type: ignore[attr-defined]

    def texts(self) -> list[tuple[Challenge | Need, str, str]]:
        parts = valid_parts(self)
        return [(*self.records[name], parts[name].strip()) for name in self.records if name in parts]
