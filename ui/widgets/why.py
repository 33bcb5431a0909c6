"""Why a turn reads as it does: its own text with the words that count, and what set it off, in one place."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPoint, Signal, Slot

from agent_assist.records import Conversation, Explanation
from ui.excerpts import around
from ui.theme import Role
from ui.widgets.basics import Button, Section, Text, announce, row
from ui.widgets.chips import cite_chips
from ui.widgets.prose import Prose
from ui.words import CORRECTED, LOOKING, NO_WORDS, Point, answers_words, candidates, cause_words, feeling, level


class WhyCard(Section):
    """One turn at a time. The head is there at once; words and cause follow when they are known.

    Args:
        cause_title: the words for the name of a cause, "" for none.
    """

    asked = Signal(int)
    label_asked = Signal(int, QPoint)
    closed = Signal()

    def __init__(self, cause_title: Callable[[str], str]) -> None:
        super().__init__("Why")
        self._cause_title = cause_title
        self.turn: int | None = None
        self._role: Role = "grey"
        self.label = Button("", "chip", "Correct the feeling")
        self.label.clicked.connect(self._ask_label)
        self.also = Text("", "soft", 12)
        self.text, self.answers, self.cause = Prose(), Prose("soft", px=12), Prose(px=12)
        self.shut = Button("Close", "ghost", "Close why", "Esc")
        self.shut.clicked.connect(self.close_card)
        self.heading.addWidget(self.shut)
        self.body.addLayout(row(self.label, self.also))
        for part in (self.text, self.cause, self.answers):
            self.body.addWidget(part)
        self.hide()

    def open_for(self, conversation: Conversation, point: Point) -> None:
        """Shows a turn with its reading; the words that count are looked for."""
        assert point.reading is not None
        self.turn, self._role = point.turn, point.role
        self.title.setText(f"Why turn {point.turn + 1} reads so")
        self.label.setText(f"{feeling(point.reading)} ▾")
        self.label.setAccessibleName(f"Turn {point.turn + 1} reads {feeling(point.reading).lower()}. Correct it")
        self.label.setToolTip("Say what it should be read as")
        amount = f"{level(point.reading.distress)} distress"
        self.also.setText(f"{CORRECTED} · {amount}" if point.corrected else candidates(point.reading) or amount)
        text, _ = around(conversation.turns[point.turn].text, ())
        self.text.set_text(text)
        self.text.set_chips(cite_chips((point.turn,), self.asked.emit))
        self._say(LOOKING)
        self.show()

    def show_explanation(self, conversation: Conversation, explanation: Explanation) -> None:
        """Marks the words that count and says what set it off."""
        if explanation.turn != self.turn:
            return
        text, spans = around(conversation.turns[explanation.turn].text, explanation.spans, style=self._role)
        self.text.set_text(text, spans)
        set_off = cause_words(self._cause_title(explanation.cause))
        self._say(set_off if spans else f"{NO_WORDS} {set_off}".strip())
        cause = explanation.cause_turn
        self.answers.set_text(answers_words(conversation, explanation))
        self.answers.set_chips(() if cause is None else cite_chips((cause,), self.asked.emit))
        self.answers.show()
        counted = ", ".join(text[s.start : s.end] for s in spans)
        self.setAccessibleDescription(" ".join(p for p in (counted, self.cause.text(), self.answers.text()) if p))
        announce(self, f"{self.title.text()}: {self.accessibleDescription()}")

    def fail(self) -> None:
        """Says nothing where the words could not be looked for: the window says why."""
        self._say("")

    @Slot()
    def close_card(self) -> None:
        """Shows no turn."""
        if self.turn is not None:
            self.turn = None
            self.hide()
            self.closed.emit()

    def _say(self, words: str) -> None:
        self.cause.set_text(words)
        self.cause.setVisible(bool(words))
        self.answers.hide()
        self.answers.set_chips(())

    @Slot()
    def _ask_label(self) -> None:
        if self.turn is not None:
            self.label_asked.emit(self.turn, self.label.mapToGlobal(self.label.rect().bottomLeft()))
