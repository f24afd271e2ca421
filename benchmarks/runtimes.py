"""The same model by ONNX Runtime and by OpenVINO, for benchmarks.embedding to run beside ours.

Hélice itself uses neither. In a virtual environment of their own:

    pip install onnx onnxruntime openvino
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from matching.encoding import Floats, Kind, normalised, words_alone
from matching.machine import cores
from matching.ranking.contributions import Parts

Runtime = Literal["onnx", "onnx-int8", "openvino", "openvino-bf16"]
Integers = NDArray[np.int64]
TOKENS = 1024  # of a batch, padding among them
OPSET = 17


class Exported:
    """multilingual-e5-small or another BERT with mean pooling, exported to ONNX once and run elsewhere.

    Treated as well as ours: tokenised once, sorted by length, batches of a fixed number of tokens.
    """

    def __init__(self, model: Any, prompts: dict[Kind, str], runtime: Runtime) -> None:
        self.tokenizer, self.longest, self.prompts = model.tokenizer, model.max_seq_length, prompts
        self.name: str = runtime
        self.dimension = int(model.get_embedding_dimension())
        with tempfile.TemporaryDirectory(prefix="helice-onnx-") as folder:
            file = export(model, Path(folder))
            self.session: Session = (
                OpenVino(file, runtime) if runtime.startswith("openvino") else OnnxRuntime(file, runtime)
            )

    def encode(self, texts: Sequence[str], kind: Kind) -> Floats:
        prompt = self.prompts[kind]
        read = self.tokenizer([prompt + text for text in texts], truncation=True, max_length=self.longest)
        ids: list[list[int]] = read["input_ids"]
        batches = list(batched([len(row) for row in ids]))
        masks = []
        inputs = []
        for batch in batches:
            shape = (len(batch), len(ids[batch[0]]))
            words, mask = np.zeros(shape, np.int64), np.zeros(shape, np.int64)
            for row, place in enumerate(batch):
                words[row, : len(ids[place])] = ids[place]
                mask[row, : len(ids[place])] = 1
            inputs.append((words, mask))
            masks.append(mask)
        out = np.zeros((len(texts), self.dimension), np.float32)
        for batch, mask, states in zip(batches, masks, self.session.run(inputs), strict=True):
            out[batch] = (states * mask[:, :, None]).sum(1) / mask.sum(1, keepdims=True)
        return normalised(out)

    def parts(self, texts: Sequence[str], kind: Kind) -> list[Parts]:
        return words_alone(self, texts, kind)


def batched(lengths: Sequence[int]) -> Iterator[list[int]]:
    """Places of texts, longest first, TOKENS at a time."""
    order = sorted(range(len(lengths)), key=lambda place: -lengths[place])
    start = 0
    while start < len(order):
        count = max(1, TOKENS // lengths[order[start]])
        yield order[start : start + count]
        start += count


def export(model: Any, folder: Path) -> Path:
    """The model's layers as an ONNX file: words and mask in, states of the last layer out."""
    import torch

    bert = model[0].auto_model

    class States(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.bert = bert

        def forward(self, input_ids: Any, attention_mask: Any) -> Any:
            return self.bert(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state

    example = torch.ones((2, 9), dtype=torch.long)
    names = ["input_ids", "attention_mask"]
    before = bert.config._attn_implementation
    bert.set_attn_implementation("eager")  # the exporter knows plain sums best
    file = folder / "model.onnx"
    axes = {name: {0: "texts", 1: "tokens"} for name in (*names, "states")}
    torch.onnx.export(
        States().eval(), (example, example), str(file), input_names=names, output_names=["states"],
        dynamic_axes=axes, dynamo=False, opset_version=OPSET,
    )  # fmt: skip
    bert.set_attn_implementation(before)
    return file


class Session(Protocol):
    """Runs batches of (words, mask), gives the states of each."""

    def run(self, inputs: list[tuple[Integers, Integers]]) -> list[Floats]: ...


class OnnxRuntime:
    def __init__(self, file: Path, runtime: Runtime) -> None:
        ort = import_module("onnxruntime")
        if runtime == "onnx-int8":
            quantization = import_module("onnxruntime.quantization")
            whole, file = file, file.with_name("int8.onnx")
            quantization.quantize_dynamic(
                whole, file, weight_type=quantization.QuantType.QInt8, per_channel=True
            )
        options = ort.SessionOptions()
        options.intra_op_num_threads = cores()
        self.session = ort.InferenceSession(str(file), options, providers=["CPUExecutionProvider"])

    def run(self, inputs: list[tuple[Integers, Integers]]) -> list[Floats]:
        return [
            self.session.run(["states"], {"input_ids": words, "attention_mask": mask})[0]
            for words, mask in inputs
        ]


class OpenVino:
    """One stream a core, as it is quickest."""

    def __init__(self, file: Path, runtime: Runtime) -> None:
        self.openvino = import_module("openvino")
        options = {
            "INFERENCE_PRECISION_HINT": "bf16" if runtime == "openvino-bf16" else "f32",
            "INFERENCE_NUM_THREADS": cores(),
            "PERFORMANCE_HINT": "THROUGHPUT",
        }
        self.compiled = self.openvino.Core().compile_model(str(file), "CPU", options)

    def run(self, inputs: list[tuple[Integers, Integers]]) -> list[Floats]:
        found: list[Any] = [None] * len(inputs)

        def keep(request: Any, place: int) -> None:
            found[place] = request.get_output_tensor(0).data.copy()

        queue = self.openvino.AsyncInferQueue(self.compiled)
        queue.set_callback(keep)
        for place, pair in enumerate(inputs):
            queue.start_async(list(pair), place)
        queue.wait_all()
        return found
