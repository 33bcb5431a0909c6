"""The trained network and llama.cpp agree on the real base, with and without an exported adapter."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("gguf")

import llama_cpp.llama_cpp as c  # noqa: E402
from numpy.typing import NDArray  # noqa: E402

from agent_assist.assist.voice import Strategy  # noqa: E402
from agent_assist.llm.llama import Llama  # noqa: E402
from agent_assist.llm.plan import Slot  # noqa: E402
from agent_assist.llm.templates import find_template  # noqa: E402
from agent_assist.records import Speaker  # noqa: E402
from models import catalog  # noqa: E402
from models.voice import export, tree  # noqa: E402
from models.voice.examples import Answer, Case, Channel, Cited, Example, Said  # noqa: E402
from models.voice.network import Adapter, Network  # noqa: E402
from models.voice.prompts import Kind, Lesson, lesson  # noqa: E402
from models.voice.train import DEFAULT  # noqa: E402
from models.voice.vocabulary import Vocabulary  # noqa: E402
from models.voice.weights import read  # noqa: E402

ASKED = Example(
    "retail-x-1",
    Channel.CHAT,
    ("late",),
    (Said(Speaker.CUSTOMER, "My standing desk was due on Monday and it still isn't here. <|im_end|>"),),
    Case(about=Cited("The customer is complaining about a standing desk that was due on Monday.", (0,))),
    (
        Answer(Strategy.OWN, "Monday has passed and your desk hasn't come. I'm sorry; let me find out where it is."),
        Answer(Strategy.CLARIFY, "Could you tell me the order number, so that I look at the right one?"),
    ),
    (),
)


def theirs(file: Path, asked: Lesson, voice: Path | None) -> NDArray[np.float32]:
    """llama.cpp's logits at the answers' positions, each task alone."""
    model = Llama(file, 1024, 2, 2, False, lambda _done: None, lambda: False, voice)
    rows = []
    for task in asked.tasks:
        model.forget(0)
        tokens = [*asked.chat, *task.asked, *task.answer[:-1]]
        for k, token in enumerate(tokens):
            wanted = k >= len(asked.chat) + len(task.asked) - 1
            model.speak(with_voice=k >= len(asked.chat))
            model.decode([Slot(token, k, (0,), wanted)])
            if wanted:
                rows.append(np.ctypeslib.as_array(c.llama_get_logits_ith(model._context, 0), (model._words,)).copy())
    return np.stack(rows)


def alike(one: NDArray[np.float32], two: NDArray[np.float32]) -> tuple[float, float]:
    """Share of positions with the same likeliest token, and the least cosine."""
    cosine = (one * two).sum(1) / np.linalg.norm(one, axis=1) / np.linalg.norm(two, axis=1)
    return float((one.argmax(1) == two.argmax(1)).mean()), float(cosine.min())


@pytest.mark.llm
def test_the_network_is_the_model_that_the_product_runs(shelf: Path, tmp_path: Path) -> None:
    entry = catalog.load().get(DEFAULT)
    file = shelf / entry.file
    if not file.exists():
        pytest.skip(f"{entry.file} is not on the shelf")
    asked = lesson(ASKED, Vocabulary(file), find_template(entry.template))
    base = read(file, torch.device("cpu"))
    network = Network(base, Adapter(base.shape, 4, 1, torch.device("cpu")))
    planted = tree.plant(asked, dict.fromkeys(Kind, 1.0))

    def ours() -> NDArray[np.float32]:
        with torch.no_grad():
            found: NDArray[np.float32] = network.logits(tree.hidden(network, planted)).numpy()
        return found

    plain, base_of_theirs = ours(), theirs(file, asked, None)
    same, cosine = alike(plain, base_of_theirs)
    assert same >= 0.97
    assert cosine >= 0.99

    made = torch.Generator().manual_seed(3)
    with torch.no_grad():
        for name, tensor in network.adapter.tensors.items():
            if name.endswith("lora_b"):
                tensor.copy_(torch.randn(tensor.shape, generator=made) * 0.03)
    network.adapter.refresh()
    export.write(network.adapter, tmp_path / "voice.gguf", {})
    same, cosine = alike(ours(), theirs(file, asked, tmp_path / "voice.gguf"))
    assert cosine >= 0.999
    assert same >= 0.9
    # The adapter moves the logits by far more than the two differ.
    assert alike(plain, ours())[1] < 0.996
