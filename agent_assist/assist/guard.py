"""The guard in front of every suggestion: nothing leaves it that the conversation does not carry."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache

from agent_assist.assist import claims
from agent_assist.assist import guard_words as words
from agent_assist.assist.claims import Claim, Evidence
from agent_assist.assist.guard_rules import RULES, Action, Rule
from agent_assist.assist.sentences import PLACEHOLDER, spans
from agent_assist.records import Conversation, Grounding, Speaker

MIN_WORDS = 6
"""A mended text with fewer words outside its placeholders is not worth showing."""

_MAX_BLANKS = 2
_MAX_SAFE = 2
_ROUNDS = 8
_STEM = 5
_WORDS = re.compile(r"[a-z0-9']+", re.IGNORECASE)
_ANY_WORD = re.compile(r"\w")
# What may stand between a clause worth keeping and the commitment after it.
_JOINT = re.compile(
    r"(?:\s*[,;:\u2013\u2014-])?\s*(?:\b(?:and|but|so|then|please know that|meanwhile)\b)?"
    r"[\s,]*(?:\b(?:your|the|our|this|that|an?)\s+)?$"
)
_BREAK = re.compile(r"[.!?\n]")
_CLAUSE = re.compile(words.CLAUSE, re.IGNORECASE)
_ECHO = re.compile(words.ECHO, re.IGNORECASE)
_DENIED = re.compile(words.DENIED, re.IGNORECASE)
_TAGGED = re.compile(rf"{words.CUE}(?: (?:is|number|id|no\.?))?:? ?(#\w+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Finding:
    """Something in a text that the guard objects to.

    Attributes:
        start: where it begins.
        end: where it ends, exclusive.
        rule: id of the rule, or "unsupported" for a specific that the conversation does not carry.
        kind: the rule's kind, or what the specific is (amount, date, how long, ...).
        text: as it stands.
        reason: one line for the agent.
    """

    start: int
    end: int
    rule: str
    kind: str
    text: str
    reason: str


@dataclass(frozen=True, slots=True)
class Mended:
    """A suggestion after the guard.

    Attributes:
        text: ready to show, `check(text).ok` holds; None where nothing worth showing was left.
        changes: one line for each thing that was changed, in the order of the changes.
    """

    text: str | None
    changes: tuple[str, ...] = ()


def check(text: str, conversation: Conversation) -> Grounding:
    """Names everything in a suggestion that the conversation does not carry or that no agent should send.

    Args:
        text: a suggestion; what stands in `[...]` is not checked.
        conversation: what it answers.

    Returns:
        `ok` and, in order, the words objected to as they stand in `text`, each once.
    """
    found = findings(text, conversation)
    return Grounding(not found, tuple(dict.fromkeys(f.text for f in found)))


def findings(text: str, conversation: Conversation) -> list[Finding]:
    """What `check` objects to, with places and reasons, in the order of the text."""
    judge = _judge(conversation)
    seen, places = claims.unhidden(text)
    found = [_of_rule(seen, span, rule) for span, rule in judge.broken(seen)]
    found += [_of_claim(c) for c in judge.unsupported(seen)]
    if places:
        found = [_placed(f, text, places) for f in found]
    return sorted(found, key=lambda f: (f.start, f.end))


def first_finding(text: str, conversation: Conversation) -> int | None:
    """Where the first thing that `check` objects to begins, None where there is none.

    A draft that is still being written can be shown up to there.
    """
    judge = _judge(conversation)
    seen, places = claims.unhidden(text)
    starts = [start for (start, _), _ in judge.broken(seen)] + [c.start for c in judge.unsupported(seen)]
    return (places[min(starts)] if places else min(starts)) if starts else None


def mend(text: str, conversation: Conversation) -> Mended:
    """Makes a suggestion safe to show: strips, drops and rewrites, and leaves visible blanks for specifics.

    The result passes `check`, and mending it again changes nothing.

    Args:
        text: a suggestion as the language model or a template wrote it.
        conversation: what it answers.

    Returns:
        The mended text, or None where fewer than `MIN_WORDS` words were left.
    """
    judge = _judge(conversation)
    changes: list[str] = []
    current = text.strip()
    for _ in range(_ROUNDS):
        mended = _round(current, judge, changes)
        if mended == current:
            break
        current = mended
    else:
        return Mended(None, (*dict.fromkeys(changes), "Left out: it could not be made safe."))
    told = tuple(dict.fromkeys(changes))
    if len(_WORDS.findall(PLACEHOLDER.sub(" ", current))) < MIN_WORDS or not judge.clean(current):
        return Mended(None, told)
    return Mended(current, told)


_BINDING = tuple(rule for rule in RULES if "act" in rule.pattern.groupindex)


class _Judge:
    """The rules and the evidence of one conversation."""

    def __init__(self, conversation: Conversation) -> None:
        self.evidence = Evidence(conversation)
        self._said = frozenset(
            key
            for turn in conversation.turns
            # Only an agent's own words bind an agent: a customer's "you approved my refund" never does.
            if turn.speaker is Speaker.AGENT
            for rule in _BINDING
            for match in rule.pattern.finditer(claims.plain(claims.unhidden(turn.text)[0]))
            if (key := _act(rule, match)) is not None
        )
        self._told = " \n ".join(_told(self.evidence.searched))
        self._tags = frozenset(m[1] for m in _TAGGED.finditer(self.evidence.searched))

    def broken(self, text: str) -> list[tuple[tuple[int, int], Rule]]:
        """Matches of all rules, in the order of the table."""
        source = claims.blanked(text)
        return [
            (match.span(), rule)
            for rule in RULES
            for match in rule.pattern.finditer(source)
            if match.end() > match.start()
            and ((key := _act(rule, match)) is None or key not in self._said)
            and not self._excused(rule, match)
            and not (rule.kind == "hashtag" and match[0].lower() in self._tags)
        ]

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

    def unsupported(self, text: str) -> list[Claim]:
        """Specifics that the conversation does not carry."""
        return [c for c in self.claims(text) if not c.supported]

    def claims(self, text: str) -> list[Claim]:
        """All specifics."""
        return claims.find(text, self.evidence)

    def clean(self, text: str) -> bool:
        """Whether there is nothing to object to."""
        return not self.broken(text) and not self.unsupported(text)


# The candidates of one moment, and a draft at every key, are judged against the same conversation.
@lru_cache(maxsize=2)
def _judge(conversation: Conversation) -> _Judge:
    return _Judge(conversation)


def _act(rule: Rule, match: re.Match[str]) -> tuple[str, str] | None:
    """The act a match is about: its kind and the stem of its verb, None for slips that are never fine."""
    verb = match.groupdict().get("act")
    return (rule.kind, verb.lower()[:_STEM]) if verb else None


def _told(text: str) -> list[str]:
    """The clauses of a conversation that say something is so, and do not ask for it or deny it."""
    sentences = re.split(r"(?<=[.!?\n])", text)
    return [c for s in sentences if "?" not in s for c in _CLAUSE.split(s) if not _DENIED.search(c)]


def _placed(found: Finding, text: str, places: list[int]) -> Finding:
    """A finding moved to where it stands in the text before anything was taken out of it or put in."""
    start, end = places[found.start], places[found.end]
    return replace(found, start=start, end=end, text=text[start:end].strip())


def _of_rule(text: str, span: tuple[int, int], rule: Rule) -> Finding:
    return Finding(*span, rule.id, rule.kind, text[slice(*span)].strip(), rule.reason)


def _of_claim(claim: Claim) -> Finding:
    what = claim.kind if claim.kind == "how long" else f"the {claim.kind}"
    reason = f"Not in the conversation: confirm {what}."
    return Finding(claim.start, claim.end, "unsupported", claim.kind, claim.text.strip(" ,"), reason)


def _round(text: str, judge: _Judge, changes: list[str]) -> str:
    text = claims.unhidden(text)[0].strip()
    text = _strip(text, judge, changes)
    text = _by_sentence(text, judge, changes)
    return _fill(text, judge, changes)


def _strip(text: str, judge: _Judge, changes: list[str]) -> str:
    """Takes out signatures, handles and hashtags; a handle inside a sentence leaves a blank to fill."""
    cuts = [(span, rule) for span, rule in judge.broken(text) if rule.action is Action.STRIP]
    for (start, end), rule in sorted(cuts, key=lambda c: c[0], reverse=True):
        if end > len(text):
            continue
        changes.append(f"Taken out: {rule.reason}")
        inside = rule.kind == "handle" and _inside(text, start, end)
        text = text[:start] + ("[confirm: contact]" if inside else "") + text[end:]
    return _tidy(text) if cuts else text


def _inside(text: str, start: int, end: int) -> bool:
    """Whether words of the same sentence stand on both sides."""
    for first, last in spans(text):
        if first <= start < last:
            return bool(_ANY_WORD.search(text, first, start)) and bool(_ANY_WORD.search(text, end, last))
    return False


def _by_sentence(text: str, judge: _Judge, changes: list[str]) -> str:
    broken = [(span, rule) for span, rule in judge.broken(text) if rule.action is not Action.STRIP]
    if not broken:
        return text
    pieces: list[tuple[str, str]] = []
    given: set[str] = set()
    last = 0
    for start, end in spans(text):
        gap, last = text[last:start], end
        hits = [(span, rule) for span, rule in broken if span[0] < end and span[1] > start]
        sentence = _one(text, (start, end), hits, judge, changes) if hits else text[start:end]
        if hits and (sentence in given or len(given) >= _MAX_SAFE):
            sentence = ""
        given.update(r.safe for _, r in hits if r.safe and r.safe in sentence)
        if sentence:
            pieces.append((gap, sentence))
    return _tidy("".join(("\n" if "\n" in gap else " ") + s for gap, s in pieces))


def _one(
    text: str,
    span: tuple[int, int],
    hits: list[tuple[tuple[int, int], Rule]],
    judge: _Judge,
    changes: list[str],
) -> str:
    """What becomes of one sentence: dropped, or its first bad clause and all after it replaced."""
    rules = [rule for _, rule in hits]
    dropping = next((r for r in rules if r.action is Action.DROP), None)
    if dropping is not None:
        changes.append(f"Left out: {dropping.reason}")
        return ""
    first = min(where[0] for where, _ in hits)
    rule = rules[0]
    changes.append(f"Reworded: {rule.reason}")
    head = _kept(text[span[0] : max(first, span[0])])
    if len(_WORDS.findall(head)) >= 4 and judge.clean(head + ".") and _stands_alone(head):
        return f"{head}. {rule.safe}"
    return rule.safe


_STRONG = re.compile(r"[,;:\u2013\u2014]")
_HANGING = re.compile(
    r"(?:\b(?:that|if|when|while|once|because|as|since|to|of|for|with|the|a|an|which|until|before|after|how|what|whether)|[(\"'])$",
    re.IGNORECASE,
)
_SUBORDINATE = re.compile(
    r"\s*(?:if|when|while|once|because|as|since|until|before|after|although|though)\b", re.IGNORECASE
)


def _kept(head: str) -> str:
    """What stands in front of the bad clause, without the beginning of that clause ("..., I'm glad that your")."""
    joint = _JOINT.search(head)
    if joint and joint[0].strip():
        return head[: joint.start()]
    marks = list(_STRONG.finditer(head))
    return head[: marks[-1].start()] if marks else ""


def _stands_alone(head: str) -> bool:
    return not _HANGING.search(head) and not _SUBORDINATE.match(head)


def _fill(text: str, judge: _Judge, changes: list[str]) -> str:
    """Replaces specifics that are not supported by blanks, and spells those that are as the conversation does."""
    found = [c for c in judge.claims(text) if not c.supported or c.spelling is not None]
    for claim in reversed(found):
        text = text[: claim.start] + _instead(claim, text[: claim.start], changes) + text[claim.end :]
    return _tidy(_drop_sieves(text, changes)) if found else text


def _instead(claim: Claim, before: str, changes: list[str]) -> str:
    # Spelled out, a digit that sticks to what stands before it would become part of a word there.
    if claim.supported and claim.spelling is not None and not before[-1:].strip("([\"'“ \n\t"):
        return claim.spelling
    if claim.kind == "name":
        changes.append("Taken out: a name that is not in the conversation.")
        return ""
    changes.append(f"To confirm: {claim.kind}.")
    return f"[confirm: {claim.kind}]"


def _drop_sieves(text: str, changes: list[str]) -> str:
    """Drops sentences that are more blanks than words."""
    found = spans(text)
    sieves = {span for span in found if len(PLACEHOLDER.findall(text[slice(*span)])) > _MAX_BLANKS}
    if not sieves:
        return text
    changes.append("Left out: a sentence made of details that are not in the conversation.")
    out, last = "", 0
    for start, end in found:
        if (start, end) not in sieves:
            out += text[last:start] + text[start:end]
        last = end
    return out


def _tidy(text: str) -> str:
    """Closes the gaps that taking words out leaves."""
    text = re.sub(r"[ \t]+", " ", text)
    text = re.sub(r" ?\n ?", "\n", text)
    text = re.sub(r"\n{3,}", "\n\n", text)
    text = re.sub(r" +([,.!?;:])(?=\s|$)", r"\1", text)
    text = re.sub(r",+([.!?])", r"\1", text)
    return text.strip()
