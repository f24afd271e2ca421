"""Which of Hélice's two languages a text is in."""

from __future__ import annotations

import re
import threading
from functools import lru_cache
from typing import Any, Literal

Language = Literal["es", "en"]

FEWEST_WORDS = 4  # below this a guess is worth less than what the page or the file says
READ = 2000  # characters: enough to be sure, and quick for long texts
WORD = re.compile(r"[^\W\d_]+")
# Marks that English does not have settle what a statistical guess may miss in a title of few words.
SPANISH_MARKS = re.compile("[ñ¿¡]", re.IGNORECASE)

_lock = threading.Lock()


def detect(text: str, hint: str | None = None) -> Language:
    """The language of `text`, "es" or "en", by py3langid's n-gram model restricted to these two.

    Texts under four words are too short to tell: then `hint` (a language code such as "es-mx") is trusted,
    and Spanish is assumed without one, as everywhere in Hélice.
    """
    text = text[:READ]
    if len(WORD.findall(text)) < FEWEST_WORDS:
        return "es" if SPANISH_MARKS.search(text) else from_hint(hint)
    with _lock:
        label, _ = identifier().classify(text)
    return "en" if label == "en" else "es"


def from_hint(hint: str | None) -> Language:
    """A language code of any form ("en-US", "es_MX", None) as one of the two."""
    return "en" if (hint or "").lower().startswith("en") else "es"


@lru_cache(maxsize=1)
def identifier() -> Any:
    """A private instance: the package's module-level one is shared with whoever else imports it."""
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    found = LanguageIdentifier.from_model_file(MODEL_FILE)
    found.set_languages(["es", "en"])
    return found
