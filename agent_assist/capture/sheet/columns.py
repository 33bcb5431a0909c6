"""Which column of a table holds what: guessed by the titles and by what stands below them, or told by hand."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from agent_assist.capture.decode import clean
from agent_assist.capture.lines import strip
from agent_assist.capture.names import Likeness, likeness
from agent_assist.capture.sheet import cells, times, words

_LOOKED_AT = 60
_HEAD = 100_000
_TITLE_ROWS = 5
_SHOWN_ROWS = 5
_SHOWN = 80
_LONGEST_TITLE = 40
_EVEN = 0.8  # of the rows are as wide as the titles
_ROLES_TOLD = 0.6  # of the filled cells of a column of roles
_NUMBER = re.compile(r"[\w#-]{0,12}\d[\w-]{0,40}")
_INLINE = re.compile(r"\s*[\[(]?\d{1,2}:\d{2}")  # "name, time: text" is a paste and no table
PARTS = ("conversation", "message", "private", "role", "name", "day", "time", "text")
"""The fields of `Columns` that are columns, in the order in which titles are given to them."""
_SAID_OF = {
    "text": "the message",
    "role": "who is the customer",
    "name": "the speaker",
    "time": "the time",
    "day": "the day",
    "conversation": "the conversation",
    "message": "the message's number",
    "private": "what is internal",
}

_Rows = Sequence[Sequence[str]]


@dataclass(frozen=True, slots=True)
class Columns:
    """Which column of a table holds what; positions count from 0, None where no column holds it.

    Attributes:
        text: what was said.
        role: customer or agent, in or out.
        name: who spoke.
        time: when; with `day`, the time of day only.
        day: the date, where it has a column of its own.
        conversation: what tells conversations apart.
        message: what tells messages apart, so that one that stands twice is read once.
        private: what tells internal notes from messages.
        delimiter: what separates the cells.
        skip: rows above the first message.
        header: the titles; "Column 1" and so on where the table has none.
        sample: the first rows below, each cell cut short, to be shown.
    """

    text: int
    role: int | None = None
    name: int | None = None
    time: int | None = None
    day: int | None = None
    conversation: int | None = None
    message: int | None = None
    private: int | None = None
    delimiter: str = ","
    skip: int = 1
    header: tuple[str, ...] = ()
    sample: tuple[tuple[str, ...], ...] = ()

    def part(self, name: str) -> int | None:
        """The column of a part by the part's name."""
        found: int | None = getattr(self, name)
        return found

    def title(self, column: int | None) -> str:
        """The title of a column; empty where there is none."""
        return self.header[column] if column is not None and 0 <= column < len(self.header) else ""

    def note(self) -> str:
        """Which column is read as what, in one sentence."""
        told = [(part, self.part(part)) for part in reversed(PARTS)]
        named = [f'{_SAID_OF[part]} from "{self.title(column)}"' for part, column in told if column is not None]
        return f"Columns of the table: {', '.join(named)}."


@dataclass(frozen=True, slots=True)
class Guess:
    """Columns, and how sure they are.

    Attributes:
        columns: the likeliest.
        clear: whether the text is surely a table of messages.
        even: whether it is surely some table: every row is as wide as the titles, and wider than prose would make it.
    """

    columns: Columns
    clear: bool
    even: bool = False


def guess(text: str) -> Guess | None:
    """The likeliest columns of a text; None where it is no table at all."""
    if not text or text.lstrip("\ufeff \t\r\n")[:1] in ("{", "<", ""):
        return None
    said = cells.said_delimiter(text)
    found = []
    for delimiter in (said,) if said else cells.DELIMITERS:
        if delimiter in text[:_HEAD]:
            found.append(_guess(cells.sample(text, delimiter, _LOOKED_AT), delimiter))
    sure = [replace(g, even=_is_even(text, g.columns)) for g in found if g is not None]
    return max(sure, key=lambda g: (g.clear, sum(g.columns.part(p) is not None for p in PARTS)), default=None)


def _is_even(text: str, table: Columns) -> bool:
    rows, width = cells.sample(text, table.delimiter, _LOOKED_AT), len(table.header)
    least = 2 if table.delimiter == "\t" else 3
    titled = all(len(title) < _LONGEST_TITLE for title in table.header)
    return len(rows) >= 3 and width >= least and titled and all(len(row) == width for row in rows)


def headed(text: str) -> Iterator[Columns]:
    """The table with each row near its top taken for the titles, whatever they say; the longest column is the text."""
    said = cells.said_delimiter(text)
    for delimiter in (said,) if said else cells.DELIMITERS:
        rows = cells.sample(text, delimiter, _LOOKED_AT) if delimiter in text[:_HEAD] else []
        for at, row in enumerate(rows[:_TITLE_ROWS]):
            below = rows[at + 1 :]
            if below and len(row) > 1:
                yield _columns({"text": _longest(below, len(row))}, row, below, delimiter, at + 1)


def tells_roles_of(text: str, table: Columns, column: int) -> bool:
    """Whether the cells of a column say customer and agent, and are no names."""
    rows = cells.sample(text, table.delimiter, _LOOKED_AT)[table.skip :]
    filled = _filled(rows, column)
    return _share(filled, lambda c: words.role(c, table.title(column)) or words.private(c)) >= _ROLES_TOLD


def _guess(rows: list[list[str]], delimiter: str) -> Guess | None:
    for at, row in enumerate(rows[:_TITLE_ROWS]):
        titled = _by_titles(row, rows[at + 1 :], delimiter, at + 1) if len(row) > 1 else None
        if titled is not None and titled.clear:
            return titled
    if len(rows) < 2:
        return None
    width = Counter(map(len, rows)).most_common(1)[0][0]
    if width < 2:
        return None
    for skip in (0, 1):
        untitled = _by_values(rows, delimiter, skip, width)
        if untitled is not None:
            return untitled
    return _vague(rows, delimiter, width)


def _by_titles(titles: Sequence[str], below: _Rows, delimiter: str, skip: int) -> Guess | None:
    if not below or any(len(title) > _LONGEST_TITLE or "\n" in title.strip() for title in titles):
        return None
    names = [words.bare(title) for title in titles]
    taken: dict[str, int] = {}
    for part in PARTS:
        column = _titled(part, names, taken, below, titles)
        if column is not None:
            taken[part] = column
    if "text" not in taken:
        return None
    _settle_number(taken, names, below)
    named = len(taken)
    _settle_speakers(taken, names, below, titles)
    even = sum(len(row) == len(titles) for row in below) >= _EVEN * len(below)
    clear = named >= 2 and (even or named >= 3)
    return Guess(_columns(taken, titles, below, delimiter, skip), clear)


def _titled(part: str, names: Sequence[str], taken: dict[str, int], below: _Rows, titles: Sequence[str]) -> int | None:
    """The column whose title names a part best, if what stands below bears it out."""
    ranks = words.TITLES[part]
    free = [i for i in range(len(names)) if names[i] in ranks and i not in taken.values()]
    for column in sorted(free, key=lambda i: ranks[names[i]]):
        if _bears_out(part, column, names, below, titles):
            return column
    return None


def _bears_out(part: str, column: int, names: Sequence[str], below: _Rows, titles: Sequence[str]) -> bool:
    filled = _filled(below, column)
    if part == "role":
        return _share(filled, lambda c: words.role(c, titles[column]) or words.private(c)) >= _ROLES_TOLD
    if part == "private":
        return _share(filled, lambda c: words.private(c, titles[column]) is not None) >= _ROLES_TOLD
    if part == "day":
        clocks = words.TITLES["clock"]
        beside = any(name in clocks and i != column for i, name in enumerate(names))
        return beside and not any(map(times.tells_clock, filled))
    return True


def _settle_number(taken: dict[str, int], names: Sequence[str], below: _Rows) -> None:
    """A column called "id" numbers the messages where no number stands twice, else the conversations."""
    free = [i for i in range(len(names)) if names[i] in words.TITLES["number"] and i not in taken.values()]
    if free:
        filled = _filled(below, free[0])
        taken.setdefault("message" if len(set(filled)) == len(filled) else "conversation", free[0])


def _settle_speakers(taken: dict[str, int], names: Sequence[str], below: _Rows, titles: Sequence[str]) -> None:
    """Finds the roles in a column that is called by something else, such as "author" or "from"."""
    if "role" in taken:
        return
    name = taken.get("name")
    first = [name] if name is not None else []
    for column in (*first, *(i for i in range(len(names)) if i not in taken.values())):
        if not _tells_roles(_filled(below, column)):
            continue
        taken["role"] = column
        if column == name:
            del taken["name"]
            other = _titled("name", names, taken, below, titles)
            if other is not None:
                taken["name"] = other
        return


def _by_values(rows: _Rows, delimiter: str, skip: int, width: int) -> Guess | None:
    """Columns of a table whose titles say nothing, or that has none: roles or moments show what it is."""
    below = rows[skip:]
    if len(below) < 2 or any(len(row) != width for row in below):
        return None
    columns = range(width)
    taken: dict[str, int] = {}
    role = next((i for i in columns if _tells_roles(_filled(below, i), full=len(below))), None)
    time = next((i for i in columns if all(times.tells_moment(row[i]) for row in below)), None)
    rest = [i for i in columns if i not in (role, time)]
    text = max(rest, key=lambda i: sum(len(row[i]) for row in below), default=None)
    if text is None or any(_INLINE.match(row[text]) for row in below) or not any(" " in row[text] for row in below):
        return None
    taken["text"] = text
    others = [i for i in rest if i != text]
    name = next((i for i in others if all(likeness(row[i]) >= Likeness.FAIR for row in below)), None)
    if role is None and (time is None or name is None):
        return None
    group = next((i for i in others if i != name and _tells_apart([row[i] for row in below])), None)
    for part, column in (("role", role), ("time", time), ("name", name), ("conversation", group)):
        if column is not None:
            taken[part] = column
    titles = rows[0] if skip else [f"Column {i + 1}" for i in columns]
    known = not skip or any(words.bare(title) in ranks for title in titles for ranks in words.TITLES.values())
    clear = known and not any(_is_prose(_filled(below, i)) for i in columns if i not in taken.values())
    return Guess(_columns(taken, titles, below, delimiter, skip), clear)


def _is_prose(filled: Sequence[str]) -> bool:
    """Whether most cells hold words, and other ones each: names and labels stand at several rows."""
    many = len({cell.strip() for cell in filled}) * 2 > len(filled) > 1
    return many and _share(filled, _is_wordy) > 0.5


def _is_wordy(cell: str) -> bool:
    tokens = [token.strip(".,;:!?…'’\"()-") for token in cell.split()]
    told = sum(token.replace("'", "").replace("’", "").isalpha() for token in tokens)
    return (told >= 2 or told == len(tokens) > 0) and not times.tells_moment(cell)


def _vague(rows: _Rows, delimiter: str, width: int) -> Guess:
    """What a person may start from who says that this is a table: the longest column is the text."""
    above = [*rows[0], *[""] * (width - len(rows[0]))]
    titles = [title.strip()[:_LONGEST_TITLE] or f"Column {i + 1}" for i, title in enumerate(above)]
    text = _longest(rows[1:], width)
    titled = _by_titles(titles, rows[1:], delimiter, 1)
    return titled or Guess(_columns({"text": text}, titles, rows[1:], delimiter, 1), clear=False)


def _columns(taken: dict[str, int], titles: Sequence[str], below: _Rows, delimiter: str, skip: int) -> Columns:
    while titles and not titles[-1].strip():
        titles = titles[:-1]  # what stands below no title belongs to a text that holds what separates cells
    header = tuple(_shown(title) or f"Column {i + 1}" for i, title in enumerate(titles))
    shown = tuple(tuple(map(_shown, row)) for row in below[:_SHOWN_ROWS])
    return Columns(
        text=taken["text"],
        role=taken.get("role"),
        name=taken.get("name"),
        time=taken.get("time"),
        day=taken.get("day"),
        conversation=taken.get("conversation"),
        message=taken.get("message"),
        private=taken.get("private"),
        delimiter=delimiter,
        skip=skip,
        header=header,
        sample=shown,
    )


def _shown(cell: str) -> str:
    return " ".join(strip(clean(cell[:_SHOWN])[0]).split())


def _longest(rows: _Rows, width: int) -> int:
    return max(range(width), key=lambda i: sum(len(cell) for cell in _filled(rows, i)))


def _filled(rows: _Rows, column: int) -> list[str]:
    return [row[column] for row in rows if column < len(row) and row[column].strip()]


def _share(filled: Sequence[str], fits: Callable[[str], object]) -> float:
    return sum(bool(fits(cell)) for cell in filled) / len(filled) if filled else 0.0


def _tells_roles(filled: Sequence[str], full: int = 0) -> bool:
    """Whether every cell names a role, and they name two at least."""
    roles = {words.role(cell) for cell in filled}
    return None not in roles and len(roles) >= 2 and len(filled) >= full


def _tells_apart(filled: Sequence[str]) -> bool:
    """Whether cells look like numbers of conversations: some of them stand at several rows."""
    return all(_NUMBER.fullmatch(cell.strip()) for cell in filled) and len(set(filled)) < len(filled)
