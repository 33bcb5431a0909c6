from __future__ import annotations

import pytest
from fake_desk import TEXTS, FakeDesk
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from agent_assist.records import Outcome
from ui.sidebar import Sidebar
from ui.widgets.replies import RepliesCard


@pytest.fixture
def replies(qtbot: QtBot, window: Sidebar, desk: FakeDesk) -> RepliesCard:
    """The sample, analysed, saved, with the keyboard on the window."""
    window.flow.try_sample()
    qtbot.waitUntil(lambda: any(a.assist is not None for a in desk.history.saved.values()))
    window.setFocus()
    return window.conversation.replies


def clipboard() -> str:
    return QGuiApplication.clipboard().text()


def outcomes(desk: FakeDesk) -> list[tuple[int, Outcome, str | None]]:
    return [(slot, outcome, text) for _, slot, outcome, text in desk.history.outcomes]


def test_the_first_reply_is_open_and_the_others_are_folded(replies: RepliesCard) -> None:
    assert [card.selected for card in replies.cards] == [True, False, False]
    assert [card.copy.isVisible() for card in replies.cards] == [True, False, False]


@pytest.mark.parametrize("number", [1, 2, 3])
def test_numbers_choose(qtbot: QtBot, window: Sidebar, replies: RepliesCard, number: int) -> None:
    QTest.keyClick(window, Qt.Key(Qt.Key.Key_0.value + number))
    assert [card.selected for card in replies.cards] == [n == number for n in (1, 2, 3)]


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_C])
def test_keys_copy(qtbot: QtBot, window: Sidebar, replies: RepliesCard, desk: FakeDesk, key: Qt.Key) -> None:
    replies.select(1)
    QTest.keyClick(window, key)
    assert clipboard() == TEXTS[1]
    assert window.toast.words.text() == "Reply 2 copied"
    qtbot.waitUntil(lambda: outcomes(desk) == [(1, Outcome.COPIED, None)])


def test_copy_asks_once_where_something_is_left_to_fill_in(replies: RepliesCard) -> None:
    QGuiApplication.clipboard().setText("before")
    card = replies.cards[0]
    card.copy.click()
    assert clipboard() == "before"
    assert card.warning.isVisible() and "“when”" in card.warning_text.text()
    card.anyway.click()
    assert clipboard() == TEXTS[0]
    assert not card.warning.isVisible()


def test_filling_in_ends_the_question(qtbot: QtBot, window: Sidebar, replies: RepliesCard, desk: FakeDesk) -> None:
    card = replies.cards[0]
    card.copy.click()
    card.fill_in.click()
    assert not card.warning.isVisible()
    composer = window.conversation.composer
    composer.editor.selectAll()
    QTest.keyClicks(composer.editor, "I write by noon.")
    composer.copy.click()
    assert clipboard() == "I write by noon."
    qtbot.waitUntil(lambda: outcomes(desk) == [(0, Outcome.EDITED, "I write by noon.")])


def test_placeholders_are_the_filled_spans(replies: RepliesCard) -> None:
    body = replies.cards[0].body
    assert [body.text()[s.start : s.end].strip("\u202f") for s in body._spans] == ["confirm: when"]
    assert {s.style for s in body._spans} == {"placeholder"}
    assert replies.cards[1].body._spans == ()


def test_dismiss_and_undo(qtbot: QtBot, window: Sidebar, replies: RepliesCard, desk: FakeDesk) -> None:
    replies.select(1)
    QTest.keyClick(window, Qt.Key.Key_Delete)
    card = replies.cards[1]
    assert card.isHidden() and replies.selected is replies.cards[0]
    window.toast.undo.click()
    assert card.isVisible() and replies.selected is card
    qtbot.waitUntil(lambda: [o for _, o, _ in outcomes(desk)] == [Outcome.DISMISSED, Outcome.SHOWN])


def test_keys_do_nothing_once_all_are_dismissed(qtbot: QtBot, window: Sidebar, replies: RepliesCard) -> None:
    QGuiApplication.clipboard().setText("before")
    for _ in range(3):
        QTest.keyClick(window, Qt.Key.Key_Delete)
    assert replies.selected is None
    for key in (Qt.Key.Key_1, Qt.Key.Key_C, Qt.Key.Key_E, Qt.Key.Key_Delete):
        QTest.keyClick(window, key)
    assert clipboard() == "before"


def test_enter_presses_the_button_that_has_the_focus(qtbot: QtBot, replies: RepliesCard) -> None:
    QGuiApplication.clipboard().setText("before")
    button = replies.cards[0].dismiss
    button.setFocus()
    QTest.keyClick(button, Qt.Key.Key_Return)
    assert replies.cards[0].isHidden() and clipboard() == "before"


def test_a_refused_reply_leaves_no_gap_and_outcomes_meet_the_right_one(
    qtbot: QtBot, window: Sidebar, desk: FakeDesk
) -> None:
    desk.refused = frozenset({1})
    window.flow.try_sample()
    qtbot.waitUntil(lambda: any(a.assist is not None for a in desk.history.saved.values()))
    replies = window.conversation.replies
    assert [c.text for c in replies.cards if not c.isHidden()] == [TEXTS[0], TEXTS[2]]
    assert [c.key.text() for c in replies.cards if not c.isHidden()] == ["1", "2"]
    window.conversation.copy_reply(1)
    assert clipboard() == TEXTS[2]
    qtbot.waitUntil(lambda: outcomes(desk) == [(1, Outcome.COPIED, None)])


def test_a_chosen_reply_stays_chosen_when_the_rest_arrives(qtbot: QtBot, window: Sidebar, desk: FakeDesk) -> None:
    desk.paced = 0.02
    window.flow.try_sample()
    replies = window.conversation.replies
    qtbot.waitUntil(lambda: len(replies.cards[2].text) > 5)
    replies.select(2)
    card = replies.cards[2]
    qtbot.waitUntil(lambda: window.flow.assist is not None, timeout=8000)
    assert replies.selected is card and card.text == TEXTS[2]


def test_nothing_can_be_copied_before_it_is_checked(qtbot: QtBot, window: Sidebar, desk: FakeDesk) -> None:
    QGuiApplication.clipboard().setText("before")
    desk.paced = 0.02
    window.flow.try_sample()
    replies = window.conversation.replies
    qtbot.waitUntil(lambda: len(replies.cards[0].text) > 5)
    card = replies.cards[0]
    window.conversation.copy_reply(0)
    window.conversation.use_as_draft(0)
    assert clipboard() == "before" and window.conversation.composer.text == "" and not card.copy.isVisible()


def test_nothing_worth_suggesting_is_said(qtbot: QtBot, window: Sidebar, desk: FakeDesk) -> None:
    desk.refused = frozenset({0, 1, 2})
    window.flow.try_sample()
    qtbot.waitUntil(lambda: window.flow.assist is not None)
    assert window.conversation.replies.problem.text() == "Nothing worth suggesting here."


def test_pillars_stand_as_words(replies: RepliesCard) -> None:
    assert replies.cards[2].pillars.accessibleName() == "Listen given, Own missing, Resolve given, Follow up not needed"


@pytest.fixture
def streaming(qtbot: QtBot, window: Sidebar, desk: FakeDesk) -> RepliesCard:
    """All three replies are there and checked, but the request has not ended: `desk.last_gate` ends it."""
    desk.last_gate.clear()
    window.flow.try_sample()
    replies = window.conversation.replies
    qtbot.waitUntil(lambda: all(card.ready for card in replies.cards))
    assert window.flow.running
    return replies


def end(qtbot: QtBot, window: Sidebar, desk: FakeDesk) -> None:
    desk.last_gate.set()
    qtbot.waitUntil(lambda: window.flow.assist is not None)


def test_a_reply_dismissed_while_others_are_written_stays_away(
    qtbot: QtBot, window: Sidebar, desk: FakeDesk, streaming: RepliesCard
) -> None:
    window.conversation.dismiss_reply(0)
    end(qtbot, window, desk)
    assert [c.text for c in streaming.cards if not c.isHidden()] == [TEXTS[1], TEXTS[2]]
    assert streaming.selected is streaming.cards[1]
    qtbot.waitUntil(lambda: outcomes(desk) == [(0, Outcome.DISMISSED, None)])
    window.toast.undo.click()
    assert [c.text for c in streaming.cards if not c.isHidden()] == list(TEXTS)
    qtbot.waitUntil(lambda: outcomes(desk)[1:] == [(0, Outcome.SHOWN, None)])


def test_what_is_done_while_replies_are_written_is_recorded_by_the_final_place(
    qtbot: QtBot, window: Sidebar, desk: FakeDesk
) -> None:
    desk.refused = frozenset({0})
    desk.last_gate.clear()
    window.flow.try_sample()
    replies = window.conversation.replies
    qtbot.waitUntil(lambda: replies.cards[1].ready and replies.cards[2].ready)
    window.conversation.copy_reply(1)
    window.conversation.dismiss_reply(2)
    end(qtbot, window, desk)
    assert [c.text for c in replies.cards if not c.isHidden()] == [TEXTS[1]]
    qtbot.waitUntil(lambda: outcomes(desk) == [(0, Outcome.COPIED, None), (1, Outcome.DISMISSED, None)])


def test_undo_of_an_early_dismissal_after_the_end_brings_back_the_right_card(
    qtbot: QtBot, window: Sidebar, desk: FakeDesk
) -> None:
    desk.refused = frozenset({0})
    desk.last_gate.clear()
    window.flow.try_sample()
    replies = window.conversation.replies
    qtbot.waitUntil(lambda: replies.cards[2].ready)
    window.conversation.dismiss_reply(2)
    end(qtbot, window, desk)
    window.toast.undo.click()
    assert [c.text for c in replies.cards if not c.isHidden()] == [TEXTS[1], TEXTS[2]]


def test_undo_of_a_dismissal_gives_the_copy_before_it_back(
    qtbot: QtBot, window: Sidebar, replies: RepliesCard, desk: FakeDesk
) -> None:
    window.conversation.copy_reply(1)
    window.conversation.dismiss_reply(1)
    window.toast.undo.click()
    copied, dismissed = Outcome.COPIED, Outcome.DISMISSED
    qtbot.waitUntil(lambda: [o for _, o, _ in outcomes(desk)] == [copied, dismissed, copied])


def test_suggest_again_keeps_the_draft(qtbot: QtBot, window: Sidebar, replies: RepliesCard, desk: FakeDesk) -> None:
    composer = window.conversation.composer
    window.conversation.use_as_draft(1)
    QTest.keyClicks(composer.editor, " And half a thou")
    QTest.keyClick(composer.editor, Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: len(desk.asked) == 2 and not window.flow.running)
    assert composer.text == f"{TEXTS[1]} And half a thou"
    assert not window.notice.isVisible()


def test_suggest_again_lets_go_of_the_offer_to_bring_a_reply_back(
    window: Sidebar, replies: RepliesCard, desk: FakeDesk
) -> None:
    desk.gate.clear()
    window.conversation.dismiss_reply(1)
    assert window.toast.isVisible()
    QTest.keyClick(window, Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)
    window.toast.undo.click()
    assert not window.toast.isVisible()
    assert [card.isHidden() for card in replies.cards] == [False, True, False]


def test_enter_in_the_list_of_turns_copies_nothing(window: Sidebar, replies: RepliesCard) -> None:
    QGuiApplication.clipboard().setText("before")
    turns = window.conversation.turns
    turns.set_open(True)
    replies.select(1)
    turns.list.setFocus()
    QTest.keyClick(turns.list, Qt.Key.Key_Return)
    assert clipboard() == "before"
    replies.cards[1].setFocus()
    QTest.keyClick(replies.cards[1], Qt.Key.Key_Return)
    assert clipboard() == TEXTS[1]


def test_c_copies_and_never_presses_a_button(window: Sidebar, replies: RepliesCard) -> None:
    replies.select(1)
    button = replies.cards[1].dismiss
    button.setFocus()
    QTest.keyClick(button, Qt.Key.Key_C)
    assert clipboard() == TEXTS[1] and not replies.cards[1].isHidden()
