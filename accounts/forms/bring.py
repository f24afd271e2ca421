"""What somebody uploads or pastes, and for which profile."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from ..identifiers import orcid
from ..models import Profile
from ..reading.anything import MOST_BYTES
from .choices import text
from .facts import SUMMARY

MOST_CHARACTERS = 2_000_000
NEW = {
    Profile.Kind.RESEARCHER: _("a new profile as a researcher"),
    Profile.Kind.STARTUP: _("a new profile of a startup"),
    Profile.Kind.COMPANY: _("a new profile of a company"),
    Profile.Kind.AGENCY: _("a new profile of an agency"),
}


class BringForm(forms.Form):
    about = forms.ChoiceField(label=_("For"))
    file = forms.FileField(
        label=_("A file"),
        required=False,
        help_text=_("PDF, BibTeX, RIS, JSON or XML of ORCID, JSON of OpenAlex, or CSV; 5 MB at most."),
        widget=forms.FileInput(attrs={"accept": ".pdf,.bib,.bibtex,.ris,.json,.xml,.csv,.tsv,.txt"}),
    )
    # Its name keeps it out of what is held of refused forms (accounts/kept.py).
    brought = text(
        _("Or paste it here"),
        MOST_CHARACTERS,
        rows=6,
        help_text=_("A CV or a one-pager in plain text will do."),
    )

    def __init__(self, *args: Any, profiles: list[Profile], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.profiles = {str(profile.public_id): profile for profile in profiles}
        own = [(key, profile.name) for key, profile in self.profiles.items()]
        has = any(profile.kind == Profile.Kind.RESEARCHER for profile in profiles)
        new = [(kind, label) for kind, label in NEW.items() if not (has and kind == Profile.Kind.RESEARCHER)]
        field = self.fields["about"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - for the type checker
        field.choices = [*own, *new]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        file = data.get("file")
        if not file and not (data.get("brought") or "").strip() and not self.errors:
            raise ValidationError(_("Choose a file, or paste a text."))
        if file and file.size > MOST_BYTES:
            self.add_error("file", _("That file is larger than 5 MB."))
        return data

    def given(self) -> bytes:
        file = self.cleaned_data["file"]
        return bytes(file.read()) if file else self.cleaned_data["brought"].encode()

    def profile(self) -> Profile | None:
        return self.profiles.get(self.cleaned_data["about"])

    def kind(self) -> str:
        found = self.profile()
        return found.kind if found else str(self.cleaned_data["about"])


class FoundForm(forms.Form):
    """Facts of a profile that exists: what stands there stays, what is empty is filled in."""

    summary = text(_("Summary"), SUMMARY, rows=5)
    institution_name = forms.CharField(label=_("Institution"), max_length=160, required=False)
    orcid = forms.CharField(label="ORCID", max_length=60, required=False)

    def __init__(self, data: Any = None, *, profile: Profile, found: dict[str, Any]) -> None:
        self.profile = profile
        names = ["summary"]
        if profile.kind == Profile.Kind.RESEARCHER:
            names += ["institution_name", "orcid"]
        initial = {name: getattr(profile, name) or found.get(name, "") for name in names}
        super().__init__(data, initial=initial)
        for name in list(self.fields):
            if name not in names or not (found.get(name) or getattr(profile, name)):
                del self.fields[name]
                continue
            told = found.get(name, "")
            if told and told != initial[name]:
                self.fields[name].help_text = _("Your file says: %(told)s") % {"told": told}

    def clean_orcid(self) -> str:
        value = self.cleaned_data["orcid"].strip()
        return orcid(value) if value else ""

    def facts(self) -> dict[str, Any]:
        return {
            name: value for name, value in self.cleaned_data.items() if value != getattr(self.profile, name)
        }
