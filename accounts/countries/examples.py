"""Examples of a country pack: how somebody filled in a field well. A pack may have none."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from .tables import pick_language


@dataclass(frozen=True)
class Example:
    """What was written, in which language, and why it is good."""

    text: str
    language: str
    why: str


def examples(country: str, kind: str, language: str | None = None) -> dict[str, Example]:
    """By field, from `<kind>_examples.yaml` of the pack, in a language or the active one."""
    entries = _read(country.lower(), kind)
    found = {}
    for name, entry in entries.items():
        chosen = pick_language(language, tuple(entry["text"]))
        found[name] = Example(entry["text"][chosen].strip(), chosen, entry["why"][chosen].strip())
    return found


@cache
def _read(country: str, kind: str) -> dict[str, dict[str, Any]]:
    path = Path(__file__).parent / country / f"{kind}_examples.yaml"
    if not path.is_file():
        return {}
    entries: dict[str, dict[str, Any]] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return entries
