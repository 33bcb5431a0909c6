"""What the language model and the rules propose, as it comes in: summary, next actions, tactic, replies, context.

What is shown stays, dimmed, until what is newer has come; nothing flickers on the way.
"""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal, Slot

from agent_assist.records import Assist, Reply, ReplyDraft, ReplyReady, Summary, SummaryDraft
from ui.flow import Flow
from ui.live import overlay
from ui.widgets.meter import ContextMeter
from ui.widgets.replies import SLOTS, RepliesCard
from ui.widgets.spike import SpikeBanner
from ui.widgets.summary import ActionsCard, SummaryCard

NOTHING_WORTH = "Nothing worth suggesting here."


class AssistView(QObject):
    """Fills the parts of the page that are about help. `changed` says that their heights may be others now."""

    changed = Signal()
    noted = Signal(object)  # tuple[str, ...], for the foot of the page

    def __init__(
        self,
        flow: Flow,
        summary: SummaryCard,
        actions: ActionsCard,
        replies: RepliesCard,
        spike: SpikeBanner,
        meter: ContextMeter,
    ) -> None:
        super().__init__(flow)
        self._flow, self._before = flow, Summary()
        self._summary, self._actions, self._replies = summary, actions, replies
        self._spike, self._meter = spike, meter
        flow.assist_began.connect(self._on_began)
        flow.composed.connect(self._on_composed)
        flow.progress.connect(replies.show_progress)
        flow.draft.connect(self._on_draft)
        flow.reply.connect(self._on_reply)
        flow.summary.connect(self._on_summary)
        flow.assisted.connect(self.show_assist)
        flow.stopped.connect(self._on_stopped)
        flow.taking.taken.connect(meter.show_use)

    def clear(self) -> None:
        """Shows no help."""
        self._replies.clear()
        self._summary.hide()
        self._summary.set_stale(False)
        self._summary.show_summary(Summary(), finished=False)
        self._actions.show_actions(())
        self._spike.show_tactic(None)
        self._meter.show_use(None)

    def show_problem(self, words: str) -> None:
        """Shows why there are no replies, where they would be; what was there before stays."""
        self._end_summary()
        self._replies.stopped()
        self._replies.again.setText("Try again")
        self._replies.say(words, "uneasy")

    @Slot(object)
    def show_assist(self, assist: Assist) -> None:
        """Shows what is final."""
        self._summary.show()
        self._summary.set_stale(False)
        self._summary.show_summary(assist.summary, finished=True)
        self._show_advice(assist)
        self._replies.settle(assist.replies)
        self._replies.end()
        # Where replies are missing the reasons stand in their place, and nowhere else.
        missing, why = len(assist.replies) < SLOTS, "\n".join(assist.notes)
        self._replies.say("" if assist.replies else why or NOTHING_WORTH)
        self._replies.say_held(why if missing and assist.replies else "")
        self.noted.emit(() if missing else assist.notes)
        self._meter.show_use(assist.context)
        self.changed.emit()

    def _show_advice(self, assist: Assist) -> None:
        """The tactic stands with the spike, and before the actions where the banner has gone."""
        with_spike = not self._spike.isHidden()
        self._spike.show_tactic(assist.tactic if with_spike else None)
        ahead = (assist.tactic,) if assist.tactic is not None and not with_spike else ()
        self._actions.show_actions((*ahead, *assist.next_actions))

    @Slot()
    def _on_began(self) -> None:
        self._replies.begin()
        self._before = self._flow.assist.summary if self._flow.assist is not None else Summary()
        self._summary.show_summary(self._before, finished=False)
        self._summary.set_stale(True)
        self.changed.emit()
        self._summary.show()

    @Slot(object)
    def _on_composed(self, replies: tuple[Reply, ...]) -> None:
        self._replies.settle(replies)

    @Slot(object)
    def _on_draft(self, event: ReplyDraft) -> None:
        self._replies.show_draft(event.slot, event.strategy, event.text)

    @Slot(object)
    def _on_reply(self, event: ReplyReady) -> None:
        self._replies.show_reply(event.slot, event.reply)

    @Slot(object)
    def _on_summary(self, event: SummaryDraft) -> None:
        if self._before == Summary():
            self._summary.set_stale(False)
        self._summary.show_summary(overlay(self._before, event.summary), finished=False)

    @Slot()
    def _on_stopped(self) -> None:
        self._end_summary()
        self._replies.stopped()
        self._replies.say("" if any(not c.isHidden() for c in self._replies.cards) else "Stopped.")

    def _end_summary(self) -> None:
        self._summary.set_stale(False)
        self._summary.end()
