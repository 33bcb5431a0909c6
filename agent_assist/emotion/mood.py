"""The mood of whole conversations: readings, spikes, shift and risk in one."""

from __future__ import annotations

import time
from collections.abc import Sequence

from agent_assist.emotion.reader import EmotionReader
from agent_assist.emotion.spikes import find_spikes
from agent_assist.emotion.trajectory import escalation_risk, sentiment_shift
from agent_assist.records import Conversation, Mood


def read_mood(reader: EmotionReader, conversation: Conversation) -> Mood:
    """Reads one conversation."""
    return read_moods(reader, [conversation])[0]


def read_moods(reader: EmotionReader, conversations: Sequence[Conversation]) -> list[Mood]:
    """Reads many conversations, their turns all at once; each mood is what `read_mood` alone would give.

    `ms` of each is the time of all, shared out by the number of customer turns.
    """
    start = time.perf_counter()
    counts = [len(conversation.customer_turns) for conversation in conversations]
    readings = iter(reader.read([turn for c in conversations for turn in c.customer_turns]))
    moods = []
    for conversation, count in zip(conversations, counts, strict=True):
        own = tuple(next(readings) for _ in range(count))
        spikes = find_spikes(conversation.turns, own)
        moods.append((own, spikes, sentiment_shift(own), escalation_risk(own)))
    each = 1000 * (time.perf_counter() - start) / max(1, sum(counts))
    return [Mood(own, spikes, shift, risk, ms=each * len(own)) for own, spikes, shift, risk in moods]
