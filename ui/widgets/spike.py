"""The banner that says where it turned, at which words, and what the moment needs; one gentle line once it is over."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPointF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QPainter, QPaintEvent, QPolygonF
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from agent_assist.records import Conversation, Mood, NextAction, Spike
from ui import theme
from ui.excerpts import Span, excerpt
from ui.widgets.basics import Button, row
from ui.widgets.chips import cite_chips
from ui.widgets.prose import Prose
from ui.widgets.tint import TintedCard
from ui.words import WHY, cause_words, recovery_words, relieved, turned_words


class SpikeBanner(TintedCard):
    """Shows the latest spike; earlier ones stand as numbers. Hidden where nothing turned, or relief followed.

    Args:
        cause_title: the words for the name of a cause, "" for none.
    """

    asked = Signal(int)
    why_asked = Signal(int)

    def __init__(self, cause_title: Callable[[str], str]) -> None:
        super().__init__("hot")
        self._cause_title = cause_title
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 10, 12, 8)
        layout.setSpacing(5)
        self.cause, self.quote = Prose(bold=True), Prose()
        self.reason, self.nudge, self.earlier = Prose(px=12), Prose(px=12), Prose(px=12)
        self.tactic = Prose(px=12)
        self.why = Button(WHY, "cite", "Why it turned")
        self.why.clicked.connect(self._ask_why)
        self._turn = -1
        self._rows = (row(self.reason, stretch=False), row(self.nudge, stretch=False))
        layout.addWidget(self.cause)
        layout.addWidget(self.quote)
        for line in self._rows:
            line.setStretch(0, 1)
            layout.addLayout(line)
        layout.addWidget(self.tactic)
        layout.addWidget(self.earlier)
        self.show_tactic(None)
        self.hide()

    def show_mood(self, conversation: Conversation, mood: Mood) -> None:
        """Shows the latest spike of a mood."""
        shown = bool(mood.spikes) and relieved(mood) is None
        self.setVisible(shown)
        if not shown:
            return
        spike, before = mood.spikes[-1], [s.turn for s in mood.spikes[:-1]]
        self._turn = spike.turn
        self._show_cause(conversation, spike)
        text, spans = excerpt(conversation.turns[spike.turn].text, spike.evidence)
        quoted = [type(s)(s.start + 1, s.end + 1, s.style) for s in spans]
        self.quote.set_text(f"“{text}”", quoted)
        self.quote.set_chips(cite_chips((spike.turn,), self.asked.emit))
        self._show_advice(cause_words(self._cause_title(spike.cause)), spike.nudge)
        self.earlier.setVisible(bool(before))
        self.earlier.set_text("Earlier also at")
        self.earlier.set_chips(cite_chips(before, self.asked.emit))
        self.setAccessibleName(self.cause.text())
        self.setAccessibleDescription(" ".join(p.text() for p in (self.quote, self.reason, self.nudge) if p.text()))

    def show_tactic(self, tactic: NextAction | None) -> None:
        """Shows how to bring it down, with the reason and the turns it stands on; None shows none."""
        self.tactic.setVisible(tactic is not None)
        if tactic is not None:
            lead, what = "Tactic:", tactic.text.rstrip(".")
            words = f"{lead} {what}. {tactic.why}".rstrip()
            bold = Span(0, len(lead), "lead")
            self.tactic.set_text(words, (bold, Span(len(lead) + len(what) + 2, len(words), "soft")))
            self.tactic.set_chips(cite_chips(tactic.turns, self.asked.emit))

    def _show_cause(self, conversation: Conversation, spike: Spike) -> None:
        self.cause.set_text(turned_words(conversation, spike))
        self.cause.set_chips(() if spike.trigger_turn is None else cite_chips((spike.trigger_turn,), self.asked.emit))

    def _show_advice(self, reason: str, nudge: str) -> None:
        """Shows the lines that there are, with "Why" in the first of them, or alone."""
        self.reason.set_text(reason)
        self.nudge.set_text(nudge)
        self.reason.setVisible(bool(reason) or not nudge)
        self.nudge.setVisible(bool(nudge))
        line = self._rows[1 if nudge and not reason else 0]
        line.addWidget(self.why, 0, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop)

    @Slot()
    def _ask_why(self) -> None:
        self.why_asked.emit(self._turn)


class RecoveryLine(TintedCard):
    """Says since when the customer is relieved; stands where the banner stood."""

    asked = Signal(int)

    def __init__(self) -> None:
        super().__init__("better")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(16, 8, 12, 8)
        layout.setSpacing(8)
        self.words = Prose("better", bold=True)
        layout.addWidget(_Diamond())
        layout.addWidget(self.words, 1)
        self.hide()

    def show_mood(self, mood: Mood) -> None:
        """Shows the last recovery, where nothing turned after it."""
        turn = relieved(mood)
        self.setVisible(turn is not None)
        if turn is not None:
            self.words.set_text(recovery_words(turn))
            self.words.set_chips(cite_chips((turn,), self.asked.emit))
            self.setAccessibleName(self.words.text())


class _Diamond(QWidget):
    """The timeline's mark of a recovery."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedSize(QSize(10, 12))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802  # Qt's name
        """Draws it."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.active().text("better"))
        width, height = self.width(), self.height()
        corners = ((width / 2, 1), (width, height / 2), (width / 2, height - 1), (0, height / 2))
        painter.drawPolygon(QPolygonF([QPointF(x, y) for x, y in corners]))
        painter.end()
