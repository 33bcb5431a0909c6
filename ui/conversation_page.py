"""The page of one conversation: how they feel, what changed and why, the case, and what to say."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from agent_assist.records import (
    Analysis,
    Conversation,
    Explanation,
    Mood,
    Outcome,
)
from ui.assist_view import AssistView
from ui.choosing import Recorder
from ui.flow import Flow
from ui.lessons import Lessons
from ui.pages import Scroller
from ui.widgets.alike import AlikeLine
from ui.widgets.basics import Elided, Section
from ui.widgets.care import CareNotice
from ui.widgets.coach import Composer
from ui.widgets.label_menu import LabelMenu
from ui.widgets.meter import ContextMeter
from ui.widgets.note import NotePanel
from ui.widgets.notes import Notes
from ui.widgets.paste import PasteArea
from ui.widgets.replies import RepliesCard
from ui.widgets.reply import ReplyCard
from ui.widgets.spike import RecoveryLine, SpikeBanner
from ui.widgets.summary import ActionsCard, SummaryCard
from ui.widgets.timeline import Timeline
from ui.widgets.turns import TurnsSection
from ui.widgets.why import WhyCard
from ui.words import now_words, risk_words

COMPACT_BELOW = 1060  # pixels of window height under which replies that are not chosen show one line
FOLD_BELOW = 900  # pixels of window height under which the summary gives way in any case
ROOMY = 1250  # and from which on it never does
NO_MODEL = "Feelings work already. Summary and replies need a language model, which runs on this computer too."


class ConversationPage(QStackedWidget):
    """The empty page, or the conversation. It shows what the flow tells and passes on what the person does."""

    install_asked = Signal()
    retry_asked = Signal()
    again_asked = Signal()
    draft_asked = Signal(object)  # ReplyCard that the agent wants to go on from
    copied = Signal(str, str)  # text, what it was, for the message
    insert_asked = Signal(str, object)  # text, what to call once it stands in the page
    removed = Signal(object)  # ReplyCard of a dismissed reply
    keep_changed = Signal(bool)

    def __init__(self, flow: Flow, lessons: Lessons) -> None:
        super().__init__()
        self._flow, self._lessons = flow, lessons
        self._low = False
        self._count = 1  # conversations that the text held
        self._problem = ""  # why the language model does not load
        self.empty = PasteArea()
        self.turns, self.timeline, self.why = TurnsSection(), Timeline(), WhyCard(lessons.cause_title)
        self.alike = AlikeLine()
        self.care, self.spike, self.recovery = CareNotice(), SpikeBanner(lessons.cause_title), RecoveryLine()
        self.labels = LabelMenu(self)
        self.summary, self.next, self.replies = SummaryCard(), ActionsCard(), RepliesCard()
        self.note, self.meter, self.composer = NotePanel(), ContextMeter(), Composer()
        self.notes = Notes()
        self.help = AssistView(flow, self.summary, self.next, self.replies, self.spike, self.meter)
        self.area = Scroller()
        self.addWidget(self._framed(self.empty))
        self.addWidget(self._make_page())
        self._connect_flow()
        self._connect_parts()

    def set_model_ready(self, ready: bool, problem: str = "") -> None:
        """Whether a language model is there to ask, or else why the one that is there cannot be loaded."""
        self._problem = problem
        if ready and self.replies.offering:
            self.replies.say("")
        self._offer()

    def show_empty(self) -> None:
        """Invites a conversation in."""
        self.setCurrentIndex(0)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  # Qt's name
        """Folds the summary where the window is low."""
        super().resizeEvent(event)
        low = self.window().height() < FOLD_BELOW
        if low != self._low:
            self._low = low
            self.timeline.set_compact(low)
            self.composer.set_compact(low)
        self.replies.set_compact(self.window().height() < COMPACT_BELOW)
        self._give_way()

    @Slot()
    def _give_way(self) -> None:
        """Folds the summary so that the replies stay in view, and unfolds it once all is there and fits."""
        if self.summary.fold_chosen:
            return
        height = self.window().height()
        if FOLD_BELOW <= height < ROOMY and self._flow.assist is not None:
            QTimer.singleShot(0, self, self._fold_to_fit)  # once the layouts know their heights
        else:
            self.summary.set_folded(height < ROOMY)

    @Slot()
    def _fold_to_fit(self) -> None:
        view = self.area.viewport()
        cards = (self.summary, self.next)
        more = sum(card.whole_height() - card.height() for card in cards if card.isVisible() and self.summary.folded)
        if not self.summary.fold_chosen:
            whole = self.area.body.totalHeightForWidth(view.width()) + more
            self.summary.set_folded(whole > view.height())

    @staticmethod
    def _framed(area: QWidget) -> QWidget:
        page = QWidget()
        page.setObjectName("page")
        layout = QVBoxLayout(page)
        layout.setContentsMargins(14, 14, 14, 14)
        layout.addWidget(area)
        return page

    def _make_page(self) -> QWidget:
        self.feeling = Section("Feeling")
        self.risk, self.level = Elided("", "soft", 12), Elided("", "soft", 12)
        self.risk.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.feeling.heading.setContentsMargins(0, 0, 0, 0)
        self.feeling.heading.addWidget(self.risk, 100)
        self.feeling.body.addWidget(self.timeline)
        self.feeling.body.addWidget(self.level)
        feelings = (self.alike, self.turns, self.why, self.feeling, self.care, self.spike, self.recovery)
        for part in (*feelings, self.summary, self.note, self.next, self.replies, self.notes, self.meter):
            self.area.body.addWidget(part)
        self.area.body.addStretch(1)
        page = QWidget()
        layout = QVBoxLayout(page)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.area, 1)
        layout.addWidget(self.composer)
        return page

    def _connect_flow(self) -> None:
        flow = self._flow
        flow.captured.connect(self._on_captured)
        flow.grown.connect(self._on_grown)
        flow.read.connect(self._on_read)
        flow.opened.connect(self._on_opened)
        flow.cleared.connect(self.show_empty)
        flow.composed.connect(self._offer)
        self.help.changed.connect(self._give_way)
        self.help.noted.connect(self._show_notes)

    def _connect_parts(self) -> None:
        for part in (self.timeline, self.why, self.care, self.spike, self.recovery, self.summary, self.next):
            part.asked.connect(self.go_to)
        for asker in (self.turns.list, self.spike):
            asker.why_asked.connect(self.ask_why)
        for offerer in (self.turns.list, self.why):
            offerer.label_asked.connect(self._offer_labels)
        self.labels.chosen.connect(self._lessons.correct)
        self.labels.restored.connect(self._lessons.uncorrect)
        self.why.closed.connect(self._lessons.drop)
        self._lessons.explained.connect(self._on_explained)
        self._lessons.unexplained.connect(self.why.fail)
        self.summary.fold_changed.connect(self.next.set_folded)
        self.timeline.read_out.connect(self._on_read_out)
        self.turns.swap_asked.connect(self._flow.swap_roles)
        self.turns.keep_changed.connect(self.keep_changed)
        self.summary.copy_asked.connect(self._on_copy_fact)
        self.replies.stop_asked.connect(self._flow.stop)
        self.replies.again_asked.connect(self.again_asked)
        self.replies.retry_asked.connect(self.retry_asked)
        self.replies.install_asked.connect(self.install_asked)
        self.replies.copy_asked.connect(self.copy_reply)
        self.replies.insert_asked.connect(self.insert_reply)
        self.replies.draft_asked.connect(self.use_as_draft)
        self.note.copy_asked.connect(self.copied)
        self.replies.dismissed.connect(self.dismiss_reply)

    # --- what the flow tells

    @Slot(object, int)
    def _on_captured(self, conversation: Conversation, count: int) -> None:
        self.setCurrentIndex(1)
        self._show_turns(conversation)
        self.timeline.show_mood(Mood(()))
        for part in (self.care, self.spike, self.recovery):
            part.hide()
        self._clear_assist()
        self._count = count
        self._show_notes(())
        self.area.verticalScrollBar().setValue(0)

    @Slot(object, int)
    def _on_grown(self, conversation: Conversation, count: int) -> None:
        if count >= 0:
            self.turns.grow(conversation, count)
        else:
            self.labels.hide()
            self.why.close_card()
            self.turns.change(conversation)
        self._show_notes(self._flow.assist.notes if self._flow.assist is not None else ())

    def _show_turns(self, conversation: Conversation) -> None:
        self.labels.hide()
        self.why.close_card()
        self.turns.show_conversation(conversation)
        self.turns.set_open(not self._flow.helps_unasked)
        self.turns.keep.setChecked(self._flow.keep)

    def _clear_assist(self) -> None:
        self.summary.fold_chosen = False
        self.help.clear()
        self._offer()

    @Slot(object)
    def _on_read(self, mood: Mood) -> None:
        conversation = self._flow.conversation
        assert conversation is not None
        self.turns.show_mood(mood)
        self.timeline.show_mood(mood)
        self.care.show_mood(conversation, mood)
        self.spike.show_mood(conversation, mood)
        self.recovery.show_mood(mood)
        if self.why.turn is not None:
            self.ask_why(self.why.turn)

    @Slot(object)
    def _on_explained(self, explanation: Explanation) -> None:
        if self._flow.conversation is not None:
            self.why.show_explanation(self._flow.conversation, explanation)

    @Slot(object)
    def _on_opened(self, analysis: Analysis) -> None:
        self.setCurrentIndex(1)
        self._show_turns(analysis.conversation)
        self._clear_assist()
        self._on_read(analysis.mood)
        self._count = 1
        self._show_notes(())
        if analysis.assist is not None:
            self.help.show_assist(analysis.assist)
        self.turns.set_open(analysis.assist is None)
        self.area.verticalScrollBar().setValue(0)

    # --- what the person does

    def leave_draft(self) -> bool:
        """Stops a rewrite, else closes its changes, else leaves the draft's field; False where none of it is so."""
        composer = self.composer
        if composer.rewriting:
            composer.stop_asked.emit()
        elif composer.diff.rewrite is not None:
            composer.diff.close_view()
        elif composer.isAncestorOf(self.focusWidget() or self):
            self.window().setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            return False
        return True

    def close_card(self) -> bool:
        """Closes the note, else why; False where neither is open."""
        if not self.note.isHidden():
            self.note.close_note()
        elif self.why.turn is not None:
            self.why.close_card()
        else:
            return False
        return True

    @Slot()
    def show_note(self) -> None:
        """Scrolls to the note, once the layouts know its place."""
        QTimer.singleShot(0, self, lambda: self.area.ensureWidgetVisible(self.note, 0, 20))

    @Slot(int)
    def go_to(self, turn: int) -> None:
        """Shows a turn in its place."""
        self.turns.go_to(turn)
        self.area.ensureWidgetVisible(self.turns, 0, 20)
        self.area.verticalScrollBar().setValue(0)

    @Slot(int)
    def ask_why(self, turn: int) -> None:
        """Opens why a turn reads as it does; its words are looked for in the background."""
        conversation, point = self._flow.conversation, self.turns.model.point(turn)
        if conversation is None or point is None or point.reading is None:
            self.why.close_card()
            return
        self.why.open_for(conversation, point)
        self._lessons.explain(turn)
        QTimer.singleShot(0, self, self._show_why)  # once the layouts know its place

    @Slot()
    def _show_why(self) -> None:
        if self.why.isVisible():
            self.area.ensureWidgetVisible(self.why, 0, 20)

    @Slot(int, QPoint)
    def _offer_labels(self, turn: int, at: QPoint) -> None:
        point = self.turns.model.point(turn)
        if point is not None and point.reading is not None:
            self.labels.offer(turn, point.reading, at)

    @Slot(int)
    def copy_reply(self, slot: int) -> None:
        """Copies a reply; asks once where something is left to fill in."""
        card = self.replies.cards[slot]
        if not card.ready or card.isHidden():
            return
        self.replies.select(slot)
        if card.may_use():
            self.copied.emit(card.text, f"Reply {slot + 1} copied")
            self._use(card)

    @Slot(int)
    def insert_reply(self, slot: int) -> None:
        """Has a reply put into the page; asks once where something is left to fill in."""
        card = self.replies.cards[slot]
        if card.ready and not card.isHidden():
            self.replies.select(slot)
            if card.may_use(insert=True):
                reply, record = card.original, self._flow.recorder()
                self.insert_asked.emit(card.text, lambda: self._note_use(card, reply, record))

    def _use(self, card: ReplyCard) -> None:
        self._note_use(card, card.original, self._flow.recorder())

    def _note_use(self, card: ReplyCard, reply: str, record: Recorder) -> None:
        used = (Outcome.COPIED, None)
        if record(reply, *used) and card.original == reply:  # else the card shows another one by now
            card.used = used

    @Slot(bool)
    def set_insertable(self, insertable: bool) -> None:
        """Whether the conversation's page can take a reply."""
        self.replies.set_insertable(insertable)
        self.composer.set_insertable(insertable)

    @Slot(int)
    def use_as_draft(self, slot: int) -> None:
        """Takes a reply into the agent's own draft."""
        card = self.replies.cards[slot]
        if card.ready and not card.isHidden():
            self.replies.select(slot)
            self.draft_asked.emit(card)

    @Slot(int)
    def dismiss_reply(self, slot: int) -> None:
        """Takes a reply away; the window offers to undo it."""
        card = self.replies.cards[slot]
        if card.ready and not card.isHidden():
            self.replies.remove(slot)
            self._flow.record(card.original, Outcome.DISMISSED)
            self.removed.emit(card)

    def restore_reply(self, card: ReplyCard) -> None:
        """Brings a dismissed reply back, and what had become of it before."""
        self.replies.restore(card)
        self._flow.record(card.original, *card.used)

    @Slot(str)
    def _on_copy_fact(self, value: str) -> None:
        self.copied.emit(value, "Copied")

    @Slot(str, str)
    def _on_read_out(self, head: str, detail: str) -> None:
        mood = self._flow.mood
        self.risk.setText(head or (risk_words(mood) if mood else ""))
        self.level.setText(detail if head else now_words(mood) if mood else "")

    @Slot()
    def _offer(self) -> None:
        """Says in the place of replies what can be had."""
        if not self._flow.model_ready and not self._flow.running and self._flow.assist is None:
            if self._problem:
                self.replies.say(self._problem, "uneasy", retry=True)
            else:
                self.replies.say(NO_MODEL, install=True)
            self.replies.again.hide()
        elif not self.replies.running:
            self.replies.end()

    @Slot(object)
    def _show_notes(self, more: tuple[str, ...]) -> None:
        conversation = self._flow.conversation
        notes = list(conversation.notes if conversation else ())
        if self._count > 1:
            notes.append(f"The text holds {self._count} conversations; this is the first.")
        notes += more
        self.notes.set_text("\n".join(notes))
        self.notes.setVisible(bool(notes))
