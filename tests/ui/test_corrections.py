"""A label is corrected with two clicks, undone, and forgotten on the settings page."""

from __future__ import annotations

import pytest
from fake_desk import FakeDesk
from fake_feelings import HARD, hard_mood
from heartbeat import Heartbeat
from pasting import analysed, paste
from PySide6.QtCore import Qt
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QListView
from pytestqt.qtbot import QtBot

from agent_assist.errors import KnownError
from agent_assist.records import Label
from ui.item_models import Role
from ui.sidebar import Sidebar
from ui.words import FEELING, Point

STALL_MS = 50.0
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")  # the offscreen one, of a menu that opens


@pytest.fixture
def hard(qtbot: QtBot, desk: FakeDesk, window: Sidebar) -> Sidebar:
    desk.mood_of = hard_mood
    paste(qtbot, window, HARD)
    analysed(qtbot, window)
    window.conversation.turns.set_open(True)
    turns = window.conversation.turns.list
    qtbot.waitUntil(lambda: turns.visualRect(turns.model().index(6, 0)).isValid())
    return window


def point(window: Sidebar, turn: int) -> Point:
    found = window.conversation.turns.model.index(turn).data(Role.POINT)
    assert isinstance(found, Point)
    return found


def click_label(window: Sidebar, turn: int) -> None:
    turns = window.conversation.turns.list
    turns.scrollTo(turns.model().index(turn, 0), QListView.ScrollHint.PositionAtCenter)
    at = turns.head_of(turns.model().index(turn, 0)).label.center()
    QTest.mouseClick(turns.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, at)


def test_two_clicks_correct_a_label(qtbot: QtBot, desk: FakeDesk, hard: Sidebar) -> None:
    labels = hard.conversation.labels
    click_label(hard, 4)
    assert labels.isVisible()
    assert [a.text() for a in labels.labels.values()] == [f"&{n}   {w}" for n, w in enumerate(FEELING.values(), 1)]
    assert [label for label, a in labels.labels.items() if a.isChecked()] == [Label.FRUSTRATION]
    sad = labels.actionGeometry(labels.labels[Label.SADNESS]).center()
    QTest.mouseClick(labels, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, sad)
    qtbot.waitUntil(lambda: point(hard, 4).corrected)
    assert point(hard, 4).label == "Sad · turned here" and not labels.isVisible()
    assert hard.toast.words.text() == "Turn 5 is now sad" and hard.toast.undo.isVisible()
    assert desk.threads["correct"] == "lane-db_0"
    spoken = hard.conversation.turns.model.index(4).data(Qt.ItemDataRole.AccessibleTextRole)
    assert "sad · turned here" in spoken and "corrected" in spoken


def test_undo_in_the_message_takes_it_back(qtbot: QtBot, desk: FakeDesk, hard: Sidebar) -> None:
    hard.lessons.correct(4, Label.SADNESS)
    qtbot.waitUntil(lambda: hard.toast.isVisible())
    hard.toast.undo.click()
    qtbot.waitUntil(lambda: not point(hard, 4).corrected)
    assert desk.habit_count == 0 and point(hard, 4).label.startswith("Frustrated")


def test_the_keyboard_does_it_too(qtbot: QtBot, hard: Sidebar) -> None:
    page = hard.conversation
    page.turns.list.setFocus()
    page.turns.list.setCurrentIndex(page.turns.model.index(2))
    QTest.keyClick(page.turns.list, Qt.Key.Key_Space)
    assert page.labels.isVisible()
    assert not any(a.isChecked() for a in page.labels.labels.values()), "a guess is not ticked"
    QTest.keyClick(page.labels, Qt.Key.Key_4)
    qtbot.waitUntil(lambda: point(hard, 2).corrected)
    assert point(hard, 2).label == "Stressed" and not page.labels.isVisible()


def test_numbers_in_the_menu_choose_no_reply(qtbot: QtBot, hard: Sidebar) -> None:
    replies = hard.conversation.replies
    chosen = replies.selected
    hard.conversation.turns.list.ask_label(2)
    QTest.keyClick(hard.conversation.labels, Qt.Key.Key_3)
    qtbot.waitUntil(lambda: point(hard, 2).corrected)
    assert replies.selected is chosen and point(hard, 2).label == "Confused"


def test_the_window_stays_free_while_a_correction_is_learnt(qtbot: QtBot, desk: FakeDesk, hard: Sidebar) -> None:
    worst = []
    for label in (Label.SADNESS, Label.ANGER, Label.STRESS):
        desk.correct_gate.clear()
        heart = Heartbeat()
        hard.lessons.correct(4, label)
        qtbot.wait(100)
        assert hard.toast.isHidden()
        desk.correct_gate.set()
        qtbot.waitUntil(lambda: hard.toast.isVisible())
        heart.stop()
        hard.toast.flush()
        worst.append(heart.worst)
    assert min(worst) <= STALL_MS


def test_as_it_was_read_is_offered_for_a_correction_only(qtbot: QtBot, hard: Sidebar) -> None:
    labels = hard.conversation.labels
    hard.conversation.turns.list.ask_label(4)
    assert not labels.back.isVisible()
    labels.hide()
    hard.lessons.correct(4, Label.SADNESS)
    qtbot.waitUntil(lambda: point(hard, 4).corrected)
    hard.conversation.turns.list.ask_label(4)
    assert labels.back.isVisible() and labels.labels[Label.SADNESS].isChecked()
    labels.back.trigger()
    labels.hide()
    qtbot.waitUntil(lambda: not point(hard, 4).corrected)


def test_the_label_of_why_offers_the_same_and_follows(qtbot: QtBot, hard: Sidebar) -> None:
    page = hard.conversation
    page.ask_why(4)
    page.why.label.click()
    assert page.labels.isVisible()
    page.labels.labels[Label.ANGER].trigger()
    page.labels.hide()
    qtbot.waitUntil(lambda: page.why.label.text() == "Angry ▾")


def test_an_unread_turn_and_the_agents_have_no_menu(hard: Sidebar) -> None:
    for turn in (1, 6):
        hard.conversation.turns.list.ask_label(turn)
        assert not hard.conversation.labels.isVisible()


def test_corrections_in_a_row_build_on_each_other(qtbot: QtBot, desk: FakeDesk, hard: Sidebar) -> None:
    desk.correct_gate.clear()
    hard.lessons.correct(0, Label.STRESS)
    hard.lessons.correct(4, Label.SADNESS)
    desk.correct_gate.set()
    qtbot.waitUntil(lambda: point(hard, 0).corrected and point(hard, 4).corrected)
    assert desk.habit_count == 2


def test_a_correction_of_a_conversation_that_is_gone_changes_nothing(
    qtbot: QtBot, desk: FakeDesk, hard: Sidebar
) -> None:
    desk.correct_gate.clear()
    hard.lessons.correct(4, Label.SADNESS)
    hard.lessons.correct(0, Label.STRESS)
    said: list[object] = []
    hard.lessons.corrected.connect(lambda *what: said.append(what))
    paste(qtbot, hard, "Al: Where is it?\nSam: Here.\nAl: Thanks.\nSam: Fine.\nAl: Bye.")
    qtbot.waitUntil(lambda: hard.header.name.accessibleName() == "Al" and hard.flow.mood is not None)
    with qtbot.waitSignal(hard.lessons.counted):
        desk.correct_gate.set()
    assert said == [] and hard.flow.mood is not None
    assert not any(r.corrected for r in hard.flow.mood.readings)
    assert desk.habit_count == 1, "the first was made before the other conversation came; the second was not begun"


def test_the_corrected_reading_is_saved_and_no_reply_is_asked_for_again(
    qtbot: QtBot, desk: FakeDesk, hard: Sidebar
) -> None:
    asked = len(desk.asked)
    hard.lessons.correct(4, Label.SADNESS)
    conversation = hard.flow.conversation
    assert conversation is not None

    def saved() -> bool:
        reading = desk.history.saved[conversation.id].mood.of(4)
        return reading is not None and reading.corrected

    qtbot.waitUntil(saved)
    assert len(desk.asked) == asked


def test_a_refused_correction_is_said_and_the_next_one_goes_through(
    qtbot: QtBot, desk: FakeDesk, hard: Sidebar
) -> None:
    desk.failures["correct"] = KnownError("The history cannot be written to. Free some space.")
    hard.lessons.correct(4, Label.SADNESS)
    qtbot.waitUntil(lambda: "cannot be written" in hard.notice.words.text())
    assert not point(hard, 4).corrected and not hard.toast.isVisible()
    desk.failures.clear()
    hard.lessons.correct(4, Label.SADNESS)
    qtbot.waitUntil(lambda: point(hard, 4).corrected)


def test_settings_say_how_far_it_has_adapted_and_reset_asks_once(qtbot: QtBot, desk: FakeDesk, hard: Sidebar) -> None:
    hard.show_page(hard.settings)
    adapted = hard.settings.adapted
    assert adapted.isHidden()
    for turn in (0, 4):
        hard.lessons.correct(turn, Label.SADNESS)
    qtbot.waitUntil(lambda: not adapted.isHidden() and "2" in adapted.words.text())
    assert adapted.words.text() == "Adapted to this desk: 2 corrections"
    adapted.reset.click()
    assert desk.habit_count == 2 and adapted.sure.isVisible() and not adapted.reset.isVisible()
    adapted.cancel.click()
    assert desk.habit_count == 2 and adapted.reset.isVisible()
    adapted.reset.click()
    adapted.sure.click()
    qtbot.waitUntil(lambda: adapted.isHidden())
    assert desk.threads["forget_habit"] == "lane-db_0"
    qtbot.waitUntil(lambda: not point(hard, 4).corrected)


def test_entering_settings_counts_again(desk: FakeDesk, hard: Sidebar) -> None:
    reading = hard.flow.mood.readings[0] if hard.flow.mood else None
    assert reading is not None
    desk.corrections[("another", 0)] = reading
    hard.show_page(hard.settings)
    assert hard.settings.adapted.words.text() == "Adapted to this desk: 1 correction"


def test_a_correction_made_while_it_is_read_again_is_not_lost(qtbot: QtBot, desk: FakeDesk, hard: Sidebar) -> None:
    desk.read_gate.clear()
    desk.reading.clear()
    hard.lessons.read_again()
    qtbot.waitUntil(desk.reading.is_set)
    hard.lessons.correct(4, Label.SADNESS)
    qtbot.waitUntil(lambda: point(hard, 4).corrected)
    mine, reads = hard.flow.mood, QSignalSpy(hard.flow.read)
    desk.read_gate.set()
    qtbot.waitUntil(lambda: reads.count() > 0)
    assert hard.flow.mood is not mine and point(hard, 4).corrected
