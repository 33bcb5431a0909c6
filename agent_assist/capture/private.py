"""Notes that colleagues leave for each other within an export: they are no part of the conversation."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from agent_assist.capture.consistency import Mark
from agent_assist.capture.lines import view

_WORDS = r"(?:internal|private)\s(?:note|comment)s?"
_NAMED = re.compile(rf"\b{_WORDS}\b", re.I)
_ASIDE = re.compile(rf"\s?[(\[]{_WORDS}[)\]]", re.I)
_LINE = re.compile(rf"[\s(\[*_\-]{{0,4}}{_WORDS}[\s)\]*_\-:.]{{0,4}}", re.I)


def private_marks(lines: Sequence[str], marks: Mapping[int, Mark]) -> frozenset[int]:
    """The lines of those marks whose messages are notes: it stands in the header, or alone on the line below."""
    return frozenset(i for i, m in marks.items() if m.private or _NAMED.search(m.name) or _opens_note(m, lines, marks))


def without_aside(name: str) -> str:
    """A speaker's name without "(internal note)" beside it, which would hide that it is a name."""
    return _ASIDE.sub("", name)


def says_private(text: str) -> bool:
    """Whether a header's trailing words mark a note ("(Internal note)")."""
    return _LINE.fullmatch(text) is not None


def _opens_note(mark: Mark, lines: Sequence[str], marks: Mapping[int, Mark]) -> bool:
    if mark.body or not mark.name:
        return False
    first = _filled(mark.line + mark.height, lines)
    if first is None or first in marks or not says_private(view(lines[first])):
        return False
    # With nothing below it, the line is all that was said.
    below = _filled(first + 1, lines)
    return below is not None and below not in marks


def _filled(start: int, lines: Sequence[str]) -> int | None:
    return next((i for i in range(start, min(start + 3, len(lines))) if view(lines[i])), None)
