"""Entries of a list in a CV, and the title, year and link within each, however it is cited."""

import re

from .found import Item
from .words import LINK, YEAR, clean, doi_of, link_of, year_of

BULLET = re.compile(r"^\s*(?:[•●▪◦‣·○■□➢*]|[-–—]\s|\(?\d{1,3}[.)]\s|\[\d{1,3}\]\s?|o\s(?=[A-ZÁÉÍÓÚÑ]))\s*")
QUOTED = re.compile(r"[“\"«]([^”\"»]{12,300})[”\"»]")
AFTER_YEAR = re.compile(r"\((?:19|20)\d\d[a-z]?(?:,[^)]{0,30})?\)[.,:]?\s+([^\n]{8,})")
END = re.compile(r"(?:(?<=[^\W\d_]{3})|(?<=[)\d”\"»]))[.?!](?=\s+[A-ZÁÉÍÓÚÑÜ¿¡\d“]|\s*$)")
# As far as the last initials that a sentence follows: "García López, V., Pérez MJ. Mapas de …"
AUTHORS = re.compile(
    r".{0,600}(?<![^\W_])[A-ZÁÉÍÓÚÑ]{1,3}(?:\.,?|,)\s+(?=[“\"«¿]?[A-ZÁÉÍÓÚÑ][^\s.,;]*\s+[a-záéíóúñ(])"
)
WORD = r"(?:[A-ZÁÉÍÓÚÑ][\w’'-]*\.?|de|del|la|las|los|y|and|et|al)"
NAMES = re.compile(rf"{WORD}(?:[,;]?\s{WORD}){{1,14}}")
LAST_YEARS = re.compile(
    r"[\s,;:(–-]*(?:\b(?:en|in|desde|since)\s+)?(?:19|20)\d\d"
    r"(?:\s*(?:[-–—]|a|to)\s*(?:(?:19|20)\d\d|actual\w*|presente?|hoy|a la fecha)?)?[\s).]*$",
    re.I,
)
RESIDUE = re.compile(r"\b(?:doi|url|disponible en|available at)\b\s*:?\s*$", re.I)
LONGEST = 1500


def entries(lines: list[str]) -> list[str]:
    """Entries of a section: by bullets or numbers where it has them, else by blank lines, else where a line
    ends one that has its year."""
    bulleted = sum(bool(BULLET.match(line)) for line in lines) > max(1, len([x for x in lines if x]) // 12)
    blank = any(not line for line in lines)
    found: list[str] = []
    fresh = True
    for line in lines:
        if not line:
            fresh = fresh or not bulleted
            continue
        starts = bool(BULLET.match(line)) if bulleted else fresh or (not blank and _begins(line, found))
        text = BULLET.sub("", line).strip()
        if starts or not found:
            found.append(text)
        else:
            found[-1] = f"{found[-1]} {text}"
        fresh = False
    return [clean(entry)[:LONGEST].strip(" ;") for entry in found if clean(entry)]


def _begins(line: str, found: list[str]) -> bool:
    """Whether a line starts anew, in a list without marks: the one before is whole."""
    if not found:
        return True
    before = found[-1]
    whole = bool(YEAR.search(before)) or before.endswith((".", ";")) or len(before) < 60
    return whole and (line[0].isupper() or line[0] in '¿¡“"«(')


def evidence(entry: str, kind: str, language: str) -> Item:
    """One entry as evidence; what is not its title stays as its text."""
    link = link_of(doi_of(entry), entry)
    plain = LINK.sub("", re.sub(r"(?:doi\s*:?\s*)?10\.\d{4,9}/\S+", "", entry, flags=re.I))
    plain = RESIDUE.sub("", clean(plain).strip(" .,;")).strip(" .,;")
    title = title_of(plain)
    years = [year for each in YEAR.findall(f"{plain.replace(title, ' ')} {plain}") if (year := year_of(each))]
    return Item(
        role="evidence",
        kind=kind,
        title=title,
        text="" if len(plain) <= len(title) + 7 else plain,
        # A citation's year comes first, what lasted ends with its latest
        year=None if not years else years[0] if kind == "publication" else max(years),
        link=link,
        language=language,
    )


def title_of(plain: str) -> str:
    """What is between quotation marks; else the sentence after the year in brackets; else the first sentence
    behind the authors."""
    quoted = QUOTED.search(plain)
    if quoted:
        return quoted[1].strip(" .,")
    after = AFTER_YEAR.search(plain)
    if after:
        return END.split(after[1])[0].strip(" .,;")[:300]
    authors = AUTHORS.match(plain)
    pieces = [piece.strip(" .,;") for piece in END.split(plain[authors.end() :] if authors else plain)]
    prose = [piece for piece in pieces if len(piece) >= 8 and not NAMES.fullmatch(piece)]
    chosen = prose[0] if prose else plain
    return (LAST_YEARS.sub("", chosen).strip(" .,;") or chosen)[:300]
