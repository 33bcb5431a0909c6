"""The window: head, pages and foot at the right edge of the screen, and where paste, drop, keys and errors go."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDragLeaveEvent, QDropEvent, QGuiApplication, QResizeEvent
from PySide6.QtWidgets import (
    QApplication,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from agent_assist.errors import AgentAssistError, KnownError
from agent_assist.records import Analysis, Assist, ContextUse, Conversation, Label
from agent_assist.settings import ON_TOP, WIDTH
from ui.acting import actions_of
from ui.bridge import Bridge
from ui.coaching import Coach
from ui.conversation_page import ConversationPage
from ui.drafting import Drafting
from ui.entrance import Entrance
from ui.flow import Flow
from ui.frame import Footer, Header
from ui.keys import HelpPage, Keyboard
from ui.lessons import Lessons
from ui.model_page import ModelPage
from ui.noting import Noting
from ui.pages import MARGIN, Page
from ui.ports import DeskPort
from ui.ranking import Ranking
from ui.settings_page import SettingsPage
from ui.trouble import OURS, report
from ui.vault import Vault
from ui.widgets.cover import Countdown, Cover
from ui.widgets.reply import ReplyCard
from ui.widgets.toast import Notice, Toast
from ui.words import corrected_words, turns_words

NOTHING_NEW = "Nothing new: this conversation is open already"


class Sidebar(QWidget):
    """The whole window. It shows; what it starts is done in lanes through the bridge."""

    closing = Signal()
    lock_asked = Signal()
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
        page = self.conversation
        self.entrance = Entrance(desk, bridge, self.flow, page, self)
        self.ways, self.streams = self.entrance.ways, self.entrance.streams
        self.attending = self.entrance.attending
        self.coach = Coach(desk, bridge, self.flow)
        self.drafting = Drafting(self.coach, page.composer, page.replies, self.flow)
        self.noting = Noting(desk, bridge, self.flow, page.note, page.composer)
        self.ranking = Ranking(desk, bridge)
        self.settings, self.models = SettingsPage(desk, bridge), ModelPage(desk, bridge)
        self.help = HelpPage()
        self.toast = Toast(self)
        self.toast.set_lift(self._foot)
        self.vault = Vault(desk, bridge, self.flow, page.turns.keep, self.toast)
        self.history, self.unlock, self.recovery = self.vault.history, self.vault.unlock, self.vault.recovery
        self.safety, self.keeping = self.vault.safety, self.vault.keeping
        self.countdown, self.cover = Countdown(), Cover(self)
        self.locked = False  # nothing but the page that unlocks is shown
        self.stack = QStackedWidget()
        self.stack.setObjectName("pages")
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self._lay_out()
        self._connect()
        self._actions = actions_of(self)
        self.keyboard = Keyboard(self, self._actions)
        self.show_page(self.conversation)

    def _lay_out(self) -> None:
        pages = (self.conversation, self.settings, self.models, self.help, self.entrance.columns)
        for page in (*pages, *self.vault.pages):
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
        layout.addWidget(self.countdown)
        layout.addWidget(self.attending.line)
        layout.addWidget(self.attending.switcher)
        layout.addWidget(holder)
        layout.addWidget(self.stack, 1)
        layout.addWidget(self.footer)

    def _connect(self) -> None:
        flow = self.flow
        flow.captured.connect(self._on_captured)
        flow.grown.connect(lambda conversation, _count: self.header.show_turns(conversation))
        flow.brought.connect(self._on_brought)
        flow.unchanged.connect(lambda: self.toast.say(NOTHING_NEW))
        flow.read.connect(self.header.show_mood)
        flow.taking.taken.connect(self._on_taken_in)
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
        page.empty.open_asked.connect(self.ways.choose_file)
        page.empty.sample_asked.connect(flow.try_sample)
        page.install_asked.connect(self.show_models)
        page.copied.connect(self.copy)
        page.removed.connect(self._on_dismissed)
        page.again_asked.connect(self.ask_again)
        page.retry_asked.connect(self.model_asked)
        page.keep_changed.connect(self.keeping.set_keep)
        page.draft_asked.connect(self.drafting.use)
        page.summary.notes_asked.connect(self.noting.offer)
        self.drafting.copied.connect(self.copy)
        for asker in (page, self.drafting):
            asker.insert_asked.connect(self.attending.inserting.insert)
        self.drafting.replaced.connect(self._on_replaced)
        self.noting.shown.connect(page.show_note)
        self._connect_entrance()
        self._connect_vault()
        self._connect_parts()

    def _connect_entrance(self) -> None:
        self.entrance.said.connect(self.toast.say)
        self.entrance.refused.connect(self.notice.say)
        self.entrance.taken.connect(self.notice.clear)
        self.entrance.watching.bar.set_top(lambda: self.stack.y() + 6)
        tabling = self.entrance.tabling
        tabling.page_asked.connect(lambda: self.show_page(self.entrance.columns))
        tabling.page_left.connect(self.go_back)
        tabling.hinted.connect(lambda words: self.notice.say(words, "uneasy", "Columns…", tabling.open))
        self.streams.set_may_open(lambda: self.stack.currentWidget() is self.conversation)

    def _connect_parts(self) -> None:
        self.settings.models_asked.connect(self.show_models)
        self.settings.changed.connect(self.option_changed)
        self.settings.count_asked.connect(self.lessons.count)
        self.settings.adapted.reset_asked.connect(self.lessons.forget)
        self.settings.count_asked.connect(self.ranking.show)
        self.settings.preferences.reset_asked.connect(self.ranking.forget)
        self.ranking.learnt.connect(self.settings.preferences.show_preferences)
        self.lessons.counted.connect(self.settings.adapted.show_count)
        self.lessons.corrected.connect(self._on_corrected)
        for part in (
            *(self.vault, self.settings, self.models, self.lessons),
            *(self.coach, self.noting, self.ranking, self.entrance),
        ):
            part.failed.connect(self.show_error)
        self.models.said.connect(self.toast.say)
        self.models.working.connect(self.footer.show_shelf)
        self.models.skipped.connect(self.go_back)

    def _connect_vault(self) -> None:
        vault = self.vault
        vault.page_asked.connect(self.show_page)
        vault.back_asked.connect(self.go_back)
        vault.told.connect(self.notice.say)
        vault.settings_asked.connect(lambda: self.show_page(self.settings))
        vault.copy_asked.connect(self.copy)
        self.settings.safety_asked.connect(lambda: self.show_page(self.safety))
        for reopener in (self.history.retry_asked, vault.reopen_asked):
            reopener.connect(self.history_asked)
        self.unlock.entered.connect(self.unlock_entered)
        self.unlock.skipped.connect(self.unlock_skipped)
        for asker in (self.safety, self.footer):
            asker.lock_asked.connect(self.lock_asked)

    @Slot(str)
    def _run_action(self, name: str) -> None:
        self._actions[name]()

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

    def _foot(self) -> int:
        """How high what is in use at the foot of the page is, in pixels."""
        composer, foot = self.conversation.composer, self.history.foot
        if foot.isVisible():
            return foot.height() + MARGIN
        return composer.height() if composer.isVisible() else 0

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  # Qt's name
        """Keeps the message above the foot."""
        super().resizeEvent(event)
        self.toast.place()

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802  # Qt's name
        """Makes pending removals final, then lets the shutdown begin."""
        self.toast.flush()
        self.closing.emit()
        super().closeEvent(event)

    def set_locked(self, locked: bool) -> None:
        """Takes nothing in and shows nothing but the page that unlocks, or is as ever again."""
        self.locked = locked
        self.header.set_locked(locked)
        self.keyboard.set_locked(locked)
        self.setAcceptDrops(not locked)

    def blank(self) -> None:
        """Shows nothing any more, at once."""
        self.set_locked(True)
        for other in QApplication.topLevelWidgets():
            if other is not self and other.isVisible():
                other.close()
        self.cover.drop()

    # --- pages

    def show_page(self, page: QWidget) -> None:
        """Shows a page; leaving the history makes its removals final."""
        before = self.stack.currentWidget()
        if self.locked and page is not self.unlock:
            return
        if before is self.recovery and page is not before:
            self.recovery.leave_quietly()
        if before is self.history and page is not before:
            self.toast.flush()
        self.stack.setCurrentWidget(page)
        self.header.show_page(page.title if isinstance(page, Page) else "")
        self.keyboard.on_conversation(page is self.conversation)
        self.attending.switcher.set_wanted(page is self.conversation)
        # Else the focus falls on whatever comes next to a control that went away.
        self.setFocus(Qt.FocusReason.OtherFocusReason)
        if isinstance(page, Page):
            page.enter()
        if page is self.conversation and page is not before:
            self.streams.settle()

    @Slot()
    def show_models(self) -> None:
        """Shows the page of language models."""
        self.show_page(self.models)

    @Slot()
    def go_back(self) -> None:
        """Shows the conversation."""
        self.show_page(self.conversation)

    @Slot()
    def start_over(self) -> None:
        """Lets the conversation go and shows the place for another."""
        self.flow.new()
        self.go_back()

    @Slot()
    def stop_or_back(self) -> None:
        """Esc: leaves another page, else the nearest thing that is open, else stops what runs."""
        page = self.conversation
        if self.stack.currentWidget() is not page:
            self.go_back()
        elif not page.leave_draft() and not page.close_card():
            self.flow.stop()

    # --- ways in

    @Slot()
    def paste(self) -> None:
        """Takes in what the clipboard holds."""
        self.ways.paste()

    def open_file(self, path: Path) -> None:
        """Takes a file in."""
        self.ways.open_file(path)

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
        self.ways.take_mime(event.mimeData())
        event.acceptProposedAction()

    # --- what the flow tells

    @Slot(object, int)
    def _on_captured(self, conversation: Conversation, _count: int) -> None:
        self.notice.clear()
        self.toast.flush()  # a removal that waits must not take away what is saved from now on
        self.header.show_customer(conversation)
        self.footer.show_context(0, 0)
        self.show_page(self.conversation)

    @Slot(int)
    def _on_brought(self, count: int) -> None:
        self.notice.clear()
        self.toast.say(turns_words(count))

    @Slot(object)
    def _on_taken_in(self, use: ContextUse) -> None:
        self.footer.show_context(use.used, use.limit)

    @Slot(object)
    def _on_opened(self, analysis: Analysis) -> None:
        self._on_captured(analysis.conversation, 1)
        self.header.show_mood(analysis.mood)
        if analysis.assist is not None:
            self.footer.show_context(analysis.assist.context.used, analysis.assist.context.limit)

    @Slot()
    def ask_again(self) -> None:
        """Asks for other replies; the agent's own draft stays as it is."""
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

    @Slot(str, object)
    def _on_failed(self, what: str, error: AgentAssistError) -> None:
        if what == "assist" and isinstance(error, KnownError):
            self.conversation.help.show_problem(str(error))
            return
        if what == "assist":
            self.conversation.help.show_problem("The replies could not be written.")
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
        self.ways.note_copy(text, words)
        QGuiApplication.clipboard().setText(text)
        self.toast.say(words)

    @Slot(int, object, object)
    def _on_corrected(self, turn: int, label: Label, before: Label | None) -> None:
        self.toast.say(corrected_words(turn, label), undo=lambda: self.lessons.take_back(turn, before))

    @Slot(str)
    def _on_replaced(self, before: str) -> None:
        self.toast.say("The reply took the place of your draft", undo=lambda: self.drafting.bring_back(before))

    @Slot(object)
    def _on_dismissed(self, card: ReplyCard) -> None:
        self.toast.say(f"Reply {card.slot + 1} dismissed", undo=lambda: self.conversation.restore_reply(card))
