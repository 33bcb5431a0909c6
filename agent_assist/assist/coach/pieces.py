"""A draft in pieces: its greeting and its sentences, each with what becomes of it, put together as changes."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from agent_assist.assist.claims import plain
from agent_assist.assist.coach.diff import edits
from agent_assist.assist.coach.tags import tag_of
from agent_assist.assist.coach.wording import capitalised
from agent_assist.assist.sentences import spans
from agent_assist.records import Change, Tag

_GREETING = re.compile(
    r"(?:hi|hello|hey|dear|good (?:morning|afternoon|evening)|greetings)(?:,? there\b|,? all\b|,? again\b)?"
    r"(?:,? (?-i:[A-Z])[\w'-]+){0,2} ?(?:[,.!:]+|[\u2013\u2014-](?=\s)|(?=\n))\s*",
    re.IGNORECASE,
)
_SIGNATURE = re.compile(r"[\^*/~\u2013\u2014-]\s?\w{1,14}\.?$|\d/\d$")
_SIGNED = re.compile(
    r"(?<=\s)(?:[\^*/~]\s?\w{1,14}|[-\u2013\u2014]\s?[A-Z][a-z]{1,14}|[-\u2013\u2014]\s?[A-Z]{2,3})\.?\s*$"
)
_SIGN_OFF = 3


@dataclass(slots=True)
class Piece:
    """A greeting or a sentence of a draft.

    Attributes:
        start, end: where it stands, without white space around it.
        text: as it stands.
        new: what becomes of it; "" where it is left out.
        tags: what the rules that changed it do.
        first: sentences to put in front of it, with what they do.
        greeting: it only greets.
    """

    start: int
    end: int
    text: str
    new: str
    tags: list[Tag] = field(default_factory=list)
    first: list[tuple[str, Tag]] = field(default_factory=list)
    greeting: bool = False


def pieces_of(draft: str) -> list[Piece]:
    """The pieces of a draft, unchanged. Nothing but white space stands between them."""
    made: list[Piece] = []
    for start, end in spans(draft):
        greeting = _GREETING.match(plain(draft), start, end) if not made else None
        if greeting is not None and greeting.end() > start:
            stop = start + len(draft[start : greeting.end()].rstrip())
            made.append(Piece(start, stop, draft[start:stop], draft[start:stop], greeting=True))
            start = greeting.end()
        if start < end:
            made.append(Piece(start, end, draft[start:end], draft[start:end]))
    return made


def rewritten(pieces: list[Piece]) -> str:
    """The text that the pieces make."""
    return " ".join(t for p in pieces for t in (*(s for s, _ in p.first), p.new) if t)


def body(pieces: list[Piece]) -> int:
    """Index of the first piece that does more than greet."""
    return next((k for k, p in enumerate(pieces) if not p.greeting), len(pieces))


def closing(pieces: list[Piece]) -> int:
    """Index of the first of the last pieces that only sign off."""
    k = len(pieces)
    while k > 1 and _signs_off(pieces[k - 1].text):
        k -= 1
    return k


def ended(text: str) -> bool:
    """Whether another sentence can follow a text: it ends in an end mark or in a link, a signature aside."""
    signed = _SIGNED.search(text)
    words = text[: signed.start() if signed else len(text)].split()
    return bool(words) and (words[-1][-1] in ".!?\u2026)" or "http" in words[-1])


def _signs_off(text: str) -> bool:
    return (
        len(text.split()) <= _SIGN_OFF
        and "http" not in text
        and ("thank" in text.lower() or _SIGNATURE.search(text) is not None)
    )


def changes_of(draft: str, pieces: list[Piece], end: list[tuple[str, Tag]]) -> tuple[Change, ...]:
    """What the pieces change in their draft, as pieces to take or leave.

    Args:
        draft: as the agent wrote it.
        pieces: of it, changed.
        end: sentences to put behind the last piece, with what they do.
    """
    found: list[Change] = []
    for k, piece in enumerate(pieces):
        for text, tag in piece.first:
            found.append(Change(piece.start, piece.start, text + " ", tag))
        if not piece.new:
            found.append(_removal(pieces, k))
            continue
        edited = _edited(draft, piece)
        if piece.first and edited and _only_raised(draft, edited[0], piece.start):
            # The capital comes with the sentence that makes it needed.
            raised, edited = edited[0], edited[1:]
            found[-1] = Change(piece.start, raised.end, found[-1].text + raised.text, found[-1].tag)
        found += edited
    last = pieces[-1].end if pieces else len(draft)
    signed = _SIGNED.search(draft, 0, last)
    if signed is not None:
        found += [Change(signed.start(), signed.start(), text + " ", tag) for text, tag in end]
    else:
        found += [Change(last, last, " " + text, tag) for text, tag in end]
    return tuple(_apart(found))


def _only_raised(draft: str, change: Change, start: int) -> bool:
    """Whether a change gives the first word of a piece its capital and no more."""
    gone = draft[change.start : change.end]
    return change.start == start and gone != change.text and gone.casefold() == change.text.casefold()


def _edited(draft: str, piece: Piece) -> list[Change]:
    only = piece.tags[0] if len(set(piece.tags)) == 1 else None
    return [
        Change(e.start, e.end, e.text, only or tag_of(draft[e.start : e.end], e.text))
        for e in edits(piece.text, piece.new, piece.start)
    ]


def _removal(pieces: list[Piece], k: int) -> Change:
    """A piece goes with the white space after it; the last one with that before it."""
    piece = pieces[k]
    tag = piece.tags[0] if piece.tags else Tag.SHORTENS
    if k == 0 or any(p.new or p.first for p in pieces[k + 1 :]):
        if k + 1 == len(pieces):
            return Change(piece.start, piece.end, "", tag)
        return Change(piece.start, pieces[k + 1].start, "", tag)
    return Change(pieces[k - 1].end, piece.end, "", tag)


def _apart(found: list[Change]) -> list[Change]:
    """Changes that overlap, joined. Two that only add at one place stay two: one may be taken without the other."""
    kept: list[Change] = []
    for change in found:
        last = kept[-1] if kept else None
        if last is not None and change.start < last.end:
            start = min(last.start, change.start)
            kept[-1] = Change(start, max(last.end, change.end), last.text + change.text, last.tag)
        else:
            kept.append(change)
    return kept


def capitalise_after(pieces: list[Piece], k: int) -> None:
    """The piece begins a sentence now: a greeting does not lead into it any more."""
    if pieces[k].new:
        pieces[k].new = capitalised(pieces[k].new)
