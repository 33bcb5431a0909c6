"""The network that is trained: MiniLM's six layers under one linear head for each data set. PyTorch, training only.

What `export.py` writes as ONNX computes the same numbers, but for rounding.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

LAYERS, HEADS, WIDTH, WIDE, POSITIONS = 6, 12, 384, 1536, 128
SHARED = 3
"""Layers that the fine labels and the desk's outputs have in common; above them each has its own."""
DROPPED = 0.1
"""Share of the hidden values left out in training, as in BERT."""


class Layer(nn.Module):
    """One transformer layer (Vaswani et al., 2017), normalised after each half as in BERT."""

    def __init__(self) -> None:
        super().__init__()
        self.qkv = nn.Linear(WIDTH, 3 * WIDTH)
        self.mix = nn.Linear(WIDTH, WIDTH)
        self.mix_norm = nn.LayerNorm(WIDTH, eps=1e-12)
        self.wide = nn.Linear(WIDTH, WIDE)
        self.narrow = nn.Linear(WIDE, WIDTH)
        self.narrow_norm = nn.LayerNorm(WIDTH, eps=1e-12)

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        """`x` is `[texts, tokens, 384]`, `mask` `[texts, 1, 1, tokens]`, 0 for a token and -inf for padding."""
        texts, tokens, _ = x.shape
        query, key, value = self.qkv(x).view(texts, tokens, 3, HEADS, -1).permute(2, 0, 3, 1, 4)
        seen = functional.scaled_dot_product_attention(query, key, value, attn_mask=mask.to(query.dtype))
        seen = self.mix(seen.transpose(1, 2).reshape(texts, tokens, WIDTH))
        x = self.mix_norm(x + functional.dropout(seen, DROPPED, self.training))
        wide = self.narrow(functional.gelu(self.wide(x)))
        return self.narrow_norm(x + functional.dropout(wide, DROPPED, self.training))


class Network(nn.Module):
    """Token numbers in, one row of scores (log-odds) for each head out. The embeddings stay as they were.

    Args:
        words: token embeddings, `[tokens, 384]`, already rounded as they ship.
        positions: position embeddings with the segment's added, `[128, 384]`.
        heads: how many outputs each head has, by name.
    """

    def __init__(self, words: Tensor, positions: Tensor, heads: Mapping[str, int]) -> None:
        super().__init__()
        self.register_buffer("words", words)
        self.register_buffer("positions", positions)
        self.norm = nn.LayerNorm(WIDTH, eps=1e-12)
        self.layers = nn.ModuleList(Layer() for _ in range(LAYERS))
        self.heads = nn.ModuleDict({name: nn.Linear(2 * WIDTH, size) for name, size in heads.items()})

    def forward(self, ids: Tensor) -> dict[str, Tensor]:
        """`ids` is `[texts, tokens]`, padded with 0."""
        pooled = functional.dropout(self.pool(ids), 2 * DROPPED, self.training)
        return {name: head(pooled) for name, head in self.heads.items()}

    def freeze_below(self, layers: int) -> None:
        """Keeps the lowest layers as they are."""
        for part in (self.norm, *list(self.layers)[:layers]):
            part.requires_grad_(False)

    def pool(self, ids: Tensor) -> Tensor:
        """Mean and maximum over the tokens of the last layer, `[texts, 768]`."""
        here = ids > 0
        mask = torch.zeros(ids.shape, dtype=torch.float32).masked_fill(~here, float("-inf"))[:, None, None, :]
        x = self.norm(functional.embedding(ids, self.words) + self.positions[: ids.shape[1]])
        x = functional.dropout(x, DROPPED, self.training)
        for layer in self.layers:
            x = layer(x, mask)
        x = x.float()
        mean = (x * here[..., None]).sum(1) / here.sum(1, keepdim=True)
        top = x.masked_fill(~here[..., None], float("-inf")).amax(1)
        return torch.cat([mean, top], 1)


def load(weights: Mapping[str, NDArray[np.float32]], heads: Mapping[str, int]) -> Network:
    """The network with the published weights of all-MiniLM-L6-v2 under fresh heads."""
    words = weights["embeddings.word_embeddings.weight"]
    scale = np.abs(words).max(axis=1, keepdims=True) / 127
    segment = weights["embeddings.token_type_embeddings.weight"][0]
    positions = weights["embeddings.position_embeddings.weight"][:POSITIONS] + segment
    network = Network(torch.tensor(np.round(words / scale) * scale), torch.tensor(positions), heads)
    state = dict(network.state_dict())

    def put(to: str, *sources: str) -> None:
        for kind in ("weight", "bias"):
            values = np.concatenate([weights[f"{source}.{kind}"] for source in sources])
            state[f"{to}.{kind}"] = torch.tensor(values)

    put("norm", "embeddings.LayerNorm")
    for number in range(LAYERS):
        source = f"encoder.layer.{number}"
        put(f"layers.{number}.qkv", *(f"{source}.attention.self.{part}" for part in ("query", "key", "value")))
        put(f"layers.{number}.mix", f"{source}.attention.output.dense")
        put(f"layers.{number}.mix_norm", f"{source}.attention.output.LayerNorm")
        put(f"layers.{number}.wide", f"{source}.intermediate.dense")
        put(f"layers.{number}.narrow", f"{source}.output.dense")
        put(f"layers.{number}.narrow_norm", f"{source}.output.LayerNorm")
    network.load_state_dict(state)
    return network
