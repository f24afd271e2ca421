"""A stored reason as its reader sees it: in their language where the author gave one, with marked words, and
what would make it stronger."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import FilteredRelation, Q
from django.utils.translation import get_language

from accounts.models import ProfileItem, Translation
from hubs.models import Challenge

from .models import Passage
from .passages import sentence_spans

SHORT = 400  # characters of a translation that are shown whole when its sentences cannot be told apart

Marks = list[list[int]]


@dataclass
class NeedShown:
    """One need beside what answers it, ready for <c-evidence>. Marks are places in the text they go with."""

    text: str
    language: str
    weight: str
    strength: str = ""
    elsewhere: bool = False
    marks: Marks = field(default_factory=list)
    evidence: str = ""
    evidence_language: str = ""
    evidence_marks: Marks = field(default_factory=list)
    source: str = ""
    source_marks: Marks = field(default_factory=list)
    title: str = ""
    kind: str = ""
    year: int | None = None
    link: str = ""
    item: int | None = None
    pk: int | None = None  # of the need


Lists = tuple[list[NeedShown], list[NeedShown], list[NeedShown]]


@dataclass(frozen=True)
class Items:
    """What is known now of the items that some reasons name: their authors' translations into the reader's
    language, by item and field, and those that their owners keep out of matching."""

    translations: Mapping[tuple[int, str], str] = field(default_factory=dict)
    kept_out: frozenset[int] = frozenset()

    @classmethod
    def of(cls, reasons: Iterable[dict[str, Any]]) -> "Items":
        """In one query at most, however many reasons."""
        wanted = (get_language() or "")[:2]
        rows = [row["evidence"] for reason in reasons for row in reason.get("needs", []) if row["covered"]]
        named = {evidence["item_id"]: evidence["language"] for evidence in rows if evidence.get("item_id")}
        if not named:
            return cls()
        said = FilteredRelation("translations", condition=Q(translations__language=wanted))
        found = ProfileItem.objects.filter(pk__in=named).annotate(said=said)
        kept = found.filter(Q(represents=False) | Q(said__isnull=False))
        translations, out = {}, set()
        for item, represents, name, text in kept.values_list("pk", "represents", "said__field", "said__text"):
            if not represents:
                out.add(item)
            if name and named[item] != wanted:
                translations[item, name] = text
        return cls(translations, frozenset(out))


def needs_shown(reason: dict[str, Any], challenge: Challenge, items: Items | None = None) -> Lists:
    """A stored reason: covered needs, uncovered ones, and those sought from another side of the helix.

    What an item said that its owner has kept out of matching since is not shown: the match is about to go.
    """
    items = Items.of([reason]) if items is None else items
    translated = {need.pk: need.translations.all() for need in challenge.needs.all()}
    covered, uncovered, elsewhere = [], [], []
    for row in reason.get("needs", []):
        need = _need(row, translated.get(row["need_id"], ()))
        if row["covered"]:
            _add_evidence(need, row, items)
            if need.item not in items.kept_out:
                covered.append(need)
        elif need.elsewhere:
            elsewhere.append(need)
        else:
            uncovered.append(need)
    return covered, uncovered, elsewhere


def _need(row: dict[str, Any], translations: Iterable[Translation]) -> NeedShown:
    """Its words are marked as the poster wrote them; a translation has other words."""
    need = NeedShown(
        row["text"],
        row["language"],
        row["weight"],
        elsewhere=bool(row.get("sought_elsewhere")),
        marks=row.get("marks", []),
        pk=row["need_id"],
    )
    wanted = (get_language() or "")[:2]
    if row["language"] != wanted:
        for translation in translations:
            if translation.field == "text" and translation.language == wanted:
                need.text, need.language, need.marks = translation.text, wanted, []
    return need


def _add_evidence(need: NeedShown, row: dict[str, Any], items: Items) -> None:
    evidence = row["evidence"]
    need.strength, need.item = row["strength"], evidence.get("item_id")
    need.evidence = evidence["sentence"] or evidence["text"]
    need.evidence_language, need.evidence_marks = evidence["language"], evidence.get("marks", [])
    need.title, need.kind = evidence["title"], evidence["kind"]
    need.year, need.link = evidence["year"], evidence["link"]
    if need.item:
        _translate(need, evidence, items)
    kinds = dict(ProfileItem.EvidenceKind.choices) | dict(Passage.Role.choices)
    kind = str(kinds.get(need.kind, ""))
    title = need.title if need.title != need.evidence else ""
    need.source = f"{kind}: {title}" if kind and title else title or kind
    if title and title == evidence["title"]:
        before = len(need.source) - len(title)
        need.source_marks = [[a + before, b + before] for a, b in evidence.get("title_marks", [])]
    if evidence["source"]:
        need.source = f"{need.source} ({evidence['source']})"


def _translate(need: NeedShown, evidence: dict[str, Any], items: Items) -> None:
    """The author's own translation of the sentence, where it can be found; without marks: other words."""
    text = items.translations.get((need.item or 0, "text"), "")
    title = items.translations.get((need.item or 0, "title"), "")
    shown = _same_sentence(evidence, text) if text else title if need.evidence == evidence["title"] else ""
    if shown:
        need.evidence, need.evidence_marks = shown, []
        need.evidence_language = (get_language() or "")[:2]
        need.title = title or need.title


def _same_sentence(evidence: dict[str, Any], translation: str) -> str:
    """The sentence in the same place, when both say their thing in as many sentences; a short one whole."""
    text, title = evidence["text"], evidence["title"].rstrip(".")
    ours = [text[a:b] for a, b in sentence_spans(text) if text[a:b].rstrip(".") != title]
    theirs = [translation[a:b] for a, b in sentence_spans(translation)]
    if len(ours) == len(theirs) and evidence["sentence"] in ours:
        return theirs[ours.index(evidence["sentence"])]
    return translation if len(translation) <= SHORT else ""
