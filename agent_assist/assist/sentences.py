"""Splitting text into sentences the way people in a support chat write them."""

from __future__ import annotations

import re

PLACEHOLDER = re.compile(r"\[[^\[\]\n]{0,80}\]")
"""A visible blank such as `[confirm: date]`: one line, at most 80 characters."""

# A run of end marks with what closes after it, or a line break.
_END = re.compile(r"(?P<mark>[.!?…\u3002\uff01\uff1f]+)(?P<close>[\"'”\u2019)\]*]*)(?=\s|$)|\n+")
_EMOJI = r"[\U0001F000-\U0001FAFF\u2600-\u27BF\u2B00-\u2BFF\uFE0F\u200D]"
_EMOJI_RUN = re.compile(rf"\s*{_EMOJI}+(?=\s|$)")
_TAIL_EMOJI = re.compile(rf"(?:{_EMOJI}|\s)+$")
_LAST_WORD = re.compile(r"[^\s(\"'“\u2018\[]{1,12}$")
_NEXT = re.compile(r"\s*(\S)")
_LIST_NUMBER = re.compile(r"\s*\(?\d{1,2}$")

_ALWAYS = frozenset(
    [
        "mr",
        "mrs",
        "ms",
        "dr",
        "prof",
        "st",
        "sr",
        "jr",
        "vs",
        "e.g",
        "i.e",
        "eg",
        "cf",
        "approx",
        "dept",
        "est",
        "inc",
        "ltd",
        "co",
        "corp",
        "ref",
        "tel",
        "ext",
        "fig",
        "vol",
        "attn",
    ]
)
_BEFORE_DIGIT = frozenset(
    [
        "no",
        "nr",
        "art",
        "p",
        "pp",
        "sec",
        "ch",
        "jan",
        "feb",
        "mar",
        "apr",
        "jun",
        "jul",
        "aug",
        "sep",
        "sept",
        "oct",
        "nov",
        "dec",
    ]
)
_BEFORE_LOWER = frozenset(["a.m", "p.m", "am", "pm", "etc", "u.s", "u.k", "inc", "ltd", "co"])


def split(text: str) -> list[str]:
    """Splits text into trimmed, non-empty sentences; nothing but white space is lost.

    Args:
        text: any text; line breaks always end a sentence.

    Returns:
        The sentences in order.
    """
    return [text[start:end] for start, end in spans(text)]


def spans(text: str) -> list[tuple[int, int]]:
    """Where the sentences of `text` stand, as (start, end), without the white space around them."""
    blanks = [m.span() for m in PLACEHOLDER.finditer(text)]
    found: list[tuple[int, int]] = []
    start = 0
    blank = 0
    for match in _END.finditer(text):
        while blank < len(blanks) and blanks[blank][1] <= match.start():
            blank += 1
        if blank < len(blanks) and blanks[blank][0] < match.start():
            continue
        if match["mark"] is not None and not _ends(text, start, match):
            continue
        emoji = _EMOJI_RUN.match(text, match.end())
        # An emoji after the end mark on the same line belongs to the sentence before it.
        end = emoji.end() if emoji and "\n" not in emoji[0] and match["mark"] is not None else match.end()
        if end > start:
            found.append((start, end))
            start = end
    found.append((start, len(text)))
    return [trimmed for span in found if (trimmed := _trim(text, *span)) is not None]


def first_sentences(text: str, n: int) -> str:
    """The first `n` sentences as they stand in `text`, or all of it where there are fewer."""
    found = spans(text)[: max(n, 0)]
    return text[found[0][0] : found[-1][1]] if found else ""


def is_complete(sentence: str) -> bool:
    """Tells whether a sentence was finished: it ends in an end mark, or in an emoji put there on purpose.

    An ellipsis, an open placeholder and an abbreviation that wants a word after it are not an end.
    """
    bare = _TAIL_EMOJI.sub("", sentence)
    if not bare:
        return False
    if bare.count("[") > bare.count("]"):
        return False
    core = bare.rstrip("\"'”\u2019)*")
    if core.endswith(("...", "…")):
        return False
    if core.endswith((".", "!", "?", "\u3002", "\uff01", "\uff1f")):
        word = _LAST_WORD.search(core[:-1])
        return not (core.endswith(".") and word is not None and word[0].lower() in _ALWAYS)
    return bool(re.search(rf"{_EMOJI}\s*$", sentence))


def _ends(text: str, start: int, match: re.Match[str]) -> bool:
    """Whether the end mark found in `text` closes the sentence that began at `start`."""
    mark = match["mark"]
    following = _NEXT.match(text, match.end())
    if following is None or "\n" in following[0]:
        return True
    after = following[1]
    if mark in ("...", "…", ".."):
        return not after.islower()
    if mark != ".":
        return True
    if _LIST_NUMBER.fullmatch(text, start, match.start()):
        return False
    word = _LAST_WORD.search(text, max(start, match.start() - 12), match.start())
    return word is None or not _abbreviates(word[0], after)


def _abbreviates(word: str, after: str) -> bool:
    low = word.lower()
    if low in _ALWAYS or (len(word) == 1 and word.isupper() and word != "I" and after.isupper()):
        return True
    return (low in _BEFORE_DIGIT and after.isdigit()) or (low in _BEFORE_LOWER and after.islower())


def _trim(text: str, start: int, end: int) -> tuple[int, int] | None:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return (start, end) if end > start else None
