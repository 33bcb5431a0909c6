"""What the coach says of a draft: a chip for each pillar, and short remarks that tell why when they are opened."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, Qt, Signal, Slot
from PySide6.QtGui import QEnterEvent, QFocusEvent, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from agent_assist.records import Coaching, Pillar, PillarState, Remark, RemarkKind
from ui.widgets.basics import Button, Text, plain_tip, restyle
from ui.widgets.chips import FlowBox
from ui.widgets.prose import Prose
from ui.words import PILLAR

MOST = 3
OPENERS = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space)
CHIPS: dict[PillarState, tuple[str, str, str]] = {
    PillarState.GIVEN: ("✓", "ok", "is in the text"),
    PillarState.MISSING: ("+", "hot", "is needed here and not in the text yet"),
    PillarState.NOT_NEEDED: ("–", "soft", "is not needed here"),
}
"""Sign, tone and words of a state: never told apart by colour alone."""
MARKS: dict[RemarkKind, str] = {
    RemarkKind.MISSING: "+",
    RemarkKind.PROMISE: "!",
    RemarkKind.TONE: "~",
    RemarkKind.VOICE: "!",
    RemarkKind.LENGTH: "↕",
}
RISKY = (RemarkKind.PROMISE, RemarkKind.VOICE)
EMPATHY: tuple[tuple[float, str], ...] = ((0.75, "strong"), (0.5, "good"), (0.25, "some"), (0.0, "little"))


class PillarChips(FlowBox):
    """The four pillars with a sign each, and how empathetic the text reads."""

    def __init__(self) -> None:
        super().__init__(4)
        self.chips = {pillar: Text("", "soft", 11) for pillar in Pillar}
        for chip in self.chips.values():
            chip.setProperty("kind", "pillar")
        self.empathy = Text("", "soft", 11)
        self.set_items([*self.chips.values(), self.empathy])

    def show_coaching(self, coaching: Coaching) -> None:
        """Shows the state of each pillar."""
        said = []
        for pillar, chip in self.chips.items():
            sign, tone, words = CHIPS[coaching.pillars.get(pillar, PillarState.NOT_NEEDED)]
            chip.setText(f"{sign} {PILLAR[pillar]}")
            chip.setProperty("tone", tone)
            restyle(chip)
            chip.setToolTip(f"{PILLAR[pillar]} {words}")
            said.append(f"{PILLAR[pillar]} {words}")
        empathy = coaching.empathy
        self.empathy.setText("" if empathy is None else f"empathy {empathy:.0%}")
        self.empathy.setToolTip("" if empathy is None else f"The text shows {empathy_words(empathy)} empathy")
        if empathy is not None:
            said.append(self.empathy.toolTip())
        self.setAccessibleName("; ".join(said))
        self.refit()


class RemarkRow(QFrame):
    """One remark; pointing at it or opening it tells why, opening it also shows the words."""

    opened = Signal(object)  # Remark

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("kind", "remark")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.remark: Remark | None = None
        self._held = False
        self.mark, self.text, self.why = Text("", "soft", 12, bold=True), Prose(px=12), Prose("soft", px=12)
        self.mark.setFixedWidth(14)
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(self.text)
        words.addWidget(self.why)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(4, 1, 4, 1)
        layout.setSpacing(4)
        layout.addWidget(self.mark, 0, Qt.AlignmentFlag.AlignTop)
        layout.addLayout(words, 1)

    def show_remark(self, remark: Remark) -> None:
        """Shows a remark; the same one stays open."""
        if self.remark is None or remark.text != self.remark.text:
            self._held = False
        self.remark = remark
        self.mark.setText(MARKS[remark.kind])
        self.mark.set_tone("hot" if remark.kind in RISKY else "uneasy")
        self.text.set_text(remark.text)
        self.why.set_text(remark.why)
        self.setToolTip(plain_tip(remark.why))
        self.setAccessibleName(remark.text)
        self.setAccessibleDescription(remark.why)
        self._refresh()

    def enterEvent(self, event: QEnterEvent) -> None:  # noqa: N802  # Qt's name
        """Shows that it can be opened."""
        self.text.set_tone("accent")
        super().enterEvent(event)

    def leaveEvent(self, event: QEvent) -> None:  # noqa: N802  # Qt's name
        """The pointer went."""
        self.text.set_tone("ink")
        super().leaveEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802  # Qt's name
        """Opens or closes it."""
        self.toggle()

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802  # Qt's name
        """Draws its ring."""
        super().focusInEvent(event)
        self.update()

    def event(self, event: QEvent) -> bool:
        """Keeps Enter from the window's shortcut while the focus is here."""
        if event.type() is QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and event.key() in OPENERS:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  # Qt's name
        """Opens or closes it."""
        if event.key() in OPENERS:
            self.toggle()
        else:
            super().keyPressEvent(event)

    def toggle(self) -> None:
        """Tells why, or no more."""
        self._held = not self._held
        self._refresh()
        if self._held and self.remark is not None:
            self.opened.emit(self.remark)

    def _refresh(self) -> None:
        self.why.setVisible(self._held and bool(self.why.text()))


class Remarks(QWidget):
    """The first remarks, most important first, and how many more there are."""

    opened = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._remarks: tuple[Remark, ...] = ()
        self._all = False
        self.most = MOST
        self.rows: list[RemarkRow] = []
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(1)
        self.more = Button("", "link", "Show all remarks")
        self.more.clicked.connect(self._show_all)
        self._layout.addWidget(self.more)
        self.show_remarks(())

    def show_remarks(self, remarks: Sequence[Remark]) -> None:
        """Replaces what is shown; the rows are kept, so that nothing flickers while the agent types."""
        self._remarks = tuple(remarks)
        if not remarks:
            self._all = False
        shown = self._remarks if self._all else self._remarks[: self.most]
        while len(self.rows) < len(shown):
            row = RemarkRow()
            row.opened.connect(self.opened)
            self._layout.insertWidget(len(self.rows), row)
            self.rows.append(row)
        for n, row in enumerate(self.rows):
            row.setVisible(n < len(shown))
            if n < len(shown):
                row.show_remark(shown[n])
        left = len(self._remarks) - len(shown)
        self.more.setText(f"{left} more")
        self.more.setVisible(left > 0)
        self.setVisible(bool(shown))

    @Slot()
    def _show_all(self) -> None:
        self._all = True
        self.show_remarks(self._remarks)


def empathy_words(share: float) -> str:
    """How empathetic a text reads, in a word."""
    return next((words for least, words in EMPATHY if share >= least), EMPATHY[-1][1])
