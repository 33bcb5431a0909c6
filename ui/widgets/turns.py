"""The conversation itself: a section that folds, around the list of its turns."""

from __future__ import annotations

from PySide6.QtCore import QTimer, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSizePolicy

from agent_assist.records import Conversation, Mood
from ui.item_models import TurnsModel
from ui.widgets.basics import Button, Check, Section
from ui.widgets.turns_list import TurnsList

LIST_HEIGHT = 330
GATHERED_FROM = 300  # turns
GATHER_MOST_MS = 400
NARROW = 350  # pixels of width under which the heading is shortened


class TurnsSection(Section):
    """The turns behind a heading that folds them, with the switch of roles and of keeping."""

    swap_asked = Signal()
    keep_changed = Signal(bool)

    def __init__(self) -> None:
        super().__init__("Conversation")
        self.model = TurnsModel()
        self.list = TurnsList(self.model)
        self.title.hide()
        self.fold = Button("Conversation", "fold", "Show or hide the conversation")
        self.fold.setMinimumWidth(90)
        self.fold.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.fold.clicked.connect(self._toggle)
        self.heading.insertWidget(0, self.fold)
        self.swap = Button("Swap roles", "ghost", "Swap customer and agent", "The other person is the customer")
        self.swap.clicked.connect(self.swap_asked)
        self.keep = Check("Keep")
        self.keep.setProperty("tone", "soft")
        self.keep.setAccessibleName("Keep this conversation in the history")
        self.keep.setToolTip("Keep this conversation in the encrypted history")
        self.keep.clicked.connect(self.keep_changed)
        self.heading.addWidget(self.swap)
        self.heading.addWidget(self.keep)
        self.whole.setContentsMargins(8, 5, 10, 5)
        self.body.addWidget(self.list)
        self._count = 0
        self._growing: Conversation | None = None
        self._gather = QTimer(self)
        self._gather.setSingleShot(True)
        self._gather.timeout.connect(self._on_gathered)
        self.set_open(False)

    @property
    def open(self) -> bool:
        """True where the turns are shown."""
        return not self.list.isHidden()

    def show_conversation(self, conversation: Conversation) -> None:
        """Shows the turns; their feelings come later."""
        self._gather.stop()
        self._growing = None
        self.list.rows.forget()
        self.model.show_conversation(conversation)
        self.list.scrollToTop()
        self._count = len(conversation.turns)
        self._label()

    def grow(self, conversation: Conversation, count: int) -> None:
        """Adds turns at the end; a list that stood at its end goes on standing there.

        A long list that is seen is laid out anew for each addition: what comes quickly to it is gathered first.
        """
        self._count = len(conversation.turns)
        self._label()
        if self.open and self._count > GATHERED_FROM:
            self._growing = conversation
            if not self._gather.isActive():
                self._gather.start(min(GATHER_MOST_MS, self._count // 4))
            return
        self._grow(conversation, count)

    @Slot()
    def _on_gathered(self) -> None:
        conversation, self._growing = self._growing, None
        if conversation is not None:
            self._grow(conversation, len(conversation.turns) - self.model.rowCount())

    def _grow(self, conversation: Conversation, count: int) -> None:
        bar = self.list.verticalScrollBar()
        at_end = bar.value() >= bar.maximum()
        if conversation.asides != self.model.asides:
            self.list.rows.forget()
        self.model.grow(conversation, count)
        if not count:  # a note came, and no turn
            self.list.scheduleDelayedItemsLayout()
        if at_end and self.open:
            self.list.reveal(self._count - 1)

    def change(self, conversation: Conversation) -> None:
        """Shows turns in place of those that were others; the list stays open and about where it was."""
        opened, at = self.open, self.list.indexAt(self.list.viewport().rect().topLeft()).row()
        self.show_conversation(conversation)
        self.set_open(opened)
        if opened and at > 0:
            self.list.reveal(min(at, self._count - 1))

    def show_mood(self, mood: Mood) -> None:
        """Adds the feelings."""
        self.model.show_mood(mood)

    def set_open(self, opened: bool) -> None:
        """Shows or folds the turns."""
        if not opened:
            self._on_gathered()
        self.list.setVisible(opened)
        self.list.setFixedHeight(LIST_HEIGHT)
        self._label()

    def go_to(self, turn: int) -> None:
        """Opens the section and flashes a turn."""
        self._on_gathered()
        self.set_open(True)
        self.list.go_to(turn)

    def _label(self) -> None:
        arrow = "▾" if self.open else "▸"
        turns = f"{self._count:,} turn" + ("" if self._count == 1 else "s")
        self.fold.setText(f"{arrow} Conversation · {turns}" if self.width() >= NARROW else f"{arrow} {turns}")
        self.fold.setAccessibleName(f"{'Hide' if self.open else 'Show'} the conversation, {turns}")

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  # Qt's name
        """Says less where room is short."""
        super().resizeEvent(event)
        self._label()

    @Slot()
    def _toggle(self) -> None:
        self.set_open(not self.open)
