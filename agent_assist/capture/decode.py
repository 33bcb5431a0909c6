"""Bytes or pasted text -> clean text, or one kind sentence about why not."""

from __future__ import annotations

import re
from dataclasses import dataclass

from agent_assist.errors import KnownError

_HEAD = 4096
_BINARY_SHARE = 0.2
_BROKEN_SHARE = 0.1

_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"\x89PNG\r\n", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF87a", "a GIF image"),
    (b"GIF89a", "a GIF image"),
    (b"%PDF-", "a PDF file"),
    (b"{\\rtf", "a rich text (RTF) file"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Office file"),
    (b"\x1f\x8b\x08", "a compressed (gzip) file"),
    (b"SQLite format 3\x00", "a database file"),
    (b"ID3", "a sound file"),
    (b"OggS", "a sound file"),
    (b"\x7fELF", "a program"),
    (b"GGUF", "a language model file"),
)
_ZIP = b"PK\x03\x04"
_ZIP_KINDS: tuple[tuple[bytes, str], ...] = (
    (b"word/", "a Word (DOCX) file"),
    (b"xl/", "an Excel (XLSX) file"),
    (b"ppt/", "a PowerPoint (PPTX) file"),
    (b"opendocument", "an OpenDocument file"),
)

_BREAKS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_CONTROLS = {c: None for c in (*range(0x20), *range(0x7F, 0xA0)) if c not in (0x09, 0x0A)}
_CONTROL_BYTES = bytes(c for c in range(0x20) if c not in (0x09, 0x0A, 0x0B, 0x0C, 0x0D))
_SURROGATE = re.compile("[\ud800-\udfff]")
_CP1252_HOLES = b"\x81\x8d\x8f\x90\x9d"


@dataclass(frozen=True, slots=True)
class Decoded:
    r"""What was pasted or read, as text.

    Attributes:
        text: without control characters, line breaks as `\n`, unless read verbatim.
        notes: what was done to get there, one sentence each.
        data: as it came, for formats that say their encoding themselves; empty where text was pasted.
    """

    text: str
    notes: tuple[str, ...] = ()
    data: bytes = b""


def decode(data: str | bytes, *, verbatim: bool = False) -> Decoded:
    """Reads UTF-8, UTF-16 with a byte order mark, or Windows-1252, and cleans it.

    Args:
        data: what was pasted or read.
        verbatim: leaves control characters and line breaks as they are, for formats with rules of their own.

    Raises:
        KnownError: for anything that is not text; well-known kinds of file are named.
    """
    refuse_binary(data)
    notes: list[str] = []
    if isinstance(data, str):
        text = data
    else:
        text, notes = _from_bytes(data)
    text = text.removeprefix("\ufeff")
    if verbatim:
        return Decoded(_SURROGATE.sub("\ufffd", text), tuple(notes), b"" if isinstance(data, str) else data)
    text, removed = clean(text)
    if removed:
        notes.append(f"Control characters that cannot be shown were left out: {removed}.")
    return Decoded(text, tuple(notes))


def clean(text: str) -> tuple[str, int]:
    r"""Makes every line break `\n` and removes control characters; returns the text and how many were removed."""
    if _SURROGATE.search(text):
        text = _SURROGATE.sub("\ufffd", text)
    broken = _BREAKS.sub("\n", text)
    cleaned = broken.translate(_CONTROLS)
    return cleaned, len(broken) - len(cleaned)


def refuse_binary(data: str | bytes) -> None:
    """Raises a KnownError for bytes or text that are no text at all; looks at the start only.

    Raises:
        KnownError: naming the kind of file where it is a well-known one.
    """
    head = data[:_HEAD].encode("latin-1", "replace") if isinstance(data, str) else data[:_HEAD]
    kind = _kind(head)
    if kind:
        raise KnownError(f"This looks like {kind}, not text. Copy the conversation out of it and paste it.")
    if head.startswith((b"\xff\xfe", b"\xfe\xff")) and isinstance(data, bytes):
        return
    if head.count(0) > _BINARY_SHARE * len(head):
        raise _not_text()


def _kind(head: bytes) -> str | None:
    for magic, kind in _MAGIC:
        if head.startswith(magic):
            return kind
    if head.startswith(_ZIP):
        return next((kind for mark, kind in _ZIP_KINDS if mark in head), "a ZIP archive")
    return None


def _not_text() -> KnownError:
    return KnownError("This is not text that can be read. Copy the conversation itself and paste it.")


def _from_bytes(data: bytes) -> tuple[str, list[str]]:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = data.decode("utf-16", "replace")
        return text, _broken_note(text.count("\ufffd"))
    try:
        return data.decode("utf-8"), []
    except UnicodeDecodeError:
        return _fallback(data)


def _fallback(data: bytes) -> tuple[str, list[str]]:
    text = data.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    # A long paste with one character cut in half is still UTF-8; reading it as cp1252 would garble all the rest.
    if broken * 4 < sum(1 for c in text if c > "\x7f"):
        return text, _broken_note(broken)
    odd = sum(data.count(c) for c in _CP1252_HOLES + _CONTROL_BYTES)
    if odd > _BROKEN_SHARE * len(data):
        raise _not_text()
    text = data.decode("cp1252", "replace")
    return text, ["The text was not in UTF-8; it was read as Windows-1252.", *_broken_note(text.count("\ufffd"))]


def _broken_note(count: int) -> list[str]:
    return [f"Some characters could not be read and show as \ufffd: {count}."] if count else []
