"""What a conversation is about, told by the customer's own words from a table."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files

import msgspec

from agent_assist.assist.replies.bank import Situation
from agent_assist.assist.replies.mirror import tidy
from agent_assist.records import Conversation, Speaker

_MOST = 4
_FADES = 0.6
_MANY = 14  # words of a turn that only gives what was asked for
_NEWEST = 3  # customer turns that still say what it is about


class Rule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How a situation is told: one of the customer's turns has `pattern`, and not `unless`."""

    name: Situation
    pattern: str
    unless: str = ""


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    situation: tuple[Rule, ...]


@cache
def rules() -> tuple[tuple[Situation, re.Pattern[str], re.Pattern[str] | None], ...]:
    """The table that ships, ready to search with.

    Raises:
        msgspec.DecodeError: it is damaged.
    """
    data = files("agent_assist.assist.replies").joinpath("situations.toml").read_bytes()
    table = msgspec.toml.decode(data, type=_File).situation
    return tuple((r.name, _whole(r.pattern), _whole(r.unless) if r.unless else None) for r in table)


def _whole(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{pattern})(?!\w)", re.IGNORECASE)


def situations(conversation: Conversation, *, first: bool = True) -> tuple[Situation, ...]:
    """The situations of a conversation, likeliest first, at most four.

    What the customer said last counts most; thanks count only there. `STEPS`, `ASKED` and `ANSWERED` say what the agent
    did in the newest turn, `GAVE` that the customer has just given what the agent had asked for.

    Args:
        conversation: its customer's turns are looked at.
        first: whether how the case began still counts where much was said since.
    """
    scores: dict[Situation, float] = {}
    weight = 1.0
    turns = conversation.customer_turns
    for turn in (*reversed(turns[-_NEWEST:]), *(turns[:1] if first and len(turns) > _NEWEST else ())):
        text = tidy(turn.text)
        for rank, (name, pattern, unless) in enumerate(rules()):
            if (
                (name is not Situation.THANKS or weight == 1.0)
                and pattern.search(text)
                and not (unless and unless.search(text))
            ):
                scores[name] = scores.get(name, 0.0) + weight - rank / 1000
        weight *= _FADES
    found = sorted(scores, key=lambda name: -scores[name])[:_MOST]
    return (*found, *_last_move(conversation))


def tells(situation: Situation, text: str) -> bool:
    """Whether a text has the words of a situation."""
    return any(name is situation and pattern.search(text) is not None for name, pattern, _ in rules())


_GIVES = re.compile(
    r"\b(?:try(?:ing)?|steps?|troubleshoot\w*|restart\w*|re-?install\w*|reset\w*|clear(?:ing)? (?:the|your)|"
    r"settings|unplug\w*|update your|"
    r"support article|guide|follow (?:the|these|this)|sign(?:ing)? out|log(?:ging)? out|work(?:ing)? through)\b",
    re.IGNORECASE,
)
_WANTS = re.compile(
    r"\?|\b(?:please|kindly|can you|could you|feel free to) (?:\w+ ){0,3}(?:DM|PM|send|share|provide|confirm|"
    r"tell|give|include|reach out|contact|submit|"
    r"fill|email|message|reply)\b|\b(?:send us|DM us|shoot us|let us know (?:your|the|which|what)|"
    r"reach out to us|message us)\b",
    re.IGNORECASE,
)


def _last_move(conversation: Conversation) -> tuple[Situation, ...]:
    """What the newest turn does: the agent's gives steps, asks or answers, the customer's gives what was asked."""
    last = conversation.turns[-1] if conversation.turns else None
    if last is None:
        return ()
    if last.speaker is Speaker.CUSTOMER:
        before = next((t for t in reversed(conversation.turns[:-1]) if t.speaker is Speaker.AGENT), None)
        short = len(last.text.split()) <= _MANY and "?" not in last.text
        return (Situation.GAVE,) if before is not None and _WANTS.search(before.text) and short else ()
    if last.speaker is not Speaker.AGENT:
        return ()
    found = [s for s, p in ((Situation.STEPS, _GIVES), (Situation.ASKED, _WANTS)) if p.search(last.text)]
    return tuple(found) or (Situation.ANSWERED,)
