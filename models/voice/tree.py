"""The tokens of one lesson as a tree, with who sees whom and what is to be learned where."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor

from agent_assist.llm.plan import task_tree
from models.voice.network import Network, causal
from models.voice.prompts import Kind, Lesson

STEP = 32
"""Lengths are filled up to multiples of it: the processor's library prepares anew for each length it meets."""


@dataclass(frozen=True, slots=True)
class Tree:
    """One lesson, ready for the network.

    Attributes:
        chat: its tokens, filled up; `chat_count` are real.
        tokens, positions: of all tasks, filled up.
        mask: `[tokens, chat + tokens]`.
        at: rows of `tokens` after which something is to be learned, `truth` what comes there, `share` how much it
            counts; shares add up to 1.
        count: real tokens in all.
    """

    chat: Tensor
    chat_count: int
    tokens: Tensor
    positions: Tensor
    mask: Tensor
    at: Tensor
    truth: Tensor
    share: Tensor
    count: int


def plant(lesson: Lesson, weights: Mapping[Kind, float]) -> Tree:
    """Lays a lesson out; the product's own `task_tree` says which tokens tasks share."""
    whole = [(*task.asked, *task.answer[:-1]) for task in lesson.tasks]
    slots, _ = task_tree(whole, len(lesson.chat), first=0)
    member = torch.zeros(len(slots), len(whole), dtype=torch.bool)
    for i, slot in enumerate(slots):
        member[i, list(slot.sequences)] = True
    # A token sees an earlier one if every task that it belongs to runs through that one.
    sees = ~(member.float() @ (~member).float().T).bool() & causal(len(slots))
    at, truth, share = list[int](), list[int](), list[float]()
    for k, task in enumerate(lesson.tasks):
        rows = member[:, k].nonzero().squeeze(1).tolist()[len(task.asked) - 1 :]
        at += rows
        truth += task.answer
        share += [weights[task.kind]] * len(task.answer)
    chat, count = _filled(len(lesson.chat)), _filled(len(slots))
    mask = torch.eye(count, chat + count, dtype=torch.bool).roll(chat, 1)
    mask[: len(slots), : len(lesson.chat)] = True
    mask[: len(slots), chat : chat + len(slots)] = sees
    return Tree(
        chat=_fill(lesson.chat, chat),
        chat_count=len(lesson.chat),
        tokens=_fill([s.token for s in slots], count),
        positions=_fill([s.pos for s in slots], count),
        mask=mask,
        at=torch.tensor(at),
        truth=torch.tensor(truth),
        share=torch.tensor(share) / sum(share),
        count=len(lesson.chat) + len(slots),
    )


def hidden(network: Network, tree: Tree) -> Tensor:
    """The values under the output layer at the answers' positions; the chat is read without the adapter."""
    device = network.base.words.device
    positions = torch.arange(len(tree.chat), device=device)
    with torch.no_grad():
        _, memory = network.read(tree.chat.to(device), positions, causal(len(tree.chat)).to(device), adapted=False)
    found, _ = network.read(tree.tokens.to(device), tree.positions.to(device), tree.mask.to(device), memory)
    return found[tree.at.to(device)]


def loss(network: Network, tree: Tree) -> Tensor:
    """Mean cross entropy of the lesson's answer tokens, by their shares."""
    found = hidden(network, tree)
    return network.loss(found, tree.truth.to(found.device), tree.share.to(found.device))


def _filled(count: int) -> int:
    return -(-count // STEP) * STEP


def _fill(values: list[int] | tuple[int, ...], count: int) -> Tensor:
    return torch.tensor([*values, *[0] * (count - len(values))])
