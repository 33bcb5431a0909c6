from __future__ import annotations

from agent_assist.assist.summary import feeling_line
from agent_assist.records import Conversation, EmotionReading, Label, Mood, Speaker, Turn


def reading(turn: int, label: Label, distress: float) -> EmotionReading:
    return EmotionReading(turn, label, distress, 0.0, 0.0, dict.fromkeys(Label, 0.1) | {label: 0.4})


def test_how_a_customer_feels_now_is_not_told_after_a_turn_that_was_not_read() -> None:
    turns = tuple(Turn(i, Speaker.CUSTOMER, text) for i, text in enumerate(("This is a joke!", "Ok.", "Vale, adiós.")))
    conversation = Conversation("c", "plain", turns)
    readings = (reading(0, Label.ANGER, 0.8), reading(1, Label.NEUTRAL, 0.1))
    for mood, told in (
        (Mood(readings), "Angry, calm now."),
        (Mood(readings, unread=(2,)), "Angry."),
        (Mood(readings[:1], unread=(1, 2)), "Angry."),
    ):
        line = feeling_line(conversation, mood)
        assert line is not None
        assert line.text == told
    assert feeling_line(conversation, Mood((), unread=(0, 1, 2))) is None
