"""Qwen2 in plain PyTorch, frozen, with a trained adapter of low rank on most linear layers (LoRA, Hu et al., 2021).

The tokens of an example form a tree, as in the product: the chat once, then all tasks side by side, those that begin
alike sharing their beginning. A token sees the chat and what leads to it, so that one pass trains every task.

The chat is read by the base alone and only the tasks with the adapter, as the product does it (activated LoRA,
Greenewald et al., 2025): the adapter learns to write, what was understood stays as it was, and the chat needs no
gradient.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from models.voice.weights import FUSED, Base, Frozen, Shape

Memory = list[tuple[Tensor, Tensor]]
"""For each block, keys and values `[groups, tokens, head width]`."""
ADAPTED = ("qkv", "out", "narrow")
"""The layers that the adapter adds to. On the wide ones it would cost llama.cpp two more passes over 8,960 values for
every token: a seventh of its speed, where these cost a twentieth."""
_PORTION = 128
"""Answer positions whose 151,000 logits are in memory at once."""


class _Adapted(torch.autograd.Function):
    """A frozen layer plus what the adapter adds: `x W' + x A' B'`."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, frozen: Frozen, down: Tensor, up: Tensor) -> Tensor:
        y: Tensor = functional.linear(x, frozen.weight, frozen.bias)
        low = functional.linear(x, down)
        ctx.save_for_backward(x, low, down, up)
        ctx.turned = frozen.turned
        return y.addmm_(low, up.T)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor | None, None, Tensor, Tensor]:
        x, low, down, up = ctx.saved_tensors
        grad = grad.contiguous()
        grad_low = grad @ up
        grad_x = functional.linear(grad, ctx.turned).addmm_(grad_low, down) if ctx.needs_input_grad[0] else None
        return grad_x, None, grad_low.T @ x, grad.T @ low


class _Plain(torch.autograd.Function):
    """A frozen layer as it is."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, frozen: Frozen) -> Tensor:
        ctx.turned = frozen.turned
        y: Tensor = functional.linear(x, frozen.weight, frozen.bias)
        return y

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor, None]:
        return functional.linear(grad.contiguous(), ctx.turned), None


class _Loss(torch.autograd.Function):
    """Weighted cross entropy at answer positions, its gradient taken at once so that no logits are kept."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, output: Frozen, truth: Tensor, share: Tensor) -> Tensor:
        total = x.new_zeros((), dtype=torch.float32)
        grads = []
        for start in range(0, len(x), _PORTION):
            part = slice(start, start + _PORTION)
            # logsumexp takes seven times as long as this.
            likely = functional.linear(x[part], output.weight).log_softmax(1, dtype=torch.float32)
            chosen = truth[part].unsqueeze(1)
            total -= (likely.gather(1, chosen).squeeze(1) * share[part]).sum()
            if ctx.needs_input_grad[0]:
                wrong = likely.exp_()
                wrong.scatter_add_(1, chosen, torch.full_like(chosen, -1, dtype=wrong.dtype))
                grads.append(functional.linear((wrong * share[part].unsqueeze(1)).to(x.dtype), output.turned))
        ctx.grad = torch.cat(grads) if grads else None
        return total

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor, None, None, None]:
        return ctx.grad * grad, None, None, None


class Adapter:
    """The trained part: for each linear layer A `[rank, inputs]` and B `[outputs, rank]`, float32.

    Args:
        shape: of the base.
        rank: of every layer's addition.
        seed: of A; B begins at 0, so that the untrained adapter changes nothing.
    """

    def __init__(self, shape: Shape, rank: int, seed: int, device: torch.device) -> None:
        self.rank = rank
        self.alpha = 2.0 * rank
        self.scale = self.alpha / rank
        self._count = shape.layers
        self.tensors: dict[str, Tensor] = {}
        made = torch.Generator().manual_seed(seed)
        for n in range(shape.layers):
            for name in (name for layer in ADAPTED for name in FUSED[layer]):
                inputs, outputs = shape.sizes[name]
                bound = 1 / math.sqrt(inputs)
                a = (torch.rand(rank, inputs, generator=made) * 2 - 1) * bound
                self.tensors[f"blk.{n}.{name}.weight.lora_a"] = a.to(device).requires_grad_()
                b = torch.zeros(outputs, rank, device=device)
                self.tensors[f"blk.{n}.{name}.weight.lora_b"] = b.requires_grad_()

        self._fused: dict[tuple[int, str], tuple[Tensor, Tensor]] = {}
        self.refresh()

    def fused(self, n: int, layer: str) -> tuple[Tensor, Tensor]:
        """A and B of layers that read the same input, as one, in bfloat16; B already scaled."""
        return self._fused[n, layer]

    def refresh(self) -> None:
        """Makes what `fused` gives anew from `tensors`: once for a step, it takes as long as a layer."""
        for (n, layer), names in self._layers():
            down = torch.cat([self.tensors[f"{name}.lora_a"].detach() for name in names])
            up = torch.block_diag(*(self.tensors[f"{name}.lora_b"].detach() for name in names)) * self.scale
            self._fused[n, layer] = (down.bfloat16().requires_grad_(), up.bfloat16().requires_grad_())

    def collect(self) -> None:
        """Adds the gradients of what `fused` gives to those of `tensors`."""
        for key, names in self._layers():
            down, up = self._fused[key]
            if down.grad is None or up.grad is None:
                continue
            row = 0
            for k, name in enumerate(names):
                part = slice(k * self.rank, (k + 1) * self.rank)
                b = self.tensors[f"{name}.lora_b"]
                _add(self.tensors[f"{name}.lora_a"], down.grad[part].float())
                _add(b, up.grad[row : row + len(b), part].float() * self.scale)
                row += len(b)
            down.grad = up.grad = None

    def _layers(self) -> Iterator[tuple[tuple[int, str], list[str]]]:
        for n in range(self._count):
            for layer in ADAPTED:
                yield (n, layer), [f"blk.{n}.{name}.weight" for name in FUSED[layer]]


def _add(tensor: Tensor, grad: Tensor) -> None:
    tensor.grad = grad if tensor.grad is None else tensor.grad.add_(grad)


class Network:
    """The base with an adapter."""

    def __init__(self, base: Base, adapter: Adapter) -> None:
        self.base = base
        self.adapter = adapter

    def read(
        self, tokens: Tensor, positions: Tensor, mask: Tensor, before: Memory | None = None, adapted: bool = True
    ) -> tuple[Tensor, Memory]:
        """Runs tokens through the blocks.

        Args:
            tokens: `[tokens]`.
            positions: of each, `[tokens]`.
            mask: `[tokens, seen]`, True where a token sees another; first the tokens of `before`, then these.
            before: what was read before them.
            adapted: whether the adapter takes part.

        Returns:
            The hidden values under the output layer, `[tokens, width]`, and keys and values of these tokens.
        """
        shape, memory = self.base.shape, Memory()
        turns = _turns(positions, shape)
        x = self.base.words[tokens].float()
        for n, block in enumerate(self.base.blocks):

            def linear(value: Tensor, layer: str, n: int = n, made: dict[str, Frozen] = block.linear) -> Tensor:
                if not adapted or layer not in ADAPTED:
                    plain: Tensor = _Plain.apply(value, made[layer])
                    return plain
                down, up = self.adapter.fused(n, layer)
                applied: Tensor = _Adapted.apply(value, made[layer], down, up)
                return applied

            mixed = linear(_norm(x, block.attention_norm, shape.tiny), "qkv")
            queries, keys, values = _heads(mixed, turns, shape)
            memory.append((keys, values))
            if before is not None:
                keys, values = torch.cat([before[n][0], keys], 1), torch.cat([before[n][1], values], 1)
            x = x + linear(_attend(queries, keys, values, mask), "out")
            gate, up = linear(_norm(x, block.wide_norm, shape.tiny), "wide").chunk(2, 1)
            x = x + linear(functional.silu(gate) * up, "narrow")
        return _norm(x, self.base.norm, shape.tiny), memory

    def loss(self, hidden: Tensor, truth: Tensor, share: Tensor) -> Tensor:
        """Cross entropy of the tokens `truth` after the rows of `hidden`, each counted with its `share`."""
        total: Tensor = _Loss.apply(hidden, self.base.output, truth, share)
        return total

    def logits(self, hidden: Tensor) -> Tensor:
        """Scores of every token, `[rows, words]`."""
        return functional.linear(hidden, self.base.output.weight).float()


def causal(count: int, padded: int = 0) -> Tensor:
    """The mask of a plain text of `count` tokens."""
    return torch.ones(padded or count, padded or count, dtype=torch.bool).tril()


def _norm(x: Tensor, weight: Tensor, tiny: float) -> Tensor:
    return (functional.rms_norm(x, (x.shape[-1],), weight, tiny)).to(torch.bfloat16)


def _turns(positions: Tensor, shape: Shape) -> tuple[Tensor, Tensor]:
    half = shape.width // shape.heads // 2
    speeds = shape.turn ** (-torch.arange(half, device=positions.device, dtype=torch.float32) / half)
    angles = (positions.float().unsqueeze(1) * speeds).repeat(1, 2)
    return angles.cos(), angles.sin()


def _heads(mixed: Tensor, turns: tuple[Tensor, Tensor], shape: Shape) -> tuple[Tensor, Tensor, Tensor]:
    """Queries, keys and values, `[heads, tokens, head width]`, the first two turned by their positions."""
    wide = shape.width // shape.heads
    heads = mixed.view(len(mixed), -1, wide).transpose(0, 1)
    turned, values = heads[: shape.heads + shape.groups], heads[shape.heads + shape.groups :]
    cos, sin = turns
    one, two = turned.float().chunk(2, -1)
    turned = (turned.float() * cos + torch.cat([-two, one], -1) * sin).to(mixed.dtype)
    return turned[: shape.heads], turned[shape.heads :], values


def _attend(queries: Tensor, keys: Tensor, values: Tensor, mask: Tensor) -> Tensor:
    share = len(queries) // len(keys)
    keys, values = keys.repeat_interleave(share, 0), values.repeat_interleave(share, 0)
    seen = functional.scaled_dot_product_attention(
        queries.unsqueeze(0), keys.unsqueeze(0), values.unsqueeze(0), attn_mask=mask
    )
    return seen[0].transpose(0, 1).reshape(queries.shape[1], -1)


def parameters(adapter: Adapter) -> Sequence[Tensor]:
    """What is trained."""
    return list(adapter.tensors.values())
