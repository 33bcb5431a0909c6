from __future__ import annotations

from dataclasses import replace

import emotion_turns as desk

from agent_assist.emotion import judge, read_mood, read_moods, shipped_nudges
from agent_assist.emotion.habit import Habit, corrected
from agent_assist.emotion.nudges import KINDS
from agent_assist.records import Label


def test_the_mood_of_an_angry_conversation() -> None:
    conversation = desk.talk(*desk.ANGRY_CONVERSATION)
    mood = read_mood(desk.reader(), conversation)
    assert [reading.turn for reading in mood.readings] == [0, 2, 4, 6]
    assert [spike.turn for spike in mood.spikes] == [4]
    assert mood.shift is not None and mood.shift < -0.2
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


def test_an_angry_conversation_tells_its_cause_and_what_to_do() -> None:
    (spike,) = read_mood(desk.reader(), desk.talk(*desk.ANGRY_CONVERSATION)).spikes
    assert spike.trigger_turn == 3 and spike.cause
    assert spike.nudge == shipped_nudges().sentence(spike.cause, spike.kind)


def test_a_turn_in_another_language_is_not_read() -> None:
    conversation = desk.talk(
        ("customer", "My parcel has not come yet, where is it?"),
        ("agent", "Let me look."),
        ("customer", "Ваша служба просто ужасна, верните мне мои деньги немедленно"),
        ("customer", "Sorry, that was for somebody else, my parcel is the question"),
    )
    mood = read_mood(desk.reader(), conversation)
    assert mood.unread == (2,)
    assert [reading.turn for reading in mood.readings] == [0, 3]
    assert mood.of(2) is None


def test_a_conversation_that_is_not_read_at_all_has_no_mood() -> None:
    mood = read_mood(desk.reader(), desk.talk(("customer", "Где моя посылка? Я жду её уже три недели")))
    assert mood.readings == () and mood.unread == (0,)
    assert mood.spikes == () and mood.shift is None and mood.risk is None


def test_relief_is_told() -> None:
    conversation = desk.talk(
        ("customer", "You charged me twice and ignored three e-mails. This is disgusting and I am furious!"),
        ("agent", "I am sorry. I have refunded it."),
        ("customer", "Thank you so much, that is such a relief."),
    )
    mood = read_mood(desk.reader(), conversation)
    assert [(r.turn, r.since) for r in mood.recoveries] == [(2, 0)]


def test_who_mourns_and_says_thank_you_is_not_relieved_and_has_no_other_cause() -> None:
    conversation = desk.talk(
        ("customer", "My mother passed away and you charge her again. This is disgusting and you ignore me again!"),
        ("agent", "I am sorry. I have closed the account."),
        ("customer", "Thank you so much, that is such a relief."),
    )
    mood = read_mood(desk.reader(), conversation)
    assert [v.kind for v in mood.vulnerable] == ["bereavement"]
    assert mood.recoveries == ()
    assert [(spike.turn, spike.cause) for spike in mood.spikes] == [(0, "")]
    assert mood.spikes[0].nudge


def test_a_habit_changes_what_is_judged() -> None:
    conversation = desk.talk(*desk.ANGRY_CONVERSATION)
    plain = read_mood(desk.reader(), conversation)
    same = read_mood(desk.reader(), conversation, habit=Habit())
    calmer = read_mood(desk.reader(), conversation, habit=Habit(offset=-0.2, count=30))
    assert replace(same, ms=0) == replace(plain, ms=0)
    assert all(c.distress <= p.distress for c, p in zip(calmer.readings, plain.readings, strict=True))


def test_a_mood_is_judged_anew_after_a_correction() -> None:
    conversation = desk.talk(*desk.ANGRY_CONVERSATION)
    mood = read_mood(desk.reader(), conversation)
    again = judge(conversation, mood.readings, mood.unread, ms=mood.ms)
    assert again == mood
    turn = mood.spikes[0].turn
    calmed = [corrected(r, Label.NEUTRAL) if r.turn == turn else r for r in mood.readings]
    assert turn not in [spike.turn for spike in judge(conversation, calmed).spikes]


def test_the_sites_table_reaches_the_spikes() -> None:
    silent = replace(shipped_nudges(), kinds=dict.fromkeys(KINDS, ""), causes={})
    mood = read_mood(desk.reader(), desk.talk(*desk.ANGRY_CONVERSATION), nudges=silent)
    assert [(spike.cause, spike.nudge) for spike in mood.spikes] == [("", "")]
