"""What is saved, what is not, and how it is taken out of the history again."""

from __future__ import annotations

import threading

from fake_desk import SAMPLE, FakeDesk, assist_of, conversation_of, mood_of
from pasting import analysed, paste
from pytestqt.qtbot import QtBot

from agent_assist.errors import KnownError
from agent_assist.records import Analysis
from agent_assist.settings import SAVE
from ui.sidebar import Sidebar


def test_saved_before_and_after_the_language_model(qtbot: QtBot, desk: FakeDesk, window: Sidebar) -> None:
    desk.gate.clear()
    paste(qtbot, window)
    qtbot.waitUntil(lambda: len(desk.history.saved) == 1)
    (analysis,) = desk.history.saved.values()
    assert analysis.assist is None
    desk.gate.set()
    qtbot.waitUntil(lambda: next(iter(desk.history.saved.values())).assist is not None)
    assert desk.history.threads == {"lane-db_0"}


def test_nothing_is_saved_where_the_settings_say_so(qtbot: QtBot, desk: FakeDesk, window: Sidebar) -> None:
    desk.settings.set(SAVE, False)
    paste(qtbot, window)
    analysed(qtbot, window)
    assert not window.conversation.turns.keep.isChecked()
    assert desk.history.saved == {}
    window.conversation.turns.keep.click()
    qtbot.waitUntil(lambda: len(desk.history.saved) == 1)


def test_unticking_keep_deletes_once_undo_is_gone(qtbot: QtBot, desk: FakeDesk, window: Sidebar) -> None:
    paste(qtbot, window)
    analysed(qtbot, window)
    qtbot.waitUntil(lambda: len(desk.history.saved) == 1)
    window.conversation.turns.keep.click()
    assert window.toast.undo.isVisible() and desk.history.deleted == []
    window.toast.flush()
    qtbot.waitUntil(lambda: desk.history.saved == {})


def test_unticking_keep_can_be_undone(qtbot: QtBot, desk: FakeDesk, window: Sidebar) -> None:
    paste(qtbot, window)
    analysed(qtbot, window)
    qtbot.waitUntil(lambda: len(desk.history.saved) == 1)
    window.conversation.turns.keep.click()
    window.toast.undo.click()
    assert window.conversation.turns.keep.isChecked() and window.flow.keep
    window.toast.flush()
    assert desk.history.deleted == []


def test_a_failed_save_is_told_and_nothing_else_stops(qtbot: QtBot, desk: FakeDesk, window: Sidebar) -> None:
    desk.history.failure = KnownError("The disk is full. Make room, then paste again.")
    paste(qtbot, window)
    analysed(qtbot, window)
    qtbot.waitUntil(lambda: "disk is full" in window.notice.words.text())
    assert window.conversation.replies.cards[0].isVisible()


def test_a_saved_conversation_opens_without_asking_again(qtbot: QtBot, desk: FakeDesk, window: Sidebar) -> None:
    conversation = conversation_of(SAMPLE)
    desk.history.saved[conversation.id] = Analysis(conversation, mood_of(conversation), assist_of())
    window.flow.open_saved(conversation.id)
    analysed(qtbot, window)
    assert window.header.pill.text() == "Angry · rising"
    assert window.conversation.replies.cards[0].ready
    assert desk.asked == []


def test_swapping_roles_keeps_the_choice_not_to_save(qtbot: QtBot, desk: FakeDesk, window: Sidebar) -> None:
    paste(qtbot, window)
    analysed(qtbot, window)
    window.conversation.turns.keep.click()
    window.conversation.turns.swap.click()
    qtbot.waitUntil(lambda: window.header.name.text() == "Sam" and window.flow.assist is not None)
    assert not window.conversation.turns.keep.isChecked()
    qtbot.waitUntil(lambda: desk.history.saved == {})


def test_pasting_what_is_being_removed_saves_it_after_all(qtbot: QtBot, desk: FakeDesk, window: Sidebar) -> None:
    paste(qtbot, window)
    analysed(qtbot, window)
    qtbot.waitUntil(lambda: len(desk.history.saved) == 1)
    window.conversation.turns.keep.click()
    window.flow.new()
    paste(qtbot, window)
    qtbot.waitUntil(lambda: desk.history.deleted != [] and len(desk.history.saved) == 1)
    window.toast.flush()
    assert window.conversation.turns.keep.isChecked()


def test_ticking_keep_again_takes_the_removal_back_and_nothing_else(
    qtbot: QtBot, desk: FakeDesk, window: Sidebar
) -> None:
    paste(qtbot, window)
    analysed(qtbot, window)
    keep = window.conversation.turns.keep
    keep.click()
    keep.click()
    assert keep.isChecked() and window.flow.keep and not window.toast.isVisible()
    keep.click()
    window.toast.flush()
    window.conversation.dismiss_reply(1)
    keep.click()
    assert window.conversation.replies.cards[1].isHidden(), "the reply stays dismissed"
    qtbot.waitUntil(lambda: len(desk.history.saved) == 1)


def test_unticking_keep_of_what_was_never_saved_removes_nothing(qtbot: QtBot, desk: FakeDesk, window: Sidebar) -> None:
    desk.read_gate.clear()
    paste(qtbot, window)
    qtbot.waitUntil(lambda: window.flow.conversation is not None)
    window.conversation.turns.keep.click()
    assert not window.toast.isVisible()
    desk.read_gate.set()
    analysed(qtbot, window)
    window.toast.flush()
    qtbot.waitUntil(lambda: not window.flow.running)
    assert desk.history.saved == {} and desk.history.deleted == []


def test_unticking_keep_after_a_failed_second_save_still_removes_the_first(
    qtbot: QtBot, desk: FakeDesk, window: Sidebar
) -> None:
    desk.gate.clear()
    paste(qtbot, window)
    qtbot.waitUntil(lambda: len(desk.history.saved) == 1)
    desk.history.failure = KnownError("The disk is full.")
    desk.gate.set()
    qtbot.waitUntil(lambda: "disk is full" in window.notice.words.text())
    desk.history.failure = None
    window.conversation.turns.keep.click()
    window.toast.flush()
    qtbot.waitUntil(lambda: desk.history.saved == {})


def test_a_failed_save_is_forgotten_only_by_its_own_conversation(qtbot: QtBot, desk: FakeDesk, window: Sidebar) -> None:
    """The save of one conversation fails while another is shown already: outcomes of that one are still recorded."""
    may_fail, save = threading.Event(), desk.history.save

    def fail_late(analysis: Analysis) -> None:
        if analysis.conversation.customer == "Maya Reyes":
            may_fail.wait(10)
            raise KnownError("The disk is full.")
        save(analysis)

    desk.history.save = fail_late  # type: ignore[method-assign]
    paste(qtbot, window)
    qtbot.waitUntil(lambda: window.flow.mood is not None)
    paste(qtbot, window, "Jo: Where is it?\nSam: On its way.")
    qtbot.waitUntil(lambda: window.header.name.accessibleName() == "Jo" and window.flow.assist is not None)
    may_fail.set()
    qtbot.waitUntil(lambda: "disk is full" in window.notice.words.text())
    window.conversation.copy_reply(1)
    qtbot.waitUntil(lambda: [slot for _, slot, _, _ in desk.history.outcomes] == [1])


def test_a_saved_one_that_opens_while_replies_are_written_ends_the_busy_words(
    qtbot: QtBot, desk: FakeDesk, window: Sidebar
) -> None:
    other = conversation_of("Jo: Where is my parcel? It was due on Friday.\nSam: On its way.")
    desk.history.saved[other.id] = Analysis(other, mood_of(other), assist_of())
    desk.gate.clear()
    paste(qtbot, window)
    qtbot.waitUntil(lambda: window.footer.busy.accessibleName() != "" and window.flow.running)
    window.flow.open_saved(other.id)
    qtbot.waitUntil(lambda: window.flow.conversation == other)
    assert window.footer.busy.accessibleName() == "" and not window.flow.running
    desk.gate.set()
