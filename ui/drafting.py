"""The agent's draft: where it comes from, what the coach says of it, and what is recorded when it is copied.

Drafts are kept in memory for the conversations of late, and nowhere else.
"""

from __future__ import annotations

from collections import OrderedDict, deque
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal, Slot

from agent_assist.records import Outcome, Wish
from ui.choosing import Recorder
from ui.coaching import Coach
from ui.flow import Flow
from ui.widgets.coach import Composer
from ui.widgets.replies import RepliesCard
from ui.widgets.reply import ReplyCard

KEPT = 40
WENT_ON = "Stopped: you went on writing."


@dataclass(frozen=True, slots=True)
class Draft:
    """A draft, and the suggested reply that it began as."""

    text: str = ""
    origin: str = ""


class Drafting(QObject):
    """Between the composer, the coach and the replies."""

    copied = Signal(str, str)  # text, what it was, for the message
    insert_asked = Signal(str, object)  # text, what to call once it stands in the page
    replaced = Signal(str)  # the draft that a reply took the place of

    def __init__(self, coach: Coach, composer: Composer, replies: RepliesCard, flow: Flow) -> None:
        super().__init__(coach)
        self._coach, self._composer, self._replies, self._flow = coach, composer, replies, flow
        self._origin = ""
        self._drafts: OrderedDict[str, Draft] = OrderedDict()
        self._shown = ""  # id of the conversation that the draft is for
        self._used: deque[str] = deque(maxlen=KEPT)  # drafts that were copied or inserted as they stand
        composer.edited.connect(self._on_edited)
        composer.copy_asked.connect(self.copy)
        composer.insert_asked.connect(self.insert)
        composer.rewrite_asked.connect(self._on_rewrite_asked)
        composer.stop_asked.connect(self.stop)
        coach.coached.connect(composer.show_coaching)
        coach.began.connect(composer.begin)
        coach.progress.connect(composer.show_progress)
        coach.rewritten.connect(composer.show_rewrite)
        coach.ended.connect(composer.end)
        for signal in (flow.captured, flow.opened, flow.cleared):
            signal.connect(self._on_other)
        flow.joined.connect(self._on_joined)
        flow.erased.connect(lambda identity: self._drafts.pop(identity, None))

    @property
    def count(self) -> int:
        """How many drafts there are that were neither copied nor inserted as they stand."""
        others = (draft.text for identity, draft in self._drafts.items() if identity != self._shown)
        texts = (self._composer.text.strip(), *(text.strip() for text in others))
        return sum(bool(text) and text not in self._used for text in texts)

    def use(self, card: ReplyCard) -> None:
        """Takes a reply as the draft; a draft that was there is told of, so that it can be brought back."""
        before = self._composer.text
        self._origin = card.original
        self._composer.write(card.text)
        if before.strip() and before != card.text:
            self.replaced.emit(before)

    def bring_back(self, text: str) -> None:
        """Puts a draft back that a reply took the place of."""
        self._origin = ""
        self._composer.write(text)

    @Slot()
    def copy(self) -> None:
        """Copies the draft; asks once where something is left to fill in."""
        text = self._composer.text.strip()
        if text and self._composer.may_use():
            self._record(text, self._origin, self._flow.recorder())
            self.copied.emit(text, "Your reply copied")

    @Slot()
    def insert(self) -> None:
        """Has the draft put into the page; asks once where something is left to fill in."""
        text, origin = self._composer.text.strip(), self._origin
        if text and self._composer.may_use(insert=True):
            record = self._flow.recorder()
            self.insert_asked.emit(text, lambda: self._record(text, origin, record))

    def _record(self, text: str, origin: str, record: Recorder) -> None:
        self._used.append(text)
        if not origin:
            return
        used = (Outcome.COPIED, None) if text == origin.strip() else (Outcome.EDITED, text)
        if record(origin, *used):
            for card in self._replies.cards:
                if card.original == origin:
                    card.used = used

    @Slot()
    def stop(self) -> None:
        """Stops a rewrite."""
        self._coach.stop()

    @Slot(str)
    def _on_edited(self, text: str) -> None:
        if not text.strip():
            self._origin = ""
        self._coach.stop(WENT_ON)
        self._coach.look(text)

    @Slot(object, str)
    def _on_rewrite_asked(self, wish: Wish, instruction: str) -> None:
        self._coach.rewrite(self._composer.text, wish, instruction)

    def _on_other(self, *_what: object) -> None:
        """Another conversation: its own draft comes with it."""
        if self._shown and self._composer.text.strip():
            self._drafts[self._shown] = Draft(self._composer.text, self._origin)
            self._drafts.move_to_end(self._shown)
            while len(self._drafts) > KEPT:
                self._drafts.popitem(last=False)
        else:
            self._drafts.pop(self._shown, None)
        self._coach.drop()
        conversation = self._flow.conversation
        self._shown = conversation.id if conversation is not None else ""
        draft = self._drafts.get(self._shown, Draft())
        self._composer.start_over(draft.text)
        self._origin = draft.origin

    @Slot(str)
    def _on_joined(self, other: str) -> None:
        """The other one's draft goes on below this one."""
        draft, text = self._drafts.pop(other, Draft()), self._composer.text
        if draft.text and not text.strip():
            self._composer.write(draft.text)
            self._origin = draft.origin
        elif draft.text:
            self._composer.write(f"{text}\n\n{draft.text}")
