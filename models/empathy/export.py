"""Writes a trained network as int8 ONNX, in the same way as the emotion model but with fewer layers."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx  # type: ignore[import-not-found,unused-ignore]  # only this recipe needs it
from onnx import helper  # type: ignore[import-not-found,unused-ignore]

from agent_assist.encoder import MODEL
from models.emotion.export import FUSED, Graph, add_embeddings, add_layer
from models.emotion.network import Network
from models.empathy.fit import HEAD


def write_network(network: Network, outputs: int, to: Path, rounded: bool = True) -> None:
    """Writes `encoder.onnx`.

    Args:
        network: with a head named `HEAD`.
        outputs: how many of the head's outputs ship; the first ones.
        to: folder that gets the file.
        rounded: seven-bit weights; False keeps full precision, to measure what rounding costs.
    """
    state = {name: value.numpy() for name, value in network.state_dict().items()}
    graph = Graph(rounded)
    graph.constant("tokens.axis", np.array([1], dtype=np.int64))
    x = add_embeddings(graph, state)
    for number in range(len(network.layers)):
        x = add_layer(graph, state, x, number, "reply")
    pooled = [graph.node(op, [x, "tokens.axis"], f"pooled.{op}", keepdims=0) for op in ("ReduceMean", "ReduceMax")]
    graph.node("Concat", pooled, "pooled", axis=1)
    bias = graph.constant("scores.bias", state[f"heads.{HEAD}.bias"][:outputs])
    graph.exact_linear("pooled", state[f"heads.{HEAD}.weight"][:outputs], bias, "scores")
    found = helper.make_tensor_value_info("scores", onnx.TensorProto.FLOAT, ["texts", outputs])
    ids = helper.make_tensor_value_info("input_ids", onnx.TensorProto.INT64, ["texts", "tokens"])
    made = helper.make_graph(graph.nodes, "minilm-empathy", [ids], [found], graph.constants)
    operators = [helper.make_opsetid("", 18), helper.make_opsetid(FUSED, 1)]
    whole = helper.make_model(made, opset_imports=operators, ir_version=9, producer_name="models.empathy.export")
    onnx.save(whole, str(to / MODEL))
