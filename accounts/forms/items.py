"""Offers, seeks and evidence as repeatable rows that work without JavaScript."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms import BaseFormSet, formset_factory
from django.forms.utils import ErrorDict, ErrorList
from django.utils.translation import gettext_lazy as _

from ..actions import ItemData
from ..models import Profile, ProfileItem
from .choices import language_field, reading_language, text

ROWS = 3
MOST = 100
ITEM_TEXT = 4000


class ItemForm(forms.Form):
    """One row. An empty row is no row; an emptied one is taken away."""

    pk = forms.IntegerField(required=False, widget=forms.HiddenInput)
    text = text(_("In a sentence or two"), ITEM_TEXT, rows=2)
    language = language_field()
    role: str

    def __init__(self, *args: Any, with_language: bool = True, label: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if label:
            self.fields["text"].label = label
        # An import may have brought a longer text than a form lets anybody write.
        before = len(self.initial.get("text", "")) if self.initial else 0
        if before > ITEM_TEXT:
            self.fields["text"] = text(str(self.fields["text"].label), before, rows=4)
        if not with_language:
            del self.fields["language"]

    def has_changed(self) -> bool:
        """A row with nothing but choices is not written in."""
        return bool(set(self.changed_data) - {"kind", "language", "pk"})

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if self.has_changed() and not self.says_something() and not data.get("pk"):
            raise ValidationError(_("Write what this is about, or leave the row empty."))
        return data

    def says_something(self) -> bool:
        data = self.cleaned_data
        return bool((data.get("text") or "").strip() or (data.get("title") or "").strip())

    def item(self, language: str) -> ItemData:
        data = self.cleaned_data
        return ItemData(
            pk=data.get("pk"), role=self.role, language=data.get("language") or language, text=data["text"]
        )


class OfferForm(ItemForm):
    role = ProfileItem.Role.OFFER


class SeekForm(ItemForm):
    role = ProfileItem.Role.SEEK


class EvidenceForm(ItemForm):
    role = ProfileItem.Role.EVIDENCE
    kind = forms.ChoiceField(label=_("Kind"), choices=ProfileItem.EvidenceKind.choices, initial="publication")
    title = forms.CharField(label=_("Title"), max_length=300, required=False)
    year = forms.IntegerField(label=_("Year"), min_value=1900, max_value=2100, required=False)
    link = forms.URLField(label=_("Link"), max_length=500, required=False, assume_scheme="https")
    field_order = ("pk", "kind", "title", "year", "link", "text", "language")

    def item(self, language: str) -> ItemData:
        data = self.cleaned_data
        return ItemData(
            **super().item(language),
            kind=data["kind"],
            title=data["title"],
            year=data["year"],
            link=data["link"],
        )


class ItemRows(BaseFormSet):  # type: ignore[type-arg] # not subscriptable at run time
    """The rows of one role."""

    role: str
    title: str = ""
    help_text: str = ""
    open: bool = True

    def items(self, language: str) -> list[ItemData]:
        kept = [form for form in self.forms if form.has_changed() or form in self.initial_forms]
        return [
            form.item(language)
            for form in kept
            if form.says_something() and not form.cleaned_data.get("DELETE")
        ]

    def hush(self) -> None:
        """Bound, and not judged: Django fills these two when it validates."""
        self._errors: Any = [ErrorDict() for _row in self.forms]
        self._non_form_errors: Any = ErrorList()

    def written_in(self) -> bool:
        return bool(self.total_error_count() if self.is_bound else False) or any(
            form.has_changed() or form in self.initial_forms for form in self.forms
        )


FORMS: Mapping[str, type[ItemForm]] = {"offers": OfferForm, "seeks": SeekForm, "evidence": EvidenceForm}


def item_rows(
    name: str,
    data: Mapping[str, Any] | None,
    *,
    profile: Profile | None,
    label: str,
    with_language: bool,
    begun: Sequence[str] = (),
) -> ItemRows:
    form = FORMS[name]
    there = profile.items.filter(role=form.role) if profile else ()
    initial = [
        {
            "pk": item.pk,
            "text": item.text,
            "language": item.language,
            "kind": item.kind,
            "title": item.title,
            "year": item.year,
            "link": item.link,
        }
        for item in there
    ] or [{"text": text} for text in begun]
    factory: Any = formset_factory(
        form,
        formset=ItemRows,
        extra=1 if initial or name == "evidence" else ROWS,  # five fields each: three fill a phone's page
        max_num=MOST + len(initial),
        absolute_max=2 * MOST + len(initial),
        can_delete=bool(profile),
        can_delete_extra=False,
    )
    kwargs = {"with_language": with_language, "label": label}
    rows: ItemRows = factory(data, prefix=name, initial=initial, form_kwargs=kwargs)
    rows.role = form.role
    return rows


def with_more_rows(data: Mapping[str, Any], name: str) -> Any:
    """A copy of what was sent in, with a few more rows of this name."""
    copied = data.copy()  # type: ignore[attr-defined]
    key = f"{name}-TOTAL_FORMS"
    given = str(copied.get(key, ""))
    total = int(given) if given.isdecimal() and len(given) < 6 else 0
    copied[key] = str(max(total, min(total + ROWS, MOST)))
    return copied


__all__ = ["ItemForm", "ItemRows", "item_rows", "reading_language", "with_more_rows"]
