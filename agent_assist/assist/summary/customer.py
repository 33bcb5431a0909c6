"""What is told of the customer without the language model: how they feel, what they tried, what waits."""

from __future__ import annotations

import re

from agent_assist.assist.summary.reported import CUSTOMER
from agent_assist.assist.summary.said import Said, names_of, sentences_of
from agent_assist.records import Conversation, Label, Line, Mood, Speaker

_DID = (
    r"(?:tried|called|phoned|rang|e-?mailed|contacted|messaged|dm'?e?d|written|wrote|spoke|spoken|asked|reset|restarted|"
    r"rebooted|reinstalled|uninstalled|checked|changed|updated|cancell?ed|returned|went|visited|submitted|filed|sent|"
    r"replaced|cleared|deleted|logged|followed|reported|complained|registered|done (?:that|this|both|all))"
)
_TRIED = re.compile(
    rf"(?:\b(?:i|we)\b(?:'ve|\s+have|\s+had)?|^)(?:\s*\b(?:just|already|also|even|both|now|have|been)\b){{0,3}}\s*\b{_DID}\b"
    r"|\b(?:already|twice|times)\b.{0,40}\b(?:did|do|done|tried|called|restarted|reset)\b",
    re.IGNORECASE,
)
_DEMAND = re.compile(
    r"\b(?:i (?:want|need|would like|demand|expect)|i'd like|please|can you|could you|refund|cancel|fix|replace|"
    r"send|call me|let me know|tell me)\b",
    re.IGNORECASE,
)
_AS_WISH = (
    (re.compile(r"The customer asked the agent (?=to )"), "the agent "),
    (re.compile(r"The customer asked for "), ""),
    (re.compile(r"The customer asked (?=(?:whether|what|which|how|when|where|why|who)\b)"), "to know "),
    (re.compile(r"The customer said that they (?:just )?(?:want|need|expect|demand) "), ""),
)
_ADJECTIVES = {
    Label.ANGER: "Angry",
    Label.FRUSTRATION: "Frustrated",
    Label.CONFUSION: "Confused",
    Label.STRESS: "Under stress",
    Label.SADNESS: "Sad",
    Label.SATISFACTION: "Content",
    Label.NEUTRAL: "Calm",
}
_NOTABLE = 0.35  # distress of a turn that is worth a word later on
_FEWEST_WORDS = 4
_QUOTED = 18
_BEGINNING = 2
"""Turns of the customer that count as the beginning."""
_ENOUGH = 8
_ABOUT = 0.6


def feeling_line(conversation: Conversation, mood: Mood) -> Line | None:
    """How the customer feels now and since when, from the readings and in the customer's own words."""
    if not mood.readings:
        return None
    last = mood.readings[-1]
    peak = max(mood.readings, key=lambda r: r.distress)
    spike = max(mood.spikes, key=lambda s: s.distress, default=None)
    shown, felt = last, last.label
    if spike is not None:
        shown, felt = mood.of(spike.turn) or last, spike.kind
    elif peak.distress >= _NOTABLE and peak.label is not Label.NEUTRAL:
        shown, felt = peak, peak.label
    # No turn numbers in the text: the citation shows them, and a number in it would look like one that somebody said.
    words = ", ".join(f"“{w}”" for w in shown.words[:2])
    # What the customer feels after a turn that could not be read is not known.
    known = not any(turn > last.turn for turn in mood.unread)
    now = f", {_ADJECTIVES[last.label].lower()} now" if last.label is not felt and known else ""
    text = _ADJECTIVES[felt] + (f" ({words})" if words else "") + now
    return Line(f"{text}.", tuple(sorted({shown.turn, last.turn})))


def tried_lines(conversation: Conversation) -> tuple[Line, ...]:
    """What the customer says they have done about it already: the sentence that says most, in reported speech."""
    said = [s for s in _sentences(conversation) if _TRIED.search(s.text) and not s.text.endswith("?")]
    if not said:
        return ()
    return (max(said, key=lambda s: len(s.stems)).told(names_of(conversation)),)


def first_line(conversation: Conversation) -> Line | None:
    """What the customer began with, in reported speech: the issue where no written line is supported."""
    said = _sentences(conversation)
    first = [t.i for t in conversation.customer_turns][:_BEGINNING]
    began = [s for s in said if s.turns[0] in first and not s.courteous] or said[:1]
    # The first of those that say about as much as the fullest one.
    most = max((len(s.stems) for s in began), default=0)
    return next((s.told(names_of(conversation)) for s in began if len(s.stems) >= _ABOUT * min(most, _ENOUGH)), None)


def demand_line(conversation: Conversation) -> Line | None:
    """The customer's newest request, in reported speech."""
    said = [s for s in _sentences(conversation) if _asks(s.text) and not s.courteous]
    if not said:
        return None
    told = said[-1].told(names_of(conversation))
    wish = _wish(told.text)
    return Line(wish, told.turns) if wish else None


def open_lines(conversation: Conversation) -> tuple[Line, ...]:
    """What still waits for an answer: questions and demands of the customer that no agent has written after."""
    last = max((t.i for t in conversation.turns if t.speaker is Speaker.AGENT), default=-1)
    waiting: dict[int, Said] = {}
    for said in sentences_of(conversation, CUSTOMER):
        if said.turns[-1] > last and _asks(said.text):
            waiting[said.turns[-1]] = said
    return tuple(Line(f"No answer yet to “{_short(s.text)}”.", s.turns) for s in list(waiting.values())[-2:])


def _sentences(conversation: Conversation) -> list[Said]:
    return [s for s in sentences_of(conversation, CUSTOMER) if len(s.text.split()) >= _FEWEST_WORDS]


def _wish(told: str) -> str | None:
    """A request in reported speech as what the customer wants; one that is only quoted stays; None for no request."""
    for begins, instead in _AS_WISH:
        if match := begins.match(told):
            return f"The customer wants {instead}{told[match.end() :]}"
    return told if "“" in told else None


def _asks(text: str) -> bool:
    return text.endswith("?") or _DEMAND.search(text) is not None


def _short(text: str) -> str:
    parts = text.rstrip(".").split()
    return " ".join(parts) if len(parts) <= _QUOTED else " ".join(parts[:_QUOTED]) + " …"
