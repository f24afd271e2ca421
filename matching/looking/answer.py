"""A worker's answer to an anonymous text: plain data, for the cache alone."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from accounts.reading.pdf import PdfError, text_of

from .. import pipeline
from ..encoder import Encoder
from ..models import Statistics
from ..pipeline import yardstick
from ..ranking import ENGINE, LANGUAGES
from . import coverage, fits, record, text
from .record import Record

MOST_PAGES = 12  # of an uploaded file: more would not be read in time


def answered(key: str) -> dict[str, Any]:
    """What the text under a key fits: {"kind", "fits": [...], "needs": [...]}, or {"error": why}."""
    found = record.read(key)
    if found is None:
        return {"error": "gone"}
    if found.file:
        try:
            found.text = text_of(found.file, MOST_PAGES)
        except PdfError as error:
            return {"error": error.why}
        found.file = b""
        record.write(key, found)
    encoder = pipeline.encoder()
    statistics = _statistics(encoder)
    if statistics is None:
        return {"error": "unready"}
    return looked_at(found, encoder, statistics)


def looked_at(found: Record, encoder: Encoder, statistics: Any) -> dict[str, Any]:
    pieces = text.pieces(found.text)
    if not pieces:
        return {"error": "empty"}
    problem = found.kind == "problem" or (not found.kind and text.is_problem(found.text))
    gives = fits.rows_of(pieces, found.language, encoder)
    answer: dict[str, Any] = {
        "kind": "problem" if problem else "offer",
        "fits": [asdict(fit) for fit in fits.challenges_fitting(gives, encoder, statistics)],
        "needs": [],
    }
    if problem:
        answer["needs"] = _needs(text.needs(found.text) or pieces[:1], found.language, encoder, statistics)
    return answer


def _needs(asked: Sequence[str], hint: str, encoder: Encoder, statistics: Any) -> list[dict[str, Any]]:
    needs = coverage.needs_of(asked, hint, encoder)
    counts = coverage.who_could(needs, encoder, statistics)
    languages = [LANGUAGES[place] for place in needs.languages.tolist()]
    return [
        {"text": said, "language": language, **asdict(count)}
        for said, language, count in zip(asked, languages, counts, strict=True)
    ]


def _statistics(encoder: Encoder) -> Any:
    """Those that are shown, if this engine and model made them; measuring some here would be a row."""
    row = Statistics.objects.filter(current=True, model=encoder.name, engine=ENGINE).defer("data").first()
    return yardstick.known(row.version) if row else None
