"""Bytes of any of the formats to what they say. Knows no Django; nothing leaves this machine."""

import json
from collections import Counter
from typing import Any

from . import bibtex, cv, cvu, openalex, orcid, pdf, ris
from .duplicates import without_repeats
from .found import MOST_ITEMS, Found, Item, UnreadError
from .people import likeness
from .words import decoded, language_of

MOST_BYTES = 5_000_000
OFFICE = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")  # Word and Excel, new and old
FEWEST = 40  # characters that a pasted text needs, to be worth a page


def read(data: bytes, *, organisation: bool = False, name: str = "") -> Found:
    """What an upload or a paste says. `organisation`: it is about one, not about a person; `name`: whose
    works are wanted, where that is known. Raises UnreadError."""
    found = _read(data, organisation)
    names = [name, found.name, *found.names]
    # One's own first, the newest of them: only of those is looked whether they are told twice.
    found.items.sort(key=lambda item: (item.role == "evidence", not is_by(item, names), -(item.year or 0)))
    told = len(found.items)
    found.items, again = without_repeats(found.items, most=MOST_ITEMS)
    found.left_out.update({"again": again, "more": told - again - len(found.items)})
    found.left_out += Counter()  # without those that count nothing
    for item in found.items:
        item.language = language_of(f"{item.title}. {item.text}", item.language or found.language)
    if found.is_empty():
        raise UnreadError("empty")
    return found


def is_by(item: Item, names: list[str]) -> bool:
    """Whether nobody else's: works without authors, and without anybody to look for, are taken as one's
    own."""
    known = [name for name in names if name]
    if not item.authors or not known:
        return True
    return any(likeness(name, author) != "different" for name in known for author in item.authors)


def _read(data: bytes, organisation: bool) -> Found:
    if len(data) > MOST_BYTES:
        raise UnreadError("large")
    if pdf.is_pdf(data):
        try:
            return cv.read(pdf.text_of(data), organisation=organisation)
        except pdf.PdfError as error:
            raise UnreadError(error.why) from None
    if data.startswith(OFFICE):
        raise UnreadError("office")
    text = decoded(data)
    start = text.lstrip()[:1]
    if start in ("{", "["):
        return _json(text)
    return _xml(data) if start == "<" else _plain(text, organisation)


def _plain(text: str, organisation: bool) -> Found:
    for looks, reads in ((bibtex.is_bibtex, bibtex.read), (ris.is_ris, ris.read), (cvu.is_table, cvu.read)):
        if looks(text):
            return reads(text)
    if len(text.strip()) < FEWEST or "\ufffd" in text[:200]:
        raise UnreadError("format")
    return cv.read(text, organisation=organisation)


def _json(text: str) -> Found:
    try:
        data: Any = json.loads(text)
    except (ValueError, RecursionError):
        raise UnreadError("json") from None
    if orcid.is_orcid(data):
        return orcid.read(data)
    if openalex.is_openalex(data):
        return openalex.read(data)
    raise UnreadError("json")


def _xml(data: bytes) -> Found:
    from defusedxml.common import DefusedXmlException
    from defusedxml.ElementTree import ParseError

    try:
        record = orcid.of_xml(data)
    except (DefusedXmlException, ParseError, ValueError, RecursionError):
        raise UnreadError("xml") from None
    if not orcid.is_orcid(record):
        raise UnreadError("xml")
    return orcid.read(record)
