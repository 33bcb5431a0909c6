from __future__ import annotations

import pytest
from fake_desk import SAMPLE, FakeDesk, conversation_of, mood_of
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QCheckBox, QComboBox, QSpinBox
from pytestqt.qtbot import QtBot

from agent_assist.errors import Locked
from agent_assist.records import Analysis
from agent_assist.settings import (
    CONTEXT,
    KEEP_DAYS,
    LOCK_AFTER,
    MODEL,
    ON_TOP,
    OPTIONS,
    SAVE,
    THEME,
    THREADS,
    VOICE,
    WIDTH,
    Option,
    Settings,
)
from ui import theme
from ui.settings_page import SettingsPage
from ui.sidebar import Sidebar


@pytest.fixture
def page(qtbot: QtBot, window: Sidebar) -> SettingsPage:
    QTest.keyClick(window, Qt.Key.Key_Comma, Qt.KeyboardModifier.ControlModifier)
    assert window.stack.currentWidget() is window.settings
    return window.settings


def test_every_option_has_a_named_field_with_its_help(page: SettingsPage) -> None:
    assert set(page.fields) == {option.name for option in OPTIONS}
    for option in OPTIONS:
        assert page.fields[option.name].accessibleName()
        assert page.fields[option.name].accessibleDescription() == option.help


def test_the_theme_changes_at_once(qtbot: QtBot, page: SettingsPage) -> None:
    box = page.fields[THEME.name]
    assert isinstance(box, QComboBox)
    for choice, palette in (("dark", theme.DARK), ("light", theme.LIGHT)):
        box.setCurrentIndex(box.findData(choice))
        box.activated.emit(box.currentIndex())
        assert theme.active() is palette


def test_changes_are_saved(page: SettingsPage, desk: FakeDesk) -> None:
    check, spin = page.fields[SAVE.name], page.fields[WIDTH.name]
    assert isinstance(check, QCheckBox) and isinstance(spin, QSpinBox)
    check.click()
    spin.setValue(380)
    again = Settings(desk.places.settings)
    assert again[SAVE] is False and again[WIDTH] == 380


def test_width_and_always_on_top_apply_at_once(page: SettingsPage, window: Sidebar) -> None:
    spin, check = page.fields[WIDTH.name], page.fields[ON_TOP.name]
    assert isinstance(spin, QSpinBox) and isinstance(check, QCheckBox)
    assert (spin.minimum(), spin.maximum()) == (360, 480)
    spin.setValue(470)
    assert window.width() == 470
    check.click()
    assert window.isVisible() and window.windowFlags() & Qt.WindowType.WindowStaysOnTopHint


def test_our_voice_is_on_until_it_is_switched_off(page: SettingsPage, desk: FakeDesk) -> None:
    check = page.fields[VOICE.name]
    assert isinstance(check, QCheckBox)
    assert (check.isChecked(), check.text(), check.accessibleName()) == (True, "Our voice", "Our voice")
    changes: list[str] = []
    page.changed.connect(changes.append)
    check.click()
    assert Settings(desk.places.settings)[VOICE] is False
    assert changes == [VOICE.name]


def test_a_change_that_cannot_be_saved_goes_back(page: SettingsPage, desk: FakeDesk, window: Sidebar) -> None:
    desk.places.settings.with_suffix(".toml.new").mkdir(parents=True)
    check = page.fields[SAVE.name]
    assert isinstance(check, QCheckBox)
    check.click()
    assert check.isChecked() and desk.settings[SAVE]
    assert "cannot be saved" in window.notice.words.text()


def test_the_wheel_changes_no_value(qtbot: QtBot, page: SettingsPage) -> None:
    spin = page.fields[WIDTH.name]
    assert isinstance(spin, QSpinBox)
    before = spin.value()
    wheel = QWheelEvent(
        QPointF(5, 5),
        QPointF(5, 5),
        QPoint(0, 0),
        QPoint(0, 120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(spin, wheel)
    assert spin.value() == before


def test_installed_models_can_be_chosen(qtbot: QtBot, page: SettingsPage, desk: FakeDesk) -> None:
    box = page.fields[MODEL.name]
    assert isinstance(box, QComboBox)
    qtbot.waitUntil(lambda: box.count() == 2)
    assert [box.itemData(n) for n in range(2)] == ["", "qwen2.5-coder-1.5b"]
    box.setCurrentIndex(1)
    box.activated.emit(1)
    assert desk.settings[MODEL] == "qwen2.5-coder-1.5b"


def test_the_page_says_where_data_lives(page: SettingsPage, desk: FakeDesk) -> None:
    from ui.widgets.basics import Text

    assert str(desk.places.home) in [label.text() for label in page.findChildren(Text)]


@pytest.mark.parametrize("option", [THREADS, CONTEXT])
def test_a_number_counts_once_it_is_typed_whole(page: SettingsPage, desk: FakeDesk, option: Option[int]) -> None:
    """Each change loads the language model anew."""
    spin = page.fields[option.name]
    assert isinstance(spin, QSpinBox)
    changes: list[str] = []
    page.changed.connect(changes.append)
    spin.setFocus()
    spin.selectAll()
    for figure in str(option.low or 1) + "2":
        QTest.keyClicks(spin, figure)
        assert changes == []
    QTest.keyClick(spin, Qt.Key.Key_Return)
    assert changes == [option.name]


def test_a_shorter_time_counts_once_what_it_erases_was_seen(qtbot: QtBot, page: SettingsPage, desk: FakeDesk) -> None:
    conversation = conversation_of(SAMPLE, "old")
    desk.history.saved["old"] = Analysis(conversation, mood_of(conversation))
    desk.custody.outdated = ["old"]
    spin, asks = page.fields[KEEP_DAYS.name], page.shorter
    assert isinstance(spin, QSpinBox) and spin.text() == "For ever"
    spin.stepUp()
    qtbot.waitUntil(asks.isVisible)
    assert "1 day only? 1 conversation would be erased" in asks.words.text() and desk.settings[KEEP_DAYS] == 0
    asks.no.click()
    assert spin.value() == 0 and desk.settings[KEEP_DAYS] == 0 and not asks.isVisible()
    spin.setValue(30)
    qtbot.waitUntil(asks.isVisible)
    page.enter()
    assert spin.value() == 0 and not asks.isVisible(), "a question that nobody answered is a no"
    spin.setValue(30)
    qtbot.waitUntil(asks.isVisible)
    asks.yes.click()
    assert Settings(desk.places.settings)[KEEP_DAYS] == 30
    spin.setValue(60)
    assert desk.settings[KEEP_DAYS] == 60, "longer erases nothing"
    desk.custody.outdated = []
    spin.setValue(20)
    qtbot.waitUntil(lambda: desk.settings[KEEP_DAYS] == 20)
    assert not asks.isVisible()


def test_a_shorter_time_is_asked_about_while_nobody_can_count(qtbot: QtBot, page: SettingsPage, desk: FakeDesk) -> None:
    desk.custody.failures["find"] = Locked("The history is locked.")
    spin = page.fields[KEEP_DAYS.name]
    assert isinstance(spin, QSpinBox)
    spin.setValue(7)
    qtbot.waitUntil(page.shorter.isVisible)
    assert "once the history is unlocked" in page.shorter.words.text() and desk.settings[KEEP_DAYS] == 0


def test_what_nought_means_is_said(page: SettingsPage) -> None:
    spin = page.fields[LOCK_AFTER.name]
    assert isinstance(spin, QSpinBox)
    spin.setValue(0)
    assert spin.text() == "Never"
