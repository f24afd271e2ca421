"""What each kind of profile is asked, and nothing else."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from ..identifiers import orcid
from ..models import Profile
from .choices import choice, country_choices, language_field, pack, table, text, trl_choices

SUMMARY = 2000


class FactsForm(forms.Form):
    """The part that every kind has."""

    language = language_field()

    @classmethod
    def initial_of(cls, profile: Profile) -> dict[str, Any]:
        return {name: getattr(profile, name) for name in cls.base_fields if hasattr(profile, name)}

    def facts(self) -> dict[str, Any]:
        return dict(self.cleaned_data)


class ResearcherFacts(FactsForm):
    institution_name = forms.CharField(
        label=_("Institution"),
        max_length=160,
        help_text=_("Where you work or study; “independent” is an answer too."),
    )
    state = choice(_("State"), table("states", by_label=True))
    field_1 = choice(_("Main field of science"), lambda: [("", "—"), *pack().field_groups()], required=True)
    field_2 = choice(_("Another field"), lambda: [("", "—"), *pack().field_groups()])
    field_3 = choice(_("A third field"), lambda: [("", "—"), *pack().field_groups()])
    summary = text(_("What you work on"), SUMMARY, required=True, help_text=_("Two or three sentences."))
    orcid = forms.CharField(
        label="ORCID",
        max_length=60,
        required=False,
        help_text=_("16 digits, or the address that orcid.org shows; if you have one."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    availability = forms.CharField(
        label=_("Your availability"),
        max_length=200,
        required=False,
        help_text=_("For example: two days a month, from January."),
    )
    lives_abroad = choice(_("If you live abroad: the country"), lambda: [("", "—"), *country_choices()])
    abroad_place = forms.CharField(label=_("City and institution abroad"), max_length=120, required=False)
    would_help = forms.MultipleChoiceField(
        label=_("If you live abroad: what you would do for the country"),
        choices=Profile.Help.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    field_order = (
        "institution_name",
        "state",
        "field_1",
        "field_2",
        "field_3",
        "summary",
        "language",
        "orcid",
        "availability",
        "lives_abroad",
        "abroad_place",
        "would_help",
    )

    def clean_orcid(self) -> str:
        value = self.cleaned_data["orcid"].strip()
        return orcid(value) if value else ""

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if (data.get("abroad_place") or data.get("would_help")) and not data.get("lives_abroad"):
            self.add_error("lives_abroad", _("Which country is that in?"))
        return data

    def facts(self) -> dict[str, Any]:
        facts = super().facts()
        chosen = [facts.pop(name) for name in ("field_1", "field_2", "field_3")]
        return {**facts, "fields": list(dict.fromkeys(code for code in chosen if code))}

    @classmethod
    def initial_of(cls, profile: Profile) -> dict[str, Any]:
        named = {f"field_{number}": code for number, code in enumerate(profile.fields[:3], start=1)}
        return {**super().initial_of(profile), **named}


class StartupFacts(FactsForm):
    summary = text(_("What you make"), SUMMARY, required=True, help_text=_("Two or three sentences."))
    sector = choice(_("Sector"), table("sectors"), required=True)
    stage = choice(_("Stage"), table("stages"), required=True)
    trl = choice(_("Technology readiness (TRL)"), trl_choices())
    field_order = ("summary", "language", "sector", "stage", "trl")

    def clean_trl(self) -> int | None:
        return int(self.cleaned_data["trl"]) if self.cleaned_data["trl"] else None


class CompanyFacts(FactsForm):
    summary = text(_("What you do"), SUMMARY, required=True, help_text=_("Two or three sentences."))
    sector = choice(_("Sector"), table("sectors"), required=True)
    field_order = ("summary", "language", "sector")


class AgencyFacts(FactsForm):
    summary = text(
        _("Your mandate"),
        SUMMARY,
        required=True,
        help_text=_("What you answer for, and for whom, in two or three sentences."),
    )
    field_order = ("summary", "language")


class OrganisationPart(forms.Form):
    """The organisation that is founded; joining an existing one happens by invitation."""

    organisation = forms.CharField(label=_("Name of the organisation"), max_length=160)
    state = choice(_("State"), table("states", by_label=True))
    municipality = forms.CharField(label=_("Municipality"), max_length=80, required=False)
    size = choice(_("Size"), table("sizes"))
    government_level = choice(_("Level of government"), table("government_levels"))

    ASKED = {
        Profile.Kind.STARTUP: {"organisation": True, "state": True},
        Profile.Kind.COMPANY: {"organisation": True, "size": True, "state": False},
        Profile.Kind.AGENCY: {
            "organisation": True,
            "government_level": True,
            "state": False,
            "municipality": False,
        },
    }

    def __init__(self, kind: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        asked = self.ASKED[Profile.Kind(kind)]
        for name in list(self.fields):
            if name in asked:
                self.fields[name].required = asked[name]
            else:
                del self.fields[name]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("government_level") in ("state", "municipal") and not data.get("state"):
            self.add_error("state", ValidationError(_("In which state?")))
        return data

    def facts(self) -> dict[str, Any]:
        facts = dict(self.cleaned_data)
        return {"name": facts.pop("organisation"), **facts}


class ShownForm(forms.Form):
    """Who may see the profile, and whether matching may use it."""

    visibility = forms.ChoiceField(
        label=_("Who may see it"), choices=Profile.Visibility.choices, widget=forms.RadioSelect
    )
    match_automatically = forms.BooleanField(
        label=_("Match me automatically"),
        required=False,
        help_text=_(
            "Our own machines compare this profile with open challenges. Each match comes with its reason,"
            " and nobody is refused anything by a machine."
        ),
    )
    capacity = forms.IntegerField(
        label=_("In how many teams at once"),
        min_value=0,
        max_value=20,
        required=False,
        help_text=_("Teams are proposed with you while you are in fewer than these; 0 for never."),
    )

    @staticmethod
    def initial_of(profile: Profile) -> dict[str, Any]:
        return {name: getattr(profile, name) for name in ("visibility", "match_automatically", "capacity")}

    def clean_capacity(self) -> int:
        given = self.cleaned_data["capacity"]
        return int(self.initial["capacity"] if given is None else given)


FACTS_FORMS: dict[str, type[FactsForm]] = {
    Profile.Kind.RESEARCHER: ResearcherFacts,
    Profile.Kind.STARTUP: StartupFacts,
    Profile.Kind.COMPANY: CompanyFacts,
    Profile.Kind.AGENCY: AgencyFacts,
}
