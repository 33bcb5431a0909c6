"""One suggested reply: streams in, then is copied, taken as a draft or dismissed."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QFocusEvent, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from agent_assist.records import Outcome, Pillar, PillarState, Reply
from ui import theme
from ui.excerpts import placeholders, with_placeholders
from ui.widgets.basics import Button, Elided, Text, restyle
from ui.widgets.prose import Prose
from ui.words import PILLAR, left_to_fill

FOLDED_LINES = 2
UNUSED = (Outcome.SHOWN, None)
TONES = {PillarState.GIVEN: "ok", PillarState.NOT_NEEDED: "soft", PillarState.MISSING: "hot"}
STARTER = "Starter: fill the blanks"
UNFINISHED = "Unfinished: stopped before it was checked"
EARLIER = "From before the last message"
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
    insert_asked = Signal(int)
    draft_asked = Signal(int)
    dismissed = Signal(int)

    def __init__(self, slot: int) -> None:
        super().__init__()
        self.slot = slot
        self.original = ""
        self.ready = False
        self.stale = False  # newer replies are being written
        self.fragment = False  # what was written when the agent stopped it
        self.away = False  # the person dismissed it
        self.used: tuple[Outcome, str | None] = UNUSED  # what became of it, as the history records it
        self._text = ""
        self._warned = False
        self._inserts = False  # whether what is warned of is put into the page, not copied
        self._insertable = False
        self._selected = False
        self._folded_lines = FOLDED_LINES
        self.setProperty("kind", "card")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 8, 10, 9)
        layout.setSpacing(5)
        layout.addLayout(self._make_top())
        self.state = Text("", "accent", 11)
        self.body = Prose("soft")
        layout.addWidget(self.state)
        layout.addWidget(self.body)
        layout.addWidget(self._make_buttons())
        layout.addWidget(self._make_warning())
        self._refresh()

    @property
    def text(self) -> str:
        """The reply as it would be copied."""
        return self._text

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
            (self.copy, "Copy reply"),
            (self.insert, "Put into the page: reply"),
            (self.draft, "Use as draft: reply"),
            (self.dismiss, "Dismiss reply"),
        ):
            widget.setAccessibleName(f"{words} {number}")
        self._show_state()

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

    def set_insertable(self, insertable: bool) -> None:
        """Whether the conversation's page can take the reply."""
        self._insertable = insertable
        self.insert.setVisible(insertable)

    def show_draft(self, strategy: str, text: str) -> None:
        """Shows a reply as far as it is written."""
        self.strategy.setText(strategy)
        self._set(text)

    def show_reply(self, reply: Reply) -> None:
        """Shows a finished reply."""
        self.ready, self._warned = True, False
        self.stale = self.fragment = False
        self.away, self.used = False, UNUSED
        self.original = reply.text
        self.strategy.setText(reply.strategy)
        self.pillars.show_pillars(reply.pillars)
        self._fit_top()
        self._set(reply.text)
        self._refresh()

    def set_stale(self, stale: bool) -> None:
        """Dims a reply that newer ones are about to take the place of; it can still be used."""
        self.stale = stale
        self._refresh()

    def set_fragment(self) -> None:
        """Says that this is only the beginning of a reply: its writing was stopped."""
        self.fragment = True
        self._refresh()

    def may_use(self, *, insert: bool = False) -> bool:
        """False once for a text with something left to fill in: the card then asks.

        Args:
            insert: whether it is to be put into the page; else it is to be copied.
        """
        left = placeholders(self._text)
        if not left or (self._warned and insert is self._inserts):
            self._warned = False
            self._refresh()
            return True
        self._warned, self._inserts = True, insert
        self.warning_text.set_text(f"{left_to_fill(left[0])} {'Insert' if insert else 'Copy'} it like this?")
        self.anyway.setText("Insert anyway" if insert else "Copy anyway")
        self.anyway.setAccessibleName(f"{'Insert' if insert else 'Copy'} with the blank left in")
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
        self._show_state()
        self.setAccessibleDescription(text)

    def _refresh(self) -> None:
        whole = self._selected
        warned = self._warned and whole
        self.strategy.set_tone("soft" if self.stale else "ink")
        self.body.set_tone("ink" if whole and not self.stale and not self.fragment else "soft")
        self.body.set_max_lines(0 if whole else self._folded_lines)
        self._show_state()
        self.buttons.setVisible(whole and self.ready and not warned)
        self.warning.setVisible(warned)

    def _show_state(self) -> None:
        words, tone = "", "soft"
        if self.fragment:
            words, tone = UNFINISHED, "uneasy"
        elif self.stale:
            words = EARLIER
        elif self.ready and placeholders(self._text):
            words, tone = STARTER, "accent"
        self.state.setText(words)
        self.state.set_tone(tone)
        self.state.setVisible(bool(words))
        self.setAccessibleName(
            ". ".join(p for p in (f"Reply {self.slot + 1}: {self.strategy.accessibleName()}", words) if p)
        )

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

    def _make_buttons(self) -> QWidget:
        self.buttons, layout = _strip()
        number = self.slot + 1
        self.copy = Button("Copy", "primary", f"Copy reply {number}", "Enter or C")
        self.insert = Button("Insert", "plain", f"Put into the page: reply {number}", "I · you send it there yourself")
        self.draft = Button("Use as draft", "plain", f"Use as draft: reply {number}", "E")
        self.dismiss = Button("Dismiss", "plain", f"Dismiss reply {number}", "Delete")
        self.copy.clicked.connect(self._ask_copy)
        self.draft.clicked.connect(self._ask_draft)
        self.dismiss.clicked.connect(self._ask_dismiss)
        self.insert.clicked.connect(self._ask_insert)
        self.insert.hide()
        for button in (self.copy, self.insert, self.draft, self.dismiss):
            layout.addWidget(button)
        layout.addStretch(1)
        return self.buttons

    def _make_warning(self) -> QWidget:
        self.warning = QWidget()
        layout = QVBoxLayout(self.warning)
        layout.setContentsMargins(0, 2, 0, 0)
        layout.setSpacing(6)
        self.warning_text = Prose("uneasy", theme.BASE_PX - 1, bold=True)
        self.anyway = Button("Copy anyway", "primary", "Copy with the blank left in")
        self.fill_in = Button("Fill it in", "plain", "Use the reply as a draft to fill it in")
        self.anyway.clicked.connect(self._ask_anyway)
        self.fill_in.clicked.connect(self._ask_draft)
        strip, inner = _strip()
        inner.addWidget(self.anyway)
        inner.addWidget(self.fill_in)
        inner.addStretch(1)
        layout.addWidget(self.warning_text)
        layout.addWidget(strip)
        return self.warning

    @Slot()
    def _ask_copy(self) -> None:
        self.copy_asked.emit(self.slot)

    @Slot()
    def _ask_insert(self) -> None:
        self.insert_asked.emit(self.slot)

    @Slot()
    def _ask_anyway(self) -> None:
        (self.insert_asked if self._inserts else self.copy_asked).emit(self.slot)

    @Slot()
    def _ask_draft(self) -> None:
        self._warned = False
        self._refresh()
        self.draft_asked.emit(self.slot)

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
