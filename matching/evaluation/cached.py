"""An encoder that remembers on disk what it has encoded: measuring reads the same thousands of texts every
time."""

from __future__ import annotations

import fcntl
import hashlib
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matching.bilingual import BilingualEncoder
from matching.encoding import Encoder, Kind
from matching.ranking.contributions import Parts

Floats = NDArray[np.float32]

SAVED_AT_ONCE = 64  # texts: what an interruption may lose, a few seconds' work


class CachedEncoder:
    """`encoder`, asked only for texts whose vectors are not yet in `folder`.

    One file for each model's name: records of the SHA-256 of kind and text, and the vector. Records are only
    ever appended, whole, under a lock; whatever an interruption left torn at the end is cut off.
    """

    def __init__(self, encoder: Encoder, folder: Path) -> None:
        self.encoder, self.name, self.dimension = encoder, encoder.name, encoder.dimension
        self.path = folder / f"{re.sub(r'[^A-Za-z0-9.@-]+', '_', self.name)}-{self.dimension}.vectors"
        self.record = np.dtype([("key", np.uint8, 32), ("vector", "<f4", self.dimension)])
        folder.mkdir(parents=True, exist_ok=True)
        self.known: dict[bytes, Floats] = self.read()

    def encode(self, texts: Sequence[str], kind: Kind) -> Floats:
        """See Encoder.encode. Raises OSError where the cache cannot be written."""
        keys = [key_of(text, kind) for text in texts]
        missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in self.known}
        # Longest first, so that batches hold texts of like length.
        todo = sorted(missing, key=lambda key: (-len(missing[key]), missing[key]))
        for start in range(0, len(todo), SAVED_AT_ONCE):
            part = todo[start : start + SAVED_AT_ONCE]
            self.keep(part, self.encoder.encode([missing[key] for key in part], kind))
        found = [self.known[key] for key in keys]
        return np.stack(found) if found else np.zeros((0, self.dimension), np.float32)

    def parts(self, texts: Sequence[str], kind: Kind) -> list[Parts]:
        """See Encoder.parts; these are not kept, since measuring does not ask for them."""
        return self.encoder.parts(texts, kind)

    def read(self) -> dict[bytes, Floats]:
        """All whole records; one without a vector of length 1 is passed over, as if it were not there."""
        if not self.path.exists():
            return {}
        whole = self.path.stat().st_size // self.record.itemsize
        rows = np.fromfile(self.path, self.record, whole)
        good = np.abs(np.linalg.norm(rows["vector"], axis=1) - 1) < 0.01
        return {row["key"].tobytes(): row["vector"] for row in rows[good]}

    def keep(self, keys: list[bytes], vectors: Floats) -> None:
        """Add records to the file and to what is known."""
        rows: NDArray[Any] = np.zeros(len(keys), self.record)
        rows["key"] = [np.frombuffer(key, np.uint8) for key in keys]
        rows["vector"] = vectors
        with self.path.open("ab") as target:
            fcntl.flock(target, fcntl.LOCK_EX)
            end = target.seek(0, 2)
            target.truncate(end - end % self.record.itemsize)
            target.write(rows.tobytes())
        self.known.update(zip(keys, rows["vector"], strict=True))


def remembering(encoder: Encoder, folder: Path) -> Encoder:
    """`encoder` with its vectors kept in `folder`; those of two models beside each other, each by itself."""
    if isinstance(encoder, BilingualEncoder):
        main, second = remembering(encoder.main, folder), remembering(encoder.second, folder)
        return BilingualEncoder(main, second, encoder.name)
    return CachedEncoder(encoder, folder)


def key_of(text: str, kind: Kind) -> bytes:
    """The SHA-256 of a text and the side it stands on; lone surrogates are texts too."""
    return hashlib.sha256(f"{kind}\0{text}".encode("utf-8", "surrogatepass")).digest()
