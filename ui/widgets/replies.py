"""The section with the three replies, what is running, and how to stop or ask again."""

from __future__ import annotations

import time

from PySide6.QtCore import QTimer, Signal, Slot
from PySide6.QtWidgets import QVBoxLayout

from agent_assist.records import Progress, Reply, Stage
from ui.widgets.basics import Button, Section, Text
from ui.widgets.prose import Prose
from ui.widgets.reply import ReplyCard
from ui.words import STAGES

SLOTS = 3


class RepliesCard(Section):
    """Three slots of replies. Keys and signals speak of slots 0 to 2.

    While newer replies are written the ones that are shown stay, dimmed, until each has its successor.
    """

    stop_asked = Signal()
    again_asked = Signal()
    install_asked = Signal()
    retry_asked = Signal()
    copy_asked = Signal(int)
    insert_asked = Signal(int)
    draft_asked = Signal(int)
    dismissed = Signal(int)

    def __init__(self) -> None:
        super().__init__("Worth saying")
        self.running = False
        self._since = 0.0
        self._stage = ""
        self._compact = self._insertable = False
        self._clock = QTimer(self)
        self._clock.setInterval(100)
        self._clock.timeout.connect(self._tick)
        self.elapsed = Text("", "soft", 12)
        self.stop = Button("Stop", "plain", "Stop writing replies", "Esc")
        self.again = Button("Suggest again", "ghost", "Suggest replies again")
        for part in (self.elapsed, self.stop, self.again):
            self.heading.addWidget(part)
        self.stop.clicked.connect(self.stop_asked)
        self.again.clicked.connect(self.again_asked)
        self.problem = Prose("soft")
        self.install = Button("Choose a language model", "primary", "Choose a language model to install")
        self.install.clicked.connect(self.install_asked)
        self.body.addWidget(self.problem)
        self.body.addWidget(self.install)
        self.retry = Button("Try again", "primary", "Try again to load the language model")
        self.retry.clicked.connect(self.retry_asked)
        self.body.addWidget(self.retry)
        self._places = QVBoxLayout()
        self._places.setSpacing(6)
        self.body.addLayout(self._places)
        self.held = Prose("soft", px=12)
        self.body.addWidget(self.held)
        self.cards: list[ReplyCard] = []
        self.clear()

    @property
    def selected(self) -> ReplyCard | None:
        """The card that the keys work on."""
        return next((c for c in self.cards if c.selected and not c.isHidden()), None)

    def clear(self) -> None:
        """Empties every slot."""
        if not self.cards:
            self.cards = [self._make_card(slot) for slot in range(SLOTS)]
        for slot, card in enumerate(self.cards):
            if card.text or card.away:
                self._renew(slot)
            card.set_selected(False)
        self.say("")
        self.say_held("")
        self.end()
        self.again.hide()

    def set_compact(self, compact: bool) -> None:
        """Takes less room for the cards that are not selected."""
        self._compact = compact
        for card in self.cards:
            card.set_compact(compact)

    def set_insertable(self, insertable: bool) -> None:
        """Whether the conversation's page can take a reply."""
        self._insertable = insertable
        for card in self.cards:
            card.set_insertable(insertable)

    def begin(self) -> None:
        """Shows that replies are being written; those that are there stay until then, dimmed."""
        for slot, card in enumerate(self.cards):
            if card.ready and not card.isHidden():
                card.set_stale(True)
            elif card.text or card.away:  # else it is still as new
                self._renew(slot)
        self.say("")
        self.say_held("")
        self.again.hide()
        self.running, self._since, self._stage = True, time.monotonic(), "starting"
        self._clock.start()
        self.elapsed.show()
        self.stop.show()
        self._tick()

    def end(self) -> None:
        """Shows that nothing runs any more."""
        self.running = False
        for card in self.cards:
            card.set_stale(False)
        self._clock.stop()
        self.elapsed.hide()
        self.stop.hide()
        self.again.setText("Suggest again" if any(not c.isHidden() for c in self.cards) else "Suggest replies")
        self.again.show()

    def show_progress(self, progress: Progress) -> None:
        """Shows the stage of the running request."""
        share = f" {progress.done:.0%}" if progress.done is not None and progress.stage is not Stage.WRITING else ""
        self._stage = STAGES[progress.stage] + share
        self._tick()

    def show_draft(self, slot: int, strategy: str, text: str) -> None:
        """Shows a reply as far as it is written."""
        card = self._next(slot, text)
        if card.ready:
            return  # it is the reply that stands there already, and so far it reads the same
        card.show_draft(strategy, text)
        self._reveal(card)

    def show_reply(self, slot: int, reply: Reply | None) -> None:
        """Shows a finished reply; None empties its slot."""
        card = self._next(slot, reply.text if reply is not None else None, whole=True)
        if reply is None:
            card.hide()
            card.set_selected(False)
            return
        card.set_stale(False)
        if not (card.ready and card.original == reply.text):
            card.show_reply(reply)
        self._reveal(card)

    def settle(self, replies: tuple[Reply, ...]) -> None:
        """Shows the final replies in slots 0 to n-1: from here on a slot is the place among them.

        A card that streamed its reply keeps it, with its selection, and only moves up where one before it fell away.
        One that was dismissed stays away.
        """
        for card in self.cards:
            if card.stale and card.original not in {reply.text for reply in replies}:
                self._renew(card.slot)
        chosen = self.selected
        streamed = {c.original: c for c in reversed(self.cards) if c.ready and (c.away or not c.isHidden())}
        kept = [streamed.pop(r.text, None) for r in replies[:SLOTS]]
        spare = [c for c in self.cards if c not in kept]
        self.cards = [c or spare.pop(0) for c in kept] + spare
        for slot, card in enumerate(self.cards):
            card.set_slot(slot)
            self._places.removeWidget(card)
            self._places.addWidget(card)
            card.set_stale(False)
            self.show_reply(slot, replies[slot] if slot < len(replies) else None)
        if chosen is None or chosen.isHidden():
            self._select_first()

    @property
    def offering(self) -> bool:
        """True while a button for getting a language model stands in the place of replies."""
        return not (self.install.isHidden() and self.retry.isHidden())

    def say(self, words: str, tone: str = "soft", install: bool = False, retry: bool = False) -> None:
        """Shows a sentence in the place of replies, with a button that helps; an empty one removes it."""
        self.problem.set_text(words)
        self.problem.set_tone(tone)
        self.problem.setVisible(bool(words))
        self.install.setVisible(install)
        self.retry.setVisible(retry)

    def say_held(self, words: str) -> None:
        """Says below the replies why there are no more of them; empty for nothing."""
        self.held.set_text(words)
        self.held.setVisible(bool(words))

    def stopped(self) -> None:
        """Writing was stopped: what is half written says so."""
        for card in self.cards:
            if not card.isHidden() and not card.ready:
                card.set_fragment()
        self.end()

    @Slot(int)
    def select(self, slot: int) -> None:
        """Opens a card and folds the others."""
        if self.cards[slot].isHidden():
            return
        for card in self.cards:
            card.set_selected(card.slot == slot)

    def remove(self, slot: int) -> None:
        """Takes a dismissed card away and opens the next one."""
        card = self.cards[slot]
        card.away = True
        card.hide()
        card.set_selected(False)
        self._select_first()

    def restore(self, card: ReplyCard) -> None:
        """Brings a dismissed card back, in whatever slot it has come to be."""
        card.away = False
        card.show()
        self.select(card.slot)

    def _select_first(self) -> None:
        left = next((c.slot for c in self.cards if not c.isHidden()), None)
        if left is not None:
            self.select(left)

    def _make_card(self, slot: int) -> ReplyCard:
        card = ReplyCard(slot)
        card.chosen.connect(self.select)
        card.copy_asked.connect(self.copy_asked)
        card.insert_asked.connect(self.insert_asked)
        card.set_insertable(self._insertable)
        card.draft_asked.connect(self.draft_asked)
        card.dismissed.connect(self.dismissed)
        card.set_compact(self._compact)
        card.hide()
        self._places.addWidget(card)
        return card

    def _next(self, slot: int, text: str | None, whole: bool = False) -> ReplyCard:
        """The card for what comes in a slot: a new one where what stands there is from before and reads otherwise."""
        card = self.cards[slot]
        same = text is not None and (card.original == text if whole else card.original.startswith(text))
        if card.stale and not same:
            return self._renew(slot)
        return card

    def _renew(self, slot: int) -> ReplyCard:
        """Puts a fresh card into a slot."""
        old, fresh = self.cards[slot], self._make_card(slot)
        self._places.removeWidget(fresh)
        self._places.insertWidget(slot, fresh)
        fresh.set_selected(old.selected and not old.isHidden())
        self._let_go(old)
        self.cards[slot] = fresh
        return fresh

    def _let_go(self, card: ReplyCard) -> None:
        self._places.removeWidget(card)
        card.hide()
        card.deleteLater()

    def _reveal(self, card: ReplyCard) -> None:
        if card.away:
            return
        card.show()
        if self.selected is None:
            self.select(card.slot)

    @Slot()
    def _tick(self) -> None:
        self.elapsed.setText(f"{self._stage} · {time.monotonic() - self._since:.1f} s")
