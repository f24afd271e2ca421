"""Bytes to text, and the small things that every format writes in its own way. Knows no Django."""

import html
import re
import threading
import unicodedata
from datetime import date
from functools import lru_cache
from typing import Any

from ..folding import fold

TAG = re.compile(r"</?[a-zA-Z][^<>]{0,200}>")
YEAR = re.compile(r"(?<!\d)(19\d\d|20\d\d)(?!\d)")
DOI = re.compile(r"10\.\d{4,9}/[^\s\"<>{}|\\^`]{1,300}", re.I)
LINK = re.compile(r"https?://[^\s<>\"{}|\\^`]{3,400}", re.I)
ORCID = re.compile(r"\b(\d{4}[-\u2010-\u2014]?\d{4}[-\u2010-\u2014]?\d{4}[-\u2010-\u2014]?\d{3}[\dX])\b")
FORMULA = re.compile(r"\$([^$]{1,200})\$")
_lock = threading.Lock()
# \'o, \'{o}, {\'o}, \'\i, \'{\i}, \~n, \c{c}
ACCENT = re.compile(r"""\\(['`^"~=.]|[uvHckr](?=[\s{]))\s*\{?(\\[ij](?![a-zA-Z])|[a-zA-Z])\}?""")
ACCENTS = {
    "'": "\u0301", "`": "\u0300", "^": "\u0302", '"': "\u0308", "~": "\u0303", "=": "\u0304", ".": "\u0307",
    "u": "\u0306", "v": "\u030c", "H": "\u030b", "c": "\u0327", "k": "\u0328", "r": "\u030a",
}  # fmt: skip
ESCAPED = re.compile(r"\\([&%$#_{}])")
STYLE = re.compile(r"\\(?:emph|text(?:it|bf|rm|sc|tt|sf|up)|mathrm|mathit|mbox|it|bf|em)\b\s*\{")
SURE = 4  # words from which on a text tells its language
LABELS = (
    "correo|e-?mail|tel[eé]fonos?|tel|cel(?:ular)?|m[oó]vil|phone|mobile|whatsapp|curp|rfc|nss|ine"
    "|fecha (?:y lugar )?de nacimiento|lugar de nacimiento|date of birth|birth date|born|edad|age"
    "|estado civil|marital status|sexo|g[eé]nero|gender|nacionalidad|nationality"
    "|domicilio(?: particular)?|direcci[oó]n(?: particular)?|(?:home |postal )?address"
    "|c[eé]dula(?: profesional)?|n[uú]mero de (?:empleado|seguridad social)|pasaporte|passport"
)
PRIVATE_LINE = re.compile(rf"^\W*(?:{LABELS})\s*(?:\.?\s*:|\.\s).*$", re.I | re.M)
LONELY = re.compile(r"[ \t]*[,;](?=[ \t]*[,;.])|[ \t]+(?=\.(?:\s|$))")  # between what was taken out
PRIVATE = re.compile(
    r"(?:\b(?:tel|tel[eé]fono|cel|celular|m[oó]vil|phone|rfc|curp|correo|e-?mail)\b\.?:?[ \t]{0,3})?(?:"
    r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}"  # an address of e-mail
    r"|\b[A-Z][AEIOUX][A-Z]{2}\d{6}[HMX][A-Z]{5}[A-Z\d]\d\b"  # CURP
    r"|\b[A-ZÑ&]{3,4}\d{6}[A-Z\d]{3}\b"  # RFC
    r"|(?<![\d/.\w-])(?:\+?52[ .-]?)?(?:\(\d{2,3}\)|\d{2,3})[ .-]\d{3,4}[ .-]\d{4}(?![\d-])"  # telephone
    r"|(?<![\d/.\w-])\+\d{1,3}(?:[ .-]?\d){8,11}(?![\d-])"
    r"|\bC\.?\s?P\.?\s?\d{5}\b)"
)


def decoded(data: bytes) -> str:
    """Text of whatever program wrote it: UTF-8 and 16 with their marks, else what Windows wrote in
    Spanish."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        text = data.decode("utf-16", "replace")
    else:
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = data.decode("cp1252", "replace")
    return text.replace("\x00", "").replace("\r\n", "\n").replace("\r", "\n")


def clean(value: Any) -> str:
    """One line without mark-up, entities and double blanks; "" for what is no text."""
    if not isinstance(value, str | int | float) or isinstance(value, bool):
        return ""
    text = TAG.sub("", html.unescape(str(value)))
    return " ".join(text.replace("\x00", "").replace("\u00ad", "").split())


def of_latex(value: str) -> str:
    """What BibTeX means by its braces, accents and commands: `{\\'O}ptica de r{\\'\\i}os` is "Óptica de
    ríos"."""
    value = ACCENT.sub(_accented, value.replace("---", "—").replace("--", "–"))
    value = STYLE.sub("{", value)
    if "\\" in ESCAPED.sub("", value):  # seldom: signs and commands that need the whole tables
        value = _latex().latex_to_text(value[:20_000])
    value = ESCAPED.sub(r"\1", FORMULA.sub(r"\1", value))
    return clean(value.replace("{", "").replace("}", "").replace("~", " "))


def _accented(found: re.Match[str]) -> str:
    letter = found[2].lstrip("\\")
    return unicodedata.normalize("NFC", letter + ACCENTS[found[1]])


@lru_cache(maxsize=1)
def _latex() -> Any:
    from pylatexenc.latex2text import LatexNodes2Text  # only BibTeX needs its tables

    return LatexNodes2Text(math_mode="text", keep_comments=True, strict_latex_spaces=False)


def year_of(value: Any) -> int | None:
    """The first year in a date of any shape that a work can be of."""
    for found in YEAR.finditer(str(value or "")):
        if 1900 <= int(found[0]) <= date.today().year + 2:  # noqa: DTZ011 - a year needs no zone
            return int(found[0])
    return None


def doi_of(value: Any) -> str:
    """The bare DOI in lower case, wherever in a text or an address it stands; "" where there is none."""
    found = DOI.search(str(value or ""))
    return found[0].rstrip(".,;:)]}").lower() if found else ""


def link_of(doi: Any, *addresses: Any) -> str:
    """Where a work is read: its DOI's address before any other."""
    bare = doi_of(doi)
    if bare:
        return f"https://doi.org/{bare}"
    for address in addresses:
        found = LINK.search(str(address or ""))
        if found:
            return found[0].rstrip(".,;)]")
    return ""


def orcid_of(value: Any) -> str:
    """An iD as ORCID writes it; whether its last digit fits is checked where it is saved."""
    found = ORCID.search(str(value or "").upper())
    digits = re.sub(r"[^\dX]", "", found[1]) if found else ""
    return "-".join(digits[start : start + 4] for start in range(0, 16, 4)) if digits else ""


def without_private(text: str) -> tuple[str, int]:
    """A CV without what nobody needs to know: addresses, telephones, dates of birth, CURP, RFC; and how
    often."""
    lines = len(PRIVATE_LINE.findall(text))
    text, marks = PRIVATE.subn("", PRIVATE_LINE.sub("", text))
    return (LONELY.sub("", text) if marks else text), lines + marks


def language_of(text: str, given: str = "") -> str:
    """ "es" or "en" by the words themselves where there are enough of them, else as given."""
    text = text[:2000]
    if len(fold(text).split()) < SURE:
        return "es" if "ñ" in text.lower() else given
    with _lock:
        return str(_languages().classify(text)[0])


@lru_cache(maxsize=1)
def _languages() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE)
    identifier.set_languages(["es", "en"])
    return identifier
