"""Whether two names are of the same person: accents, initials, double surnames, hyphens and order forgiven.

Mexicans have one or more given names and two surnames; abroad the second is dropped, joined by a hyphen, or
taken for the only one. "Same" is only said where nothing speaks against it and a whole given name and a
surname fit; "maybe" where an initial stands for a name. Brother and sister, who share both surnames, stay
two.
"""

import re
from functools import lru_cache
from typing import Literal

from ..folding import fold

Likeness = Literal["same", "maybe", "different"]
PARTICLES = {
    "de",
    "del",
    "la",
    "las",
    "los",
    "y",
    "e",
    "von",
    "van",
    "der",
    "da",
    "do",
    "dos",
    "das",
    "di",
    "mc",
    "san",
}
TITLES = {
    "dr", "dra", "mtro", "mtra", "ing", "lic", "prof", "profa", "phd", "msc", "mc", "ms", "md", "jr", "sr",
    "mr", "mrs", "biol", "quim", "arq", "qfb", "c",
}  # fmt: skip
SHORT = {"ma": "maria", "fco": "francisco", "gpe": "guadalupe", "fdo": "fernando", "jose": "jose", "j": "j"}
COMPANY = re.compile(
    r"\b(?:s a p i|sapi|s a b|sab|s a s|sas|s a|sa|s de r l|s r l|srl|de c v|cv|s c|sc|a c|ac|inc|llc|ltd|"
    r"gmbh|corp)\b"
)


@lru_cache(maxsize=20_000)
def words_of(name: str) -> tuple[str, ...]:
    """A name's words, folded, in the order of speaking: what stands before a comma is the surname."""
    family, comma, given = name.partition(",")
    if comma and given.strip():
        name = f"{given} {family}"
    if not name.isupper():  # "Cruz Pérez MJ"
        name = re.sub(r"\b[A-ZÑ]{2,3}\b", lambda found: " ".join(found[0]), name)
    plain = fold(re.sub(r"['’`´]", "", name)).replace("ñ", "n")
    words = [SHORT.get(word, word) for word in plain.split()]
    kept = [word for word in words if word not in PARTICLES and word not in TITLES]
    return tuple(kept or words)


def likeness(one: str, other: str) -> Likeness:
    """How alike two names of people are."""
    first, second = words_of(one), words_of(other)
    if not first or not second:
        return "different"
    turns = [first[place:] + first[:place] for place in range(len(first))]
    if second in turns and all(len(word) > 1 for word in first):
        return "same"  # surname first, without a comma
    if first[0] == second[0] and sorted(first) == sorted(second):
        return "maybe"  # the surnames in the other order
    tries = (_aligned(_middle(first, second), _middle(second, first)), _aligned(_turned(first), second))
    return max((*tries, _aligned(first, _turned(second))), key=_rank)


def _middle(words: tuple[str, ...], other: tuple[str, ...]) -> tuple[str, ...]:
    """ "J. Víctor" is "Víctor" too, where that name is written out."""
    if len(words[0]) <= 2 and len(other[0]) > 2 and other[0] in words[1:-1]:
        return words[words.index(other[0]) :]
    return words


def _rank(found: Likeness) -> int:
    return ("different", "maybe", "same").index(found)


def _turned(words: tuple[str, ...]) -> tuple[str, ...]:
    """Surname first without a comma, as tables and citations have it: "García López V." """
    initials = [word for word in words if len(word) <= 2]
    if initials and len(words[-1]) <= 2:
        return (*initials, *(word for word in words if len(word) > 2))
    return (*words[-1:], *words[:-1]) if len(words) > 1 else words


def _aligned(first: tuple[str, ...], second: tuple[str, ...]) -> Likeness:
    """Given names from the left, surnames from the right: each pair fits, or one side leaves it out."""
    given = _fit(first[0], second[0])
    if not given:
        return "different"
    shared = _surnames(first[1:], second[1:])
    if not shared:
        return "different"
    return "same" if given == 2 and shared == 2 else "maybe"


def _fit(one: str, other: str) -> int:
    """2 for the same word, 1 for its initial, else 0."""
    if one == other:
        return 2 if len(one) > 1 else 1
    short, long = sorted((one, other), key=len)
    return int(len(short) <= 2 and long.startswith(short[0]) and (len(short) == 1 or short == long[:2]))


def _surnames(first: tuple[str, ...], second: tuple[str, ...]) -> int:
    """2 where all of the shorter one's surnames are among the other's, in order; 1 where initials stand for
    some; 0 where two whole surnames differ."""
    short, long = sorted((first, second), key=len)
    if not short:
        return 0
    place, whole, initials = 0, 0, 0
    for word in short:
        fit = 0
        while place < len(long) and not fit:
            fit = _fit(word, long[place])
            place += 1
        if not fit:
            if len(word) <= 2:  # a middle name's initial that the other leaves out
                place = 0
                continue
            return 0
        whole += fit == 2
        initials += fit == 1
    if not whole:
        return 0
    # One shared surname of two, and nothing else: García López and García may be two people.
    return 2 if not initials and (whole > 1 or len(long) == len(short)) else 1


def same_organisation(one: str, other: str) -> bool:
    """Whether two names are of one organisation, its legal form, accents, and word order aside."""
    first, second = organisation_words(one), organisation_words(other)
    return bool(first) and sorted(first) == sorted(second)


def organisation_words(name: str) -> tuple[str, ...]:
    plain = COMPANY.sub(" ", fold(name).replace("ñ", "n"))
    return tuple(word for word in plain.split() if word not in PARTICLES)
