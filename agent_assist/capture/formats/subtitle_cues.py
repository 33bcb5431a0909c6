"""WebVTT and SRT: the cues of a file, their times, and their text without tags."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from agent_assist.capture.clock import parse_stamp
from agent_assist.capture.decode import clean

_MOMENT = r"(?:(\d{1,4}):)?(\d{1,2}):(\d{2})(?:[.,](\d{1,3}))?"
_TIMING = re.compile(rf"\s{{0,9}}{_MOMENT}\s{{0,9}}-->\s{{0,9}}{_MOMENT}(?=\s|$)")
_EXACT = re.compile(r"[^-]{4,40}[.,]\d{1,3}\s{0,9}-->[^-.,]{4,40}[.,]\d{1,3}(?:[ \t]+[A-Za-z]\w{0,20}:\S{1,60})*\s*$")
_VTT = re.compile(r"WEBVTT(?=[ \t\r\n]|$)")
_ASIDE = re.compile(r"(?:NOTE|STYLE|REGION)(?=\s|$)")
_DATED = re.compile(r"\b(?:date|recorded|recording|start(?:ed|s|time)?|began|begins|created|call)\b", re.I)
_DATED_LENGTH = 200
_PROBE_LINES = 60
_SRT_PROBE = 4

_VOICE = re.compile(r"<v(?:\.[^\s<>]{1,60})?[ \t]+([^<>\n]{1,120})>", re.I)
_TAG = re.compile(
    r"</?(?:v|c|i|b|u|s|lang|ruby|rt|font|span|p|em|strong)(?:[.\s][^<>]{0,300})?>|<\d{1,4}:\d\d(?::\d\d)?[.,]\d{3}>"
    r"|\{\\an?\d{1,2}\}",
    re.I,
)
_BREAK = re.compile(r"<br\s?/?>|\\N", re.I)
# Bounded, for the library takes numbers of any length and fails on the longest.
_ENTITY = re.compile(r"&(?:#\d{1,7}|#x[0-9a-f]{1,6}|[a-z][a-z0-9]{1,31});", re.I)


@dataclass(frozen=True, slots=True)
class Cue:
    """What stands under one timing line.

    Attributes:
        start: in milliseconds from the beginning of its part.
        end: the same; never before `start`.
        part: which of several files put one behind the other it stands in, from 0.
        lines: as they stand in the file, none of them blank.
    """

    start: int
    end: int
    part: int
    lines: tuple[str, ...]


@dataclass(slots=True)
class Track:
    """A file's cues by time.

    Attributes:
        cues: with text; in order of their start within each part.
        is_vtt: whether it is WebVTT, else SRT.
        asides: how many comments and blocks of style were left out.
        reordered: whether the cues stood in another order.
        repeated: how many cues stood there twice and were left out once.
        begun: when the recording began, where the file says so.
    """

    cues: list[Cue] = field(default_factory=list)
    is_vtt: bool = False
    asides: int = 0
    reordered: bool = False
    repeated: int = 0
    begun: datetime | None = None


@dataclass(frozen=True, slots=True)
class Voiced:
    """A stretch of a cue that one speaker's tag covers.

    Attributes:
        name: the tag's; empty where there is none.
        lines: plain text, none of them empty.
    """

    name: str
    lines: tuple[str, ...]


def is_track(peek: str) -> bool:
    """Whether a text begins as WebVTT or SRT do, with a timing line soon after."""
    lines = peek.lstrip("\ufeff \t\r\n").split("\n", _PROBE_LINES)[:_PROBE_LINES]
    if _VTT.match(lines[0]):
        return any("-->" in line and _TIMING.match(line) for line in peek.split("\n"))
    for line in [line for line in lines if line.strip()][:_SRT_PROBE]:
        if _TIMING.match(line):
            return bool(_EXACT.match(line))
        if not line.strip().isdecimal():
            return False
    return False


def read_track(text: str) -> Track:
    """Reads a whole file; a text without any timing line has no cues."""
    lines = text.lstrip("\ufeff \t\n").split("\n")
    track = Track(is_vtt=bool(_VTT.match(lines[0])))
    timings = [(i, m) for i, line in enumerate(lines) if "-->" in line and (m := _TIMING.match(line))]
    tops = [_top(lines, i, track.is_vtt) for i, _ in timings]
    if timings:
        _read_top(track, lines[: tops[0]])
    part = last_id = 0
    for n, (i, match) in enumerate(timings):
        below = tops[n + 1] if n + 1 < len(timings) else len(lines)
        own_id = _counter(lines, tops[n], i)
        if own_id == 1 < last_id:
            part += 1
        last_id = own_id or last_id
        body, new_part = _body(track, lines[i + 1 : max(below, i + 1)])
        start, end = _milliseconds(match.groups()[:4]), _milliseconds(match.groups()[4:])
        if body:
            track.cues.append(Cue(start, max(start, end), part, body))
        part += new_part
    _arrange(track)
    return track


def voices(cue: Cue) -> list[Voiced]:
    """The text of a cue by its speaker tags, as plain text."""
    parts = _VOICE.split("\n".join(cue.lines))
    found = [Voiced("", plain_lines(parts[0]))]
    found += [
        Voiced(" ".join(_unescape(n).split()), plain_lines(t)) for n, t in zip(parts[1::2], parts[2::2], strict=True)
    ]
    return [v for v in found if v.lines]


def plain_lines(text: str) -> tuple[str, ...]:
    """A cue's text without tags, its entities decoded, without empty lines."""
    if "<" in text or "{" in text or "\\" in text:
        text = _TAG.sub("", _BREAK.sub("\n", text))
    if "&" in text:
        text = clean(_unescape(text))[0]
    return tuple(row for line in text.split("\n") if (row := line.strip(" \t\u00a0\u200e\u200f\ufeff")))


def _unescape(text: str) -> str:
    return _ENTITY.sub(lambda m: html.unescape(m[0]), text)


def _top(lines: Sequence[str], i: int, is_vtt: bool) -> int:
    """Where the cue of the timing line `i` begins: at its id, if it has one."""
    above = lines[i - 1].strip() if i else ""
    if not above or "-->" in above:
        return i
    alone = i < 2 or not lines[i - 2].strip()
    return i - 1 if above.isdecimal() or (is_vtt and alone and not _VTT.match(above)) else i


def _counter(lines: Sequence[str], top: int, i: int) -> int:
    text = lines[top].strip() if top < i else ""
    return int(text) if text.isdecimal() and len(text) < 10 else 0


def _read_top(track: Track, lines: Sequence[str]) -> None:
    """What stands above the first cue: comments, style, and perhaps when the call began."""
    track.asides += sum(1 for line in lines if _ASIDE.match(line))
    for line in lines:
        if len(line) <= _DATED_LENGTH and _DATED.search(line) and track.begun is None:
            stamp = parse_stamp(line)
            if stamp.day and stamp.clock:
                track.begun = datetime.combine(stamp.day, stamp.clock)


def _body(track: Track, lines: Sequence[str]) -> tuple[tuple[str, ...], int]:
    """The text below a timing line, and 1 where another file's head stands below it."""
    if not track.is_vtt:
        return tuple(line for line in lines if line.strip()), 0
    kept: list[str] = []
    new_part = 0
    skipping = False
    after_blank = False
    for line in lines:
        if not line.strip():
            skipping, after_blank = False, True
            continue
        if after_blank and (_ASIDE.match(line) or _VTT.match(line)):
            skipping = True
            is_head = bool(_VTT.match(line))
            new_part = new_part or int(is_head)
            track.asides += not is_head
        after_blank = False
        if not skipping:
            kept.append(line)
    return tuple(kept), new_part


def _arrange(track: Track) -> None:
    once = list(dict.fromkeys(track.cues))
    ordered = sorted(once, key=lambda cue: (cue.part, cue.start))
    track.repeated = len(track.cues) - len(once)
    track.reordered = ordered != once
    track.cues = _without_echo(ordered)


def _without_echo(cues: Sequence[Cue]) -> list[Cue]:
    """Live captions roll up: a cue shows the line before once more. Such lines are taken once."""
    kept: list[Cue] = []
    shown: tuple[str, ...] = ()
    until = 0
    for cue in cues:
        lines = cue.lines
        rolls = len(lines) > 1 and shown and cue.start <= until + 100 and len(lines[0].split()) > 2
        if rolls and lines[0] == shown[-1]:
            lines = lines[1:]
        kept.append(replace(cue, lines=lines))
        shown, until = cue.lines, cue.end
    return kept


def _milliseconds(parts: Sequence[str | None]) -> int:
    hours, minutes, seconds = (int(p or 0) for p in parts[:3])
    return ((hours * 60 + minutes) * 60 + seconds) * 1000 + int((parts[3] or "0").ljust(3, "0"))
