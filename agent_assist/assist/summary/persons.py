"""First and second person into the third, as reported speech needs it: "your order" becomes "the customer's order"."""

from __future__ import annotations

import re
from collections.abc import Callable

from agent_assist.assist.summary.words import words

_LONG = {"m": "are", "re": "are", "ve": "have", "ll": "will", "d": "would"}
_OURS = {
    "i": "they",
    "we": "they",
    "me": "them",
    "us": "them",
    "my": "their",
    "our": "their",
    "ours": "theirs",
    "mine": "theirs",
    "myself": "themselves",
    "ourselves": "themselves",
}
_PRONOUN = re.compile(
    r"(?<![\w'@#/.-])(?P<word>I|i|[Ww]e|[Mm]e|[Uu]s|[Mm]y|[Oo]urs?|[Yy]ou(?:rs?|rself|rselves)?|YOU|YOUR|MY|[Mm]ine|"
    r"[Mm]yself|[Oo]urselves|ur?)(?:'(?P<short>m|re|ve|ll|d))?(?![\w'@/-])(?:(?P<be>\s+(?:am|was))\b)?"
)
_SINGULAR = {
    "are": "is",
    "were": "was",
    "have": "has",
    "do": "does",
    "don't": "doesn't",
    "aren't": "isn't",
    "haven't": "hasn't",
    "weren't": "wasn't",
}
_SAME = words("same")
_PAST = dict(pair.split(":") for pair in words("past"))
_PASTS = frozenset(_PAST.values())
_ADVERBS = words("adverbs")
_JOINTS = words("joints")
_NO_VERB = words("no_verb")
_URGES = re.compile(r"\b(?:suggest|recommend|advise|ask|request)\w*\s+that\s+$", re.IGNORECASE)
_WORD_BEFORE = re.compile(r"([\w']+)\W*$")
_WORDS_AFTER = re.compile(r"\s+([A-Za-z][A-Za-z']*)(?:\s+([A-Za-z][A-Za-z']*))?")


def to_third_person(text: str, you: str) -> str:
    """Text of one side, told by somebody else.

    Args:
        text: with straight apostrophes.
        you: what the other side is called: "they", or "the customer" where they are not named before.
    """
    # "They" is the writer's own side in a sentence that has both; the other side then keeps its name.
    ours = any(m["word"].lower() in _OURS for m in _PRONOUN.finditer(text))
    out: list[str] = []
    last, named = 0, False
    for match in _PRONOUN.finditer(text):
        if match.start() < last or _is_title(text, match):
            continue
        word = match["word"].lower()
        out.append(text[last : match.start()])
        last = match.end()
        if word in _OURS:
            out.append(_ours(word, match["short"], match["be"]))
            continue
        called = "they" if named and not ours else you
        named = True
        last = match.end() - len(match["be"] or "")
        if word in ("your", "yours", "ur"):
            out.append("their" if called == "they" else f"{called}'s")
        elif word.startswith("yourse"):
            out.append("themselves")
        else:
            made, last = _you(text, match, last, called)
            out.append(made)
    return "".join(out) + text[last:]


def _is_title(text: str, match: re.Match[str]) -> bool:
    """Whether a pronoun is a part of a name: the page "Manage My Booking"."""
    return match["word"][0] in "MYO" and match.start() > 0 and text[match.end() :][1:2].isupper()


def led_by_verb(text: str, conjugate: Callable[[str], str]) -> str:
    """Words that follow "the customer", with their verb, behind adverbs or not, put into another form."""
    parts = text.split()
    at = next((k for k, word in enumerate(parts) if word.lower() not in _ADVERBS), len(parts))
    return " ".join([*parts[:at], *(conjugate(word) for word in parts[at : at + 1]), *parts[at + 1 :]])


def has_past(text: str) -> bool:
    """Whether a verb in the past is among the words, one that does not end in -ed."""
    return any(word in _PASTS for word in text.lower().split())


def third(verb: str) -> str:
    """A verb as it stands after "the customer": "need" as "needs"."""
    if verb in _SINGULAR:
        return _SINGULAR[verb]
    if verb in _SAME or verb.endswith("n't") or (verb.endswith("ed") and not verb.endswith("eed")):
        return verb
    if verb.endswith(("s", "sh", "ch", "x", "z", "o")):
        return f"{verb}es"
    return f"{verb[:-1]}ies" if verb.endswith("y") and verb[-2:-1] not in "aeou" else f"{verb}s"


def past(verb: str) -> str:
    """A verb in the past: "need" as "needed"."""
    if verb in _PAST:
        return _PAST[verb]
    if verb.endswith("e"):
        return f"{verb}d"
    return f"{verb[:-1]}ied" if verb.endswith("y") and verb[-2:-1] not in "aeou" else f"{verb}ed"


def _ours(word: str, short: str | None, be: str | None) -> str:
    if short:
        return f"they {_LONG[short]}{be or ''}"
    return _OURS[word] + ({"am": " are", "was": " were"}[be.strip()] if be and word == "i" else be or "")


def _you(text: str, match: re.Match[str], end: int, called: str) -> tuple[str, int]:
    """What "you" becomes, with the verb after it, and where the text goes on."""
    if match["short"]:
        verb = _LONG[match["short"]]
        return f"{called} {verb if called == 'they' else third(verb)}", end
    head = text[: match.start()]
    before, after = _WORD_BEFORE.search(head), _WORDS_AFTER.match(text, end)
    word = after[1].lower() if after else ""
    led = before is None or before[1].lower() in _JOINTS or head.rstrip().endswith((",", ";", ".", ":", "-"))
    if after is None or not (word in _SAME or word in _SINGULAR or (led and word not in _NO_VERB)):
        return ("them" if called == "they" else called), end
    if called == "they" or word in _SAME or _URGES.search(head):
        return called, end
    if word not in _ADVERBS:
        return f"{called} {third(word)}", after.end(1)
    verb = (after[2] or "").lower()
    return (f"{called} {word} {third(verb)}", after.end()) if verb else (called, end)
