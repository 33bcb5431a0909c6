"""Makes the voice adapter: trains it on the written examples and writes it as a GGUF file.

    pip install torch==2.13.0 gguf==0.19.0
    AGENT_ASSIST_MODELS=FOLDER python -m models.voice.train --work build/voice

On two processor cores, or on a GPU where there is one. A run that was cut off goes on where its checkpoint in `--work`
stands. `--examples N` trains on a part, as mixed as the whole, for a learning curve.
"""

from __future__ import annotations

import argparse
import ctypes
import hashlib
import sys
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from agent_assist.errors import KnownError
from agent_assist.llm.shelf import Shelf
from agent_assist.llm.templates import find_template
from agent_assist.paths import find_places
from models.catalog import Entry
from models.voice import FOLDER
from models.voice.examples import Example, examples
from models.voice.prompts import Lesson, lesson

if TYPE_CHECKING:
    from models.voice.course import Plan

DEFAULT = "qwen2.5-coder-1.5b"
RECIPE = "1"
"""Rises when the same examples would give another adapter."""
_HELD_OUT = 32
"""Held-out lessons whose loss is told; all of them would take as long as a part of the training."""
_NO_MMAP, _KEEP = (-4, 0), (-1, 2**31 - 1)
"""Options of glibc's `mallopt`: no memory map for a large piece, nothing given back."""


def need_libraries() -> None:
    """Says what is missing.

    Raises:
        KnownError: a library of the recipe is not installed.
    """
    missing = [name for name in ("torch", "gguf") if find_spec(name) is None]
    if missing:
        raise KnownError(f"The recipe needs {' and '.join(missing)}: pip install -e '.[train]'.")


def choose(examples: Sequence[Example], count: int) -> list[Example]:
    """The first `count` examples by turns of their cells, so that a part is as mixed as the whole; 0 for all."""
    cells = defaultdict[str, list[Example]](list)
    for example in sorted(examples, key=lambda e: e.id):
        cells[example.cell].append(example)
    longest = max((len(cell) for cell in cells.values()), default=0)
    mixed = [cell[n] for n in range(longest) for _, cell in sorted(cells.items()) if n < len(cell)]
    return mixed[:count] if count else mixed


def digest(chosen: Sequence[Example]) -> str:
    """SHA-256 of examples, as the adapter names what it was trained on."""
    return hashlib.sha256(b"\n".join(msgspec.json.encode(example) for example in chosen)).hexdigest()


def run(entry: Entry, file: Path, plan: Plan, count: int, work: Path, to: Path, say: Callable[[str], None]) -> None:
    """The whole recipe.

    Raises:
        KnownError: there are no examples, the base is of another family, or `work` holds another run.
    """
    import torch

    from models.voice import export
    from models.voice.course import Course, held_out_loss
    from models.voice.network import Adapter, Network
    from models.voice.vocabulary import Vocabulary
    from models.voice.weights import read

    vocabulary, template = Vocabulary(file), find_template(entry.template)

    def lessons(found: Sequence[Example]) -> list[Lesson]:
        return [lesson(example, vocabulary, template) for example in found]

    chosen = choose(examples(held_out=False), count)
    held = lessons(choose(examples(held_out=True), _HELD_OUT))
    if not chosen:
        raise KnownError("There are no examples in models/voice/data to train on.")
    plan = replace(plan, data=digest(chosen))
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    say(f"{len(chosen)} examples, {len(held)} held out; reading {file.name} onto {device}")
    base = read(file, device)
    network = Network(base, Adapter(base.shape, plan.rank, plan.seed, device))
    work.mkdir(parents=True, exist_ok=True)
    course = Course(plan, network, lessons(chosen), work / "checkpoint.pt", say)
    course.run()
    for kind, found in held_out_loss(network, held).items():
        say(f"held out, {kind.value}: {found:.3f}")
    about: dict[str, str | int] = {
        "base_sha256": entry.sha256,
        "data_sha256": plan.data,
        "examples": len(chosen),
        "recipe": RECIPE,
    }
    export.write(network.adapter, to, about)
    say(f"{to}: {to.stat().st_size / 1e6:.1f} MB")


def _keep_memory() -> None:
    """Lets freed memory stay with this process where the C library can: else most time goes into asking for it."""
    if sys.platform == "linux" and hasattr(library := ctypes.CDLL(None), "mallopt"):
        library.mallopt(*_NO_MMAP)
        library.mallopt(*_KEEP)


def _arguments(given: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m models.voice.train", description="Train the voice adapter.")
    parser.add_argument("--base", default=DEFAULT, help="catalogue name of the model that it is made for")
    parser.add_argument("--examples", type=int, default=0, help="train on so many only")
    parser.add_argument("--epochs", type=int, default=1, help="how often each is seen")
    parser.add_argument("--rank", type=int, default=16, help="of the adapter; 32 is the largest that may ship")
    parser.add_argument("--rate", type=float, default=3e-4, help="highest learning rate")
    parser.add_argument("--together", type=int, default=2, help="examples of one step")
    parser.add_argument("--reply", type=float, default=1.0, help="what a token of a reply counts")
    parser.add_argument("--summary", type=float, default=0.6, help="what a token of a summary counts")
    parser.add_argument("--rewrite", type=float, default=0.5, help="what a token of a rewrite counts")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--work", type=Path, default=Path("build/voice"), help="where the checkpoint is kept")
    parser.add_argument("--to", type=Path, help="the adapter's file")
    return parser.parse_args(given)


def main(given: Sequence[str] | None = None) -> int:
    """Runs the recipe from the command line; 130 where somebody stopped it."""
    options = _arguments(given)
    try:
        need_libraries()
        from models.voice.course import Plan

        _keep_memory()
        named = ("rank", "epochs", "rate", "together", "reply", "summary", "rewrite", "seed")
        plan = Plan(**{name: getattr(options, name) for name in named})
        shelf = Shelf(find_places())
        to = options.to or FOLDER / f"{options.base}.gguf"
        entry, file = shelf.entry(options.base), shelf.path(options.base)
        run(entry, file, plan, options.examples, options.work, to, lambda line: print(line, flush=True))  # noqa: T201
    except KnownError as error:
        print(error, file=sys.stderr)  # noqa: T201
        return 1
    except KeyboardInterrupt:
        print("Stopped. The same command goes on from the checkpoint.", file=sys.stderr)  # noqa: T201
        return 130
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
