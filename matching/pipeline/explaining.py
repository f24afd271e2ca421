"""Reasons in full: the sentence that carries each match, and the words that matter in both.

It takes the model one pass per text, so it is not done for every pair while ranking. A match is stored at
once with the sentence that spelling finds; its row says (`explain_at`) when it is to be explained: first what
somebody is looking at, then the best of whom a person waits for. The same words are explained once.
"""

import hashlib
import logging
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import lru_cache
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from ..encoder import Encoder, Kind
from ..models import Explanation, Match, MatchQuerySet, Strength
from ..passages import sentence_spans
from ..ranking import LANGUAGES
from ..ranking.anchors import NEEDS, OFFERS
from ..ranking.contributions import Carried, Centres, Parts, Side, Span, carried
from .claims import claimed_until
from .reasons import tell

logger = logging.getLogger(__name__)
FORMAT = "3"  # raised whenever the same words would be explained otherwise
FIRST = 20  # of a list: what a reader sees before asking for more
MAILED = 100  # of those that may be written about at once
SLICE = 8  # matches at a time
CHUNK = 500
AHEAD = timedelta(hours=1)  # by which what somebody looks at overtakes the rest
RETRY = timedelta(hours=6)  # after which words that could not be read are read again
KEPT = timedelta(days=180)  # of an explanation; those in matches and letters stay

Row = dict[str, Any]  # one need of a reason, see reasons.py
Key = tuple[str, str]  # hashes of the need's words and of the passage's


def choose(found: Sequence[Match]) -> None:
    """Mark which of one subject's new matches are to be explained: those that are seen or mailed first."""
    now = timezone.now()
    for place, row in enumerate(sorted(found, key=lambda match: -match.score)):
        mailed = row.strength in (Strength.STRONG, Strength.GOOD) and place < MAILED
        if not row.reason.get("explained") and (place < FIRST or mailed):
            row.explain_at = now


def ask_for(matches: Iterable[Match]) -> bool:
    """Somebody looks at these: their turn is next. True when there is anything to explain."""
    soon, now = timezone.now() - AHEAD, timezone.now()
    later = [match for match in matches if match.explain_at is None or soon < match.explain_at <= now]
    ids = [match.pk for match in later if not match.reason.get("explained")]
    if not ids:
        return False
    rows = Match.objects.filter(pk__in=ids)
    rows = rows.filter(explain_at=None) | rows.filter(explain_at__gt=soon, explain_at__lte=timezone.now())
    return bool(rows.update(explain_at=soon))


def recall(matches: Sequence[Match], model: str) -> None:
    """Fill in, in memory, what is known already of new matches' reasons."""
    wanted = {key for match in matches for row in match.reason["needs"] if (key := key_of(row))}
    found = known(wanted, model) if wanted else {}
    for match in matches:
        match.reason = filled(match.reason, found)


def completed(reason: dict[str, Any]) -> dict[str, Any]:
    """A stored reason with what was found out since it was stored."""
    wanted = {key for row in reason.get("needs", []) if (key := key_of(row))}
    if not wanted or reason.get("explained"):
        return dict(reason)
    return filled(reason, known(wanted, reason.get("model", "")))


def anything_waiting() -> bool:
    return due().exists()


def due() -> MatchQuerySet:
    return Match.objects.current().filter(explain_at__lte=timezone.now())


def work(encoder: Encoder, deadline: float) -> bool:
    """Explain what is due, at least a few matches. True while there is more."""
    while rows := claim():
        explain(rows, encoder)
        if time.monotonic() > deadline:
            return anything_waiting()
    Explanation.objects.filter(made_at__lt=timezone.now() - KEPT).delete()
    return False


def claim() -> list[Match]:
    """A few of those due, nobody else's: a worker that dies loses them by the clock."""
    until = claimed_until()
    waiting = due().order_by("explain_at", "-score", "pk")[:SLICE]
    return [
        row
        for row in waiting
        if Match.objects.filter(pk=row.pk, explain_at=row.explain_at).update(explain_at=until)
    ]


def explain(matches: Sequence[Match], encoder: Encoder) -> None:
    """Write the full reasons of some matches; one that was matched anew meanwhile keeps its new reason."""
    tell(matches)
    rows = [row for match in matches for row in match.reason["needs"]]
    wanted = {key: row for row in rows if (key := key_of(row))}
    found = known(wanted, encoder.name)
    missing = {key: row for key, row in wanted.items() if key not in found}
    if missing:
        made = Explainer(encoder).explain(missing)
        with transaction.atomic():
            Explanation.objects.bulk_create(
                made.values(),
                batch_size=CHUNK,
                update_conflicts=True,
                unique_fields=["need_hash", "passage_hash", "model"],
                update_fields=["sentence", "evidence", "need", "error", "made_at"],
            )
        found |= made
    for match in matches:
        row = Match.objects.filter(pk=match.pk, made_at=match.made_at)
        row.update(reason=filled(match.reason, found), explain_at=None)


def known(keys: Iterable[Key], model: str) -> dict[Key, Explanation]:
    """Explanations of these words, asked for by the side with fewer texts; what failed is tried again."""
    wanted = set(keys)
    needs, passages = sorted({need for need, _ in wanted}), sorted({passage for _, passage in wanted})
    name, hashes = ("need_hash", needs) if len(needs) <= len(passages) else ("passage_hash", passages)
    found: dict[Key, Explanation] = {}
    for start in range(0, len(hashes), CHUNK):
        rows = Explanation.objects.filter(model=model, **{f"{name}__in": hashes[start : start + CHUNK]})
        rows = rows.filter(Q(error="") | Q(made_at__gt=timezone.now() - RETRY))
        found |= {key: row for row in rows if (key := (row.need_hash, row.passage_hash)) in wanted}
    return found


def key_of(row: Row) -> Key | None:
    """What the explanation of one need's evidence is stored under; None where there is no evidence."""
    evidence = row["evidence"]
    if not evidence:
        return None
    return (
        digest(row["language"], row["text"]),
        digest(evidence["language"], evidence["title"], evidence["text"]),
    )


@lru_cache(maxsize=4096)
def digest(*words: str) -> str:
    return hashlib.sha256("\x00".join([FORMAT, *words]).encode("utf-8", "replace")).hexdigest()


def filled(reason: dict[str, Any], found: dict[Key, Explanation]) -> dict[str, Any]:
    """A reason with the sentence and marks of those needs that are explained; `explained` when all are."""
    needs = []
    complete = True
    for row in reason["needs"]:
        key = key_of(row)
        explanation = found.get(key) if key else None
        done = explanation is not None and not explanation.error
        complete = complete and (key is None or done)
        needs.append(_shown(row, explanation) if explanation and done else row)
    return reason | {"needs": needs} | ({"explained": True} if complete else {})


def _shown(row: Row, explanation: Explanation) -> Row:
    """The sentence and, as places in what is shown, the `marks` of the need and of the evidence."""
    text = row["evidence"]["text"]
    start, end = explanation.sentence
    starts, ends = zip(*sentence_spans(text), strict=True)
    before, after = "" if start in starts else "… ", "" if end in ends else " …"
    moved = len(before) - start
    inside = [[a + moved, b + moved] for a, b in explanation.evidence if start <= a and b <= end]
    title = title_of(text, row["evidence"]["title"])
    beside = [[a - title[0], b - title[0]] for a, b in explanation.evidence if title and b <= title[1]]
    sentence = f"{before}{text[start:end]}{after}"
    evidence = row["evidence"] | {"sentence": sentence, "marks": inside, "title_marks": beside}
    return row | {"evidence": evidence, "marks": explanation.need}


@dataclass
class Explainer:
    """Explains pairs of texts, reading each text once."""

    encoder: Encoder
    parts: dict[tuple[str, Kind], Parts] = field(default_factory=dict)

    def explain(self, rows: dict[Key, Row]) -> dict[Key, Explanation]:
        """An explanation for every key; where the words cannot be read, one that says so."""
        try:
            self.read((row["text"] for row in rows.values()), "query")
            self.read((row["evidence"]["text"] for row in rows.values()), "passage")
            return {key: self.explanation(key, row) for key, row in rows.items()}
        except Exception as error:
            if len(rows) > 1:
                return {key: self.explain({key: row})[key] for key, row in rows.items()}
            logger.exception("A reason cannot be explained")
            return {key: self._failed(key, repr(error)) for key in rows}

    def read(self, texts: Iterable[str], kind: Kind) -> None:
        new = [text for text in dict.fromkeys(texts) if (text, kind) not in self.parts]
        if new:
            self.parts |= zip(((text, kind) for text in new), self.encoder.parts(new, kind), strict=True)

    def explanation(self, key: Key, row: Row) -> Explanation:
        found = self.carried(row)
        return Explanation(
            model=self.encoder.name,
            need_hash=key[0],
            passage_hash=key[1],
            sentence=list(found.sentence),
            evidence=[list(span) for span in found.evidence],
            need=[list(span) for span in found.need],
        )

    def carried(self, row: Row) -> Carried:
        evidence = row["evidence"]
        need = Side(row["text"], LANGUAGES.index(row["language"]), self.parts[row["text"], "query"])
        words = self.parts[evidence["text"], "passage"]
        passage = Side(evidence["text"], LANGUAGES.index(evidence["language"]), words)
        title = title_of(passage.text, evidence["title"])
        sentences = [span for span in sentence_spans(passage.text) if span != title]
        return carried(need, passage, sentences, centres(self.encoder), title)

    def _failed(self, key: Key, error: str) -> Explanation:
        need, passage = key
        return Explanation(
            model=self.encoder.name, need_hash=need, passage_hash=passage, sentence=[0, 0], error=error[:2000]
        )


def title_of(text: str, title: str) -> Span | None:
    """Where a passage's title stands, when it is a sentence of its own beside others."""
    spans = sentence_spans(text)
    same = (span for span in spans if text[slice(*span)].rstrip(".") == title.rstrip("."))
    return next(same, None) if title and len(spans) > 1 else None


_centres: dict[str, Centres] = {}


def centres(encoder: Encoder) -> Centres:
    """The mean token of each language, by the general texts that statistics start from too; read once."""
    if encoder.name not in _centres:
        needs = [encoder.parts(NEEDS[language], "query") for language in LANGUAGES]
        given = [encoder.parts(OFFERS[language], "passage") for language in LANGUAGES]
        _centres[encoder.name] = Centres.of(needs, given)
    return _centres[encoder.name]
