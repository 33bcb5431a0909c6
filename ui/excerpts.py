"""Parts of texts from outside as the window shows them: cut, on one line, with the stretches that are marked."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

PLACEHOLDER = re.compile(r"\[(confirm: [^\]\n]{1,120})\]")


@dataclass(frozen=True, slots=True)
class Span:
    """Characters `start` to `end` of a text, shown in a style: "evidence", "placeholder", "soft", or a role."""

    start: int
    end: int
    style: str


def clip(text: str, limit: int) -> str:
    """One line of at most `limit` characters, cut at a word where possible."""
    flat = " ".join(text[: limit * 4].split())
    if len(flat) <= limit:
        return flat
    head = flat[: limit - 1]
    cut = head.rfind(" ")
    return (head[:cut] if cut > limit // 2 else head).rstrip(" ,;:.") + "…"


def excerpt(text: str, words: Sequence[str], limit: int = 170) -> tuple[str, tuple[Span, ...]]:
    """The part of a turn that shows its evidence, on one line, and where the evidence stands in it.

    Args:
        text: the turn's text.
        words: evidence as it stands in the turn; what is not found is left out.
        limit: about how many characters to return.
    """
    flat = " ".join(text[:20_000].split())
    found = _find(flat, words)
    if len(flat) <= limit or not found:
        shown = flat if len(flat) <= limit else clip(flat, limit)
        return shown, tuple(s for s in found if s.end <= len(shown.rstrip("…")))
    return _window(flat, found, limit)


def around(
    text: str, spans: Sequence[tuple[int, int, float]], limit: int = 700, style: str = "evidence"
) -> tuple[str, tuple[Span, ...]]:
    """A turn's own text with the spans marked; of a long one the stretch around the strongest.

    Args:
        text: the turn's text; its line breaks are kept.
        spans: start, end and strength, strongest first; what lies outside the text is left out.
        limit: about how many characters to return.
        style: of the marked words.
    """
    found: list[Span] = []
    for start, end, _ in spans:
        if 0 <= start < end <= len(text) and all(start >= s.end or end <= s.start for s in found):
            found.append(Span(start, end, style))
    if len(text) <= limit or not found:
        return (text if len(text) <= limit else clip(text, limit)), tuple(found)
    return _window(text, found, limit)


def _find(text: str, words: Sequence[str]) -> list[Span]:
    spans: list[Span] = []
    for word in words:
        needle = " ".join(word.split())
        at = text.find(needle) if needle else -1
        if at >= 0 and all(at >= s.end or at + len(needle) <= s.start for s in spans):
            spans.append(Span(at, at + len(needle), "evidence"))
    return sorted(spans, key=lambda s: s.start)


def _window(text: str, found: list[Span], limit: int) -> tuple[str, tuple[Span, ...]]:
    """The stretch of `text` around the first evidence, cut at words."""
    first = found[0]
    start = max(0, min(first.start - limit // 3, len(text) - limit))
    if start:
        start = min(text.find(" ", start) + 1 or start, first.start)
    end = min(len(text), max(start + limit, first.end))
    if end < len(text):
        end = max(text.rfind(" ", start, end), first.end)
    lead = "… " if start else ""
    shift = len(lead) - start
    spans = tuple(Span(s.start + shift, s.end + shift, s.style) for s in found if s.start >= start and s.end <= end)
    return lead + text[start:end] + (" …" if end < len(text) else ""), spans


def with_placeholders(text: str) -> tuple[str, tuple[Span, ...]]:
    """A reply as shown: the brackets of each `[confirm: ...]` become a filled span."""
    shown, spans, at = "", [], 0
    for match in PLACEHOLDER.finditer(text):
        shown += text[at : match.start()]
        label = f"\u202f{match[1]}\u202f"  # narrow no-break spaces: the fill never breaks off its word
        spans.append(Span(len(shown), len(shown) + len(label), "placeholder"))
        shown += label
        at = match.end()
    return shown + text[at:], tuple(spans)


def placeholders(text: str) -> tuple[str, ...]:
    """What is left to fill in, such as "confirm: when"."""
    return tuple(match[1] for match in PLACEHOLDER.finditer(text))
