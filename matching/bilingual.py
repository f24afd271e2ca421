"""Two models and a glossary as one encoder that sees Spanish and English alike."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from matching import glossary
from matching.encoding import Encoder, Floats, Kind, normalised
from matching.language import detect
from matching.ranking.contributions import Parts

# All chosen together on the tuning sets (benchmarks/README.md). A need counts with three tenths of what it
# says in the other language's words: its Spanish and its English version then find nearly the same.
GLOSS = 0.3
# The second model's vectors are spread around nothing and e5's around a common centre, so that a small length
# beside e5's gives it about a third of the weight once both are centred.
SECOND = 0.3


class BilingualEncoder:
    """A multilingual model beside an English one that reads Spanish through the glossary.

    all-MiniLM tells English texts apart better than multilingual-e5-small and reads nothing else; word by
    word, Spanish reaches it too, so that neither language has evidence which the other lacks. Vectors are
    the two models' end to end, shape (n, d1 + d2), of length 1.
    """

    def __init__(self, main: Encoder, second: Encoder, name: str) -> None:
        self.main, self.second, self.name = main, second, name
        self.dimension = main.dimension + second.dimension

    def encode(self, texts: Sequence[str], kind: Kind) -> Floats:
        """See Encoder.encode."""
        languages = [detect(text) for text in texts]
        other = [glossary.gloss(text, code) for text, code in zip(texts, languages, strict=True)]
        vectors = self.main.encode(texts, kind)
        if kind == "query":
            vectors = normalised(vectors + GLOSS * self.main.encode(other, kind))
        english = [
            text if code == "en" else glossed
            for text, code, glossed in zip(texts, languages, other, strict=True)
        ]
        return normalised(np.hstack([vectors, SECOND * self.second.encode(english, kind)]))

    def parts(self, texts: Sequence[str], kind: Kind) -> list[Parts]:
        """See Encoder.parts; the multilingual model's alone, which sees both languages by itself."""
        return self.main.parts(texts, kind)
