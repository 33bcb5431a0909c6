"""What a window does to a conversation, sentence by sentence."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from stream_page import START, keyed, seen, shown, tracker, window

from agent_assist.capture.stream import Tracker
from agent_assist.capture.stream.entry import MAX_TEXT, MAX_TURNS
from agent_assist.records import Contact, ContactKind, Seen, Speaker, Way, Window

_GAP = "may be missing"


def test_the_first_window_begins_a_conversation() -> None:
    arrived = tracker().see(replace(window("Hi", "My lamp is broken"), title="desk.example"))
    assert arrived is not None and arrived.began and arrived.added == (0, 1)
    assert (arrived.way, arrived.channel, arrived.title) == (Way.BROWSER, "chat", "desk.example")
    assert arrived.conversation.id == "s-1" and arrived.conversation.source == "browser"
    assert {turn.via for turn in arrived.conversation.turns} == {"browser"}


@pytest.mark.parametrize("key", [lambda i: None, lambda i: f"k{i}"], ids=["no keys", "keys"])
def test_only_what_is_new_arrives_and_a_repeated_text_stays_two(key) -> None:  # type: ignore[no-untyped-def]
    stream = tracker()
    page = [seen(text, key(i)) for i, text in enumerate(["Hi", "ok", "ok", "so?", "ok"])]
    stream.see(window(*page[:2]))
    for stop, added in ((3, (2,)), (4, (3,)), (5, (4,))):
        arrived = stream.see(window(*page[max(0, stop - 3) : stop]))
        assert arrived is not None and arrived.added == added and not arrived.moved
        assert stream.see(window(*page[max(0, stop - 3) : stop])) is None
    assert shown(stream) == ["Hi", "ok", "ok", "so?", "ok"]


def test_a_longer_run_of_the_same_text_adds_just_the_difference() -> None:
    stream = tracker()
    stream.see(window("Hi", "ok"))
    stream.see(window("ok", "ok"))
    stream.see(window("ok", "ok", "ok"))
    assert shown(stream) == ["Hi", "ok", "ok", "ok"]


def test_the_longest_overlap_decides_not_the_last_equal_text() -> None:
    stream = tracker()
    stream.see(window("ok", "where is it", "which one", "ok"))
    assert stream.see(window("ok", "where is it", "which one")) is None
    stream.see(window("which one", "ok", "where is it"))
    assert shown(stream) == ["ok", "where is it", "which one", "ok", "where is it"]


def test_an_edit_keeps_its_place_by_key() -> None:
    stream = tracker()
    stream.see(window(*keyed("Hi", "I want a refund", "ok")))
    arrived = stream.see(window(seen("Never mind, all is well", "k1")))
    assert arrived is not None and arrived.changed == (1,) and not arrived.added
    assert shown(stream) == ["Hi", "Never mind, all is well", "ok"]


def test_an_edit_keeps_its_place_without_keys() -> None:
    stream = tracker()
    stream.see(window("Hi there", "Teh lamp is borken", "ok"))
    arrived = stream.see(window("Hi there", "The lamp is broken", "ok"))
    assert arrived is not None and arrived.changed == (1,)
    assert shown(stream) == ["Hi there", "The lamp is broken", "ok"]


def test_an_answer_that_grows_word_by_word_is_one_turn() -> None:
    stream = tracker()
    stream.see(window("Where is my order?"))
    words = ["Your", "order", "left", "our", "house", "on", "Monday", "and", "comes", "tomorrow"]
    for count in range(1, len(words) + 1):
        stream.see(window("Where is my order?", " ".join(words[:count])))
    assert shown(stream) == ["Where is my order?", " ".join(words)]


def test_white_space_is_no_edit_and_control_characters_go() -> None:
    stream = tracker()
    stream.see(window("Hi\x00 there\u2028you"))
    assert shown(stream) == ["Hi there\nyou"]
    assert stream.see(window("Hi there you")) is None


def test_what_the_source_takes_back_stays() -> None:
    stream = tracker()
    stream.see(window(*keyed("Hi", "I hate you", "Sorry")))
    page = keyed("Hi", "I hate you", "Sorry", "Are you there?")
    stream.see(window(page[0], page[2], page[3], whole=True))
    assert shown(stream) == ["Hi", "I hate you", "Sorry", "Are you there?"]
    assert stream.see(window(seen("This message was deleted", "k1"), page[2])) is None


def test_a_message_that_its_time_sorts_elsewhere_moves() -> None:
    stream = tracker()
    a, b, c = keyed("Hi", "Hello", "My lamp is broken")
    stream.see(window(a, b, c))
    arrived = stream.see(window(a, c, b))
    assert arrived is not None and arrived.moved and not arrived.added
    assert shown(stream) == ["Hi", "My lamp is broken", "Hello"]


def test_a_late_message_goes_between_its_neighbours() -> None:
    stream = tracker()
    a, b, c = keyed("Hi", "Hello", "My lamp is broken")
    stream.see(window(a, c))
    arrived = stream.see(window(a, b, c))
    assert arrived is not None and arrived.added == (1,) and arrived.moved
    assert shown(stream) == ["Hi", "Hello", "My lamp is broken"]


def test_scrolled_up_parts_go_before() -> None:
    stream = tracker()
    page = keyed(*(f"message {i}" for i in range(12)))
    stream.see(window(*page[8:]))
    stream.see(window(*page[5:9]))
    stream.see(window(*page[:6], whole=True))
    assert shown(stream) == [m.text for m in page]
    assert stream.conversations[0].conversation.notes[-1:] != (_GAP,)


@pytest.mark.parametrize("turns_up", [1, 2, 6])
def test_a_reload_with_other_keys_brings_only_what_is_new(turns_up: int) -> None:
    stream = tracker()
    words = ["Hi", "ok", "My lamp is broken", "ok", "ok", "When do you send another?"]
    stream.see(window(*(seen(text, f"a{i}") for i, text in enumerate(words[:turns_up])), whole=True))
    stream.see(window(*(seen(text, f"b{i}") for i, text in enumerate(words)), whole=True))
    assert shown(stream) == words
    assert len(stream.conversations) == 1


def test_rows_that_are_numbered_anew_are_no_edits() -> None:
    stream = tracker()
    words = ["Good morning", "My lamp is broken", "Which one?", "The green one", "It was a gift"]
    stream.see(window(*(seen(text, str(i)) for i, text in enumerate(words[2:]))))
    stream.see(window(*(seen(text, str(i)) for i, text in enumerate(words)), whole=True))
    assert shown(stream) == words
    stream.see(window(*(seen(text, str(i)) for i, text in enumerate([*words, "ok"])), whole=True))
    assert shown(stream) == [*words, "ok"]


def test_an_optimistic_message_is_one_turn() -> None:
    stream = tracker()
    first = seen("Where is it?", "k0", 0)
    stream.see(window(first, Seen("ok", Speaker.AGENT)))
    arrived = stream.see(window(first, seen("ok", "k1", 1, speaker=Speaker.AGENT)))
    assert arrived is not None and not arrived.added and arrived.conversation.turns[1].at is not None
    other = seen("Hello?", "k2", 2)
    stream.see(window(first, seen("ok", "k1", 1), Seen("I look", Speaker.AGENT)))
    stream.see(window(first, seen("ok", "k1", 1), other, seen("I look", "k3", 3, speaker=Speaker.AGENT)))
    assert shown(stream) == ["Where is it?", "ok", "Hello?", "I look"]


def test_the_same_words_at_another_time_are_another_message() -> None:
    stream = tracker()
    stream.see(window(seen("ok", minute=0)))
    stream.see(window(seen("ok", minute=30)))
    assert shown(stream) == ["ok", "ok"]


def test_another_whole_page_in_the_channel_is_another_conversation() -> None:
    stream = tracker()
    stream.see(window("Hello! How can I help you today?", "My lamp is broken", "Which one?", whole=True))
    arrived = stream.see(window("Hello! How can I help you today?", "Cancel my order", "Why?", whole=True))
    assert arrived is not None and arrived.began
    assert [len(t.conversation.turns) for t in stream.conversations] == [3, 3]
    back = stream.see(window("My lamp is broken", "Which one?", "The green one"))
    assert back is not None and back.conversation.id == "s-1" and back.added == (3,)


def _inbox(who: str, mail: str, *messages: str) -> Window:
    """A page of one address for all customers, scrolled down."""
    told = [
        Seen(text, Speaker.AGENT if i % 2 else Speaker.CUSTOMER, name="Sam" if i % 2 else who)
        for i, text in enumerate(messages)
    ]
    return replace(window(*told), customer=who, contacts=(Contact(ContactKind.EMAIL, mail),) if mail else ())


@pytest.mark.parametrize("mails", [("ann@x.example", "bob@x.example"), ("", "")])
def test_another_customer_in_the_same_address_is_another_conversation(mails: tuple[str, str]) -> None:
    stream = tracker()
    checks = "Let me check that for you."
    stream.see(_inbox("Ann", mails[0], "My parcel never arrived.", checks))
    arrived = stream.see(_inbox("Bob", mails[1], "Please cancel number 991.", checks, "Today."))
    assert arrived is not None and arrived.began and arrived.conversation.customer == "Bob"
    arrived = stream.see(_inbox("Kim", "", "Where is the invoice?"))
    assert arrived is not None and arrived.began
    arrived = stream.see(_inbox("Kim Lee", "", "It is late."))
    assert arrived is not None and not arrived.began, "a longer name is no other customer"


def test_numbered_rows_of_another_customer_are_no_edits() -> None:
    stream = tracker()
    for who, text in (("Ann", "My parcel never arrived."), ("Bob", "Please cancel number 991.")):
        stream.see(replace(window(seen(text, "0"), whole=True), customer=who))
    assert [t.conversation.customer for t in stream.conversations] == ["Bob", "Ann"]


def test_a_corrected_address_makes_no_other_customer() -> None:
    stream = tracker()
    stream.see(_inbox("Ann", "ann@x.example", "My parcel never arrived."))
    arrived = stream.see(_inbox("Ann", "anna@x.example", "My parcel never arrived.", "Let me check that."))
    assert arrived is not None and not arrived.began and arrived.added == (1,)


def test_it_is_known_which_conversation_a_page_shows_though_nothing_of_it_is_new() -> None:
    stream = tracker()
    ann = replace(window("My parcel never arrived.", "Let me check that.", whole=True), can_insert=True)
    bob = replace(window("Please cancel number 991.", "Sure, today.", whole=True), can_insert=True)
    for look, name in ((ann, "s-1"), (bob, "s-2"), (ann, "s-1"), (ann, "s-1"), (bob, "s-2")):
        stream.see(look)
        assert stream.showing(Way.BROWSER, "chat") == name
        assert [t.conversation.id for t in stream.conversations if t.open] == [name]
    stream.see(replace(bob, seen=()))
    assert stream.showing(Way.BROWSER, "chat") == "" and not any(t.open for t in stream.conversations)
    stream.see(bob)
    stream.close(Way.BROWSER, "chat")
    assert stream.showing(Way.BROWSER, "chat") == "" == stream.showing(Way.BROWSER, "other")
    stream.see(bob)
    stream.join("s-1", "s-2")
    assert stream.showing(Way.BROWSER, "chat") == "s-1"
    stream.forget("s-1")
    assert stream.showing(Way.BROWSER, "chat") == ""


def test_a_page_that_is_read_back_still_shows_its_last_conversation() -> None:
    stream = tracker()
    old, new = seen("My lamp is broken", "k0", 0), seen("Now my chair is broken", "k1", 5000)
    stream.see(window(old))
    stream.see(window(old, new))
    assert stream.showing(Way.BROWSER, "chat") == "s-2"
    assert stream.see(window(old)) is None
    assert stream.showing(Way.BROWSER, "chat") == "s-2"


def test_a_part_without_overlap_is_appended_and_told() -> None:
    stream = tracker()
    stream.see(window("Hi", "My lamp is broken"))
    arrived = stream.see(window("The green one"))
    assert arrived is not None and any(_GAP in note for note in arrived.conversation.notes)
    filled = stream.see(window("My lamp is broken", "Which one?", "The green one"))
    assert filled is not None and not any(_GAP in note for note in filled.conversation.notes)
    assert shown(stream) == ["Hi", "My lamp is broken", "Which one?", "The green one"]


@pytest.mark.parametrize("whole", [True, False])
def test_an_earlier_part_without_overlap_goes_before(whole: bool) -> None:
    stream = tracker()
    page = keyed(*(f"message {i}" for i in range(9)), minutes=True)
    stream.see(window(*page[6:]))
    arrived = stream.see(window(*page[:3], whole=whole))
    assert arrived is not None and not arrived.began and arrived.moved
    assert any(_GAP in note for note in arrived.conversation.notes)
    stream.see(window(*page[2:7]))
    assert shown(stream) == [m.text for m in page]
    assert not any(_GAP in note for note in stream.conversations[0].conversation.notes)


def test_a_new_conversation_begins_after_twelve_silent_hours() -> None:
    stream = tracker()
    day = keyed("My lamp is broken", "I send another", minutes=True)
    late = seen("Thanks!", "k2", 12 * 60)
    stream.see(window(*day))
    stream.see(window(*day, late))
    assert len(stream.conversations) == 1
    after = seen("Now my chair is broken", "k3", 24 * 60 + 1)
    arrived = stream.see(window(day[1], late, after))
    assert arrived is not None and arrived.began and arrived.added == (0,)
    assert stream.see(window(*day, late, after, whole=True)) is None
    more = seen("Hello?", "k4", 24 * 60 + 3)
    stream.see(window(late, after, more))
    assert shown(stream) == ["Now my chair is broken", "Hello?"]
    lone = stream.see(window(seen("Anybody?", "k9", 72 * 60)))
    assert lone is not None and lone.began


def test_what_stands_above_a_session_edge_stays_there() -> None:
    stream = tracker()
    stream.see(window("Hi", "My lamp is broken", seen("ok", minute=0)))
    stream.see(window(seen("ok", minute=0), seen("Good morning to you", minute=2000)))
    assert shown(stream) == ["Good morning to you"]
    stream.forget("s-1")
    assert stream.see(window("My lamp is broken", "ok", seen("Good morning to you", minute=2000))) is None


@pytest.mark.parametrize("way", [Way.CHATWOOT, Way.ZAMMAD])
def test_a_webhook_names_its_case_and_tells_each_message_alone(way: Way) -> None:
    stream = tracker()
    for i, minute in enumerate((0, 1, 60 * 50, 30)):
        stream.see(window(seen("Any news?", f"{i}", minute), way=way, channel="17"))
    (tracked,) = stream.conversations
    assert [turn.at for turn in tracked.conversation.turns] == [START + timedelta(minutes=m) for m in (0, 1, 30, 3000)]
    assert not any(_GAP in note for note in tracked.conversation.notes)
    assert stream.see(window(seen("Any news?", "1", 1), way=way, channel="17")) is None


def test_strange_input_is_taken_kindly() -> None:
    stream = tracker()
    assert stream.see(Window(Way.BROWSER, "", ())) is None
    assert stream.see(window(" \u200b\n", "\x07")) is None
    assert stream.conversations == ()
    odd = [seen("a\ud800", "", name="\n"), seen("x" * (MAX_TEXT + 9), "same"), seen("other words", "same")]
    arrived = stream.see(window(*odd))
    assert arrived is not None and [len(t.text) for t in arrived.conversation.turns] == [2, MAX_TEXT, 11]
    "".join(t.text for t in arrived.conversation.turns).encode()
    naive = seen("late").__class__("late", at=START.replace(tzinfo=None))
    assert stream.see(window("other words", naive)) is not None


def test_a_full_conversation_goes_on_in_another() -> None:
    stream = tracker()
    page = keyed(*(f"message {i}" for i in range(MAX_TURNS + 3)))
    for start in range(0, MAX_TURNS + 3, 400):
        stream.see(window(*page[max(0, start - 3) : start + 400]))
    latest, full = stream.conversations
    assert [t.text for t in latest.conversation.turns] == [m.text for m in page[MAX_TURNS:]]
    assert [t.text for t in full.conversation.turns] == [m.text for m in page[:MAX_TURNS]]
    assert stream.see(window(*page[-6:])) is None
    stream.see(window(seen("before all", "x"), page[0], page[1]))
    assert len(full.conversation.turns) == MAX_TURNS


def test_a_channel_has_the_same_id_after_a_restart_and_a_later_session_another() -> None:
    def restarted() -> Tracker:
        return Tracker(lambda: START, lambda way, channel: f"{way.value}:{channel}")

    first, second = restarted(), restarted()
    for stream in (first, second):
        arrived = stream.see(window("Hi", "My lamp is broken"))
        assert arrived is not None and arrived.conversation.id == "browser:chat"
    later = first.see(replace(window("Hello", "Where is my chair?"), whole=True))
    assert later is not None and later.began and later.conversation.id == "browser:chat-2"
