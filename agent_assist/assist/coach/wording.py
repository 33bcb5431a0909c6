"""Rewriting one sentence by rule: what is said the way everybody says it, put the way a person would."""

from __future__ import annotations

import re

from agent_assist.assist import patterns
from agent_assist.assist.claims import plain
from agent_assist.assist.coach.swaps import Row, lengthening, rows, shortening
from agent_assist.assist.coach.table import Heat, heated
from agent_assist.assist.sentences import PLACEHOLDER
from agent_assist.records import Tag, Wish

_END = " .!?\u2026"
_FACT = re.compile(r"\d|\[|https?:|www\.", re.IGNORECASE)
_SHOUTED = re.compile(r"\b(?:NOT|NEVER|MUST|ALWAYS|PLEASE|READ|ALREADY|CANNOT|STOP|AGAIN|VERY)\b")
_EMOJI = re.compile(r"\s*[\U0001F000-\U0001FAFF\u2600-\u27BF\uFE0F\u200D]+|\s*(?<!\w)[:;]-?[)D](?!\w)")
_MARKS = re.compile(r"([!?])[!?]+")
_LEADING = re.compile(r"^[\s,;:\u2013\u2014-]+")
_I = re.compile(r"I\b")
_NEW_SENTENCE = re.compile(r"([.!?] )([a-z])")


def reworded(sentence: str, wish: Wish, heat: Heat) -> tuple[str, list[Tag]]:
    """A sentence as the rules put it.

    Args:
        sentence: of the draft, with its end mark.
        wish: what the agent asks for.
        heat: how the customer is.

    Returns:
        The sentence, "" where it is better left out, and what the changes do, in order.
    """
    tags: list[Tag] = []
    text = sentence
    for row in rows():
        if wish in row.swap.wishes and _in_place(row, heat):
            text = _left_out(text, row, tags) if row.swap.whole else _swapped(text, row, tags)
            if not text:
                return "", tags
    text = _spelled(text, wish)
    return _marked(text, wish, heat), tags


def protected(text: str) -> list[tuple[int, int]]:
    """Places that no rewrite may touch: links and blanks."""
    links = [(m.start(), patterns.link_end(text, m.end(), m.start())) for m in patterns.LINK.finditer(text)]
    return links + [m.span() for m in PLACEHOLDER.finditer(text)]


def readable(text: str) -> str:
    """Text in plain letters, of the same length, with spaces for its links and blanks: nobody reads those as words."""
    seen = plain(text)
    for start, end in protected(text):
        seen = seen[:start] + " " * (end - start) + seen[end:]
    return seen


def capitalised(text: str) -> str:
    """The text with its first letter large; a link or a name such as "iPad" stays as it is."""
    return text if re.match(r"[a-z][A-Z]|https?:|www\.|\[", text) else text[:1].upper() + text[1:]


def _in_place(row: Row, heat: Heat) -> bool:
    if row.swap.calm:
        return heat is Heat.ANY
    return heated(heat, row.swap.heat)


def _left_out(text: str, row: Row, tags: list[Tag]) -> str:
    """The sentence, or what takes its place where it is nothing but the match and holds no fact."""
    core = plain(text).strip(_END + "\n\t")
    match = row.pattern.fullmatch(core)
    if match is None or _FACT.search(text):
        return text
    tags.append(row.swap.tag)
    return capitalised(match.expand(row.swap.text)) + "." if row.swap.text else ""


def _swapped(text: str, row: Row, tags: list[Tag]) -> str:
    at = 0
    while match := row.pattern.search(plain(text), at):
        if any(start < match.end() and end > match.start() for start, end in protected(text)):
            at = match.end()
            continue
        instead = _NEW_SENTENCE.sub(lambda m: m[1] + m[2].upper(), match.expand(row.swap.text))
        text, at = _put(text, match.span(), instead)
        tags.append(row.swap.tag)
    return text


def _put(text: str, span: tuple[int, int], instead: str) -> tuple[str, int]:
    """The text with other words in place of some, its spaces and capitals mended; and where to look on."""
    before, after = text[: span[0]], text[span[1] :]
    if not instead:
        after = _LEADING.sub("", after) if not before.strip() else after
        before = before.rstrip() if after[:1] in (*" .,!?;:", "") else before
        before = before.rstrip(" ,;") if not after.strip(_END) else before
    gone = text[slice(*span)]
    if gone[:1].isupper() and not (before.strip() and _I.match(gone)):
        instead, after = (capitalised(instead), after) if instead else ("", _raised(after))
    return before + instead + after, len(before + instead)


def _raised(after: str) -> str:
    """What follows words that began a sentence, now beginning it."""
    space = after[: len(after) - len(after.lstrip())]
    return space + capitalised(after.lstrip())


def _spelled(text: str, wish: Wish) -> str:
    """Contracted for warmth, written out for form."""
    table = {Wish.WARMER: shortening, Wish.FORMAL: lengthening}.get(wish)
    if table is None:
        return text
    for pattern, instead in table():
        at = 0
        while match := pattern.search(plain(text), at):
            words = capitalised(instead) if match[0][0].isupper() else instead
            text = text[: match.start()] + words + text[match.end() :]
            at = match.start() + len(words)
    return text


def _marked(text: str, wish: Wish, heat: Heat) -> str:
    """Without shouting, and without cheer where it hurts."""
    safe = protected(text)
    if not safe:
        text = _MARKS.sub(lambda m: "?" if "?" in m[0] else "!", text)
        if wish is Wish.FORMAL or (heat is not Heat.ANY and wish is not Wish.SHORTER):
            text = text.replace("!", ".")
        if wish is Wish.FORMAL:
            text = _EMOJI.sub("", text)
    return _SHOUTED.sub(lambda m: m[0].lower() if m.start() else m[0].capitalize(), text)
