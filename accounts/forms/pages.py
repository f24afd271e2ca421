"""Forms of the organisation's pages, of the list of profiles and of preferences."""

import zoneinfo
from typing import Any

from babel.dates import get_timezone_location
from django import forms
from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from ..countries import get_pack
from ..identifiers import ror
from ..models import Cadence, Family, Language, Membership, Organisation, Profile
from .choices import choice, pack, table


class OrganisationForm(forms.ModelForm):  # type: ignore[type-arg] # not subscriptable at run time
    state = choice(_("State"), table("states", by_label=True))
    size = choice(_("Size"), table("sizes"))
    government_level = choice(_("Level of government"), table("government_levels"))
    website = forms.URLField(label=_("Website"), required=False, assume_scheme="https")
    ror = forms.CharField(
        label="ROR",
        max_length=60,
        required=False,
        help_text=_("Nine characters, or the address that ror.org shows."),
    )
    rfc = forms.CharField(label="RFC", max_length=20, required=False)

    class Meta:
        model = Organisation
        fields = ("name", "state", "municipality", "size", "government_level", "website", "ror", "rfc")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        identifier = get_pack(self.instance.country).identifiers.get("rfc")
        if identifier:
            self.fields["rfc"].label, self.fields["rfc"].help_text = identifier.label(), identifier.help()
        else:
            del self.fields["rfc"]
        if self.instance.kind == Organisation.Kind.GOVERNMENT:
            del self.fields["size"]
        else:
            del self.fields["government_level"]

    def clean_ror(self) -> str:
        return ror(self.cleaned_data["ror"]) if self.cleaned_data["ror"].strip() else ""

    def clean_rfc(self) -> str:
        value = self.cleaned_data["rfc"]
        return get_pack(self.instance.country).check("rfc", value) if value.strip() else ""


class InvitationForm(forms.Form):
    email = forms.EmailField(
        label=_("E-mail"),
        required=False,
        help_text=_("Leave it empty to get a link that you hand over yourself."),
    )
    role = forms.ChoiceField(
        label=_("They become"),
        choices=Membership.Role.choices,
        initial=Membership.Role.MEMBER,
        widget=forms.RadioSelect,
    )


class MemberForm(forms.ModelForm):  # type: ignore[type-arg] # not subscriptable at run time
    class Meta:
        model = Membership
        fields = ("role", "receives_letters")


class FilterForm(forms.Form):
    """Of the list of profiles; what makes no sense is left out, never an error."""

    q = forms.CharField(label=_("Words"), required=False, max_length=100)
    kind = forms.ChoiceField(
        label=_("Who"), required=False, choices=lambda: [("", _("Everybody")), *Profile.Kind.choices]
    )
    state = choice(_("State"), table("states", by_label=True))
    field = choice(_("Field of science"), lambda: [("", "—"), *pack().field_groups()])
    sector = choice(_("Sector"), table("sectors"))

    def chosen(self) -> dict[str, str]:
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}


def zones() -> list[Any]:
    """The country's own first, by their city in the reader's language, then all others."""
    states = pack().states
    own = list(dict.fromkeys([pack().time_zone, *(states.value(row.code, "time_zone") for row in states)]))
    others = sorted(zoneinfo.available_timezones() - set(own))
    language = (get_language() or "es")[:2]
    named = [(zone, get_timezone_location(zone, locale=language, return_city=True)) for zone in own]
    readable = [(zone, zone.replace("_", " ")) for zone in others if "/" in zone or zone == "UTC"]
    return [(pack().name(), named), (_("Elsewhere"), readable)]


class PreferencesForm(forms.Form):
    STOPPABLE = (Family.MATCHES, Family.CHALLENGES, Family.CONTACTS, Family.PROGRAMMES)

    name = forms.CharField(
        label=_("Your name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    language = forms.ChoiceField(label=_("Language of pages and letters"), choices=Language.choices)
    time_zone = forms.ChoiceField(label=_("Time zone"), choices=zones)
    cadence_matches = forms.ChoiceField(label=_("Letters about matches"), choices=Cadence.choices)
    cadence_challenges = forms.ChoiceField(
        label=_("Letters about my challenges and responses"), choices=Cadence.choices
    )
    cadence_contacts = forms.ChoiceField(
        label=_("Letters about introductions and messages"), choices=Cadence.choices
    )
    cadence_programmes = forms.ChoiceField(label=_("Letters about programmes"), choices=Cadence.choices)

    def __init__(self, *args: Any, profiles: list[Profile], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.profiles = {f"match_{profile.public_id}": profile for profile in profiles}
        for name, profile in self.profiles.items():
            self.fields[name] = forms.BooleanField(
                label=_("Match automatically: %(name)s") % {"name": profile.name},
                required=False,
                initial=profile.match_automatically,
            )

    def cadences(self) -> dict[str, str]:
        """Account letters always come, so that there is nothing to choose about them."""
        return {family: self.cleaned_data[f"cadence_{family}"] for family in self.STOPPABLE}


class EraseForm(forms.Form):
    """The last step, and who takes over what would be left without an owner."""

    sure = forms.BooleanField(label=_("Yes, erase my account. I know that it cannot be undone."))

    def __init__(self, *args: Any, organisations: list[Organisation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.organisations = {f"heir_{one.public_id}": one for one in organisations}
        for name, organisation in self.organisations.items():
            heirs = Membership.objects.filter(organisation=organisation, role=Membership.Role.MEMBER)
            named = [(str(heir.pk), heir.person.name) for heir in heirs.select_related("person")]
            self.fields[name] = forms.ChoiceField(
                label=_("Who takes over %(name)s?") % {"name": organisation.name},
                required=False,
                choices=[("", _("Nobody: hide its profile")), *named],
            )

    def successors(self) -> dict[int, int]:
        chosen = {one.pk: self.cleaned_data[name] for name, one in self.organisations.items()}
        return {organisation: int(heir) for organisation, heir in chosen.items() if heir}


def translation_form(
    fields: dict[str, tuple[str, int]], initial: dict[str, str], data: Any = None
) -> forms.Form:
    """A text area for each of the author's texts; the label is the original, shown by the template."""
    made = {
        name: forms.CharField(
            label=label, max_length=limit, required=False, widget=forms.Textarea(attrs={"rows": 2})
        )
        for name, (label, limit) in fields.items()
    }
    form = forms.Form(data, initial=initial)
    form.fields.update(made)
    return form


def time_zone_of(state: str) -> str:
    return pack().states.value(state, "time_zone") or str(settings.TIME_ZONE)
