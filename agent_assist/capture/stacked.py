"""Headers of two lines: a name, and below it a line that is only a time, or a date and a time."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from agent_assist.capture.clock import Stamp, parse_time_line
from agent_assist.capture.consistency import Mark
from agent_assist.capture.names import MAX_NAME, Likeness, key, likeness
from agent_assist.capture.private import says_private, without_aside
from agent_assist.capture.system import is_system

_ASIDE = re.compile(r"(?<=[\dmM.])\s{1,8}[(\[][^()\[\]]{1,40}[)\]]$")


def find_stacked(views: Sequence[str]) -> list[Mark]:
    """The headers of this shape in a text, none where what there is may be chance.

    Two of them are believed wherever they stand, since a title may open the text; a single one needs a date and has at
    most a title above it.
    """
    stamps = {i: stamp for i, seen in enumerate(views) if seen and (stamp := parse_time_line(_ASIDE.sub("", seen)))}
    found = [m for i, stamp in stamps.items() if (m := _mark(i - 1, stamp, views, stamps))]
    counts = Counter(key(m.name) for m in found)
    found = [m for m in found if m.likeness > Likeness.WEAK or counts[key(m.name)] > 1]
    dated = any(m.stamp and m.stamp.names_day for m in found)
    if len(found) >= 2:
        return found if dated or not _times_come_last(views, stamps) else []
    return found if dated and sum(1 for v in views[: found[0].line] if v) <= 1 else []


def _mark(line: int, stamp: Stamp, views: Sequence[str], stamps: dict[int, Stamp]) -> Mark | None:
    if line < 0 or line in stamps:
        return None
    name = views[line]
    # Below a bare time a gap means that the time is what was said.
    below = views[line + 2 : line + (4 if stamp.names_day else 3)]
    if not name or len(name) > MAX_NAME or is_system(name) or not any(below):
        return None
    aside = _ASIDE.search(views[line + 1])
    like = likeness(without_aside(name))
    return (
        Mark(line, name, "", stamp, like, height=2, private=bool(aside and says_private(aside[0])))
        if like is not Likeness.NONE
        else None
    )


def _times_come_last(views: Sequence[str], stamps: dict[int, Stamp]) -> bool:
    """Whether the times stand below the messages ("Anna", "hello", "10:32") and not above them."""
    last = max(i for i, seen in enumerate(views) if seen)
    return last in stamps and last - 1 not in stamps
