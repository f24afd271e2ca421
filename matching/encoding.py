"""What an encoder is: the one thing that everything about vectors agrees on."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from matching.ranking.contributions import WORD, Parts

Kind = Literal["query", "passage"]
Floats = NDArray[np.float32]

LONGEST = 6000  # characters read of one text: three times what the default model's 512 tokens hold
UNREADABLE = re.compile("[\x00\ufeff\ud800-\udfff]")


class ModelError(RuntimeError):
    """A model cannot be made or loaded here; the message says what to do."""


class Encoder(Protocol):
    """Gives texts their vectors. `name` says which model did it, and is stored beside every vector."""

    name: str
    dimension: int

    def encode(self, texts: Sequence[str], kind: Kind) -> Floats:
        """Vectors of texts, float32 of shape (len(texts), dimension), each row of length 1.

        `kind` is the side of the search that the text stands on (what is asked, or what may answer); models
        trained with prompts get the fitting one. No texts give shape (0, dimension). Never fails on odd
        text (empty, emoji, NUL, very long): it is cut or cleaned first.
        """
        ...

    def parts(self, texts: Sequence[str], kind: Kind) -> list[Parts]:
        """The tokens of each text, as the model sees them in it: what reasons are read off.

        Takes as long as `encode`. Text past the model's length has no tokens.
        """
        ...


def normalised(rows: Floats) -> Floats:
    """Rows of length 1; a row of nothing but zeros becomes the same fixed direction for all such rows."""
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    rows = np.where(lengths > 1e-9, rows, np.float32(1.0))
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), np.float32)


def readable(text: str) -> str:
    """A text as models can read it: a space for what breaks tokenizers, and no more than LONGEST."""
    return UNREADABLE.sub(" ", text)[:LONGEST]


def words_alone(encoder: Encoder, texts: Sequence[str], kind: Kind) -> list[Parts]:
    """Each word as a token of its own, without what stands around it."""
    found = [list(WORD.finditer(text)) for text in texts]
    words = list(dict.fromkeys(word.group().lower() for row in found for word in row))
    vectors = encoder.encode(words, kind)
    place = {word: at for at, word in enumerate(words)}
    return [
        Parts(
            vectors[[place[word.group().lower()] for word in row]],
            np.array([word.span() for word in row], np.int64).reshape(-1, 2),
        )
        for row in found
    ]
