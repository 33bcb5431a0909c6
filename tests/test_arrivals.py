"""The ways in as one: with hand-written sources, and with the real socket and the real stream."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from queue import SimpleQueue

import pytest
from arrivals_stage import Stage, show

from agent_assist import capture
from agent_assist.arrivals import Arrivals
from agent_assist.arrivals.facade import CLOSED, HELD, NOT_OPEN
from agent_assist.arrivals.wire import window_of
from agent_assist.capture.hook import protocol
from agent_assist.capture.hook.client import Client
from agent_assist.capture.hook.endpoint import socket_path
from agent_assist.errors import KnownError
from agent_assist.paths import Places
from agent_assist.records import ArrivalEvent, Arrived, ContactKind, Inserted, Speaker, Trouble, Way, WaysChanged
from agent_assist.settings import FOLDER, PROGRAMS, Settings

TALK = "Maya: My lamp is broken, order 1234.\nSam: I am sorry to hear that, let me look."


@pytest.fixture
def stage(places: Places) -> Iterator[Stage]:
    made = Stage(places)
    yield made
    made.arrivals.close()
    assert not any(listener.started for listener in made.listeners)
    assert not any(watch.watching for watch in made.watches)


def test_nothing_is_opened_before_the_start_and_nothing_that_is_off(stage: Stage) -> None:
    assert stage.listeners == [] and stage.watches == []
    stage.arrivals.start(stage.told.append)
    assert stage.listeners == [] and stage.watches == []
    assert isinstance(stage.told[-1], WaysChanged) and not any(s.on for s in stage.told[-1].states)


def test_changed_settings_take_effect_at_once(stage: Stage, tmp_path: Path) -> None:
    stage.arrivals.start(stage.told.append)
    stage.settings.set(PROGRAMS, True)
    stage.settings.set(FOLDER, str(tmp_path))
    stage.arrivals.apply()
    assert stage.listeners[0].started and stage.watches[0].folder == tmp_path
    (tmp_path / "other").mkdir()
    stage.settings.set(FOLDER, str(tmp_path / "other"))
    stage.settings.set(PROGRAMS, False)
    stage.arrivals.apply()
    assert not stage.listeners[0].started
    assert [w.watching for w in stage.watches] == [False, True]


def test_what_cannot_be_opened_is_told_and_tried_again_when_settings_change(stage: Stage, tmp_path: Path) -> None:
    stage.problem = "Agent Assist already runs with this data folder. Close one of the two."
    stage.settings.set(PROGRAMS, True)
    stage.settings.set(FOLDER, str(tmp_path / "missing"))
    stage.arrivals.start(stage.told.append)
    assert {event.way for event in stage.told if isinstance(event, Trouble)} == {Way.BROWSER, Way.FOLDER}
    problems = {state.way: state.problem for state in stage.arrivals.states()}
    assert problems[Way.BROWSER] == stage.problem and problems[Way.FOLDER]
    stage.problem = ""
    (tmp_path / "missing").mkdir()
    stage.arrivals.apply()
    assert not any(state.problem for state in stage.arrivals.states())


def test_a_window_is_told_of_once(stage: Stage) -> None:
    caller = stage.open()
    answer = stage.say(caller, show("My lamp is broken.", "I am sorry."))
    assert answer == protocol.Accepted("case-1", 2)
    assert stage.say(caller, show("My lamp is broken.", "I am sorry.")) == protocol.Accepted("case-1", 0)
    (arrived,) = stage.of(Arrived)
    assert isinstance(arrived, Arrived) and arrived.added == (0, 1) and arrived.title == "desk.example"
    assert [t.via for t in arrived.conversation.turns] == ["browser", "browser"]
    assert stage.arrivals.get(arrived.conversation.id) is not None


def test_while_paused_nothing_is_taken_in_and_sources_know(stage: Stage, tmp_path: Path) -> None:
    stage.settings.set(FOLDER, str(tmp_path))
    caller = stage.open()
    stage.arrivals.set_paused(True)
    assert stage.listeners[-1].paused and stage.arrivals.paused
    assert stage.say(caller, show("My lamp is broken.")) == protocol.Refused(HELD)
    assert stage.say(caller, protocol.Push(TALK)) == protocol.Refused(HELD)
    assert stage.watches[-1].paused
    assert stage.of(Arrived) == [] and stage.arrivals.conversations == ()
    stage.arrivals.set_paused(False)
    assert not stage.watches[-1].paused
    stage.say(caller, show("My lamp is broken."))
    assert len(stage.of(Arrived)) == 1


def test_a_pushed_text_is_parsed_and_a_bad_one_is_refused_without_its_words(stage: Stage) -> None:
    caller = stage.open(Way.PUSH)
    assert stage.say(caller, protocol.Push(TALK, title="a.txt")) == protocol.Accepted(added=2, conversations=1)
    answer = stage.say(caller, protocol.Push("secret words", format="nonsense"))
    assert isinstance(answer, protocol.Refused) and "secret" not in answer.why
    (trouble,) = stage.of(Trouble)
    assert trouble == Trouble(Way.PUSH, answer.why)


def test_a_file_of_the_folder_comes_in_and_grows(stage: Stage, tmp_path: Path) -> None:
    stage.settings.set(FOLDER, str(tmp_path))
    stage.arrivals.start(stage.told.append)
    stage.watches[0].on_text("chat.txt", TALK.encode())
    stage.watches[0].on_text("chat.txt", f"{TALK}\nMaya: Thank you.".encode())
    first, second = stage.of(Arrived)
    assert isinstance(first, Arrived) and isinstance(second, Arrived)
    assert first.way is Way.FOLDER and first.title == "chat.txt"
    assert second.conversation.id == first.conversation.id and second.added == (2,)
    stage.watches[0].on_text("bad.bin", b"\x89PNG\r\n" + bytes(50))
    (trouble,) = stage.of(Trouble)
    assert isinstance(trouble, Trouble) and trouble.text.startswith("bad.bin: ")


def test_a_reply_goes_to_the_page_that_shows_the_conversation(stage: Stage) -> None:
    caller = stage.open()
    stage.say(caller, show("My lamp is broken.", channel="a"))
    stage.say(caller, show("Where is my parcel?", channel="b"))
    one = stage.of(Arrived)[0]
    assert isinstance(one, Arrived)
    stage.arrivals.insert(one.conversation.id, "I am sorry.")
    assert stage.listeners[-1].sent == [(7, protocol.Insert("a", "I am sorry."))]
    stage.say(caller, protocol.InsertResult("a", ""))
    assert stage.of(Inserted) == [Inserted(one.conversation.id)]
    stage.say(caller, protocol.InsertResult("a", ""))
    assert len(stage.of(Inserted)) == 1, "nobody asked for it again"


def test_a_page_that_went_on_to_another_customer_gets_no_reply_for_the_one_before(stage: Stage) -> None:
    caller = stage.open()
    stage.say(caller, show("My lamp is broken.", whole=True))
    stage.say(
        caller,
        protocol.Show(
            "case-1",
            [protocol.SeenMessage("Hello, another matter: my invoice.", Speaker.CUSTOMER, key="z1")],
            whole=True,
            can_insert=True,
        ),
    )
    first, second = (e.conversation.id for e in stage.of(Arrived) if isinstance(e, Arrived))
    assert first != second
    stage.arrivals.insert(first, "For Maya only.")
    assert stage.of(Inserted) == [Inserted(first, NOT_OPEN)] and stage.listeners[-1].sent == []
    stage.arrivals.insert(second, "For the other.")
    assert len(stage.listeners[-1].sent) == 1


def test_a_reply_finds_a_page_that_came_back_with_nothing_new(stage: Stage) -> None:
    caller = stage.open()
    ann = show("My parcel never arrived.", whole=True)
    bob = show("Please cancel number 991 today.", whole=True)
    bob.seen[0] = protocol.SeenMessage("Please cancel number 991 today.", Speaker.CUSTOMER, key="b0")
    stage.say(caller, ann)
    stage.say(caller, bob)
    first, second = (e.conversation.id for e in stage.of(Arrived) if isinstance(e, Arrived))
    stage.told.clear()
    stage.say(caller, ann)
    assert [type(event) for event in stage.told] == [WaysChanged], "else nobody asks again whether Insert can be had"
    assert [t.conversation.id for t in stage.arrivals.conversations if t.open] == [first]
    stage.arrivals.insert(second, "For Bob only.")
    assert stage.of(Inserted) == [Inserted(second, NOT_OPEN)] and stage.listeners[-1].sent == []
    stage.say(caller, protocol.Ended("case-1"))
    stage.say(caller, ann)
    stage.arrivals.insert(first, "For Ann.")
    assert stage.listeners[-1].sent == [(7, protocol.Insert("case-1", "For Ann."))]


def test_who_looks_at_the_stream_never_waits_for_what_it_takes_in(stage: Stage) -> None:
    caller = stage.open()
    stage.say(caller, show("My lamp is broken."))
    (arrived,) = stage.of(Arrived)
    assert isinstance(arrived, Arrived)
    held, looked = threading.Event(), threading.Event()

    def hold() -> None:
        with stage.arrivals._lock:
            held.set()
            looked.wait(10)

    taking = threading.Thread(target=hold)
    taking.start()
    assert held.wait(5)
    seen: list[object] = []

    def look() -> None:
        one = arrived.conversation.id
        seen.extend([stage.arrivals.conversations, stage.arrivals.get(one), stage.arrivals.alike(one)])

    looking = threading.Thread(target=look)
    looking.start()
    looking.join(5)
    waits = looking.is_alive()
    looked.set()
    taking.join()
    looking.join()
    assert not waits and seen[2] == () and seen[0] == (seen[1],)


def test_a_folder_that_is_lost_is_no_source_until_it_is_there_again(stage: Stage, tmp_path: Path) -> None:
    stage.settings.set(FOLDER, str(tmp_path))
    stage.arrivals.start(stage.told.append)
    watch = stage.watches[0]

    def states() -> list[tuple[int, str]]:
        last = [event for event in stage.told if isinstance(event, WaysChanged)][-1]
        return [(s.sources, s.problem) for s in last.states if s.way is Way.FOLDER]

    for lost in ("", "It is gone.", ""):
        watch.lost = lost
        watch.on_change()
        assert states() == [(0, lost) if lost else (1, "")]


def test_a_real_folder_that_is_not_there_is_said_until_it_is(real: Arrivals, tmp_path: Path) -> None:
    told: SimpleQueue[tuple[int, bool]] = SimpleQueue()

    def tell(event: ArrivalEvent) -> None:
        if isinstance(event, WaysChanged):
            (folder,) = (s for s in event.states if s.way is Way.FOLDER)
            told.put((folder.sources, bool(folder.problem)))

    def wait_for(wanted: tuple[int, bool]) -> None:
        while told.get(timeout=10) != wanted:
            pass

    real._settings.set(FOLDER, str(tmp_path / "later"))
    real.start(tell)
    wait_for((0, True))
    (tmp_path / "later").mkdir()
    wait_for((1, False))


def test_without_a_reply_box_or_a_page_it_says_so(stage: Stage) -> None:
    caller = stage.open()
    stage.say(caller, show("My lamp is broken.", can_insert=False))
    (arrived,) = stage.of(Arrived)
    assert isinstance(arrived, Arrived)
    for identity in (arrived.conversation.id, "nobody"):
        stage.arrivals.insert(identity, "Sorry.")
    assert [e.why_not for e in stage.of(Inserted) if isinstance(e, Inserted)] == [NOT_OPEN, NOT_OPEN]


def test_a_source_that_goes_away_takes_its_pages_along(stage: Stage) -> None:
    caller = stage.open()
    stage.say(caller, show("My lamp is broken."))
    (arrived,) = stage.of(Arrived)
    assert isinstance(arrived, Arrived)
    identity = arrived.conversation.id
    tracked = stage.arrivals.get(identity)
    assert tracked is not None and tracked.open
    stage.arrivals.insert(identity, "Sorry.")
    stage.listeners[-1].come()
    assert stage.of(Inserted) == [Inserted(identity, CLOSED)]
    tracked = stage.arrivals.get(identity)
    assert tracked is not None and not tracked.open


def test_after_a_join_the_reply_still_finds_the_page(stage: Stage) -> None:
    caller = stage.open()
    stage.say(caller, show("My lamp is broken.", channel="a"))
    stage.say(caller, show("Where is my parcel?", channel="b"))
    one, other = (e.conversation.id for e in stage.of(Arrived) if isinstance(e, Arrived))
    assert stage.arrivals.join(one, other) is not None
    stage.arrivals.insert(one, "Hello.")
    assert stage.listeners[-1].sent[-1] == (7, protocol.Insert("b", "Hello."))


def test_what_came_from_outside_is_cleaned() -> None:
    shown = protocol.Show(
        "c",
        [protocol.SeenMessage("  \x07hi\r\nthere ", at="2026-01-05T10:00:00Z"), protocol.SeenMessage(" \x00 ")],
        title="desk\n<b>",
        customer=" Maya\x1b[31m ",
        contacts=[protocol.Mark(ContactKind.EMAIL, "m@x.org")],
    )
    window = window_of(Way.BROWSER, shown)
    assert [s.text for s in window.seen] == ["hi\nthere"] and window.seen[0].at is not None
    assert window.title == "desk <b>" and window.customer == "Maya[31m"
    assert window.contacts[0].kind is ContactKind.EMAIL


def test_nothing_is_told_after_the_end(stage: Stage) -> None:
    caller = stage.open()
    listener = stage.listeners[-1]
    stage.arrivals.close()
    listener.on_message(caller, show("My lamp is broken."))
    assert stage.told == []


@pytest.fixture
def real(places: Places) -> Iterator[Arrivals]:
    settings = Settings(places.settings)
    settings.set(PROGRAMS, True)
    made = Arrivals(places, settings, capture=capture.read, version="1")
    yield made
    made.close()


def test_through_the_real_socket_into_the_real_stream(real: Arrivals, places: Places) -> None:
    told: list[ArrivalEvent] = []
    connected = threading.Event()

    def tell(event: ArrivalEvent) -> None:
        told.append(event)
        if isinstance(event, WaysChanged) and any(s.sources for s in event.states):
            connected.set()

    real.start(tell)
    with Client(socket_path(places), Way.PUSH, "a test") as client:
        assert connected.wait(5)
        assert client.ask(protocol.Push(TALK)) == protocol.Accepted(added=2, conversations=1)
        assert client.ask(show("Where is my parcel?")) == protocol.Accepted("case-1", 1)
        real.set_paused(True)
        with pytest.raises(KnownError):
            client.ask(protocol.Push(TALK))
    assert [e.conversation.turns[0].text for e in told if isinstance(e, Arrived)] == [
        "My lamp is broken, order 1234.",
        "Where is my parcel?",
    ]
    assert [t.way for t in real.conversations] == [Way.PUSH, Way.PUSH]


def test_twenty_sources_at_once_lose_nothing(real: Arrivals, places: Places) -> None:
    told: list[ArrivalEvent] = []
    real.start(told.append)

    def push(n: int) -> None:
        with Client(socket_path(places), Way.PUSH, "a test") as client:
            client.ask(protocol.Push(f"Customer{n}: My order {n} has not come and nobody answers me."))

    threads = [threading.Thread(target=push, args=(n,)) for n in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(real.conversations) == 20
    assert sum(isinstance(event, Arrived) for event in told) == 20


def test_a_second_one_with_the_same_data_folder_says_so(real: Arrivals, places: Places) -> None:
    real.start(lambda _event: None)
    settings = Settings(places.settings)
    other = Arrivals(places, settings, capture=capture.read, version="1")
    told: list[ArrivalEvent] = []
    other.start(told.append)
    assert any(isinstance(event, Trouble) and event.way is Way.BROWSER for event in told)
    other.close()
