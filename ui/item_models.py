"""Qt item models: the turns of a conversation and the entries of the history. Views ask; nothing is copied per row."""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, Qt

from agent_assist.records import Aside, Conversation, HistoryItem, Mood, Turn
from ui.excerpts import clip
from ui.way_words import aside_words, way_word
from ui.widgets.basics import plain_tip
from ui.words import CORRECTED, FEELING, Point, points, speaker_name, when

Index = QModelIndex | QPersistentModelIndex
LONGEST_TURN = 2000  # characters shown of one turn
NO_PARENT = QModelIndex()


class Role(IntEnum):
    """What the delegates ask for."""

    RECORD = int(Qt.ItemDataRole.UserRole) + 1
    POINT = RECORD + 1
    TEXT = RECORD + 2
    VIA = RECORD + 3
    ASIDES = RECORD + 4


class TurnsModel(QAbstractListModel):
    """The turns of one conversation with their readings."""

    def __init__(self) -> None:
        super().__init__()
        self._conversation: Conversation | None = None
        self._points: dict[int, Point] = {}
        self._asides: dict[int, tuple[Aside, ...]] = {}  # by the row that they are drawn with
        self._ways: set[str | None] = set()  # that the turns came in by

    def show_conversation(self, conversation: Conversation) -> None:
        """Replaces the turns; their feelings are not known yet."""
        self.beginResetModel()
        self._conversation, self._points = conversation, {}
        self._ways = {turn.via for turn in conversation.turns}
        self._asides = _by_row(conversation)
        self.endResetModel()

    def grow(self, conversation: Conversation, count: int) -> None:
        """Takes the same conversation with so many turns more at its end; what is known of the others stays."""
        before = self.rowCount()
        if count:
            self.beginInsertRows(NO_PARENT, before, before + count - 1)
        self._conversation = conversation
        self._ways.update(turn.via for turn in conversation.turns[before:])
        self._asides = _by_row(conversation)
        if count:
            self.endInsertRows()

    @property
    def asides(self) -> tuple[Aside, ...]:
        """The internal notes that are drawn among the turns."""
        return self._conversation.asides if self._conversation is not None else ()

    def show_mood(self, mood: Mood) -> None:
        """Adds the readings. Rows keep their height: only what is drawn changes."""
        self._points = {point.turn: point for point in points(mood)}
        if self.rowCount():
            self.dataChanged.emit(self.index(0), self.index(self.rowCount() - 1), [int(Role.POINT)])

    def point(self, row: int) -> Point | None:
        """What is known of a turn's feeling; None where it is not the customer's, or not read yet."""
        return self._points.get(row)

    def rowCount(self, parent: Index = NO_PARENT) -> int:  # noqa: N802  # Qt's name
        """How many turns."""
        return 0 if self._conversation is None or parent.isValid() else len(self._conversation.turns)

    def data(self, index: Index, role: int = int(Qt.ItemDataRole.DisplayRole)) -> object:
        """A turn's record, reading, or words."""
        if self._conversation is None or not index.isValid():
            return None
        turn = self._conversation.turns[index.row()]
        if role == Role.RECORD:
            return turn
        if role == Role.POINT:
            return self._points.get(turn.i)
        if role == Role.VIA:
            return way_word(turn.via) if len(self._ways) > 1 else ""
        if role == Role.ASIDES:
            return self._asides.get(turn.i, ())
        if role in (Role.TEXT, Qt.ItemDataRole.DisplayRole):
            over = len(turn.text) - LONGEST_TURN
            return turn.text if over <= 0 else f"{turn.text[:LONGEST_TURN]} … ({over:,} more characters)"
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return self._spoken(turn)
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain_tip(self._tip(turn)) or None
        return None

    def _spoken(self, turn: Turn) -> str:
        point = self._points.get(turn.i)
        feeling = ", ".join(part for part in (point.label, point.detail) if part) if point else ""
        mark = f", {CORRECTED}" if point and point.corrected else ""
        about = f", {feeling[0].lower()}{feeling[1:]}{mark}" if feeling else ""
        way = f", {way_word(turn.via)}" if turn.via else ""
        notes = "".join(f". {clip(aside_words(a), 200)}" for a in self._asides.get(turn.i, ()))
        return f"Turn {turn.i + 1}, {speaker_name(turn)}{way}{about}: {clip(turn.text, 400)}{notes}"

    def _tip(self, turn: Turn) -> str:
        point = self._points.get(turn.i)
        lines = [point.head, point.detail] if point else []
        lines.append(f"Came in by: {way_word(turn.via)}" if turn.via else "")
        lines += [clip(aside_words(aside), 400) for aside in self._asides.get(turn.i, ())]
        return "\n".join(line for line in lines if line)


def _by_row(conversation: Conversation) -> dict[int, tuple[Aside, ...]]:
    """The notes by the row that they are drawn with: the turn they stand behind, or the first for those before it."""
    found: dict[int, tuple[Aside, ...]] = {}
    for aside in conversation.asides:
        row = min(max(aside.after, 0), len(conversation.turns) - 1)
        found[row] = (*found.get(row, ()), aside)
    return found


class HistoryModel(QAbstractListModel):
    """Saved conversations, newest first."""

    def __init__(self) -> None:
        super().__init__()
        self._items: list[HistoryItem] = []
        self._hidden: set[str] = set()

    @property
    def items(self) -> tuple[HistoryItem, ...]:
        """What is shown."""
        return tuple(self._items)

    def show_items(self, items: Sequence[HistoryItem]) -> None:
        """Replaces the entries, without those that are about to be deleted."""
        self.beginResetModel()
        self._items = [item for item in items if item.id not in self._hidden]
        self.endResetModel()

    def hide_item(self, conversation_id: str) -> None:
        """Takes an entry off the list until it is deleted or shown again."""
        self._hidden.add(conversation_id)
        self.show_items(self._items)

    def unhide_item(self, conversation_id: str) -> None:
        """Lets an entry be listed again at the next `show_items`."""
        self._hidden.discard(conversation_id)

    def item(self, index: Index) -> HistoryItem:
        """The entry at an index of this model."""
        return self._items[index.row()]

    def row_of(self, conversation_id: str) -> int:
        """Where an entry stands; 0 where it is not shown."""
        return next((n for n, item in enumerate(self._items) if item.id == conversation_id), 0)

    def rowCount(self, parent: Index = NO_PARENT) -> int:  # noqa: N802  # Qt's name
        """How many entries."""
        return 0 if parent.isValid() else len(self._items)

    def data(self, index: Index, role: int = int(Qt.ItemDataRole.DisplayRole)) -> object:
        """An entry's record or words."""
        if not index.isValid():
            return None
        item = self._items[index.row()]
        if role == Role.RECORD:
            return item
        if role == Qt.ItemDataRole.DisplayRole:
            return item.excerpt
        if role == Qt.ItemDataRole.AccessibleTextRole:
            feeling = f"{FEELING[item.label]}, " if item.label else ""
            marks = f", {marks_of(item)}" if marks_of(item) else ""
            return f"{item.customer or 'Customer'}, {when(item.saved_at)}, {feeling}{item.excerpt}{marks}"
        return None


def marks_of(item: HistoryItem) -> str:
    """Hold and tags of an entry, in one line; empty for none."""
    return " · ".join((*(("On hold",) if item.held else ()), *item.tags))
