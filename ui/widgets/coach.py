"""The agent's own reply at the foot of the page: the field, what the coach says of it, and rewrites on request."""

from __future__ import annotations

import time

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from agent_assist.records import Coaching, Progress, Remark, Rewrite, Stage, Wish
from ui.excerpts import placeholders
from ui.widgets.basics import Button, Elided
from ui.widgets.chips import FlowBox
from ui.widgets.coach_diff import RewriteView
from ui.widgets.coach_edit import DraftEdit
from ui.widgets.coach_remarks import MOST, PillarChips, Remarks
from ui.widgets.prose import Prose
from ui.words import STAGES, left_to_fill

MARGIN = 14
_USES = {True: "Insert", False: "Copy"}
"""What is done with the draft: whether it is put into the page."""
WISHES: dict[Wish, tuple[str, str]] = {
    Wish.BETTER: ("Better", "Rewrite your reply better"),
    Wish.SHORTER: ("Shorter", "Make your reply shorter"),
    Wish.WARMER: ("Warmer", "Make your reply warmer"),
    Wish.FORMAL: ("More formal", "Make your reply more formal"),
}


class Composer(QFrame):
    """One line while there is no draft; with one, chips and remarks above the field and buttons below it."""

    edited = Signal(str)
    copy_asked = Signal()
    insert_asked = Signal()
    rewrite_asked = Signal(object, str)  # Wish, instruction
    stop_asked = Signal()
    note_asked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("kind", "composer")
        self.setAccessibleName("Your reply")
        self._warned: Button | None = None  # that was pressed although something is left to fill in
        self._since, self._stage = 0.0, ""
        self._clock = QTimer(self)
        self._clock.setInterval(100)
        self._clock.timeout.connect(self._tick)
        self.editor, self.diff = DraftEdit(), RewriteView()
        self.chips, self.remarks = PillarChips(), Remarks()
        self.says = Prose("soft", px=12)
        self._make_buttons()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(MARGIN, 8, MARGIN, 8)
        layout.setSpacing(6)
        for part in (
            self.remarks,
            self.chips,
            self.diff,
            _line(self.editor, self.note),
            self.says,
            self.buttons,
            self._own,
            self._busy,
        ):
            layout.addWidget(part)
        self.editor.edited.connect(self._on_edited)
        self.editor.installEventFilter(self)
        self.remarks.opened.connect(self._on_opened)
        self.diff.changed.connect(self._on_taken)
        self.diff.closed.connect(self._refresh)
        self.say("")
        self._refresh()

    @property
    def text(self) -> str:
        """The draft."""
        return self.editor.text

    @property
    def rewriting(self) -> bool:
        """True while a rewrite is waited for."""
        return self._clock.isActive()

    @property
    def open(self) -> bool:
        """True where there is more to see than one line."""
        return bool(self.text) or self.editor.hasFocus()

    def set_compact(self, compact: bool) -> None:
        """Takes less room, where the window is low."""
        self.editor.most_lines = 5 if compact else 8
        self.remarks.most = 2 if compact else MOST
        self.diff.most_height = 180 if compact else 250

    def write(self, text: str) -> None:
        """Puts a text in place of the draft, which Undo takes back, and goes to its first blank."""
        self.diff.close_view()
        self.editor.put(text)
        self.editor.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def start_over(self, text: str) -> None:
        """Shows another conversation's draft."""
        self.diff.close_view()
        self.end("")
        self.editor.start_over(text)
        self._forget()
        self._refresh()

    def set_insertable(self, insertable: bool) -> None:
        """Whether the conversation's page can take the draft."""
        self.insert.setVisible(insertable)
        self.buttons.refit()

    def may_use(self, *, insert: bool = False) -> bool:
        """False once for a draft with something left to fill in: it then says so.

        Args:
            insert: whether it is to be put into the page; else it is to be copied.
        """
        left, button = placeholders(self.text), self.insert if insert else self.copy
        if left and self._warned is not button:
            self._forget()
            self._warned = button
            self._call(button, f"{_USES[insert]} anyway")
            self.say(left_to_fill(left[0]), "uneasy")
            return False
        self._forget()
        return True

    @Slot(object)
    def show_coaching(self, coaching: Coaching) -> None:
        """Shows what the coach says of the draft as it stands."""
        self.chips.show_coaching(coaching)
        self.remarks.show_remarks(coaching.remarks if self.text.strip() else ())
        self.editor.mark(coaching.remarks)
        self._refresh()

    @Slot()
    def begin(self) -> None:
        """Shows that a rewrite is being made."""
        self.diff.close_view()
        self.say("")
        self._since, self._stage = time.monotonic(), "starting"
        self._clock.start()
        self._tick()
        self._refresh()

    @Slot(object)
    def show_progress(self, progress: Progress) -> None:
        """Shows the stage of the rewrite."""
        share = f" {progress.done:.0%}" if progress.done is not None and progress.stage is not Stage.WRITING else ""
        self._stage = STAGES[progress.stage] + share
        self._tick()

    @Slot(object)
    def show_rewrite(self, rewrite: Rewrite) -> None:
        """Shows the rewrite in place of the field; one of a draft that has changed since is let go."""
        self.end("")
        if rewrite.draft != self.text:
            return
        self.diff.show_rewrite(rewrite)
        self._refresh()
        first = self.diff.rows[0].tick if self.diff.rows else self.diff.close_button
        first.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot(str)
    def end(self, words: str) -> None:
        """Shows that nothing runs any more, and why there is no rewrite."""
        self._clock.stop()
        self.say(words, "uneasy")
        self._refresh()

    def say(self, words: str, tone: str = "soft") -> None:
        """Says something under the field; empty for nothing."""
        self.says.set_text(words)
        self.says.set_tone(tone)
        self.says.setVisible(bool(words))

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  # Qt's name
        """Gives the diff the height for its new width."""
        super().resizeEvent(event)
        self.diff.fit(self.width() - 2 * MARGIN)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802  # Qt's name
        """Opens with the focus; closes without it where nothing is written."""
        if event.type() in (QEvent.Type.FocusIn, QEvent.Type.FocusOut) and not self.text:
            QTimer.singleShot(0, self, self._refresh)
        return super().eventFilter(watched, event)

    @Slot(str)
    def _on_edited(self, text: str) -> None:
        if self.diff.rewrite is not None and not self._taking:
            self.diff.close_view()
        self._forget()
        self._refresh()
        self.edited.emit(text)

    @Slot(object)
    def _on_opened(self, remark: Remark) -> None:
        if remark.start is not None and remark.end is not None and self.diff.rewrite is None:
            self.editor.show_words(remark.start, remark.end)

    @Slot(str)
    def _on_taken(self, text: str) -> None:
        self._taking = True
        self.editor.put(text)
        self._taking = False
        self.diff.fit(self.width() - 2 * MARGIN)
        if self.diff.rewrite is None:
            self.editor.setFocus(Qt.FocusReason.OtherFocusReason)

    def _forget(self) -> None:
        if self._warned is not None:
            self._call(self._warned, _USES[self._warned is self.insert])
            self._warned = None
            self.say("")

    def _call(self, button: Button, words: str) -> None:
        button.setText(words)
        self.buttons.refit()

    @Slot()
    def _refresh(self) -> None:
        opened, written, shown = self.open, bool(self.text.strip()), self.diff.rewrite is not None
        self.editor.set_open(opened)
        self.editor.setVisible(not shown)
        self.note.setVisible(not opened and not shown)
        self.chips.setVisible(written)
        if not written:
            self.remarks.show_remarks(())
        self.remarks.setVisible(
            written and not shown and bool(self.remarks.rows) and not self.remarks.rows[0].isHidden()
        )
        usable = opened and not shown and not self.rewriting
        self.buttons.setVisible(usable and written)
        self._own.setVisible(usable and written)
        self._busy.setVisible(self.rewriting)
        if shown:
            self.diff.fit(self.width() - 2 * MARGIN)
        self.updateGeometry()

    def _make_buttons(self) -> None:
        self._taking = False
        self.note = Button("Notes ▾", "ghost", "Write a note from the case", "N")
        self.note.clicked.connect(self.note_asked)
        self.copy = Button(_USES[False], "primary", "Copy your reply", "Ctrl+Enter")
        self.copy.clicked.connect(self.copy_asked)
        self.insert = Button(_USES[True], "plain", "Put your reply into the page", "Ctrl+Shift+Enter")
        self.insert.clicked.connect(self.insert_asked)
        self.wishes: dict[Wish, Button] = {}
        for wish, (words, name) in WISHES.items():
            button = Button(words, "plain", name)
            button.clicked.connect(lambda _on=False, wish=wish: self.rewrite_asked.emit(wish, ""))
            self.wishes[wish] = button
        self.buttons = FlowBox(5)
        self.buttons.set_items([self.copy, self.insert, *self.wishes.values()])
        self.insert.hide()
        self.instruction = QLineEdit()
        self.instruction.setPlaceholderText("Or say how: offer a call, name the parcel…")
        self.instruction.setAccessibleName("How your reply should be rewritten")
        self.instruction.setMaxLength(300)
        self.go = Button("Rewrite", "plain", "Rewrite your reply as you said")
        self.go.clicked.connect(self._ask_own)
        self._own = _line(self.instruction, self.go)
        self.instruction.returnPressed.connect(self._ask_own)
        self.elapsed = Elided("", "soft", 12)
        self.stop = Button("Stop", "plain", "Stop rewriting", "Esc")
        self.stop.clicked.connect(self.stop_asked)
        self._busy = _line(self.elapsed, self.stop)

    @Slot()
    def _ask_own(self) -> None:
        words = self.instruction.text().strip()
        if words:
            self.rewrite_asked.emit(Wish.OWN, words)
        else:
            self.instruction.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot()
    def _tick(self) -> None:
        self.elapsed.setText(f"Rewriting · {self._stage} · {time.monotonic() - self._since:.1f} s")


def _line(wide: QWidget, narrow: QWidget) -> QWidget:
    """Two widgets side by side, the first as wide as there is room."""
    strip = QWidget()
    layout = QHBoxLayout(strip)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(6)
    layout.addWidget(wide, 1)
    layout.addWidget(narrow)
    return strip
