"""One line of the audit trail: what it may hold, how it is signed, and how a chain of them is checked.

A line is one JSON object that ends with its own signature:

    {"n":7,"at":"2026-11-23T07:06:39.123456Z","action":"view","subject":"1f…","detail":{},"mac":"<64 hex digits>"}

The signature is HMAC-SHA256 (RFC 2104) over the signature before it and every byte of the file between the two; the
first line follows 32 zero bytes. So no byte can change, come, go or move without the next signature failing.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

import msgspec

from agent_assist.errors import BugError
from agent_assist.records.custody import Action, AuditEntry

FIRST = bytes(32)
"""What stands for a signature before the first line."""
KEY_BYTES = 32
TORN = "torn"
"""In the detail of a line that closes off one that was cut short: how many bytes of that are there."""
FOUND = "found"
"""In the detail of a line that tells what was wrong with the trail when it was written."""
ANCHOR = "anchor"
"""In the detail of a line that was written where the keyring remembered no end of this trail: what it had instead."""
LONGEST = 4096
"""Bytes that no line of ours reaches."""

_WORDS = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._,:+-]{0,79}")
_SIGNED = re.compile(rb',"mac":"([0-9a-f]{64})"\}')
_SIGNED_LENGTH = 74


class _Line(msgspec.Struct, frozen=True):
    n: int
    at: str
    action: str
    subject: str
    detail: dict[str, str | int | bool]


_decoder = msgspec.json.Decoder(_Line)


@dataclass(frozen=True, slots=True)
class Head:
    """Where a chain stands: how many lines are signed, and the last signature."""

    count: int = 0
    mac: bytes = FIRST


def signed_line(
    key: bytes,
    head: Head,
    at: datetime,
    action: Action,
    subject: str,
    detail: Mapping[str, str | int | bool],
    cut: bytes,
) -> tuple[bytes, Head]:
    """The next line of a trail, with its end of line, and where the chain stands after it.

    Args:
        key: 32 bytes.
        head: where the chain stands.
        at: when it happened, aware.
        action: what was done.
        subject: what it was done to.
        detail: more of it.
        cut: bytes of a line that was cut short and stands between the last signed line and this one; mostly none.

    Raises:
        BugError: subject or detail hold more than short plain words: personal data could be among it.
    """
    for text in (subject, *detail, *(value for value in detail.values() if isinstance(value, str))):
        if text and not _WORDS.fullmatch(text):
            raise BugError("something that is no short plain words was to go into the audit trail")
    when = at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
    line = _Line(head.count + 1, when, action.value, subject, dict(detail))
    body = msgspec.json.encode(line)[:-1]
    mac = hmac.digest(key, head.mac + cut + body, "sha256")
    return body + b',"mac":"' + mac.hex().encode() + b'"}\n', Head(head.count + 1, mac)


def begins(head: Head, cut: bytes) -> bool:
    """Whether bytes without an end of line can be the beginning of the line after `head`, as a power loss leaves it.

    Some file systems leave zeros where data did not reach the disk in time.
    """
    start = b'{"n":%d,"at":"' % (head.count + 1)
    text = cut.rstrip(b"\0")
    fits = start.startswith(text[: len(start)]) and b"\0" not in text
    return fits and 0 < len(cut) < LONGEST and signature(cut) is None


def signature(line: bytes) -> bytes | None:
    """The signature that a line without its end of line carries; None where it carries none."""
    match = _SIGNED.fullmatch(line[-_SIGNED_LENGTH:])
    return bytes.fromhex(match[1].decode()) if match else None


def number(line: bytes) -> int | None:
    """The number that a line gives itself; None where it is no line of ours."""
    parsed = _parse(line)
    return parsed.n if parsed else None


def entry(line: bytes) -> AuditEntry | None:
    """A line as a record; None where it is none, or tells of something that only a newer version knows."""
    parsed = _parse(line)
    if parsed is None:
        return None
    try:
        return AuditEntry(
            parsed.n, datetime.fromisoformat(parsed.at), Action(parsed.action), parsed.subject, parsed.detail
        )
    except ValueError:
        return None


def _parse(line: bytes) -> _Line | None:
    if signature(line) is None:
        return None
    try:
        return _decoder.decode(line)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return None


@dataclass(slots=True)
class Chain:
    """Follows a trail line by line.

    Attributes:
        key: 32 bytes.
        head: the last line that holds.
        line: lines seen, of every kind.
        wrong: number of the first line of the file that does not hold, from 1; 0 while all do.
        gap: number of the first line that tells of lines that were missing when it was written; 0 where none does.
        unheld: number of the last line before which the keyring remembered no end, with others before it; 0 where there
            is none.
    """

    key: bytes
    head: Head = Head()
    line: int = 0
    wrong: int = 0
    gap: int = 0
    unheld: int = 0
    _cut: bytes = b""

    def follow(self, lines: Iterable[bytes]) -> bool:
        """Takes in lines without their ends; stops at the first that does not hold. Whether all did."""
        for line in lines:
            if self.wrong:
                break
            self.line += 1
            if not self._holds(line):
                self.wrong = self.line - (1 if self._cut else 0)
        return not self.wrong

    def end(self) -> bool:
        """Says that no line follows: one that was cut short and never closed off does not hold. Whether all did."""
        if self._cut and not self.wrong:
            self.wrong = self.line
        return not self.wrong

    def _holds(self, line: bytes) -> bool:
        mac = signature(line)
        if mac is None:
            if self._cut or not begins(self.head, line):
                return False
            self._cut = line
            return True
        if not line.startswith(b'{"n":%d,' % (self.head.count + 1)):
            return False
        between = self._cut + b"\n" if self._cut else b""
        signed = hmac.digest(self.key, self.head.mac + between + line[:-_SIGNED_LENGTH], "sha256")
        if not hmac.compare_digest(mac, signed):
            return False
        if not self._tells(line):
            return False
        self._cut = b""
        self.head = Head(self.head.count + 1, mac)
        return True

    def _tells(self, line: bytes) -> bool:
        """Whether a signed line tells of the cut line before it, if there is one; notes what else it tells of."""
        if b'"action":"verify"' not in line:
            return not self._cut
        detail = parsed.detail if (parsed := _parse(line)) else {}
        if FOUND in detail and not self.gap:
            self.gap = self.line
        if ANCHOR in detail and self.head.count:
            self.unheld = self.line
        return not self._cut or detail.get(TORN) == len(self._cut)
