"""Who speaks, where a page does not say it."""

from __future__ import annotations

from dataclasses import replace

from stream_page import tracker, window

from agent_assist.capture.stream import Tracker
from agent_assist.records import Seen, Speaker

C, A = Speaker.CUSTOMER, Speaker.AGENT


def _sides(stream: Tracker) -> list[Speaker]:
    return [turn.speaker for turn in stream.conversations[0].conversation.turns]


def _say(name: str | None, text: str) -> Seen:
    return Seen(text, name=name)


def test_names_tell_by_their_roles() -> None:
    stream = tracker()
    stream.see(window(_say("Maya", "Hi"), _say("HelpBot", "One moment"), _say("Anna (Support)", "Hello Maya")))
    assert _sides(stream) == [C, Speaker.BOT, A]
    assert stream.conversations[0].conversation.customer == "Maya"


def test_the_customer_of_the_window_decides_over_what_is_said() -> None:
    stream = tracker()
    talk = [_say("Sam", "How can I help you today?"), _say("Maya Reyes", "Hi")]
    stream.see(replace(window(*talk), customer="Sam"))
    assert _sides(stream) == [C, A]


def test_whoever_is_not_the_customer_of_the_window_is_an_agent_though_the_customer_is_silent() -> None:
    stream = tracker()
    stream.see(replace(window(_say("Sam", "Hi")), customer="Maya Reyes"))
    stream.see(replace(window(_say("Sam", "Hi"), _say("Maya", "Hello")), customer="Maya Reyes"))
    assert _sides(stream) == [A, C]


def test_what_is_said_decides_between_bare_names_and_stays() -> None:
    stream = tracker()
    first = [_say("Sam", "Thank you for contacting us, how can I help you?"), _say("Maya", "My lamp is broken")]
    stream.see(window(*first))
    assert _sides(stream) == [A, C]
    stream.see(window(*first, _say("Maya", "How can I help you? Thank you for contacting us."), _say("Kim", "Hm")))
    assert _sides(stream) == [A, C, C, A]


def test_an_agent_alone_is_told_and_the_next_one_is_the_customer() -> None:
    stream = tracker()
    stream.see(window(_say("Sam", "Thank you for contacting us, how can I help you?")))
    stream.see(window(_say("Sam", "Thank you for contacting us, how can I help you?"), _say("Maya", "My lamp")))
    assert _sides(stream) == [A, C]


def test_a_side_without_a_name_is_the_other_one() -> None:
    stream = tracker()
    stream.see(window(_say("Maya", "Hi"), _say(None, "Hello"), _say("Maya", "My lamp"), _say(None, "Sorry")))
    assert _sides(stream) == [C, A, C, A]
    other = tracker()
    other.see(window(Seen("Hi", C), _say(None, "Hello"), Seen("My lamp", C), _say(None, "Sam joined the chat")))
    assert _sides(other) == [C, A, C, Speaker.SYSTEM]


def test_a_name_shown_once_for_several_messages_goes_on() -> None:
    stream = tracker()
    stream.see(window(_say("Maya", "Hi"), _say("Support", "Hello"), _say(None, "One moment"), _say("Maya", "Ok")))
    stream.see(window(_say("Maya", "Ok"), _say(None, "I wait")))
    assert _sides(stream) == [C, A, A, C, C]


def test_messages_without_any_name_are_judged_by_taking_turns() -> None:
    stream = tracker()
    said = [
        "Hi, my lamp arrived broken and I want my money back",
        "I am sorry to hear that. Let me check your order for you.",
        "It is the third time! I am so angry",
        "Thank you for your patience, we will send another. Is there anything else I can help you with?",
    ]
    stream.see(window(*said))
    assert _sides(stream) == [C, A, C, A]
    (note,) = stream.conversations[0].conversation.notes
    assert "guess" in note
    stream.swap("s-1")
    assert _sides(stream) == [A, C, A, C] and stream.conversations[0].conversation.notes == ()


def test_swapped_sides_stay_swapped_in_later_windows_and_conversations() -> None:
    stream = tracker()
    page = [Seen("Hi", C, name="Maya"), Seen("Hello", A, name="Sam")]
    stream.see(replace(window(*page), customer="Maya"))
    arrived = stream.swap("s-1")
    assert arrived is not None and arrived.added == arrived.changed == ()
    assert arrived.conversation.customer == "Sam"
    assert stream.see(replace(window(*page), customer="Maya")) is None
    more = [*page, Seen("My lamp", A, name="Sam"), _say("Maya", "Which?"), _say("Kim", "Wait")]
    stream.see(replace(window(*more), customer="Maya"))
    assert _sides(stream) == [A, C, C, A, C]
    stream.swap("s-1")
    assert _sides(stream) == [C, A, A, C, A]


def test_a_speaker_told_later_counts() -> None:
    stream = tracker()
    stream.see(window(Seen("Hi")))
    arrived = stream.see(window(Seen("Hi", A)))
    assert arrived is not None and _sides(stream) == [A]
