"""BibTeX: what reference managers, Google Scholar and every publisher hand out."""

import logging
import re
from typing import Any

from .found import Found, Item
from .words import clean, doi_of, link_of, of_latex, year_of

KINDS = {
    "phdthesis": "thesis",
    "mastersthesis": "thesis",
    "thesis": "thesis",
    "software": "code",
    "dataset": "code",
    "patent": "product",
}
BLOCK = re.compile(r"@\s*([a-zA-Z]+)\s*[{(]")
AND = re.compile(r"\s+and\s+", re.I)


def is_bibtex(text: str) -> bool:
    return any(found[1].lower() not in ("string", "comment", "preamble") for found in BLOCK.finditer(text))


def read(text: str) -> Found:
    """Each entry with a title; also those whose key came before, and those after a broken one."""
    found = Found("bibtex")
    for kind, fields in _entries(text, found):
        item = _item(kind, fields)
        if item is None:
            found.left_out["untitled"] += 1
        else:
            found.items.append(item)
    return found


def _entries(text: str, found: Found) -> list[tuple[str, dict[str, str]]]:
    from bibtexparser.entrypoint import parse_string
    from bibtexparser.model import DuplicateBlockKeyBlock, DuplicateFieldKeyBlock, Entry

    logging.getLogger("bibtexparser").setLevel(logging.CRITICAL)  # its warnings quote the file
    library = parse_string(text)
    entries = list(library.entries)
    for block in library.failed_blocks:
        inner: Any = block
        while isinstance(inner, DuplicateBlockKeyBlock | DuplicateFieldKeyBlock):
            inner = inner.ignore_error_block
        if isinstance(inner, Entry):
            entries.append(inner)
        else:
            found.left_out["broken"] += 1
    return [
        (entry.entry_type.lower(), {field.key.lower(): str(field.value) for field in entry.fields})
        for entry in entries
    ]


def _item(kind: str, fields: dict[str, str]) -> Item | None:
    title = of_latex(fields.get("title", "")).strip(' ."')
    if not title:
        return None
    place = next(
        (fields[name] for name in ("journal", "booktitle", "school", "publisher") if name in fields), ""
    )
    abstract = of_latex(fields.get("abstract", ""))
    return Item(
        role="evidence",
        kind=KINDS.get(kind, "publication"),
        title=title,
        text=abstract or of_latex(place),
        year=year_of(fields.get("year") or fields.get("date")),
        link=link_of(
            _plain(fields.get("doi")), _plain(fields.get("url")), _plain(fields.get("howpublished"))
        ),
        language=_language(fields),
        authors=[of_latex(name) for name in AND.split(fields.get("author", "")) if name.strip()][:100],
    )


def _plain(value: str | None) -> str:
    """A DOI or an address, whose underscores and percent signs BibTeX wants escaped."""
    value = clean(value).replace("\\", "").replace("{", "").replace("}", "")
    return value if "://" in value else doi_of(value)


def _language(fields: dict[str, str]) -> str:
    said = (fields.get("langid") or fields.get("language") or "").lower()
    return "es" if said.startswith(("es", "spa")) else "en" if said.startswith("en") else ""
