"""What is saved, what is not, and how it is taken out of the history again."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import date
from functools import partial

import pytest
from fake_desk import SAMPLE, FakeDesk, assist_of, conversation_of, mood_of
from pasting import analysed, paste
from PySide6.QtCore import QTimer
from pytestqt.qtbot import QtBot

from agent_assist.errors import Gone, KnownError
from agent_assist.records import Alike, Analysis, Contact, ContactKind, Conversation, Erased, Speaker
from agent_assist.settings import SAVE
from ui.app import App
from ui.case import MOST
from ui.sidebar import Sidebar

JO = "Jo: Where is my parcel? It was due on Friday.\nSam: It is on its way."


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


def stream(qtbot: QtBot, desk: FakeDesk, window: Sidebar, *talks: Conversation) -> None:
    """Conversations stream in, one after the other; the first is open, all are saved."""
    qtbot.waitUntil(lambda: desk.arrivals.tell is not None)
    for talk in talks:
        desk.arrivals.show(talk)
        qtbot.waitUntil(partial(desk.history.saved.__contains__, talk.id))


def written_on(talk: Conversation) -> Conversation:
    turn = replace(talk.turns[-1], i=len(talk.turns), text="And now, still nothing?", speaker=Speaker.CUSTOMER)
    return replace(talk, turns=(*talk.turns, turn))


def settled(qtbot: QtBot, desk: FakeDesk, window: Sidebar) -> None:
    """All is read, and what waits to be saved is."""
    qtbot.waitUntil(lambda: not window.streams.beside.pending and not window.flow.running)
    window.flow.saving.flush()
    qtbot.wait(50)


def test_deleted_in_the_history_while_another_is_open_stays_deleted(
    qtbot: QtBot, desk: FakeDesk, window: Sidebar
) -> None:
    maya, jo = conversation_of(SAMPLE, "maya"), conversation_of(JO, "jo")
    stream(qtbot, desk, window, maya, jo)
    window.history.removed.emit("jo")
    window.toast.flush()
    qtbot.waitUntil(lambda: desk.history.deleted == ["jo"])
    desk.arrivals.show(written_on(jo))
    qtbot.waitUntil(lambda: window.streams.entries[1].unread > 0)
    settled(qtbot, desk, window)
    assert set(desk.history.saved) == {"maya"}
    window.streams.open("jo")
    assert not window.conversation.turns.keep.isChecked()


def test_deleting_in_the_history_can_be_undone_beside_the_open_one(
    qtbot: QtBot, desk: FakeDesk, window: Sidebar
) -> None:
    maya, jo = conversation_of(SAMPLE, "maya"), conversation_of(JO, "jo")
    stream(qtbot, desk, window, maya, jo)
    window.history.removed.emit("jo")
    window.toast.undo.click()
    desk.arrivals.show(written_on(jo))
    qtbot.waitUntil(lambda: len(desk.history.saved["jo"].conversation.turns) == 3, timeout=8000)


def test_not_kept_is_remembered_over_the_cross_and_many_others(qtbot: QtBot, desk: FakeDesk, window: Sidebar) -> None:
    maya, jo = conversation_of(SAMPLE, "maya"), conversation_of(JO, "jo")
    stream(qtbot, desk, window, maya, jo)
    window.conversation.turns.keep.click()
    window.toast.flush()
    qtbot.waitUntil(lambda: desk.history.deleted == ["maya"])
    window.streams.close("maya")
    for n in range(MOST + 1):
        window.flow.cases.put(window.flow.cases.make(conversation_of(JO, f"other {n}"), keep=True))
    desk.arrivals.show(written_on(maya))
    qtbot.waitUntil(lambda: window.flow.conversation is not None)
    analysed(qtbot, window)
    settled(qtbot, desk, window)
    assert "maya" not in desk.history.saved


def test_unticking_keep_removes_the_copy_of_an_earlier_day(qtbot: QtBot, desk: FakeDesk, window: Sidebar) -> None:
    maya = conversation_of(SAMPLE, "maya")
    desk.history.saved["maya"] = Analysis(maya, mood_of(maya))
    desk.read_gate.clear()
    qtbot.waitUntil(lambda: desk.arrivals.tell is not None)
    desk.arrivals.show(written_on(maya))
    qtbot.waitUntil(lambda: window.flow.conversation is not None)
    window.conversation.turns.keep.click()
    qtbot.waitUntil(window.toast.undo.isVisible)
    window.toast.flush()
    desk.read_gate.set()
    qtbot.waitUntil(lambda: desk.history.deleted == ["maya"])
    settled(qtbot, desk, window)
    assert desk.history.saved == {}


@pytest.mark.parametrize("leave", ["switch", "new", "cross", "close"])
def test_a_turn_that_is_not_read_yet_is_saved_however_it_is_left(
    qtbot: QtBot, desk: FakeDesk, app: App, leave: str
) -> None:
    window, maya, jo = app.window, conversation_of(SAMPLE, "maya"), conversation_of(JO, "jo")
    stream(qtbot, desk, window, maya, jo)
    desk.read_gate.clear()
    desk.arrivals.show(written_on(maya))
    qtbot.waitUntil(lambda: window.flow.conversation == written_on(maya))
    if leave == "switch":
        window.streams.open("jo")
    elif leave == "new":
        window.flow.new()
    elif leave == "cross":
        window.streams.close("maya")
    else:
        QTimer.singleShot(0, desk.read_gate.set)
        app.close()
    desk.read_gate.set()
    if leave != "close":
        qtbot.waitUntil(lambda: not window.streams.beside.pending)
        window.flow.saving.flush()
    qtbot.waitUntil(lambda: desk.history.saved["maya"].conversation == written_on(maya))
    unread = desk.history.saved["maya"].mood.unread
    assert unread == ((len(maya.turns),) if leave == "close" else ())


def test_what_was_pasted_and_put_away_before_it_was_read_is_saved(
    qtbot: QtBot, desk: FakeDesk, window: Sidebar
) -> None:
    desk.read_gate.clear()
    paste(qtbot, window)
    qtbot.waitUntil(lambda: window.flow.conversation is not None)
    window.flow.new()
    desk.read_gate.set()
    qtbot.waitUntil(lambda: not window.streams.beside.pending)
    window.flow.saving.flush()
    qtbot.waitUntil(lambda: len(desk.history.saved) == 1)


def join(qtbot: QtBot, desk: FakeDesk, window: Sidebar) -> None:
    """Joins the one of Jo into the open one."""
    desk.arrivals.alikes["maya"] = (Alike("jo", Contact(ContactKind.EMAIL, "j@x.org")),)
    window.streams.changed.emit()
    line = window.conversation.alike
    qtbot.waitUntil(line.isVisible)
    line.join.click()
    assert "not kept" in line.accessibleDescription()
    line.sure.click()
    qtbot.waitUntil(lambda: len(window.streams.entries) == 1)


def test_the_copy_of_what_was_joined_goes_once_the_joined_one_is_saved(
    qtbot: QtBot, desk: FakeDesk, window: Sidebar
) -> None:
    stream(qtbot, desk, window, conversation_of(SAMPLE, "maya"), conversation_of(JO, "jo"))
    desk.history.failure = KnownError("The disk is full.")
    join(qtbot, desk, window)
    qtbot.waitUntil(lambda: "disk is full" in window.notice.words.text(), timeout=8000)
    settled(qtbot, desk, window)
    assert set(desk.history.saved) == {"maya", "jo"}, "nothing goes while the joined one is not saved"
    desk.history.failure = None
    window.flow.save()
    qtbot.waitUntil(lambda: desk.history.deleted == ["jo"])
    assert len(desk.history.saved["maya"].conversation.turns) == 10


def test_joined_with_one_that_is_not_kept_nothing_is_saved(qtbot: QtBot, desk: FakeDesk, window: Sidebar) -> None:
    stream(qtbot, desk, window, conversation_of(SAMPLE, "maya"), conversation_of(JO, "jo"))
    window.streams.open("jo")
    window.conversation.turns.keep.click()
    window.toast.flush()
    window.conversation.composer.write("A draft for Jo.")
    window.streams.open("maya")
    window.conversation.composer.write("A draft for Maya.")
    join(qtbot, desk, window)
    assert not window.conversation.turns.keep.isChecked() and not window.flow.keep
    assert window.conversation.composer.text == "A draft for Maya.\n\nA draft for Jo."
    settled(qtbot, desk, window)
    assert len(desk.history.saved["maya"].conversation.turns) == 8 and desk.history.deleted == ["jo"]


def test_what_hung_on_the_joined_one_goes_over_to_the_kept_one(qtbot: QtBot, desk: FakeDesk, window: Sidebar) -> None:
    stream(qtbot, desk, window, conversation_of(SAMPLE, "maya"), conversation_of(JO, "jo"))
    settled(qtbot, desk, window)
    qtbot.waitUntil(lambda: set(desk.history.saved) == {"maya", "jo"})
    desk.custody.set_tags("jo", ("vip",))
    desk.custody.add_follow_up("jo", "call Jo", date(2026, 12, 1))
    join(qtbot, desk, window)
    settled(qtbot, desk, window)
    qtbot.waitUntil(lambda: desk.history.deleted == ["jo"])
    assert desk.history.tags["maya"] == ("vip",)
    assert [(one.conversation, one.text) for one in desk.custody.follow_ups()] == [("maya", "call Jo")]


def test_a_joined_one_under_a_hold_stays_and_that_is_said(qtbot: QtBot, desk: FakeDesk, window: Sidebar) -> None:
    stream(qtbot, desk, window, conversation_of(SAMPLE, "maya"), conversation_of(JO, "jo"))
    settled(qtbot, desk, window)
    qtbot.waitUntil(lambda: set(desk.history.saved) == {"maya", "jo"})
    desk.history.held.add("jo")
    join(qtbot, desk, window)
    settled(qtbot, desk, window)
    qtbot.waitUntil(lambda: "legal hold" in window.toast.words.text())
    assert desk.history.held == {"maya", "jo"} and desk.history.deleted == [] and not window.notice.isVisible()


def test_erased_elsewhere_it_is_not_kept_any_more(qtbot: QtBot, desk: FakeDesk, window: Sidebar) -> None:
    paste(qtbot, window)
    analysed(qtbot, window)
    qtbot.waitUntil(lambda: len(desk.history.saved) == 1)
    desk.custody.failures["keep"] = Gone("It was erased meanwhile.")
    paste(qtbot, window, SAMPLE + "\nMaya Reyes: Hello?")
    qtbot.waitUntil(lambda: not window.flow.keep)
    assert not window.conversation.turns.keep.isChecked() and window.flow.conversation is not None
    assert "erased from the history and is not kept any more" in window.notice.words.text()
    window.conversation.turns.keep.click()
    qtbot.waitUntil(lambda: bool(desk.history.saves) and "keep" not in desk.custody.failures)


def test_erased_by_age_the_open_one_stays_and_is_not_kept(
    qtbot: QtBot, desk: FakeDesk, app: App, window: Sidebar
) -> None:
    paste(qtbot, window)
    analysed(qtbot, window)
    qtbot.waitUntil(lambda: len(desk.history.saved) == 1)
    settled(qtbot, desk, window)
    identity = next(iter(desk.history.saved))
    del desk.history.saved[identity]
    app.upkeep.erased.emit(Erased(1, ids=(identity,)))
    assert window.flow.conversation is not None and not window.conversation.turns.keep.isChecked()
    assert "not kept any more" in window.notice.words.text()
    window.flow.save()
    settled(qtbot, desk, window)
    assert desk.history.saved == {}


def test_a_history_that_closed_is_opened_again_and_nothing_is_lost(
    qtbot: QtBot, desk: FakeDesk, window: Sidebar
) -> None:
    desk.places.key_file.parent.mkdir(parents=True, exist_ok=True)
    desk.places.key_file.touch()
    desk.custody.passphrase = "correct horse"
    desk.custody.opened = False
    paste(qtbot, window)
    qtbot.waitUntil(lambda: window.notice.isVisible() and window.notice.action.text() == "Unlock history")
    assert window.footer.kept.text() == "Locked" and not window.flow.saving.open
    analysed(qtbot, window)
    window.notice.action.click()
    window.unlock.first.setText("correct horse")
    window.unlock.unlock.click()
    qtbot.waitUntil(lambda: len(desk.history.saved) == 1)
    assert window.footer.kept.text() == "Encrypted"
