"""Notes from the case: which there are, and one of them as text. The site's templates are read once, at first use."""

from __future__ import annotations

from PySide6.QtCore import QObject, QPoint, Signal, Slot
from PySide6.QtWidgets import QMenu

from agent_assist.errors import AgentAssistError, Cancelled
from agent_assist.records import Analysis
from ui.bridge import Bridge, Task
from ui.flow import Flow
from ui.ports import DeskPort
from ui.widgets.coach import Composer
from ui.widgets.note import NotePanel

EDGE = 14  # pixels that the menu keeps from the window's right edge


class Noting(QObject):
    """Offers the notes in a menu above the composer and shows the chosen one in the panel."""

    shown = Signal()
    failed = Signal(object)

    def __init__(self, desk: DeskPort, bridge: Bridge, flow: Flow, panel: NotePanel, composer: Composer) -> None:
        super().__init__(bridge)
        self._desk, self._bridge, self._flow = desk, bridge, flow
        self._panel, self._composer = panel, composer
        self._listing: Task[tuple[tuple[str, str], ...]] | None = None
        self._writing: Task[str] | None = None
        self.menu = QMenu(composer)
        for signal in (flow.captured, flow.opened, flow.cleared):
            signal.connect(self._on_other)
        composer.note_asked.connect(self.offer)

    @Slot()
    def offer(self) -> None:
        """Asks which notes there are, then opens the menu; without a conversation there is nothing to write."""
        if self._flow.mood is None:
            return
        if self._listing is not None:
            self._listing.drop()
        self._listing = self._bridge.run(
            "emotion", lambda _post, _token: self._desk.notes(), self._open, self._on_failed
        )

    def write(self, name: str, title: str) -> None:
        """Has a note written from what is known of the case now."""
        conversation, mood = self._flow.conversation, self._flow.mood
        if conversation is None or mood is None:
            return
        analysis = Analysis(conversation, mood, self._flow.assist)
        if self._writing is not None:
            self._writing.drop()

        def written(text: str) -> None:
            self._panel.show_note(title, text)
            self.shown.emit()

        self._writing = self._bridge.run(
            "emotion", lambda _post, _token: self._desk.note(name, analysis), written, self._on_failed
        )

    def _open(self, notes: tuple[tuple[str, str], ...]) -> None:
        self.menu.clear()
        for name, title in notes:
            action = self.menu.addAction(title.replace("&", "&&"))
            action.triggered.connect(lambda _on=False, name=name, title=title: self.write(name, title))
        corner = QPoint(self._composer.width() - self.menu.sizeHint().width() - EDGE, -self.menu.sizeHint().height())
        self.menu.popup(self._composer.mapToGlobal(corner))

    def _on_other(self, *_what: object) -> None:
        for task in (self._listing, self._writing):
            if task is not None:
                task.drop()
        self._panel.close_note()

    def _on_failed(self, error: AgentAssistError) -> None:
        if not isinstance(error, Cancelled):
            self.failed.emit(error)
