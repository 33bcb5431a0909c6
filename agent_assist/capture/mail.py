"""Quoted e-mail: the deeper a line is quoted, the earlier it was written."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from agent_assist.capture.clock import DATED, TIME, Stamp, parse_stamp
from agent_assist.capture.draft import Piece
from agent_assist.capture.names import key

_MAX_DEPTH = 50
_LOOKED_AT = 300
_HEADER_REACH = 8

_WROTE = re.compile(
    r"(?:on|le|el|il|em|op|den|am|в)\s.{4,240}\s(?:wrote|a\sécrit|escribió|ha\sscritto|escreveu|schreef|skrev|schrieb.{1,80})\s?:",
    re.I,
)
_WROTE_NAME = re.compile(
    r"(?P<before>.*?)\s(?:wrote|a\sécrit|escribió|ha\sscritto|escreveu|schreef|skrev|schrieb)\b(?P<after>.*)", re.I
)
_WHEN = re.compile(rf"(?:{TIME})|(?:{DATED})|\b(?:uhr|at|um|à|on)\b", re.I)
_QUOTES = re.compile(rf"(?: ?>){{1,{_MAX_DEPTH}}}")
_GAPS = re.compile(r"\n{3,}")
_ORIGINAL = re.compile(
    r"[-_\s]{2,20}(?:original message|forwarded message|ursprüngliche nachricht|message d'origine)[-_\s]{2,20}", re.I
)
_FROM = re.compile(r"\*{0,2}(?:from|von|de|da)\s?:\*{0,2}\s*(?P<name>.{1,200})", re.I)
_HEADER = re.compile(
    r"\*{0,2}(?P<field>from|sent|date|to|cc|bcc|subject|reply-to|importance|attachments|von|gesendet|an|betreff|datum|de|envoyé|à|objet)\s?:"
    r"\*{0,2}(?P<value>.*)",
    re.I,
)
_ADDRESS = re.compile(r"[<(\[][^<>()\[\]]{0,120}@[^<>()\[\]]{0,120}[>)\]]")
_SUBJECT = frozenset(("subject", "betreff", "objet"))
_DATE = frozenset(("sent", "date", "gesendet", "datum", "envoyé"))


@dataclass(slots=True)
class _Letter:
    lines: list[str] = field(default_factory=list)
    name: str = ""
    stamp: Stamp | None = None
    subject: str = ""
    signed: bool = False
    closed: bool = False


@dataclass(slots=True)
class _Stack:
    """The letters by depth while the lines go by."""

    letters: dict[int, _Letter] = field(default_factory=dict)
    base: int = 0
    headers: bool = False
    mixed: bool = False
    last: int = 0

    def at(self, depth: int) -> _Letter:
        return self.letters.setdefault(min(depth, _MAX_DEPTH), _Letter())


def is_attributed(lines: Sequence[str]) -> bool:
    """Whether the text shows marks that only e-mail has: "On ..., Anna wrote:", header blocks, "Original Message"."""
    for i, line in enumerate(lines):
        head = _unquote(line[:_LOOKED_AT])[1].strip()
        if _ORIGINAL.fullmatch(head) or _wrote(lines, i, head) or _header_block(lines, i):
            return True
    return False


def is_quoted(lines: Sequence[str]) -> bool:
    """Whether some of the text is quoted by `>` and some words stand in it."""
    return any(line.lstrip()[:1] == ">" and _unquote(line)[1].strip() for line in lines)


def parse_mail(lines: Sequence[str]) -> tuple[list[Piece], list[str]]:
    """Takes a mail with its quoted predecessors apart, earliest first.

    Returns:
        The messages and the notes on what was left out or put together.
    """
    stack = _Stack()
    i = 0
    while i < len(lines):
        i += _take(stack, lines, i)
    letters = sorted(
        ((d, letter) for d, letter in stack.letters.items() if _body(letter)), reverse=True, key=lambda pair: pair[0]
    )
    whos = _identities([(depth, letter.name) for depth, letter in letters])
    pieces = [Piece(whos[d], letter.name, _body(letter), letter.stamp) for d, letter in letters]
    return pieces, _notes(stack, [letter for _, letter in letters])


def _notes(stack: _Stack, letters: Sequence[_Letter]) -> list[str]:
    notes = []
    if len(letters) > 1:
        notes.append("Quoted text was read as the earlier message.")
    if stack.headers:
        notes.append("E-mail header lines (from, to, date) were left out.")
    signed = sum(1 for letter in letters if letter.signed)
    if signed:
        notes.append(f"The signature of {signed} message{'s' if signed > 1 else ''} was left out.")
    if stack.mixed:
        notes.append("Answers written between quoted lines were put together into one message.")
    return notes


def _take(stack: _Stack, lines: Sequence[str], i: int) -> int:
    """Takes in line `i` and returns how many lines that used."""
    quotes, content = _unquote(lines[i])
    depth = quotes + stack.base
    head = content[:_LOOKED_AT].strip()
    if _ORIGINAL.fullmatch(head):
        stack.base += 1
        stack.headers = True
        return 1
    used = _wrote(lines, i, head)
    if used:
        return _open_quoted(stack, lines, i, used, depth, quotes)
    used = _header_block(lines, i)
    if used:
        _open_block(stack, lines[i : i + used], depth)
        return used
    _add(stack, depth, content)
    return 1


def _open_quoted(stack: _Stack, lines: Sequence[str], i: int, used: int, depth: int, quotes: int) -> int:
    joined = " ".join(_unquote(line)[1].strip() for line in lines[i : i + used])[:_LOOKED_AT]
    following = next((line for line in lines[i + used : i + used + 4] if _unquote(line)[1].strip()), "")
    if _unquote(following)[0] <= quotes:
        stack.base += 1
    letter = stack.at(depth + 1)
    letter.name, letter.stamp = letter.name or _wrote_name(joined), letter.stamp or parse_stamp(joined)
    stack.headers = True
    return used


def _open_block(stack: _Stack, block: Sequence[str], depth: int) -> None:
    if stack.letters.get(depth) is not None and _body(stack.at(depth)):
        stack.base += 1
        depth += 1
    letter = stack.at(depth)
    stack.headers = True
    for line in block:
        match = _HEADER.match(_unquote(line)[1].strip())
        if not match:
            continue
        kind, value = match["field"].casefold(), match["value"].strip()
        if kind in _SUBJECT:
            letter.subject = value
        elif kind in _DATE:
            letter.stamp = parse_stamp(value)
        elif _FROM.match(match[0]):
            letter.name = _person(value)


def _add(stack: _Stack, depth: int, content: str) -> None:
    letter = stack.at(depth)
    if content.rstrip() == "--" or content == "-- ":
        letter.signed = letter.closed = True
    if content.strip():
        if depth < stack.last and any(line.strip() for line in letter.lines):
            stack.mixed = True
        stack.last = depth
    if not letter.closed:
        letter.lines.append(content.rstrip())


def _body(letter: _Letter) -> str:
    text = _GAPS.sub("\n\n", "\n".join(letter.lines)).strip()
    return f"{letter.subject}\n\n{text}".strip() if letter.subject else text


def _unquote(line: str) -> tuple[int, str]:
    """How deep a line is quoted, and the line without its quote marks."""
    marks = _QUOTES.match(line)
    if marks is None:
        return 0, line
    return marks[0].count(">"), line[marks.end() :].removeprefix(" ")


def _wrote(lines: Sequence[str], i: int, head: str) -> int:
    """How many lines from `i` on are an "On ..., Anna wrote:", 0 for none; mail programs break it in two or three."""
    if not head[:3].casefold().startswith(("on ", "am ", "le ", "el ", "il ", "em ", "op ", "den", "в ")):
        return 0
    for used in (1, 2, 3):
        joined = " ".join(_unquote(line[:_LOOKED_AT])[1].strip() for line in lines[i : i + used])
        if any(c.isdigit() for c in joined) and _WROTE.fullmatch(joined[:_LOOKED_AT]):
            return used
    return 0


def _header_block(lines: Sequence[str], i: int) -> int:
    """How many lines from `i` on are a block of mail headers that begins with "From:", 0 for none."""
    if not _FROM.match(_unquote(lines[i][:_LOOKED_AT])[1].strip()):
        return 0
    used, kinds = 0, set()
    for line in lines[i : i + _HEADER_REACH]:
        match = _HEADER.match(_unquote(line[:_LOOKED_AT])[1].strip())
        if not match or match["field"].casefold() in kinds:
            break
        used += 1
        kinds.add(match["field"].casefold())
    return used if len(kinds) > 1 else 0


def _wrote_name(joined: str) -> str:
    match = _WROTE_NAME.match(joined)
    if not match:
        return ""
    after = match["after"].strip(" :")
    if after:
        return _person(after)
    rest = match["before"]
    ends = [m.end() for m in _WHEN.finditer(rest)]
    return _person(rest[max(ends, default=0) :])


def _person(text: str) -> str:
    bare = _ADDRESS.sub("", text).strip(" ,.;:\"'“”<>()[]")
    name = bare or text.strip(" <>()[]")
    return name.split("@")[0][:48].strip() if "@" in name else name[:48].strip()


def _identities(letters: Sequence[tuple[int, str]]) -> dict[int, str]:
    """Who wrote each depth: by name, else as two people who take turns."""
    whos: dict[int, str] = {d: key(name) for d, name in letters if name}
    for position, (depth, name) in enumerate(letters):
        if not name:
            before = whos.get(letters[position - 2][0]) if position >= 2 else None
            whos[depth] = before or f"\0{position % 2}"
    return whos
