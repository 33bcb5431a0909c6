"""Header fields of e-mail as they come, broken ones included: words, addresses, dates, ids. Nothing here raises.

The standard library's structured headers take over a millisecond a message, fail on some malformed fields and recurse
into nested comments; mailboxes hold thousands of messages, so these read just what a conversation needs.
"""

from __future__ import annotations

import binascii
import codecs
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import lru_cache

from agent_assist.capture.decode import clean
from agent_assist.capture.names import MAX_NAME

_MAX_FIELD = 2_000
_MAX_LIST = 20_000
_YEARS = range(1980, 2200)
_ENCODED = re.compile(r"=\?([^?\s]{1,60})\?([bBqQ])\?([^?\n]{0,2000})\?=(?:[ \t\n]+(?==\?))?")
_ADDRESS = re.compile(
    r"(?:\"((?:[^\"\\]|\\.){0,200})\"|([^<>,;\"]{0,100}))\s{0,9}<\s{0,9}(?:mailto:)?([^<>\s@]{1,64}@[^<>\s]{1,255})\s{0,9}>"
    r"|([^\s<>,;:\"()]{1,64}@[^\s<>,;:\"()]{1,255})(?:\s?\(([^()]{1,100})\))?"
)
_ID = re.compile(r"<([^<>\s]{1,250})>")
_UNKNOWN_ZONE = re.compile(r"\s-0000\b")
_LAST_FIRST = re.compile(
    r"([^\W\d_][\w'’-]{0,30}(?: [\w'’-]{1,30}){0,2}), ([^\W\d_][\w'’.-]{0,30}(?: [\w'’.-]{1,30}){0,2})"
)
_REPLY = re.compile(
    r"\s*(?:(?:re|aw|antw|antwort|sv|vs|odp|ref|rif|r|fwd?|wg|tr|rv|doorst|enc|i|vl|回复|答复|转发)\s?(?:\[\d{1,3}\])?\s?[:\uff1a]"
    r"|\[(?:external|ext)\]|\[[^\[\]]{0,30}#\s?[\w-]{1,20}\])\s*",
    re.I,
)
# Codecs that are no charset of any mail, and slow or strange on hostile input.
_NO_CHARSET = frozenset(("punycode", "idna", "undefined", "unicode-escape", "raw-unicode-escape", "mbcs", "oem"))
_WESTERN = frozenset(("iso8859-1", "cp1252", "ascii"))


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody in a From or To field.

    Attributes:
        address: in lower case, never empty.
        name: as the field shows it, decoded; empty where it shows none.
    """

    address: str
    name: str = ""

    @property
    def local(self) -> str:
        """What stands before the @."""
        return self.address.partition("@")[0]

    @property
    def domain(self) -> str:
        """What stands behind the @."""
        return self.address.rpartition("@")[2]


def decoded_words(value: str) -> str:
    """A field with its encoded words (`=?utf-8?q?...?=`) read, on one line."""
    value = value[:_MAX_FIELD]
    if "=?" in value:
        value = _ENCODED.sub(_word, value)
    return " ".join((value if value.isprintable() else clean(value)[0]).split())


@lru_cache(maxsize=2048)
def people(value: str) -> tuple[Person, ...]:
    """The people of an address field, in order; groups are taken apart."""
    found = []
    for m in _ADDRESS.finditer(value[:_MAX_LIST]):
        address = (m[3] or m[4]).strip("'\"").casefold()
        name = decoded_words((m[1] or m[2] or m[5] or "").replace("\\", ""))
        found.append(Person(address if address.isprintable() else clean(address)[0], shown_name(name)))
    return tuple(p for p in found if p.local and p.domain)


def shown_name(name: str) -> str:
    """A name as a person would write it: without quotes, "Smith, Anna" turned round, "" for an address."""
    name = name.strip(" '\"<>()[],;:“”\u2018’")
    if "@" in name:
        return ""
    turned = _LAST_FIRST.fullmatch(name)
    return (f"{turned[2]} {turned[1]}" if turned else name)[:MAX_NAME].strip()


def moment(value: str) -> datetime | None:
    """The time of a Date field, aware where it names a zone; None where it cannot be read."""
    value = value.strip()[:100]
    if not value:
        return None
    try:
        at = parsedate_to_datetime(value)
    except (ValueError, TypeError, IndexError, OverflowError):
        try:
            at = datetime.fromisoformat(value)
        except ValueError:
            return None
    if at.tzinfo is None and _UNKNOWN_ZONE.search(value):
        at = at.replace(tzinfo=UTC)  # RFC 5322: the time is UTC, only where the writer was is not known
    return at if at.year in _YEARS else None


def message_ids(value: str) -> list[str]:
    """The ids of a Message-ID, In-Reply-To or References field."""
    return _ID.findall(value[:_MAX_LIST])


def base_subject(subject: str) -> str:
    """A subject without "Re:", "AW:", "Fwd:", "[Ticket #12]" and the like in front."""
    for _ in range(20):
        mark = _REPLY.match(subject)
        if not mark:
            break
        subject = subject[mark.end() :]
    return subject.strip()


def text_of(data: bytes, charset: str = "") -> str:
    """Bytes as text: by the declared charset, unless it is unknown or plainly wrong."""
    if data.isascii() and not charset:
        return data.decode("ascii")
    name = _charset(charset)
    if name in _WESTERN or name in ("", "utf-8"):
        try:
            return data.decode("utf-8")
        except UnicodeDecodeError:
            return data.decode("utf-8" if name == "utf-8" and _mostly_utf8(data) else "cp1252", "replace")
    try:
        return data.decode(name, "replace")
    except (LookupError, ValueError):
        return text_of(data)


def _mostly_utf8(data: bytes) -> bool:
    text = data.decode("utf-8", "replace")
    return 4 * text.count("\ufffd") < sum(1 for c in text if c > "\x7f")


@lru_cache(maxsize=64)
def _charset(declared: str) -> str:
    try:
        name = codecs.lookup(declared.strip("'\" ").partition("*")[0][:40]).name if declared else ""
    except (LookupError, ValueError):
        return ""
    return "" if name in _NO_CHARSET or name.replace("_", "-") in _NO_CHARSET else name


def _word(m: re.Match[str]) -> str:
    raw = m[3].encode("utf-8", "replace")
    data = from_base64(raw) if m[2] in "bB" else binascii.a2b_qp(raw, header=True)
    return text_of(data, m[1])


def from_base64(data: bytes) -> bytes:
    """Base64 without any complaint: what is no digit is passed over, a cut end is left out."""
    digits = data.translate(None, _NO_DIGIT)
    keep = len(digits) - (len(digits) % 4 == 1)
    return binascii.a2b_base64(digits[:keep] + b"=" * (-keep % 4))


_DIGITS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_NO_DIGIT = bytes(c for c in range(256) if c not in _DIGITS)
