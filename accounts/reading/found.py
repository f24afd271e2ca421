"""What a file said about somebody: facts and items, not yet anybody's profile. Knows no Django."""

from collections import Counter
from dataclasses import asdict, dataclass, field
from typing import Any

MOST_ITEMS = 300  # more ticks than these nobody goes through
TITLE, TEXT, LINK, SUMMARY, NAME = 300, 4000, 500, 2000, 120


class UnreadError(ValueError):
    """Why nothing was read: "empty", "large", "format", "json", "xml", or what `pdf.PdfError` says. Holds
    nothing of the file."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass
class Item:
    """An offer, something sought, or a piece of evidence, in the words of the file."""

    role: str  # offer, seek, evidence
    kind: str = ""  # of evidence: as ProfileItem.EvidenceKind
    title: str = ""
    text: str = ""
    year: int | None = None
    link: str = ""
    language: str = ""
    authors: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        if len(self.title) > TITLE:  # the title in full goes to the head of the text
            self.text = f"{self.title}\n{self.text}".strip()
            self.title = self.title[: TITLE - 1].rstrip() + "…"
        self.text = self.text[:TEXT]
        self.link = self.link if len(self.link) <= LINK else ""


@dataclass
class Found:
    """`source` is the format; `left_out` counts, by reason, what the file held and this does not."""

    source: str
    name: str = ""
    names: list[str] = field(default_factory=list)  # under which the same person publishes
    orcid: str = ""
    institution: str = ""
    country: str = ""  # ISO 3166, where somebody lives
    summary: str = ""
    language: str = ""  # of the summary
    fields: list[str] = field(default_factory=list)  # codes of FORD
    website: str = ""
    items: list[Item] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)

    def is_empty(self) -> bool:
        return not (self.name or self.summary or self.items or self.orcid)

    def as_json(self) -> dict[str, Any]:
        return asdict(self) | {"left_out": dict(self.left_out)}

    @classmethod
    def of_json(cls, data: dict[str, Any]) -> "Found":
        items = [Item(**item) for item in data["items"]]
        return cls(**data | {"items": items, "left_out": Counter(data["left_out"])})
