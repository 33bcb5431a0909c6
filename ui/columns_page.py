"""Which column of a table holds what: its first rows, one choice for each part, and how it reads so."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QAbstractItemView, QGridLayout, QTreeWidget, QTreeWidgetItem

from agent_assist.capture import ColumnChoice, TableGuess
from agent_assist.records import Conversation
from ui.pages import Page
from ui.settings_page import NoWheelBox
from ui.widgets.basics import Button, Check, Section, Text, row
from ui.widgets.prose import Prose

PARTS: tuple[tuple[str, str, str], ...] = (
    ("text", "text", "Message"),
    ("name", "name", "Who spoke"),
    ("role", "role", "Customer or agent"),
    ("time", "time", "Time"),
    ("conversation", "conversation", "Conversation"),
    ("internal", "private", "Internal note"),
)
"""What is asked: as it is told, as it is guessed, in words."""
NO_COLUMN = "-"
REMEMBER = "Remember for tables with these titles"
_WAIT_MS = 150  # after a choice, before it is tried: another may follow
_NARROWEST, _ROOM = 64, 350  # pixels, of a column and of all
_SHOWN_TURNS = 4
_SHOWN_WORDS = 90


class ColumnsPage(Page):
    """Shows and asks; what is chosen is tried and read elsewhere."""

    title = "Columns of the table"
    tried = Signal(object)  # ColumnChoice, to be shown by `show_reading` or `show_problem`
    chosen = Signal(object, bool)  # ColumnChoice, whether to remember it
    left = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.rows = QTreeWidget()
        self.rows.setRootIsDecorated(False)
        self.rows.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.rows.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.rows.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.rows.header().setStretchLastSection(False)
        self.rows.setAccessibleName("First rows of the table")
        self.boxes = {part: NoWheelBox() for part, _, _ in PARTS}
        self.reading = Prose("soft", px=12)
        self.remember = Check(REMEMBER)
        self.remember.setAccessibleName(REMEMBER)
        self.accept = Button("Read it so", "primary")
        self.accept.setEnabled(False)
        self.cancel = Button("Cancel")
        self._wait = QTimer(self)
        self._wait.setSingleShot(True)
        self._wait.setInterval(_WAIT_MS)
        self._wait.timeout.connect(lambda: self.tried.emit(self.choice))
        self.accept.clicked.connect(lambda: self.chosen.emit(self.choice, self.remember.isChecked()))
        self.cancel.clicked.connect(self.left)
        self._lay_out()

    def show_table(self, guess: TableGuess) -> None:
        """Shows a table with its columns as guessed, and has that tried."""
        columns = guess.columns
        self._show_rows(columns.header, columns.sample)
        for part, field, _ in PARTS:
            box = self.boxes[part]
            box.blockSignals(True)
            box.clear()
            if part != "text":
                box.addItem("None", NO_COLUMN)
            for at, title in enumerate(columns.header):
                box.addItem(title, f"#{at + 1}")
            found = columns.part(field)
            box.setCurrentIndex(max(0, box.findData(NO_COLUMN if found is None else f"#{found + 1}")))
            box.blockSignals(False)
        self.remember.setChecked(True)
        self.reading.set_text("")
        self._try()

    @property
    def choice(self) -> ColumnChoice:
        """What is chosen now."""
        return ColumnChoice(tuple((part, str(box.currentData())) for part, box in self.boxes.items()))

    def show_reading(self, found: Sequence[Conversation]) -> None:
        """Shows how the first rows read so."""
        turns = [turn for conversation in found for turn in conversation.turns]
        lines = [f"From the first rows: {_counted(turns, 'message')} in {_counted(found, 'conversation')}."]
        for turn in turns[:_SHOWN_TURNS]:
            who = f"{turn.speaker.value.capitalize()}{f' {turn.name}' if turn.name else ''}"
            said = " ".join(turn.text.split())
            lines.append(f"{who}: {said[:_SHOWN_WORDS]}{'…' if len(said) > _SHOWN_WORDS else ''}")
        self.reading.set_text("\n".join(lines))
        self.accept.setEnabled(True)

    def show_problem(self, words: str) -> None:
        """Shows why it cannot be read so."""
        self.reading.set_text(words)
        self.accept.setEnabled(False)

    def _lay_out(self) -> None:
        table, choices, reading = Section("First rows"), Section("What they hold"), Section("So it reads")
        table.body.addWidget(self.rows)
        grid = QGridLayout()
        grid.setColumnStretch(1, 1)
        for n, (part, _, words) in enumerate(PARTS):
            label, box = Text(words), self.boxes[part]
            label.setBuddy(box)
            box.setAccessibleName(words)
            box.activated.connect(self._try)
            grid.addWidget(label, n, 0)
            grid.addWidget(box, n, 1)
        choices.body.addLayout(grid)
        reading.body.addWidget(self.reading)
        for section in (table, choices, reading):
            self.body.addWidget(section)
        self.body.addWidget(self.remember)
        self.body.addLayout(row(self.accept, self.cancel))
        self.body.addStretch(1)

    def _show_rows(self, header: tuple[str, ...], sample: tuple[tuple[str, ...], ...]) -> None:
        self.rows.clear()
        self.rows.setHeaderLabels(list(header))
        self.rows.header().setDefaultSectionSize(max(_NARROWEST, _ROOM // max(1, len(header))))
        self.rows.addTopLevelItems([QTreeWidgetItem(list(cells[: len(header)])) for cells in sample])
        line = self.rows.sizeHintForRow(0)
        bars = self.rows.header().sizeHint().height() + self.rows.horizontalScrollBar().sizeHint().height()
        self.rows.setFixedHeight(bars + line * len(sample) + 2 * self.rows.frameWidth())

    @Slot()
    def _try(self) -> None:
        self.accept.setEnabled(False)
        self._wait.start()


def _counted(things: Sequence[object], word: str) -> str:
    return f"{len(things):,} {word}{'' if len(things) == 1 else 's'}"
