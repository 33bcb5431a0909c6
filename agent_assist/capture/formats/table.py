"""Tables (CSV, TSV): a message a row, the columns guessed by titles and content, or told by hand."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from itertools import islice, pairwise

from agent_assist.capture.clock import as_utc
from agent_assist.capture.decode import Decoded
from agent_assist.capture.format import Format
from agent_assist.capture.jsonl import OnBad
from agent_assist.capture.plain import MAX_TURNS
from agent_assist.capture.roles import customer_name
from agent_assist.capture.sheet import cells
from agent_assist.capture.sheet import columns as sheet_columns
from agent_assist.capture.sheet.casting import roles_of, shared_names, who_of
from agent_assist.capture.sheet.choice import Choice, settle
from agent_assist.capture.sheet.columns import Columns
from agent_assist.capture.sheet.messages import Message, counted, messages_of
from agent_assist.capture.told import tell_customer
from agent_assist.errors import KnownError
from agent_assist.records import Aside, Conversation, Turn

__all__ = ["FORMAT", "MAX_TABLE", "Columns", "guess", "read_table", "told"]

MAX_TABLE = 20_000_000
_LONG_AGO = datetime(1, 1, 2, tzinfo=UTC)
_NO_TABLE = (
    "This is no table with a message in each row. Export it with a row of titles, or paste the conversation as text."
)


def guess(decoded: Decoded) -> Columns | None:
    """The likeliest columns with the titles and the first rows, for a person to put right; None for no table."""
    found = sheet_columns.guess(decoded.text)
    return found.columns if found else None


def told(decoded: Decoded, choice: Choice, customer: str | None) -> list[Conversation]:
    """Reads a table whose columns a person told; see `read_table`.

    Raises:
        KnownError: as `read_table`, or the table has no such column.
    """
    return read_table(decoded, settle(decoded.text, choice), customer)


def read_table(decoded: Decoded, columns: Columns | None, customer: str | None) -> list[Conversation]:
    """Reads a table of messages, one conversation for each value of the conversation's column.

    Args:
        decoded: the text, read verbatim.
        columns: which column holds what; guessed where it is None.
        customer: the customer's name as the person typed it, if they did.

    Raises:
        KnownError: when it is no table, no row has a message, or nobody goes by the customer's name.
    """
    mapped = columns or guess(decoded)
    if mapped is None:
        raise KnownError(_NO_TABLE)
    rows = islice(cells.rows(decoded.text, mapped.delimiter), mapped.skip, None)
    messages, notes = messages_of(rows, mapped)
    groups, skipped = _grouped(messages, mapped)
    found, left = _conversations(groups)
    if not found:
        raise KnownError(_why_none(messages, groups))
    if customer is not None:
        found = _told(found, customer)
    above = counted(mapped.skip - 1, "row{s} above the titles {was} left out.") if mapped.skip > 1 else []
    noted = (*decoded.notes, mapped.note(), *above, *notes, *skipped, *left)
    return [replace(found[0], notes=(*noted, *found[0].notes)), *found[1:]]


def _why_none(messages: Sequence[Message], groups: dict[str, list[Message]]) -> str:
    if any(len(group) > MAX_TURNS for group in groups.values()):
        return (
            f"This table has more than {MAX_TURNS:,} messages in one conversation. Export fewer, or a column that "
            "tells the conversations apart."
        )
    if messages:
        return "This table holds internal notes only. Export the messages as well."
    return "No row of this table has a message. Choose the column that holds the text."


def _grouped(messages: Sequence[Message], columns: Columns) -> tuple[dict[str, list[Message]], list[str]]:
    """The messages by conversation, in the order of the table; those of none are left out and told."""
    groups: dict[str, list[Message]] = {}
    homeless = 0
    if columns.conversation is None:
        return ({"": list(messages)} if messages else {}), []
    below = _is_written_once(messages)
    last = ""
    for message in messages:
        last = message.group or (last if below else "")
        if last:
            groups.setdefault(last, []).append(message)
        else:
            homeless += 1
    return groups, counted(homeless, "row{s} of no conversation {was} left out.")


def _is_written_once(messages: Sequence[Message]) -> bool:
    """Whether each conversation is named in its first row only, as in tables made to be looked at."""
    named = [m.group for m in messages if m.group]
    return len(named) < len(messages) and len(set(named)) == len(named) and bool(messages[0].group)


def _conversations(groups: dict[str, list[Message]]) -> tuple[list[Conversation], list[str]]:
    shared, notes = shared_names(groups.values()), _Counts()
    found: list[Conversation] = []
    for name, group in groups.items():
        once = _once(group, notes)
        if len(once) > MAX_TURNS:
            notes.long += 1
            continue
        built = _built(name, _in_order(once, notes), shared)
        if built.turns:
            found.append(built)
        else:
            notes.noted += 1
    return found, notes.sentences()


class _Counts:
    """What was done to the rows of all conversations."""

    def __init__(self) -> None:
        self.twice = self.edited = self.long = self.noted = 0
        self.sorted = False

    def sentences(self) -> list[str]:
        notes = [
            *counted(self.twice, "message{s} that stood twice {was} read once."),
            *counted(self.edited, "message{s} that {was} edited later {was} read as last written."),
            *counted(self.long, f"conversation{{s}} of more than {MAX_TURNS:,} messages {{was}} left out."),
            *counted(self.noted, "conversation{s} with internal notes only {was} left out."),
        ]
        return [*notes, "The rows were put in order of time."] if self.sorted else notes


def _once(group: list[Message], notes: _Counts) -> list[Message]:
    """Each message once: of those with the same number the newest text, where the first stood."""
    kept: dict[object, Message] = {}
    newest: dict[object, datetime] = {}
    for i, message in enumerate(group):
        # What another speaker wrote is no edit: the number is one of something else.
        number = (message.id, message.role, who_of(message), message.private) if message.id else i
        before = kept.setdefault(number, message)
        if before is message:
            newest[number] = _instant(message.at)
        elif before.text == message.text:
            notes.twice += 1
        else:
            notes.edited += 1
            if _instant(message.at) >= newest[number]:
                kept[number], newest[number] = replace(before, text=message.text), _instant(message.at)
    return list(kept.values())


def _in_order(group: list[Message], notes: _Counts) -> list[Message]:
    """Earliest first; a row without a time stays behind the one above it."""
    times = [_instant(m.at) for m in group if m.at]
    if len(times) > 1 and times[0] > times[-1] and all(a >= b for a, b in pairwise(times)):
        group = group[::-1]  # newest first, and so are those of the same minute
    moments: list[datetime] = []
    for message in group:
        moments.append(_instant(message.at) if message.at else moments[-1] if moments else _LONG_AGO)
    order = sorted(range(len(group)), key=moments.__getitem__)
    notes.sorted = notes.sorted or (len(times) > 1 and times != sorted(times))
    return [group[i] for i in order]


def _instant(at: datetime | None) -> datetime:
    if at is None:
        return _LONG_AGO
    return as_utc(at)


def _built(name: str, group: Sequence[Message], shared: frozenset[str]) -> Conversation:
    said = [m for m in group if not m.private]
    roles = roles_of(said, shared)
    turns: list[Turn] = []
    asides: list[Aside] = []
    for message in group:
        shown = message.name or (message.said if message.role is None else "") or None
        if message.private:
            asides.append(Aside(message.text, len(turns) - 1, shown, message.at))
        else:
            speaker = message.role or roles.roles[who_of(message)]
            turns.append(Turn(len(turns), speaker, message.text, shown, message.at))
    notes = list(roles.notes)
    notes += counted(len(asides), "internal note{s} {was} kept apart.")
    return Conversation(
        id=name or _id(group),
        source="csv",
        turns=tuple(turns),
        customer=customer_name(turns),
        notes=tuple(dict.fromkeys(notes)),
        asides=tuple(asides),
    )


def _told(found: Sequence[Conversation], customer: str) -> list[Conversation]:
    """As the person told; what was guessed before is no longer said."""
    recast = tell_customer(found, customer)
    return [
        replace(now, notes=tuple(n for n in now.notes if "to be the customer" not in n)) if now is not before else now
        for before, now in zip(found, recast, strict=True)
    ]


def _id(group: Iterable[Message]) -> str:
    said = "\n".join(f"{m.at or ''}\t{m.name}\t{m.said}\t{m.text}" for m in group)
    return "t-" + hashlib.sha256(said.encode()).hexdigest()[:12]


def _matches(peek: str) -> bool:
    found = sheet_columns.guess(peek)
    return found is not None and found.clear


def _parse(decoded: Decoded, customer: str | None, on_bad: OnBad | None) -> list[Conversation]:
    del on_bad
    return read_table(decoded, None, customer)


FORMAT = Format(
    name="csv",
    limit=MAX_TABLE,
    too_long=f"This table is longer than {MAX_TABLE // 1_000_000} MB. Export fewer conversations at a time.",
    verbatim=True,
    matches=_matches,
    parse=_parse,
)
