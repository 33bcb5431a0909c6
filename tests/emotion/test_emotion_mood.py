from __future__ import annotations

from dataclasses import replace

import emotion_turns as desk

from agent_assist.emotion import read_mood, read_moods


def test_the_mood_of_an_angry_conversation() -> None:
    conversation = desk.talk(*desk.ANGRY_CONVERSATION)
    mood = read_mood(desk.reader(), conversation)
    assert [reading.turn for reading in mood.readings] == [0, 2, 4, 6]
    assert [spike.turn for spike in mood.spikes] == [4]
    assert mood.shift is not None and mood.shift < -0.3
    assert mood.risk is not None and mood.risk > 0.45
    assert mood.ms > 0


def test_many_conversations_at_once_are_read_as_one_by_one() -> None:
    conversations = [
        desk.talk(*desk.ANGRY_CONVERSATION, id="a"),
        desk.talk(("agent", "Hello, is anybody there?"), id="b"),
        desk.talk(*[("customer", text) for text in desk.FROM_CALM_TO_FURIOUS], id="c"),
        desk.talk(id="d"),
    ]
    together = read_moods(desk.reader(), conversations)
    alone = [read_mood(desk.reader(), conversation) for conversation in conversations]
    assert [replace(mood, ms=0) for mood in together] == [replace(mood, ms=0) for mood in alone]


def test_a_conversation_without_the_customer_has_no_mood() -> None:
    mood = read_mood(desk.reader(), desk.talk(("agent", "This is unacceptable!"), ("system", "chat ended")))
    assert mood.readings == () and mood.spikes == ()
    assert mood.shift is None and mood.risk is None
    assert read_moods(desk.reader(), []) == []
