from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from fake_desk import SAMPLE, FakeDesk, assist_of, conversation_of
from pasting import analysed, paste
from PySide6.QtCore import QMimeData, QPoint, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from agent_assist.errors import KnownError
from agent_assist.records import Inserted, Outcome, Speaker
from agent_assist.settings import AUTO_ASSIST
from ui.sidebar import Sidebar
from ui.widgets.chips import CiteChip, FactChip
from ui.widgets.reply import UNUSED


def test_paste_shows_feelings_spike_summary_and_replies(qtbot: QtBot, window: Sidebar) -> None:
    paste(qtbot, window)
    analysed(qtbot, window)
    page = window.conversation
    assert window.header.name.text() == "Maya Reyes"
    assert window.header.pill.text() == "Angry · rising"
    assert page.risk.text() == "may escalate · 66%"
    assert page.spike.cause.text() == "It turned at “The system shows a stock delay.”"
    assert "ridiculous" in page.spike.quote.text()
    assert [key.text() for key, _ in page.summary._lines] == ["Problem", "Tried", "Feeling", "Wants", "Open"]
    assert [card.strategy.accessibleName() for card in page.replies.cards] == [
        "Validate, then own",
        "Two ways forward",
        "One question first",
    ]
    assert page.next.isVisible() and not page.turns.open
    assert window.footer.context.text() == "context 18%"


def test_feelings_do_not_wait_for_the_language_model(qtbot: QtBot, desk: FakeDesk, window: Sidebar) -> None:
    desk.gate.clear()
    paste(qtbot, window)
    qtbot.waitUntil(lambda: window.header.pill.isVisible() and window.flow.running)
    assert window.conversation.spike.isVisible()
    assert window.conversation.replies.stop.isVisible()
    assert window.footer.busy.accessibleName() == "reading…"


def test_turns_stand_before_feelings(qtbot: QtBot, desk: FakeDesk, window: Sidebar) -> None:
    desk.read_gate.clear()
    paste(qtbot, window)
    qtbot.waitUntil(lambda: window.conversation.turns.model.rowCount() == 8)
    assert window.flow.mood is None and not window.header.pill.isVisible()
    desk.read_gate.set()
    analysed(qtbot, window)


def test_evidence_is_marked_in_the_customers_words(qtbot: QtBot, window: Sidebar) -> None:
    paste(qtbot, window)
    qtbot.waitUntil(lambda: window.conversation.spike.isVisible())
    quote = window.conversation.spike.quote
    assert [quote.text()[s.start : s.end] for s in quote._spans] == ["ridiculous", "three weeks!!"]


def test_a_citation_opens_the_turns_and_flashes_its_own(qtbot: QtBot, window: Sidebar) -> None:
    paste(qtbot, window)
    analysed(qtbot, window)
    turns = window.conversation.turns
    chip = next(c for c in window.conversation.spike.findChildren(CiteChip) if c.text() == "7")
    chip.click()
    qtbot.waitUntil(lambda: turns.list.currentIndex().row() == 6 and turns.list.rows.flash > 0)
    assert turns.open and turns.list.rows.flash_row == 6
    assert turns.list.viewport().rect().intersects(turns.list.visualRect(turns.list.currentIndex()))


def test_a_fact_is_copied_by_a_click(qtbot: QtBot, window: Sidebar) -> None:
    paste(qtbot, window)
    analysed(qtbot, window)
    next(c for c in window.findChildren(FactChip) if "A-48213" in c.text()).click()
    assert QGuiApplication.clipboard().text() == "A-48213"
    assert window.toast.words.text() == "Copied"


def test_a_new_paste_drops_the_old_one_and_its_late_results(qtbot: QtBot, desk: FakeDesk, window: Sidebar) -> None:
    desk.gate.clear()
    paste(qtbot, window)
    qtbot.waitUntil(lambda: len(desk.asked) == 1)
    shown: list[str] = []
    window.flow.draft.connect(lambda _event: shown.append(window.header.name.accessibleName()))
    paste(qtbot, window, "Jo: Where is it?\nSam: On its way.\nJo: Fine.")
    qtbot.waitUntil(lambda: window.header.name.accessibleName() == "Jo")
    assert desk.cancelled.wait(2), "the former request is cancelled"
    desk.gate.set()
    analysed(qtbot, window)
    assert set(shown) == {"Jo"}
    assert len(desk.asked) == 2


def test_bad_input_keeps_what_is_shown(qtbot: QtBot, window: Sidebar) -> None:
    paste(qtbot, window)
    analysed(qtbot, window)
    paste(qtbot, window, "no messages here")
    qtbot.waitUntil(lambda: window.notice.isVisible())
    assert "no messages" in window.notice.words.text()
    assert window.header.name.text() == "Maya Reyes"
    assert window.conversation.replies.cards[0].isVisible()


def test_an_empty_clipboard_says_what_to_do(qtbot: QtBot, window: Sidebar) -> None:
    QGuiApplication.clipboard().clear()
    window.paste()
    assert "Copy the conversation first" in window.notice.words.text()


def test_paste_into_an_edit_field_stays_there(qtbot: QtBot, window: Sidebar, desk: FakeDesk) -> None:
    paste(qtbot, window)
    analysed(qtbot, window)
    editor = window.conversation.composer.editor
    editor.setFocus()
    QGuiApplication.clipboard().setText("by noon")
    QTest.keyClick(editor, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert "by noon" in editor.text
    assert window.header.name.text() == "Maya Reyes"


def test_a_file_is_dropped_in(qtbot: QtBot, window: Sidebar, tmp_path: Path) -> None:
    file = tmp_path / "<b>chat.txt"
    file.write_text(SAMPLE, encoding="utf-8")
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(file))])
    window.dropEvent(
        QDropEvent(
            QPoint(20, 20),
            Qt.DropAction.CopyAction,
            mime,
            Qt.MouseButton.LeftButton,
            Qt.KeyboardModifier.NoModifier,
        )
    )
    qtbot.waitUntil(lambda: window.flow.mood is not None)
    assert window.header.name.text() == "Maya Reyes"


def test_a_drag_over_the_empty_page_is_answered(qtbot: QtBot, window: Sidebar) -> None:
    mime = QMimeData()
    mime.setText(SAMPLE)
    left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    entered = QDragEnterEvent(QPoint(20, 20), Qt.DropAction.CopyAction, mime, left, none)
    window.dragEnterEvent(entered)
    assert entered.isAccepted() and window.conversation.empty.property("over") == "true"
    window.dragLeaveEvent(QDragLeaveEvent())
    assert window.conversation.empty.property("over") == "false"
    window.dropEvent(QDropEvent(QPoint(20, 20), Qt.DropAction.CopyAction, mime, left, none))
    qtbot.waitUntil(lambda: window.flow.mood is not None)


def test_a_file_that_is_gone_or_huge_is_explained(qtbot: QtBot, window: Sidebar, tmp_path: Path) -> None:
    window.open_file(tmp_path / "none.txt")
    qtbot.waitUntil(lambda: "cannot be read" in window.notice.words.text())
    huge = tmp_path / "huge.txt"
    with huge.open("wb") as file:
        file.truncate(20_000_001)
    window.open_file(huge)
    qtbot.waitUntil(lambda: "too large" in window.notice.words.text())


def test_swap_roles_reads_the_other_person(qtbot: QtBot, window: Sidebar) -> None:
    paste(qtbot, window)
    analysed(qtbot, window)
    window.conversation.turns.swap.click()
    qtbot.waitUntil(lambda: window.header.name.text() == "Sam")
    qtbot.waitUntil(lambda: window.flow.mood is not None)
    assert window.flow.conversation is not None and window.flow.mood is not None
    agent_turns = {t.i for t in window.flow.conversation.turns if t.speaker is Speaker.CUSTOMER}
    assert {r.turn for r in window.flow.mood.readings} == agent_turns == {1, 3, 5}


def test_stop_keeps_what_is_written(qtbot: QtBot, desk: FakeDesk, window: Sidebar) -> None:
    desk.paced = 0.05
    paste(qtbot, window)
    replies = window.conversation.replies
    qtbot.waitUntil(lambda: len(replies.cards[0].text) > 10)
    card = replies.cards[0]
    QTest.keyClick(window, Qt.Key.Key_Escape)
    assert not window.flow.running and not window.conversation.replies.stop.isVisible()
    assert desk.cancelled.wait(2)
    assert card.isVisible() and len(card.text) > 10
    assert window.conversation.replies.again.isVisible()
    assert window.footer.busy.accessibleName() == ""


def test_suggest_again_asks_again(qtbot: QtBot, desk: FakeDesk, window: Sidebar) -> None:
    paste(qtbot, window)
    analysed(qtbot, window)
    window.conversation.replies.again.click()
    qtbot.waitUntil(lambda: len(desk.asked) == 2 and not window.flow.running)
    assert window.conversation.replies.cards[2].isVisible()


def test_suggestions_wait_to_be_asked_where_the_settings_say_so(qtbot: QtBot, desk: FakeDesk, window: Sidebar) -> None:
    desk.settings.set(AUTO_ASSIST, False)
    paste(qtbot, window)
    qtbot.waitUntil(lambda: window.flow.mood is not None)
    assert window.conversation.turns.open, "without suggestions the turns have the room"
    assert desk.asked == []
    window.conversation.replies.again.click()
    analysed(qtbot, window)


def test_a_failed_request_is_explained_in_its_place(qtbot: QtBot, desk: FakeDesk, window: Sidebar) -> None:
    desk.failures["assist"] = KnownError("The language model stopped. Try again.")
    paste(qtbot, window)
    replies = window.conversation.replies
    qtbot.waitUntil(lambda: replies.problem.text() == "The language model stopped. Try again.")
    assert not replies.running and replies.again.text() == "Try again"
    assert not window.conversation.summary.isVisible()
    desk.failures.clear()
    replies.again.click()
    analysed(qtbot, window)
    assert not replies.problem.isVisible()


def test_our_own_error_offers_a_report_without_customer_text(qtbot: QtBot, desk: FakeDesk, window: Sidebar) -> None:
    desk.failures["read"] = ValueError("Maya Reyes said A-48213")
    paste(qtbot, window)
    qtbot.waitUntil(lambda: window.notice.isVisible())
    assert "Something went wrong on our side" in window.notice.words.text()
    window.notice.action.click()
    report = QGuiApplication.clipboard().text()
    assert "ValueError" in report and "Python" in report
    assert "Maya" not in report and "A-48213" not in report


def test_notes_are_shown_quietly(qtbot: QtBot, desk: FakeDesk, window: Sidebar) -> None:
    desk.assist_notes = ("Two older turns did not fit.",)
    paste(qtbot, window)
    analysed(qtbot, window)
    assert window.conversation.notes.isVisible()
    assert "Two older turns" in window.conversation.notes.text()


def test_new_lets_go(qtbot: QtBot, window: Sidebar) -> None:
    paste(qtbot, window)
    analysed(qtbot, window)
    QTest.keyClick(window, Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
    assert window.flow.conversation is None
    assert window.conversation.empty.isVisible() and not window.header.pill.isVisible()


@pytest.mark.parametrize(("height", "folded"), [(1300, False), (1010, True), (899, True)])
def test_the_summary_gives_way_in_a_low_window(qtbot: QtBot, window: Sidebar, height: int, folded: bool) -> None:
    paste(qtbot, window)
    analysed(qtbot, window)
    window.resize(420, height)
    qtbot.waitUntil(lambda: window.conversation.summary.folded is folded)
    visible = [key.text() for key, _ in window.conversation.summary._lines if key.isVisible()]
    assert visible == (["Problem"] if folded else ["Problem", "Tried", "Feeling", "Wants", "Open"])
    window.conversation.summary.fold.click()
    window.resize(420, height + 1)
    assert window.conversation.summary.folded is not folded, "what the person chose stays"


def test_outside_text_is_never_rich(qtbot: QtBot, window: Sidebar) -> None:
    evil = "<img src=x><b>Bob</b>"
    paste(qtbot, window, f"{evil}: {evil} is ridiculous three weeks!!\nSam: {evil}\n{evil}: {evil}")
    analysed(qtbot, window)
    formats = {label.textFormat() for label in window.findChildren(QLabel)}
    assert formats == {Qt.TextFormat.PlainText}
    tips = [w.toolTip() for w in window.findChildren(QLabel) if w.toolTip()]
    assert not any("<" in tip for tip in tips)


def test_several_conversations_in_a_text_are_mentioned(qtbot: QtBot, desk: FakeDesk, window: Sidebar) -> None:
    desk.more = (replace(conversation_of(SAMPLE), id="other"),)
    paste(qtbot, window)
    analysed(qtbot, window)
    assert "2 conversations" in window.conversation.notes.text()


def test_work_runs_in_lanes_only(qtbot: QtBot, desk: FakeDesk, window: Sidebar) -> None:
    desk.threads.clear()
    paste(qtbot, window)
    analysed(qtbot, window)
    qtbot.waitUntil(lambda: bool(desk.history.saved))
    assert desk.threads == {
        "capture": "lane-emotion_0",
        "read": "lane-emotion_0",
        "assist": "lane-llm_0",
    }
    assert desk.history.threads == {"lane-db_0"}


def test_the_summary_unfolds_where_all_of_it_fits(qtbot: QtBot, desk: FakeDesk, window: Sidebar) -> None:
    desk.refused = frozenset({1, 2})
    window.resize(420, 1160)
    paste(qtbot, window)
    page = window.conversation
    qtbot.waitUntil(lambda: window.flow.assist is not None and not page.summary.folded)
    qtbot.wait(30)
    assert page.area.verticalScrollBar().maximum() == 0


def test_nothing_is_wider_than_a_narrow_window(qtbot: QtBot, window: Sidebar) -> None:
    long = "\n".join(f"Maya: message {n}" for n in range(1200))
    paste(qtbot, window, SAMPLE + "\n" + long)
    analysed(qtbot, window)
    window.resize(360, 1010)
    for page in (window.conversation.area, window.history, window.settings, window.models, window.unlock, window.help):
        content = page.widget()
        assert content is not None and content.minimumSizeHint().width() <= 360, type(page).__name__


def test_a_conversation_pasted_before_the_model_is_ready_is_answered_then(
    qtbot: QtBot, desk: FakeDesk, window: Sidebar
) -> None:
    window.flow.set_model_ready(False)
    paste(qtbot, window)
    qtbot.waitUntil(lambda: window.flow.mood is not None)
    assert desk.asked == []
    window.flow.set_model_ready(True)
    analysed(qtbot, window)


@pytest.mark.parametrize("draft", [False, True])
def test_what_the_page_answers_later_is_recorded_where_it_was_asked(
    qtbot: QtBot, desk: FakeDesk, window: Sidebar, draft: bool
) -> None:
    desk.assist_of = lambda c: replace(
        assist_of(),
        replies=tuple(replace(r, text=f"Dear {c.customer}, {n}.") for n, r in enumerate(assist_of().replies)),
    )
    desk.arrivals.insert_answer = None
    paste(qtbot, window)
    desk.arrivals.show(conversation_of("Jo: Where is my parcel?\nSam: On its way.", "Jo"))
    qtbot.waitUntil(lambda: len(window.streams.entries) == 2)
    window.streams.open("Jo")
    qtbot.waitUntil(lambda: window.flow.assist is not None and window.attending.inserting.able)
    page = window.conversation
    if draft:
        page.use_as_draft(1)
        window.drafting.insert()
    else:
        page.insert_reply(1)
    window.streams.step(1)
    qtbot.waitUntil(lambda: page.replies.cards[1].original == "Dear Maya Reyes, 1." and not window.flow.running)
    desk.arrivals.say(Inserted("Jo"))
    qtbot.waitUntil(lambda: len(desk.choices) == 1)
    moment, slot, outcome = desk.choices[0]
    assert (moment.conversation.id, slot, outcome) == ("Jo", 1, Outcome.COPIED)
    assert page.replies.cards[1].used == UNUSED
