"""The trained layer over the encoder: features in, 28 GoEmotions probabilities out."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from agent_assist.encoder import MANIFEST, check_files
from agent_assist.errors import KnownError

HEAD = "head.npz"


class Head:
    """A linear layer with its labels' names.

    Attributes:
        names: the labels, in the order of the columns.
        thresholds: the probability above which each label counts as given, tuned on held-out training data.

    Raises:
        KnownError: a file is missing or is not the one that was shipped.
    """

    def __init__(self, folder: Path) -> None:
        check_files(folder, (HEAD,))
        try:
            with np.load(folder / HEAD, allow_pickle=False) as arrays:
                self._weights: NDArray[np.float32] = arrays["weights"]
                self._bias: NDArray[np.float32] = arrays["bias"]
                self.thresholds: NDArray[np.float32] = arrays["thresholds"]
            tree = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
            self.names = tuple(str(name) for name in tree["labels"])
        except (OSError, ValueError, KeyError, TypeError, zipfile.BadZipFile) as error:
            raise KnownError(f"The emotion model in {folder} is damaged. Install Agent Assist again.") from error
        if self._weights.shape != (self._weights.shape[0], len(self.names)):
            raise KnownError(f"The emotion model in {folder} does not fit its labels. Install Agent Assist again.")

    def probabilities(self, features: NDArray[np.float32]) -> NDArray[np.float32]:
        """Probability of each label, `[texts, labels]`, each 0 to 1 on its own (a text may show several)."""
        scores = features @ self._weights + self._bias
        result: NDArray[np.float32] = (0.5 * (1 + np.tanh(0.5 * scores))).astype(np.float32)
        return result
