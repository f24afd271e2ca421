"""A profile's whole form: the person or the organisation, the facts of its kind, and rows of items."""

from collections.abc import Iterator, Mapping
from typing import Any

from django import forms
from django.forms import BoundField
from django.forms.utils import ErrorDict
from django.utils.translation import gettext_lazy as _

from ..actions import ItemData
from ..models import Profile
from .choices import pack
from .facts import FACTS_FORMS, OrganisationPart, ShownForm
from .items import ItemRows, item_rows, with_more_rows
from .join import JoinForm

Kind = Profile.Kind
# name, heading, label of a row, help; the first of each kind are asked at sign-up
OFFERS: dict[str, tuple[Any, Any]] = {
    Kind.RESEARCHER: (_("What you can offer"), _("A method, an instrument, a skill: one per row.")),
    Kind.STARTUP: (_("What it can do for others"), _("A product, a service, an ability: one per row.")),
    Kind.COMPANY: (_("Your capabilities"), _("Plant, market, engineering, capital: one per row.")),
    Kind.AGENCY: (
        _("Data and authority you can bring"),
        _("Records, permits, sites, purchases: one per row."),
    ),
}
SEEKS: dict[str, tuple[Any, Any]] = {
    Kind.STARTUP: (_("What you look for"), _("A pilot site, a laboratory, a partner: one per row.")),
    Kind.COMPANY: (_("Your needs"), _("What you would like somebody to solve: one per row.")),
}
EVIDENCE: dict[str, tuple[Any, Any]] = {
    Kind.RESEARCHER: (
        _("What you can show for it"),
        _("Publications or projects with year and link; or a thesis, code, a supervisor's word."),
    ),
}
ANY_SEEKS = (_("What you look for"), _("One per row."))
ANY_EVIDENCE = (_("What you can show for it"), _("Products, contracts, projects, with year and link."))
AT_SIGN_UP = {
    Kind.RESEARCHER: ("offers", "evidence"),
    Kind.STARTUP: ("offers", "seeks", "evidence"),
    Kind.COMPANY: ("offers", "seeks", "evidence"),
    Kind.AGENCY: ("offers",),
}
OPTIONAL = {(Kind.STARTUP, "evidence"), (Kind.COMPANY, "evidence")}


def heading(kind: str, name: str) -> tuple[Any, Any]:
    if name == "offers":
        return OFFERS[kind]
    return SEEKS.get(kind, ANY_SEEKS) if name == "seeks" else EVIDENCE.get(kind, ANY_EVIDENCE)


class ProfileSheet:
    """Several forms that are shown, checked and saved as one. `person` comes first and is the caller's."""

    def __init__(
        self,
        kind: str,
        data: Any = None,
        *,
        person: forms.Form | None = None,
        profile: Profile | None = None,
        begun: dict[str, Any] | None = None,
    ) -> None:
        self.kind = kind
        self.more = str(data.get("more", "")) if data is not None else ""
        names = ("offers", "seeks", "evidence") if profile else AT_SIGN_UP[Kind(kind)]
        if self.more in names:
            data = with_more_rows(data, self.more)
        self.person = person
        if begun and begun.get("kind", kind) != kind:
            begun = None  # it was brought for a profile of another kind
        self.brought: list[ItemData] = list(begun.get("items", ())) if begun else []
        founds = profile is None and kind != Kind.RESEARCHER
        begun = dict(begun) if begun and data is None else None  # what was sent says more
        self.organisation = OrganisationPart(kind, data, initial=begun) if founds else None
        form = FACTS_FORMS[kind]
        self.facts = form(data, initial=form.initial_of(profile) if profile else begun)
        self.shown = self._shown(data, profile)
        self.rows = [self._rows(name, data, profile, begun) for name in names]
        if self.more:
            self._hush()

    @staticmethod
    def _shown(data: Any, profile: Profile | None) -> ShownForm | None:
        if profile is None:
            return None
        return ShownForm(data, initial=ShownForm.initial_of(profile))

    def _rows(
        self,
        name: str,
        data: Mapping[str, Any] | None,
        profile: Profile | None,
        begun: Mapping[str, Any] | None,
    ) -> ItemRows:
        title, help_text = heading(self.kind, name)
        texts = begun.get(name, ()) if begun else ()
        rows = item_rows(
            name, data, profile=profile, label="", with_language=profile is not None, begun=texts
        )
        rows.title, rows.help_text = title, help_text
        rows.open = (
            profile is not None or (self.kind, name) not in OPTIONAL or name == self.more or rows.written_in()
        )
        return rows

    def parts(self) -> list[forms.Form]:
        asked: list[forms.Form | None] = [self.person, self.organisation, self.facts, self.shown]
        return [part for part in asked if part is not None]

    def _hush(self) -> None:
        """More rows were asked for: what was typed comes back as it is, without being judged yet."""
        for form in [*self.parts(), *(row for rows in self.rows for row in rows.forms)]:
            form._errors = ErrorDict()
        for rows in self.rows:
            rows.hush()

    def is_valid(self) -> bool:
        if self.more:
            return False
        valid = [
            *(part.is_valid() for part in self.parts()),
            *(rows.is_valid() for rows in self.rows),
        ]  # each, so that each shows its errors
        return all(valid)

    def profile_facts(self) -> dict[str, Any]:
        facts = self.facts.facts()
        if self.organisation:  # the profile is found by its organisation's place and size
            place = self.organisation.facts()
            place.pop("name")
            facts.update(place)
        return {**facts, **(self.shown.cleaned_data if self.shown else {})}

    def items(self) -> list[ItemData]:
        language = self.facts.cleaned_data["language"]
        return [*(item for rows in self.rows for item in rows.items(language)), *self.brought]

    @property
    def trl_help(self) -> list[tuple[str, str]]:
        trl = pack().trl
        return [(f"{code} · {label}", trl.text(code, "help")) for code, label in trl.choices()]

    @property
    def stage_help(self) -> list[tuple[str, str]]:
        stages = pack().stages
        return [(label, stages.text(code, "help")) for code, label in stages.choices()]

    # What <c-error_summary> reads of a form
    @property
    def errors(self) -> bool:
        return any(form.errors for form in self.parts()) or any(
            rows.total_error_count() for rows in self.rows if rows.is_bound
        )

    def non_field_errors(self) -> list[str]:
        return [str(error) for form in self._all() for error in form.non_field_errors()]

    def __iter__(self) -> Iterator[BoundField]:
        """As the page shows them: consents are asked for last, so what is wrong with them is told last."""
        fields = [field for form in self._all() for field in form]
        yield from sorted(fields, key=lambda field: field.name in JoinForm.CONSENTS)

    def _all(self) -> Iterator[forms.Form]:
        yield from self.parts()
        for rows in self.rows:
            yield from rows.forms

    def add_error(self, error: Exception) -> None:
        """An action's refusal, beside the field that it names where there is such a field."""
        named = getattr(error, "error_dict", None) or {"__all__": getattr(error, "error_list", [error])}
        for name, errors in named.items():
            form = next((form for form in self.parts() if name in form.fields), self.facts)
            for one in errors:
                form.add_error(name if name in form.fields else None, one)
