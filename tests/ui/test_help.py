"""What comes with the replies: tactic, context, why there are fewer, starters, notes, what ranking learnt."""

from __future__ import annotations

from dataclasses import replace

import pytest
from fake_coach import NOTES
from fake_desk import SAMPLE, TEXTS, FakeDesk, assist_of, mood_of
from pasting import analysed, paste
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from agent_assist.errors import BugError, KnownError
from agent_assist.records import Assist, ContextUse, Conversation, Label, NextAction, Outcome, Recovery
from ui.sidebar import Sidebar
from ui.ways_in import OWN_COPY
from ui.widgets.chips import CiteChip
from ui.widgets.reply import STARTER
from ui.words import preference_words

TACTIC = NextAction("Name what went wrong before you explain", "She has heard “tomorrow” twice.", (4,))
HELD = "1 of 3 replies was held back: it promised a refund that nothing carries."
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")  # the offscreen one, of a menu that opens


def with_(desk: FakeDesk, **changes: object) -> None:
    def made(_conversation: Conversation) -> Assist:
        return replace(assist_of(), **changes)  # type: ignore[arg-type]

    desk.assist_of = made


# --- tactic


def test_the_tactic_stands_with_the_spike(qtbot: QtBot, desk: FakeDesk, window: Sidebar) -> None:
    with_(desk, tactic=TACTIC)
    paste(qtbot, window)
    analysed(qtbot, window)
    line = window.conversation.spike.tactic
    assert line.isVisible() and line.text().startswith("Tactic: Name what went wrong before you explain. She")
    assert [chip.text() for chip in line.findChildren(CiteChip)] == ["5"]
    window.flow.new()
    with_(desk)
    paste(qtbot, window)
    analysed(qtbot, window)
    assert not line.isVisible()


def test_without_the_banner_it_leads_the_next_actions(qtbot: QtBot, desk: FakeDesk, window: Sidebar) -> None:
    with_(desk, tactic=TACTIC)
    desk.mood_of = lambda c: replace(mood_of(c), recoveries=(Recovery(7, 6, 0.5),))
    paste(qtbot, window)
    analysed(qtbot, window)
    page = window.conversation
    assert not page.spike.isVisible()
    assert page.next._lines[0].text().startswith("Name what went wrong")


# --- context


def test_the_context_meter_says_how_much_is_used(qtbot: QtBot, desk: FakeDesk, window: Sidebar) -> None:
    with_(desk, context=ContextUse(612, 7800))
    paste(qtbot, window)
    analysed(qtbot, window)
    meter = window.conversation.meter
    assert meter.words.text() == "Context: 612 of 7,800 tokens" and meter.bar.value() == 78
    assert "can hold" in meter.toolTip()


def test_a_longer_conversation_says_how_it_was_read(qtbot: QtBot, desk: FakeDesk, window: Sidebar) -> None:
    with_(desk, context=ContextUse(7700, 7800, (0, 1), 3))
    paste(qtbot, window)
    analysed(qtbot, window)
    meter = window.conversation.meter
    assert meter.words.text() == "Context: 7,700 of 7,800 tokens · read in 3 sections"
    assert "section by section" in meter.toolTip() and "without 2 turns" in meter.accessibleName()


# --- fewer replies, starters


def test_why_there_are_fewer_stands_below_them(qtbot: QtBot, desk: FakeDesk, window: Sidebar) -> None:
    with_(desk, notes=(HELD,), replies=assist_of().replies[:2])
    paste(qtbot, window)
    analysed(qtbot, window)
    page = window.conversation
    assert page.replies.held.isVisible() and page.replies.held.text() == HELD
    assert page.replies.held.y() > page.replies.cards[1].y()
    assert not page.notes.isVisible(), "said once"
    with_(desk)
    window.flow.ask()
    qtbot.waitUntil(lambda: not window.flow.running)
    assert not page.replies.held.isVisible()


def test_why_there_is_none_stands_in_their_place(qtbot: QtBot, desk: FakeDesk, window: Sidebar) -> None:
    desk.refused = frozenset({0, 1, 2})
    with_(desk, notes=("No reply is offered in this language.",))
    paste(qtbot, window)
    analysed(qtbot, window)
    assert window.conversation.replies.problem.text() == "No reply is offered in this language."


def test_a_reply_with_blanks_is_called_a_starter(qtbot: QtBot, window: Sidebar) -> None:
    paste(qtbot, window)
    analysed(qtbot, window)
    cards = window.conversation.replies.cards
    assert [card.state.text() for card in cards] == [STARTER, "", ""]
    assert STARTER in cards[0].accessibleName() and cards[0].state.isVisible()


def test_without_a_model_the_phrase_bank_answers(qtbot: QtBot, desk: FakeDesk, window: Sidebar) -> None:
    window.flow.set_model_ready(False)
    paste(qtbot, window)
    qtbot.waitUntil(lambda: bool(desk.composed))
    replies = window.conversation.replies
    qtbot.waitUntil(lambda: not replies.cards[0].isHidden())
    assert [c.text for c in replies.cards if not c.isHidden()] == list(TEXTS[1:])
    assert replies.install.isVisible() and desk.asked == []
    assert not window.conversation.turns.open, "the replies have the room"
    window.flow.set_model_ready(True)
    analysed(qtbot, window)
    assert [c.text for c in replies.cards] == list(TEXTS)


def test_what_is_done_with_a_reply_of_the_phrase_bank_is_learnt(qtbot: QtBot, desk: FakeDesk, window: Sidebar) -> None:
    window.flow.set_model_ready(False)
    paste(qtbot, window)
    qtbot.waitUntil(lambda: not window.conversation.replies.cards[0].isHidden())
    window.conversation.copy_reply(1)
    qtbot.waitUntil(lambda: len(desk.choices) == 1)
    analysis, slot, outcome = desk.choices[0]
    assert analysis.assist is not None and analysis.conversation == window.flow.conversation
    assert (analysis.assist.replies[slot].text, outcome) == (TEXTS[2], Outcome.COPIED)


# --- notes


def test_a_note_is_offered_written_and_copied(qtbot: QtBot, desk: FakeDesk, window: Sidebar) -> None:
    paste(qtbot, window)
    analysed(qtbot, window)
    menu, panel = window.noting.menu, window.conversation.note
    window.conversation.composer.note.click()
    qtbot.waitUntil(menu.isVisible)
    assert [action.text() for action in menu.actions()] == [title for _, title in NOTES]
    menu.actions()[0].trigger()
    menu.hide()
    qtbot.waitUntil(panel.isVisible)
    assert panel.title.text() == "Handoff note" and panel.copy.hasFocus()
    QTest.keyClick(panel.copy, Qt.Key.Key_Return)
    assert QGuiApplication.clipboard().text().startswith("HANDOFF\nProblem: Desk ordered")
    assert window.toast.words.text() == "Handoff note copied"
    QTest.keyClick(panel.copy, Qt.Key.Key_Escape)
    assert not panel.isVisible() and panel.text.toPlainText() == ""


def test_notes_by_keyboard_and_only_for_a_conversation(qtbot: QtBot, window: Sidebar) -> None:
    QTest.keyClick(window, Qt.Key.Key_N)
    qtbot.wait(60)
    assert not window.noting.menu.isVisible()
    paste(qtbot, window)
    analysed(qtbot, window)
    QTest.keyClick(window, Qt.Key.Key_N)
    qtbot.waitUntil(window.noting.menu.isVisible)
    window.noting.menu.hide()


def test_a_note_goes_with_its_conversation(qtbot: QtBot, window: Sidebar) -> None:
    paste(qtbot, window)
    analysed(qtbot, window)
    window.noting.write("case", "Case fields")
    qtbot.waitUntil(window.conversation.note.isVisible)
    paste(qtbot, window, "Jo: Where is my parcel?\nSam: On its way.")
    qtbot.waitUntil(lambda: not window.conversation.note.isVisible())


def test_templates_that_cannot_be_read_are_told(qtbot: QtBot, desk: FakeDesk, window: Sidebar) -> None:
    paste(qtbot, window)
    analysed(qtbot, window)
    desk.failures["notes"] = KnownError("The file notes.toml has no section. Mend it or delete it.")
    window.noting.offer()
    qtbot.waitUntil(lambda: "notes.toml" in window.notice.words.text())


# --- what ranking learnt


def test_settings_show_what_ranking_learnt_and_reset_asks_once(qtbot: QtBot, desk: FakeDesk, window: Sidebar) -> None:
    section = window.settings.preferences
    window.show_page(window.settings)
    qtbot.wait(60)
    assert not section.isVisible()
    window.go_back()
    desk.learnt = (("length:short", 0.2), ("asks", -0.6), *((f"kind {n}", 0.01) for n in range(9)))
    window.show_page(window.settings)
    qtbot.waitUntil(section.isVisible)
    lines = section.list.text().splitlines()
    assert lines[:2] == ["With a question: less often", "Short replies: more often"] and len(lines) == 8
    section.reset.click()
    assert desk.learnt and section.cancel.hasFocus()
    section.sure.click()
    qtbot.waitUntil(lambda: not section.isVisible())
    assert desk.threads["forget_preferences"] == "lane-db_0"


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("strategy:Two ways forward", "“Two ways forward”: more often"),
        ("pillar:follow_up", "With “Follow up” in it: more often"),
        ("register:warm", "In a warm tone: more often"),
        ("source:generated", "With a sentence of the language model: more often"),
        ("something new", "Something new: more often"),
    ],
)
def test_kinds_of_replies_are_told_in_words(name: str, words: str) -> None:
    assert preference_words(name, 0.1) == words


def test_a_locked_history_shows_nothing_learnt_and_our_errors_are_told(
    qtbot: QtBot, desk: FakeDesk, window: Sidebar
) -> None:
    desk.failures["preferences"] = KnownError("The history is locked.")
    window.show_page(window.settings)
    qtbot.waitUntil(lambda: "preferences" in desk.threads)
    qtbot.wait(60)
    assert not window.notice.isVisible() and not window.settings.preferences.isVisible()
    desk.failures["preferences"] = BugError("broken")
    window.ranking.show()
    qtbot.waitUntil(window.notice.isVisible)


# --- what was copied from here


def test_a_reply_that_was_just_copied_is_no_conversation(qtbot: QtBot, desk: FakeDesk, window: Sidebar) -> None:
    paste(qtbot, window)
    analysed(qtbot, window)
    window.conversation.copy_reply(1)
    window.paste()
    assert window.notice.words.text() == OWN_COPY
    qtbot.wait(60)
    assert window.header.name.accessibleName() == "Maya Reyes" and len(desk.asked) == 1
    paste(qtbot, window, "Jo: Where is my parcel?\nSam: On its way.")
    qtbot.waitUntil(lambda: window.header.name.accessibleName() == "Jo")
    assert not window.notice.isVisible()


def test_a_conversation_that_holds_the_copied_reply_is_taken_in(qtbot: QtBot, window: Sidebar) -> None:
    paste(qtbot, window)
    analysed(qtbot, window)
    window.conversation.copy_reply(1)
    paste(qtbot, window, f"{SAMPLE}\nSam: {TEXTS[1]}")
    qtbot.waitUntil(lambda: window.conversation.turns.model.rowCount() == 9)


# --- corrections


def test_undo_after_two_corrections_goes_to_the_first(qtbot: QtBot, desk: FakeDesk, window: Sidebar) -> None:
    paste(qtbot, window)
    analysed(qtbot, window)

    def label() -> tuple[Label, bool]:
        reading = window.flow.mood.of(4) if window.flow.mood else None
        assert reading is not None
        return reading.label, reading.corrected

    window.lessons.correct(4, Label.SADNESS)
    qtbot.waitUntil(lambda: label() == (Label.SADNESS, True))
    window.lessons.correct(4, Label.STRESS)
    qtbot.waitUntil(lambda: label() == (Label.STRESS, True) and window.toast.undo.isVisible())
    window.toast.undo.click()
    qtbot.waitUntil(lambda: label() == (Label.SADNESS, True))
    assert desk.habit_count == 1
