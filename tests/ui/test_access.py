"""Everything by keyboard, and a name for every control."""

from __future__ import annotations

import pytest
from fake_desk import FakeDesk
from PySide6.QtCore import Qt
from PySide6.QtGui import QShortcut
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QComboBox,
    QLineEdit,
    QListView,
    QPlainTextEdit,
    QWidget,
)
from pytestqt.qtbot import QtBot

from ui.keys import KEYS, OFFER_KEYS
from ui.sidebar import Sidebar
from ui.widgets.basics import Text
from ui.widgets.timeline import Timeline

CONTROLS = (QAbstractButton, QLineEdit, QPlainTextEdit, QComboBox, QAbstractSpinBox, QListView, Timeline)


def controls(root: QWidget) -> list[QWidget]:
    inner = ("qt_spinbox_lineedit", "qt_scrollarea_viewport", "_q_qlineeditclearaction")
    found = [w for w in root.findChildren(QWidget) if isinstance(w, CONTROLS) and w.objectName() not in inner]
    return [w for w in found if not isinstance(w.parent(), QLineEdit | QComboBox) and w.window() is root.window()]


@pytest.fixture
def full(qtbot: QtBot, window: Sidebar) -> Sidebar:
    window.flow.try_sample()
    qtbot.waitUntil(lambda: window.flow.assist is not None and bool(window.models.rows))
    window.show_page(window.safety)  # which is made when it is first opened
    window.go_back()
    return window


def test_every_control_has_a_name(full: Sidebar) -> None:
    nameless = [f"{type(w).__name__} {w.objectName()}" for w in controls(full) if not w.accessibleName()]
    assert len(controls(full)) > 40
    assert nameless == []


def test_every_control_is_reached_by_tab(full: Sidebar) -> None:
    unreachable = [w.accessibleName() for w in controls(full) if not w.focusPolicy() & Qt.FocusPolicy.TabFocus]
    assert unreachable == []


def test_tab_walks_through_the_visible_controls_of_a_conversation(qtbot: QtBot, full: Sidebar) -> None:
    full.setFocus()
    reached = set()
    for _ in range(60):
        QTest.keyClick(full.focusWidget() or full, Qt.Key.Key_Tab)
        focus = full.focusWidget()
        reached.add(focus)
    wanted = {w for w in controls(full.conversation) if w.isVisible() and w.isEnabled()}
    assert [w.accessibleName() for w in wanted - reached] == []


def test_all_shortcuts_of_the_table_exist_once(full: Sidebar) -> None:
    bound = [s.key().toString() for s in full.findChildren(QShortcut)]
    wanted = [sequence.replace("Delete", "Del") for key in (*KEYS, *OFFER_KEYS) for sequence in key.keys]
    assert sorted(bound) == sorted(wanted)


@pytest.mark.parametrize(
    ("key", "page"),
    [
        (Qt.Key.Key_H, "history"),
        (Qt.Key.Key_Comma, "settings"),
        (Qt.Key.Key_M, "models"),
        (Qt.Key.Key_1, "conversation"),
        (Qt.Key.Key_P, "safety"),
    ],
)
def test_pages_by_keyboard_and_back(qtbot: QtBot, window: Sidebar, key: Qt.Key, page: str) -> None:
    shift = Qt.KeyboardModifier.ShiftModifier if page == "safety" else Qt.KeyboardModifier.NoModifier
    QTest.keyClick(window, key, Qt.KeyboardModifier.ControlModifier | shift)
    assert window.stack.currentWidget() is getattr(window, page)
    QTest.keyClick(window, Qt.Key.Key_Escape)
    assert window.stack.currentWidget() is window.conversation


def test_help_lists_every_key(qtbot: QtBot, window: Sidebar) -> None:
    QTest.keyClick(window, Qt.Key.Key_F1)
    assert window.stack.currentWidget() is window.help
    words = {label.text() for label in window.help.findChildren(Text)}
    assert {key.words for key in KEYS} <= words


def test_single_keys_are_off_on_other_pages(qtbot: QtBot, full: Sidebar, desk: FakeDesk) -> None:
    full.show_page(full.help)
    full.setFocus()
    QTest.keyClick(full, Qt.Key.Key_Delete)
    assert not full.conversation.replies.cards[0].isHidden()


def test_menu_holds_what_the_keys_do(full: Sidebar) -> None:
    menu = full.header.menu.menu()
    assert menu is not None
    words = [action.text() for action in menu.actions() if action.text()]
    assert "History\tCtrl+H" in words and "Lock\tCtrl+L" in words and len(words) == 10
    assert "Privacy && safety\tCtrl+Shift+P" in words
    next(a for a in menu.actions() if a.text().startswith("Settings")).trigger()
    assert full.stack.currentWidget() is full.settings


def test_the_timeline_is_read_out_by_keyboard(qtbot: QtBot, full: Sidebar) -> None:
    line = full.conversation.timeline
    line.setFocus()
    assert line.readout() == "Turn 8 · Angry. very high distress, 92%"
    QTest.keyClick(line, Qt.Key.Key_Left)
    assert line.readout() == "Turn 7 · Angry · turned here. very high distress, 86%"
    assert full.conversation.risk.text() == "Turn 7 · Angry · turned here"
    assert full.conversation.level.text() == "very high distress, 86%"
    QTest.keyClick(line, Qt.Key.Key_Home)
    assert line.readout().startswith("Turn 1 · Calm")
    QTest.keyClick(line, Qt.Key.Key_End)
    QTest.keyClick(line, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: full.conversation.turns.list.currentIndex().row() == 7)
    full.setFocus()
    assert full.conversation.risk.text() == "may escalate · 66%"


def test_the_timeline_speaks(full: Sidebar) -> None:
    said = full.conversation.timeline.accessibleDescription()
    assert said == "From calm, distress 16%, to angry, 92%, turned at turn 7."


def test_hovering_reads_out_the_nearest_point(qtbot: QtBot, full: Sidebar) -> None:
    line = full.conversation.timeline
    QTest.mouseMove(line, line.rect().center())
    QTest.mouseMove(line, line.rect().topRight())
    qtbot.waitUntil(lambda: line.toolTip().startswith("Turn 8"))


def test_the_reason_why_nothing_is_kept_is_no_rich_text(window: Sidebar) -> None:
    window.footer.show_kept("Not saved", "The file <b>history.db</b> is damaged.")
    assert "<" not in window.footer.kept.toolTip()
