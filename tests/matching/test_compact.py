"""The default's multilingual model where memory is short: the same vectors by another engine."""

import threading
from pathlib import Path

import numpy as np
import pytest

from matching import encoder, weights
from matching.compact import TOKENS, CompactEncoder
from matching.encoder import encoder_name, get_encoder, make_encoder
from matching.encoding import Floats

MODELS = Path(__file__).resolve().parents[2] / "var" / "models"
LINES = [
    "¿Cómo detectar fugas de agua en la red de una ciudad?",
    "Low-cost Acoustic Sensors find leaks before the street floods.",
    "Niñas y jóvenes de Oaxaca 🙂",
    "hola\x00mundo",
    "",
    "Un párrafo que se repite y llena el modelo entero sin pasarse. " * 30,
    "Más largo de lo que el modelo lee, con un final distinto. " * 60 + "Abejas y miel.",
]


@pytest.fixture(scope="module")
def compact() -> CompactEncoder:
    return CompactEncoder(weights.source_file(), "e5")


def test_vectors_have_length_one_and_stay_in_order(compact: CompactEncoder) -> None:
    together = compact.encode([LINES[0], LINES[1], LINES[0]], "query")
    assert together.dtype == np.float32
    assert np.linalg.norm(together, axis=1) == pytest.approx(1, abs=1e-5)
    assert np.array_equal(together[0], together[2])
    assert together[1] @ compact.encode([LINES[1]], "query")[0] > 0.9999
    assert compact.encode([], "query").shape == (0, 384)


def test_words_after_a_null_byte_are_read(compact: CompactEncoder) -> None:
    cut, whole, read = compact.encode(["agua", "agua y miel", "agua y\x00miel"], "passage")
    assert read @ whole > 0.99 > read @ cut


def test_what_the_model_cannot_hold_is_left_out(compact: CompactEncoder) -> None:
    long = "Sensores acústicos para redes de agua. " * 100
    cut = compact.cut(long, False)
    assert compact.engine.token_count(cut) <= TOKENS < compact.engine.token_count(cut + long[:40])
    assert long.startswith(cut)
    assert compact.cut(LINES[0], False) == LINES[0]


def test_words_get_vectors_for_reasons(compact: CompactEncoder) -> None:
    (parts,) = compact.parts(["fugas de agua"], "query")
    assert parts.vectors.shape == (3, 384)
    assert parts.spans.tolist() == [[0, 5], [6, 8], [9, 13]]


def test_a_vector_that_is_no_number_is_an_error(
    compact: CompactEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(texts: list[str], is_query: bool) -> Floats:
        return np.full((len(texts), 384), np.nan, np.float32)

    monkeypatch.setattr(compact.engine, "encode", broken)
    with pytest.raises(ValueError, match="else than numbers"):
        compact.encode(["agua"], "query")


def test_several_threads_may_ask(compact: CompactEncoder) -> None:
    found: list[Floats] = []
    threads = [
        threading.Thread(target=lambda: found.append(compact.encode(LINES[:3], "query"))) for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(np.array_equal(found[0], rows) for rows in found)


def test_little_memory_switches_engines_under_one_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encoder, "memory_left", lambda: 900_000_000)
    made = make_encoder("e5", MODELS)
    assert isinstance(made, CompactEncoder)
    assert made.name == encoder_name("e5", MODELS)
    assert encoder_name("compact", MODELS) == encoder_name("default", MODELS)


@pytest.mark.slow
@pytest.mark.filterwarnings("default")
@pytest.mark.parametrize("kind", ["query", "passage"])
def test_both_engines_give_the_same_vectors(compact: CompactEncoder, kind: encoder.Kind) -> None:
    usual = get_encoder("e5", MODELS)
    cosines = (compact.encode(LINES, kind) * usual.encode(LINES, kind)).sum(axis=1)
    assert cosines.min() > 0.998
    assert np.mean(cosines) > 0.999
