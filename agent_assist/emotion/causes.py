"""What set a customer off: found in the messages that a turn answers and in the turn itself, by the table of nudges.

Messages of agents and bots are searched for what they say. Nobody but the customer is ever read for a feeling.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median

from agent_assist.emotion.nudges import Cause, NudgeTable, Rule, Thing, shipped_nudges, whole_words
from agent_assist.emotion.text import mask
from agent_assist.records import Speaker, Turn

AGENT_TURNS = 3
"""So many of the messages that a turn answers may have set it off; the latest is looked at first."""
SEARCHED_CHARS = 2000
"""Of a longer turn the rest is not searched."""
LONG_SILENCE = timedelta(hours=24)
"""From here on a reply took long, whatever the pace."""
CHAT_PACE = timedelta(minutes=3)
"""A conversation whose messages follow each other so closely, in the middle, is a chat."""
CHAT_SILENCE = timedelta(minutes=10)
"""From here on a reply in a chat took long."""
LEFT_WAITING = timedelta(hours=1)
"""From here on a customer who writes once more was left without an answer."""
SAME_SHARE, SAME_WORDS = 0.8, 6
"""Two messages of so many words that share so much of them are the same words again."""
OTHER_SIDE = (Speaker.AGENT, Speaker.BOT)


@dataclass(frozen=True, slots=True)
class Found:
    """A cause, and the turn that shows it.

    Attributes:
        cause: its name in the table.
        turn: index of the agent's message, or of the customer's own turn.
    """

    cause: str
    turn: int


def find_cause(
    turns: Sequence[Turn], turn: int, nudges: NudgeTable | None = None, passed_over: Collection[int] = ()
) -> Found | None:
    """What set off a customer turn: the first cause of the table that is found, or None.

    Args:
        turns: of the conversation, `turns[k].i == k`.
        turn: index of the customer turn.
        nudges: the table; None takes the shipped one.
        passed_over: indices of customer turns that say nothing, see `spikes.passed_over`.
    """
    table = nudges or shipped_nudges()
    moment = _Moment(turns, turn, passed_over, tuple(table.things.values()))
    for name, cause in table.causes.items():
        shown_by = moment.shows(cause)
        if shown_by is not None:
            return Found(name, shown_by)
    return None


def answered(turns: Sequence[Turn], turn: int, passed_over: Collection[int] = ()) -> tuple[Turn, ...]:
    """The messages of the other side that a turn answers, in order, none at the start of a conversation.

    They are the last ones before it that no customer turn parts, but one that says nothing.
    """
    block: list[Turn] = []
    for earlier in reversed(turns[:turn]):
        if earlier.speaker in OTHER_SIDE:
            block.append(earlier)
        elif earlier.speaker is Speaker.CUSTOMER and block and earlier.i not in passed_over:
            break
    return tuple(reversed(block))


class _Moment:
    """A customer turn with what stands before it."""

    def __init__(self, turns: Sequence[Turn], turn: int, passed_over: Collection[int], things: Sequence[Thing]) -> None:
        self._own = turns[turn]
        self._things = things
        self._before = turns[:turn]
        self._said = [t for t in self._before if t.i not in passed_over]
        self._block = answered(turns, turn, passed_over)
        start = self._block[0].i if self._block else turn
        self._earlier = [t for t in turns[:start] if t.speaker in OTHER_SIDE]

        self._texts: dict[int, str] = {}

    def _text(self, turn: Turn) -> str:
        """What is searched of a turn; masked only when asked for, since few of many turns are."""
        if turn.i not in self._texts:
            self._texts[turn.i] = mask(turn.text)[:SEARCHED_CHARS]
        return self._texts[turn.i]

    def shows(self, cause: Cause) -> int | None:
        """Index of the turn that shows a cause."""
        if self._has(self._own, cause.customer) and self._answers(cause):
            return self._own.i
        for message in reversed(self._block[-AGENT_TURNS:]):
            if self._has(message, cause.agent) and not self._has(message, cause.unless):
                if cause.agent_earlier and not any(self._has(t, cause.agent_earlier) for t in self._earlier):
                    continue
                return message.i
        return None if cause.rule is None else self._by_rule(cause.rule)

    def _answers(self, cause: Cause) -> bool:
        return not cause.answers or any(self._has(message, cause.answers) for message in self._block[-AGENT_TURNS:])

    def _has(self, turn: Turn, patterns: Sequence[str]) -> bool:
        return any(whole_words(pattern).search(self._text(turn)) for pattern in patterns)

    def _by_rule(self, rule: Rule) -> int | None:
        if rule is Rule.LEFT_WAITING:
            return self._own.i if self._left_waiting() else None
        if rule is Rule.LONG_SILENCE:
            return self._block[0].i if self._block and self._long_silence() else None
        shown = self._asked_again if rule is Rule.ASKED_AGAIN else self._same_words
        return next((t.i for t in reversed(self._block[-AGENT_TURNS:]) if shown(t)), None)

    def _asked_again(self, message: Turn) -> bool:
        """Whether it asks for something that the customer gave, or that was asked for and answered."""
        for thing in self._things:
            if self._has(message, thing.asked):
                if any(self._has(t, thing.asked) for t in self._earlier):
                    return True
                if any(_gives(t, thing) for t in self._before[: self._block[0].i] if t.speaker is Speaker.CUSTOMER):
                    return True
        return False

    def _same_words(self, message: Turn) -> bool:
        words = self._words(message)
        others = (self._words(t) for t in self._earlier)
        return len(words) >= SAME_WORDS and any(
            len(words & other) >= SAME_SHARE * len(words | other) for other in others
        )

    def _words(self, turn: Turn) -> set[str]:
        return set(re.findall(r"[^\W\d_]+", self._text(turn).lower()))

    def _long_silence(self) -> bool:
        """Whether the other side answered the customer late."""
        asked = next((t for t in reversed(self._said[: self._index_of_block()]) if t.speaker is Speaker.CUSTOMER), None)
        gap = _gap(asked, self._block[0]) if asked is not None else None
        if gap is None:
            return False
        paces = [pace.total_seconds() for pace in self._gaps() if pace != gap]
        in_chat = len(paces) > 1 and median(paces) <= CHAT_PACE.total_seconds()
        return gap >= (CHAT_SILENCE if in_chat else LONG_SILENCE)

    def _index_of_block(self) -> int:
        return next(k for k, t in enumerate(self._said) if t.i == self._block[0].i)

    def _gaps(self) -> Iterator[timedelta]:
        for first, second in pairwise((*self._said, self._own)):
            gap = _gap(first, second)
            if gap is not None:
                yield gap

    def _left_waiting(self) -> bool:
        """Whether the customer wrote before, and wrote again because nobody had answered."""
        last = next((t for t in reversed(self._said) if t.speaker is not Speaker.SYSTEM), None)
        if last is None or last.speaker is not Speaker.CUSTOMER:
            return False
        gap = _gap(last, self._own)
        return gap is not None and gap >= LEFT_WAITING


def _gives(turn: Turn, thing: Thing) -> bool:
    """Whether a turn holds the thing. Masked text lacks identifiers and addresses, so the turn itself is searched."""
    return any(whole_words(pattern).search(turn.text[:SEARCHED_CHARS]) for pattern in thing.given)


def _gap(first: Turn, second: Turn) -> timedelta | None:
    """Time between two turns; None where it cannot be told: one has no time, or only one names its zone."""
    a, b = first.at, second.at
    if a is None or b is None or _aware(a) != _aware(b):
        return None
    return b - a


def _aware(at: datetime) -> bool:
    return at.utcoffset() is not None
