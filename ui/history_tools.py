"""What can be done with one saved conversation beside opening it: tags, legal hold, export."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from agent_assist.errors import KnownError
from agent_assist.records import HistoryItem
from agent_assist.settings import EXPORT
from ui.bridge import Bridge
from ui.ports import DeskPort

FORBIDDEN = "Conversations may not be exported here."
ASK_SETTING = "“Exports” is switched off in the settings."


class HistoryTools(QObject):
    """Changes an entry in the lane "db" and says when the list is to be read again."""

    changed = Signal()
    said = Signal(str)
    failed = Signal(object)

    def __init__(self, desk: DeskPort, bridge: Bridge, window: QWidget) -> None:
        super().__init__(window)
        self._desk, self._bridge, self._window = desk, bridge, window

    def set_tags(self, conversation_id: str, tags: tuple[str, ...]) -> None:
        """Gives a conversation these tags."""
        self._run(lambda: self._desk.custody.set_tags(conversation_id, tags), "Tags saved")

    def toggle_hold(self, item: HistoryItem) -> None:
        """Puts a conversation under a legal hold, or releases it."""
        words = "Released: it may be erased again" if item.held else "On hold: nothing erases it now"
        self._run(lambda: self._desk.custody.set_held(item.id, not item.held), words)

    def refusal(self) -> str:
        """Why nothing may be exported; empty where that is allowed."""
        if self._desk.settings[EXPORT]:
            return ""
        return f"{FORBIDDEN} {self._desk.settings.locked(EXPORT) or ASK_SETTING}"

    def choose_export(self, item: HistoryItem) -> None:
        """Asks where to, then exports; says why not where that is forbidden."""
        refusal = self.refusal()
        if refusal:
            self.failed.emit(KnownError(refusal))
            return
        path, _ = QFileDialog.getSaveFileName(
            self._window, "Export a conversation", "conversation.json", "JSON (*.json)"
        )
        if path:
            self.export(item.id, Path(path))

    def export(self, conversation_id: str, path: Path) -> None:
        """Writes a conversation to a file, blacked out as the settings say."""

        def work() -> None:
            from agent_assist.cli.contract import analysis_object  # the command line's own imports are many

            made = analysis_object(self._desk.custody.export(conversation_id))
            try:
                path.write_text(json.dumps(made, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
            except OSError as error:
                raise KnownError(f"The file cannot be written ({error.strerror}). Choose another folder.") from error

        self._run(work, "Exported")

    def _run(self, work: Callable[[], None], words: str) -> None:
        def done(_none: None) -> None:
            self.said.emit(words)
            self.changed.emit()

        self._bridge.run("db", lambda _post, _token: work(), done, self.failed.emit)
