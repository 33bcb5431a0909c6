"""How conversations come in by hand: paste, drop, and the choice of a file."""

from __future__ import annotations

from collections import deque
from pathlib import Path

from PySide6.QtCore import QMimeData, QObject, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QWidget

from ui.flow import Flow

EMPTY_CLIPBOARD = "The clipboard holds no text. Copy the conversation first, then paste it here."
OWN_COPY = "That is the reply you just copied. Copy the customer's conversation first, then paste it here."
OWN_OTHER = "That is what you just copied from here. Copy the customer's conversation first, then paste it here."
KEPT_COPIES = 6


class WaysIn(QObject):
    """Hands texts and files to the flow. What was copied from the window itself is no conversation."""

    refused = Signal(str)  # why nothing was taken in
    taken = Signal()

    def __init__(self, window: QWidget, flow: Flow) -> None:
        super().__init__(window)
        self._window, self._flow = window, flow
        self._copies: deque[tuple[str, str]] = deque(maxlen=KEPT_COPIES)  # text, why it is refused

    def note_copy(self, text: str, words: str) -> None:
        """Remembers what the window itself put on the clipboard, in memory only."""
        self._copies.append((_flat(text), OWN_COPY if "eply" in words else OWN_OTHER))

    def paste(self) -> None:
        """Takes in what the clipboard holds."""
        mime = QGuiApplication.clipboard().mimeData()
        text = mime.text() if mime is not None and mime.hasText() else ""
        if text.strip():
            self.take_text(text)
        else:
            self.refused.emit(EMPTY_CLIPBOARD)

    def take_text(self, text: str) -> None:
        """Takes a text in, unless it came from here."""
        flat = _flat(text)
        own = next((why for copied, why in self._copies if copied == flat), None)
        if own is not None:
            self.refused.emit(own)
            return
        self.taken.emit()
        self._flow.paste(text)

    def choose_file(self) -> None:
        """Asks for a file and takes it in."""
        path, _ = QFileDialog.getOpenFileName(
            self._window, "Open a conversation", "", "Conversations (*.txt *.json *.jsonl *.md *.eml);;All files (*)"
        )
        if path:
            self.open_file(Path(path))

    def open_file(self, path: Path) -> None:
        """Takes a file in."""
        self.taken.emit()
        self._flow.open_file(path)

    def take_mime(self, mime: QMimeData) -> None:
        """Takes in the first file of what was dropped, else its text."""
        files = [url.toLocalFile() for url in mime.urls() if url.isLocalFile()]
        if files:
            self.open_file(Path(files[0]))
        elif mime.text().strip():
            self.take_text(mime.text())


def _flat(text: str) -> str:
    return " ".join(text.split())
