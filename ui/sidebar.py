"""The window: head, pages and foot at the right edge of the screen, and where paste, drop, keys and errors go."""

from __future__ import annotations

import platform
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt, Signal, Slot, qVersion
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDragLeaveEvent, QDropEvent, QGuiApplication, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QFileDialog,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

import agent_assist
from agent_assist import log
from agent_assist.errors import AgentAssistError, BugError, KnownError
from agent_assist.records import Analysis, Assist, Conversation, Label
from agent_assist.settings import ON_TOP, WIDTH
from ui.bridge import Bridge
from ui.conversation_page import ConversationPage
from ui.flow import Flow
from ui.frame import Footer, Header
from ui.history_page import HistoryPage
from ui.keeping import Keeping
from ui.keys import HelpPage, Keyboard
from ui.lessons import Lessons
from ui.model_page import ModelPage
from ui.pages import Page
from ui.ports import DeskPort
from ui.settings_page import SettingsPage
from ui.unlock_page import UnlockPage
from ui.widgets.reply import ReplyCard
from ui.widgets.toast import Notice, Toast
from ui.words import corrected_words

EMPTY_CLIPBOARD = "The clipboard holds no text. Copy the conversation first, then paste it here."
EDITING = "Save or cancel your edit first, then ask for other replies."
OURS = (
    "Something went wrong on our side. Your saved conversations are safe. "
    "Try again, or copy a report without customer text."
)


class Sidebar(QWidget):
    """The whole window. It shows; what it starts is done in lanes through the bridge."""

    closing = Signal()
    unlock_entered = Signal(str)
    unlock_skipped = Signal()
    option_changed = Signal(str)
    history_asked = Signal()  # to open the history again
    model_asked = Signal()  # to load the language model again

    def __init__(self, desk: DeskPort, bridge: Bridge) -> None:
        super().__init__()
        self._desk, self._bridge = desk, bridge
        self.setObjectName("window")
        self.setWindowTitle("Agent Assist")
        self.setAcceptDrops(True)
        self.setMinimumWidth(360)
        self.setMaximumWidth(480)
        self.setMinimumHeight(480)
        self.flow = Flow(desk, bridge)
        self.header, self.footer, self.notice = Header(), Footer(), Notice()
        self.lessons = Lessons(desk, bridge, self.flow)
        self.conversation = ConversationPage(self.flow, self.lessons)
        self.history = HistoryPage(desk, bridge)
        self.settings, self.models = SettingsPage(desk), ModelPage(desk, bridge)
        self.unlock, self.help = UnlockPage(), HelpPage()
        self.stack = QStackedWidget()
        self.stack.setObjectName("pages")
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self._lay_out()
        self.toast = Toast(self)
        self.keeping = Keeping(desk, bridge, self.flow, self.history, self.conversation.turns.keep, self.toast)
        self._connect()
        self.keyboard = Keyboard(self, self._actions())
        self.show_page(self.conversation)

    def _lay_out(self) -> None:
        for page in (self.conversation, self.history, self.settings, self.models, self.unlock, self.help):
            self.stack.addWidget(page)
        holder = QWidget()
        inset = QVBoxLayout(holder)
        inset.setContentsMargins(14, 10, 14, 0)
        inset.addWidget(self.notice)
        self.notice.changed.connect(holder.setVisible)
        holder.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.header)
        layout.addWidget(holder)
        layout.addWidget(self.stack, 1)
        layout.addWidget(self.footer)

    def _connect(self) -> None:
        flow = self.flow
        flow.captured.connect(self._on_captured)
        flow.read.connect(self.header.show_mood)
        flow.opened.connect(self._on_opened)
        flow.cleared.connect(self._on_cleared)
        flow.assist_began.connect(self._on_assist_began)
        flow.assisted.connect(self._on_assisted)
        flow.busy.connect(self.footer.show_busy)
        flow.failed.connect(self._on_failed)
        self.header.back_asked.connect(self.go_back)
        self.header.menu_asked.connect(self._run_action)
        page = self.conversation
        page.empty.paste_asked.connect(self.paste)
        page.empty.open_asked.connect(self.choose_file)
        page.empty.sample_asked.connect(flow.try_sample)
        page.install_asked.connect(self.show_models)
        page.copied.connect(self.copy)
        page.removed.connect(self._on_dismissed)
        page.again_asked.connect(self.ask_again)
        page.retry_asked.connect(self.model_asked)
        page.keep_changed.connect(self.keeping.set_keep)
        self.history.set_open_check(lambda: flow.history_open)
        self.history.open_asked.connect(flow.open_saved)
        self.history.unlock_asked.connect(lambda: self.show_page(self.unlock))
        self.history.retry_asked.connect(self.history_asked)
        self.settings.models_asked.connect(self.show_models)
        self.settings.changed.connect(self.option_changed)
        self.settings.count_asked.connect(self.lessons.count)
        self.settings.adapted.reset_asked.connect(self.lessons.forget)
        self.lessons.counted.connect(self.settings.adapted.show_count)
        self.lessons.corrected.connect(self._on_corrected)
        for part in (self.history, self.settings, self.models, self.keeping, self.lessons):
            part.failed.connect(self.show_error)
        self.models.said.connect(self.toast.say)
        self.models.working.connect(self.footer.show_shelf)
        self.models.skipped.connect(self.go_back)
        self.unlock.entered.connect(self.unlock_entered)
        self.unlock.skipped.connect(self.unlock_skipped)

    def _actions(self) -> dict[str, Callable[[], None]]:
        replies = self.conversation.replies
        return {
            "paste": self.paste,
            "open": self.choose_file,
            "new": self.flow.new,
            "conversation": lambda: self.show_page(self.conversation),
            "history": lambda: self.show_page(self.history),
            "models": self.show_models,
            "settings": lambda: self.show_page(self.settings),
            "help": lambda: self.show_page(self.help),
            "stop": self.stop_or_back,
            "choose 1": lambda: replies.select(0),
            "choose 2": lambda: replies.select(1),
            "choose 3": lambda: replies.select(2),
            "copy": self._copy,
            "press": self._copy_or_press,
            "edit": lambda: self._on_selected(lambda card: card.begin_edit()),
            "save edit": lambda: replies.editing.save_edit() if replies.editing else None,
            "dismiss": lambda: self._on_selected(lambda card: self.conversation.dismiss_reply(card.slot)),
            "again": self.ask_again,
        }

    @Slot(str)
    def _run_action(self, name: str) -> None:
        self._actions()[name]()

    # --- the window itself

    def dock(self) -> None:
        """Stands at the right edge of the screen, as high as there is room, above others where the settings say so."""
        self.setWindowFlag(Qt.WindowType.WindowStaysOnTopHint, self._desk.settings[ON_TOP])
        screen = self.screen() or QGuiApplication.primaryScreen()
        room, width = screen.availableGeometry(), self._desk.settings[WIDTH]
        outer, inner = self.frameGeometry(), self.geometry()
        top, right = inner.top() - outer.top(), outer.right() - inner.right()
        height = room.height() - (outer.height() - inner.height())
        self.setGeometry(room.right() + 1 - width - right, room.top() + top, width, height)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  # Qt's name
        """Keeps the message above the foot."""
        super().resizeEvent(event)
        self.toast.place()

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802  # Qt's name
        """Makes pending removals final, then lets the shutdown begin."""
        self.toast.flush()
        self.closing.emit()
        super().closeEvent(event)

    # --- pages

    def show_page(self, page: QWidget) -> None:
        """Shows a page; leaving the history makes its removals final."""
        before = self.stack.currentWidget()
        if before is self.history and page is not before:
            self.toast.flush()
        self.stack.setCurrentWidget(page)
        self.header.show_page(page.title if isinstance(page, Page) else "")
        self.keyboard.on_conversation(page is self.conversation)
        # Else the focus falls on whatever comes next to a control that went away.
        self.setFocus(Qt.FocusReason.OtherFocusReason)
        if isinstance(page, Page):
            page.enter()

    @Slot()
    def show_models(self) -> None:
        """Shows the page of language models."""
        self.show_page(self.models)

    @Slot()
    def go_back(self) -> None:
        """Shows the conversation."""
        self.show_page(self.conversation)

    @Slot()
    def stop_or_back(self) -> None:
        """Esc: leaves another page, else an edit, else why, else stops what runs."""
        editing = self.conversation.replies.editing
        if self.stack.currentWidget() is not self.conversation:
            self.go_back()
        elif editing is not None:
            editing.cancel_edit()
        elif self.conversation.why.turn is not None:
            self.conversation.why.close_card()
        else:
            self.flow.stop()

    # --- ways in

    @Slot()
    def paste(self) -> None:
        """Takes in what the clipboard holds."""
        mime = QGuiApplication.clipboard().mimeData()
        text = mime.text() if mime is not None and mime.hasText() else ""
        if text.strip():
            self._take_in(text)
        else:
            self.notice.say(EMPTY_CLIPBOARD)

    @Slot()
    def choose_file(self) -> None:
        """Asks for a file and takes it in."""
        path, _ = QFileDialog.getOpenFileName(
            self, "Open a conversation", "", "Conversations (*.txt *.json *.jsonl *.md *.eml);;All files (*)"
        )
        if path:
            self.open_file(Path(path))

    def open_file(self, path: Path) -> None:
        """Takes a file in."""
        self.notice.clear()
        self.flow.open_file(path)

    def _take_in(self, text: str) -> None:
        self.notice.clear()
        self.flow.paste(text)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802  # Qt's name
        """Takes text and files of this computer."""
        mime = event.mimeData()
        if mime.hasText() or any(url.isLocalFile() for url in mime.urls()):
            event.acceptProposedAction()
            self.conversation.empty.set_over(True)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:  # noqa: N802  # Qt's name
        """The drop went elsewhere."""
        self.conversation.empty.set_over(False)

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802  # Qt's name
        """Takes in the first file, else the text."""
        self.conversation.empty.set_over(False)
        mime = event.mimeData()
        files = [url.toLocalFile() for url in mime.urls() if url.isLocalFile()]
        if files:
            self.open_file(Path(files[0]))
        elif mime.text().strip():
            self._take_in(mime.text())
        event.acceptProposedAction()

    # --- what the flow tells

    @Slot(object, int)
    def _on_captured(self, conversation: Conversation, _count: int) -> None:
        self.notice.clear()
        self.toast.flush()  # a removal that waits must not take away what is saved from now on
        self.header.show_customer(conversation)
        self.footer.show_context(0, 0)
        self.show_page(self.conversation)

    @Slot(object)
    def _on_opened(self, analysis: Analysis) -> None:
        self._on_captured(analysis.conversation, 1)
        self.header.show_mood(analysis.mood)
        if analysis.assist is not None:
            self.footer.show_context(analysis.assist.context.used, analysis.assist.context.limit)

    @Slot()
    def ask_again(self) -> None:
        """Asks for other replies, unless that would throw away an edit."""
        if self.conversation.replies.editing is not None:
            self.notice.say(EDITING)
            return
        self.notice.clear()
        self.flow.ask()

    @Slot()
    def _on_assist_began(self) -> None:
        if not self.keeping.removing:
            self.toast.flush()  # the reply that could be brought back is gone

    @Slot(object)
    def _on_assisted(self, assist: Assist) -> None:
        self.footer.show_context(assist.context.used, assist.context.limit)

    @Slot()
    def _on_cleared(self) -> None:
        self.header.show_nobody()
        self.footer.show_context(0, 0)
        self.notice.clear()
        self.show_page(self.conversation)

    @Slot(str, object)
    def _on_failed(self, what: str, error: AgentAssistError) -> None:
        if what == "assist" and isinstance(error, KnownError):
            self.conversation.show_assist_problem(str(error))
            return
        if what == "assist":
            self.conversation.show_assist_problem("The replies could not be written.")
        self.show_error(error)

    @Slot(object)
    def show_error(self, error: Exception) -> None:
        """Shows a known problem in its own words, anything else kindly with a report that holds no customer text."""
        if isinstance(error, KnownError):
            self.notice.say(str(error))
        else:
            self.notice.say(OURS, "hot", "Copy report", lambda: self.copy(report(error), "Report copied"))

    # --- copying, dismissing, keeping

    @Slot(str, str)
    def copy(self, text: str, words: str) -> None:
        """Puts text on the clipboard and says so."""
        QGuiApplication.clipboard().setText(text)
        self.toast.say(words)

    def _copy_or_press(self) -> None:
        focus = self.focusWidget()
        if isinstance(focus, QAbstractButton):
            focus.click()
        elif focus is None or focus is self or isinstance(focus, ReplyCard):
            self._copy()

    def _copy(self) -> None:
        self._on_selected(lambda card: self.conversation.copy_reply(card.slot))

    def _on_selected(self, act: Callable[[ReplyCard], None]) -> None:
        card = self.conversation.replies.selected
        if card is not None:
            act(card)

    @Slot(int, object)
    def _on_corrected(self, turn: int, label: Label) -> None:
        self.toast.say(corrected_words(turn, label), undo=lambda: self.lessons.uncorrect(turn))

    @Slot(object)
    def _on_dismissed(self, card: ReplyCard) -> None:
        self.toast.say(f"Reply {card.slot + 1} dismissed", undo=lambda: self.conversation.restore_reply(card))


def report(error: BaseException) -> str:
    """What to send us: versions, and where in the code it happened. No message, no customer text."""
    return "\n".join(
        (
            f"Agent Assist {agent_assist.__version__}, Python {platform.python_version()}, Qt {qVersion()}",
            platform.platform(),
            str(error) if isinstance(error, BugError) else log.describe(error),
        )
    )
