"""The network that is trained computes what llama.cpp computes, for every task of a lesson at once."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

torch = pytest.importorskip("torch")
gguf = pytest.importorskip("gguf")

from agent_assist.errors import KnownError  # noqa: E402
from models.voice import export, tree  # noqa: E402
from models.voice.course import Course, Plan, held_out_loss  # noqa: E402
from models.voice.network import Adapter, Network, causal  # noqa: E402
from models.voice.prompts import Kind, Lesson, Task  # noqa: E402
from models.voice.weights import FUSED, Base, Block, Frozen, Shape  # noqa: E402

WORDS = 50
SHAPE = Shape(layers=2, width=16, wide=24, heads=4, groups=2, turn=1e4, tiny=1e-6)
CPU = torch.device("cpu")
LESSON = Lesson(
    "a",
    (1, 2, 3, 4, 5),
    (
        Task(Kind.REPLY, (6, 7, 8), (9, 10, 11)),
        Task(Kind.REPLY, (6, 7, 12), (13, 14)),
        Task(Kind.SUMMARY, (6, 7, 8), (9, 15, 16)),
        Task(Kind.REWRITE, (17,), (18,)),
    ),
)
"""The first and the third share even the beginning of their answers."""


def network(seed: int = 3, rank: int = 2) -> Network:
    made = torch.Generator().manual_seed(seed)

    def linear(outputs: int, inputs: int) -> Frozen:
        weight = (torch.randn(outputs, inputs, generator=made) / inputs**0.5).bfloat16()
        return Frozen(weight, weight.T.contiguous())

    def block() -> Block:
        sizes = SHAPE.sizes
        layers = {
            fused: linear(sum(sizes[name][1] for name in names), sizes[names[0]][0]) for fused, names in FUSED.items()
        }
        return Block(torch.ones(SHAPE.width), torch.ones(SHAPE.width), layers)

    words = torch.randn(WORDS, SHAPE.width, generator=made).bfloat16()
    blocks = [block() for _ in range(SHAPE.layers)]
    base = Base(SHAPE, words, blocks, torch.ones(SHAPE.width), linear(WORDS, SHAPE.width))
    return Network(base, Adapter(SHAPE, rank, seed, CPU))


def stirred(found: Network) -> Network:
    """With an adapter that changes something."""
    made = torch.Generator().manual_seed(4)
    with torch.no_grad():
        for name, tensor in found.adapter.tensors.items():
            if name.endswith("lora_b"):
                tensor.copy_(torch.randn(tensor.shape, generator=made) * 0.3)
    found.adapter.refresh()
    return found


def alone(found: Network, task: Task) -> object:
    chat, rest = torch.tensor(LESSON.chat), torch.tensor([*task.asked, *task.answer[:-1]])
    count = len(chat) + len(rest)
    _, memory = found.read(chat, torch.arange(len(chat)), causal(len(chat)), adapted=False)
    hidden, _ = found.read(rest, torch.arange(len(chat), count), causal(count)[len(chat) :], memory)
    return hidden[len(task.asked) - 1 :]


@torch.no_grad()  # type: ignore[untyped-decorator]
def test_a_tree_gives_what_each_task_gives_alone() -> None:
    found = stirred(network())
    together = tree.hidden(found, tree.plant(LESSON, dict.fromkeys(Kind, 1.0)))
    apart = torch.cat([alone(found, task) for task in LESSON.tasks])
    assert torch.allclose(together.float(), apart.float(), atol=0.05)
    assert not torch.allclose(together.float().roll(1, 0), apart.float(), atol=0.5)


def test_the_shares_of_a_lesson_are_its_kinds_weights() -> None:
    planted = tree.plant(LESSON, {Kind.REPLY: 1.0, Kind.SUMMARY: 0.5, Kind.REWRITE: 0.0})
    assert planted.truth.tolist() == [9, 10, 11, 13, 14, 9, 15, 16, 18]
    assert planted.share.tolist() == pytest.approx([1 / 6.5] * 5 + [0.5 / 6.5] * 3 + [0.0])


def test_the_gradient_is_that_of_plain_pytorch() -> None:
    found = stirred(network())
    planted = tree.plant(LESSON, dict.fromkeys(Kind, 1.0))
    tree.loss(found, planted).backward()
    found.adapter.collect()
    name = "blk.1.ffn_down.weight.lora_b"
    slope = found.adapter.tensors[name].grad
    step = 0.02 * slope / slope.norm()
    with torch.no_grad():
        found.adapter.tensors[name].add_(step * 5)
        found.adapter.refresh()
        above = tree.loss(found, planted).item()
        found.adapter.tensors[name].sub_(step * 10)
        found.adapter.refresh()
        below = tree.loss(found, planted).item()
    assert (above - below) / 0.2 == pytest.approx(slope.norm().item(), rel=0.2)


def course(found: Network, checkpoint: Path, plan: Plan) -> Course:
    lessons = [replace(LESSON, id=str(n), chat=(n, 2, 3)) for n in range(6)]
    return Course(plan, found, lessons, checkpoint, lambda _line: None)


def test_it_learns(tmp_path: Path) -> None:
    found = network()
    before = held_out_loss(found, [LESSON])
    course(found, tmp_path / "c.pt", Plan(rank=2, epochs=8, rate=0.02)).run()
    after = held_out_loss(found, [LESSON])
    assert after[Kind.REPLY] < before[Kind.REPLY] - 0.5


def test_a_run_that_was_cut_off_ends_where_a_whole_one_does(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plan = Plan(rank=2, epochs=2, rate=0.01)
    whole = network()
    course(whole, tmp_path / "whole.pt", plan).run()
    cut = network()
    first = course(cut, tmp_path / "cut.pt", plan)
    steps = iter(range(3))
    real = first._step

    def step(lessons: list[Lesson]) -> tuple[int, float]:
        if next(steps, None) is None:
            raise KeyboardInterrupt
        return real(lessons)

    monkeypatch.setattr(first, "_step", step)
    with pytest.raises(KeyboardInterrupt):
        first.run()
    again = network(seed=3)
    course(again, tmp_path / "cut.pt", plan).run()
    for name, tensor in whole.adapter.tensors.items():
        assert torch.equal(tensor, again.adapter.tensors[name]), name


def test_a_checkpoint_of_another_plan_is_refused(tmp_path: Path) -> None:
    course(network(), tmp_path / "c.pt", Plan(rank=2)).save()
    with pytest.raises(KnownError, match="other settings"):
        course(network(), tmp_path / "c.pt", Plan(rank=2, rate=0.5))


def test_an_adapter_is_written_as_llama_cpp_reads_it(tmp_path: Path) -> None:
    found = stirred(network())
    export.write(found.adapter, tmp_path / "a.gguf", {"base_sha256": "ab", "examples": 3})
    reader = gguf.GGUFReader(tmp_path / "a.gguf")
    told = {name: field.contents() for name, field in reader.fields.items()}
    assert (told["general.type"], told["adapter.type"], told["general.architecture"]) == ("adapter", "lora", "qwen2")
    assert (told["adapter.lora.alpha"], told["agent_assist.base_sha256"], told["agent_assist.examples"]) == (4, "ab", 3)
    tensors = {tensor.name: tensor for tensor in reader.tensors}
    assert tensors.keys() == found.adapter.tensors.keys()
    # GGUF names the fastest dimension first: inputs before rank, rank before outputs.
    assert tensors["blk.0.ffn_down.weight.lora_a"].shape.tolist() == [SHAPE.wide, 2]
    assert tensors["blk.0.ffn_down.weight.lora_b"].shape.tolist() == [2, SHAPE.width]
    assert not list(tmp_path.glob("*.part"))
