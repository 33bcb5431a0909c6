"""Making a suggestion safe to show."""

from __future__ import annotations

import re
from dataclasses import dataclass

from agent_assist.assist import claims
from agent_assist.assist.claims import Claim
from agent_assist.assist.guard.judge import Judge, Place
from agent_assist.assist.guard.rule import Action, Kind, Rule
from agent_assist.assist.sentences import PLACEHOLDER, spans

MIN_WORDS = 6
"""A mended text with fewer words outside its placeholders is not worth showing."""

_MAX_BLANKS = 2
_MAX_SAFE = 2
_ROUNDS = 8
_WORDS = re.compile(r"[a-z0-9']+", re.IGNORECASE)
_ANY_WORD = re.compile(r"\w")
# What may stand between a clause worth keeping and the commitment after it.
_JOINT = re.compile(
    r"(?:\s*[,;:\u2013\u2014-])?\s*(?:\b(?:and|but|so|then|please know that|meanwhile)\b)?"
    r"[\s,]*(?:\b(?:your|the|our|this|that|an?)\s+)?$"
)
_STRONG = re.compile(r"[,;:\u2013\u2014]")
_HANGING = re.compile(
    r"(?:\b(?:that|if|when|while|once|because|as|since|to|of|for|with|the|a|an|which|until|before|after|how|what|"
    r"whether)|[(\"'])$",
    re.IGNORECASE,
)
_SUBORDINATE = re.compile(
    r"\s*(?:if|when|while|once|because|as|since|until|before|after|although|though)\b", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Mended:
    """A suggestion after the guard.

    Attributes:
        text: ready to show, `check(text).ok` holds; None where nothing worth showing was left.
        changes: one line for each thing that was changed, in the order of the changes.
    """

    text: str | None
    changes: tuple[str, ...] = ()


def mended(text: str, judge: Judge) -> Mended:
    """A suggestion made safe by what a judge objects to; see `guard.mend`."""
    changes: list[str] = []
    current = text.strip()
    for _ in range(_ROUNDS):
        after = _round(current, judge, changes)
        if after == current:
            break
        current = after
    else:
        return Mended(None, (*dict.fromkeys(changes), "Left out: it could not be made safe."))
    told = tuple(dict.fromkeys(changes))
    if len(_WORDS.findall(PLACEHOLDER.sub(" ", current))) < MIN_WORDS or not judge.clean(current):
        return Mended(None, told)
    return Mended(current, told)


def _round(text: str, judge: Judge, changes: list[str]) -> str:
    text = claims.unhidden(text)[0].strip()
    text = _strip(text, judge, changes)
    text = _by_sentence(text, judge, changes)
    return _fill(text, judge, changes)


def _strip(text: str, judge: Judge, changes: list[str]) -> str:
    """Takes out signatures, handles and hashtags; a handle inside a sentence leaves a blank to fill."""
    cuts = [(span, rule) for span, rule in judge.broken(text) if rule.action is Action.STRIP]
    for (start, end), rule in sorted(cuts, key=lambda c: c[0], reverse=True):
        if end > len(text):
            continue
        changes.append(f"Taken out: {rule.reason}")
        inside = rule.kind is Kind.HANDLE and _inside(text, start, end)
        text = text[:start] + ("[confirm: contact]" if inside else "") + text[end:]
    return _tidy(text) if cuts else text


def _inside(text: str, start: int, end: int) -> bool:
    """Whether words of the same sentence stand on both sides."""
    for first, last in spans(text):
        if first <= start < last:
            return bool(_ANY_WORD.search(text, first, start)) and bool(_ANY_WORD.search(text, end, last))
    return False


def _by_sentence(text: str, judge: Judge, changes: list[str]) -> str:
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
    span: Place,
    hits: list[tuple[Place, Rule]],
    judge: Judge,
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


def _kept(head: str) -> str:
    """What stands in front of the bad clause, without the beginning of that clause ("..., I'm glad that your")."""
    joint = _JOINT.search(head)
    if joint and joint[0].strip():
        return head[: joint.start()]
    marks = list(_STRONG.finditer(head))
    return head[: marks[-1].start()] if marks else ""


def _stands_alone(head: str) -> bool:
    return not _HANGING.search(head) and not _SUBORDINATE.match(head)


def _fill(text: str, judge: Judge, changes: list[str]) -> str:
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
