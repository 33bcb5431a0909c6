"""Writes a trained network as int8 ONNX. Only this and `finish.py` need the package `onnx`.

Weights are rounded to seven bits: with eight, processors without VNNI overflow when they add two products, and the same
text would read differently on an older machine.
"""

from __future__ import annotations

import hashlib
import json
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnx  # type: ignore[import-not-found,unused-ignore]  # only this recipe needs it
from numpy.typing import NDArray
from onnx import helper, numpy_helper  # type: ignore[import-not-found,unused-ignore]

WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
LAYERS, HEADS = 6, 12
FUSED = "com.microsoft"
"""Operators of onnxruntime that do in one step what the standard ones do in ten."""

Array = NDArray[np.float32]


class Graph:
    """Collects the nodes and constants of an ONNX graph.

    Args:
        rounded: weights in seven bits; False keeps them as they are, to measure what rounding costs.
    """

    def __init__(self, rounded: bool) -> None:
        self.nodes: list[object] = []
        self.constants: list[object] = []
        self._rounded = rounded

    def constant(self, name: str, value: NDArray[np.generic]) -> str:
        """Adds a constant and gives its name back."""
        self.constants.append(numpy_helper.from_array(np.array(value, order="C"), name))
        return name

    def node(
        self, op: str, inputs: list[str], *outputs: str, domain: str = "", **attributes: int | float | list[int]
    ) -> str:
        """Adds a node and gives the name of its first output back."""
        self.nodes.append(helper.make_node(op, inputs, list(outputs), domain=domain, **attributes))
        return outputs[0]

    def linear(self, x: str, weight: Array, bias: Array, name: str) -> str:
        """A linear layer; rounded, its weights have one scale for each output."""
        bias_name = self.constant(f"{name}.bias", bias)
        if not self._rounded:
            return self.exact_linear(x, weight, bias_name, name)
        scale = np.maximum(np.abs(weight).max(axis=1) / 63, 1e-9).astype(np.float32)
        rounded = np.round(weight / scale[:, None]).astype(np.int8).T
        constants = [self.constant(f"{name}.weight", rounded), self.constant(f"{name}.scale", scale), ""]
        return self.node("DynamicQuantizeMatMul", [x, *constants, bias_name], name, domain=FUSED)

    def exact_linear(self, x: str, weight: Array, bias: str, name: str) -> str:
        """A linear layer in full precision."""
        self.node("MatMul", [x, self.constant(f"{name}.weight", weight.T)], f"{name}.product")
        return self.node("Add", [f"{name}.product", bias], name)


def read_safetensors(path: Path) -> dict[str, Array]:
    """The tensors of the published file that hold float32 numbers; others are left out."""
    data = path.read_bytes()
    if hashlib.sha256(data).hexdigest() != WEIGHTS_SHA256:
        raise SystemExit(f"{path} is not the file this recipe was made for (SHA-256 differs).")
    (size,) = struct.unpack("<Q", data[:8])
    tensors = {}
    for name, entry in json.loads(data[8 : 8 + size]).items():
        if entry.get("dtype") == "F32":
            start, end = entry["data_offsets"]
            values = np.frombuffer(data[8 + size + start : 8 + size + end], dtype=np.float32)
            tensors[name] = values.reshape(entry["shape"])
    return tensors


@dataclass(frozen=True, slots=True)
class Branch:
    """What stands on the shared layers for some of the outputs.

    Attributes:
        state: of the `network.Network` it comes from, as numpy arrays.
        weight: of its head, `[outputs, 768]`.
        bias: likewise, `[outputs]`.
    """

    state: Mapping[str, Array]
    weight: Array
    bias: Array


def build(branches: Sequence[Branch], shared: int, rounded: bool = True) -> object:
    """The whole model: token numbers in, `scores` out: log-odds of all branches side by side, `[texts, outputs]`.

    Args:
        branches: alike in their embeddings and lowest layers.
        shared: how many layers they have in common.
        rounded: seven-bit weights; False keeps full precision.
    """
    graph = Graph(rounded)
    graph.constant("tokens.axis", np.array([1], dtype=np.int64))
    common = add_embeddings(graph, branches[0].state)
    for number in range(shared):
        common = add_layer(graph, branches[0].state, common, number, "shared")
    scores = []
    for index, branch in enumerate(branches):
        name, x = f"branch{index}", common
        for number in range(shared, LAYERS):
            x = add_layer(graph, branch.state, x, number, name)
        pooled = [graph.node(op, [x, "tokens.axis"], f"{name}.{op}", keepdims=0) for op in ("ReduceMean", "ReduceMax")]
        graph.node("Concat", pooled, f"{name}.pooled", axis=1)
        bias = graph.constant(f"{name}.bias", branch.bias)
        scores.append(graph.exact_linear(f"{name}.pooled", branch.weight, bias, f"{name}.scores"))
    graph.node("Concat", scores, "scores", axis=1)
    outputs = sum(len(branch.bias) for branch in branches)
    found = helper.make_tensor_value_info("scores", onnx.TensorProto.FLOAT, ["texts", outputs])
    ids = helper.make_tensor_value_info("input_ids", onnx.TensorProto.INT64, ["texts", "tokens"])
    made = helper.make_graph(graph.nodes, "minilm-l6-emotion", [ids], [found], graph.constants)
    operators = [helper.make_opsetid("", 18), helper.make_opsetid(FUSED, 1)]
    return helper.make_model(made, opset_imports=operators, ir_version=9, producer_name="models.emotion.export")


def add_embeddings(graph: Graph, state: Mapping[str, Array]) -> str:
    """Token and position embeddings; the tokens' are int8, one scale for each token."""
    words = state["words"]
    scale = (np.abs(words).max(axis=1, keepdims=True) / 127).astype(np.float32)
    graph.constant("words", np.round(words / scale).astype(np.int8))
    graph.constant("words.scale", scale)
    graph.constant("positions", state["positions"])
    graph.constant("zero", np.array([0], dtype=np.int64))
    graph.node("Gather", ["words", "input_ids"], "words.rounded")
    graph.node("Gather", ["words.scale", "input_ids"], "words.step")
    graph.node("Cast", ["words.rounded"], "words.float", to=onnx.TensorProto.FLOAT)
    graph.node("Mul", ["words.float", "words.step"], "words.real")
    graph.node("Shape", ["input_ids"], "length", start=1, end=2)
    graph.node("Slice", ["positions", "zero", "length", "zero"], "positions.used")
    graph.node("Unsqueeze", ["positions.used", "zero"], "positions.batch")
    graph.node("Add", ["words.real", "positions.batch"], "embedded")
    gain, bias = (graph.constant(f"embedded.{kind}", state[f"norm.{kind}"]) for kind in ("weight", "bias"))
    return graph.node("LayerNormalization", ["embedded", gain, bias], "layer0", axis=-1, epsilon=1e-12)


def add_layer(graph: Graph, state: Mapping[str, Array], x: str, number: int, prefix: str) -> str:
    """One transformer layer; `number` counts from 0."""
    source = f"layers.{number}"
    name = f"{prefix}.{source}"

    def dense(inp: str, part: str) -> str:
        weight, bias = state[f"{source}.{part}.weight"], state[f"{source}.{part}.bias"]
        return graph.linear(inp, weight, bias, f"{name}.{part}")

    def add_and_norm(inp: str, residual: str, part: str) -> str:
        full = f"{name}.{part}"
        values = [graph.constant(f"{full}.{kind}", state[f"{source}.{part}.{kind}"]) for kind in ("weight", "bias")]
        return graph.node("SkipLayerNormalization", [inp, residual, *values], full, domain=FUSED, epsilon=1e-12)

    split = [f"{name}.{part}" for part in ("query", "key", "value")]
    graph.node("Split", [dense(x, "qkv")], *split, axis=-1, num_outputs=3)
    seen = graph.node("MultiHeadAttention", split, f"{name}.seen", domain=FUSED, num_heads=HEADS)
    middle = add_and_norm(dense(seen, "mix"), x, "mix_norm")
    wide = graph.node("Gelu", [dense(middle, "wide")], f"{name}.gelu", domain=FUSED)
    return add_and_norm(dense(wide, "narrow"), middle, "narrow_norm")
