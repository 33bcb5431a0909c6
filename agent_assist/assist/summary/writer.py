"""The case in short: each line written or told, checked, and cited, or left out."""

from __future__ import annotations

import re
from dataclasses import replace

from agent_assist.assist.facts import find_facts
from agent_assist.assist.summary.answers import answer_lines
from agent_assist.assist.summary.customer import demand_line, feeling_line, first_line, open_lines, tried_lines
from agent_assist.assist.summary.fields import ABOUT, ASKS, COMPLAINS, ISSUES, OURS, WANTS, WISH
from agent_assist.assist.summary.support import Support, Supported, content, says_the_same
from agent_assist.assist.summary.words import words
from agent_assist.records import Conversation, Line, Mood, Summary

_TO_KNOW = re.compile(r"^The customer wants to (?:know|find out|understand|ask)\b")
_QUESTION = re.compile(
    r"\b(?:how (?:do|can|to|long|much)|when (?:will|can|do)|why|tell me|let me know|wondering)\b", re.IGNORECASE
)
_GENERAL = words("general")
"""Stems of what the model writes about any conversation."""
_NOT_YET = "The last request is not answered yet."
_DISTRESSED = 0.25
_FITTING = 0.15
_LONG, _SHORT = 22, 7
_PER_WORD = 0.01


class SummaryWriter:
    """Turns the model's lines, as they come, into a summary of one conversation."""

    def __init__(self, conversation: Conversation, mood: Mood) -> None:
        self._conversation = conversation
        self._support = Support(conversation)
        turns = conversation.customer_turns
        self._asks = any("?" in t.text or _QUESTION.search(t.text) for t in turns)
        self._begins_asking = bool(turns) and "?" in turns[0].text
        self._complains = any(r.distress >= _DISTRESSED for r in mood.readings)
        self._issues: dict[str, Supported | None] = {}
        self._wants: Line | None = None
        self._told = _told(conversation, mood)

    @property
    def wants(self) -> Line | None:
        """What the customer wants, also where the summary leaves it out because its issue says so already."""
        return self._wants

    def take(self, key: str, text: str) -> None:
        """Takes a finished line, one of the keys of `summary_branches` and its whole text."""
        if key == OURS.key:
            found = self._support.check_ours(text, OURS.text)
            if found is not None:
                self._told = replace(self._told, tried=(*tried_lines(self._conversation), found.line))
        elif key == WANTS:
            found = self._support.check(text.removeprefix(WISH.lead), WISH.text)
            self._wants = found.line if found and self._is_wish(found.line.text) else demand_line(self._conversation)
        else:
            self._issues[key] = self._support.check(text, ISSUES[key].text)

    def summary(self) -> Summary:
        """The summary with what is there so far."""
        return _composed(self._issue(), self._wants, self._told)

    def _issue(self) -> Line | None:
        """The best supported of the lines, once all have come; the customer's own words where none is supported."""
        if len(self._issues) < len(ISSUES):
            return None
        found = [(self._rank(key, each), each.line) for key, each in self._issues.items() if each is not None]
        if found:
            line = max(found, key=lambda f: f[0])[1]
            # Who only tells or asks something does not complain.
            text = line.text if self._complains else _calm(line.text)
            return Line(text, line.turns)
        return first_line(self._conversation)

    def _rank(self, key: str, found: Supported) -> float:
        words = len(found.line.text.split())
        fits = (key == ASKS.key) == (self._begins_asking and not self._complains)
        return found.support + _FITTING * fits - _PER_WORD * (max(words - _LONG, 0) + max(_SHORT - words, 0))

    def _is_wish(self, text: str) -> bool:
        # "Wants to know whether" is what the model writes where nobody asked anything.
        return bool(content(text) - _GENERAL) and (self._asks or not _TO_KNOW.match(text))


def _calm(text: str) -> str:
    """A line without the word "complaining"."""
    text = text.replace(COMPLAINS.text, "The customer says that", 1)
    return text.replace(ABOUT.text, "The customer is writing about", 1)


def summary_by_rule(conversation: Conversation, mood: Mood) -> Summary:
    """A summary without the language model: what was said, in reported speech or quoted."""
    return _composed(first_line(conversation), demand_line(conversation), _told(conversation, mood))


def _told(conversation: Conversation, mood: Mood) -> Summary:
    """What is found by rule whatever the model writes."""
    return Summary(
        tried=(*tried_lines(conversation), *answer_lines(conversation)),
        feeling=feeling_line(conversation, mood),
        open=open_lines(conversation),
        facts=find_facts(conversation.turns),
    )


def _composed(issue: Line | None, wants: Line | None, told: Summary) -> Summary:
    """The whole, without a line that only says again what stands above it."""
    said = issue.text if issue else ""
    if wants and says_the_same(wants.text, said):
        wants = None
    tried = tuple(line for line in told.tried if not says_the_same(line.text, said))
    above = f"{said} {wants.text if wants else ''}"
    waiting = (Line(_NOT_YET, line.turns) if says_the_same(line.text, above) else line for line in told.open)
    return Summary(issue, tried, told.feeling, wants, tuple(dict.fromkeys(waiting)), told.facts)
