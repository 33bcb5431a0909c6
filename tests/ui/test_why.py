"""Why a turn reads as it does: asked in several ways, answered in one place, closed by Esc."""

from __future__ import annotations

import pytest
from fake_desk import FakeDesk, mood_of
from fake_feelings import HARD, RELIEF, hard_mood
from heartbeat import Heartbeat
from pasting import analysed, paste
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from agent_assist.errors import KnownError
from ui.sidebar import Sidebar
from ui.widgets.chips import CiteChip
from ui.widgets.turns_list import TurnsList

STALL_MS = 50.0
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")  # the offscreen one, of a menu that opens


@pytest.fixture
def hard(qtbot: QtBot, desk: FakeDesk, window: Sidebar) -> Sidebar:
    desk.mood_of = hard_mood
    paste(qtbot, window, HARD)
    analysed(qtbot, window)
    window.conversation.turns.set_open(True)
    settle(qtbot, window.conversation.turns.list)
    return window


def settle(qtbot: QtBot, turns: TurnsList) -> None:
    qtbot.waitUntil(lambda: turns.visualRect(turns.model().index(6, 0)).isValid())


def answered(qtbot: QtBot, window: Sidebar) -> None:
    qtbot.waitUntil(lambda: window.conversation.why.answers.isVisible())


def test_the_banner_opens_words_and_cause(qtbot: QtBot, desk: FakeDesk, hard: Sidebar) -> None:
    page = hard.conversation
    page.spike.why.click()
    assert page.why.isVisible() and page.why.turn == 4
    answered(qtbot, hard)
    text = page.why.text.text()
    assert [text[s.start : s.end] for s in page.why.text._spans] == ["third time", "died on Tuesday!!"]
    assert page.why.cause.text() == "What set it off: they were told no"
    assert page.why.answers.text() == "It answers “We can't do much until the depot answers.”"
    assert page.why.also.text() == "then angry 27%, sad 15%"
    assert desk.threads["explain"] == "lane-emotion_0"


def test_the_chip_jumps_to_the_agents_turn(qtbot: QtBot, hard: Sidebar) -> None:
    page = hard.conversation
    page.spike.why.click()
    answered(qtbot, hard)
    next(c for c in page.why.answers.findChildren(CiteChip)).click()
    qtbot.waitUntil(lambda: page.turns.list.currentIndex().row() == 3)


def test_enter_on_a_turn_asks_why_and_escape_closes(qtbot: QtBot, hard: Sidebar) -> None:
    page = hard.conversation
    page.turns.list.setFocus()
    page.turns.list.setCurrentIndex(page.turns.model.index(4))
    QTest.keyClick(page.turns.list, Qt.Key.Key_Return)
    answered(qtbot, hard)
    assert page.why.turn == 4
    QTest.keyClick(hard, Qt.Key.Key_Escape)
    assert not page.why.isVisible() and page.why.turn is None
    assert hard.stack.currentWidget() is page


@pytest.mark.parametrize("row", [1, 6])
def test_turns_without_a_reading_have_no_why(qtbot: QtBot, desk: FakeDesk, hard: Sidebar, row: int) -> None:
    turns = hard.conversation.turns.list
    turns.setFocus()
    turns.setCurrentIndex(turns.model().index(row, 0))
    QTest.keyClick(turns, Qt.Key.Key_Return)
    assert not hard.conversation.why.isVisible() and desk.explained == []


def test_a_click_on_why_and_a_double_click(qtbot: QtBot, hard: Sidebar) -> None:
    page, turns = hard.conversation, hard.conversation.turns.list
    at = turns.head_of(turns.model().index(2, 0)).why.center()
    QTest.mouseClick(turns.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, at)
    assert page.why.turn == 2
    page.why.shut.click()
    below = turns.visualRect(turns.model().index(0, 0)).center() + QPoint(0, 8)
    QTest.mouseDClick(turns.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, below)
    assert page.why.turn == 0


def test_the_context_menu_asks_why(qtbot: QtBot, hard: Sidebar) -> None:
    turns = hard.conversation.turns.list
    at = turns.visualRect(turns.model().index(4, 0)).center()
    turns.contextMenuEvent(QContextMenuEvent(QContextMenuEvent.Reason.Mouse, at, turns.mapToGlobal(at)))
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    assert [a.text() for a in menu.actions()] == ["Why it reads so", "Correct the feeling"]
    menu.actions()[0].trigger()
    menu.close()
    assert hard.conversation.why.turn == 4


def test_a_guess_shows_its_candidates_only_here(qtbot: QtBot, hard: Sidebar) -> None:
    page = hard.conversation
    page.ask_why(2)
    assert page.why.label.text() == "Unclear ▾"
    assert page.why.also.text() == "perhaps confused 34% or frustrated 30%"


def test_relief_is_not_marked_in_the_colour_of_alarm(qtbot: QtBot, hard: Sidebar) -> None:
    paste(qtbot, hard, HARD + RELIEF)
    page = hard.conversation
    qtbot.waitUntil(lambda: page.turns.model.point(8) is not None)
    page.ask_why(8)
    answered(qtbot, hard)
    assert [s.style for s in page.why.text._spans] == ["better"]


def test_an_endless_turn_is_shown_around_its_words(qtbot: QtBot, hard: Sidebar) -> None:
    page = hard.conversation
    long = HARD.replace("This is the third", "It goes on and on. " * 500 + "This is the third")
    paste(qtbot, hard, long)
    qtbot.waitUntil(lambda: "goes on" in page.turns.model.index(4).data() and page.turns.model.point(4) is not None)
    page.ask_why(4)
    answered(qtbot, hard)
    text = page.why.text.text()
    assert len(text) < 800
    assert [text[s.start : s.end] for s in page.why.text._spans] == ["third time", "died on Tuesday!!"]


def test_a_late_answer_to_another_turn_is_dropped(qtbot: QtBot, desk: FakeDesk, hard: Sidebar) -> None:
    desk.explain_gate.clear()
    page = hard.conversation
    page.ask_why(4)
    page.ask_why(0)
    desk.explain_gate.set()
    answered(qtbot, hard)
    assert page.why.turn == 0 and page.why.answers.text() == "Nobody from the desk had written before this."


def test_a_late_answer_to_another_conversation_is_dropped(qtbot: QtBot, desk: FakeDesk, hard: Sidebar) -> None:
    desk.explain_gate.clear()
    hard.conversation.ask_why(4)
    heard: list[object] = []
    hard.lessons.explained.connect(heard.append)
    hard.flow.new()
    desk.explain_gate.set()
    desk.mood_of = mood_of
    paste(qtbot, hard, "Al: Where is it?\nSam: Here.")
    qtbot.waitUntil(lambda: hard.header.name.accessibleName() == "Al" and hard.flow.mood is not None)
    assert heard == [] and not hard.conversation.why.isVisible()


def test_a_failure_is_said_and_nothing_stays_open_half(qtbot: QtBot, desk: FakeDesk, hard: Sidebar) -> None:
    desk.failures["explain"] = KnownError("The emotion model's files are missing. Install again.")
    hard.conversation.ask_why(4)
    qtbot.waitUntil(lambda: hard.notice.isVisible())
    assert "files are missing" in hard.notice.words.text()
    assert not hard.conversation.why.cause.isVisible()


def test_the_window_stays_free_while_words_are_looked_for(qtbot: QtBot, desk: FakeDesk, hard: Sidebar) -> None:
    worst = []
    for _ in range(3):
        desk.explain_gate.clear()
        heart = Heartbeat()
        hard.conversation.ask_why(4)
        qtbot.wait(120)
        assert hard.conversation.why.isVisible() and not hard.conversation.why.answers.isVisible()
        desk.explain_gate.set()
        answered(qtbot, hard)
        heart.stop()
        worst.append(heart.worst)
        hard.conversation.why.close_card()
    assert min(worst) <= STALL_MS
