"""The agent's own reply: what the coach says of it while they type, where it comes from and where it goes."""

from __future__ import annotations

import pytest
from fake_coach import COLD, SAYS_SORRY
from fake_desk import SAMPLE, TEXTS, FakeDesk
from heartbeat import Heartbeat
from pasting import analysed, paste
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QTextCharFormat
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from agent_assist.errors import KnownError
from agent_assist.records import Outcome
from ui.sidebar import Sidebar
from ui.widgets.coach import Composer

STALL_MS = 50.0
OTHER = "Jo: Where is my parcel? It was due on Friday.\nSam: On its way.\nJo: Fine, I will wait."


@pytest.fixture
def composer(qtbot: QtBot, window: Sidebar, desk: FakeDesk) -> Composer:
    window.flow.try_sample()
    qtbot.waitUntil(lambda: any(a.assist is not None for a in desk.history.saved.values()))
    window.setFocus()
    return window.conversation.composer


def type_(qtbot: QtBot, composer: Composer, text: str) -> None:
    composer.editor.setFocus()
    QTest.keyClicks(composer.editor, text)


def coached(qtbot: QtBot, desk: FakeDesk, text: str) -> None:
    qtbot.waitUntil(lambda: desk.coached[-1:] == [text])
    qtbot.wait(60)


def shown(composer: Composer) -> list[str]:
    return [row.text.text() for row in composer.remarks.rows if row.isVisible()]


def test_it_is_one_line_until_it_is_used(qtbot: QtBot, window: Sidebar, composer: Composer) -> None:
    assert composer.height() < 60 and not composer.chips.isVisible() and not composer.buttons.isVisible()
    QTest.keyClick(window, Qt.Key.Key_D)
    assert composer.editor.hasFocus()
    QTest.keyClicks(composer.editor, "d123 e c")
    assert composer.text == "d123 e c", "no shortcut takes letters while typing"
    assert composer.buttons.isVisible()
    composer.editor.selectAll()
    QTest.keyClick(composer.editor, Qt.Key.Key_Delete)
    QTest.keyClick(composer.editor, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: composer.height() < 60)


def test_pillars_and_remarks_follow_what_is_typed(qtbot: QtBot, desk: FakeDesk, composer: Composer) -> None:
    type_(qtbot, composer, COLD)
    qtbot.waitUntil(lambda: composer.remarks.isVisible())
    chips = [chip.text() for chip in composer.chips.chips.values()]
    assert chips == ["+ Listen", "✓ Own", "+ Resolve", "– Follow up"], "a sign each, not colour alone"
    assert "Listen is needed here and not in the text yet" in composer.chips.accessibleName()
    assert composer.chips.empathy.text() == "empathy 62%"
    assert shown(composer)[0] == SAYS_SORRY.text and len(shown(composer)) == 3
    composer.editor.put("I am sorry.")
    qtbot.waitUntil(lambda: not composer.remarks.isVisible())
    assert composer.chips.chips[next(iter(composer.chips.chips))].text() == "✓ Listen"


def test_typing_asks_once_after_a_pause_and_in_the_emotion_lane(
    qtbot: QtBot, desk: FakeDesk, composer: Composer
) -> None:
    desk.threads.clear()
    type_(qtbot, composer, "Hello Maya")
    coached(qtbot, desk, "Hello Maya")
    assert len(desk.coached) < 4, "not for every letter"
    assert desk.threads["coach"] == "lane-emotion_0"


def test_a_late_answer_is_dropped(qtbot: QtBot, desk: FakeDesk, composer: Composer) -> None:
    desk.coach_gate.clear()
    type_(qtbot, composer, "I guarantee it")
    qtbot.waitUntil(lambda: len(desk.coached) == 1)
    composer.editor.put("I am sorry.")
    desk.coach_gate.set()
    coached(qtbot, desk, "I am sorry.")
    assert composer.editor.marked == () and shown(composer) == []


def test_risky_words_are_underlined_and_the_line_moves_with_them(
    qtbot: QtBot, desk: FakeDesk, composer: Composer
) -> None:
    composer.editor.put("Größe 🙈: I guarantee it.")
    qtbot.waitUntil(lambda: composer.editor.marked == ("guarantee",))
    wave = QTextCharFormat.UnderlineStyle.WaveUnderline
    assert [s.format.underlineStyle() for s in composer.editor.extraSelections()] == [wave]
    desk.coach_gate.clear()
    composer.editor.moveCursor(composer.editor.textCursor().MoveOperation.Start)
    QTest.keyClicks(composer.editor, "Yes, ")
    assert composer.editor.marked == ("guarantee",)
    desk.coach_gate.set()


def test_a_remark_tells_why_and_shows_its_words_by_keyboard(qtbot: QtBot, composer: Composer) -> None:
    QGuiApplication.clipboard().setText("before")
    composer.editor.put(COLD)
    qtbot.waitUntil(lambda: len(shown(composer)) == 3)
    row = composer.remarks.rows[1]
    assert not row.why.isVisible() and row.toolTip() == row.accessibleDescription() != ""
    row.setFocus()
    QTest.keyClick(row, Qt.Key.Key_Return)
    assert row.why.isVisible() and row.why.text() == "It stands on “guarantee”."
    assert composer.editor.textCursor().selectedText() == "guarantee"
    assert QGuiApplication.clipboard().text() == "before", "Enter copies no reply here"
    row.setFocus()
    QTest.keyClick(row, Qt.Key.Key_Space)
    assert not row.why.isVisible()


def test_the_first_remarks_stand_and_the_others_are_a_click_away(qtbot: QtBot, composer: Composer) -> None:
    composer.editor.put(f"{COLD} no worries, calm down")
    qtbot.waitUntil(lambda: composer.remarks.more.isVisible())
    assert len(shown(composer)) == 3 and composer.remarks.more.text() == "2 more"
    composer.remarks.more.click()
    assert len(shown(composer)) == 5


def test_a_reply_is_used_as_a_draft_and_its_first_blank_is_selected(
    qtbot: QtBot, window: Sidebar, composer: Composer
) -> None:
    QTest.keyClick(window, Qt.Key.Key_E)
    assert composer.text == TEXTS[0] and composer.editor.hasFocus()
    assert composer.editor.textCursor().selectedText() == "[confirm: when]"
    QTest.keyClicks(composer.editor, "noon")
    assert "write to you here by noon." in composer.text


def test_tab_goes_to_the_next_blank_and_then_on(qtbot: QtBot, composer: Composer) -> None:
    composer.write("By [confirm: day] at [confirm: hour] 🙈, or [confirm: else].")
    editor, blanks = composer.editor, []
    for _ in range(3):
        blanks.append(editor.textCursor().selectedText())
        QTest.keyClick(editor, Qt.Key.Key_Tab)
    assert blanks == ["[confirm: day]", "[confirm: hour]", "[confirm: else]"]
    assert not editor.hasFocus(), "after the last one it goes on to the next control"
    editor.setFocus()
    QTest.keyClick(editor, Qt.Key.Key_Backtab)
    assert editor.textCursor().selectedText() == "[confirm: hour]"


def test_copying_a_changed_reply_is_recorded_with_its_final_text(
    qtbot: QtBot, desk: FakeDesk, window: Sidebar, composer: Composer
) -> None:
    window.conversation.use_as_draft(1)
    QTest.keyClicks(composer.editor, " Best, Sam")
    QTest.keyClick(composer.editor, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    final = f"{TEXTS[1]} Best, Sam"
    assert QGuiApplication.clipboard().text() == final and window.toast.words.text() == "Your reply copied"
    qtbot.waitUntil(lambda: [o[1:] for o in desk.history.outcomes] == [(1, Outcome.EDITED, final)])


def test_copying_it_unchanged_counts_as_copied_and_an_own_text_as_nothing(
    qtbot: QtBot, desk: FakeDesk, window: Sidebar, composer: Composer
) -> None:
    window.conversation.use_as_draft(2)
    composer.copy.click()
    qtbot.waitUntil(lambda: [o[1:] for o in desk.history.outcomes] == [(2, Outcome.COPIED, None)])
    composer.editor.selectAll()
    QTest.keyClick(composer.editor, Qt.Key.Key_Delete)
    type_(qtbot, composer, "My own words")
    composer.copy.click()
    assert QGuiApplication.clipboard().text() == "My own words"
    qtbot.wait(60)
    assert len(desk.history.outcomes) == 1


def test_what_becomes_of_a_reply_is_learnt_from_where_the_conversation_is_not_kept(
    qtbot: QtBot, desk: FakeDesk, window: Sidebar, composer: Composer
) -> None:
    desk.history.saved.clear()
    window.flow.keep = False
    window.conversation.use_as_draft(1)
    composer.copy.click()
    qtbot.waitUntil(lambda: [c[1:] for c in desk.choices] == [(1, Outcome.COPIED)])
    assert desk.history.outcomes == [] and desk.threads["chose"] == "lane-db_0"


def test_a_draft_with_a_blank_asks_once_before_it_is_copied(composer: Composer) -> None:
    QGuiApplication.clipboard().setText("before")
    composer.write("By [confirm: when].")
    composer.copy.click()
    assert QGuiApplication.clipboard().text() == "before"
    assert composer.says.text() == "Still to fill in: “when”." and composer.copy.text() == "Copy anyway"
    composer.copy.click()
    assert QGuiApplication.clipboard().text() == "By [confirm: when]."
    assert composer.copy.text() == "Copy" and not composer.says.isVisible()


def test_a_reply_that_takes_the_place_of_a_draft_can_be_taken_back(
    qtbot: QtBot, window: Sidebar, composer: Composer
) -> None:
    type_(qtbot, composer, "Half a thought")
    window.conversation.use_as_draft(1)
    assert composer.text == TEXTS[1] and window.toast.undo.isVisible()
    window.toast.undo.click()
    assert composer.text == "Half a thought"
    QTest.keyClick(composer.editor, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert composer.text == TEXTS[1], "the field's own undo works as well"


def test_the_draft_stays_with_its_conversation_and_is_never_stored(
    qtbot: QtBot, desk: FakeDesk, window: Sidebar, composer: Composer
) -> None:
    type_(qtbot, composer, "Half a thought about Maya")
    window.show_page(window.settings)
    window.go_back()
    assert composer.text == "Half a thought about Maya"
    paste(qtbot, window, OTHER)
    qtbot.waitUntil(lambda: window.header.name.accessibleName() == "Jo" and window.flow.assist is not None)
    assert composer.text == "" and not composer.chips.isVisible()
    paste(qtbot, window, SAMPLE)
    qtbot.waitUntil(lambda: window.header.name.accessibleName() == "Maya Reyes")
    assert composer.text == "Half a thought about Maya"
    analysed(qtbot, window)
    assert "Half a thought" not in repr(desk.history.saved) + repr(desk.history.outcomes)


def test_a_coach_that_fails_is_told_and_typing_goes_on(
    qtbot: QtBot, desk: FakeDesk, window: Sidebar, composer: Composer
) -> None:
    desk.failures["coach"] = KnownError("The table of the coach cannot be read. Mend coach.toml.")
    type_(qtbot, composer, "Hello")
    qtbot.waitUntil(lambda: "coach.toml" in window.notice.words.text())
    assert composer.text == "Hello"


def test_pasted_text_is_plain(composer: Composer) -> None:
    composer.editor.setFocus()
    QGuiApplication.clipboard().setText("<b>not bold</b>")
    composer.editor.paste()
    assert composer.text == "<b>not bold</b>"


def test_typing_fast_never_holds_the_window_up(qtbot: QtBot, desk: FakeDesk, composer: Composer) -> None:
    """The machine is shared, so the best of three tries counts."""
    worst = []
    for _ in range(3):
        composer.editor.put("")
        heart = Heartbeat()
        for word in (COLD * 3).split():
            type_(qtbot, composer, word + " ")
            qtbot.wait(5)
        coached(qtbot, desk, composer.text)
        heart.stop()
        worst.append(heart.worst)
        if heart.worst <= STALL_MS:
            break
    assert min(worst) <= STALL_MS
