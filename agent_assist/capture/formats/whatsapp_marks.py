"""What WhatsApp itself writes into an export: notices, calls, deleted messages, and marks in place of files."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from enum import StrEnum
from importlib.resources import files
from pathlib import PurePosixPath

import msgspec

from agent_assist.capture.formats.whatsapp_dates import MARKS
from agent_assist.capture.lines import strip

_NOTICE_LENGTH = 400
_TAIL = 120

_APP = "\u200e"
"""Stands in front of what iPhones write themselves."""


class Kind(StrEnum):
    """What a text is."""

    SAID = "said"
    EMPTY = "empty"
    NOTICE = "notice"
    BUSINESS = "business"
    CALL = "call"
    DELETED = "deleted"
    UNKNOWN = "unknown"  # written by the app, in words not known here


@dataclass(frozen=True, slots=True)
class Content:
    """A message without the app's own marks.

    Attributes:
        kind: what it is.
        text: what was said, with a short mark where a file was sent; empty unless something was said.
        edited: whether it was changed after it was sent.
        forwarded: whether somebody else once wrote it.
        files: how many files it brought.
    """

    kind: Kind
    text: str = ""
    edited: bool = False
    forwarded: bool = False
    files: int = 0


class _Words(msgspec.Struct):
    encrypted: list[str]
    business: list[str]
    deleted: list[str]
    missed: list[str]
    call: list[str]
    notice: list[str]
    action: list[str]
    edited: list[str]
    forwarded: list[str]
    attached: list[str]
    file_attached: list[str]
    omitted: list[str]
    kinds: dict[str, list[str]]


_TABLE = msgspec.convert(tomllib.loads(files(__package__).joinpath("whatsapp.toml").read_text("utf-8")), _Words)


def _any(words: list[str], around: str = "{}") -> re.Pattern[str]:
    return re.compile(around.replace("{}", f"(?:{'|'.join(words)})"), re.I)


_ENCRYPTED = _any(_TABLE.encrypted)
_WHOLE = (
    (Kind.BUSINESS, _any(_TABLE.business)),
    (Kind.DELETED, _any(_TABLE.deleted)),
    (Kind.CALL, _any(_TABLE.missed)),
    (Kind.NOTICE, _any(_TABLE.notice)),
)
_CALL = _any(_TABLE.call)
_ACTION = _any(_TABLE.action)
_FORWARDED = _any(_TABLE.forwarded, r"[\[(↪➡\s]{0,3}{}[\])\s]{0,3}")
_EDITED = _any(_TABLE.edited, r"<{}\.?>")
_FILE = r"[^<>\n:/\\|]{1,150}\.[A-Za-z0-9]{2,5}"
_ATTACHED = _any(_TABLE.attached, rf"<{{}}\s?:\s?(?P<file>{_FILE})>")
_FILE_ATTACHED = _any(_TABLE.file_attached, rf"(?P<file>{_FILE})\s\({{}}\)")
_BRACKETS = _any(_TABLE.omitted, r"<(?P<kind>[^<>\n]{2,40}?)\s{}>")
_OMITTED = _any(_TABLE.omitted, r"(?P<kind>[^\W\d_][^<>\n]{1,40}?)\s{}")

_CALLED = {word: kind for kind, words in _TABLE.kinds.items() for word in words}
_SUFFIXES = {
    **dict.fromkeys(("jpg", "jpeg", "png", "heic", "gif"), "image"),
    **dict.fromkeys(("mp4", "mov", "3gp", "mkv", "avi"), "video"),
    **dict.fromkeys(("opus", "ogg", "amr"), "voice message"),
    **dict.fromkeys(("m4a", "mp3", "aac", "wav"), "audio"),
    "webp": "sticker",
    "vcf": "contact card",
}
_ANY_FILE = "(attachment)"


def read_content(body: str, *, by_app: bool = False) -> Content:
    """Tells what was said from what the app put into its place.

    Args:
        body: a message as it stands in the export, after its sender.
        by_app: whether the line carries no sender, so that the app wrote it.
    """
    text = strip(body)
    if not text:
        return Content(Kind.EMPTY)
    by_app = by_app or body.lstrip(" \u202f\u00a0").startswith(_APP)
    kind = _own_words(text, by_app)
    if kind is not Kind.SAID:
        return Content(kind)
    text, edited = _without_edited(text)
    text, forwarded = _without_forwarded(text)
    text, count = _with_marks(text, by_app)
    if by_app and not count and not edited and "\n" not in text:
        return Content(Kind.UNKNOWN, text)
    return Content(Kind.SAID if text else Kind.EMPTY, text, edited, forwarded, count)


def is_action(line: str) -> bool:
    """Whether a line tells what somebody did to the chat ("Anna changed the subject ...")."""
    return len(line) <= _NOTICE_LENGTH and _ACTION.fullmatch(_bare(line)) is not None


def without_marks(text: str) -> str:
    """The text without the invisible marks that the app puts around names and its own words."""
    return text if text.isascii() else text.translate(_NO_MARKS)


_NO_MARKS = dict.fromkeys(map(ord, "\u200e\u2068\u2069\u202a\u202c"))
_ALL_MARKS = dict.fromkeys(map(ord, MARKS))


def _bare(line: str) -> str:
    plain = line if line.isascii() else line.translate(_ALL_MARKS)
    return plain.strip().rstrip(".").rstrip()


def _own_words(text: str, by_app: bool) -> Kind:
    if len(text) > _NOTICE_LENGTH or "\n" in text:
        return Kind.SAID
    bare = _bare(text)
    for kind, pattern in _WHOLE:
        if pattern.fullmatch(bare):
            return kind
    if not by_app:
        return Kind.SAID
    if _CALL.fullmatch(bare):
        return Kind.CALL
    return Kind.NOTICE if _ENCRYPTED.search(bare) or _ACTION.fullmatch(bare) else Kind.SAID


def _without_edited(text: str) -> tuple[str, bool]:
    start = text.rfind("<", len(text) - min(len(text), _TAIL))
    if start < 0 or not _EDITED.fullmatch(_bare(text[start:])):
        return text, False
    return strip(text[:start]), True


def _without_forwarded(text: str) -> tuple[str, bool]:
    first, _, below = text.partition("\n")
    if len(first) > _TAIL or not strip(below) or not _FORWARDED.fullmatch(_bare(first)):
        return text, False
    return strip(below), True


def _with_marks(text: str, by_app: bool) -> tuple[str, int]:
    """Puts a short mark in the place of each file; the caption stays."""
    first, line_break, below = text.partition("\n")
    sent = _FILE_ATTACHED.fullmatch(_bare(first)) if len(first) <= 2 * _TAIL else None
    if sent:
        return f"{_mark_of_file(sent['file'])}{line_break}{without_marks(below)}", 1
    count = 0
    if "<" in text:
        text, count = _ATTACHED.subn(lambda m: _mark_of_file(m["file"]), text)
        text, omitted = _BRACKETS.subn(lambda m: _mark_of_kind(m["kind"]) or _ANY_FILE, text)
        count += omitted
    if not count:
        text, count = _with_omitted(text, by_app)
    return strip(without_marks(text)), count


def _with_omitted(text: str, by_app: bool) -> tuple[str, int]:
    """The iPhone's "caption image omitted", where an invisible mark parts the two, or nothing else is said."""
    head, mark, end = text.rpartition(_APP)
    if len(end) > _TAIL or not (mark or by_app or "\n" not in text):
        return text, 0
    found = _OMITTED.fullmatch(_bare(end))
    kind = _mark_of_kind(found["kind"]) if found else ""
    if not kind:
        return text, 0
    if kind == "(document)" and "\n" not in head:
        name = _bare(head.split("•")[0])
        return (f"(document: {name})" if name else kind), 1
    return f"{strip(head)}\n{kind}" if strip(head) else kind, 1


def _mark_of_kind(word: str) -> str:
    kind = _CALLED.get(" ".join(_bare(word).casefold().split()))
    return f"({kind})" if kind else ""


def _mark_of_file(name: str) -> str:
    name = _bare(name)
    kind = _SUFFIXES.get(PurePosixPath(name).suffix[1:].casefold())
    return f"({kind})" if kind else f"(document: {name})"
