"""RIS: what Scopus, Web of Science, EndNote, Mendeley, Redalyc and SciELO hand out."""

import re
from typing import Any

from .found import Found, Item
from .words import clean, link_of, year_of

KINDS = {
    "THES": "thesis",
    "COMP": "code",
    "DATA": "code",
    "DBASE": "code",
    "PAT": "product",
    "GRNT": "project",
}
FIRST = re.compile(r"^\s*TY\s{1,3}-", re.M)
ENTRY = re.compile(r"^\s*TY\s{1,3}-.*?(?=^\s*TY\s{1,3}-|\Z)", re.M | re.S)
TITLES = ("primary_title", "title", "tertiary_title", "short_title")
PLACES = ("journal_name", "secondary_title", "alternate_title1", "alternate_title3", "publisher")


def is_ris(text: str) -> bool:
    return bool(FIRST.search(text))


def read(text: str) -> Found:
    """Each record with a title; one that is broken takes no other with it."""
    import rispy

    found = Found("ris")
    for block in ENTRY.findall(text):
        try:
            records = rispy.loads(_tidy(block), skip_unknown_tags=True)
        except (rispy.parser.ParseError, OSError, KeyError, IndexError, ValueError):
            found.left_out["broken"] += 1
            continue
        for record in records:
            item = _item(record)
            if item is None:
                found.left_out["untitled"] += 1
            else:
                found.items.append(item)
    return found


def _tidy(block: str) -> str:
    """One record as the standard has it: two blanks, a hyphen and one blank; and an end."""
    lines = [re.sub(r"^\s*([A-Z][A-Z0-9])\s{1,3}-[ \t]?", r"\1  - ", line) for line in block.split("\n")]
    lines = [line for line in lines if line[:2] != "ER" and line.strip()]
    return "\n".join([*lines, "ER  - ", ""])


def _item(record: dict[str, Any]) -> Item | None:
    title = next((clean(record[name]) for name in TITLES if record.get(name)), "").strip(' "')
    if not title:
        return None
    place = next((clean(record[name]) for name in PLACES if record.get(name)), "")
    abstract = clean(record.get("abstract") or record.get("notes_abstract") or "")
    authors = [*record.get("authors", []), *record.get("first_authors", []), *record.get("author", [])]
    return Item(
        role="evidence",
        kind=KINDS.get(str(record.get("type_of_reference", "")), "publication"),
        title=title,
        text=abstract or place,
        year=year_of(record.get("year") or record.get("publication_year") or record.get("date")),
        link=link_of(record.get("doi"), *(str(each) for each in record.get("urls", []))),
        authors=[clean(name) for name in authors if clean(name)][:100],
    )
