"""What comes in by itself, in the window: into the open conversation, or beside it. The stream is fed by hand."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest
from fake_desk import SAMPLE, FakeDesk, conversation_of
from opening import Open
from pasting import analysed, paste
from PySide6.QtTest import QSignalSpy
from PySide6.QtWidgets import QStyleOptionViewItem
from pytestqt.qtbot import QtBot

from agent_assist.errors import KnownError
from agent_assist.records import (
    Alike,
    Arrived,
    Aside,
    Contact,
    ContactKind,
    Conversation,
    Inserted,
    Outcome,
    Trouble,
    Way,
    WayState,
)
from agent_assist.settings import AUTO_ASSIST, FOLDER, SAVE
from ui.inserting import DONE
from ui.item_models import Role
from ui.sidebar import Sidebar

JO = "Jo: Where is my parcel? It was due on Friday.\nSam: It is on its way."
ON = (WayState(Way.BROWSER, True, 1), WayState(Way.PUSH, True), WayState(Way.FOLDER, True))


def grown(conversation: Conversation, *lines: str) -> Conversation:
    """The same conversation with more lines; the turns before are the very same."""
    said = "\n".join(f"{t.name}: {t.text}" for t in conversation.turns)
    longer = conversation_of("\n".join((said, *lines)), conversation.id)
    return replace(conversation, turns=conversation.turns + longer.turns[len(conversation.turns) :])


def jo() -> Conversation:
    return conversation_of(JO, "jo")


@pytest.fixture
def live(qtbot: QtBot, desk: FakeDesk, window: Sidebar) -> Sidebar:
    """The sample streams in, and is open."""
    qtbot.waitUntil(lambda: desk.arrivals.tell is not None)
    desk.arrivals.show(conversation_of(SAMPLE, "maya"))
    qtbot.waitUntil(lambda: window.flow.assist is not None and not window.flow.running)
    return window


def test_the_stream_is_started_in_a_lane(qtbot: QtBot, desk: FakeDesk, window: Sidebar) -> None:
    qtbot.waitUntil(lambda: desk.arrivals.tell is not None)
    assert desk.arrivals.threads["start"].startswith("lane-")


def test_where_nothing_is_open_what_comes_opens_by_itself(live: Sidebar) -> None:
    assert live.flow.conversation is not None and live.flow.conversation.id == "maya"
    assert live.header.name.accessibleName() == "Maya Reyes"
    assert not live.attending.switcher.isVisible(), "there is no other one"


def test_the_open_one_goes_on_and_nothing_is_cleared(qtbot: QtBot, desk: FakeDesk, live: Sidebar) -> None:
    page = live.conversation
    page.turns.set_open(True)
    captured, resets = QSignalSpy(live.flow.captured), QSignalSpy(page.turns.model.modelReset)
    live.notice.say("Something else.")
    desk.arrivals.show(grown(conversation_of(SAMPLE, "maya"), "Sam: I am on it.", "Maya Reyes: And when?"))
    qtbot.waitUntil(lambda: page.turns.model.rowCount() == 10)
    qtbot.waitUntil(lambda: len(desk.asked) == 2 and not live.flow.running)
    assert captured.count() == 0 and resets.count() == 0
    assert live.notice.isVisible() and not live.toast.isVisible(), "a stream is no news at each turn"
    assert live.header.about.accessibleName().endswith("10 turns")
    qtbot.waitUntil(lambda: len(desk.history.saved["maya"].conversation.turns) == 10)


def test_a_name_that_is_told_late_is_shown(qtbot: QtBot, desk: FakeDesk, live: Sidebar) -> None:
    desk.arrivals.show(replace(conversation_of(SAMPLE, "maya"), customer="Maya R."))
    qtbot.waitUntil(lambda: live.header.name.accessibleName() == "Maya R.")
    assert live.conversation.turns.model.rowCount() == 8


def test_an_event_of_before_a_swap_does_not_bring_the_old_sides_back(
    qtbot: QtBot, desk: FakeDesk, live: Sidebar
) -> None:
    late = Arrived(desk.arrivals.tracked["maya"].conversation, Way.BROWSER, "maya", added=(0,))
    live.flow.swap_roles()
    qtbot.waitUntil(lambda: live.header.name.accessibleName() == "Sam" and not live.flow.running)
    desk.arrivals.say(late)
    desk.arrivals.say(replace(late, conversation=replace(late.conversation, id="gone")))
    qtbot.wait(100)
    assert live.header.name.accessibleName() == "Sam" and len(live.streams.entries) == 1
    assert desk.arrivals.tracked["maya"].conversation.customer == "Sam"


def test_courtesies_of_the_stream_do_not_ask_again(qtbot: QtBot, desk: FakeDesk, live: Sidebar) -> None:
    desk.worth = False
    desk.arrivals.show(grown(conversation_of(SAMPLE, "maya"), "Maya Reyes: ok thanks"))
    qtbot.waitUntil(lambda: desk.taken_in == [9])
    assert len(desk.asked) == 1


def test_a_burst_asks_once_when_it_is_over(qtbot: QtBot, desk: FakeDesk, live: Sidebar) -> None:
    talk = conversation_of(SAMPLE, "maya")
    for n in range(30):
        talk = grown(talk, f"Maya Reyes: And now, number {n}?")
        desk.arrivals.show(talk)
        qtbot.wait(10)
    qtbot.waitUntil(lambda: live.conversation.turns.model.rowCount() == 38)
    qtbot.waitUntil(lambda: len(desk.asked) == 2 and not live.flow.running)
    qtbot.wait(600)
    assert len(desk.asked) == 2
    assert live.flow.mood is not None and len(live.flow.mood.readings) == 35


def test_a_slow_reading_is_not_starved_by_the_stream(qtbot: QtBot, desk: FakeDesk, live: Sidebar) -> None:
    desk.read_gate.clear()
    talk = conversation_of(SAMPLE, "maya")
    for n in range(4):
        talk = grown(talk, f"Maya Reyes: And now, number {n}?")
        desk.arrivals.show(talk)
        qtbot.wait(60)
    moods = QSignalSpy(live.flow.read)
    desk.read_gate.set()
    qtbot.waitUntil(lambda: live.flow.mood is not None and len(live.flow.mood.readings) == 9)
    assert moods.count() == 2, "what went on meanwhile was read once, with all that came"


def test_an_edit_is_shown_and_the_list_stays_open(qtbot: QtBot, desk: FakeDesk, live: Sidebar) -> None:
    live.conversation.turns.set_open(True)
    edited = conversation_of(SAMPLE.replace("Just cancel it", "Please just cancel it"), "maya")
    desk.arrivals.show(edited)
    model = live.conversation.turns.model
    qtbot.waitUntil(lambda: "Please" in str(model.data(model.index(7))))
    assert live.conversation.turns.open and live.conversation.turns.list.model().rowCount() == 8
    qtbot.waitUntil(lambda: live.flow.mood is not None and not live.flow.running)


def test_a_long_list_that_is_seen_is_added_to_in_gathered_steps(qtbot: QtBot, desk: FakeDesk, live: Sidebar) -> None:
    turns = live.conversation.turns
    said = "\n".join(f"Maya Reyes: Message {n}, this takes far too long." for n in range(400))
    talk = conversation_of(f"{SAMPLE}\n{said}", "maya")
    desk.arrivals.show(talk)
    qtbot.waitUntil(lambda: turns.model.rowCount() == 408)
    turns.set_open(True)
    inserted = QSignalSpy(turns.model.rowsInserted)
    for n in range(5):
        talk = grown(talk, f"Maya Reyes: And still nothing, {n}.")
        live.flow.arrive(talk)
    assert inserted.count() == 0 and "413 turns" in turns.fold.text()
    live.conversation.go_to(412)
    assert inserted.count() == 1 and turns.model.rowCount() == 413, "what is asked for is there"
    talk = grown(talk, "Maya Reyes: Hello?")
    live.flow.arrive(talk)
    qtbot.waitUntil(lambda: turns.model.rowCount() == 414)


def test_another_one_is_only_marked_and_read_in_the_background(qtbot: QtBot, desk: FakeDesk, live: Sidebar) -> None:
    desk.arrivals.show(conversation_of("Jo: ridiculous, I am waiting.\nJo: Hello?\nSam: Hi.", "jo"))
    switcher = live.attending.switcher
    qtbot.waitUntil(lambda: switcher.isVisible() and len(switcher.tabs) == 2)
    assert live.flow.conversation is not None and live.flow.conversation.id == "maya"
    qtbot.waitUntil(lambda: switcher.tabs[1].mood is not None)
    tab = switcher.tabs[1]
    assert tab.unread == 2 and tab.name == "Jo", "what the desk itself wrote is not unread"
    assert len(desk.asked) == 1, "the language model is not asked for it"
    qtbot.waitUntil(lambda: "jo" in desk.history.saved)


def test_one_that_turns_hot_beside_is_seen(qtbot: QtBot, desk: FakeDesk, live: Sidebar) -> None:
    desk.arrivals.show(conversation_of(SAMPLE.replace("Maya Reyes", "Jo"), "jo"))
    switcher = live.attending.switcher
    qtbot.waitUntil(lambda: len(switcher.tabs) == 2 and switcher.tabs[1].role == "hot")
    button = switcher.buttons[1]
    assert button.property("tone") == "hot" and button.dot.role == "hot" and button.dot.isVisible()
    assert "Angry" in button.face.accessibleName() and "8" not in button.count.text()


def test_switching_brings_all_of_it_back_at_once(qtbot: QtBot, desk: FakeDesk, live: Sidebar) -> None:
    desk.arrivals.show(jo())
    qtbot.waitUntil(lambda: len(live.attending.switcher.tabs) == 2)
    replies = [card.text for card in live.conversation.replies.cards]
    live.conversation.composer.write("For Maya")
    live.streams.step(1)
    qtbot.waitUntil(lambda: live.header.name.accessibleName() == "Jo" and live.flow.assist is not None)
    assert live.conversation.composer.text == ""
    live.conversation.composer.write("For Jo")
    asked = len(desk.asked)
    desk.read_gate.clear()
    desk.gate.clear()
    live.streams.step(1)
    assert live.header.name.accessibleName() == "Maya Reyes"
    assert [card.text for card in live.conversation.replies.cards] == replies
    assert live.flow.mood is not None and live.conversation.composer.text == "For Maya"
    assert len(desk.asked) == asked and not live.flow.running
    live.streams.step(-1)
    assert live.conversation.composer.text == "For Jo"
    kept = desk.arrivals.tracked["maya"]
    desk.arrivals.tracked["maya"] = replace(kept, conversation=replace(kept.conversation))  # equal, not the same
    desk.reading.clear()
    live.streams.step(1)
    qtbot.wait(30)
    assert live.flow.mood is not None and not desk.reading.is_set(), "nothing of it is read again"
    desk.read_gate.set()
    desk.gate.set()


def test_unread_turns_are_read_when_it_is_opened(qtbot: QtBot, desk: FakeDesk, live: Sidebar) -> None:
    desk.arrivals.show(jo())
    switcher = live.attending.switcher
    qtbot.waitUntil(lambda: len(switcher.tabs) == 2 and switcher.tabs[1].unread == 1)
    switcher.buttons[1].face.click()
    qtbot.waitUntil(lambda: switcher.tabs[1].current and switcher.tabs[1].unread == 0)
    desk.arrivals.show(grown(conversation_of(SAMPLE, "maya"), "Maya Reyes: Are you still there?"))
    qtbot.waitUntil(lambda: switcher.tabs[0].unread == 1)
    switcher.buttons[0].face.click()
    qtbot.waitUntil(lambda: live.conversation.turns.model.rowCount() == 9)
    qtbot.waitUntil(lambda: desk.asked.count("maya") == 2 and not live.flow.running)


def test_closing_lets_it_go_and_keeps_the_saved_copy(qtbot: QtBot, desk: FakeDesk, live: Sidebar) -> None:
    desk.arrivals.show(jo())
    switcher = live.attending.switcher
    qtbot.waitUntil(lambda: len(switcher.tabs) == 2 and "maya" in desk.history.saved)
    switcher.buttons[0].cross.click()
    qtbot.waitUntil(lambda: desk.arrivals.forgotten == ["maya"] and live.flow.conversation is None)
    assert desk.history.deleted == [] and "maya" in desk.history.saved
    qtbot.waitUntil(lambda: [tab.id for tab in switcher.tabs] == ["jo"])
    assert switcher.isVisible(), "the way back to the one that is live"


def test_new_puts_a_streamed_one_aside_and_it_does_not_come_back_by_itself(
    qtbot: QtBot, desk: FakeDesk, live: Sidebar
) -> None:
    live.flow.new()
    desk.arrivals.show(grown(conversation_of(SAMPLE, "maya"), "Maya Reyes: Hello?"))
    switcher = live.attending.switcher
    qtbot.waitUntil(lambda: switcher.isVisible() and switcher.tabs[0].unread == 1)
    assert live.flow.conversation is None
    switcher.buttons[0].face.click()
    assert live.flow.conversation is not None and len(live.flow.conversation.turns) == 9


def test_new_lets_a_pasted_one_go(qtbot: QtBot, desk: FakeDesk, window: Sidebar) -> None:
    paste(qtbot, window)
    analysed(qtbot, window)
    window.flow.new()
    assert desk.arrivals.conversations == () and not window.attending.switcher.isVisible()


def test_nothing_opens_over_another_page_and_it_waits_there(qtbot: QtBot, desk: FakeDesk, window: Sidebar) -> None:
    qtbot.waitUntil(lambda: desk.arrivals.tell is not None)
    window.show_page(window.settings)
    desk.arrivals.show(jo())
    qtbot.waitUntil(lambda: len(window.streams.entries) == 1 and window.streams.entries[0].unread == 1)
    assert window.stack.currentWidget() is window.settings and window.flow.conversation is None
    window.go_back()
    assert window.flow.conversation is not None and window.flow.conversation.id == "jo"


def test_events_from_many_threads_all_arrive(qtbot: QtBot, desk: FakeDesk, live: Sidebar) -> None:
    def show(n: int) -> None:
        desk.arrivals.show(conversation_of(f"C{n}: My order {n} has not come.", f"c{n}"))

    threads = [threading.Thread(target=show, args=(n,)) for n in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    qtbot.waitUntil(lambda: len(live.attending.switcher.tabs) == 13)
    qtbot.waitUntil(lambda: all(t.mood is not None for t in live.attending.switcher.tabs), timeout=15_000)


def test_a_paste_of_what_is_live_goes_on_with_it(qtbot: QtBot, desk: FakeDesk, live: Sidebar) -> None:
    paste(qtbot, live, f"{SAMPLE}\nSam: I am on it, Maya.")
    qtbot.waitUntil(lambda: live.conversation.turns.model.rowCount() == 9)
    assert live.flow.conversation is not None and live.flow.conversation.id == "maya"
    assert [t.conversation.id for t in desk.arrivals.conversations] == ["maya"]
    assert live.toast.words.text() == "1 new turn"


def test_trouble_is_told(qtbot: QtBot, desk: FakeDesk, live: Sidebar) -> None:
    desk.arrivals.say(Trouble(Way.FOLDER, "a.bin: This is not text that can be read."))
    qtbot.waitUntil(lambda: live.notice.isVisible())
    assert live.notice.words.accessibleName() == "a.bin: This is not text that can be read."


def test_listening_is_seen_and_paused_with_one_click(qtbot: QtBot, desk: FakeDesk, window: Sidebar) -> None:
    qtbot.waitUntil(lambda: desk.arrivals.tell is not None)
    line = window.attending.line
    assert not line.isVisible()
    desk.arrivals.ways = ON
    desk.arrivals.set_paused(False)
    qtbot.waitUntil(lambda: line.isVisible())
    assert line.words.accessibleName() == "Listening: browser, folder", "push has no source now"
    assert "Browser: 1 connected" in line.dot.toolTip()
    assert window.conversation.empty.ways.isVisible() and "browser, folder" in window.conversation.empty.ways.text()
    line.button.click()
    qtbot.waitUntil(lambda: desk.arrivals.paused and line.button.text() == "Resume")
    assert "Paused" in line.words.accessibleName() and not window.conversation.empty.ways.isVisible()
    line.button.click()
    qtbot.waitUntil(lambda: line.button.text() == "Pause")
    assert not desk.arrivals.paused


def test_a_way_that_does_not_work_says_why(qtbot: QtBot, desk: FakeDesk, window: Sidebar) -> None:
    qtbot.waitUntil(lambda: desk.arrivals.tell is not None)
    desk.arrivals.ways = (WayState(Way.BROWSER, True, problem="Agent Assist already runs."),)
    desk.arrivals.set_paused(False)
    qtbot.waitUntil(lambda: window.attending.line.isVisible())
    assert window.attending.line.words.accessibleName() == "Agent Assist already runs."


def test_changed_ways_are_applied_in_a_lane(qtbot: QtBot, desk: FakeDesk, window: Sidebar) -> None:
    window.settings._set(FOLDER, "/somewhere")
    qtbot.waitUntil(lambda: desk.arrivals.applied == 1)
    assert desk.arrivals.threads["apply"].startswith("lane-")


# --- insert


def test_insert_is_offered_only_where_the_page_is_open(qtbot: QtBot, desk: FakeDesk, live: Sidebar) -> None:
    card = live.conversation.replies.cards[1]
    live.conversation.replies.select(1)
    qtbot.waitUntil(lambda: card.insert.isVisible())
    desk.arrivals.tracked["maya"] = replace(desk.arrivals.tracked["maya"], open=False)
    desk.arrivals.set_paused(False)  # any event
    qtbot.waitUntil(lambda: not card.insert.isVisible())


def test_an_inserted_reply_counts_as_used_once_it_stands_there(qtbot: QtBot, desk: FakeDesk, live: Sidebar) -> None:
    desk.arrivals.insert_answer = None
    qtbot.waitUntil(lambda: live.attending.inserting.able)
    live.conversation.replies.select(1)
    live._actions["insert"]()
    text = live.conversation.replies.cards[1].text
    assert desk.arrivals.inserted == [("maya", text)] and desk.choices == []
    desk.arrivals.say(Inserted("maya"))
    qtbot.waitUntil(lambda: len(desk.choices) == 1)
    assert desk.choices[0][1:] == (1, Outcome.COPIED)
    assert live.toast.words.text() == DONE


def test_why_a_reply_was_not_put_in_is_told_and_nothing_is_recorded(
    qtbot: QtBot, desk: FakeDesk, live: Sidebar
) -> None:
    desk.arrivals.insert_answer = "The page has no reply box."
    qtbot.waitUntil(lambda: live.attending.inserting.able)
    live.conversation.insert_reply(1)
    qtbot.waitUntil(lambda: live.notice.isVisible())
    assert live.notice.words.accessibleName() == "The page has no reply box." and desk.choices == []


def test_a_page_that_does_not_answer_is_told_of(
    qtbot: QtBot, desk: FakeDesk, live: Sidebar, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ui.inserting.ANSWER_MS", 50)
    desk.arrivals.insert_answer = None
    qtbot.waitUntil(lambda: live.attending.inserting.able)
    live.conversation.insert_reply(1)
    qtbot.waitUntil(lambda: live.notice.isVisible())
    assert "did not answer" in live.notice.words.accessibleName()


def test_a_blank_is_asked_about_before_it_is_put_in(qtbot: QtBot, desk: FakeDesk, live: Sidebar) -> None:
    qtbot.waitUntil(lambda: live.attending.inserting.able)
    card = live.conversation.replies.cards[0]
    live.conversation.insert_reply(0)
    assert desk.arrivals.inserted == [] and card.anyway.text() == "Insert anyway"
    card.anyway.click()
    assert desk.arrivals.inserted == [("maya", card.text)]


def test_the_draft_is_put_in_and_recorded_as_edited(qtbot: QtBot, desk: FakeDesk, live: Sidebar) -> None:
    qtbot.waitUntil(lambda: live.attending.inserting.able)
    live.conversation.use_as_draft(1)
    live.conversation.composer.write("My own words, Maya.")
    live._actions["insert draft"]()
    assert desk.arrivals.inserted == [("maya", "My own words, Maya.")]
    qtbot.waitUntil(lambda: len(desk.choices) == 1)
    assert desk.choices[0][2] is Outcome.EDITED


# --- the same customer, sources of turns, notes


def two_alike(qtbot: QtBot, desk: FakeDesk, live: Sidebar) -> None:
    mark = Contact(ContactKind.EMAIL, "maya@example.org")
    desk.arrivals.alikes = {"maya": (Alike("jo", mark),)}
    desk.arrivals.show(jo())
    qtbot.waitUntil(lambda: live.conversation.alike.isVisible())


def test_the_same_customer_is_proposed_and_joined_only_when_sure(qtbot: QtBot, desk: FakeDesk, live: Sidebar) -> None:
    two_alike(qtbot, desk, live)
    line = live.conversation.alike
    assert line.words.accessibleName() == "May be the same customer as Jo (browser): same e-mail."
    line.join.click()
    assert desk.arrivals.joined == [] and line.sure.isVisible()
    line.cancel.click()
    assert line.join.isVisible()
    line.join.click()
    line.sure.click()
    assert desk.arrivals.joined == [("maya", "jo")]
    qtbot.waitUntil(lambda: live.conversation.turns.model.rowCount() == 10 and not line.isVisible())
    qtbot.waitUntil(lambda: not live.attending.switcher.isVisible())


def test_kept_apart_is_not_asked_again(qtbot: QtBot, desk: FakeDesk, live: Sidebar) -> None:
    two_alike(qtbot, desk, live)
    live.conversation.alike.apart.click()
    assert desk.arrivals.apart == [("maya", "jo")]
    qtbot.waitUntil(lambda: not live.conversation.alike.isVisible())


def test_the_way_of_a_turn_is_shown_where_there_are_several(qtbot: QtBot, desk: FakeDesk, window: Sidebar) -> None:
    talk = conversation_of(SAMPLE, "m")
    turns = tuple(replace(t, via="browser" if t.i < 6 else "push") for t in talk.turns)
    model = window.conversation.turns.model
    model.show_conversation(replace(talk, turns=tuple(replace(t, via="browser") for t in turns)))
    assert model.data(model.index(0), Role.VIA) == ""
    assert "browser" in str(model.data(model.index(0), 11)), "spoken always"
    model.show_conversation(replace(talk, turns=turns))
    assert [model.data(model.index(n), Role.VIA) for n in (0, 7)] == ["browser", "push"]


def test_internal_notes_stand_apart_and_are_no_turns(qtbot: QtBot, desk: FakeDesk, live: Sidebar) -> None:
    turns = live.conversation.turns
    turns.set_open(True)
    height = turns.list.rows.sizeHint(_option(live), turns.model.index(0)).height()
    talk = replace(
        conversation_of(SAMPLE, "maya"),
        asides=(Aside("VIP, be careful\nplease.", -1, "Dana"), Aside("Checked stock.", 0)),
    )
    desk.arrivals.show(talk)
    qtbot.waitUntil(lambda: len(turns.model.asides) == 2)
    assert turns.model.rowCount() == 8
    assert turns.list.rows.sizeHint(_option(live), turns.model.index(0)).height() == height + 48
    tip = str(turns.model.data(turns.model.index(0), 3))
    assert "Internal note · Dana: VIP, be careful please." in tip and "Checked stock." in tip


def _option(window: Sidebar) -> QStyleOptionViewItem:
    option = QStyleOptionViewItem()
    window.conversation.turns.list.initViewItemOption(option)
    return option


# --- saving


def test_a_streamed_one_is_not_kept_where_the_settings_say_so(qtbot: QtBot, desk: FakeDesk, window: Sidebar) -> None:
    desk.settings.set(SAVE, False)
    desk.settings.set(AUTO_ASSIST, False)
    qtbot.waitUntil(lambda: desk.arrivals.tell is not None)
    desk.arrivals.show(jo())
    qtbot.waitUntil(lambda: window.flow.mood is not None)
    window.flow.saving.flush()
    assert desk.history.saved == {}


def test_what_waits_to_be_saved_is_saved_at_the_end(qtbot: QtBot, open_app: Open, desk: FakeDesk) -> None:
    app = open_app(desk)
    qtbot.waitUntil(lambda: desk.arrivals.tell is not None)
    desk.settings.set(AUTO_ASSIST, False)
    desk.arrivals.show(jo())
    qtbot.waitUntil(lambda: app.window.flow.mood is not None and "jo" in desk.history.saved)
    desk.arrivals.show(grown(jo(), "Jo: Hello?"))
    qtbot.waitUntil(lambda: app.window.flow.mood is not None and len(app.window.flow.mood.readings) == 2)
    app.close()
    assert len(desk.history.saved["jo"].conversation.turns) == 3
    assert desk.arrivals.closed


def test_a_saved_one_that_is_live_opens_as_it_stands_now(qtbot: QtBot, desk: FakeDesk, live: Sidebar) -> None:
    qtbot.waitUntil(lambda: "maya" in desk.history.saved)
    live.flow.new()
    desk.arrivals.show(grown(conversation_of(SAMPLE, "maya"), "Maya Reyes: Hello?"))
    live.flow.open_saved("maya")
    qtbot.waitUntil(lambda: live.conversation.turns.model.rowCount() == 9)


def test_a_reading_that_fails_beside_the_open_one_disturbs_nobody(qtbot: QtBot, desk: FakeDesk, live: Sidebar) -> None:
    desk.failures["read"] = KnownError("The emotion model is damaged.")
    desk.arrivals.show(jo())
    qtbot.waitUntil(lambda: len(live.attending.switcher.tabs) == 2)
    qtbot.wait(100)
    assert not live.notice.isVisible()


def test_files_beside_the_one_that_is_being_taken_in_are_read_too(qtbot: QtBot, desk: FakeDesk, live: Sidebar) -> None:
    desk.read_gate.clear()
    desk.arrivals.show(grown(conversation_of(SAMPLE, "maya"), "Maya Reyes: And when?"))
    qtbot.waitUntil(lambda: live.conversation.turns.model.rowCount() == 9)
    live.flow.intake.take(lambda: [conversation_of("Ann: Is my order there?\nSam: Yes.", "ann")], Way.FILE)
    for name in ("jo", "bo"):
        desk.arrivals.show(conversation_of(JO, name), Way.FILE)
    qtbot.wait(100)
    assert live.flow.intake.live, "it waits behind the reading"
    desk.read_gate.set()
    qtbot.waitUntil(lambda: {"jo", "bo", "ann"} <= set(desk.history.saved), timeout=8000)
    assert all(entry.mood is not None for entry in live.streams.entries)
    assert live.flow.conversation is not None and live.flow.conversation.id == "ann"
