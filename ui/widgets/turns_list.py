"""The list of turns, which draws only those in view, and what can be asked of a turn by mouse and keyboard."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QModelIndex, QPoint, Qt, QTimer, QVariantAnimation, Signal, Slot
from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QListView, QMenu, QStyle, QStyleOptionViewItem

from ui.item_models import TurnsModel
from ui.widgets.rows import TurnDelegate
from ui.widgets.turn_head import Head
from ui.words import CORRECT, WHY_READ

BATCH = 25
SCROLL_TRIES = 200
REASONS = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class TurnsList(QListView):
    """A list of turns of different heights, laid out in batches so that 2,000 of them never hold the window up.

    A click on "Why", a double click or Enter asks why a turn reads as it does; a click on its label, or Space, offers
    other labels; the menu key and the right button offer both.
    """

    why_asked = Signal(int)
    label_asked = Signal(int, QPoint)  # turn, where on the screen

    def __init__(self, model: TurnsModel) -> None:
        super().__init__()
        self._turns = model
        self.rows = TurnDelegate()
        self.setModel(model)
        self.setItemDelegate(self.rows)
        self.setLayoutMode(QListView.LayoutMode.Batched)
        self.setBatchSize(BATCH)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setAccessibleName("Turns of the conversation")
        self.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        self.setMouseTracking(True)
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
        self.reveal(turn)
        self.rows.flash_row = turn
        self._glow.stop()
        self._glow.start()

    def reveal(self, turn: int) -> None:
        """Scrolls to a turn, as soon as it is laid out."""
        self._target = self.model().index(turn, 0)
        self._tries = 0
        self._seek.start()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  # Qt's name
        """Tells the delegate its width before rows are measured."""
        self.rows.width = self.viewport().width()
        super().resizeEvent(event)

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802  # Qt's name
        """Measures anew when the font changes."""
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self.rows.forget()
        super().changeEvent(event)

    def head_of(self, index: QModelIndex) -> Head:
        """Where the parts of a row's first line stand, in the viewport, as while the pointer is over it."""
        option = QStyleOptionViewItem()
        self.initViewItemOption(option)
        option.rect = self.visualRect(index)
        option.state |= QStyle.StateFlag.State_MouseOver
        return self.rows.head(option, index)

    def ask_label(self, row: int) -> None:
        """Offers other labels for a turn, below its own."""
        point = self._turns.point(row)
        if point is not None and point.reading is not None:
            below = self.head_of(self._turns.index(row)).label.bottomLeft()
            self.label_asked.emit(row, self.viewport().mapToGlobal(below))

    def ask_why(self, row: int) -> None:
        """Asks why a turn reads as it does, where it is a customer's that was read."""
        point = self._turns.point(row)
        if point is not None and point.reading is not None:
            self.why_asked.emit(row)

    def event(self, event: QEvent) -> bool:
        """Keeps Enter from the window's shortcut while the focus is here."""
        if event.type() is QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and event.key() in REASONS:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  # Qt's name
        """Adds Enter and Space."""
        row = self.currentIndex().row()
        if event.key() in REASONS:
            self.ask_why(row)
        elif event.key() == Qt.Key.Key_Space:
            self.ask_label(row)
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802  # Qt's name
        """A click on the label or on "Why"."""
        super().mousePressEvent(event)
        index, at = self.indexAt(event.position().toPoint()), event.position().toPoint()
        if event.button() is Qt.MouseButton.LeftButton and index.isValid():
            head = self.head_of(index)
            if head.label.contains(at):
                self.ask_label(index.row())
            elif head.why.contains(at):
                self.ask_why(index.row())

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: N802  # Qt's name
        """Asks why, but on the label, where the first click has opened its menu."""
        super().mouseDoubleClickEvent(event)
        index, at = self.indexAt(event.position().toPoint()), event.position().toPoint()
        if index.isValid() and not self.head_of(index).label.contains(at):
            self.ask_why(index.row())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802  # Qt's name
        """Shows the hand where a click does something."""
        super().mouseMoveEvent(event)
        index, at = self.indexAt(event.position().toPoint()), event.position().toPoint()
        point = self._turns.point(index.row())
        head = self.head_of(index) if point is not None and point.reading is not None else None
        over = head is not None and (head.label.contains(at) or head.why.contains(at))
        self.viewport().setCursor(Qt.CursorShape.PointingHandCursor if over else Qt.CursorShape.ArrowCursor)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:  # noqa: N802  # Qt's name
        """Offers what can be asked of a turn."""
        by_key = event.reason() is QContextMenuEvent.Reason.Keyboard
        index = self.currentIndex() if by_key else self.indexAt(event.pos())
        point = self._turns.point(index.row())
        if point is None or point.reading is None:
            return
        at = self.viewport().mapToGlobal(self.visualRect(index).center()) if by_key else event.globalPos()
        menu, row = QMenu(self), index.row()
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(WHY_READ).triggered.connect(lambda: self.ask_why(row))
        menu.addAction(CORRECT).triggered.connect(lambda: self.ask_label(row))
        menu.popup(at)

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
