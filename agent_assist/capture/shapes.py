"""Finds the lines that name a speaker, shape by shape, and settles which shape a text has.

Every pattern looks at the first characters of a line only, so that a line of any length costs the same.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from agent_assist.capture.clock import DATED, STAMP, TIME, parse_stamp
from agent_assist.capture.consistency import (
    Mark,
    accept_headers,
    accept_inline,
    accept_stamped,
    accept_suffixed,
    begins,
    first_content,
    insists,
    titled,
)
from agent_assist.capture.lines import tail, view
from agent_assist.capture.names import MAX_NAME, Likeness, likeness
from agent_assist.capture.private import says_private, without_aside
from agent_assist.capture.stacked import find_stacked
from agent_assist.capture.system import is_system

_BRACKETED = re.compile(
    rf"\s*(?:\[\s?(?:{STAMP}|{DATED})\s?\]|\(\s?(?:{STAMP}|{DATED})\s?\))[\s\-\u2013—:|,]{{0,4}}", re.I
)
_BARE = re.compile(rf"\s*(?:{STAMP})(?=[\s\-\u2013—|,:])[\s\-\u2013—:|,•·]{{1,4}}", re.I)
_TAIL = re.compile(
    rf"[\s,\-\u2013—|•·:]{{0,4}}(?:[\[(]\s?(?P<in>{STAMP}|{DATED})\s?[\])]|(?<=[\s,])(?P<out>{STAMP}))\s?(?P<colon>:?)",
    re.I,
)
_ASIDE = re.compile(r"\s*\([^()]{1,40}\)\s*")
_COULD_BE_TIME = re.compile(r"\d:\d|\d[-/.]\d|[(\[].{0,20}\d")


def settle(lines: Sequence[str]) -> dict[int, Mark] | None:
    """The marks, by line, of the shape that explains the text best, or None where nothing marks who speaks."""
    views = [view(line) for line in lines]
    first = first_content(views)
    stacked = find_stacked(views)
    readings = [{m.line: m for m in stacked}] if stacked else []
    for find, accept in _SHAPES:
        found = [m for i, v in enumerate(views) if v and (m := find(i, v, lines[i]))]
        marks = accept(found, views) if found else []
        named = [m for m in marks if m.name]
        if named and (begins(named[0].line, first, views) or insists(named) or titled(named, views)):
            readings.append({m.line: m for m in marks})
    return max(readings, key=lambda r: sum(1 for m in r.values() if m.name), default=None)


def _inline(i: int, seen: str, line: str) -> Mark | None:
    split = _split_name(seen)
    if split is None:
        return None
    name, used = split
    like = likeness(without_aside(name))
    following = seen[used : used + 1]
    if like is Likeness.NONE or following in ("/", "\\", ":") or (following.isdigit() and like < Likeness.ROLE):
        return None
    return Mark(i, name, tail(line, used), None, like, tight=bool(following) and not following.isspace())


def _split_name(seen: str) -> tuple[str, int] | None:
    """The name before a colon and how many characters name and colon take; bold marks around them are dropped."""
    colon = seen.find(":", 0, MAX_NAME + 6)
    if colon <= 0:
        return None
    name, used = seen[:colon], colon + 1
    if name[:1] in "*_":
        bold = name[:2] if name[1:2] == name[0] else name[0]
        name = name[len(bold) :]
        if seen.startswith(bold, used):
            used += len(bold)
        elif name.endswith(bold):
            name = name[: -len(bold)]
    return name.strip(), used


def _stamped(i: int, seen: str, line: str) -> Mark | None:
    lead = (_BRACKETED.match(seen) or _BARE.match(seen)) if _COULD_BE_TIME.search(seen) else None
    if lead is None:
        return None
    stamp = parse_stamp(lead[0])
    rest = seen[lead.end() :]
    split = _split_name(rest)
    like = likeness(without_aside(split[0])) if split else Likeness.NONE
    if split and like is not Likeness.NONE:
        return Mark(i, split[0], tail(line, lead.end() + split[1]), stamp, like)
    if rest and (seen[0] in "[(" or is_system(rest)):
        return Mark(i, "", tail(line, lead.end()), stamp, Likeness.NONE)
    return None


def _suffixed(i: int, seen: str, line: str) -> Mark | None:
    for match in _TAIL.finditer(seen, 1) if _COULD_BE_TIME.search(seen) else ():
        rest = seen[match.end() :]
        name = seen[: match.start()].strip(" *_,|-\u2013—•·:")
        like = likeness(without_aside(name))
        if like is Likeness.NONE or match.start() > MAX_NAME + 4:
            return None
        if match["colon"] or not rest.strip("* "):
            return Mark(i, name, tail(line, match.end()).strip("*").strip(), parse_stamp(match[0]), like)
        if says_private(rest) or _ASIDE.fullmatch(rest):
            return Mark(i, name, "", parse_stamp(match[0]), like, private=says_private(rest))
    return None


def _bracket_header(i: int, seen: str, line: str) -> Mark | None:
    lead = _BRACKETED.match(seen)
    if lead is None or is_system(seen[lead.end() :]):
        return None
    name = seen[lead.end() :].strip()
    like = likeness(without_aside(name))
    return Mark(i, name, "", parse_stamp(lead[0]), like) if like > Likeness.WEAK else None


def _header(i: int, seen: str, line: str) -> Mark | None:
    if len(seen) > MAX_NAME or is_system(seen) or re.fullmatch(TIME, seen, re.I):
        return None
    like = likeness(seen)
    return Mark(i, seen, "", None, like) if like is not Likeness.NONE else None


_Find = Callable[[int, str, str], Mark | None]
_Accept = Callable[[list[Mark], Sequence[str]], list[Mark]]
_SHAPES: tuple[tuple[_Find, _Accept], ...] = (
    (_stamped, accept_stamped),
    (_suffixed, accept_suffixed),
    (_bracket_header, accept_suffixed),
    (_inline, accept_inline),
    (_header, accept_headers),
)
