"""The page of language models: install with progress, import a file, verify, switch, remove."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QFileDialog, QProgressBar, QVBoxLayout, QWidget

from agent_assist.errors import AgentAssistError, Cancelled, KnownError
from agent_assist.settings import MODEL, VOICE
from ui.bridge import Bridge, Post, Task
from ui.pages import Page
from ui.ports import DeskPort
from ui.widgets.basics import Button, Section, Text, row
from ui.words import size

if TYPE_CHECKING:
    from agent_assist.jobs import CancelToken
    from agent_assist.llm.fetch import FetchProgress
    from agent_assist.llm.voices import FoundVoice
    from models.catalog import Entry

T = TypeVar("T")
WHY = (
    "Feelings work already, without any language model. Summary and replies need one. "
    "It is downloaded once, checked, and then runs on this computer without a network."
)
STEPS = {
    "waiting": "Waiting for another window or program",
    "downloading": "Downloading",
    "copying": "Copying",
    "checking": "Checking",
}


@dataclass(frozen=True, slots=True)
class Stand:
    """What is on the shelf: models that can be had, names of the installed ones, and the recommended one's name.

    `voices` says of the installed ones what there is to say of the adapter made for them.
    """

    entries: tuple[Entry, ...]
    installed: frozenset[str]
    damaged: frozenset[str]
    carried: frozenset[str]
    recommended: str
    voices: Mapping[str, str]


class ModelRow(Section):
    """One model with what can be done about it."""

    def __init__(self, entry: Entry, stand: Stand, chosen: str) -> None:
        super().__init__(entry.title)
        self.title.set_tone("ink")
        here = entry.name in stand.installed
        broken = entry.name in stand.damaged
        words = "damaged" if broken else "in use" if chosen == entry.name else "installed" if here else ""
        if not words and entry.name == stand.recommended:
            words = "recommended"
        self.heading.addWidget(Text(words, "hot" if broken else "ok" if here else "accent", 12, bold=True))
        needs = f"{size(entry.bytes)} to download · {size(entry.memory_mb * 1_000_000)} of memory · {entry.licence}"
        self.body.addWidget(Text(needs.replace(" to download", "") if here else needs, "soft", 12, wrap=True))
        if stand.voices.get(entry.name):
            self.body.addWidget(Text(stand.voices[entry.name], "soft", 12, wrap=True))
        kind: Callable[[str, str], Button] = lambda words, spoken: Button(words, "plain", f"{spoken} {entry.title}")  # noqa: E731
        self.use, self.check, self.delete = kind("Use", "Use"), kind("Verify", "Verify"), kind("Remove", "Remove")
        primary = entry.name == stand.recommended and not stand.installed
        self.install = Button(
            "Install", "primary" if primary else "plain", f"Install {entry.title}, {size(entry.bytes)}"
        )
        self.body.addLayout(row(self.install, self.use, self.check, self.delete))
        self.install.setVisible(not here or broken)
        self.use.setVisible(here and not broken and chosen != entry.name)
        self.check.setVisible(here)
        self.delete.setVisible(here and entry.name not in stand.carried)


class ModelPage(Page):
    """Shows the shelf. Its work is done in the download lane; one thing at a time."""

    title = "Language model"
    stand_changed = Signal(object)  # Stand
    choice_changed = Signal()  # another model is to be used
    shelf_changed = Signal()  # a model came or went
    failed = Signal(object)
    said = Signal(str)
    skipped = Signal()
    working = Signal(str, str)  # what is being done, and the word for using the network where it does; empty at the end

    def __init__(self, desk: DeskPort, bridge: Bridge) -> None:
        super().__init__()
        self._desk, self._bridge = desk, bridge
        self._task: Task[Any] | None = None
        self._stand: Stand | None = None
        self._best = ""
        self._current = ""
        self.lead = Text("A language model for summary and replies", px=16, bold=True, wrap=True)
        self.body.addWidget(self.lead)
        self.body.addWidget(Text(WHY, "soft", wrap=True))
        self.progress = self._make_progress()
        self.body.addWidget(self.progress)
        self.rows: dict[str, ModelRow] = {}
        self._list = QVBoxLayout()
        self._list.setSpacing(8)
        self.body.addLayout(self._list)
        self.carry = Button("Import a file…", "plain", "Import a model file that you have")
        self.carry.clicked.connect(self._choose_file)
        self.skip = Button("Continue without", "link", "Continue without a language model")
        self.skip.clicked.connect(self.skipped)
        self.finder = Button(
            "Find the best for this computer", "primary", tip="Looks at the memory, and asks the network once"
        )
        self.finder.clicked.connect(self.recommend)
        self.body.insertLayout(2, row(self.finder, self.skip))
        self.body.addLayout(row(self.carry))
        self.body.addStretch(1)

    @property
    def busy(self) -> bool:
        """True while something is done about a model."""
        return self._task is not None and self._task.live

    def show_current(self, name: str) -> None:
        """Marks the model that is loaded; empty for none."""
        self._current = name
        if self._stand is not None:
            self._show_rows(self._stand)

    def enter(self) -> None:
        """Looks at the shelf anew."""
        self.refresh()

    def refresh(self) -> None:
        """Looks at the shelf."""
        if not self.busy:
            self._bridge.run("download", lambda _post, _token: self._look(), self._show, self._on_look_failed)

    @Slot()
    def recommend(self) -> None:
        """Asks which model suits this computer and can be had. Only ever on request: it may ask the network."""
        self._start(
            lambda _post, token: self._desk.shelf.recommended(token),
            self._on_recommended,
            ("looking for models…", "Online"),
        )

    def install(self, name: str) -> None:
        """Brings a model onto the shelf."""
        self._start(
            lambda post, token: self._desk.shelf.install(name, post, token),
            lambda _path: self._on_done(f"{name} is installed."),
            ("downloading a model…", "Downloading"),
        )

    def import_file(self, path: Path) -> None:
        """Brings a file onto the shelf."""
        self._start(
            lambda post, token: self._desk.shelf.import_file(path, post, token),
            lambda _entry: self._on_done("The model is installed."),
            ("importing a model…", ""),
        )

    def verify(self, name: str) -> None:
        """Hashes an installed model again."""
        self._start(
            lambda post, token: self._check(name, post, token),
            lambda _none: self._on_checked(f"{name} is the model it should be."),
            ("checking a model…", ""),
        )

    def remove(self, name: str) -> None:
        """Deletes an installed model."""
        self._start(
            lambda _post, _token: self._desk.shelf.remove(name),
            lambda _none: self._on_done(f"{name} is removed."),
            ("removing a model…", ""),
        )

    @Slot()
    def cancel(self) -> None:
        """Stops what is being done; a download goes on from there next time."""
        if self._task is not None:
            self._task.drop()
        self._end()
        self.said.emit("Stopped. A download goes on from here next time.")

    def _look(self) -> Stand:
        """In the download lane: what is on the shelf."""
        shelf = self._desk.shelf
        found = shelf.installed()
        good = frozenset(f.entry.name for f in found if str(f.state) != "damaged")
        return Stand(
            tuple(e for e in shelf.catalog if str(e.purpose) != "test" or e.name in good),
            frozenset(f.entry.name for f in found),
            frozenset(f.entry.name for f in found) - good,
            frozenset(f.entry.name for f in found if f.carried),
            self._best,
            {f.entry.name: self._voice(shelf.find_voice(f.entry.name)) for f in found},
        )

    def _voice(self, found: FoundVoice) -> str:
        """A sentence or two about the adapter made for a model; empty where there is none."""
        if not found.whole:
            return f"{found.problem} {found.remedy}"
        if str(found.state) == "none":
            return ""
        on = self._desk.settings[VOICE]
        return "Writes in our own voice." if on else "Our own voice is switched off in the settings."

    def _check(self, name: str, post: Post, token: CancelToken) -> None:
        for checked in self._desk.shelf.verify(name, post, token):
            if not checked.ok:
                raise _RefusedError(checked.problem)

    def _start(
        self,
        work: Callable[[Post, CancelToken], T],
        done: Callable[[T], None],
        doing: tuple[str, str],
    ) -> None:
        if self.busy:
            return

        def ended(result: T) -> None:
            self._end()
            done(result)

        self.progress.show()
        self._bar.setRange(0, 0)
        self._step.setText("Starting")
        self._enable(False)
        self.working.emit(*doing)
        self._task = self._bridge.run("download", work, ended, self._on_failed, self._on_progress)

    def _on_recommended(self, entry: Entry) -> None:
        self._best = entry.name
        self.refresh()
        self.said.emit(f"{entry.title} suits this computer: {size(entry.bytes)}.")

    def _on_done(self, words: str) -> None:
        self._on_checked(words)
        self.shelf_changed.emit()

    def _on_checked(self, words: str) -> None:
        self.said.emit(words)
        self.refresh()

    def _on_failed(self, error: AgentAssistError) -> None:
        self._end()
        self.refresh()
        if not isinstance(error, Cancelled):
            self.failed.emit(error)

    def _on_look_failed(self, error: AgentAssistError) -> None:
        if not isinstance(error, Cancelled):
            self.failed.emit(error)

    def _on_progress(self, event: object) -> None:
        progress: FetchProgress = event  # type: ignore[assignment]  # the shelf posts nothing else
        self._bar.setRange(0, 1000)
        self._bar.setValue(round(1000 * progress.done_bytes / max(progress.total_bytes, 1)))
        step = STEPS.get(str(progress.step), str(progress.step))
        self._step.setText(f"{step} · {size(progress.done_bytes)} of {size(progress.total_bytes)}")
        self._source.setText(progress.source)

    def _end(self) -> None:
        self.progress.hide()
        self._enable(True)
        self.working.emit("", "")

    def _enable(self, on: bool) -> None:
        for part in self.rows.values():
            part.setEnabled(on)
        self.carry.setEnabled(on)
        self.finder.setEnabled(on)

    def _show(self, stand: Stand) -> None:
        self._stand = stand
        self._show_rows(stand)
        self.skip.setVisible(not stand.installed)
        self.finder.setVisible(not stand.installed and not self._best)
        self.stand_changed.emit(stand)

    def _show_rows(self, stand: Stand) -> None:
        for old in self.rows.values():
            self._list.removeWidget(old)
            old.hide()
            old.deleteLater()
        self.rows = {}
        ordered = sorted(stand.entries, key=lambda e: (e.name not in stand.installed, e.name != stand.recommended))
        for entry in ordered:
            part = ModelRow(entry, stand, self._current)
            part.install.clicked.connect(lambda _on=False, name=entry.name: self.install(name))
            part.use.clicked.connect(lambda _on=False, name=entry.name: self._use(name))
            part.check.clicked.connect(lambda _on=False, name=entry.name: self.verify(name))
            part.delete.clicked.connect(lambda _on=False, name=entry.name: self.remove(name))
            part.setEnabled(not self.busy)  # they may be asked for while something is done
            self.rows[entry.name] = part
            self._list.addWidget(part)

    def _use(self, name: str) -> None:
        try:
            self._desk.settings.set(MODEL, name)
        except AgentAssistError as error:
            self.failed.emit(error)
            return
        self.choice_changed.emit()

    def _make_progress(self) -> QWidget:
        card = Section("Working")
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName("Progress")
        self._step, self._source = Text("", px=12), Text("", "soft", 12)
        self.stop = Button("Cancel", "plain", "Cancel what is being done about the model")
        self.stop.clicked.connect(self.cancel)
        for part in (self._bar, self._step, self._source):
            card.body.addWidget(part)
        card.body.addLayout(row(self.stop))
        card.hide()
        return card

    @Slot()
    def _choose_file(self) -> None:
        path, _ = QFileDialog.getOpenFileName(self, "Import a model file", "", "Language models (*.gguf)")
        if path:
            self.import_file(Path(path))


class _RefusedError(KnownError):
    """A model that is not what it should be."""
