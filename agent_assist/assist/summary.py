"""The case in short: each line begun by us, continued by the model, cut at one sentence, and cited or dropped."""

from __future__ import annotations

import re
from dataclasses import dataclass

from agent_assist.assist import claims
from agent_assist.assist.chat import plain
from agent_assist.assist.cite import Citer, stems
from agent_assist.assist.facts import find_facts
from agent_assist.assist.sentences import first_sentences, is_complete, split
from agent_assist.llm.engine import Branch, Message, Role
from agent_assist.records import Conversation, Label, Line, Mood, Speaker, Summary

_TASK = Message(
    Role.SYSTEM,
    "The chat pauses here. Write a handoff note for a colleague: third person, only what was said above, one short "
    "sentence a line.",
)
_LINE = r'root ::= [^\n\r<>{}|#*`\[\]()"“”]+'
_TRIED = re.compile(
    r"\b(?:tried|called|phoned|rang|e-?mailed|contacted|messaged|dm'?e?d|wrote|spoke|spoken|asked|reset|restarted|"
    r"rebooted|reinstalled|uninstalled|checked|changed|updated|cancell?ed|returned|went|visited|submitted|filed|sent|"
    r"replaced|cleared|deleted|logged)\b",
    re.IGNORECASE,
)
WANTS = "summary.wants"
"""Key of the line that says what the customer wants."""

_REPORTING = re.compile(
    r"\b(?:agent|customer|has|have|informed|asked|told|explained|provided|said|offered|stated|mentioned|suggested|advised|"
    r"acknowledged|requested|apologi[sz]ed|confirmed|assistance|further)\b",
    re.IGNORECASE,
)
_TO_KNOW = re.compile(r"^\s*to (?:know|find out|understand|ask)\b")
_QUESTION = re.compile(
    r"\b(?:how (?:do|can|to|long|much)|when (?:will|can|do)|why|tell me|let me know|wondering)\b", re.IGNORECASE
)
_MIN_COVERAGE = 0.5
_NOTABLE = 0.35  # distress of a turn that is worth a word later on
_LINK = re.compile(r"(?:https?://|www\.)\S+")
_MIN_AGENT_WORDS = 5
_COURTESY = re.compile(
    r"(?:hi|hello|hey|dear|thanks?|thank you|(?:i['’]?m|we['’]?re|we are|i am)? ?(?:so |very |really )?sorry|apologies|"
    r"i understand|we understand|please (?:feel|let)|is there anything|how (?:can|may) i)\b",
    re.IGNORECASE,
)
_MAX_WORDS = 45


@dataclass(frozen=True, slots=True)
class _Field:
    """One line to be written: what the model's text begins with, how much of that is only for the model."""

    key: str
    lead: str
    opening: str
    among: tuple[Speaker, ...] = ()


_FIELDS = {
    f.key: f
    for f in (
        _Field("issue", "Problem: ", "The customer", (Speaker.CUSTOMER,)),
        _Field("tried", "What the customer has already done: ", "The customer has", (Speaker.CUSTOMER,)),
        _Field("wants", "What the customer asks for now: ", "The customer wants", (Speaker.CUSTOMER,)),
    )
}


def summary_branches(conversation: Conversation) -> list[Branch]:
    """The lines that this conversation has something for."""
    customer = [plain(t.text) for t in conversation.customer_turns]
    keys = ["issue", "wants"] if customer else []
    if any(_TRIED.search(text) for text in customer):
        keys.append("tried")
    return [
        Branch(
            f"summary.{key}",
            (_TASK,),
            _FIELDS[key].lead + _FIELDS[key].opening,
            max_tokens=44,
            sentences=1,
            grammar=_LINE,
        )
        for key in keys
    ]


class SummaryWriter:
    """Turns the model's lines, as they come, into a summary of one conversation."""

    def __init__(self, conversation: Conversation, mood: Mood) -> None:
        self._conversation = conversation
        self._citer = Citer(conversation)
        self._evidence = claims.Evidence(conversation)
        self._asks = any("?" in t.text or _QUESTION.search(t.text) for t in conversation.customer_turns)
        self._lines: dict[str, Line | None] = {}
        self._fixed = Summary(
            feeling=feeling_line(conversation, mood),
            open=open_lines(conversation),
            facts=find_facts(conversation.turns),
        )
        self._answered = answered_line(conversation)

    def take(self, key: str, text: str) -> None:
        """Takes a finished line, "summary.<field>" and its whole text."""
        field = _FIELDS[key.removeprefix("summary.")]
        self._lines[field.key] = self._check(field, text.removeprefix(field.lead))

    def summary(self) -> Summary:
        """The summary with what is there so far; the problem falls back to the customer's own words."""
        lines = self._lines
        issue = lines.get("issue")
        if issue is None and "issue" in lines:
            issue = self._quote()
        tried = tuple(line for line in (lines.get("tried"), self._answered) if line is not None)
        fixed = self._fixed
        return Summary(issue, tried, fixed.feeling, lines.get("wants"), fixed.open, fixed.facts)

    def _check(self, field: _Field, text: str) -> Line | None:
        line = first_sentences(" ".join(text.split()), 1)
        if not line or len(line.split()) > _MAX_WORDS or line == field.opening:
            return None
        if not is_complete(line):
            return None
        if any(not claim.supported for claim in claims.find(claims.unhidden(line)[0], self._evidence)):
            return None
        rest = _REPORTING.sub(" ", line.removeprefix(field.opening))
        if not self._is_said(field, rest):
            return None
        turns = self._citer.cite(rest, field.among)
        return Line(line, turns) if turns else None

    def _is_said(self, field: _Field, rest: str) -> bool:
        """Whether those whom a line is about said it: the model likes to put one side's words in the other's mouth."""
        own = self._citer.coverage(rest, field.among)
        if own < _MIN_COVERAGE:
            return False
        # What we are said to have done for them has to stand in a turn of ours, whatever a customer's turn says.
        if self._citer.grants_unsaid(rest):
            return False
        # "wants to know whether" is what the model writes where nobody asked anything.
        return field.key != "wants" or not _TO_KNOW.search(rest) or self._asks

    def _quote(self) -> Line | None:
        for turn in self._conversation.customer_turns:
            text = first_sentences(plain(turn.text), 1)
            if len(text.split()) > 3:
                return Line(f"“{_short(text)}”", (turn.i,))
        return None


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


def answered_line(conversation: Conversation) -> Line | None:
    """The newest thing of substance that the agent's side wrote, quoted: the model tells it wrong too often."""
    for turn in reversed(conversation.turns):
        if turn.speaker not in (Speaker.AGENT, Speaker.BOT):
            continue
        said = [s for s in split(plain(turn.text, signed=True)) if len(s.split()) >= _MIN_AGENT_WORDS]
        said = [s for s in said if not _COURTESY.match(s)] or said
        if said:
            # A link in full would fill the line; the facts hold it.
            best = max(said, key=lambda s: (not s.endswith("?"), len(stems(s))))
            verb = "asked" if best.endswith("?") else "wrote"
            return Line(f"The agent {verb}: “{_short(_LINK.sub('(link)', best), 30)}”", (turn.i,))
    return None


def open_lines(conversation: Conversation) -> tuple[Line, ...]:
    """What still waits for an answer: questions and demands of the customer that no agent has written after."""
    waiting = []
    for turn in reversed(conversation.turns):
        if turn.speaker is Speaker.AGENT:
            break
        if turn.speaker is Speaker.CUSTOMER:
            waiting.append(turn)
    lines = []
    for turn in reversed(waiting):
        asks = [s for s in split(plain(turn.text)) if s.endswith("?") or _DEMAND.search(s)]
        if asks:
            lines.append(Line(f"No answer yet to “{_short(asks[-1])}”.", (turn.i,)))
    return tuple(lines[-2:])


_DEMAND = re.compile(
    r"\b(?:i (?:want|need|would like|demand|expect)|i'd like|please|can you|could you|refund|cancel|fix|replace|"
    r"send|call me|let me know|tell me)\b",
    re.IGNORECASE,
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


def _short(text: str, words: int = 18) -> str:
    parts = text.rstrip(".").split()
    return " ".join(parts) if len(parts) <= words else " ".join(parts[:words]) + " …"
