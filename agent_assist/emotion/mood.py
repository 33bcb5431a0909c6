"""The mood of whole conversations: readings, and what is judged from them, in one."""

from __future__ import annotations

import time
from collections.abc import Collection, Sequence
from dataclasses import replace

from agent_assist.emotion.context import in_context
from agent_assist.emotion.explain import with_evidence
from agent_assist.emotion.habit import Habit
from agent_assist.emotion.language import unread_turns
from agent_assist.emotion.nudges import NudgeTable, shipped_nudges
from agent_assist.emotion.reader import EmotionReader
from agent_assist.emotion.recovery import find_recoveries
from agent_assist.emotion.spikes import find_spikes
from agent_assist.emotion.trajectory import escalation_risk, sentiment_shift
from agent_assist.emotion.vulnerable import find_vulnerable
from agent_assist.records import Conversation, CustomerTurn, EmotionReading, Mood, Spike, Vulnerability


def read_mood(
    reader: EmotionReader, conversation: Conversation, habit: Habit | None = None, nudges: NudgeTable | None = None
) -> Mood:
    """Reads one conversation; see `read_moods`."""
    return read_moods(reader, [conversation], habit, nudges)[0]


def read_moods(
    reader: EmotionReader,
    conversations: Sequence[Conversation],
    habit: Habit | None = None,
    nudges: NudgeTable | None = None,
) -> list[Mood]:
    """Reads many conversations, their turns all at once; each mood is what `read_mood` alone would give.

    `ms` of each is the time of all, shared out by the number of customer turns.

    Args:
        reader: reads the turns.
        conversations: any number of them.
        habit: what was learnt at this desk; None reads as shipped.
        nudges: the table of causes and sentences; None takes the shipped one.
    """
    start = time.perf_counter()
    unread = [unread_turns(conversation) for conversation in conversations]
    wanted = [_without(conversation, left) for conversation, left in zip(conversations, unread, strict=True)]
    readings = iter(reader.read([turn for turns in wanted for turn in turns]))
    moods = []
    for conversation, turns, left in zip(conversations, wanted, unread, strict=True):
        own = in_context([next(readings) for _ in turns], *reader.carried)
        if habit is not None:
            own = tuple(habit.apply(reading) for reading in own)
        mood = judge(conversation, own, left, nudges=nudges)
        moods.append(with_evidence(reader, conversation, mood))
    counts = [len(conversation.customer_turns) for conversation in conversations]
    each = 1000 * (time.perf_counter() - start) / max(1, sum(counts))
    return [replace(mood, ms=each * count) for mood, count in zip(moods, counts, strict=True)]


def judge(
    conversation: Conversation,
    readings: Sequence[EmotionReading],
    unread: Collection[int] = (),
    *,
    nudges: NudgeTable | None = None,
    ms: float = 0.0,
) -> Mood:
    """The mood of a conversation whose turns are read: as they were, or after the agent corrected one.

    Args:
        conversation: with all its turns.
        readings: of its customer turns but the unread ones, in order.
        unread: indices of the customer turns in a language that is not read.
        nudges: the table of causes and sentences; None takes the shipped one.
        ms: time the reading took, milliseconds.
    """
    table = nudges or shipped_nudges()
    vulnerable = find_vulnerable(_without(conversation, unread))
    spikes = find_spikes(conversation.turns, readings, table)
    recoveries = find_recoveries(conversation.turns, readings)
    told = min((one.turn for one in vulnerable), default=len(conversation.turns))
    return Mood(
        readings=tuple(readings),
        spikes=tuple(_with_care(spike, vulnerable, table) for spike in spikes),
        shift=sentiment_shift(readings),
        risk=escalation_risk(readings),
        ms=ms,
        unread=tuple(unread),
        # Somebody who mourns and says thank you is not relieved.
        recoveries=tuple(recovery for recovery in recoveries if recovery.turn < told),
        vulnerable=vulnerable,
    )


def _with_care(spike: Spike, vulnerable: Sequence[Vulnerability], nudges: NudgeTable) -> Spike:
    """A spike in the turn that tells of a hard time has no other cause, however its words may sound."""
    if spike.cause and any(one.turn == spike.turn for one in vulnerable):
        return replace(spike, cause="", nudge=spike.nudge and nudges.sentence("", spike.kind))
    return spike


def _without(conversation: Conversation, unread: Collection[int]) -> list[CustomerTurn]:
    return [turn for turn in conversation.customer_turns if turn.i not in unread]
