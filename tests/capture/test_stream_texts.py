"""Whole conversations that are taken in, several of them, and customers over channels."""

from __future__ import annotations

from dataclasses import replace

import pytest
from stream_page import START, keyed, seen, shown, talk, texts, tracker, window, with_contacts

from agent_assist.capture.stream import added, as_known, carries_on
from agent_assist.capture.stream.tracker import MAX_CONVERSATIONS
from agent_assist.records import Aside, Contact, ContactKind, CustomerRecord, Seen, Speaker, Way

_LAMP = ("c: Hi, my lamp is broken", "a: Which one?")
C, A = Speaker.CUSTOMER, Speaker.AGENT
MAIL = Contact(ContactKind.EMAIL, "Maya@Example.com ")


# --- a whole conversation


def test_a_text_begins_under_its_own_id_and_goes_on() -> None:
    stream = tracker()
    arrived = stream.take(talk(*_LAMP), Way.PUSH, title="chat.txt")
    assert arrived is not None and arrived.began and arrived.conversation.id == "t-1" and arrived.title == "chat.txt"
    assert stream.take(talk(*_LAMP, id="t-2"), Way.CLIPBOARD) is None
    arrived = stream.take(talk(*_LAMP, "c: The green one", id="t-3"), Way.CLIPBOARD)
    assert arrived is not None and not arrived.began and arrived.added == (2,)
    assert [t.via for t in arrived.conversation.turns] == ["push", "push", "clipboard"]


def test_the_same_id_brings_edits_and_keeps_what_was_taken_back() -> None:
    stream = tracker()
    stream.take(talk(*_LAMP, "c: The green one"), Way.PUSH)
    arrived = stream.take(talk("c: Hi, my lamp is broken!", "c: The green one", "a: Ok"), Way.PUSH)
    assert arrived is not None and arrived.changed == (0,) and arrived.added == (3,)
    assert shown(stream) == ["Hi, my lamp is broken!", "Which one?", "The green one", "Ok"]


def test_a_push_may_hold_just_what_is_new_and_a_file_with_a_chance_id_is_another() -> None:
    stream = tracker()
    stream.take(replace(talk(*_LAMP), customer="Maya Reyes"), Way.PUSH)
    stream.take(replace(talk("c: The green one", "a: I see"), customer="Maya"), Way.PUSH)
    assert shown(stream)[2:] == ["The green one", "I see"]
    arrived = stream.take(talk("c: Cancel everything now", "a: Why is that"), Way.FILE)
    assert arrived is not None and arrived.began and arrived.conversation.id == "s-1"
    arrived = stream.take(talk("c: Cancel everything now", "a: Why is that", "c: It is late"), Way.FILE)
    assert arrived is not None and arrived.conversation.id == "s-1" and arrived.added == (2,)


@pytest.mark.parametrize("customer", ["Bob", None])
@pytest.mark.parametrize("lines", [("c: Cancel it", "a: I cancel it now"), ("c: Cancel it",)])
def test_two_tables_that_both_count_from_one_are_never_mixed(customer: str | None, lines: tuple[str, ...]) -> None:
    stream = tracker()
    stream.take(replace(talk(*_LAMP, id="1"), customer="Ann"), Way.PUSH)
    arrived = stream.take(replace(talk(*lines, id="1"), customer=customer), Way.PUSH)
    assert arrived is not None and arrived.began and arrived.conversation.id != "1"
    known = stream.get("1")
    assert known is not None and len(known.conversation.turns) == 2


def test_what_the_agent_says_to_everybody_makes_no_one_conversation_of_two_tables() -> None:
    stream = tracker()
    stream.take(replace(talk("c: My lamp broke", "a: Let me check that for you", id="1"), customer="Ann"), Way.PUSH)
    other = replace(talk("c: Cancel everything", "a: Let me check that for you", id="1"), customer="Bob")
    arrived = stream.take(other, Way.PUSH)
    assert arrived is not None and arrived.began and stream.take(other, Way.PUSH) is None


def test_a_text_carries_on_what_a_page_showed_and_the_page_goes_on_after_it() -> None:
    stream = tracker()
    page = [Seen(line[3:], C if line[0] == "c" else A) for line in (*_LAMP, "c: The green one", "a: I see")]
    stream.see(window(*page[:2]))
    stream.take(talk(*_LAMP, "c: The green one"), Way.SELECTION)
    arrived = stream.see(window(*page))
    assert arrived is not None and arrived.added == (3,)
    assert [t.via for t in arrived.conversation.turns] == ["browser", "browser", "selection", "browser"]


def test_swapped_sides_stay_swapped_when_the_text_comes_again() -> None:
    stream = tracker()
    stream.take(talk(*_LAMP), Way.PASTE)
    swapped = stream.swap("t-1")
    assert swapped is not None and [t.speaker for t in swapped.conversation.turns] == [A, C]
    arrived = stream.take(talk(*_LAMP, "c: The green one", id="t-2"), Way.PASTE)
    assert arrived is not None and [t.speaker for t in arrived.conversation.turns] == [A, C, A]
    assert stream.swap("nobody") is None


def test_asides_and_the_record_go_along() -> None:
    stream = tracker()
    noted = replace(talk(*_LAMP), asides=(Aside("angry", 1),), record=CustomerRecord((("plan", "Gold"),)))
    stream.take(noted, Way.FOLDER)
    arrived = stream.take(replace(noted, asides=(*noted.asides, Aside("vip", 0))), Way.FOLDER)
    assert arrived is not None and not arrived.added
    assert arrived.conversation.asides == (Aside("vip", 0), Aside("angry", 1))
    assert arrived.conversation.record == noted.record


def test_the_rule_by_itself() -> None:
    short, long = talk(*_LAMP, id="a"), talk(*_LAMP, "c: The green one", id="b")
    assert carries_on(short, long) and not carries_on(long, short)
    assert not carries_on(talk("c: Hi", id="a"), talk("c: Hi", "a: Hello", id="b"))
    assert added(short, long) == long.turns[2:] and added(long, short) is None
    other_sides = talk("a: Hi, my lamp is broken", "c: Which one?", id="a")
    (found,) = as_known([long], [other_sides])
    assert found.id == "a" and [t.speaker for t in found.turns] == [A, C, A]


# --- several conversations


def test_the_latest_stands_first_and_closed_ones_go_first() -> None:
    stream = tracker()
    for i in range(MAX_CONVERSATIONS):
        stream.see(replace(window("Hello", channel=f"{i}"), can_insert=True))
    stream.see(window("Hello", "you", channel="0"))
    assert stream.conversations[0].channel == "0" and stream.conversations[1].open
    stream.close(Way.BROWSER, "5")
    stream.close(Way.BROWSER, "never seen")
    closed = next(t for t in stream.conversations if t.channel == "5")
    assert not closed.open
    stream.take(talk("c: One more"), Way.PASTE)
    assert stream.get(closed.conversation.id) is None
    stream.see(window("Hello", channel="new"))
    channels = {t.channel for t in stream.conversations}
    assert len(stream.conversations) == MAX_CONVERSATIONS and "" not in channels and "1" in channels


def test_a_forgotten_conversation_begins_anew_when_it_is_shown() -> None:
    stream = tracker()
    stream.see(window("Hi", "My lamp is broken"))
    stream.forget("s-1")
    stream.forget("s-1")
    assert stream.conversations == () and stream.get("s-1") is None
    arrived = stream.see(window("My lamp is broken"))
    assert arrived is not None and arrived.began


# --- customers over channels


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (MAIL, Contact(ContactKind.EMAIL, "<maya@example.com>"), True),
        (Contact(ContactKind.EMAIL, "maya"), Contact(ContactKind.EMAIL, "maya"), False),
        (Contact(ContactKind.PHONE, "+44 7700 900123"), Contact(ContactKind.PHONE, "07700-900123"), True),
        (Contact(ContactKind.PHONE, "0044 7700 900123"), Contact(ContactKind.PHONE, "tel:+447700900123"), True),
        (Contact(ContactKind.PHONE, "+49 7700 900123"), Contact(ContactKind.PHONE, "+44 7700 900123"), False),
        (Contact(ContactKind.PHONE, "900123"), Contact(ContactKind.PHONE, "900123"), False),
        (Contact(ContactKind.PHONE, "7900123"), Contact(ContactKind.PHONE, "+44 900123"), False),
        (Contact(ContactKind.ID, " C-17"), Contact(ContactKind.ID, "c-17"), True),
        (Contact(ContactKind.ID, "17"), Contact(ContactKind.PHONE, "17"), False),
        (Contact(ContactKind.ID, " "), Contact(ContactKind.ID, ""), False),
    ],
)
def test_a_contact_is_known_however_it_is_written(one: Contact, other: Contact, same: bool) -> None:
    stream = tracker()
    stream.see(with_contacts(window("Hi", channel="a"), one))
    stream.see(with_contacts(window("Hi", channel="b"), other))
    assert [a.conversation_id for a in stream.alike("s-1")] == ["s-2"] * same
    assert [a.why for a in stream.alike("s-2")] == [other] * same


def test_a_record_tells_contacts_and_a_name_never_does() -> None:
    stream = tracker()
    record = CustomerRecord((("E-Mail", "maya@example.com"), ("Name", "Maya Reyes")))
    stream.take(replace(talk(*_LAMP), record=record, customer="Maya Reyes"), Way.PUSH)
    stream.see(replace(window("Hi"), customer="Maya Reyes"))
    assert stream.alike("t-1") == () == stream.alike("nobody")
    stream.see(with_contacts(window("Hi"), MAIL))
    assert [a.conversation_id for a in stream.alike("t-1")] == ["s-1"]
    stream.keep_apart("s-1", "t-1")
    stream.keep_apart("s-1", "s-1")
    assert stream.alike("t-1") == () == stream.alike("s-1")


def test_a_later_matter_in_the_same_channel_is_not_proposed() -> None:
    stream = tracker()
    stream.see(with_contacts(window(seen("Hi", minute=0)), MAIL))
    stream.see(with_contacts(window(seen("Good morning", minute=5000)), MAIL))
    assert len(stream.conversations) == 2 and stream.alike("s-1") == ()


def test_joined_conversations_are_one_in_the_order_of_their_times() -> None:
    stream = tracker()
    chat = [seen("Hi", "1", 0), seen("Still there?", "2", 20), seen("Good", "3", 60)]
    mail = [seen("My lamp", "1", 10), seen("ok", "2", 30), seen("ok", "3", 90)]
    stream.see(window(*chat[:2], channel="chat"))
    stream.see(window(*mail[:2], channel="mail"))
    arrived = stream.join("s-1", "s-2")
    assert arrived is not None and arrived.added == (1, 3) and arrived.moved
    assert texts(arrived.conversation) == ["Hi", "My lamp", "Still there?", "ok"]
    assert stream.get("s-2") is None and stream.join("s-1", "s-2") is None and stream.join("s-1", "s-1") is None
    stream.see(window(*mail, channel="mail"))
    arrived = stream.see(window(*chat, channel="chat"))
    assert arrived is not None and arrived.added == (4,) and arrived.moved and arrived.channel == "chat"
    assert shown(stream) == ["Hi", "My lamp", "Still there?", "ok", "Good", "ok"]
    assert stream.see(window(*mail, channel="mail")) is None
    assert len(stream.conversations) == 1


def test_without_times_the_joined_stay_together_and_what_is_new_comes_last() -> None:
    stream = tracker()
    stream.see(window("Hi", "ok", channel="chat"))
    stream.see(window("My lamp", "ok", channel="mail"))
    arrived = stream.join("s-2", "s-1")
    assert arrived is not None and texts(arrived.conversation) == ["Hi", "ok", "My lamp", "ok"]
    stream.see(window("Hi", "ok", "Still there?", channel="chat"))
    stream.see(window("My lamp", "ok", "Yes", channel="mail"))
    assert shown(stream) == ["Hi", "ok", "My lamp", "ok", "Still there?", "Yes"]


def test_a_joined_text_goes_on_under_its_own_id_and_by_its_own_turns() -> None:
    stream = tracker()
    stream.see(window(*keyed("Hello", "Anybody?"), channel="chat"))
    stream.take(talk(*_LAMP), Way.PUSH)
    stream.join("s-1", "t-1")
    arrived = stream.take(talk(*_LAMP, "c: The green one"), Way.PUSH)
    assert arrived is not None and arrived.conversation.id == "s-1" and arrived.added == (4,)
    assert stream.take(talk(*_LAMP, "c: The green one", id="t-9"), Way.PASTE) is None
    stream.forget("s-1")
    again = stream.take(talk(*_LAMP), Way.PUSH)
    assert again is not None and again.conversation.id == "t-1"


def test_joining_forgets_what_was_kept_apart_of_the_two() -> None:
    stream = tracker()
    for name in "abc":
        stream.see(with_contacts(window("Hi", channel=name), MAIL))
    stream.keep_apart("s-2", "s-3")
    stream.join("s-1", "s-2")
    assert stream.alike("s-1") == ()
    assert stream.get("s-1") is not None and stream.conversations[0].last_at > START
