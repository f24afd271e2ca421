"""Challenge templates of a country pack: what an official who never wrote a challenge starts from."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class TemplateNeed:
    """One thing the challenge looks for: how much it weighs, and from whom it is sought."""

    text: str
    weight: str  # must, strong, nice
    sought: str  # academia, startup, company, government, anyone


@dataclass(frozen=True)
class ChallengeTemplate:
    """A challenge to be filled in, in one language."""

    key: str
    name: str
    title: str
    summary: str
    description: str
    needs: tuple[TemplateNeed, ...]
    sdgs: tuple[str, ...]


def in_language(entry: dict[str, Any], language: str) -> ChallengeTemplate:
    """One entry of `challenge_templates.yaml` in one of the pack's languages."""
    return ChallengeTemplate(
        key=entry["key"],
        name=entry["name"][language],
        title=entry["title"][language],
        summary=entry["summary"][language],
        description=entry["description"][language].strip(),
        needs=tuple(TemplateNeed(need[language], need["weight"], need["sought"]) for need in entry["needs"]),
        sdgs=tuple(entry["sdgs"]),
    )
