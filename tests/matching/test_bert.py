"""The quick forward pass beside transformers' own, and models of other people's making."""

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from matching import bert, encoder
from matching.encoder import SentenceEncoder, make_encoder
from matching.encoding import ModelError

TEXTS = ["agua", "Sensores de agua y fugas", "", "fugas de agua en la red " * 4, "agua " * 200, "la red"]
WORDS = [
    "agua",
    "fugas",
    "red",
    "sensores",
    "de",
    "en",
    "la",
    "y",
    "Sensores",
    "query",
    "passage",
    "doc",
    ":",
]
SIZES = {
    "hidden_size": 24,
    "num_hidden_layers": 2,
    "num_attention_heads": 3,
    "intermediate_size": 40,
    "max_position_embeddings": 60,
    "vocab_size": len(WORDS) + 5,
}


def write_tokenizer(folder: Path) -> None:
    from tokenizers import Tokenizer, models, pre_tokenizers, processors

    pieces = ["<s>", "<pad>", "</s>", "<unk>", *WORDS, "<mask>"]
    vocabulary = {word: place for place, word in enumerate(pieces)}
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", special_tokens=[("<s>", 0), ("</s>", 2)]
    )
    tokenizer.save(str(folder / "tokenizer.json"))
    names = {"bos": "<s>", "pad": "<pad>", "eos": "</s>", "unk": "<unk>", "cls": "<s>", "sep": "</s>"}
    config = {f"{name}_token": token for name, token in names.items()}
    config["tokenizer_class"] = "PreTrainedTokenizerFast"
    (folder / "tokenizer_config.json").write_text(json.dumps(config))


def write_model(folder: Path, family: str, pooling: str = "mean", **changes: Any) -> str:
    """A small sentence-transformers model with weights by chance, as somebody might bring one."""
    import torch
    import transformers
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer import modules

    torch.manual_seed(3)
    config = getattr(transformers, f"{family}Config")(pad_token_id=1, **SIZES | changes)
    bare = folder / "bare"
    model = getattr(transformers, f"{family}Model")(config)
    for weights in model.parameters():  # as far apart as trained ones, so that mistakes show
        torch.nn.init.normal_(weights, std=0.3)
    model.save_pretrained(bare)
    write_tokenizer(bare)
    reader = modules.Transformer(str(bare))
    reader.max_seq_length = 50
    whole = SentenceTransformer(
        modules=[reader, modules.Pooling(24, pooling_mode=pooling)],
        prompts={"query": "query : ", "document": "doc : "},
        device="cpu",
    )
    whole.save(str(folder / "whole"))
    return str(folder / "whole")


def plainly(folder: str, texts: list[str]) -> Any:
    from sentence_transformers import SentenceTransformer

    return SentenceTransformer(folder, device="cpu").encode(texts, normalize_embeddings=True)


pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("default")]


@pytest.fixture(autouse=True)
def _single_precision(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encoder, "has_bfloat16", lambda: False)


@pytest.mark.parametrize(
    ("family", "pooling"), [("Bert", "mean"), ("Bert", "cls"), ("XLMRoberta", "cls"), ("Roberta", "mean")]
)
def test_the_quick_way_gives_the_models_own_vectors(tmp_path: Path, family: str, pooling: str) -> None:
    folder = write_model(tmp_path, family, pooling)
    ours = make_encoder(folder, tmp_path)
    assert isinstance(ours, SentenceEncoder)
    assert ours.quick
    assert ours.dimension == 24
    expected = plainly(folder, ["query : " + text for text in TEXTS])
    assert np.abs(ours.encode(TEXTS, "query") - expected).max() < 1e-4
    assert ours.prompts == {"query": "query : ", "passage": "doc : "}


def test_attention_is_the_same_however_it_is_cut(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ours = make_encoder(write_model(tmp_path, "Bert"), tmp_path)
    whole = ours.encode(TEXTS, "query")
    monkeypatch.setattr(bert, "SCORES", 1)
    assert np.abs(ours.encode(TEXTS, "query") - whole).max() < 1e-5


def test_tokens_are_the_models_own_too(tmp_path: Path) -> None:
    folder = write_model(tmp_path, "Bert")
    ours = make_encoder(folder, tmp_path)
    assert isinstance(ours, SentenceEncoder)
    (found,) = ours.parts(["fugas de agua"], "query")
    assert [("fugas de agua")[start:end] for start, end in found.spans.tolist()] == ["fugas", "de", "agua"]
    from sentence_transformers import SentenceTransformer

    rows = SentenceTransformer(folder, device="cpu").encode(
        ["query : fugas de agua"], output_value="token_embeddings"
    )
    assert np.abs(found.vectors - rows[0][3:6].numpy()).max() < 1e-4


@pytest.mark.parametrize(
    ("family", "pooling", "changes"),
    [("Bert", "max", {}), ("Bert", "mean", {"hidden_act": "relu"}), ("Electra", "mean", {})],
)
def test_any_other_model_runs_as_it_is(
    tmp_path: Path, family: str, pooling: str, changes: dict[str, Any]
) -> None:
    folder = write_model(tmp_path, family, pooling, **changes)
    ours = make_encoder(folder, tmp_path)
    assert isinstance(ours, SentenceEncoder)
    assert not ours.quick
    expected = plainly(folder, ["doc : " + text for text in TEXTS])
    assert np.abs(ours.encode(TEXTS, "passage") - expected).max() < 1e-4
    assert len(ours.parts(["agua y red"], "passage")[0].spans) == 3


def test_a_model_whose_proofs_come_out_otherwise_runs_as_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write_model(tmp_path, "Bert")
    monkeypatch.setattr(bert.Layer, "attend", lambda self, projected, runs: projected[:, :24] * 0)
    ours = make_encoder(folder, tmp_path)
    assert isinstance(ours, SentenceEncoder)
    assert not ours.quick
    assert np.abs(ours.encode(TEXTS, "passage") - plainly(folder, ["doc : " + t for t in TEXTS])).max() < 1e-4


def test_bfloat16_stays_near_single_precision(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encoder, "has_bfloat16", lambda: True)
    folder = write_model(tmp_path, "Electra")  # by sentence-transformers itself
    ours = make_encoder(folder, tmp_path).encode(TEXTS, "passage")
    assert (ours * plainly(folder, ["doc : " + text for text in TEXTS])).sum(axis=1).min() > 0.99


def test_a_model_that_gives_no_numbers_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ours = make_encoder(write_model(tmp_path, "Bert"), tmp_path)
    assert isinstance(ours, SentenceEncoder)
    assert ours.quick
    for weights in (*ours.quick.norm,):
        weights.fill_(float("nan"))
    with pytest.raises(ValueError, match="else than numbers"):
        ours.encode(["agua"], "query")
    with pytest.raises(ValueError, match="else than numbers"):
        ours.parts(["agua"], "query")


def test_a_folder_without_a_model_is_named(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("no model")
    with pytest.raises(ModelError, match=rf"{tmp_path.name} holds no sentence-transformers model"):
        make_encoder(str(tmp_path), tmp_path)


def test_a_hub_name_that_cannot_be_reached_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def unreachable(*args: Any, **options: Any) -> None:
        raise OSError("We couldn't connect to 'https://huggingface.co' to load the files.\nCheck your…")

    monkeypatch.setattr("sentence_transformers.SentenceTransformer", unreachable)
    with pytest.raises(ModelError, match=r"'nobody/nothing', on the Hugging Face hub .* couldn't connect"):
        make_encoder("nobody/nothing", tmp_path)


def test_a_gpu_is_used_where_there_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    import torch

    asked: dict[str, Any] = {}

    class Model:
        def __init__(self, source: str, **options: Any) -> None:
            asked.update(options)

        def eval(self) -> "Model":
            return self

    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr("sentence_transformers.SentenceTransformer", Model)
    encoder.load_model("anything", local=True)
    assert asked["device"] == "cuda"
    assert asked["model_kwargs"] == {"dtype": torch.bfloat16}


def test_texts_are_shared_out_among_cores_and_every_text_once() -> None:
    lengths = [340] * 8 + [20] * 3
    found = list(bert.batched(lengths, 2))
    assert sorted(place for batch in found for place in batch) == list(range(11))
    assert all(sum(lengths[place] for place in batch) <= bert.TOKENS for batch in found)
    assert list(bert.batched([], 2)) == []
    assert list(bert.batched([7], 4)) == [[0]]


@pytest.mark.parametrize(("texts", "length"), [(1, 16), (13, 32), (300, 48), (3, 352), (2, 2048)])
def test_attention_is_cut_into_few_sizes_that_fit(texts: int, length: int) -> None:
    parts = list(bert.pieces(texts, 12, length))
    assert parts[0].start == 0
    assert parts[-1].stop == texts * 12
    assert all(one.stop == other.start for one, other in pairwise(parts))
    assert all((part.stop - part.start) * length**2 <= max(bert.SCORES, length**2) for part in parts)
    assert len({part.stop - part.start for part in parts}) <= 6


def test_thousands_of_lengths_are_a_few_dozen_sizes() -> None:
    assert all(bert.rounded(count) >= count for count in range(1, 9000))
    assert len({bert.rounded(count) for count in range(1, 1025)}) < 32
    assert bert.rounded(17) == 32
