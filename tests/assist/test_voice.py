"""Whole replies of a model that has learned our voice: asked for by strategy, judged, shown beside composed ones."""

from __future__ import annotations

import pytest
from conversations import DESK, DESK_MOOD, conversation, mood_of
from scripted_engine import ScriptedEngine

from agent_assist.assist import assist, voice
from agent_assist.assist.intake import branches_for
from agent_assist.assist.moment import Kind
from agent_assist.assist.replies import careful
from agent_assist.assist.replies.compose import every_strategy
from agent_assist.assist.voice import Strategy
from agent_assist.jobs import CancelToken
from agent_assist.records import Assist, Conversation, Label, Mood, Source

OWN = (
    " You ordered on 5 January and three weeks later you're still working from your couch. That is ours to put right,"
    " and I'm sorry. I'm looking at order A-48213 now to see what the warehouse has said since."
)


def run(script: dict[str, str], talk: Conversation = DESK, mood: Mood = DESK_MOOD) -> Assist:
    engine = ScriptedEngine(script)
    engine.voice = True
    return assist(talk, mood, engine, lambda _event: None, CancelToken())


def test_every_strategy_has_a_name_that_the_table_has() -> None:
    known = {strategy.name for strategy in every_strategy()}
    assert {voice.title(strategy) for strategy in Strategy} <= known


@pytest.mark.parametrize("kind", list(Kind))
def test_a_moment_gets_a_few_strategies_or_only_careful_words(kind: Kind) -> None:
    for flags in ((), ("asks",), ("refused",), ("asks", "refused", "missing", "trouble")):
        found = voice.fitting(kind, flags)
        assert len(found) == len(set(found)) <= 4
        assert bool(found) != (kind in careful.KINDS)


def test_a_refusal_is_explained_only_where_somebody_refused() -> None:
    assert Strategy.DECLINE not in voice.fitting(Kind.HOT, ("asks",))
    assert Strategy.DECLINE in voice.fitting(Kind.HOT, ("refused",))


def test_without_the_voice_nobody_is_asked_for_whole_replies() -> None:
    keys = {b.key for b in branches_for(DESK, DESK_MOOD)}
    assert not any(key.startswith(voice.KEY) for key in keys)
    asked = {b.key for b in branches_for(DESK, DESK_MOOD, voice=True)}
    assert voice.KEY + Strategy.OWN in asked and "summary.agent" in asked


def test_a_good_reply_is_shown_under_its_strategy() -> None:
    replies = run({voice.KEY + "own": OWN}).replies
    shown = next(r for r in replies if r.strategy == voice.title(Strategy.OWN))
    assert shown.text == OWN.strip() and shown.source is Source.GENERATED and shown.grounding.ok
    assert len({r.strategy for r in replies}) == len(replies) == 3


@pytest.mark.parametrize(
    "bad",
    [
        " The customer has waited for three weeks and works from the couch. The order should be looked into today.",
        " I've refunded the $649 to your card, and I guarantee that it arrives tomorrow.",
        " Your order",
        "",
    ],
)
def test_what_nobody_should_send_gives_way_to_a_composed_reply(bad: str) -> None:
    replies = run({voice.KEY + "own": bad, voice.KEY + "validate": bad}).replies
    assert len(replies) == 3
    assert all(r.source is Source.COMPOSED and r.grounding.ok for r in replies)


def test_a_reply_that_breaks_off_loses_its_last_sentence_only() -> None:
    replies = run({voice.KEY + "own": OWN + " After that I will see whether the"}).replies
    assert next(r for r in replies if r.source is Source.GENERATED).text == OWN.strip()


def test_what_our_side_did_is_told_by_the_model_where_our_turns_carry_it() -> None:
    line = " said that the system shows a stock delay and that they can't do much until the warehouse confirms."
    tried = run({"summary.agent": line}).summary.tried
    assert [t for t in tried if t.text == "The agent" + line] and tried[-1].turns == (3,)
    invented = run({"summary.agent": " refunded the order and sent a voucher for the trouble."}).summary.tried
    assert invented and not any("voucher" in t.text for t in invented)


def test_a_calm_question_is_answered_with_a_blank_for_what_only_the_desk_knows() -> None:
    talk = conversation("c: Hi, until when is the branch in Hill Street open on Saturdays?")
    answer = " On Saturdays the branch in Hill Street is open until [closing time], and you don't need an appointment."
    replies = run({voice.KEY + "answer": answer}, talk, mood_of(talk, Label.NEUTRAL, 0.05)).replies
    assert answer.strip() in {r.text for r in replies}
