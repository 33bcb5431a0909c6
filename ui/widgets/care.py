"""The notice about a customer for whom life is hard now. It folds, and never goes while the conversation is open."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt, Signal, Slot
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QVBoxLayout, QWidget

from agent_assist.records import Conversation, Mood, Vulnerability
from ui import theme
from ui.excerpts import Span, excerpt
from ui.widgets.basics import Button, Text, announce, row
from ui.widgets.chips import cite_chips
from ui.widgets.prose import Prose
from ui.widgets.tint import TintedCard
from ui.words import CARE, vulnerable_words


class CareNotice(TintedCard):
    """What the customer says of it, in their words, and how to treat it. Hidden where they say nothing of the kind."""

    asked = Signal(int)

    def __init__(self) -> None:
        super().__init__("care")
        self._kinds: tuple[str, ...] = ()
        self._shown: tuple[str, tuple[Vulnerability, ...]] = ("", ())
        whole = QVBoxLayout(self)
        whole.setContentsMargins(16, 8, 12, 10)
        whole.setSpacing(6)
        self.title, self.short = Text(CARE, "care", bold=True), Prose("care", px=12)
        self.fold = Button("Less", "ghost")
        self.fold.clicked.connect(self._toggle)
        heading = row(_Lifebuoy(), self.title, spacing=8)
        heading.addWidget(self.fold)
        whole.addLayout(heading)
        whole.addWidget(self.short)
        self.details = QWidget()
        self._body = QVBoxLayout(self.details)
        self._body.setContentsMargins(0, 0, 0, 0)
        self._body.setSpacing(5)
        whole.addWidget(self.details)
        self.parts: list[Prose] = []
        self.hide()

    @property
    def folded(self) -> bool:
        """True where only the heading and the kinds are shown."""
        return self.details.isHidden()

    def show_mood(self, conversation: Conversation, mood: Mood) -> None:
        """Shows what makes this customer vulnerable. Something new unfolds the notice; else it stays as it was."""
        shown = (conversation.id, mood.vulnerable)
        self.setVisible(bool(mood.vulnerable))
        if shown == self._shown:
            return
        self._shown = shown
        self._kinds = tuple(vulnerable_words(v.kind)[0] for v in mood.vulnerable)
        self.short.set_text(self._in_short())
        self._fill(conversation, mood.vulnerable)
        self.set_folded(False)
        if mood.vulnerable:
            announce(self, self.accessibleName())

    def set_folded(self, folded: bool) -> None:
        """Folds to the heading and the kinds, or shows all."""
        self.details.setVisible(not folded)
        self.short.setVisible(folded)
        self.fold.setText("More" if folded else "Less")
        self.fold.setAccessibleName(f"{'Show' if folded else 'Fold'} how to treat this customer")
        self.setAccessibleName(f"{CARE}: {', '.join(self._kinds)}")
        self.setAccessibleDescription(" ".join(part.text() for part in self.parts))

    def _in_short(self) -> str:
        words = ", ".join(self._kinds)
        return words[:1].upper() + words[1:]

    def _fill(self, conversation: Conversation, found: tuple[Vulnerability, ...]) -> None:
        for old in self.parts:
            self._body.removeWidget(old)
            old.hide()
            old.deleteLater()
        self.parts = []
        for one in found:
            says, quote, guidance = Prose(bold=True), Prose(px=12), Prose(px=12)
            says.set_text(vulnerable_words(one.kind)[1])
            text, spans = excerpt(conversation.turns[one.turn].text, one.words, 130)
            quote.set_text(f"“{text}”", [Span(s.start + 1, s.end + 1, "care") for s in spans])
            quote.set_chips(cite_chips((one.turn,), self.asked.emit))
            guidance.set_text(one.guidance)
            for part in (says, quote, guidance):
                self._body.addWidget(part)
                self.parts.append(part)

    @Slot()
    def _toggle(self) -> None:
        self.set_folded(not self.folded)


class _Lifebuoy(QWidget):
    """A ring to hold on to."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedSize(18, 18)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802  # Qt's name
        """Draws it."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme.active().text("care"), 1.6))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        middle = QPointF(9, 9)
        painter.drawEllipse(middle, 7.6, 7.6)
        painter.drawEllipse(middle, 3.2, 3.2)
        for x, y in ((1, 1), (1, -1), (-1, 1), (-1, -1)):
            way = QPointF(x * 0.707, y * 0.707)
            painter.drawLine(middle + way * 3.2, middle + way * 7.6)
        painter.end()
