"""The profile's editor, step by step: what of each step is valid is saved, even beside errors."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.forms import formset_factory
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ..actions import ItemData, save_items, save_profile
from ..models import Profile, ProfileItem, User
from .choices import pack
from .facts import FACTS_FORMS, ShownForm
from .items import FORMS, MOST, ROWS, EvidenceForm, ItemForm, ItemRows
from .sheet import heading

PER_PAGE = 10  # rows that are there already; a researcher may have hundreds
CHOSEN = ("field_1", "field_2", "field_3")
PAIRS = (("lives_abroad", "abroad_place", "would_help"),)
STEPS: dict[str, str | Promise] = {
    "you": _("Your work"),
    "offers": _("What you offer"),
    "evidence": _("Evidence"),
    "seeks": _("What you look for"),
    "shown": _("Who sees it"),
}
LEADS: dict[str, str | Promise] = {
    "you": _("What people read first, and where they find you."),
    "shown": _("You can change it at any time."),
}


def title_of(slug: str, kind: str) -> tuple[str | Promise, str | Promise]:
    """Heading and lead of a step, in the words of a kind of profile."""
    if slug in FORMS:
        title, lead = heading(kind, slug)
        return title, lead
    if slug == "you":
        return _("Your work") if kind == Profile.Kind.RESEARCHER else _("What it does"), LEADS[slug]
    return STEPS[slug], LEADS[slug]


def short_name(slug: str, kind: str) -> str | Promise:
    """For the list of steps, where there is little room."""
    return title_of(slug, kind)[0] if slug == "you" else STEPS[slug]


def next_of(slug: str) -> str:
    slugs = list(STEPS)
    return (slugs[slugs.index(slug) + 1 :] or [""])[0]


def valid_parts(form: forms.BaseForm) -> dict[str, Any]:
    """Of a form that was checked: valid fields, and too long texts up to their limit."""
    parts = {name: value for name, value in form.cleaned_data.items() if name in form.fields}
    for name in form.errors:
        wanted = form.fields.get(name)
        typed = form[name].data if wanted else None
        longest = getattr(wanted, "max_length", None)
        if isinstance(typed, str) and longest and len(typed) > longest and "\x00" not in typed:
            parts[name] = typed[:longest].strip()
    for pair in PAIRS:
        if any(name in form.errors for name in pair):
            for name in pair:
                parts.pop(name, None)
    return parts


@dataclass
class FactsStep:
    """One form over facts of the profile."""

    profile: Profile
    form: Any
    rows: ItemRows | None = None

    def is_valid(self) -> bool:
        return bool(self.form.is_valid())

    def save(self, *, by: User, take: str = "") -> None:
        """`take` is a suggestion to accept: "fields:2.7" or "sector:54"."""
        parts = valid_parts(self.form)
        if "field_1" in self.form.fields:
            codes = [parts.pop(name, "") for name in CHOSEN]
            parts["fields"] = list(dict.fromkeys(code for code in codes if code))
        name, _colon, code = take.partition(":")
        if name == "fields" and "fields" in parts and code in pack().fields:
            parts["fields"] = list(dict.fromkeys([*parts["fields"], code]))[: len(CHOSEN)]
        elif name == "sector" and "sector" in self.form.fields and code in pack().sectors:
            parts["sector"] = code
        save_profile(profile=self.profile, by=by, facts=parts)


@dataclass
class RowsStep:
    """A page of the rows of one role. Rows on other pages stay as they are."""

    profile: Profile
    name: str
    page: int
    data: Any = None
    more: int = 0
    form: None = None
    there: list[ProfileItem] = field(default_factory=list)

    def __post_init__(self) -> None:
        start = (self.page - 1) * PER_PAGE
        role = FORMS[self.name].role
        self.there = list(self.profile.items.filter(role=role)[start : start + PER_PAGE])
        self.rows = self._rows(self.data)

    def _rows(self, data: Mapping[str, Any] | None) -> ItemRows:
        names = ("pk", "text", "language", "kind", "title", "year", "link")
        initial = [{name: getattr(item, name) for name in names} for item in self.there]
        empty = self.more * ROWS + (1 if initial else ROWS)
        factory: Any = formset_factory(
            FORMS[self.name],
            formset=ItemRows,
            extra=empty,
            max_num=MOST + len(initial),
            absolute_max=2 * MOST + len(initial),
            can_delete=True,
            can_delete_extra=False,
        )
        rows: ItemRows = factory(data, prefix=self.name, initial=initial)
        rows.role = FORMS[self.name].role
        return rows

    def is_valid(self) -> bool:
        return bool(self.rows.is_valid())

    def save(self, *, by: User, take: str = "") -> None:
        """Rows that were changed, as far as they are valid; those emptied or ticked go."""
        gone: list[int] = []
        told: list[tuple[int, ItemData]] = []
        mine = {item.pk for item in self.there}
        for number, form in enumerate(self.rows.forms):
            if not hasattr(form, "cleaned_data") or not form.has_changed():
                continue
            row = _item(form, self.profile.language)
            there = row.get("pk") if row.get("pk") in mine else None
            if form.cleaned_data.get("DELETE") or not (row["text"].strip() or row.get("title", "").strip()):
                gone += [there] if there and (form.cleaned_data.get("DELETE") or form.is_valid()) else []
                continue
            told.append((number, ItemData(**{**row, "pk": there})))
        items = [row for _number, row in told]
        saved = save_items(profile=self.profile, by=by, items=items, gone=gone) if items or gone else []
        self._name_rows({number: item.pk for (number, _row), item in zip(told, saved, strict=True)})

    def _name_rows(self, keys: dict[int, int]) -> None:
        """New rows know their key, so that what is sent again writes them no second time."""
        data = self.data.copy()
        for number, key in keys.items():
            data[f"{self.name}-{number}-pk"] = key
        self.there += list(
            self.profile.items.filter(pk__in=set(keys.values()) - {one.pk for one in self.there})
        )
        initial = self.there[: len(self.rows.initial_forms)]
        known, self.there = self.there, initial
        self.rows = self._rows(data)
        self.there = known


def _item(form: ItemForm, language: str) -> ItemData:
    parts = valid_parts(form)
    row = ItemData(
        pk=parts.get("pk"),
        role=form.role,
        language=parts.get("language") or language,
        text=parts.get("text") or "",
    )
    if isinstance(form, EvidenceForm):
        row |= ItemData(
            kind=parts.get("kind") or "publication",
            title=parts.get("title") or "",
            year=parts.get("year"),
            link=parts.get("link") or "",
        )
    return row


def step_of(slug: str, profile: Profile, data: Any, *, page: int = 1, more: int = 0) -> FactsStep | RowsStep:
    if slug in FORMS:
        return RowsStep(profile, slug, page, data, more)
    if slug == "shown":
        return FactsStep(profile, ShownForm(data, initial=ShownForm.initial_of(profile)))
    form = FACTS_FORMS[profile.kind]
    return FactsStep(profile, form(data, initial=form.initial_of(profile)))


__all__ = ["PER_PAGE", "STEPS", "next_of", "short_name", "step_of", "title_of"]
