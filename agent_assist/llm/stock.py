"""What lies on the model shelf: finding the files and telling how far each is to be trusted."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from agent_assist.errors import KnownError
from agent_assist.llm import marks
from agent_assist.llm.fetch import Fetch
from agent_assist.paths import Places
from models.catalog import Catalog, Entry

CARRIED = "your own folder"
SHELF = "the shelf"


class State(StrEnum):
    """How far a file on the shelf is to be trusted."""

    GOOD = "good"  # its hash was checked, and it has not changed since
    UNCHECKED = "unchecked"  # it has the right size; its hash is checked before it is used
    DAMAGED = "damaged"  # it cannot be the model: the wrong size


@dataclass(frozen=True, slots=True)
class Installed:
    """A model that this machine has; `carried` where it lies in the user's own folder, which is only read."""

    entry: Entry
    path: Path
    state: State
    carried: bool

    @property
    def remedy(self) -> str:
        """What the person can do where the file is not the model."""
        if self.carried:
            return f"Replace {self.entry.file} in your own folder, or delete it."
        return f"Fetch it anew with: agent-assist models install {self.entry.name}"

    @property
    def damage(self) -> KnownError:
        """The error for a file of the wrong size."""
        return KnownError(
            f"{self.path} is damaged: it has not the {self.entry.bytes:,} bytes of {self.entry.title}. {self.remedy}"
        )


@dataclass(frozen=True, slots=True)
class Checked:
    """What hashing an installed model found; `got` is the SHA-256 that the file has."""

    installed: Installed
    got: str

    @property
    def entry(self) -> Entry:
        """The model."""
        return self.installed.entry

    @property
    def ok(self) -> bool:
        """Whether the file is the model that it is named after."""
        return self.got == self.entry.sha256

    @property
    def problem(self) -> str:
        """What is wrong and what to do, in one or two sentences; empty if nothing is."""
        if self.ok:
            return ""
        wanted = self.installed.entry.sha256
        return (
            f"{self.installed.path} is not used: its SHA-256 is {self.got} instead of {wanted}. {self.installed.remedy}"
        )


class Stock:
    """The files of one installation that may be models of the catalogue."""

    def __init__(self, places: Places, models: Catalog) -> None:
        self._places = places
        self._catalog = models

    def all(self) -> tuple[Installed, ...]:
        """The models that this machine has, best first. Looks at files but hashes none."""
        return tuple(found for entry in self._catalog if (found := self.find(entry)))

    def find(self, entry: Entry) -> Installed | None:
        """The shelf's own file, else the user's; a damaged one only where there is no better."""
        own = self.own(entry)
        if own and own.state is not State.DAMAGED:
            return own
        carried = self._look(entry, self._places.carried_models, carried=True)
        # Any file may lie in the user's folder: one of another size is not the model, and no fault either.
        return carried if carried and carried.state is not State.DAMAGED else own

    def own(self, entry: Entry) -> Installed | None:
        """The file in the shelf's own folder."""
        return self._look(entry, self._places.models, carried=False)

    def get(self, entry: Entry) -> Installed:
        """The same as `find`, for a model that has to be there.

        Raises:
            KnownError: it is not installed, or damaged.
        """
        found = self.find(entry)
        if found is None:
            raise KnownError(
                f"The language model {entry.name} is not installed. "
                f"Install it with: agent-assist models install {entry.name}"
            )
        if found.state is State.DAMAGED:
            raise found.damage
        return found

    def check(self, found: Installed, fetch: Fetch) -> Checked:
        """Hashes a file, and remembers it if it is good.

        Raises:
            OSError: it cannot be read.
            Cancelled: the person asked to stop.
        """
        mark_file = self.mark_file(found.entry, carried=found.carried)
        mark = marks.make(found.path, found.entry.sha256)
        checked = Checked(found, fetch.hash(found.path, CARRIED if found.carried else SHELF))
        if checked.ok:
            marks.write(mark_file, mark)
        else:
            mark_file.unlink(missing_ok=True)
        return checked

    def mark_file(self, entry: Entry, *, carried: bool) -> Path:
        """Where it is remembered that a file was hashed; always in our own folder."""
        return self._places.models / (f"{entry.name}.carried.json" if carried else f"{entry.name}.json")

    def _look(self, entry: Entry, folder: Path | None, *, carried: bool) -> Installed | None:
        path = (folder or self._places.models) / entry.file
        try:
            if folder is None or not path.is_file():
                return None
            now = marks.make(path, entry.sha256)
        except OSError:  # not readable is as good as not there
            return None
        if now.bytes != entry.bytes:
            state = State.DAMAGED
        else:
            state = State.GOOD if marks.read(self.mark_file(entry, carried=carried)) == now else State.UNCHECKED
        return Installed(entry, path, state, carried)
