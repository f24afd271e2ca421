"""Rows of a file as records. What is wrong is named with its row and field; nothing is written here."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator, validate_email

from ..countries import Pack
from ..countries.tables import Table
from ..folding import fold
from ..identifiers import orcid, ror
from ..models import Language, Profile, ProfileItem
from .files import Problem, rows_of

LONGEST = 20_000  # characters of one text
TITLE = 300
COLUMNS = frozenset(
    (
        *("id", "kind", "name", "email", "summary", "language", "visibility", "state", "municipality"),
        *("institution", "fields", "orcid", "availability", "lives_abroad", "abroad_place"),
        *("sector", "stage", "size", "government_level", "trl", "website", "ror", "rfc", "source"),
        *("offers", "seeks", "evidence", "documents"),
    )
)


@dataclass(frozen=True)
class Defaults:
    """What a row that says nothing about it has."""

    pack: Pack
    kind: str = Profile.Kind.RESEARCHER
    language: str = Language.ES
    visibility: str = Profile.Visibility.MEMBERS
    source: str = ""


@dataclass
class Record:
    """One profile, ready to be written: facts of the profile and of its owner, and its items."""

    row: int
    key: str
    kind: str
    name: str
    profile: dict[str, Any]
    organisation: dict[str, Any] = field(default_factory=dict)
    items: list[dict[str, Any]] = field(default_factory=list)


def read(path: Path, defaults: Defaults) -> tuple[list[Record], list[Problem]]:
    """Every row of a JSON-lines or CSV file, by its ending, and every problem."""
    records: list[Record] = []
    problems: list[Problem] = []
    rows: dict[str, int] = {}
    for number, raw in rows_of(path):
        if isinstance(raw, Problem):
            problems.append(raw)
            continue
        reader = RowReader(number, raw, defaults)
        record = reader.record()
        problems.extend(reader.problems)
        if record.key in rows:
            problems.append(Problem(number, "id", f"the same as in row {rows[record.key]}: {record.key}"))
        rows.setdefault(record.key, number)
        records.append(record)
    return records, problems


class RowReader:
    """Reads one row field by field, and collects what is wrong with it."""

    def __init__(self, number: int, raw: dict[str, Any], defaults: Defaults) -> None:
        self.number, self.raw, self.defaults = number, raw, defaults
        self.problems: list[Problem] = []

    def wrong(self, name: str, message: str) -> None:
        self.problems.append(Problem(self.number, name, message))

    def record(self) -> Record:
        for name in sorted(set(self.raw) - COLUMNS):
            self.wrong(str(name), "unknown field")
        key = self.text("id", 100)
        if not key:
            self.wrong("id", "missing")
        kind = self.choice("kind", Profile.Kind.values, self.defaults.kind)
        source = self.text("source", 160) or self.defaults.source
        full = f"{source}:{key}" if source else key
        if len(full) > 120:
            self.wrong("id", "with the source's name, longer than 120 characters")
        language = self.choice("language", Language.values, self.defaults.language)
        profile = {**self.profile_facts(kind), "language": language, "source": source}
        organisation = {} if kind == Profile.Kind.RESEARCHER else self.organisation_facts(profile)
        name = self.text("name", 120 if kind == Profile.Kind.RESEARCHER else 160) or key
        return Record(self.number, full, kind, name, profile, organisation, self.items(language))

    def profile_facts(self, kind: str) -> dict[str, Any]:
        pack = self.defaults.pack
        facts: dict[str, Any] = {
            "summary": self.text("summary", LONGEST),
            "visibility": self.choice("visibility", Profile.Visibility.values, self.defaults.visibility),
            "claim_email": self.checked("email", _email).lower(),
            "state": self.code("state", pack.states, "iso"),
            "municipality": self.text("municipality", 80),
        }
        if kind == Profile.Kind.RESEARCHER:
            return facts | {
                "institution_name": self.text("institution", 160),
                "fields": self.codes("fields", pack),
                "orcid": self.checked("orcid", orcid),
                "availability": self.text("availability", 200),
                "lives_abroad": self.text("lives_abroad", 2).upper(),
                "abroad_place": self.text("abroad_place", 120),
            }
        return facts | {
            "sector": self.code("sector", pack.sectors),
            "stage": self.code("stage", pack.stages),
            "size": self.code("size", pack.sizes),
            "government_level": self.code("government_level", pack.government_levels),
            "trl": self.whole("trl", 1, 9),
        }

    def organisation_facts(self, profile: dict[str, Any]) -> dict[str, Any]:
        pack = self.defaults.pack
        shared = {name: profile[name] for name in ("state", "municipality", "size", "government_level")}
        return {
            **shared,
            "website": self.checked("website", _link),
            "ror": self.checked("ror", ror),
            "rfc": self.checked("rfc", partial(pack.check, "rfc")),
        }

    # --- Items ------------------------------------------------------------------------------------------
    def items(self, language: str) -> list[dict[str, Any]]:
        made = []
        for name, role in (
            ("offers", "offer"),
            ("seeks", "seek"),
            ("evidence", "evidence"),
            ("documents", "evidence"),
        ):
            for position, entry in enumerate(self.many(name)):
                item = self.item(f"{name}[{position + 1}]", entry, role, language)
                if item:
                    made.append(item)
        counts: dict[str, int] = {}
        for item in made:
            item["position"] = counts[item["role"]] = counts.get(item["role"], -1) + 1
        return made

    def item(self, place: str, entry: Any, role: str, language: str) -> dict[str, Any] | None:
        if isinstance(entry, str):
            entry = {"title" if role == "evidence" else "text": entry}
        if not isinstance(entry, dict):
            self.wrong(place, "neither a text nor an object")
            return None
        within = RowReader(self.number, _with_short_title(entry), self.defaults)
        item: dict[str, Any] = {
            "role": role,
            "text": within.text("text", LONGEST),
            "language": within.choice("language", Language.values, language),
            "kind": "",
            "title": "",
            "year": None,
            "link": "",
        }
        if role == ProfileItem.Role.EVIDENCE:
            kinds = ProfileItem.EvidenceKind
            item |= {
                "kind": within.choice("kind", kinds.values, kinds.PROJECT),
                "title": within.text("title", TITLE),
                "year": within.whole("year", 1900, 2100),
                "link": within.checked("link", _link),
            }
        self.problems.extend(Problem(one.row, f"{place}.{one.field}", one.message) for one in within.problems)
        return item if item["text"] or item["title"] else None

    # --- One field --------------------------------------------------------------------------------------
    def text(self, name: str, most: int) -> str:
        value = self.raw.get(name)
        if value is None:
            return ""
        if not isinstance(value, str | int | float) or isinstance(value, bool):
            self.wrong(name, "not a text")
            return ""
        text = str(value).replace("\x00", "").strip()
        if len(text) > most:
            self.wrong(name, f"longer than {most} characters ({len(text)})")
        return text

    def choice(self, name: str, known: list[str], default: str) -> str:
        value = self.text(name, 40) or default
        if value not in known:
            self.wrong(name, f"“{value}” is none of {', '.join(known)}")
            return default
        return value

    def checked(self, name: str, check: Callable[[str], Any]) -> str:
        value = self.text(name, 500)
        if not value:
            return ""
        try:
            return str(check(value))
        except ValidationError as error:
            self.wrong(name, " ".join(error.messages))
            return ""

    def code(self, name: str, table: Table, column: str = "") -> str:
        """A code, or its label in any language with or without accents."""
        value = self.text(name, 160)
        if not value:
            return ""
        if value.zfill(2) in table and value.isdigit():
            return value.zfill(2)
        for row in table:
            labels = [
                row.code,
                *(row.facts[language] for language in table.languages),
                row.facts.get(column, ""),
            ]
            if fold(value) in [fold(label) for label in labels if label]:
                return row.code
        self.wrong(name, f"“{value}” is not on the list")
        return ""

    def codes(self, name: str, pack: Pack) -> list[str]:
        found = []
        for code in self.many(name):
            if str(code) in pack.fields or str(code) in pack.broad_fields:
                found.append(str(code))
            else:
                self.wrong(name, f"“{code}” is not on the list")
        return list(dict.fromkeys(found))

    def whole(self, name: str, least: int, most: int) -> int | None:
        value = self.text(name, 12)
        if not value:
            return None
        try:
            number = int(float(value))
        except (OverflowError, ValueError):
            self.wrong(name, f"“{value}” is not a number")
            return None
        if not least <= number <= most:
            self.wrong(name, f"{number} is not between {least} and {most}")
            return None
        return number

    def many(self, name: str) -> list[Any]:
        value = self.raw.get(name)
        if value is None or value == "":
            return []
        if isinstance(value, str):
            return [value]
        if not isinstance(value, list):
            self.wrong(name, "not a list")
            return []
        return value


def _with_short_title(entry: dict[str, Any]) -> dict[str, Any]:
    """A title that is too long for one goes to the head of the text, whole."""
    title = entry.get("title")
    if not isinstance(title, str) or len(title.strip()) <= TITLE:
        return entry
    text = "\n".join(part for part in (title.strip(), str(entry.get("text") or "").strip()) if part)
    return {**entry, "title": title.strip()[: TITLE - 1].rstrip() + "…", "text": text}


def _email(value: str) -> str:
    validate_email(value)
    return value


def _link(value: str) -> str:
    URLValidator(schemes=["http", "https"])(value)
    return value
