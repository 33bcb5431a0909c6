"""The page of saved conversations: search as you type, filters, open, tags, hold, export, delete with undo."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from agent_assist.errors import AgentAssistError, KnownError, Locked
from agent_assist.records import HistoryItem
from ui.bridge import Bridge, Task
from ui.history_filters import Filters
from ui.history_tools import HistoryTools
from ui.item_models import HistoryModel
from ui.pages import Page
from ui.ports import DeskPort
from ui.widgets.basics import Button, Text
from ui.widgets.chips import FlowBox
from ui.widgets.saved_list import SavedList
from ui.widgets.tag_editor import TagEditor

DEBOUNCE_MS = 180
MOST = 200
CLOSED = "The history is not open yet."
NOTHING = "No conversations yet. Each one you paste is kept here, encrypted, unless you untick “Keep”."
MORE = f"The {MOST} latest that fit. Search for less to see others."


class HistoryPage(Page):
    """Lists what the history holds. All of its database work is done in the db lane."""

    title = "History"
    open_asked = Signal(str)
    customer_asked = Signal(str)  # a customer's name
    unlock_asked = Signal()
    retry_asked = Signal()  # to open the history again, where no passphrase is missing
    removed = Signal(str)  # id of an entry taken off the list, to be deleted unless undone
    said = Signal(str)
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
        self.filters = Filters(self.field)
        self.tools = HistoryTools(desk, bridge, self)
        self.list = SavedList(self.model, "Saved conversations")
        self.empty = Text("", "soft", wrap=True)
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.more = Text(MORE, "soft", 12, wrap=True)
        self.tags = TagEditor()
        self._closed, self._locked, self._problem = CLOSED, False, ""
        self._words: str | None = None  # of the search whose answer is shown; None: the first entry is to be chosen
        self._make_buttons()
        self._lay_out()
        self._connect()
        self._show([])

    def _make_buttons(self) -> None:
        self.unlock = Button("Unlock history", "primary")
        self.retry = Button("Try again", "primary", "Try again to open the history")
        self.open_button = Button("Open", "primary", "Open the selected conversation", "Enter")
        self.customer_button = Button("Customer", "plain", "Show all of this customer")
        self.tag_button = Button("Tags", "plain", "Change the tags of the selected conversation")
        self.hold_button = Button("Hold", "plain", "Put the selected conversation under a legal hold")
        self.export_button = Button("Export", "plain", "Export the selected conversation to a file")
        self.delete_button = Button("Delete", "plain", "Delete the selected conversation", "Delete")
        self.actions_box = FlowBox(4)
        self.actions_box.set_items(
            (
                *(self.open_button, self.customer_button, self.tag_button),
                *(self.hold_button, self.export_button, self.delete_button),
            )
        )

    def _lay_out(self) -> None:
        self.body.addWidget(self.field)
        self.body.addWidget(self.filters.box)
        self.body.addWidget(self.empty, 1)
        for button in (self.unlock, self.retry):
            self.body.addWidget(button, 0, Qt.AlignmentFlag.AlignHCenter)
        self.body.addWidget(self.list, 1)
        self.foot = QWidget()
        below = QVBoxLayout(self.foot)
        below.setContentsMargins(0, 0, 0, 0)
        below.setSpacing(8)
        for part in (self.more, self.tags, self.actions_box):
            below.addWidget(part)
        self.body.addWidget(self.foot)

    def _connect(self) -> None:
        self.unlock.clicked.connect(self.unlock_asked)
        self.retry.clicked.connect(self.retry_asked)
        self.open_button.clicked.connect(self._open)
        self.delete_button.clicked.connect(self._delete)
        self.customer_button.clicked.connect(self._show_customer)
        self.tag_button.clicked.connect(self._edit_tags)
        self.hold_button.clicked.connect(self._toggle_hold)
        self.export_button.clicked.connect(self._export)
        self.list.open_asked.connect(self._open)
        self.list.delete_asked.connect(self._delete)
        self.list.selectionModel().currentChanged.connect(lambda *_: self._show_chosen())
        self.tags.saved.connect(self.tools.set_tags)
        self.tools.changed.connect(self.refresh)
        self.tools.said.connect(self.said)
        self.tools.failed.connect(self.failed)

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
        self._task = self._bridge.run(
            "db",
            lambda _post, _token: self._desk.custody.find(words, MOST),
            self._show,
            lambda error: self._on_failed(words, error),
        )

    def restore(self, conversation_id: str) -> None:
        """Lists an entry again, if it is still there: its deletion was undone, failed, or has been done."""
        self.model.unhide_item(conversation_id)
        self.refresh()

    def _on_typed(self) -> None:
        self._wait.start()

    def _show(self, items: Sequence[HistoryItem]) -> None:
        at, words = self.list.currentIndex(), self.field.text().strip()
        chosen = self.model.item(at).id if at.isValid() and words == self._words else ""
        self._words, self._problem = words, ""
        self.model.show_items(items)
        self.filters.show_items(items)
        self.more.setVisible(len(items) >= MOST)
        self._show_state()
        if chosen:
            self.list.setCurrentIndex(self.model.index(self.model.row_of(chosen)))

    def _show_state(self) -> None:
        some, is_open = self.model.rowCount() > 0, self._is_open()
        searching = bool(self.field.text().strip())
        self.list.setVisible(some)
        for part in (self.field, self.filters.box):
            part.setVisible(is_open and (some or searching))
        self.unlock.setVisible(not is_open and self._locked)
        self.retry.setVisible(not is_open and not self._locked and self._closed != CLOSED)
        self.actions_box.setVisible(some)
        if not some:
            self.tags.leave()
        self.empty.setVisible(not some)
        found = self._problem or ("Nothing found." if searching else NOTHING)
        self.empty.setText(found if is_open else self._closed)
        if some:
            self.list.setCurrentIndex(self.model.index(0))
        self._show_chosen()

    def _show_chosen(self) -> None:
        """The buttons fit the entry that is chosen."""
        item = self.list.chosen
        self.customer_button.setEnabled(item is not None and bool(item.customer))
        held = item is not None and item.held
        self.hold_button.setText("Release" if held else "Hold")
        self.hold_button.setAccessibleName(
            "Release the selected conversation from its legal hold"
            if held
            else "Put the selected conversation under a legal hold"
        )
        self.delete_button.setEnabled(not held)
        self.delete_button.setToolTip("Under a legal hold: release it first" if held else "Delete")
        self.actions_box.refit()

    def _on_failed(self, words: str, error: AgentAssistError) -> None:
        if ":" in words and isinstance(error, KnownError) and not isinstance(error, Locked):
            self._problem = str(error)  # a filter that is not written to its end yet, mostly
            self.model.show_items([])
            self._words = words
            self._show_state()
        else:
            self.failed.emit(error)

    @Slot()
    def _open(self) -> None:
        item = self.list.chosen
        if item is not None:
            self.open_asked.emit(item.id)

    @Slot()
    def _show_customer(self) -> None:
        item = self.list.chosen
        if item is not None and item.customer:
            self.customer_asked.emit(item.customer)

    @Slot()
    def _edit_tags(self) -> None:
        item = self.list.chosen
        if item is not None:
            self.tags.edit(item.id, item.tags)

    @Slot()
    def _toggle_hold(self) -> None:
        item = self.list.chosen
        if item is not None:
            self.tools.toggle_hold(item)

    @Slot()
    def _export(self) -> None:
        item = self.list.chosen
        if item is not None:
            self.tools.choose_export(item)

    @Slot()
    def _delete(self) -> None:
        item = self.list.chosen
        if item is None or item.held:
            return
        row_number = self.list.currentIndex().row()
        self.model.hide_item(item.id)
        self._show_state()
        if self.model.rowCount():
            self.list.setCurrentIndex(self.model.index(min(row_number, self.model.rowCount() - 1)))
        self.removed.emit(item.id)
