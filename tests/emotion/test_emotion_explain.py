from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from agent_assist.emotion import EmotionReader, explain, read_mood
from agent_assist.emotion.explain import SENTENCES, UNITS, find_words
from agent_assist.emotion.layer import MAX_WORDS
from agent_assist.encoder import Encoder
from agent_assist.errors import BugError
from agent_assist.records import Conversation, Label, Speaker, Turn
from models.emotion import FOLDER


@cache
def reader() -> EmotionReader:
    return EmotionReader(Encoder(FOLDER))


def talk(*texts: str) -> Conversation:
    """The customer begins, and the agent answers every other turn."""
    speakers = (Speaker.CUSTOMER, Speaker.AGENT)
    return Conversation("one", "test", tuple(Turn(i, speakers[i % 2], text) for i, text in enumerate(texts)))


def words_of(text: str, label: Label) -> list[str]:
    return [text[start:end] for start, end, _ in find_words(reader(), talk(text).customer_turns[0], label)]


@pytest.mark.parametrize(
    ("text", "label", "expected"),
    [
        ("I ordered the lamp in May and your service is a disgrace.", Label.ANGER, "disgrace"),
        ("My father died last week and I have to sort out his account.", Label.SADNESS, "died"),
        ("Thank you so much, the new code works.", Label.SATISFACTION, "Thank"),
        ("I am worried that the money is gone for good.", Label.STRESS, "worried"),
        ("The form confuses me, what goes in box four?", Label.CONFUSION, "confuses"),
    ],
)
def test_the_words_that_carry_the_feeling_are_found(text: str, label: Label, expected: str) -> None:
    assert any(expected in words for words in words_of(text, label)[:2])


def test_leaving_them_out_takes_the_feeling_away() -> None:
    text = "I ordered the lamp in May and your service is a disgrace."
    start, end, weight = find_words(reader(), talk(text).customer_turns[0], Label.ANGER)[0]
    less = talk(text[:start] + text[end:]).customer_turns
    (with_it,), (without) = reader().read(talk(text).customer_turns), reader().read(less)
    assert weight > 0 and with_it.distress > without[0].distress


def test_nothing_is_shown_for_a_neutral_turn() -> None:
    assert words_of("The order number is 4471.", Label.NEUTRAL) == []


def test_of_a_long_turn_the_sentence_that_shows_it_is_explained() -> None:
    calm = "I ordered the blue chair on the second of May and chose delivery to the front door. "
    text = calm * 40 + "This is a disgrace and I am furious. " + calm * 40
    found = find_words(reader(), talk(text).customer_turns[0], Label.ANGER)
    angry = range(text.index("This is a disgrace"), text.index("furious") + len("furious"))
    assert found and all(start in angry and end - 1 in angry for start, end, _ in found)


@settings(max_examples=25, deadline=None)
@given(st.text(max_size=300), st.sampled_from(list(Label)))
def test_any_text_can_be_explained(text: str, label: Label) -> None:
    turn = talk(text or "?").customer_turns[0]
    found = find_words(reader(), turn, label)
    assert len(found) <= MAX_WORDS
    assert [weight for *_, weight in found] == sorted((weight for *_, weight in found), reverse=True)
    for start, end, weight in found:
        assert 0 <= start < end <= len(turn.text) and weight > 0


@pytest.mark.parametrize(
    "text",
    [
        " ".join(f"word{chr(97 + k % 26)}{chr(97 + k // 26)}" for k in range(100)) + " is a disgrace",
        "No. Why? Lies! Help. Ugh. Stop. " * 12,
        "no! " * 99,
    ],
)
def test_an_explanation_costs_a_bounded_number_of_readings(text: str) -> None:
    asked: list[int] = []

    class Counting(Encoder):
        def stream(self, texts: Sequence[str]) -> Iterator[NDArray[np.float32]]:
            asked.append(len(texts))
            return super().stream(texts)

    find_words(EmotionReader(Counting(FOLDER)), talk(text).customer_turns[0], Label.ANGER)
    # The parts of the turn, the sentences of the worst one, and what is left out of one of them.
    assert 0 < sum(asked) <= UNITS + SENTENCES + 1 + 3


def test_a_spike_shows_its_words_and_what_set_it_off() -> None:
    conversation = talk(
        "Hello, could you tell me where order 5521 is?",
        "We can't do much until the carrier replies.",
        "This is ridiculous, I am furious, you promised me Monday and nobody cares!",
    )
    mood = read_mood(reader(), conversation)
    assert mood.spikes and mood.spikes[0].evidence
    assert all(words in conversation.turns[2].text for words in mood.spikes[0].evidence)
    reason = explain(reader(), conversation, mood, 2)
    assert reason.cause_turn == mood.spikes[0].trigger_turn and reason.cause == mood.spikes[0].cause
    assert reason.spans and reason.turn == 2


def test_a_calm_turn_has_no_cause_but_what_it_answers() -> None:
    conversation = talk("Hello, I have a question about my order.", "Sure, what is the number?", "It is 5521.")
    reason = explain(reader(), conversation, read_mood(reader(), conversation), 2)
    assert (reason.spans, reason.cause_turn, reason.cause) == ((), 1, "")
    first = explain(reader(), conversation, read_mood(reader(), conversation), 0)
    assert first.cause_turn is None


def test_a_turn_in_another_language_has_no_words() -> None:
    conversation = talk("Wo bleibt meine Bestellung? Ich warte seit drei Wochen und niemand antwortet mir.")
    mood = read_mood(reader(), conversation)
    assert mood.unread == (0,) and explain(reader(), conversation, mood, 0).spans == ()


def test_nobody_but_the_customer_is_explained() -> None:
    conversation = talk("Hello?", "One moment.")
    with pytest.raises(BugError):
        explain(reader(), conversation, read_mood(reader(), conversation), 1)
