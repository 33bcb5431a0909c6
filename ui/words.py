"""Feelings, times and excerpts in the words that the window shows. No widgets here."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from agent_assist.records import EmotionReading, Label, Mood, Pillar, Speaker, Turn
from ui.theme import Role

FEELING: dict[Label, str] = {
    Label.ANGER: "Angry",
    Label.FRUSTRATION: "Frustrated",
    Label.CONFUSION: "Confused",
    Label.STRESS: "Stressed",
    Label.SADNESS: "Sad",
    Label.SATISFACTION: "Satisfied",
    Label.NEUTRAL: "Calm",
}
PILLAR: dict[Pillar, str] = {
    Pillar.LISTEN: "Listen",
    Pillar.OWN: "Own",
    Pillar.RESOLVE: "Resolve",
    Pillar.FOLLOW_UP: "Follow up",
}
SPEAKER: dict[Speaker, str] = {
    Speaker.CUSTOMER: "Customer",
    Speaker.AGENT: "Agent",
    Speaker.BOT: "Bot",
    Speaker.SYSTEM: "System",
}
DISTRESSED = 0.5  # where the dashed line stands
UNEASY = 0.28
RISK_SHOWN = 0.5
PLACEHOLDER = re.compile(r"\[(confirm: [^\]\n]{1,120})\]")


@dataclass(frozen=True, slots=True)
class Span:
    """Characters `start` to `end` of a text, shown in a style: "evidence", "placeholder" or "soft"."""

    start: int
    end: int
    style: str


def colour_role(label: Label, distress: float) -> Role:
    """The colour that stands beside a feeling's word."""
    if distress >= DISTRESSED:
        return "hot"
    if label is Label.SATISFACTION:
        return "better"
    if distress >= UNEASY or label is not Label.NEUTRAL:
        return "uneasy"
    return "calm"


def role_of(reading: EmotionReading) -> Role:
    """The colour role of a reading."""
    return colour_role(reading.label, reading.distress)


def trend(readings: Sequence[EmotionReading]) -> str:
    """Where the last customer turn went against the two before: "rising", "easing" or "steady"; empty for one turn."""
    if len(readings) < 2:
        return ""
    before = [r.distress for r in readings[-3:-1]]
    change = readings[-1].distress - sum(before) / len(before)
    return "rising" if change > 0.06 else "easing" if change < -0.06 else "steady"


def mood_words(mood: Mood) -> str:
    """The pill's words, such as "Angry · rising"; empty without customer turns."""
    if not mood.readings:
        return ""
    words = FEELING[mood.readings[-1].label]
    going = trend(mood.readings)
    return f"{words} · {going}" if going else words


def risk_words(mood: Mood) -> str:
    """The risk's words where it is high enough to matter, else empty."""
    return f"may escalate · {mood.risk:.0%}" if mood.risk is not None and mood.risk >= RISK_SHOWN else ""


def speaker_name(turn: Turn) -> str:
    """Whom a turn is by, as shown above it."""
    return turn.name or SPEAKER[turn.speaker]


def clock(at: datetime | None) -> str:
    """The time of a turn in the reader's zone, "10:32"; empty where it is unknown."""
    if at is None:
        return ""
    return (at.astimezone() if at.tzinfo else at).strftime("%H:%M")


def when(at: datetime, now: datetime | None = None) -> str:
    """How long ago something was saved, as a list shows it."""
    now = now or datetime.now(UTC)
    seconds = (now - at).total_seconds()
    if seconds < 60:
        return "just now"
    if seconds < 3600:
        return f"{int(seconds // 60)} min ago"
    local, today = at.astimezone(), now.astimezone()
    if local.date() == today.date():
        return local.strftime("today %H:%M")
    return local.strftime("%d %b %H:%M" if local.year == today.year else "%d %b %Y")


def size(count: int) -> str:
    """Bytes in words, "1.1 GB"."""
    return f"{count / 1e9:.1f} GB" if count >= 1e9 else f"{max(1, round(count / 1e6))} MB"


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
