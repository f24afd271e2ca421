"""What the text of a challenge seems to be about, for its author to accept or not."""

from dataclasses import dataclass, field
from typing import Any

from accounts.countries import get_pack
from hubs.models import Challenge

from .asking import ask

WAIT = 2.0  # seconds: somebody asked for it, and reads on meanwhile
LONGEST = 4000  # characters
# What the wizard's fields are called, and the tables of the country's pack that they choose from
TABLES = {"sector": "sectors", "fields": "fields", "sdgs": "sdgs"}


@dataclass(frozen=True)
class Suggestion:
    """One entry that the author may take over. `take` is what the wizard's button says."""

    label: str
    take: str


@dataclass(frozen=True)
class Suggested:
    """By the wizard's field. `answered`: whether a worker was there to read the text at all."""

    answered: bool
    found: dict[str, list[Suggestion]] = field(default_factory=dict)

    @property
    def anything(self) -> bool:
        return any(self.found.values())


def suggestions(challenge: Challenge) -> Suggested:
    """What is near to its text and not chosen yet."""
    words = words_of(challenge)
    if not words:
        return Suggested(answered=True)
    question = {
        "text": words,
        "language": challenge.language,
        "tables": list(TABLES.values()),
        "country": challenge.country,
    }
    answer = ask("suggest", question, WAIT)
    if answer is None or answer.get("failed"):
        return Suggested(answered=False)
    return Suggested(answered=True, found={name: _entries(challenge, name, answer) for name in TABLES})


def words_of(challenge: Challenge) -> str:
    """The problem and the needs, without the brackets of templates."""
    texts = [challenge.title, challenge.summary, *(need.text for need in challenge.needs.all())]
    return "\n\n".join(text for text in [*texts, challenge.description] if text.strip())[:LONGEST]


def _entries(challenge: Challenge, name: str, answer: dict[str, Any]) -> list[Suggestion]:
    chosen = getattr(challenge, name)
    if name == "sector" and chosen:
        return []
    table = getattr(get_pack(challenge.country), TABLES[name])
    codes = [code for code, _ in answer.get(TABLES[name], []) if code in table and code not in chosen]
    return [Suggestion(_label(name, code, table.label(code)), f"{name}:{code}") for code in codes]


def _label(name: str, code: str, label: str) -> str:
    return f"{code}. {label}" if name == "sdgs" else label
