"""Country packs: what differs between countries, as data in one folder per ISO 3166 code.

A further country is a folder with a `pack.yaml`, the tables it names, `notices/`, `challenge_templates.yaml`
and, for its own identifiers, a module of checks. Nothing outside that folder changes.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from django.core.exceptions import ImproperlyConfigured
from django.utils.module_loading import import_string

from accounts.countries.tables import Choices, Table, pick_language, read_table
from accounts.countries.templates import ChallengeTemplate, in_language

_PLACEHOLDER = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True)
class Identifier:
    """An identifier that only this country gives: who holds it, and the function that checks it."""

    name: str
    check: str
    holder: str  # person or organisation
    labels: Mapping[str, str]
    helps: Mapping[str, str]

    def label(self, language: str | None = None) -> str:
        return self.labels[pick_language(language, tuple(self.labels))]

    def help(self, language: str | None = None) -> str:
        return self.helps[pick_language(language, tuple(self.helps))]


@dataclass(frozen=True, eq=False)
class Pack:
    """One country, read once per process."""

    code: str
    names: Mapping[str, str]
    languages: tuple[str, ...]
    time_zone: str
    currency: str
    phone_prefix: str
    date_formats: Mapping[str, Mapping[str, str]]
    theme: Mapping[str, str]
    identifiers: Mapping[str, Identifier]
    sources: Mapping[str, Mapping[str, Any]]
    notice_version: str
    regimes: Mapping[str, Mapping[str, Any]]
    notices: Mapping[str, str]
    states: Table
    fields: Table
    broad_fields: Table
    sectors: Table
    sdgs: Table
    trl: Table
    stages: Table
    sizes: Table
    government_levels: Table
    templates: Mapping[str, tuple[ChallengeTemplate, ...]]

    def name(self, language: str | None = None) -> str:
        return self.names[pick_language(language, self.languages)]

    def field_groups(self, language: str | None = None) -> list[tuple[str, Choices]]:
        """Fields of science under their broad field, as a grouped `<select>` takes them."""
        labels = dict(self.fields.choices(language))
        return [
            (label, [(row.code, labels[row.code]) for row in self.fields if row.parent == broad])
            for broad, label in self.broad_fields.choices(language)
        ]

    def notice(self, kind: str, regime: str, operator: str, contact: str, language: str | None = None) -> str:
        """Markdown of the notice `kind` ("privacy" or "privacy_short") under the law of `regime`."""
        if regime not in self.regimes:
            known = ", ".join(self.regimes)
            raise ImproperlyConfigured(f"No privacy regime “{regime}” in {self.code}; there are: {known}")
        chosen = pick_language(language, self.languages)
        words = {"operator": operator, "contact": contact, "version": self.notice_version}
        for name, value in self.regimes[regime].items():
            words[name] = _fill(value[chosen], words) if isinstance(value, Mapping) else str(value)
        return _fill(self.notices[f"{kind}.{chosen}"], words)

    def challenge_templates(self, language: str | None = None) -> tuple[ChallengeTemplate, ...]:
        return self.templates[pick_language(language, self.languages)]

    def state_slug(self, code: str) -> str:
        """A state's place in addresses: "jal"."""
        return self.states.value(code, "iso").rpartition("-")[2].lower() or code.lower()

    def state_at(self, slug: str) -> str | None:
        """The state at that place in an address."""
        return next((code for code in self.states.codes if self.state_slug(code) == slug), None)

    def check(self, name: str, value: str) -> str:
        """The identifier `name` in its stored form; ValidationError where `value` is none."""
        if name not in self.identifiers:
            raise ImproperlyConfigured(f"{self.code} has no identifier “{name}”")
        return str(import_string(self.identifiers[name].check)(value))


def _fill(text: str, words: Mapping[str, str]) -> str:
    """`text` with its {names} replaced, in one pass so that braces in a name are left alone."""
    return _PLACEHOLDER.sub(lambda found: words[found[1]], text)


def _identifier(name: str, entry: Mapping[str, Any]) -> Identifier:
    return Identifier(name, entry["check"], entry["holder"], entry["label"], entry["help"])


def _templates(folder: Path, languages: tuple[str, ...]) -> dict[str, tuple[ChallengeTemplate, ...]]:
    entries = yaml.safe_load((folder / "challenge_templates.yaml").read_text(encoding="utf-8"))
    return {language: tuple(in_language(entry, language) for entry in entries) for language in languages}


def _read(folder: Path) -> Pack:
    facts: dict[str, Any] = yaml.safe_load((folder / "pack.yaml").read_text(encoding="utf-8"))
    languages = facts["languages"] = tuple(facts["languages"])
    identifiers = facts.pop("identifiers")
    facts["sources"] = facts.pop("tables")
    tables: dict[str, Any] = {
        name: read_table(folder / f"{name}.csv", languages) for name in facts["sources"]
    }
    fields: Table = tables.pop("fields")
    return Pack(
        **facts,
        **tables,
        fields=fields.leaves(),
        broad_fields=fields.roots(),
        identifiers={name: _identifier(name, entry) for name, entry in identifiers.items()},
        notices={path.stem: path.read_text(encoding="utf-8") for path in folder.glob("notices/*.md")},
        templates=_templates(folder, languages),
    )


def load_pack(folder: Path) -> Pack:
    """The pack in `folder`; ImproperlyConfigured, with what is wrong, where it is not whole."""
    try:
        return _read(folder)
    except (OSError, KeyError, TypeError, yaml.YAMLError) as error:
        raise ImproperlyConfigured(f"The country pack in {folder} is not whole: {error!r}") from error


@cache
def _load_once(iso: str) -> Pack:
    return load_pack(Path(__file__).parent / iso)


def get_pack(code: str) -> Pack:
    """The pack of the country with this ISO 3166 code, in capitals or not."""
    iso = code.strip().lower()
    if not re.fullmatch(r"[a-z]{2}", iso) or not (Path(__file__).parent / iso / "pack.yaml").is_file():
        raise ImproperlyConfigured(f"There is no country pack for “{code}” under accounts/countries/")
    return _load_once(iso)
