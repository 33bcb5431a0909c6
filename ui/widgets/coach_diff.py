"""A rewrite as a word diff: what would go is struck through, what would come is underlined; each change is a tick."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from agent_assist.records import Change, Rewrite, Tag
from ui.excerpts import Span, clip
from ui.widgets.basics import Button, Check, Text, announce, row
from ui.widgets.prose import Prose

TAGS: dict[Tag, str] = {
    Tag.VALIDATES: "validates",
    Tag.OWNS: "owns",
    Tag.CLARIFIES: "clarifies",
    Tag.SOFTENS: "softens",
    Tag.SHORTENS: "shortens",
}
NOTHING = "Nothing to change: it can stay as it is."


@dataclass(frozen=True, slots=True)
class Piece:
    """Part of a diff: "" stays, "removed" would go, "added" would come, "taken" has come."""

    text: str
    style: str


def pieces(rewrite: Rewrite, taken: frozenset[int]) -> list[Piece]:
    """A rewrite in pieces, in the order of the draft; what is taken shows no more what it replaced."""
    found: list[Piece] = []
    last = 0
    for n, change in enumerate(rewrite.changes):
        found.append(Piece(rewrite.draft[last : change.start], ""))
        if n in taken:
            found.append(Piece(change.text, "taken"))
        else:
            removed = rewrite.draft[change.start : change.end]
            found += [Piece(removed, "removed"), *_apart(removed, change.text)]
        last = change.end
    found.append(Piece(rewrite.draft[last:], ""))
    return [piece for piece in found if piece.text]


def _apart(removed: str, added: str) -> list[Piece]:
    """What comes, with a space before it where it would stick to what goes."""
    gap = bool(removed) and bool(added) and not removed[-1].isspace() and not added[0].isspace()
    return [Piece(" ", ""), Piece(added, "added")] if gap else [Piece(added, "added")]


def change_words(rewrite: Rewrite, change: Change) -> str:
    """A change in words: "validates: “we regret” becomes “I am sorry”"."""
    old, new = clip(rewrite.draft[change.start : change.end], 60), clip(change.text, 80)
    what = f"adds “{new}”" if not old else f"“{old}” → “{new}”" if new else f"takes out “{old}”"
    return f"{TAGS[change.tag]}: {what}"


class ChangeRow(QWidget):
    """A tick with the words of its change; the words can be clicked as well."""

    toggled = Signal()

    def __init__(self, n: int, words: str) -> None:
        super().__init__()
        self.tick = Check(f"{n + 1}")
        self.tick.setAccessibleName(f"Change {n + 1}, {words}")
        self.tick.setProperty("tone", "soft")
        tag, _, what = words.partition(": ")
        self.words = Prose(px=12)
        self.words.set_text(f"{tag}: {what}", (Span(0, len(tag) + 1, "tag"),))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addWidget(self.tick, 0, Qt.AlignmentFlag.AlignTop)
        layout.addWidget(self.words, 1)
        self.tick.toggled.connect(self.toggled)

    def mousePressEvent(self, event: object) -> None:  # noqa: N802  # Qt's name
        """A click on the words is one on the tick."""
        self.tick.toggle()


class RewriteView(QWidget):
    """Shows a rewrite. Each tick takes its change at once; `changed` carries the draft as it is then."""

    changed = Signal(str)
    closed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.rewrite: Rewrite | None = None
        self.rows: list[ChangeRow] = []
        self.whole, self.notes = Prose(), Prose("uneasy", px=12)
        content = QWidget()
        content.setObjectName("diff")
        self._list = QVBoxLayout(content)
        self._list.setContentsMargins(0, 0, 8, 0)
        self._list.setSpacing(4)
        self._list.addWidget(self.whole)
        self._list.addWidget(self.notes)
        self.area = QScrollArea()
        self.area.setWidget(content)
        self.area.setWidgetResizable(True)
        self.area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.title = Text("Proposed changes", "soft", 12, bold=True)
        self.take = Button("Take all", "primary", "Take all changes")
        self.close_button = Button("Dismiss", "plain", "Dismiss the proposed changes", "Esc")
        self.take.clicked.connect(self.take_all)
        self.close_button.clicked.connect(self.close_view)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addWidget(self.title)
        layout.addWidget(self.area)
        layout.addLayout(row(self.take, self.close_button))
        self.most_height = 250
        self.hide()

    @property
    def taken(self) -> frozenset[int]:
        """Which changes are ticked."""
        return frozenset(n for n, row in enumerate(self.rows) if row.tick.isChecked())

    def show_rewrite(self, rewrite: Rewrite) -> None:
        """Shows a rewrite with nothing taken yet."""
        self._clear()
        self.rewrite = rewrite
        for n, change in enumerate(rewrite.changes):
            item = ChangeRow(n, change_words(rewrite, change))
            item.toggled.connect(self._on_toggled)
            self._list.insertWidget(1 + n, item)
            self.rows.append(item)
        notes = rewrite.notes if rewrite.changes else (*rewrite.notes, NOTHING) if not rewrite.notes else rewrite.notes
        self.notes.set_text("\n".join(notes))
        self.notes.setVisible(bool(notes))
        self.take.setVisible(bool(rewrite.changes))
        self._refresh()
        self.show()
        count = len(rewrite.changes)
        self.title.setText(f"{count} proposed change{'' if count == 1 else 's'}" if count else "Proposed changes")
        announce(self, self.title.text())

    def fit(self, width: int) -> None:
        """Takes the height that its words need at a width, up to the most."""
        self._list.invalidate()
        self.area.setFixedHeight(min(self._list.totalHeightForWidth(width), self.most_height))

    @Slot()
    def take_all(self) -> None:
        """Takes every change in one step, and closes."""
        rewrite = self.rewrite
        self.close_view()
        if rewrite is not None:
            self.changed.emit(rewrite.text)

    @Slot()
    def close_view(self) -> None:
        """Shows no rewrite; what was taken stays."""
        self._clear()
        self.hide()
        self.closed.emit()

    def _clear(self) -> None:
        self.rewrite = None
        for item in self.rows:
            self._list.removeWidget(item)
            item.hide()
            item.deleteLater()
        self.rows = []

    @Slot()
    def _on_toggled(self) -> None:
        self._refresh()
        if self.rewrite is not None:
            self.changed.emit(self.rewrite.taking(set(self.taken)))

    def _refresh(self) -> None:
        rewrite = self.rewrite
        if rewrite is None:
            return
        text, spans = "", []
        for piece in pieces(rewrite, self.taken):
            if piece.style:
                spans.append(Span(len(text), len(text) + len(piece.text), piece.style))
            text += piece.text
        self.whole.set_text(text, spans)
        self.whole.setAccessibleName(f"The draft with what is taken: {rewrite.taking(set(self.taken))}")
        self.close_button.setText("Done" if self.taken else "Dismiss")
        self.close_button.setAccessibleName("Done with the changes" if self.taken else "Dismiss the proposed changes")
