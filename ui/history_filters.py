"""The filters of the history: chips that write into the search field what a person could type there, too."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date, timedelta

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QLineEdit, QMenu

from agent_assist.records import HistoryItem, Label, Way
from ui.excerpts import clip
from ui.way_words import way_word
from ui.widgets.basics import Button, restyle
from ui.widgets.chips import FlowBox
from ui.words import FEELING

DAYS: tuple[tuple[str, int], ...] = (("Today", 0), ("Last 7 days", 7), ("Last 30 days", 30), ("Last 90 days", 90))
LONGEST = 40  # characters of a name or tag in a menu
MOST = 15  # names or tags in a menu


def field_pattern(name: str) -> re.Pattern[str]:
    """Where a field stands in the search, with its value, which may be in quotation marks."""
    return re.compile(rf'(?<!\S){re.escape(name)}:(?:"([^"]*)"?|(\S*))\s*', re.IGNORECASE)


def field_value(text: str, name: str) -> str:
    """What a search asks of a field; empty where it asks nothing."""
    found = field_pattern(name).search(text)
    return "" if found is None else found[1] if found[1] is not None else found[2]


def with_field(text: str, name: str, value: str) -> str:
    """A search that asks this of a field, and nothing else of it; an empty value asks nothing."""
    rest = field_pattern(name).sub("", text).strip()
    plain = value.replace('"', " ").strip()
    asked = f'{name}:"{plain}"' if re.search(r"\s", plain) else f"{name}:{plain}"
    return " ".join(part for part in (rest, asked if plain else "") if part)


class Filters(QObject):
    """A row of chips below the search field. What is set is marked, and taken back by the same chip."""

    def __init__(self, field: QLineEdit) -> None:
        super().__init__(field)
        self._field = field
        self._items: Sequence[HistoryItem] = ()
        self.box = FlowBox(3)
        self.chips: dict[str, Button] = {}
        self._words = {
            "label": "Feeling",
            "spiked": "Turned",
            "after": "Date",
            "channel": "Channel",
            "customer": "Customer",
            "tag": "Tag",
            "held": "Hold",
        }
        choices: dict[str, Callable[[], list[tuple[str, str]]]] = {
            "label": lambda: [(FEELING[label], label.value) for label in Label],
            "after": lambda: [(words, _day(days)) for words, days in DAYS],
            "channel": lambda: [(way_word(way), way.value) for way in Way],
            "customer": lambda: self._seen([item.customer or "" for item in self._items]),
            "tag": lambda: self._seen([tag for item in self._items for tag in item.tags]),
        }
        for name in self._words:
            chip = self.chips[name] = Button(self._words[name], "chip")
            if name in choices:
                chip.clicked.connect(lambda _on=False, name=name: self._offer(name, choices[name]()))
            else:
                chip.clicked.connect(lambda _on=False, name=name: self._toggle(name))
        self.box.set_items(tuple(self.chips.values()))
        field.textChanged.connect(self.show_set)
        self.show_set()

    def show_items(self, items: Sequence[HistoryItem]) -> None:
        """Takes customers and tags to choose from out of what is listed."""
        self._items = items

    def set(self, name: str, value: str) -> None:
        """Asks this of a field; an empty value asks nothing of it."""
        text = with_field(self._field.text(), name, value)
        if name == "after" and not value:
            text = with_field(text, "before", "")
        self._field.setText(text)

    def menu_of(self, name: str, choices: Sequence[tuple[str, str]]) -> QMenu:
        """The menu of a chip: the choices in words with their values, and the way back where one is set."""
        menu = QMenu(self.box)
        menu.setAccessibleName(self._words[name])
        for words, value in choices:
            action = menu.addAction(clip(words, LONGEST).replace("&", "&&"))
            action.triggered.connect(lambda _on=False, value=value: self.set(name, value))
        if not choices:
            menu.addAction("None in this list").setEnabled(False)
        if field_value(self._field.text(), name):
            menu.addSeparator()
            menu.addAction("Any").triggered.connect(lambda _on=False: self.set(name, ""))
        return menu

    def show_set(self) -> None:
        """Marks the chips whose field is set in the search."""
        text = self._field.text()
        for name, chip in self.chips.items():
            value = field_value(text, name)
            words = self._words[name]
            chip.setText(words if not value or value == "yes" else f"{words}: {clip(_spoken(name, value), 18)}")
            chip.setAccessibleName(f"Filter: {words}" + (f", {value}" if value else ", any"))
            if chip.property("on") != bool(value):
                chip.setProperty("on", bool(value))
                restyle(chip)
        self.box.refit()

    def _offer(self, name: str, choices: Sequence[tuple[str, str]]) -> None:
        menu = self.menu_of(name, choices)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        chip = self.chips[name]
        menu.popup(chip.mapToGlobal(chip.rect().bottomLeft()))

    def _toggle(self, name: str) -> None:
        self.set(name, "" if field_value(self._field.text(), name) else "yes")

    def _seen(self, values: Sequence[str]) -> list[tuple[str, str]]:
        return [(value, value) for value in list(dict.fromkeys(v for v in values if v))[:MOST]]


def _day(days: int) -> str:
    return (date.today() - timedelta(days=days)).isoformat()


def _spoken(name: str, value: str) -> str:
    if name == "label" and value in list(Label):
        return FEELING[Label(value)].lower()
    return value
