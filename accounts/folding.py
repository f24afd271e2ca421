"""Text as a search column and an ordered list need it, the same on SQLite and on PostgreSQL.

Databases fold ñ to n (`unaccent`, `remove_diacritics 2`) or not at all; in Spanish it is a letter, so that
año and ano must stay apart. Hence one function of our own, applied to what is stored and to what is asked.
"""

import unicodedata

_TILDE = "\N{COMBINING TILDE}"


def _fold_character(character: str, base: str) -> str:
    """What remains of one decomposed character that follows the letter `base`."""
    category = unicodedata.category(character)
    if category[0] == "M":
        return character if character == _TILDE and base == "n" else ""
    if category == "Cf":
        return ""  # soft hyphens and zero-width marks of pasted text split no word
    return character if category[0] in "LN" else " "


def fold(text: str) -> str:
    """Lower case, no accents but the tilde of ñ, punctuation and blanks as single spaces."""
    decomposed = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    kept: list[str] = []
    base = ""
    for character in decomposed:
        folded = _fold_character(character, base)
        if folded:
            # A letter keeps at most one tilde: after it, the base is no longer a plain n.
            base = folded
            kept.append(folded)
    return " ".join(unicodedata.normalize("NFC", "".join(kept)).split())


def sort_key(text: str) -> str:
    """A key whose plain order is the Spanish one, with ñ between n and o.

    The mark is "nz~": compared by bytes (SQLite, or the "C" collation) the "~" stands past every letter;
    under a locale that skips punctuation, as PostgreSQL's often does, "nz" still keeps ñ near its place.
    """
    return fold(text).replace("ñ", "nz~")
