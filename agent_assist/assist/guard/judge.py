"""What one conversation allows: the rules and the evidence brought together."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from typing import NamedTuple

from agent_assist.assist import claims
from agent_assist.assist.claims import Claim, Evidence
from agent_assist.assist.guard import words
from agent_assist.assist.guard.particular import particular_rules
from agent_assist.assist.guard.promises import Allowed, Promise
from agent_assist.assist.guard.rule import Kind, Rule
from agent_assist.assist.guard.rules import RULES
from agent_assist.records import Conversation, Speaker

Place = tuple[int, int]
NOT_SAID = "Not in the conversation: confirm {}."
_NOT_OURS = "No agent has said so here: confirm {}."
_TOO_MUCH = "More than agents here may promise ({limit}): confirm {what}."
_STEM = 5
_REACH = 200  # characters that a clause or a sentence reaches on each side of what was found
_BLANK = "[confirm:"
_BINDING = tuple(rule for rule in RULES if "act" in rule.pattern.groupindex)
_SITE_MAY = frozenset({Kind.COMMITMENT, Kind.GOODWILL})
# Of what a commitment names, these bind: order numbers and addresses only say what it is about.
_BINDS = frozenset({"amount", "date", "how long"})
_BREAK = re.compile(r"[.!?\n]")
_CLAUSE = re.compile(words.CLAUSE, re.IGNORECASE)
_END = re.compile(rf"{words.CLAUSE}|[.!?\n]", re.IGNORECASE)
_ECHO = re.compile(words.ECHO, re.IGNORECASE)
_DENIED = re.compile(words.DENIED, re.IGNORECASE)
_CONDITION = re.compile(words.CONDITION, re.IGNORECASE)
_BOUND = re.compile(rf"\b{words.BOUND}\w*", re.IGNORECASE)
_TAGGED = re.compile(rf"{words.CUE}(?: (?:is|number|id|no\.?))?:? ?(#\w+)", re.IGNORECASE)


class _Pledge(NamedTuple):
    """What an agent has bound the site to: in which words, and whether under a condition."""

    bound: frozenset[str]
    conditional: bool


class _Bound(NamedTuple):
    """A commitment of a text that may stand: its clause, and the promise of the site that covers it, if any."""

    start: int
    end: int
    promise: Promise | None


class Judge:
    """The rules and the evidence of one conversation.

    Args:
        conversation: what is answered.
        allowed: what agents of the site may promise.
    """

    def __init__(self, conversation: Conversation, allowed: Allowed) -> None:
        self.evidence = Evidence(conversation)
        self._allowed = allowed
        self._rules = (*RULES, *particular_rules(conversation, self.evidence))
        # Only an agent's own words bind an agent: a customer's "you approved my refund" never does.
        ours = tuple(t for t in conversation.turns if t.speaker is Speaker.AGENT)
        self._ours = Evidence(replace(conversation, turns=ours, record=None, customer=None))
        self._pledges: dict[tuple[Kind, str], list[_Pledge]] = {}
        for turn in ours:
            for key, pledge in _pledges(claims.plain(claims.unhidden(turn.text)[0])):
                self._pledges.setdefault(key, []).append(pledge)
        self._last: tuple[str, list[tuple[Rule, re.Match[str]]]] = ("", [])
        self._told = " \n ".join(_told(self.evidence.told))
        self._tags = frozenset(m[1] for m in _TAGGED.finditer(self.evidence.searched))

    def broken(self, text: str) -> list[tuple[Place, Rule]]:
        """Matches of all rules that nothing excuses, in the order of the table."""
        wordings = self._wordings(claims.blanked(text))
        blanks = _BLANK in text
        return [
            (match.span(), rule)
            for rule, match in self._matches(text)
            if not (rule.kind is Kind.HASHTAG and match[0].lower() in self._tags)
            and not self._excused(rule, match)
            and not self._is_said(rule, match)
            and not (rule.kind in _SITE_MAY and self._is_allowed(match, wordings))
            and not (blanks and rule.blank and _BLANK in text[slice(*_clause(match))])
        ]

    def _matches(self, text: str) -> list[tuple[Rule, re.Match[str]]]:
        """All matches of all rules; those of the last text are kept, as each text is looked at a few times."""
        last, found = self._last
        if last != text:
            source, whole = claims.blanked(text), claims.plain(text)
            found = [
                (rule, match)
                for rule in self._rules
                # A blank may hold any words but those of the machinery.
                for match in rule.pattern.finditer(whole if rule.kind is Kind.LEAK else source)
                if match.end() > match.start()
            ]
            self._last = (text, found)
        return found

    def claims(self, text: str) -> list[Claim]:
        """All specifics; in a commitment, amounts and times stand only where an agent said them or the site's list."""
        return [claim for claim, _ in self._weighed(text)]

    def unsupported(self, text: str) -> list[tuple[Claim, str]]:
        """Specifics that the conversation does not carry, with what to tell the agent."""
        return [(claim, reason) for claim, reason in self._weighed(text) if not claim.supported]

    def clean(self, text: str) -> bool:
        """Whether there is nothing to object to."""
        return not self.broken(text) and not self.unsupported(text)

    def _weighed(self, text: str) -> Iterator[tuple[Claim, str]]:
        source = claims.blanked(text)
        wordings = self._wordings(source)
        bound = list(self._bound(text))
        for claim in claims.find(text, self.evidence):
            what = claim.kind if claim.kind == "how long" else f"the {claim.kind}"
            if any(start <= claim.start and claim.end <= end for start, end in wordings):
                yield claim._replace(supported=True, spelling=None), ""
                continue
            around = next((b for b in bound if b.start <= claim.start < b.end), None)
            if around is None or not _binds(claim):
                yield claim, NOT_SAID.format(what)
                continue
            yield self._in_commitment(claim, around.promise, source, what)

    def _in_commitment(self, claim: Claim, promise: Promise | None, source: str, what: str) -> tuple[Claim, str]:
        if promise is not None and promise.allows(claim.kind, source[claim.start : claim.end]):
            return claim._replace(supported=True, spelling=None), ""
        ours = claims.find(source[claim.start : claim.end], self._ours)
        supported = claim.supported and bool(ours) and all(c.supported for c in ours)
        if promise is not None and promise.limit:
            return claim._replace(supported=supported), _TOO_MUCH.format(limit=promise.limit, what=what)
        return claim._replace(supported=supported), _NOT_OURS.format(what)

    def _bound(self, text: str) -> Iterator[_Bound]:
        """The commitments of a text that an agent or the site's list has made possible."""
        if not self._pledges and not self._allowed.promises:
            return
        for rule, match in self._matches(text):
            if rule.kind not in _SITE_MAY and "act" not in rule.pattern.groupindex:
                continue
            start, end = _clause(match)
            promise = self._covering(match) if rule.kind in _SITE_MAY else None
            if promise is not None or self._is_said(rule, match):
                yield _Bound(start, end, promise)

    def _excused(self, rule: Rule, match: re.Match[str]) -> bool:
        """Whether the clause around a match only asks, or repeats what a turn has said."""
        if rule.unless is None:
            return False
        sentence = _BREAK.split(match.string[max(0, match.start() - 100) : match.start()])[-1]
        head = _CLAUSE.split(sentence)[-1]
        return rule.unless.search(head) is not None or (_ECHO.search(head) is not None and self._repeats(match))

    def _repeats(self, match: re.Match[str]) -> bool:
        verb = match.groupdict().get("act")
        # The participle itself: "I want a refund" does not say that anything was refunded.
        said = re.escape(verb.lower()) if verb else r"on (?:its|the|their|it's) way"
        return re.search(rf"\b(?:{words.MENDED if said in words.MENDED else said})", self._told) is not None

    def _is_said(self, rule: Rule, match: re.Match[str]) -> bool:
        """Whether an agent has made this very commitment or claim, to no less and under no other condition."""
        pledges = self._pledges.get(key) if (key := _act(rule, match)) is not None else None
        if not pledges:
            return False
        start, end = _clause(match)
        bound = _bound_words(match.string[start:end])
        conditional = _CONDITION.search(_sentence(match)) is not None
        return any(bound <= p.bound and (conditional or not p.conditional) for p in pledges)

    def _is_allowed(self, match: re.Match[str], wordings: list[Place]) -> bool:
        if any(first <= match.start() and match.end() <= last for first, last in wordings):
            return True
        return self._covering(match) is not None

    def _covering(self, match: re.Match[str]) -> Promise | None:
        """The promise of the site that covers the very act of a match."""
        start, end = _clause(match)
        named = match.groupdict().get("act") is not None
        first, last = match.span("act") if named else (max(start, match.start()), match.end())
        return self._allowed.covering(match.string[start:end], (first - start, last - start))

    def _wordings(self, source: str) -> list[Place]:
        """Where a text has one of the site's own sentences, word for word."""
        low = source.lower()
        return [
            (at, at + len(say))
            for say in (claims.plain(p.say).lower() for p in self._allowed.promises)
            if (at := low.find(say)) >= 0
        ]


# The candidates of one moment, and a draft at every key, are judged against the same conversation.
@lru_cache(maxsize=2)
def judge_of(conversation: Conversation, allowed: Allowed) -> Judge:
    """The judge of a conversation; those of the last two are kept."""
    return Judge(conversation, allowed)


def _act(rule: Rule, match: re.Match[str]) -> tuple[Kind, str] | None:
    """The act a match is about: its kind and the stem of its verb, None for slips that are never fine."""
    verb = match.groupdict().get("act")
    return (rule.kind, verb.lower()[:_STEM]) if verb else None


def _pledges(text: str) -> Iterator[tuple[tuple[Kind, str], _Pledge]]:
    """The commitments and claims of an agent's turn; what it asks about binds nobody."""
    bound = _bound_words(text)
    for rule in _BINDING:
        for match in rule.pattern.finditer(text):
            key = _act(rule, match)
            sentence = _sentence(match)
            if key is not None and not sentence.rstrip().endswith("?"):
                yield key, _Pledge(bound, _CONDITION.search(sentence) is not None)


def _bound_words(text: str) -> frozenset[str]:
    return frozenset(m[0].lower()[:_STEM] for m in _BOUND.finditer(text))


def _binds(claim: Claim) -> bool:
    return claim.kind in _BINDS or (claim.kind == "number" and claim.text.endswith("%"))


def _sentence(match: re.Match[str]) -> str:
    """The sentence around a match, with its end mark."""
    text = match.string
    before = _BREAK.split(text[max(0, match.start() - _REACH) : match.start()])[-1]
    after = _BREAK.search(text, match.end(), match.end() + _REACH)
    return text[match.start() - len(before) : after.end() if after else match.end() + _REACH]


def _clause(match: re.Match[str]) -> Place:
    """The last clause of a match, to its end: what its verb is about."""
    text = match.string
    joints = [m.end() for m in _CLAUSE.finditer(text, match.start(), match.end())]
    last = min(match.end() + _REACH, len(text))
    ends = (m for m in _END.finditer(text, match.end(), last) if not _inside_number(text, m.start()))
    return joints[-1] if joints else match.start(), next((m.start() for m in ends), last)


def _inside_number(text: str, at: int) -> bool:
    return text[at - 1 : at].isdigit() and text[at + 1 : at + 2].isdigit()


def _told(text: str) -> list[str]:
    """The clauses of a conversation that say something is so, and do not ask for it or deny it."""
    sentences = re.split(r"(?<=[.!?\n])", text)
    return [c for s in sentences if "?" not in s for c in _CLAUSE.split(s) if not _DENIED.search(c)]
