"""One suggested reply: streams in, then is copied, edited or dismissed."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QFocusEvent, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QPlainTextEdit, QSizePolicy, QVBoxLayout, QWidget

from agent_assist.records import Outcome, Pillar, PillarState, Reply
from ui import theme
from ui.excerpts import placeholders, with_placeholders
from ui.widgets.basics import Button, Elided, Text, restyle
from ui.widgets.prose import Prose
from ui.words import PILLAR

FOLDED_LINES = 2
UNUSED = (Outcome.SHOWN, None)
TONES = {PillarState.GIVEN: "ok", PillarState.NOT_NEEDED: "soft", PillarState.MISSING: "hot"}
SPOKEN = {PillarState.GIVEN: "given", PillarState.NOT_NEEDED: "not needed", PillarState.MISSING: "missing"}


class PillarWords(QWidget):
    """The four pillars as words: green given, grey not needed, red and marked missing."""

    def __init__(self) -> None:
        super().__init__()
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(5)
        self._states: dict[Pillar, PillarState] = {}
        self._words = {pillar: Text("", "soft", 11) for pillar in Pillar}
        for word in self._words.values():
            layout.addWidget(word)
            word.hide()

    def show_pillars(self, pillars: dict[Pillar, PillarState]) -> None:
        """Shows the state of each pillar."""
        self._states = pillars
        self._refresh()
        self.setAccessibleName(", ".join(f"{PILLAR[p]} {SPOKEN[s]}" for p, s in pillars.items()))

    def _refresh(self) -> None:
        for pillar, word in self._words.items():
            state = self._states.get(pillar)
            word.setVisible(state is not None)
            if state is not None:
                word.setText(PILLAR[pillar] + (" ✕" if state is PillarState.MISSING else ""))
                word.set_tone(TONES[state])
                word.setToolTip(f"{PILLAR[pillar]}: {SPOKEN[state]}")


class ReplyCard(QFrame):
    """A reply in its slot (0, 1, 2). The selected card is whole and has buttons; the others show their first lines."""

    chosen = Signal(int)
    copy_asked = Signal(int)
    edited = Signal(int)
    dismissed = Signal(int)

    def __init__(self, slot: int) -> None:
        super().__init__()
        self.slot = slot
        self.original = ""
        self.ready = False
        self.away = False  # the person dismissed it
        self.used: tuple[Outcome, str | None] = UNUSED  # what became of it, as the history records it
        self._text = ""
        self._warned = False
        self._selected = False
        self._folded_lines = FOLDED_LINES
        self.setProperty("kind", "card")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 8, 10, 9)
        layout.setSpacing(5)
        layout.addLayout(self._make_top())
        self.body = Prose("soft")
        self.editor = self._make_editor()
        layout.addWidget(self.body)
        layout.addWidget(self.editor)
        layout.addWidget(self._make_buttons())
        layout.addWidget(self._make_edit_buttons())
        layout.addWidget(self._make_warning())
        self._refresh()

    @property
    def text(self) -> str:
        """The reply as it would be copied."""
        return self._text

    @property
    def editing(self) -> bool:
        """True while the agent edits it."""
        return not self.editor.isHidden()

    @property
    def selected(self) -> bool:
        """True for the card that the keys work on."""
        return self._selected

    def set_slot(self, slot: int) -> None:
        """Moves the reply to another slot: its number, and what its signals say."""
        self.slot = slot
        number = slot + 1
        self.key.setText(str(number))
        for widget, words in (
            (self.copy, "Copy"),
            (self.edit, "Edit"),
            (self.dismiss, "Dismiss"),
            (self.editor, "Edit"),
        ):
            widget.setAccessibleName(f"{words} reply {number}")
        self.setAccessibleName(f"Reply {number}: {self.strategy.text()}")

    def set_selected(self, selected: bool) -> None:
        """Opens or folds the card."""
        if selected != self._selected:
            self._selected = selected
            self.setProperty("selected", "true" if selected else "false")
            restyle(self)
            self._refresh()

    def set_compact(self, compact: bool) -> None:
        """Shows one line of a folded card instead of two, where the window is low."""
        self._folded_lines = 1 if compact else FOLDED_LINES
        self._refresh()

    def show_draft(self, strategy: str, text: str) -> None:
        """Shows a reply as far as it is written."""
        self.strategy.setText(strategy)
        self._set(text)

    def show_reply(self, reply: Reply) -> None:
        """Shows a finished reply."""
        self.ready, self._warned = True, False
        self.away, self.used = False, UNUSED
        self.original = reply.text
        self.strategy.setText(reply.strategy)
        self.pillars.show_pillars(reply.pillars)
        self._fit_top()
        self._set(reply.text)
        self._refresh()

    def begin_edit(self) -> None:
        """Opens the text for editing."""
        if not self.ready or self.editing:
            return
        self.chosen.emit(self.slot)
        self._warned = False
        self.editor.setPlainText(self._text)
        self.editor.setFixedHeight(max(72, self.body.height() + 34))
        self.editor.show()
        self._refresh()
        self.editor.setFocus(Qt.FocusReason.ShortcutFocusReason)

    @Slot()
    def save_edit(self) -> None:
        """Keeps the edited text; an empty one counts as cancelled."""
        text = self.editor.toPlainText().strip()
        if text:
            self._warned = False
            self._set(text)
        self._end_edit()
        if text:
            self.edited.emit(self.slot)

    @Slot()
    def cancel_edit(self) -> None:
        """Drops the edited text."""
        self._end_edit()

    def may_copy(self) -> bool:
        """False once for a text with something left to fill in: the card then asks."""
        left = placeholders(self._text)
        if not left or self._warned:
            self._warned = False
            self._refresh()
            return True
        self._warned = True
        self.warning_text.set_text(f"Still to fill in: “{left[0].removeprefix('confirm: ')}”. Copy it like this?")
        self._refresh()
        return False

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802  # Qt's name
        """Chooses the card."""
        self.chosen.emit(self.slot)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  # Qt's name
        """Gives the strategy's name its room."""
        super().resizeEvent(event)
        self._fit_top()

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802  # Qt's name
        """Chooses the card that the keyboard came to."""
        super().focusInEvent(event)
        self.chosen.emit(self.slot)

    def _set(self, text: str) -> None:
        self._text = text
        shown, spans = with_placeholders(text)
        self.body.set_text(shown, spans)
        self.setAccessibleName(f"Reply {self.slot + 1}: {self.strategy.text()}")
        self.setAccessibleDescription(text)

    def _end_edit(self) -> None:
        self.editor.hide()
        self._refresh()
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    def _refresh(self) -> None:
        editing, whole = self.editing, self._selected
        warned = self._warned and whole and not editing
        self.body.setVisible(not editing)
        self.body.set_tone("ink" if whole else "soft")
        self.body.set_max_lines(0 if whole else self._folded_lines)
        self.buttons.setVisible(whole and self.ready and not editing and not warned)
        self.edit_buttons.setVisible(editing)
        self.warning.setVisible(warned)

    def _make_top(self) -> QGridLayout:
        self._top = QGridLayout()
        self._top.setHorizontalSpacing(8)
        self._top.setVerticalSpacing(2)
        self._top.setColumnStretch(1, 1)
        self.key = Text(str(self.slot + 1))
        self.key.setProperty("kind", "key")
        self.key.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.strategy = Elided("", bold=True)
        self._pillars_column = 2
        self.pillars = PillarWords()
        self._top.addWidget(self.key, 0, 0, Qt.AlignmentFlag.AlignVCenter)
        self._top.addWidget(self.strategy, 0, 1, Qt.AlignmentFlag.AlignVCenter)
        self._top.addWidget(self.pillars, 0, 2, Qt.AlignmentFlag.AlignVCenter)
        return self._top

    def _fit_top(self) -> None:
        """Puts the pillars below the strategy's name where there is no room beside it."""
        name = self.strategy.fontMetrics().horizontalAdvance(self.strategy.accessibleName())
        needed = self.key.sizeHint().width() + name + self.pillars.sizeHint().width() + 2 * 8 + 22
        row, column = (1, 1) if needed > self.width() else (0, 2)
        if column != self._pillars_column:
            self._pillars_column = column
            self._top.addWidget(self.pillars, row, column, 1, 3 - column, Qt.AlignmentFlag.AlignLeft)

    def _make_editor(self) -> QPlainTextEdit:
        editor = QPlainTextEdit()
        editor.setAccessibleName(f"Edit reply {self.slot + 1}")
        editor.setTabChangesFocus(True)
        editor.hide()
        return editor

    def _make_buttons(self) -> QWidget:
        self.buttons, layout = _strip()
        number = self.slot + 1
        self.copy = Button("Copy", "primary", f"Copy reply {number}", "Enter or C")
        self.edit = Button("Edit", "plain", f"Edit reply {number}", "E")
        self.dismiss = Button("Dismiss", "plain", f"Dismiss reply {number}", "Delete")
        self.copy.clicked.connect(self._ask_copy)
        self.edit.clicked.connect(self.begin_edit)
        self.dismiss.clicked.connect(self._ask_dismiss)
        for button in (self.copy, self.edit, self.dismiss):
            layout.addWidget(button)
        layout.addStretch(1)
        return self.buttons

    def _make_edit_buttons(self) -> QWidget:
        self.edit_buttons, layout = _strip()
        self.save = Button("Save", "primary", "Save the edited reply", "Ctrl+Enter")
        self.cancel = Button("Cancel", "plain", "Drop the changes", "Esc")
        self.save.clicked.connect(self.save_edit)
        self.cancel.clicked.connect(self.cancel_edit)
        layout.addWidget(self.save)
        layout.addWidget(self.cancel)
        layout.addStretch(1)
        return self.edit_buttons

    def _make_warning(self) -> QWidget:
        self.warning = QWidget()
        layout = QVBoxLayout(self.warning)
        layout.setContentsMargins(0, 2, 0, 0)
        layout.setSpacing(6)
        self.warning_text = Prose("uneasy", theme.BASE_PX - 1, bold=True)
        self.copy_anyway = Button("Copy anyway", "primary", "Copy with the blank left in")
        self.fill_in = Button("Fill it in", "plain", "Edit the reply to fill it in")
        self.copy_anyway.clicked.connect(self._ask_copy)
        self.fill_in.clicked.connect(self.begin_edit)
        strip, inner = _strip()
        inner.addWidget(self.copy_anyway)
        inner.addWidget(self.fill_in)
        inner.addStretch(1)
        layout.addWidget(self.warning_text)
        layout.addWidget(strip)
        return self.warning

    @Slot()
    def _ask_copy(self) -> None:
        self.copy_asked.emit(self.slot)

    @Slot()
    def _ask_dismiss(self) -> None:
        self.dismissed.emit(self.slot)


def _strip() -> tuple[QWidget, QHBoxLayout]:
    """A row for buttons."""
    strip = QWidget()
    layout = QHBoxLayout(strip)
    layout.setContentsMargins(0, 2, 0, 0)
    layout.setSpacing(6)
    return strip, layout
