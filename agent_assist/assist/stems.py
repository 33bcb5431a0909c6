"""Content words of a text in forms that meet each other."""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import lru_cache
from importlib.resources import files

WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")
STEM = 5
"""Letters that a stem has at most."""
_STOP = frozenset(files("agent_assist.assist").joinpath("stopwords.txt").read_text(encoding="utf-8").split())
_WHOSE = frozenset(("mine", "yours", "ours", "theirs", "hers"))
_ENDINGS = (("ies", "y"), ("ied", "y"), ("ing", ""), ("ed", ""), ("s", ""))
_NO_ENDING = ("ss", "us")
_STAYS_DOUBLE = "lse"  # call, miss, fee: no doubling before the ending
_SHORTEST = 3
_FORMS = {
    form: verb
    for verb, forms in {
        "begin": "began begun",
        "break": "broke broken",
        "bring": "brought",
        "build": "built",
        "buy": "bought",
        "catch": "caught",
        "choose": "chose chosen",
        "come": "came",
        "drive": "drove driven",
        "eat": "ate eaten",
        "fall": "fell fallen",
        "find": "found",
        "forget": "forgot forgotten",
        "give": "gave",
        "hear": "heard",
        "hold": "held",
        "keep": "kept",
        "know": "knew known",
        "leave": "left",
        "lose": "lost",
        "make": "made",
        "meet": "met",
        "pay": "paid",
        "ring": "rang rung",
        "see": "saw seen",
        "sell": "sold",
        "send": "sent",
        "sleep": "slept",
        "speak": "spoke spoken",
        "spend": "spent",
        "steal": "stole stolen",
        "take": "took taken",
        "teach": "taught",
        "think": "thought",
        "write": "wrote written",
    }.items()
    for form in forms.split()
}
# Few on purpose: every form that meets another one is a word that a false line finds in a turn.
_ALIKE = {
    form: verb
    for verb, forms in {
        "apply": "applied applies",
        "bill": "bills",
        "deny": "denied denies",
        "pay": "paid pays paying",
        "reply": "replied replies",
        "try": "tried tries",
    }.items()
    for form in forms.split()
}


def stems(text: str) -> set[str]:
    """The content words of a text, cut to their first letters so that "refunded" meets "refund"."""
    return {w[:STEM] for w in _content(text)}


def met_stems(text: str) -> set[str]:
    """Like `stems`, and "paid" meets "pay", "applied" meets "apply"."""
    return {_ALIKE.get(w, w)[:STEM] for w in _content(text)}


def roots(text: str, only: Collection[str] | None = None) -> tuple[str, ...]:
    """The content words of a text in order, cut so that forms of one word meet: "bills" and "bill", "came" and "come".

    Args:
        text: what the words are taken from.
        only: stems of the words that count; None for all.
    """
    return tuple(root(w) for w in _content(text) if w not in _WHOSE and (only is None or w[:STEM] in only))


@lru_cache(maxsize=4096)
def root(word: str) -> str:
    """A word in small letters without its ending, cut like a stem."""
    word = _FORMS.get(word, word)
    for ending, instead in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST and not word.endswith(_NO_ENDING):
            word = word.removesuffix(ending) + instead
            if not instead and len(word) > _SHORTEST and word[-1] == word[-2] and word[-1] not in _STAYS_DOUBLE:
                word = word[:-1]
            break
    return (word.removesuffix("e") if len(word) >= STEM else word)[:STEM]


def all_words(text: str) -> set[str]:
    """All words of a text, everyday ones too, cut like stems."""
    return {w.lower()[:STEM] for w in WORD.findall(text)}


def _content(text: str) -> list[str]:
    words = (w.lower().replace("’", "'").removesuffix("'s") for w in WORD.findall(text))
    return [w for w in words if w not in _STOP and (len(w) > 2 or w.isdigit())]
