"""Files that curators upload, and what rows that say nothing about it have."""

from pathlib import Path
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from accounts.models import Language, Profile

from ..models import Hub, Status

LARGEST = 20 * 1024 * 1024
ENDINGS = (".csv", ".jsonl", ".ndjson", ".json")


class UploadedTable(forms.Form):
    file = forms.FileField(
        label=_("File"),
        help_text=_("JSON lines or CSV in UTF-8, 20 MB at most. If a row is wrong, nothing is imported."),
        widget=forms.FileInput(attrs={"accept": ",".join(ENDINGS)}),
    )
    language = forms.ChoiceField(label=_("Language of rows that do not say"), choices=Language.choices)

    def clean_file(self) -> "UploadedFile[bytes]":
        file: UploadedFile[bytes] = self.cleaned_data["file"]
        if Path(file.name or "").suffix.lower() not in ENDINGS:
            raise forms.ValidationError(_("Its name must end in .csv or .jsonl."))
        if (file.size or 0) > LARGEST:
            raise forms.ValidationError(_("At most 20 MB, please: split it."))
        return file


class ProfilesFile(UploadedTable):
    kind = forms.ChoiceField(label=_("Kind of rows that do not say"), choices=Profile.Kind.choices)
    visibility = forms.ChoiceField(
        label=_("Who may see them"),
        choices=Profile.Visibility.choices,
        initial=Profile.Visibility.MEMBERS,
    )
    source = forms.CharField(
        label=_("Where the file is from"),
        required=False,
        max_length=160,
        help_text=_("Shown on each profile."),
    )
    field_order = ["file", "kind", "visibility", "source", "language"]


class ChallengesFile(UploadedTable):
    hub = forms.ModelChoiceField(
        Hub.objects.all(), label=_("Hub of rows that name none"), required=False, to_field_name="slug"
    )
    status = forms.ChoiceField(
        label=_("State of rows that do not say"),
        choices=[(Status.DRAFT, _("draft")), (Status.PUBLISHED, _("published"))],
        help_text=_("Published ones are read by everybody at once: only what was published elsewhere."),
    )
    field_order = ["file", "hub", "status", "language"]

    def clean(self) -> dict[str, Any]:
        """As it is stored with the job: JSON."""
        cleaned: dict[str, Any] = super().clean() or {}
        cleaned["hub"] = cleaned["hub"].slug if cleaned.get("hub") else ""
        return cleaned
