"""Fields of science, Sustainable Development Goals and sectors that a text seems to be about.

Each entry of the country's catalogues is read once in both of its languages, by its label and what the pack
says it is about, and lies in a file beside the index; a text is compared with all of them, less what is usual
in its language. Nothing is an answer: a greeting is about no field at all. What was measured stands in
tests/matching/test_suggesting.py; a person accepts or does not.
"""

import hashlib
import os
import tempfile
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings

from accounts.countries import get_pack
from accounts.countries.tables import Table

from . import asking
from .language import detect
from .passages import clean, split

LANGUAGES = ("es", "en")
TABLES = ("fields", "sdgs", "sectors")
LEAST = {"fields": 0.17, "sdgs": 0.15, "sectors": 0.14}  # greetings and filler stay below it
BEHIND = 0.08  # what is further behind the first is left out
MOST = 3
MOST_WINDOWS = 4  # of a long text: somebody waits
Suggested = dict[str, list[tuple[str, float]]]


@asking.answers("suggest")
def answer(question: dict[str, Any]) -> dict[str, Any]:
    """For {"text", "language", "tables", "country"}, all but the text optional: see `suggest`."""
    tables = question.get("tables") or TABLES
    found = suggest(
        question["text"], question.get("language"), tables, question.get("country") or settings.HELICE_COUNTRY
    )
    return {table: [list(pair) for pair in pairs] for table, pairs in found.items()}


def suggest(text: str, language: str | None, tables: Sequence[str], country: str) -> Suggested:
    """Codes of each table with how sure they are, 0 to 1, the surest first; none where nothing is near.

    Raises KeyError for a table that there is not.
    """
    windows = split(text)[:MOST_WINDOWS]
    if not clean(text):
        return {table: [] for table in tables}
    from .pipeline import encoder

    known = labels(country)
    vectors = encoder().encode(windows, "query") - known.usual[detect(text, language)]
    return {table: known.nearest(table, vectors) for table in tables}


class Labels:
    """The catalogues as the encoder reads them: `vectors` of each table, (languages, entries, d), of length 1
    once centred; `usual` (d,) of each language."""

    def __init__(self, vectors: dict[str, Any], usual: dict[str, Any], codes: dict[str, list[str]]) -> None:
        self.vectors, self.usual, self.codes = vectors, usual, codes

    def nearest(self, table: str, vectors: Any) -> list[tuple[str, float]]:
        """The nearest entries to the windows of a text (w, d), centred."""
        import numpy as np

        asked = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)
        near = np.einsum("wd,led->e", asked, self.vectors[table])
        near /= len(asked) * len(self.vectors[table])
        order = np.argsort(-near, kind="stable")[:MOST].tolist()
        least = max(LEAST[table], float(near[order[0]]) - BEHIND)
        return [(self.codes[table][at], surety(float(near[at]))) for at in order if near[at] >= least]


def surety(near: float) -> float:
    """How often an entry that is so near was right on the texts it was measured on, roughly."""
    return round(min(0.3 + 1.6 * near, 0.95), 2)


def prepare() -> None:
    """Read the country's catalogues now, so that nobody waits for it later."""
    labels(settings.HELICE_COUNTRY)


def labels(country: str) -> Labels:
    """The country's catalogues as the encoder in use reads them."""
    from .pipeline import model_name

    return _labels(country, model_name())


@lru_cache(maxsize=2)
def _labels(country: str, model: str) -> Labels:
    import numpy as np

    texts = {table: _texts(country, table) for table in TABLES}
    path = _file(model, repr(texts))
    if not path.is_file():
        _write(path, texts)
    with np.load(path) as read:
        vectors = {table: read[table] for table in TABLES}
        usual = {language: read[f"usual-{language}"] for language in LANGUAGES}
    return Labels(vectors, usual, {table: _codes(country, table) for table in TABLES})


def _codes(country: str, name: str) -> list[str]:
    """The entries that the pack says something about: "others" is near to everything and helps nobody."""
    table: Table = getattr(get_pack(country), name)
    return [code for code in table.codes if table.text(code, "about")]


def _texts(country: str, name: str) -> list[list[str]]:
    """What each entry of a table says, in each of the pack's languages."""
    pack = get_pack(country)
    table: Table = getattr(pack, name)
    codes = _codes(country, name)
    return [
        [f"{table.label(code, language)}: {table.text(code, 'about', language)}" for code in codes]
        for language in pack.languages
    ]


def _write(path: Path, texts: dict[str, list[list[str]]]) -> None:
    """Through a draft, so that two workers at once leave one whole file."""
    import numpy as np

    from .pipeline import encoder
    from .ranking import anchors

    found: dict[str, Any] = {}
    for language in LANGUAGES:
        usual = [*anchors.NEEDS[language], *anchors.OFFERS[language]]
        found[f"usual-{language}"] = encoder().encode(usual, "query").mean(axis=0)
    for name, by_language in texts.items():
        vectors = np.stack([encoder().encode(each, "passage") for each in by_language])
        vectors -= vectors.mean(axis=1, keepdims=True)
        found[name] = vectors / np.maximum(np.linalg.norm(vectors, axis=2, keepdims=True), 1e-9)
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, draft = tempfile.mkstemp(dir=path.parent, suffix=".npz")
    os.close(handle)
    np.savez(draft, **found)
    Path(draft).replace(path)


def _file(model: str, said: str) -> Path:
    """Named after the model and all that is read, so that a change of either makes it anew."""
    digest = hashlib.sha256(f"{model}\n{said}".encode()).hexdigest()[:16]
    return Path(settings.HELICE_VAR) / "catalogues" / f"{digest}.npz"
