"""Texts a second of Hélice's encoder beside plain sentence-transformers, in the same run.

    python -m benchmarks.embedding            # about two minutes
    python -m benchmarks.embedding --full
    python -m benchmarks.embedding --encoder minilm
    python -m benchmarks.embedding --encoder default        # both models, as the site runs them
    python -m benchmarks.embedding --runtimes onnx,onnx-int8,openvino,openvino-bf16    # see runtimes.py

Short texts have about 20 words, long ones about 230, half Spanish and half English, none twice: the demo's
own sentences. The rival loads the same folder in single precision and calls encode(batch_size=32). Each round
runs everybody once, in another order; medians are printed. Quality: cosines to the rival's vectors, and how
many of each text's ten nearest neighbours are the same.
"""

import argparse
import os
import random
import re
import statistics
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from numpy.typing import NDArray

from benchmarks.runtimes import Exported
from matching import weights
from matching.bilingual import BilingualEncoder
from matching.encoder import find_prompt, get_encoder
from matching.encoding import Encoder, Floats, Kind, words_alone
from matching.ranking.contributions import Parts

ROOT = Path(__file__).resolve().parent.parent
DEMO = ROOT / "hubs" / "demo" / "mx"
OTHER = {"es": "en", "en": "es"}
WORDS = {"short": (14, 26), "long": (225, 275)}
KIND: Kind = "passage"


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--short", type=int, default=400, help="how many short texts")
    parser.add_argument("--long", type=int, default=48)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--full", action="store_true", help="1,600 short and 160 long texts")
    parser.add_argument("--encoder", default="e5", help="as HELICE_ENCODER takes it")
    parser.add_argument("--runtimes", default="", help="others to run beside, with commas")
    options = parser.parse_args()
    if options.full:
        options.short, options.long = 1600, 160
    return options


def sentences(node: Any, language: str) -> Iterator[tuple[str, str]]:
    """Every sentence of a demo file with its language; a row's translation is in the other one."""
    if isinstance(node, dict):
        language = str(node.get("language") or language)
        for key, value in node.items():
            inner = OTHER[language] if key == "translation" else key if key in OTHER else language
            yield from sentences(value, inner)
    elif isinstance(node, list):
        for value in node:
            yield from sentences(value, language)
    elif isinstance(node, str) and node.count(" ") >= 3:
        for sentence in re.split(r"(?<=[.!?:;]) +|\n+", node):
            yield language, sentence


def made_of(found: Sequence[str], least: int, most: int) -> list[str]:
    """Texts of `least` to `most` words, put together from sentences that follow one another."""
    texts, words = [], list[str]()
    for sentence in found:
        words += sentence.split()
        if len(words) >= least:
            texts.append(" ".join(words[:most]))
            words = []
    return texts


def demo_texts(size: str, count: int) -> list[str]:
    """`count` texts of one size, half in each language, no two alike, in an order fixed by chance."""
    by_language: dict[str, dict[str, None]] = {"es": {}, "en": {}}
    for file in sorted(DEMO.glob("*.yaml")):
        for language, sentence in sentences(yaml.safe_load(file.read_text()), "es"):
            by_language[language][sentence] = None
    texts = [
        text
        for found in by_language.values()
        for text in made_of(list(found), *WORDS[size])[: (count + 1) // 2]
    ]
    random.Random(1).shuffle(texts)  # noqa: S311 - an order, no secret
    return texts[:count]


class Plain:
    """sentence-transformers as its documentation shows it."""

    def __init__(self, spec: str, models: Path) -> None:
        from sentence_transformers import SentenceTransformer

        folders = {"e5": models / weights.NAME, "minilm": weights.minilm_folder()}
        folder = str(folders.get(spec, spec))
        self.model = SentenceTransformer(folder, device="cpu")
        self.name, self.dimension = spec, int(self.model.get_embedding_dimension() or 0)

    def encode(self, texts: Sequence[str], kind: Kind) -> Floats:
        vectors = self.model.encode(
            list(texts),
            prompt=find_prompt(self.model.prompts, kind),
            batch_size=32,
            normalize_embeddings=True,
            show_progress_bar=False,
        )
        return np.asarray(vectors, np.float32)

    def parts(self, texts: Sequence[str], kind: Kind) -> list[Parts]:
        return words_alone(self, texts, kind)


def plain(spec: str, models: Path) -> Encoder:
    """The rival; the default is two models, and so is its rival."""
    if spec != "default":
        return Plain(spec, models)
    return BilingualEncoder(Plain("e5", models), Plain("minilm", models), spec)


def elsewhere(spec: str, models: Path, runtime: Any) -> Encoder:
    """The rival's model by another runtime."""
    model = Plain(spec, models).model
    prompts: dict[Kind, str] = {kind: find_prompt(model.prompts, kind) for kind in ("query", "passage")}
    return Exported(model, prompts, runtime)


def contestants(options: argparse.Namespace) -> dict[str, Encoder]:
    """Who runs, the rival first."""
    models = Path(os.environ.get("HELICE_MODELS", ROOT / "var" / "models"))
    weights.ensure_model(models / weights.NAME)
    found = {"sentence-transformers fp32, batch 32": plain(options.encoder, models)}
    for runtime in filter(None, options.runtimes.split(",")):
        found[runtime] = elsewhere(options.encoder, models, runtime)
    found[f"Hélice ({options.encoder})"] = get_encoder(options.encoder, models)
    return found


def neighbours(vectors: Floats, k: int) -> NDArray[np.int64]:
    """(n, k): the nearest other texts of each."""
    cosines = vectors @ vectors.T
    np.fill_diagonal(cosines, -2)
    return np.argsort(-cosines, axis=1, kind="stable")[:, :k]


def agreement(vectors: Floats, truth: Floats) -> tuple[float, float, float]:
    """Mean and lowest cosine of two sets of vectors, and the shared part of their ten nearest neighbours."""
    cosines = (vectors * truth).sum(axis=1)
    k = min(10, len(truth) - 1)
    pairs = zip(neighbours(vectors, k), neighbours(truth, k), strict=True)
    shared = [len(set(ours) & set(theirs)) / k for ours, theirs in pairs]
    return float(cosines.mean()), float(cosines.min()), float(np.mean(shared))


def race(people: dict[str, Encoder], texts: list[str], rounds: int) -> dict[str, tuple[float, Floats]]:
    """The median seconds of each, and its vectors; everybody warms up on a few texts first."""
    spent: dict[str, list[float]] = {name: [] for name in people}
    vectors: dict[str, Floats] = {}
    for encoder in people.values():
        encoder.encode(texts[:8], KIND)
    for number in range(rounds):
        names = list(people)[:: 1 if number % 2 == 0 else -1]
        for name in names:
            started = time.perf_counter()
            vectors[name] = people[name].encode(texts, KIND)
            spent[name].append(time.perf_counter() - started)
    return {name: (statistics.median(spent[name]), vectors[name]) for name in people}


def main() -> None:
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    options = arguments()
    people = contestants(options)
    rival = next(iter(people))
    print("| texts | encoder | a second | ratio | mean cosine | lowest | same 10 nearest |")
    print("|---|---|---|---|---|---|---|")
    for size in ("short", "long"):
        texts = demo_texts(size, getattr(options, size))
        words = statistics.mean(len(text.split()) for text in texts)
        found = race(people, texts, options.rounds)
        for name, (seconds, vectors) in found.items():
            cosine, lowest, shared = agreement(vectors, found[rival][1])
            print(
                f"| {len(texts):,} {size}, {words:.0f} words | {name} | {len(texts) / seconds:,.1f}"
                f" | {found[rival][0] / seconds:.2f} | {cosine:.4f} | {lowest:.4f} | {shared:.3f} |",
                flush=True,
            )


if __name__ == "__main__":
    main()
