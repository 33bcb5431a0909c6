"""The page of saved conversations: search as you type, open, delete with undo."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QModelIndex, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QListView

from agent_assist.errors import AgentAssistError
from agent_assist.records import HistoryItem
from ui.bridge import Bridge, Task
from ui.item_models import HistoryModel
from ui.pages import Page
from ui.ports import DeskPort
from ui.widgets.basics import Button, Text, row
from ui.widgets.rows import HistoryDelegate

DEBOUNCE_MS = 180
CLOSED = "The history is not open yet."
NOTHING = "No conversations yet. Each one you paste is kept here, encrypted, unless you untick “Keep”."


class HistoryList(QListView):
    """Entries; Enter opens, Delete deletes."""

    open_asked = Signal()
    delete_asked = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  # Qt's name
        """Adds the two keys."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.open_asked.emit()
        elif event.key() == Qt.Key.Key_Delete:
            self.delete_asked.emit()
        else:
            super().keyPressEvent(event)


class HistoryPage(Page):
    """Lists what the history holds. All of its database work is done in the db lane."""

    title = "History"
    open_asked = Signal(str)
    unlock_asked = Signal()
    retry_asked = Signal()  # to open the history again, where no passphrase is missing
    removed = Signal(str)  # id of an entry taken off the list, to be deleted unless undone
    failed = Signal(object)

    def __init__(self, desk: DeskPort, bridge: Bridge) -> None:
        super().__init__()
        self._desk, self._bridge = desk, bridge
        self._is_open: Callable[[], bool] = lambda: False
        self._task: Task[Sequence[HistoryItem]] | None = None
        self.model = HistoryModel()
        self.field = QLineEdit()
        self.field.setPlaceholderText("Search words, names, order numbers")
        self.field.setAccessibleName("Search the history")
        self.field.setClearButtonEnabled(True)
        self._wait = QTimer(self)
        self._wait.setSingleShot(True)
        self._wait.setInterval(DEBOUNCE_MS)
        self._wait.timeout.connect(self.refresh)
        self.field.textChanged.connect(self._on_typed)
        self.field.returnPressed.connect(self._open)
        self.list = self._make_list()
        self.empty = Text("", "soft", wrap=True)
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._closed, self._locked = CLOSED, False
        self._words: str | None = None  # of the search whose answer is shown; None: the first entry is to be chosen
        self.unlock = Button("Unlock history", "primary")
        self.unlock.clicked.connect(self.unlock_asked)
        self.retry = Button("Try again", "primary", "Try again to open the history")
        self.retry.clicked.connect(self.retry_asked)
        self.open_button = Button("Open", "primary", "Open the selected conversation", "Enter")
        self.delete_button = Button("Delete", "plain", "Delete the selected conversation", "Delete")
        self.open_button.clicked.connect(self._open)
        self.delete_button.clicked.connect(self._delete)
        top = row(self.field, self.open_button, self.delete_button, stretch=False)
        self.body.addLayout(top)
        self.body.addWidget(self.empty)
        for button in (self.unlock, self.retry):
            self.body.addWidget(button, 0, Qt.AlignmentFlag.AlignHCenter)
        self.body.addWidget(self.list, 1)
        self._show([])

    def set_open_check(self, is_open: Callable[[], bool]) -> None:
        """Gives the question whether the history is open."""
        self._is_open = is_open

    def show_closed(self, words: str, locked: bool) -> None:
        """Says why the history is not open; `locked` where a passphrase would open it."""
        self._closed, self._locked = words, locked
        self._show_state()

    def enter(self) -> None:
        """Lists anew."""
        self._words = None
        self.refresh()
        self.field.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot()
    def refresh(self) -> None:
        """Lists what fits the search; an older search that still runs is dropped."""
        if self._task is not None:
            self._task.drop()
        if not self._is_open():
            self._show([])
            return
        words = self.field.text().strip()
        history = self._desk
        self._task = self._bridge.run(
            "db",
            lambda _post, _token: history.history.search(words) if words else history.history.list(),
            self._show,
            self._on_failed,
        )

    def restore(self, conversation_id: str) -> None:
        """Lists an entry again, if it is still there: its deletion was undone, failed, or has been done."""
        self.model.unhide_item(conversation_id)
        self.refresh()

    def _make_list(self) -> HistoryList:
        view = HistoryList()
        view.setModel(self.model)
        view.setItemDelegate(HistoryDelegate(view))
        view.setUniformItemSizes(True)
        view.setMouseTracking(True)
        view.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        view.setIconSize(QSize(0, 0))
        view.setAccessibleName("Saved conversations")
        view.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        view.activated.connect(self._open)
        view.doubleClicked.connect(self._open)
        view.open_asked.connect(self._open)
        view.delete_asked.connect(self._delete)
        return view

    def _on_typed(self) -> None:
        self._wait.start()

    def _show(self, items: Sequence[HistoryItem]) -> None:
        at, words = self.list.currentIndex(), self.field.text().strip()
        chosen = self.model.item(at).id if at.isValid() and words == self._words else ""
        self._words = words
        self.model.show_items(items)
        self._show_state()
        if chosen:
            self.list.setCurrentIndex(self.model.index(self.model.row_of(chosen)))

    def _show_state(self) -> None:
        some, is_open = self.model.rowCount() > 0, self._is_open()
        searching = bool(self.field.text().strip())
        self.list.setVisible(some)
        self.field.setVisible(is_open and (some or searching))
        self.unlock.setVisible(not is_open and self._locked)
        self.retry.setVisible(not is_open and not self._locked and self._closed != CLOSED)
        self.open_button.setVisible(some)
        self.delete_button.setVisible(some)
        self.empty.setVisible(not some)
        self.empty.setText(self._closed if not is_open else "Nothing found." if searching else NOTHING)
        if some:
            self.list.setCurrentIndex(self.model.index(0))

    def _on_failed(self, error: AgentAssistError) -> None:
        self.failed.emit(error)

    @Slot()
    @Slot(QModelIndex)
    def _open(self, _index: QModelIndex | None = None) -> None:
        at = self.list.currentIndex()
        if at.isValid():
            self.open_asked.emit(self.model.item(at).id)

    @Slot()
    def _delete(self) -> None:
        at = self.list.currentIndex()
        if not at.isValid():
            return
        row_number, identity = at.row(), self.model.item(at).id
        self.model.hide_item(identity)
        self._show_state()
        if self.model.rowCount():
            self.list.setCurrentIndex(self.model.index(min(row_number, self.model.rowCount() - 1)))
        self.removed.emit(identity)
