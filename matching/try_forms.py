"""The one box that answers before anybody signs up."""

from __future__ import annotations

import codecs
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from accounts.reading.pdf import is_pdf

MOST_CHARACTERS = 60_000
MOST_BYTES = 2_500_000  # what fits into memory beside everything else: an upload never touches the disk
MARKS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}


class TryForm(forms.Form):
    text = forms.CharField(
        label=_("Your text"),
        required=False,
        max_length=MOST_CHARACTERS,
        widget=forms.Textarea(attrs={"rows": 7, "autocomplete": "off", "spellcheck": "false"}),
        error_messages={"max_length": _("That is too long to be read here: paste the part that matters.")},
    )
    file = forms.FileField(
        label=_("Or a file"),
        required=False,
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ".pdf,.txt,.md,application/pdf,text/plain"}),
        help_text=_("PDF or plain text, up to 2.5 MB."),
    )
    kind = forms.ChoiceField(
        label=_("What it is"),
        required=False,
        choices=[
            ("", _("Let the site tell")),
            ("problem", _("A problem that somebody should solve")),
            ("offer", _("What I know, do or make")),
        ],
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("auto_id", "try_%s")  # the box stands beside other forms
        super().__init__(*args, **kwargs)

    def clean_text(self) -> str:
        return str(self.cleaned_data["text"]).replace("\x00", "")

    def clean_file(self) -> bytes | str:
        """A PDF as it is, for a worker to read; plain text as text."""
        given: UploadedFile[Any] | None = self.cleaned_data["file"]
        if given is None:
            return b""
        data: bytes = given.read()
        if is_pdf(data):
            return data
        text = plain(data)
        if text is None:
            raise ValidationError(_("Only PDF and plain text can be read here. Paste the text instead."))
        return text[:MOST_CHARACTERS]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not self.errors and not data.get("file") and len(data.get("text", "").split()) < 3:
            self.add_error("text", _("Paste a few sentences, or choose a file."))
        return data

    def given(self) -> tuple[str, bytes]:
        """Text to look at, or a file to read it from."""
        file = self.cleaned_data["file"]
        if isinstance(file, str):
            return file, b""
        return ("", file) if file else (self.cleaned_data["text"], b"")


def plain(data: bytes) -> str | None:
    """What a file of plain text says, in the encodings that people's programs write; None for all else."""
    encoding = next((name for mark, name in MARKS.items() if data.startswith(mark)), "utf-8")
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        text = data.decode("cp1252", "replace")
    odd = sum(not (mark.isprintable() or mark.isspace()) for mark in text[:5000])
    return None if "\x00" in text or odd > len(text[:5000]) / 50 else text


class KeepChallengeForm(forms.Form):
    """For whom the draft is; the key makes a double click one draft."""

    organisation = forms.ModelChoiceField(
        Organisation.objects.none(),
        label=_("Organisation that posts it"),
        to_field_name="public_id",
        empty_label=None,
    )

    def __init__(self, *args: Any, organisations: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["organisation"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 - for the type checker
        field.queryset = organisations
        if len(organisations) == 1:
            field.widget = forms.HiddenInput()
            self.initial["organisation"] = organisations[0].public_id
