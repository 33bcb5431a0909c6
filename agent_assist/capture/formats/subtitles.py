"""Transcripts of calls in WebVTT and SRT, with speakers by tag, by label, or by none."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from agent_assist.capture.counting import count, were
from agent_assist.capture.decode import Decoded
from agent_assist.capture.draft import Piece
from agent_assist.capture.format import Format
from agent_assist.capture.formats.subtitle_cues import Track, is_track, read_track, voices
from agent_assist.capture.free import parse_free
from agent_assist.capture.jsonl import OnBad
from agent_assist.capture.names import Likeness, key, likeness
from agent_assist.capture.plain import MAX_TURNS
from agent_assist.capture.roles import cast, customer_name
from agent_assist.capture.told import tell_customer
from agent_assist.errors import KnownError
from agent_assist.records import Conversation, Speaker, Turn

MAX_SUBTITLES = 20_000_000
_SHORT_GAP = 4_000  # ms; a longer silence begins a new turn
_BREATH = 700  # ms; where nobody is named, a longer silence may be a change of speaker
_LABEL_REACH = 60
_TWO = 2  # speakers make a call

_NUMBERED = re.compile(r"[\[(]?((?:speaker|spk|channel)[ _-]?\d{1,3})[\])]?(?:\s?:|(?<=[\])]))\s{0,4}(.{0,4000})", re.I)
_NO_PERSON = re.compile(r"(?:speaker|spk|channel)[ _-]?\d{1,3}", re.I)
_CHANGE = re.compile(r"(?:>{2,3}|[-\u2013—])\s?(?=\S)")
_SILENT = re.compile(
    r"[\[(*♪\s]{1,3}(?:(?:hold|background|soft|upbeat)\s)?(?:music|silence|noise|pause|beep|ringing|dial tone|"
    r"phone rings?|blank_audio|inaudible|no audio|static|typing|♪)[^\[\]()*♪]{0,30}[\])*♪\s]{1,3}|[♪\s]{1,9}",
    re.I,
)


@dataclass(frozen=True, slots=True)
class _Stretch:
    """What one speaker says in one cue.

    Attributes:
        name: the speaker's; empty where none is named.
        changes: whether a mark such as ">>" says that somebody else speaks now.
    """

    part: int
    start: int
    end: int
    name: str
    text: str
    changes: bool = False


def _subtitles(decoded: Decoded, customer: str | None, on_bad: OnBad | None) -> list[Conversation]:
    del on_bad
    track = read_track(decoded.text)
    stretches, silent = _stretches(track)
    if not stretches:
        raise KnownError("No words stand under the times of this transcript. Choose one that has the text of the call.")
    if any(s.name for s in stretches):
        spoken, notes = _filled(stretches)
        joined = _joined(spoken, _SHORT_GAP)
        pieces = [_piece(s) for s in joined]
    else:
        joined = _joined(stretches, _BREATH)
        pieces, notes = _alternating(joined)
    if len(pieces) > MAX_TURNS:
        raise KnownError(f"This transcript has more than {MAX_TURNS:,} turns. Take the part of it that matters now.")
    roles = cast(pieces)
    turns = tuple(
        Turn(i, p.speaker or roles.roles[p.who], p.text, p.name or None, _at(track.begun, s))
        for i, (p, s) in enumerate(zip(pieces, joined, strict=True))
    )
    found = Conversation(
        id="c-" + hashlib.sha256(decoded.text.strip().encode()).hexdigest()[:12],
        source="subtitles",
        turns=turns,
        customer=customer_name(turns),
        notes=(*decoded.notes, *_notes(track, silent), *notes, *(roles.notes if customer is None else ())),
    )
    (told,) = [found] if customer is None else tell_customer([found], customer)
    numbered = told.customer is not None and _NO_PERSON.fullmatch(told.customer)
    return [replace(told, customer=None) if numbered else told]


def _piece(stretch: _Stretch) -> Piece:
    speaker = None if stretch.name else Speaker.SYSTEM
    return Piece(key(stretch.name), stretch.name, stretch.text, None, speaker)


def _at(begun: datetime | None, stretch: _Stretch) -> datetime | None:
    if begun is None or stretch.part:
        return None
    try:
        return begun + timedelta(milliseconds=stretch.start)
    except OverflowError:
        return None


def _stretches(track: Track) -> tuple[list[_Stretch], int]:
    """What is said in order, and how many cues hold a sound and no words."""
    spoken = [(cue, voices(cue)) for cue in track.cues]
    known = _label_names(voiced.lines for _, parts in spoken for voiced in parts if not voiced.name)
    found: list[_Stretch] = []
    silent = 0
    for cue, parts in spoken:
        for voiced in parts:
            for name, text, changes in _split(voiced.name, voiced.lines, known):
                if not text:
                    continue
                if _SILENT.fullmatch(text[:80]):
                    silent += 1
                    continue
                found.append(_Stretch(cue.part, cue.start, cue.end, name, text, changes))
    return found, silent


def _label_names(cues: Iterable[Sequence[str]]) -> frozenset[str]:
    """The names before a colon that are speakers, judged over the whole file."""
    counts: Counter[str] = Counter()
    spelled: dict[str, str] = {}
    total = 0
    for lines in cues:
        total += 1
        label = _label(lines[0])
        if label:
            counts[key(label[0])] += 1
            spelled.setdefault(key(label[0]), label[0])
    looks = {who: Likeness.ROLE if _NO_PERSON.fullmatch(name) else likeness(name) for who, name in spelled.items()}
    fair = sum(n for who, n in counts.items() if looks[who] >= Likeness.FAIR)
    sure = {who for who, n in counts.items() if looks[who] is Likeness.ROLE or (looks[who] and n > 1)}
    # "Honestly: ..." goes on with what was said before, unless each cue names its speaker.
    if fair == total or (fair * 2 >= total and len(sure) < _TWO):
        sure |= {who for who in counts if looks[who]}
    return frozenset(sure)


def _label(line: str) -> tuple[str, str] | None:
    """The name before a line's colon and what follows it."""
    mark = _CHANGE.match(line)
    line = line[mark.end() :] if mark else line
    numbered = _NUMBERED.match(line)
    if numbered:
        return numbered[1], line[numbered.start(2) :]
    name, colon, text = line[: _LABEL_REACH + 1].replace("\uff1a", ": ").partition(":")
    name = name.strip()
    if name[:1] + name[-1:] in ("[]", "()"):
        name = name[1:-1].strip()
    if not colon or not name or (text and not text[0].isspace()):
        return None
    end = re.search("[:\uff1a]", line)
    return (name, line[end.end() :].strip()) if end else None


def _split(voice: str, lines: Sequence[str], known: frozenset[str]) -> list[tuple[str, str, bool]]:
    """A cue's lines by speaker: the name, what is said, and whether a mark says that the speaker changes."""
    found: list[tuple[str, list[str], bool]] = []
    dashes = sum(1 for line in lines if _CHANGE.match(line))
    for line in lines:
        label = None if voice else _label(line)
        if label and key(label[0]) in known:
            found.append((label[0], [label[1]], False))
            continue
        mark = None if voice else _CHANGE.match(line)
        changes = mark is not None and (line[0] == ">" or dashes > 1)
        if mark and changes:
            line = line[mark.end() :]
        if found and not changes:
            found[-1][1].append(line)
        else:
            found.append((voice, [line], changes))
    return [(name, " ".join(filter(None, said)), changes) for name, said, changes in found]


def _filled(stretches: Sequence[_Stretch]) -> tuple[list[_Stretch], list[str]]:
    """Gives unnamed stretches to whoever spoke before; what stands before the first name is the line's own."""
    names = list(dict.fromkeys(key(s.name) for s in stretches if s.name))
    spelled = {key(s.name): s.name for s in reversed(stretches) if s.name}
    last = ""
    carried = unknown = 0
    filled: list[_Stretch] = []
    for stretch in stretches:
        who = key(stretch.name)
        if not who:
            if stretch.changes:
                others = [n for n in names if n != last]
                last = others[0] if len(others) == 1 else ""
            who = last
            carried += bool(who)
            unknown += not who
        last = who
        filled.append(replace(stretch, name=spelled.get(who, ""), changes=False))
    notes = []
    if carried:
        notes.append(f"{count(carried, 'cue')} without a name {were(carried)} given to whoever spoke before.")
    if unknown:
        notes.append(f"{count(unknown, 'cue')} of nobody known {were(unknown)} kept as system lines.")
    return filled, notes


def _joined(stretches: Sequence[_Stretch], gap: int) -> list[_Stretch]:
    """One stretch of all that a speaker says without a longer silence."""
    groups: list[tuple[_Stretch, list[str], int]] = []
    for stretch in stretches:
        if groups:
            first, said, end = groups[-1]
            same = (first.part, first.name) == (stretch.part, stretch.name) and not stretch.changes
            if same and stretch.start - end <= gap:
                said.append(stretch.text)
                groups[-1] = first, said, max(end, stretch.end)
                continue
        groups.append((stretch, [stretch.text], stretch.end))
    return [replace(first, text=" ".join(said), end=end) for first, said, end in groups]


def _alternating(stretches: Sequence[_Stretch]) -> tuple[list[Piece], list[str]]:
    """Takes turns between silences for turns of customer and agent, where they sound like it.

    Raises:
        KnownError: they do not.
    """
    lines = "\n\n".join(s.text for s in stretches).split("\n")
    pieces, _ = parse_free(lines)
    told_apart = {Speaker.CUSTOMER, Speaker.AGENT} <= {p.speaker for p in pieces}
    if not told_apart or len(pieces) != len(stretches):
        raise KnownError(
            "This transcript does not say who speaks. Make it again with speaker names, or write them before the lines."
        )
    return pieces, [
        "The transcript names no speaker; its stretches between pauses were read as customer and agent taking turns. "
        "Swap the roles if that is wrong."
    ]


def _notes(track: Track, silent: int) -> list[str]:
    notes = [f"This was read as a call transcript in {'WebVTT' if track.is_vtt else 'SRT'}."]
    if track.asides:
        notes.append(f"{count(track.asides, 'comment or style block')} {were(track.asides)} left out.")
    if silent:
        notes.append(f"{count(silent, 'cue')} without words, such as [music], {were(silent)} left out.")
    if track.repeated:
        notes.append(f"{count(track.repeated, 'cue')} stood there more than once and {were(track.repeated)} read once.")
    if track.reordered:
        notes.append("The cues were not in order of their times and were sorted.")
    return notes


FORMAT = Format(
    name="subtitles",
    limit=MAX_SUBTITLES,
    too_long=f"This transcript is longer than {MAX_SUBTITLES // 1_000_000} MB. Take the part that matters now.",
    verbatim=False,
    matches=is_track,
    parse=_subtitles,
)
