"""The plain text of a CV or of a company's one-pager: what stands under which heading, and what is private
left out.

Nobody writes a CV like another. What is read is a first draft for its owner to correct: rather nothing than
nonsense.
"""

import re

from ..folding import fold
from . import sections
from .citations import entries, evidence
from .found import NAME, SUMMARY, Found, Item
from .sections import Section
from .words import LINK, clean, language_of, orcid_of, without_private

PAPERS = re.compile(
    r"\b(?:curriculum vitae|curr[ií]culum|hoja de vida|resume|cvu?|nombre(?: completo)?|name|"
    r"semblanza de)\b\s*[:.–-]*\s*",
    re.I,
)
TITLE = re.compile(
    r"^(?:(?:dr|dra|mtr[oa]|ing|lic|prof|profa|biol|quim|arq|mr|mrs|ms|m|msc|phd|ph\. ?d)\.?|doctora?|"
    r"maestr[oa]|"
    r"m\. ?en ?c\.|dr\. en c\.)\s+",
    re.I,
)
AFTER_NAME = re.compile(r"\s*(?:,|\||–|—|\s-\s)\s*.*$")
PLACE = re.compile(
    r"\b(universidad|instituto|centro de investigaci[oó]n|centro de|tecnol[oó]gico de|colegio de|hospital|"
    r"laboratorio nacional|"
    r"university|institute|college|cinvestav|unam|ipn|itesm|uam|uanl)\b",
    re.I,
)
SENTENCE = 60  # characters from which a line of the head is prose and no title
LONGEST_NAME = 70
MOST_OFFERS, MOST_SEEKS = 20, 10


def read(text: str, *, organisation: bool = False) -> Found:
    """A person's CV, or a one-pager where `organisation`."""
    found = Found("page" if organisation else "cv", orcid="" if organisation else orcid_of(text))
    site = LINK.search(text)
    text, private = without_private(text)
    if private:
        found.left_out["private"] = private
    parts = sections.split(text)
    head = next((part.lines for part in parts if part.kind == "head"), [])
    found.name = _company(head) if organisation else _person(head)
    found.summary = _summary(parts, head, found.name)
    found.language = language_of(found.summary or text[:1500])
    if organisation:
        found.website = site[0].rstrip(".,;)") if site else ""
    else:
        found.institution = _institution(parts)
    for part in parts:
        _items(found, part)
    return found


def _person(head: list[str]) -> str:
    """The first line of the head that is a name: two to seven words, each with a capital, and no digit."""
    for line in head[:12]:
        line = AFTER_NAME.sub("", TITLE.sub("", PAPERS.sub("", line).strip()))
        words = line.split()
        small = {"de", "del", "la", "las", "los", "y", "e", "da", "do", "van", "von"}
        if not 2 <= len(words) <= 7 or len(line) > LONGEST_NAME or re.search(r"[\d@:/;?!%&()]", line):
            continue
        if PLACE.search(line) or not all(word[0].isupper() or word in small for word in words):
            continue
        return _written(line)[:NAME]
    return ""


def _company(head: list[str]) -> str:
    for line in head[:6]:
        line = clean(LINK.sub("", line)).strip(" :|–-")
        if (
            2 <= len(line) <= 80
            and not line.endswith(("?", "!"))
            and fold(line) not in ("one pager", "ficha tecnica")
        ):
            return _written(line)[:160] if line.isupper() and len(line.split()) > 1 else line
    return ""


def _written(line: str) -> str:
    """A name in capitals as one writes names; other names as they stand."""
    if not any(word.isupper() and len(word) > 2 and word.isalpha() for word in line.split()):
        return line
    small = {"De", "Del", "La", "Las", "Los", "Y"}
    forms = {"S.A.", "C.V.", "S.A.P.I.", "S.", "R.L.", "A.C.", "S.C."}
    words = [word if word in forms else word.title() if word.isupper() else word for word in line.split()]
    return " ".join(word.lower() if place and word in small else word for place, word in enumerate(words))


def _summary(parts: list[Section], head: list[str], name: str) -> str:
    told = [" ".join(part.lines) for part in parts if part.kind == "summary"]
    if not any(told):
        told = [" ".join(line for line in head if len(line) >= SENTENCE and line != name)]
    text = clean(next((each for each in told if each.strip()), ""))
    return text if len(text) <= SUMMARY else text[:SUMMARY].rpartition(". ")[0] + "."


def _institution(parts: list[Section]) -> str:
    """Where somebody works now: said in the head, or first under experience."""
    for kind in ("head", "work"):
        for part in parts:
            if part.kind == kind:
                lines = [line for line in part.lines[:12] if PLACE.search(line) and len(line) < 160]
                if lines:
                    return _place(lines[0])
    return ""


def _place(line: str) -> str:
    pieces = [piece.strip() for piece in re.split(r"[,;|•·–—]|\s-\s|\(", line)]
    named = next((piece for piece in pieces if PLACE.search(piece)), line)
    found = PLACE.search(named)
    # "Profesora investigadora del Instituto …": from the institution on
    return named[found.start() :].strip(" .")[:160] if found else ""


def _items(found: Found, part: Section) -> None:
    if part.kind in ("head", "summary", "work"):
        return
    if part.kind == "":
        found.left_out["other"] += 1 if part.lines else 0
        return
    for entry in entries(part.lines):
        if part.kind in ("offer", "seek"):
            most = MOST_OFFERS if part.kind == "offer" else MOST_SEEKS
            if len(entry) >= 8 and sum(item.role == part.kind for item in found.items) < most:
                found.items.append(Item(part.kind, text=entry, language=found.language))
        elif len(entry) >= 12:
            found.items.append(evidence(entry, part.kind, found.language))
