"""The field in which the agent writes: blanks stand out and Tab jumps to them, risky words are underlined."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QMimeData, Qt, Signal, Slot
from PySide6.QtGui import QColor, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QPlainTextEdit, QTextEdit

from agent_assist.records import Remark
from ui import theme
from ui.excerpts import PLACEHOLDER
from ui.widgets.typeset import units

LINE, PADDING = 19, 15  # pixels: of a line of text, above and below all of them
FOLDED_LINES, LEAST_LINES = 1, 3


class DraftEdit(QPlainTextEdit):
    """Plain text that grows with what is in it. Tab goes to the next blank, and on where there is none."""

    edited = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.most_lines = 8
        self._open = False
        self._text = ""
        self._remarks: list[QTextEdit.ExtraSelection] = []
        self.setAccessibleName("Your reply")
        self.setPlaceholderText("Write your own reply, or use one as a draft")
        self.setTabChangesFocus(True)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self.document().setDocumentMargin(2)
        self.textChanged.connect(self._on_changed)
        self.document().documentLayout().documentSizeChanged.connect(self._fit)
        self._fit()

    @property
    def text(self) -> str:
        """The draft."""
        return self._text

    def set_open(self, opened: bool) -> None:
        """Has room for some lines even where it is empty, or for one."""
        if opened != self._open:
            self._open = opened
            self._fit()

    def put(self, text: str) -> None:
        """Replaces the draft in one step that Undo takes back; the first blank is selected."""
        if text != self._text:
            cursor = self.textCursor()
            cursor.select(QTextCursor.SelectionType.Document)
            cursor.insertText(text)
        self.moveCursor(QTextCursor.MoveOperation.Start)
        if not self.next_blank(1):
            self.moveCursor(QTextCursor.MoveOperation.End)

    def start_over(self, text: str) -> None:
        """Shows another draft, with nothing to undo."""
        self.setPlainText(text)
        self.moveCursor(QTextCursor.MoveOperation.End)

    def next_blank(self, step: int) -> bool:
        """Selects the next blank after the cursor (or the one before it); False where there is none."""
        cursor = self.textCursor()
        low, high = cursor.selectionStart(), cursor.selectionEnd()
        found_all = PLACEHOLDER.finditer(self._text)
        blanks = [(units(self._text[: m.start()]), units(self._text[: m.end()])) for m in found_all]
        if step > 0:
            found = next((b for b in blanks if b[0] >= high and b != (low, high)), None)
        else:
            found = next((b for b in reversed(blanks) if b[1] <= low and b != (low, high)), None)
        if found is None:
            return False
        self._select(*found)
        return True

    def show_words(self, start: int, end: int) -> None:
        """Selects words of the draft, counted in characters."""
        self._select(units(self._text[:start]), units(self._text[:end]))
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    def mark(self, remarks: Sequence[Remark]) -> None:
        """Underlines the words that remarks are about. The marks move with the words while the agent goes on typing."""
        self._remarks = []
        for remark in remarks:
            if remark.start is not None and remark.end is not None and remark.start < remark.end:
                look = QTextCharFormat()
                look.setUnderlineStyle(QTextCharFormat.UnderlineStyle.WaveUnderline)
                look.setUnderlineColor(theme.active().text("hot"))
                look.setToolTip(remark.text)
                self._remarks.append(self._selection(remark.start, remark.end, look))
        self._show_marks()

    @property
    def marked(self) -> tuple[str, ...]:
        """The words that are underlined now."""
        return tuple(mark.cursor.selectedText() for mark in self._remarks)

    def focusNextPrevChild(self, forward: bool) -> bool:  # noqa: N802  # Qt's name
        """Tab: the next blank, else the next control."""
        return self.next_blank(1 if forward else -1) or super().focusNextPrevChild(forward)

    def insertFromMimeData(self, source: QMimeData) -> None:  # noqa: N802  # Qt's name
        """Takes text only."""
        if source.hasText():
            self.insertPlainText(source.text())

    def _select(self, start: int, end: int) -> None:
        cursor = self.textCursor()
        cursor.setPosition(start)
        cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
        self.setTextCursor(cursor)

    def _selection(self, start: int, end: int, look: QTextCharFormat) -> QTextEdit.ExtraSelection:
        found = QTextEdit.ExtraSelection()
        cursor = QTextCursor(self.document())
        cursor.setPosition(units(self._text[:start]))
        cursor.setPosition(units(self._text[:end]), QTextCursor.MoveMode.KeepAnchor)
        found.cursor, found.format = cursor, look
        return found

    def _show_marks(self) -> None:
        palette = theme.active()
        blank = QTextCharFormat()
        blank.setBackground(QColor(palette.accent_bg))
        blank.setForeground(QColor(palette.accent))
        blanks = [self._selection(m.start(), m.end(), blank) for m in PLACEHOLDER.finditer(self._text)]
        self.setExtraSelections([*blanks, *self._remarks])

    @Slot()
    def _on_changed(self) -> None:
        text = self.toPlainText()
        if text != self._text:  # a change of looks is told as well
            self._text = text
            self._show_marks()
            self.edited.emit(text)

    @Slot()
    def _fit(self) -> None:
        least = LEAST_LINES if self._open else FOLDED_LINES
        lines = min(max(round(self.document().size().height()), least), self.most_lines)
        self.setFixedHeight(lines * LINE + PADDING)
