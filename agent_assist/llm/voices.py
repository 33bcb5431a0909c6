"""The voices that ship: adapters, each made for one very file of a model. One that is not whole is left out quietly.

Whoever loads a voice has checked the model's own hash (`Shelf.path`), which is the base that the catalogue names.
"""

from __future__ import annotations

import hashlib
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from agent_assist.llm import marks
from agent_assist.paths import Places
from models.catalog import Entry, Voice


class VoiceState(StrEnum):
    """Whether a model's voice can be loaded."""

    READY = "ready"  # its hash was checked, and it has not changed since
    NONE = "none"  # none was made for this model
    MISSING = "missing"
    DAMAGED = "damaged"


@dataclass(frozen=True, slots=True)
class FoundVoice:
    """What became of a model's voice in this installation.

    Attributes:
        name: of the model.
        state: only one that is READY may be loaded.
        path: where its file lies or would lie; None where there is none for this model.
    """

    name: str
    state: VoiceState
    path: Path | None = None

    @property
    def whole(self) -> bool:
        """False where the installation lacks a voice that it should have."""
        return self.state in (VoiceState.READY, VoiceState.NONE)

    @property
    def problem(self) -> str:
        """What is wrong, in one sentence; empty if nothing is."""
        if self.whole:
            return ""
        return f"The voice made for {self.name} is {self.state.value} and left out: the model writes without it."

    @property
    def remedy(self) -> str:
        """What the person can do about a problem; empty if there is none."""
        return "" if self.whole else "Install Agent Assist again to have the voice back."


class Voices:
    """Finds and checks the voices of one installation.

    Args:
        places: where it is remembered which file was hashed.
        folder: where the voices lie.
    """

    def __init__(self, places: Places, folder: Path) -> None:
        self._places = places
        self._folder = folder

    def find(self, entry: Entry) -> FoundVoice:
        """A model's voice. Hashes the file, a tenth of a second, where that was not done since it last changed."""
        voice = entry.voice
        if voice is None:
            return FoundVoice(entry.name, VoiceState.NONE)
        path = self._folder / voice.file
        try:
            state = VoiceState.READY if self._is_good(entry.name, voice, path) else VoiceState.DAMAGED
        except FileNotFoundError:
            state = VoiceState.MISSING
        except OSError:  # one that cannot be read cannot be loaded either
            state = VoiceState.DAMAGED
        return FoundVoice(entry.name, state, path)

    def _is_good(self, name: str, voice: Voice, path: Path) -> bool:
        now = marks.make(path, voice.sha256)
        if now.bytes != voice.bytes:
            return False
        mark_file = self._places.models / f"{name}.voice.json"
        if marks.read(mark_file) == now:
            return True
        with path.open("rb") as file:
            good = hashlib.file_digest(file, "sha256").hexdigest() == voice.sha256
        # Not remembered, it is hashed once more; the data folder itself is made by those who keep data in it.
        if good and self._places.home.is_dir():
            with suppress(OSError):
                marks.write(mark_file, now)
        return good
