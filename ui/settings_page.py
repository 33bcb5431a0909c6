"""The page of options, made from the product's own table of them."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QWheelEvent
from PySide6.QtWidgets import QCheckBox, QComboBox, QLineEdit, QSpinBox, QVBoxLayout, QWidget

import agent_assist
from agent_assist.errors import KnownError
from agent_assist.settings import BACKUP_FOLDER, FOLDER, KEEP_DAYS, LOCK_AFTER, MODEL, PROGRAMS, Settings
from ui import theme
from ui.bridge import Bridge
from ui.option_words import SECTIONS, AnyOption, choice_words, grouped, option_title
from ui.pages import Page
from ui.ports import DeskPort
from ui.shorter import ShorterKeeping
from ui.widgets.adapted import AdaptedSection
from ui.widgets.basics import Button, Check, Section, Text, row
from ui.widgets.preferences import PreferencesSection
from ui.widgets.ways_section import FolderChoice, HookHint

AT_ZERO = {KEEP_DAYS.name: "For ever", LOCK_AFTER.name: "Never"}
"""What 0 means, by the option's name."""


class SettingsPage(Page):
    """One field for each option, by its type. A change is saved at once; one that is refused goes back.

    What the site's policy locks is shown and cannot be changed; the reason stands below it.
    """

    title = "Settings"
    changed = Signal(str)  # name of the option
    failed = Signal(object)
    models_asked = Signal()
    safety_asked = Signal()  # the page of privacy and safety
    count_asked = Signal()  # of the agent's corrections

    def __init__(self, desk: DeskPort, bridge: Bridge) -> None:
        super().__init__()
        self._desk = desk
        self.shorter = ShorterKeeping(desk, bridge)
        self.shorter.decided.connect(lambda days: self._set(KEEP_DAYS, days))
        self.shorter.dropped.connect(lambda: self._show_value(KEEP_DAYS))
        self.shorter.failed.connect(self.failed)
        self._settings: Settings = desk.settings
        self._sections: dict[str, QVBoxLayout] = {}
        self.fields: dict[str, QWidget] = {}
        self.folders = {
            FOLDER.name: FolderChoice(),
            BACKUP_FOLDER.name: FolderChoice(
                "Choose the folder for backups", "Keep backups beside the history", "Beside it"
            ),
        }
        self.folder = self.folders[FOLDER.name]
        for option in grouped():
            self._add(option)
        self.safety = Button("Privacy & safety…", "plain", "Keys, backups, erasing, audit trail")
        self.safety.clicked.connect(self.safety_asked)
        self._sections["privacy"].addLayout(row(self.safety))
        self.models = Button("Manage language models", "plain")
        self.models.clicked.connect(self.models_asked)
        self._sections[MODEL.name.split(".")[0]].addLayout(row(self.models))
        self.adapted, self.preferences = AdaptedSection(), PreferencesSection()
        self.body.addWidget(self.adapted)
        self.body.addWidget(self.preferences)
        self.body.addWidget(self._make_about())
        self.body.addStretch(1)

    def enter(self) -> None:
        """Asks how many corrections there are now; shows what another page changed meanwhile."""
        self.shorter.forget()
        for option in grouped():
            self._show_value(option)
        self.count_asked.emit()

    def show_models(self, names: dict[str, str]) -> None:
        """Offers the installed models, by name and title."""
        box = self.fields[MODEL.name]
        assert isinstance(box, QComboBox)
        box.blockSignals(True)
        box.clear()
        box.addItem("Best available", "")
        for name, title in names.items():
            box.addItem(title, name)
        chosen = self._settings[MODEL]
        if chosen and chosen not in names:
            box.addItem(f"{chosen} (not installed)", chosen)
        box.setCurrentIndex(max(0, box.findData(chosen)))
        box.blockSignals(False)

    def _add(self, option: AnyOption) -> None:
        room = option.name.split(".", 1)[0]
        if room not in self._sections:
            section = Section(SECTIONS.get(room, room.capitalize()))
            section.body.setSpacing(4)
            self.body.addWidget(section)
            self._sections[room] = section.body
        layout = self._sections[room]
        words, locked = option_title(option), self._settings.locked(option)  # type: ignore[misc]  # mypy knows no union of generics
        field = self._make_field(option, words)
        field.setAccessibleName(words)
        field.setAccessibleDescription(option.help)
        self.fields[option.name] = field
        if layout.count():
            layout.addSpacing(8)
        if isinstance(field, QCheckBox):
            layout.addWidget(field)
        else:
            label = Text(words)
            label.setBuddy(field)
            layout.addWidget(label)
            layout.addWidget(field)
        layout.addWidget(Text(option.help, "soft", 12, wrap=True))
        if locked:
            field.setEnabled(False)
            field.setAccessibleDescription(f"{option.help} {locked}")
            layout.addWidget(Text(locked, "accent", 12, wrap=True))
        if option is PROGRAMS:
            layout.addWidget(HookHint())
        elif option is KEEP_DAYS:
            layout.addWidget(self.shorter)
        elif option.name in self.folders:
            choice = self.folders[option.name]
            choice.chosen.connect(lambda folder: self._choose_folder(option, folder))
            layout.addWidget(choice)
            choice.setVisible(not locked)
        self._show_value(option)

    def _choose_folder(self, option: AnyOption, folder: str) -> None:
        self._set(option, folder)
        self._show_value(option)

    def _make_field(self, option: AnyOption, words: str) -> QWidget:
        default = option.default
        if isinstance(default, bool):
            check = Check(words)
            check.clicked.connect(lambda on: self._set(option, on))
            return check
        if isinstance(default, int):
            spin = NoWheelSpin()
            spin.lineEdit().setTextMargins(6, 0, 0, 0)  # the style sheet's padding does not reach it
            spin.setRange(
                option.low if option.low is not None else 0, option.high if option.high is not None else 2**31 - 1
            )
            spin.setKeyboardTracking(False)
            spin.setSpecialValueText(AT_ZERO.get(option.name, ""))
            change = self.shorter.propose if option is KEEP_DAYS else lambda value: self._set(option, value)
            spin.valueChanged.connect(change)
            return spin
        if option.choices or option is MODEL:
            box = NoWheelBox()
            for choice in option.choices or ("",):
                box.addItem(choice_words(option, str(choice)) or "Best available", choice)
            box.activated.connect(lambda _n: self._set(option, box.currentData()))
            return box
        line = QLineEdit()
        line.editingFinished.connect(lambda: self._set(option, line.text().strip()))
        return line

    def _set(self, option: AnyOption, value: object) -> None:
        if value == self._value(option):
            return
        try:
            self._settings.set(option, value)  # type: ignore[misc]  # `set` checks the value's type itself
        except KnownError as error:
            self._show_value(option)
            self.failed.emit(error)
        else:
            self.changed.emit(option.name)

    def _show_value(self, option: AnyOption) -> None:
        value = self._value(option)
        field = self.fields[option.name]
        field.blockSignals(True)
        if isinstance(field, QCheckBox):
            field.setChecked(bool(value))
        elif isinstance(field, QSpinBox) and isinstance(value, int):
            field.setValue(value)
        elif isinstance(field, QComboBox):
            field.setCurrentIndex(max(0, field.findData(value)))
        elif isinstance(field, QLineEdit):
            field.setText(str(value))
        if option.name in self.folders:
            self.folders[option.name].show_folder(str(value))
        field.blockSignals(False)

    def _value(self, option: AnyOption) -> bool | int | str:
        value: bool | int | str = self._settings[option]  # type: ignore[misc]  # mypy knows no union of generics
        return value

    def _make_about(self) -> Section:
        about = Section("About")
        where = Text(str(self._desk.places.home), wrap=True)
        where.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        for part in (
            Text(f"Agent Assist {agent_assist.__version__}", bold=True),
            Text(
                "Reads conversations on this computer only. Nothing is sent anywhere; "
                "the one download is the language model that you ask for.",
                "soft",
                12,
                wrap=True,
            ),
            Text("Your data is in", "soft", 12),
            where,
        ):
            about.body.addWidget(part)
        return about


class NoWheelSpin(QSpinBox):
    """A number that scrolling the page does not change."""

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802  # Qt's name
        """Leaves the wheel to the page."""
        event.ignore()


class NoWheelBox(QComboBox):
    """A choice that scrolling the page does not change, with the arrow that the style sheet took away."""

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802  # Qt's name
        """Draws the arrow."""
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(theme.active().soft), 1.6))
        x, y = self.width() - 16, self.height() / 2
        painter.drawPolyline([QPointF(x - 4, y - 2), QPointF(x, y + 2), QPointF(x + 4, y - 2)])
        painter.end()

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802  # Qt's name
        """Leaves the wheel to the page."""
        event.ignore()
