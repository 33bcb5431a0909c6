"""How conversations come in by hand: paste, drop, and the choice of files."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QMimeData, QObject, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QWidget

from ui.flow import Flow

EMPTY_CLIPBOARD = "The clipboard holds no text. Copy the conversation first, then paste it here."
OWN_COPY = "That is the reply you just copied. Copy the customer's conversation first, then paste it here."
OWN_OTHER = "That is what you just copied from here. Copy the customer's conversation first, then paste it here."
NO_FILE = "That holds neither text nor a file of this computer. Drop text files, or copy the text and paste it."
KEPT_COPIES = 6
_KINDS = "*.txt *.md *.json *.jsonl *.eml *.mbox *.csv *.tsv *.vtt *.srt"


class WaysIn(QObject):
    """Hands texts and files to the flow. What was copied from the window itself is no conversation."""

    refused = Signal(str)  # why nothing was taken in
    taken = Signal()
    one_taken = Signal(object)  # str or Path: the text or file that the flow now reads
    many_taken = Signal(object)  # list[Path]: several files, or folders

    def __init__(self, window: QWidget, flow: Flow) -> None:
        super().__init__(window)
        self._window, self._flow = window, flow
        self._copies: deque[tuple[str, str]] = deque(maxlen=KEPT_COPIES)  # text, why it is refused

    def note_copy(self, text: str, words: str) -> None:
        """Remembers what the window itself put on the clipboard, in memory only."""
        self._copies.append((_flat(text), OWN_COPY if "eply" in words else OWN_OTHER))

    def is_own(self, text: str) -> bool:
        """Whether a text was copied from the window itself."""
        return self._why_own(text) is not None

    def paste(self) -> None:
        """Takes in what the clipboard holds: its text, else its files."""
        mime = QGuiApplication.clipboard().mimeData()
        text = mime.text() if mime is not None and mime.hasText() else ""
        files = _files(mime) if mime is not None else []
        if files:
            self.take_files(files)
        elif text.strip():
            self.take_text(text)
        else:
            self.refused.emit(EMPTY_CLIPBOARD)

    def take_text(self, text: str) -> None:
        """Takes a text in, unless it came from here."""
        own = self._why_own(text)
        if own is not None:
            self.refused.emit(own)
            return
        self.taken.emit()
        self.one_taken.emit(text)
        self._flow.paste(text)

    def choose_file(self) -> None:
        """Asks for files and takes them in."""
        paths, _ = QFileDialog.getOpenFileNames(
            self._window, "Open conversations", "", f"Conversations ({_KINDS});;All files (*)"
        )
        if paths:
            self.take_files([Path(path) for path in paths])

    def open_file(self, path: Path) -> None:
        """Takes a file in."""
        self.taken.emit()
        self.one_taken.emit(path)
        self._flow.open_file(path)

    def take_files(self, paths: Sequence[Path]) -> None:
        """Takes in one file as it is, or several files and folders together."""
        if len(paths) == 1 and not paths[0].is_dir():
            self.open_file(paths[0])
        else:
            self.taken.emit()
            self.many_taken.emit(list(paths))

    def take_mime(self, mime: QMimeData) -> None:
        """Takes in all that was dropped: the files and folders, else the text."""
        files = _files(mime)
        if files:
            self.take_files(files)
        elif mime.text().strip():
            self.take_text(mime.text())
        else:
            self.refused.emit(NO_FILE)

    def _why_own(self, text: str) -> str | None:
        flat = _flat(text)
        return next((why for copied, why in self._copies if copied == flat), None)


def _files(mime: QMimeData) -> list[Path]:
    """The files of this computer, each once, in the order in which they were chosen."""
    return list(dict.fromkeys(Path(url.toLocalFile()) for url in mime.urls() if url.isLocalFile()))


def _flat(text: str) -> str:
    return " ".join(text.split())
