"""BERT's forward pass over texts laid end to end.

The same sums as transformers does (Devlin et al., 2019, arXiv:1810.04805; XLM-RoBERTa: Conneau et al., 2020,
arXiv:1911.02116), arranged for processors: nothing is padded, weights lie as oneDNN wants them, and every
core works on texts of its own, so that cores never wait for one another. Layer norms, the softmax and the
means are reckoned in single precision whatever the weights are.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import groupby
from typing import TYPE_CHECKING, Any

import numpy as np

from matching.encoding import Floats
from matching.machine import cores

if TYPE_CHECKING:
    from torch import Tensor, dtype

Linear = Callable[["Tensor"], "Tensor"]

FAMILIES = {"BertModel": False, "RobertaModel": True, "XLMRobertaModel": True}
TOKENS = 1024  # of a batch: its activations fit a core's cache
SCORES = 250_000  # attention scores that are held at once: these too
STEPS = ((128, 16), (512, 32), (1024, 64))  # up to how many tokens, sizes are multiples of what
COARSEST = 256
PROOFS = (
    "Agua",
    "Low-cost Acoustic Sensors find leaks in water networks before the street floods.",
    "Niñas y jóvenes de Oaxaca aprenden robótica con materiales reciclados. " * 6,
)
PROVED = 0.998  # cosine; bfloat16 keeps 0.9999 of trained models


class Bert:
    """A sentence-transformers model of BERT's family with mean or first-token pooling, made quick.

    Takes its weights from a model loaded in single precision and keeps those of the layers in bfloat16 if
    asked to. Its table of words stays as it was loaded: mapped from the file, read where a word is met,
    shared by all processes. Several threads may call.
    """

    def __init__(self, model: Any, bfloat16: bool) -> None:
        import torch

        bert, pooling = model[0].auto_model, model[1]
        self.tokenizer = model.tokenizer
        self.first_token = pooling.pooling_mode == "cls"
        heads = int(bert.config.num_attention_heads)
        self.epsilon = float(bert.config.layer_norm_eps)
        self.offset = bert.config.pad_token_id + 1 if FAMILIES[type(bert).__name__] else 0
        embeddings = bert.embeddings
        with torch.no_grad():
            self.words = embeddings.word_embeddings.weight.detach()
            places = embeddings.position_embeddings.weight + embeddings.token_type_embeddings.weight[0]
            self.places = places.detach()
            self.norm = norm_of(embeddings.LayerNorm, torch.float32)
            self.dtype = torch.bfloat16 if bfloat16 else torch.float32
            self.layers = [Layer(layer, heads, self.epsilon, self.dtype) for layer in bert.encoder.layer]
        room = len(self.places) - self.offset
        self.longest = min(room, model.max_seq_length or room)
        self.cores = cores()
        self.lock = threading.Lock()

    def pooled(self, texts: Sequence[str]) -> Floats:
        """One vector a text, shape (n, d), of any length. Prompts are the caller's."""
        if self.first_token:
            rows = self.run(self.ids(texts), lambda states: states[:, 0].float().numpy())
        else:
            rows = self.run(self.ids(texts), lambda states: states.float().mean(1).numpy())
        return np.stack(rows) if rows else np.zeros((0, self.words.shape[1]), np.float32)

    def states(self, texts: Sequence[str]) -> list[Floats]:
        """The vectors of each text's tokens, shapes (t, d), the special ones at both ends among them."""
        return self.run(self.ids(texts), lambda states: states.float().numpy())

    def ids(self, texts: Sequence[str]) -> list[list[int]]:
        """What the model reads of each text."""
        if not texts:
            return []
        with self.lock:  # the tokenizer keeps how it is to cut as a state
            read = self.tokenizer(
                list(texts), truncation=True, max_length=self.longest, return_attention_mask=False
            )
        return list(read["input_ids"])

    def run(self, ids: Sequence[list[int]], finish: Callable[[Tensor], Floats]) -> list[Floats]:
        """`finish` gets the last states of texts of one length, (n, t, d), and gives n rows."""
        import torch

        found: list[Any] = [None] * len(ids)

        def work(batch: list[int]) -> None:
            rows = self.forward([ids[place] for place in batch], finish)
            for place, row in zip(batch, rows, strict=True):
                found[place] = row

        batches = list(batched([len(row) for row in ids], self.cores))
        # Threads of their own, each with one core: torch's own parallel loops wait for the slowest core
        # several hundred times a batch, which a busy machine turns into minutes.
        with ThreadPoolExecutor(self.cores, initializer=torch.set_num_threads, initargs=(1,)) as threads:
            list(threads.map(work, batches))
        return found

    def forward(self, ids: list[list[int]], finish: Callable[[Tensor], Floats]) -> list[Floats]:
        """One batch, sorted by length, on this thread alone."""
        import torch
        from torch.nn import functional

        with torch.inference_mode():
            runs = [(length, len(list(same))) for length, same in groupby(ids, len)]
            total = sum(map(len, ids))
            flat = np.zeros((2, rounded(total)), np.int64)  # what is over is reckoned with and never read
            flat[0, :total] = np.concatenate(ids)
            flat[1, :total] = np.concatenate([np.arange(len(row)) for row in ids]) + self.offset
            words, places = torch.from_numpy(flat)
            x = self.words[words] + self.places[places]
            x = functional.layer_norm(x, x.shape[1:], *self.norm, self.epsilon).to(self.dtype)
            for layer in self.layers:
                x = layer(x, runs)
            return [row for states in split(x, runs) for row in finish(states)]


class Layer:
    """One layer: attention and two linear maps, each added to what came in."""

    def __init__(self, layer: Any, heads: int, epsilon: float, dtype: dtype) -> None:
        import torch

        own, out = layer.attention.self, layer.attention.output
        self.heads, self.epsilon = heads, epsilon
        scale = (own.query.weight.shape[0] // heads) ** -0.5  # of the scores, once and for all
        weight = torch.cat([own.query.weight * scale, own.key.weight, own.value.weight])
        bias = torch.cat([own.query.bias * scale, own.key.bias, own.value.bias])
        self.project = linear(weight.to(dtype), bias.to(dtype))
        self.join = linear(out.dense.weight.to(dtype), out.dense.bias.to(dtype))
        wide, narrow = layer.intermediate.dense, layer.output.dense
        self.widen = linear(wide.weight.to(dtype), wide.bias.to(dtype), gelu=True)
        self.narrow = linear(narrow.weight.to(dtype), narrow.bias.to(dtype))
        self.norms = norm_of(out.LayerNorm, dtype), norm_of(layer.output.LayerNorm, dtype)

    def __call__(self, x: Tensor, runs: list[tuple[int, int]]) -> Tensor:
        """States (tokens, d) to states; `runs` says how long the texts are: (length, how many) in turn."""
        from torch.nn import functional

        seen = self.join(self.attend(self.project(x), runs)).add_(x)
        x = functional.layer_norm(seen, x.shape[1:], *self.norms[0], self.epsilon)
        thought = self.narrow(self.widen(x)).add_(x)
        return functional.layer_norm(thought, x.shape[1:], *self.norms[1], self.epsilon)

    def attend(self, projected: Tensor, runs: list[tuple[int, int]]) -> Tensor:
        """Attention within each text, (tokens, 3 d) to (tokens, d), all texts of one length at once.

        Spelled out: torch's fused attention takes twice as long for heads this narrow.
        """
        width = projected.shape[1] // 3
        out = projected.new_zeros(len(projected), width)
        start = 0
        for length, count in runs:
            end = start + length * count
            shape = (count, length, 3, self.heads, width // self.heads)
            room = projected.new_zeros(3, count, self.heads, rounded(length), shape[-1])
            room[:, :, :, :length] = projected[start:end].view(shape).permute(2, 0, 3, 1, 4)
            asked, keys, values = room.flatten(1, 2)
            found = self.shared(asked, keys, values, length).view(room.shape[1:])
            out[start:end].view(shape[:2] + shape[3:]).copy_(found[:, :, :length].transpose(1, 2))
            start = end
        return out

    def shared(self, asked: Tensor, keys: Tensor, values: Tensor, length: int) -> Tensor:
        """Attention by every head of every text, a cacheful at a time. Shapes (texts x heads, t, d); only the
        first `length` tokens are the texts' own."""
        import torch

        found = torch.empty_like(values)
        for part in pieces(len(values) // self.heads, self.heads, values.shape[1]):
            scores = torch.bmm(asked[part], keys[part].transpose(1, 2))
            scores[:, :, length:] = -torch.inf
            shares = torch.softmax(scores, -1, dtype=torch.float32).to(values.dtype)
            torch.bmm(shares, values[part], out=found[part])
        return found


def fitting(model: Any, bfloat16: bool) -> Bert | None:
    """The quick form of a sentence-transformers model, if it has one: where its parts are known ones, and
    proofs come out as the model itself has them."""
    if not is_known(model):
        return None
    truth = model.encode(list(PROOFS), prompt="", normalize_embeddings=True, show_progress_bar=False)
    quick = Bert(model, bfloat16)
    ours = quick.pooled(PROOFS)
    cosines = (ours * np.asarray(truth, np.float32)).sum(1) / np.linalg.norm(ours, axis=1)
    return quick if bool((cosines > PROVED).all()) else None


def is_known(model: Any) -> bool:
    """Whether the model is made of what `Bert` can do, and stands on the processor."""
    parts = [type(part).__name__ for part in model]
    if parts not in (["Transformer", "Pooling"], ["Transformer", "Pooling", "Normalize"]):
        return False
    bert, pooling = model[0].auto_model, model[1]
    return bool(
        type(bert).__name__ in FAMILIES
        and bert.config.hidden_act == "gelu"
        and not bert.config.is_decoder
        and getattr(bert.config, "position_embedding_type", "absolute") == "absolute"
        and pooling.pooling_mode in ("mean", "cls")
        and pooling.include_prompt
        and model.truncate_dim is None
        and model.device.type == "cpu"
    )


def linear(weight: Tensor, bias: Tensor, *, gelu: bool = False) -> Linear:
    """A linear map, with its weights laid out for oneDNN where torch has that: a tenth quicker."""
    import torch
    from torch.nn import functional

    weight, bias = weight.detach(), bias.detach()
    try:
        packed = torch.ops.mkldnn._reorder_linear_weight(weight)
        apply = torch.ops.mkldnn._linear_pointwise
    except (AttributeError, RuntimeError):  # built without oneDNN
        if gelu:
            return lambda x: functional.gelu(functional.linear(x, weight, bias))
        return lambda x: functional.linear(x, weight, bias)
    after = "gelu" if gelu else "none"
    return lambda x: apply(x, packed, bias, after, [], "none")


def norm_of(norm: Any, dtype: dtype) -> tuple[Tensor, Tensor]:
    return norm.weight.detach().to(dtype), norm.bias.detach().to(dtype)


def rounded(count: int) -> int:
    """The next of a few dozen sizes. oneDNN writes itself a program for every size it meets, and each takes
    half a millisecond and half a megabyte: tokens are filled up to sizes that it knows."""
    step = next((step for most, step in STEPS if count <= most), COARSEST)
    return math.ceil(count / step) * step


def pieces(texts: int, heads: int, length: int) -> Iterator[slice]:
    """Attention matrices (texts x heads) in parts of at most SCORES scores, of few different sizes: texts by
    powers of two, or, where one text has too many, as many heads as divide it evenly."""
    most = SCORES // length**2
    start = 0
    while start < texts * heads:
        left = texts - start // heads
        if most >= heads:
            size = heads << (min(left, most // heads).bit_length() - 1)
        else:
            size = max(part for part in range(1, heads + 1) if heads % part == 0 and part <= max(1, most))
        yield slice(start, start + size)
        start += size


def batched(lengths: Sequence[int], workers: int) -> Iterator[list[int]]:
    """Places of texts, longest first, in batches of like length; few texts are shared out among workers."""
    order = sorted(range(len(lengths)), key=lambda place: -lengths[place])
    rounds = math.ceil(sum(lengths) / TOKENS / workers)
    limit = rounded(math.ceil(sum(lengths) / max(1, rounds) / workers))
    batch: list[int] = []
    held = 0
    for place in order:
        if batch and held + lengths[place] > limit:
            yield batch
            batch, held = [], 0
        batch.append(place)
        held += lengths[place]
    if batch:
        yield batch


def split(x: Tensor, runs: list[tuple[int, int]]) -> Iterator[Tensor]:
    """States (tokens, d) as one (n, t, d) for each run."""
    start = 0
    for length, count in runs:
        yield x[start : start + length * count].view(count, length, -1)
        start += length * count
