"""The door of the room: any text or bytes in, conversations out, whatever format they have."""

from __future__ import annotations

from difflib import get_close_matches

from agent_assist.capture.decode import decode, refuse_binary
from agent_assist.capture.format import Format
from agent_assist.capture.formats import REGISTRY, table
from agent_assist.capture.jsonl import OnBad
from agent_assist.capture.sheet import columns as sheet_columns
from agent_assist.capture.sheet.choice import Choice
from agent_assist.capture.sheet.columns import Guess
from agent_assist.capture.sheet.remembered import Remembered
from agent_assist.errors import KnownError
from agent_assist.records import Conversation

_PROBE = 200_000


def read(
    data: str | bytes,
    *,
    format: str = "auto",
    customer: str | None = None,
    on_bad: OnBad | None = None,
    columns: Choice | None = None,
    remembered: Remembered | None = None,
) -> list[Conversation]:
    """Reads all conversations of a pasted text or a file's bytes.

    Args:
        data: what was pasted or read.
        format: one of `FORMATS`; "auto" looks at the content.
        customer: the customer's name where the person told it: any case, its beginning, or nearly so.
        on_bad: called with the number, from 1, of a line of JSON lines that is skipped, and the reason. Without it,
            skipped lines are noted on the first conversation.
        columns: which column holds what, where the person told it: the text is a table then.
        remembered: what they told of tables before, looked at where neither columns nor a format is told.

    Returns:
        At least one conversation; plain text is always exactly one.

    Raises:
        KnownError: when the input is empty, not text, too large, in an unknown format, or nothing in it can be used.
    """
    chosen = _named(format)
    refuse_binary(data)
    if columns is None and chosen is None and remembered is not None:
        columns = remembered.find(_peek(data))
    if columns is not None and chosen is None:
        chosen = table.FORMAT
    chosen = chosen or _detect(_peek(data))
    if len(data) > chosen.limit:
        raise KnownError(chosen.too_long)
    decoded = decode(data, verbatim=chosen.verbatim)
    if not decoded.text.strip():
        raise KnownError("There is nothing to read. Copy the conversation and paste it.")
    if columns is not None:
        if chosen is not table.FORMAT:
            raise KnownError(f"Columns are told of tables only. Leave them out, or the format {chosen.name}.")
        return table.told(decoded, columns, customer)
    return chosen.parse(decoded, customer, on_bad)


def table_of(data: str | bytes) -> Guess | None:
    """The columns guessed in a text, to be shown and put right; None where it is no table. Only its beginning is read.

    Raises:
        KnownError: it is no text.
    """
    refuse_binary(data)
    return sheet_columns.guess(_peek(data))


def _named(name: str) -> Format | None:
    wanted = name.strip().casefold()
    if wanted == "auto":
        return None
    for known in REGISTRY:
        if known.name == wanted:
            return known
    close = get_close_matches(wanted, FORMATS, n=1, cutoff=0.5)
    hint = f' Did you mean "{close[0]}"?' if close else ""
    raise KnownError(f"That format is not known; the formats are {', '.join(FORMATS)}.{hint}")


def _detect(peek: str) -> Format:
    return next(known for known in REGISTRY if known.matches(peek))


def _peek(data: str | bytes) -> str:
    if isinstance(data, str):
        return data[:_PROBE]
    encoding = "utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    return data[:_PROBE].decode(encoding, "replace")


FORMATS: tuple[str, ...] = ("auto", *sorted((f.name for f in REGISTRY), reverse=True))
"""What `--format` takes."""
