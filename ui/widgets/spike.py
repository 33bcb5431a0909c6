"""The banner that says where it turned, at which words, and what the moment needs."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QFrame, QVBoxLayout

from agent_assist.records import Conversation, Mood, Spike
from ui import theme
from ui.widgets.chips import cite_chips
from ui.widgets.prose import Prose
from ui.words import clip, excerpt


class SpikeBanner(QFrame):
    """Shows the latest spike; earlier ones stand as numbers. Hidden where nothing turned."""

    asked = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 10, 12, 10)
        layout.setSpacing(5)
        self.cause, self.quote = Prose(bold=True), Prose()
        self.nudge, self.earlier = Prose(px=12), Prose(px=12)
        for part in (self.cause, self.quote, self.nudge, self.earlier):
            layout.addWidget(part)
        self.hide()

    def show_mood(self, conversation: Conversation, mood: Mood) -> None:
        """Shows the latest spike of a mood."""
        self.setVisible(bool(mood.spikes))
        if not mood.spikes:
            return
        spike, before = mood.spikes[-1], [s.turn for s in mood.spikes[:-1]]
        self._show_cause(conversation, spike)
        text, spans = excerpt(conversation.turns[spike.turn].text, spike.evidence)
        quoted = [type(s)(s.start + 1, s.end + 1, s.style) for s in spans]
        self.quote.set_text(f"“{text}”", quoted)
        self.quote.set_chips(cite_chips((spike.turn,), self.asked.emit))
        self.nudge.set_text(spike.nudge)
        self.nudge.setVisible(bool(spike.nudge))
        self.earlier.setVisible(bool(before))
        self.earlier.set_text("Earlier also at")
        self.earlier.set_chips(cite_chips(before, self.asked.emit))
        self.setAccessibleName(self.cause.text())
        self.setAccessibleDescription(f"{self.quote.text()} {spike.nudge}")

    def _show_cause(self, conversation: Conversation, spike: Spike) -> None:
        if spike.trigger_turn is None:
            self.cause.set_text("Upset from the first message")
            self.cause.set_chips(())
            return
        trigger = clip(conversation.turns[spike.trigger_turn].text, 70)
        self.cause.set_text(f"It turned at “{trigger}”")
        self.cause.set_chips(cite_chips((spike.trigger_turn,), self.asked.emit))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802  # Qt's name
        """A tinted card with a bar at its left edge."""
        palette = theme.active()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        shape = QPainterPath()
        shape.addRoundedRect(QRectF(self.rect()), 10, 10)
        painter.setClipPath(shape)
        painter.fillRect(self.rect(), QColor(palette.hot_bg))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.fillRect(0, 0, 4, self.height(), QColor(palette.hot))
        painter.end()
