"""Word by word from one language into the other, for scorers that read only spelling or only English.

The glossary was computed by this project (deploy/glossary.py): each word of public Spanish and English texts
beside the word of the other language that is nearest to it by the default model, hubs set back (CSLS:
Conneau et al., 2018, "Word translation without parallel data"). What it makes of a sentence is no translation
to show to people, but carries what the sentence speaks of.
"""

from __future__ import annotations

import gzip
import hashlib
import re
from functools import lru_cache
from pathlib import Path

from matching.language import Language

FILE = Path(__file__).with_name("glossary.tsv.gz")
WORD = re.compile(r"[^\W\d_]{3,}")


def gloss(text: str, language: Language) -> str:
    """The text with each word that the glossary knows in the other language; the rest stays as it is."""
    words = table()[language]
    return WORD.sub(lambda found: words.get(found.group().lower(), found.group()), text)


@lru_cache(maxsize=1)
def table() -> dict[str, dict[str, str]]:
    """For each language, its words and what they are in the other one."""
    found: dict[str, dict[str, str]] = {"es": {}, "en": {}}
    with gzip.open(FILE, "rt", encoding="utf-8") as lines:
        for line in lines:
            language, word, other = line.rstrip("\n").split("\t")
            found[language][word] = other
    return found


@lru_cache(maxsize=1)
def version() -> str:
    """Which glossary this is: vectors made with another one do not fit."""
    return hashlib.sha256(FILE.read_bytes()).hexdigest()[:8]
