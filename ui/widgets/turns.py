"""The conversation itself: a section that folds, with a list that draws only the turns in view."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QModelIndex, QTimer, QVariantAnimation, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QListView, QSizePolicy

from agent_assist.records import Conversation, Mood
from ui.item_models import TurnsModel
from ui.widgets.basics import Button, Check, Section
from ui.widgets.rows import TurnDelegate

LIST_HEIGHT = 330
NARROW = 350  # pixels of width under which the heading is shortened
BATCH = 25
SCROLL_TRIES = 200


class TurnsList(QListView):
    """A list of turns of different heights, laid out in batches so that 2,000 of them never hold the window up."""

    def __init__(self, model: TurnsModel) -> None:
        super().__init__()
        self.rows = TurnDelegate()
        self.setModel(model)
        self.setItemDelegate(self.rows)
        self.setLayoutMode(QListView.LayoutMode.Batched)
        self.setBatchSize(BATCH)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setAccessibleName("Turns of the conversation")
        self.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        self._target = QModelIndex()
        self._tries = 0
        self._seek = QTimer(self)
        self._seek.setInterval(15)
        self._seek.timeout.connect(self._try_scroll)
        self._glow = QVariantAnimation(self)
        self._glow.setDuration(1400)
        self._glow.setStartValue(1.0)
        self._glow.setEndValue(0.0)
        self._glow.valueChanged.connect(self._fade)

    def go_to(self, turn: int) -> None:
        """Scrolls to a turn, as soon as it is laid out, and lets it flash."""
        self._target = self.model().index(turn, 0)
        self._tries = 0
        self._seek.start()
        self.rows.flash_row = turn
        self._glow.stop()
        self._glow.start()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  # Qt's name
        """Tells the delegate its width before rows are measured."""
        self.rows.width = self.viewport().width()
        super().resizeEvent(event)

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802  # Qt's name
        """Measures anew when the font changes."""
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self.rows.forget()
        super().changeEvent(event)

    @Slot()
    def _try_scroll(self) -> None:
        self._tries += 1
        laid = self._target.isValid() and self.visualRect(self._target).isValid()
        if laid:
            self.setCurrentIndex(self._target)
            self.scrollTo(self._target, QListView.ScrollHint.PositionAtCenter)
        if laid or not self._target.isValid() or self._tries > SCROLL_TRIES:
            self._seek.stop()

    @Slot(object)
    def _fade(self, strength: object) -> None:
        self.rows.flash = float(strength) if isinstance(strength, float) else 0.0
        self.viewport().update()


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
        self.set_open(False)

    @property
    def open(self) -> bool:
        """True where the turns are shown."""
        return not self.list.isHidden()

    def show_conversation(self, conversation: Conversation) -> None:
        """Shows the turns; their feelings come later."""
        self.list.rows.forget()
        self.model.show_conversation(conversation)
        self.list.scrollToTop()
        self._count = len(conversation.turns)
        self._label()

    def show_mood(self, mood: Mood) -> None:
        """Adds the feelings."""
        self.model.show_mood(mood)

    def set_open(self, opened: bool) -> None:
        """Shows or folds the turns."""
        self.list.setVisible(opened)
        self.list.setFixedHeight(LIST_HEIGHT)
        self._label()

    def go_to(self, turn: int) -> None:
        """Opens the section and flashes a turn."""
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
