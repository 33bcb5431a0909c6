"""The case in short: fields with the turns they stand on, and facts as chips."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from agent_assist.records import Line, NextAction, Summary
from ui.excerpts import Span
from ui.widgets.basics import Button, Section, Text
from ui.widgets.chips import FactChip, FlowBox, cite_chips
from ui.widgets.prose import Prose

FIELDS = ("Problem", "Tried", "Feeling", "Wants", "Open")
MOST_FACTS = 12
KEY_WIDTH = 56
LINE = 19  # height of a line of text, pixels
SIDE, ROW_GAP, HEAD = 12, 3, 52  # pixels: margin, between rows, heading with margins


class SummaryCard(Section):
    """The summary, whole or folded to its first line."""

    asked = Signal(int)
    copy_asked = Signal(str)
    fold_changed = Signal(bool)
    notes_asked = Signal()

    def __init__(self) -> None:
        super().__init__("In short")
        self._tone = "ink"
        self._summary = Summary()
        self._folded = False
        self.fold = Button("Less", "ghost", "Fold the summary")
        self.fold.clicked.connect(self._toggle)
        self.notes = Button("Notes ▾", "ghost", "Write a note from the summary")
        self.notes.clicked.connect(self.notes_asked)
        self.heading.addWidget(self.notes)
        self.heading.addWidget(self.fold)
        self.fold_chosen = False  # the person folded or unfolded it: it stays so
        self._rows = QWidget()
        self._grid = QGridLayout(self._rows)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(8)
        self._grid.setVerticalSpacing(ROW_GAP)
        self._grid.setColumnStretch(1, 1)
        self._lines: list[tuple[Text, Prose]] = []
        self._shown: list[tuple[str, Line]] = []
        self.facts = FlowBox()
        self.waiting = Text("Reading the conversation…", "soft")
        for part in (self.waiting, self._rows, self.facts):
            self.body.addWidget(part)
        self.facts.hide()
        self._refold()

    @property
    def folded(self) -> bool:
        """True where only the first line is shown."""
        return self._folded

    def set_folded(self, folded: bool) -> None:
        """Folds to the first line, or shows all."""
        if folded != self._folded:
            self._folded = folded
            self._refold()
            self.fold_changed.emit(folded)

    def whole_height(self) -> int:
        """About how high the card is when it is not folded, in pixels."""
        width = self.width() - 2 * SIDE
        lines = sum(prose.whole_height(width - KEY_WIDTH - 8) + ROW_GAP for _, prose in self._lines[: len(self._shown)])
        facts = self.facts.heightForWidth(width) + 6 if self._summary.facts else 0
        return HEAD + lines + facts

    def show_summary(self, summary: Summary, finished: bool) -> None:
        """Shows the fields there are; `finished` says that no more will come."""
        if summary != self._summary:
            facts_changed = summary.facts != self._summary.facts
            self._summary = summary
            self._show_lines(_lines(summary))
            if facts_changed:
                self._show_facts()
        empty = "Nothing to sum up yet." if finished else "Reading the conversation…"
        self.waiting.setText(empty)
        self.waiting.setVisible(not self._shown)
        self._refold()

    def set_stale(self, stale: bool) -> None:
        """Dims what is shown while a newer summary is written."""
        self._tone = "soft" if stale else "ink"
        for _, prose in self._lines:
            prose.set_tone(self._tone)

    def end(self) -> None:
        """Says that no more will come: the request was stopped or failed. An empty summary goes."""
        self.waiting.hide()
        self.setVisible(bool(self._shown))

    def _show_facts(self) -> None:
        chips: list[QWidget] = []
        for fact in self._summary.facts[:MOST_FACTS]:
            chip = FactChip(fact)
            chip.asked.connect(self.copy_asked)
            chips.append(chip)
        self.facts.set_items(chips)

    def _show_lines(self, lines: list[tuple[str, Line]]) -> None:
        while len(self._lines) < len(lines):
            self._add_row()
        for n, (key, prose) in enumerate(self._lines):
            if n >= len(lines):
                continue
            name, line = lines[n]
            key.setText(name if n == 0 or lines[n - 1][0] != name else "")
            if n >= len(self._shown) or self._shown[n] != lines[n]:
                prose.set_text(line.text)
                prose.set_chips(cite_chips(line.turns, self.asked.emit))
                prose.setAccessibleName(f"{name}: {line.text}")
        self._shown = lines

    def _add_row(self) -> None:
        key, prose = Text("", "soft"), Prose(self._tone)
        key.setFixedSize(KEY_WIDTH, LINE)
        n = len(self._lines)
        self._grid.addWidget(key, n, 0, Qt.AlignmentFlag.AlignTop)
        self._grid.addWidget(prose, n, 1)
        self._lines.append((key, prose))

    @Slot()
    def _toggle(self) -> None:
        self.fold_chosen = True
        self.set_folded(not self._folded)

    def _refold(self) -> None:
        shown = len(self._shown)
        for n, (key, prose) in enumerate(self._lines):
            visible = n < shown and (n == 0 or not self._folded)
            key.setVisible(visible)
            prose.setVisible(visible)
            prose.set_max_lines(1 if self._folded else 0)
        self._rows.setVisible(shown > 0)
        self.facts.setVisible(bool(self._summary.facts) and not self._folded)
        one_line = self._folded and shown > 0
        self.title.setVisible(not one_line)
        self.whole.setContentsMargins(*((SIDE, 7, SIDE, 6) if one_line else (SIDE, 10, SIDE, 12)))
        (self._grid if one_line else self.heading).addWidget(self.fold, *((0, 2) if one_line else ()))
        self.notes.setVisible(shown > 0 and not one_line)
        self.fold.setVisible(shown > 1 or bool(self._summary.facts))
        self.fold.setText("More" if self._folded else "Less")
        self.fold.setAccessibleName("Unfold the summary" if self._folded else "Fold the summary")


def _lines(summary: Summary) -> list[tuple[str, Line]]:
    """The fields that are there, in reading order."""
    groups = (
        (summary.issue,) if summary.issue else (),
        summary.tried,
        (summary.feeling,) if summary.feeling else (),
        (summary.wants,) if summary.wants else (),
        summary.open,
    )
    return [(name, line) for name, group in zip(FIELDS, groups, strict=True) for line in group]


class ActionsCard(QFrame):
    """What to do next, and why. Hidden where there is nothing; folded it shows the first action on one line."""

    asked = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("kind", "section")
        self.setAccessibleName("Next actions")
        self._actions: tuple[NextAction, ...] = ()
        self._folded = False
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 9, 12, 9)
        layout.setSpacing(8)
        key = Text("Next", "soft", 12, bold=True)
        key.setFixedSize(KEY_WIDTH, LINE)
        layout.addWidget(key, 0, Qt.AlignmentFlag.AlignTop)
        self._list = QVBoxLayout()
        self._list.setSpacing(4)
        layout.addLayout(self._list, 1)
        self._lines: list[Prose] = []
        self.hide()

    @Slot(bool)
    def set_folded(self, folded: bool) -> None:
        """Shows the first action only, or all."""
        self._folded = folded
        for n, line in enumerate(self._lines):
            line.setVisible(n == 0 or not folded)
            line.set_max_lines(1 if folded else 0)

    def whole_height(self) -> int:
        """About how high the card is when it is not folded, in pixels."""
        width = self.width() - 2 * SIDE - KEY_WIDTH - 8
        return 14 + sum(line.whole_height(width) + 4 for line in self._lines)

    def show_actions(self, actions: tuple[NextAction, ...]) -> None:
        """Shows each action with its reason and turns."""
        if actions == self._actions:
            return
        self._actions = actions
        for old in self._lines:
            self._list.removeWidget(old)
            old.hide()
            old.deleteLater()
        self._lines = [self._make_line(action) for action in actions]
        self.set_folded(self._folded)
        self.setVisible(bool(actions))

    def _make_line(self, action: NextAction) -> Prose:
        line, lead = Prose(), action.text.rstrip(".")
        words = f"{lead}. {action.why}" if action.why else lead
        line.set_text(words, (Span(len(lead) + 1, len(words), "soft"),))
        line.set_chips(cite_chips(action.turns, self.asked.emit))
        self._list.addWidget(line)
        return line
