"""The frozen weights of a Qwen2 model, dequantised from the very GGUF file that the product runs."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from gguf import GGUFReader, dequantize
from torch import Tensor

from agent_assist.errors import KnownError

ARCHITECTURE = "qwen2"
FUSED = {
    "qkv": ("attn_q", "attn_k", "attn_v"),
    "out": ("attn_output",),
    "wide": ("ffn_gate", "ffn_up"),
    "narrow": ("ffn_down",),
}
"""The linear layers of a block; those that read the same input are computed as one."""


@dataclass(frozen=True, slots=True)
class Shape:
    """Sizes of the model.

    Attributes:
        layers, width, wide: blocks, width of the residual stream, width inside the feed-forward part.
        heads, groups: heads of queries, and of keys and values.
        turn: base of the rotary positions.
        tiny: what keeps a norm from dividing by 0.
    """

    layers: int
    width: int
    wide: int
    heads: int
    groups: int
    turn: float
    tiny: float

    @property
    def sizes(self) -> dict[str, tuple[int, int]]:
        """Inputs and outputs of each linear layer."""
        one = self.width // self.heads * self.groups
        return {
            "attn_q": (self.width, self.width),
            "attn_k": (self.width, one),
            "attn_v": (self.width, one),
            "attn_output": (self.width, self.width),
            "ffn_gate": (self.width, self.wide),
            "ffn_up": (self.width, self.wide),
            "ffn_down": (self.wide, self.width),
        }


@dataclass(frozen=True, slots=True)
class Frozen:
    """A linear layer that is not trained: `[outputs, inputs]`, the same turned round, and its bias.

    A second copy, because a product with the first one's transpose takes almost three times as long on a processor.
    """

    weight: Tensor
    turned: Tensor
    bias: Tensor | None = None


@dataclass(frozen=True, slots=True)
class Block:
    """One block: two norms and the layers that `FUSED` names."""

    attention_norm: Tensor
    wide_norm: Tensor
    linear: dict[str, Frozen]


@dataclass(frozen=True, slots=True)
class Base:
    """The whole model: token embeddings, blocks, last norm, output layer."""

    shape: Shape
    words: Tensor
    blocks: list[Block]
    norm: Tensor
    output: Frozen


def read(path: Path, device: torch.device) -> Base:
    """Reads a GGUF file; linear layers become bfloat16, norms float32.

    Raises:
        KnownError: the model is of another family.
    """
    reader = GGUFReader(path)
    family = reader.fields["general.architecture"].contents()
    if family != ARCHITECTURE:
        raise KnownError(f"The recipe trains models of the family {ARCHITECTURE} only; {path.name} is {family}.")
    tensors = {tensor.name: tensor for tensor in reader.tensors}

    def plain(name: str, kind: torch.dtype) -> Tensor:
        tensor = tensors[name]
        values = np.ascontiguousarray(dequantize(tensor.data, tensor.tensor_type), dtype=np.float32)
        return torch.tensor(values, dtype=kind, device=device)

    def linear(names: list[str]) -> Frozen:
        weight = torch.cat([plain(f"{name}.weight", torch.bfloat16) for name in names])
        biases = [plain(f"{name}.bias", torch.bfloat16) for name in names if f"{name}.bias" in tensors]
        return Frozen(weight, weight.T.contiguous(), torch.cat(biases) if biases else None)

    def block(n: int) -> Block:
        layers = {fused: linear([f"blk.{n}.{name}" for name in names]) for fused, names in FUSED.items()}
        norms = [plain(f"blk.{n}.{name}.weight", torch.float32) for name in ("attn_norm", "ffn_norm")]
        return Block(norms[0], norms[1], layers)

    shape = _shape(reader)
    words = plain("token_embd.weight", torch.bfloat16)
    last = plain("output.weight", torch.bfloat16) if "output.weight" in tensors else words
    blocks = [block(n) for n in range(shape.layers)]
    return Base(shape, words, blocks, plain("output_norm.weight", torch.float32), Frozen(last, last.T.contiguous()))


def _shape(reader: GGUFReader) -> Shape:
    def number(name: str) -> float:
        return float(reader.fields[f"{ARCHITECTURE}.{name}"].contents())

    return Shape(
        layers=int(number("block_count")),
        width=int(number("embedding_length")),
        wide=int(number("feed_forward_length")),
        heads=int(number("attention.head_count")),
        groups=int(number("attention.head_count_kv")),
        turn=number("rope.freq_base"),
        tiny=number("attention.layer_norm_rms_epsilon"),
    )
