"""Raw e-mail -> its fields, its text and the names of what is attached. Nothing here raises, opens or runs anything.

Everything is bounded: parts, how deep they are nested, mails within mails. It goes forward only, in linear time.
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote_to_bytes

from agent_assist.capture.decode import clean
from agent_assist.capture.mail_headers import decoded_words, from_base64, text_of
from agent_assist.capture.safe_text import mail_of_html

MAX_TEXT = 200_000
_MAX_PAGE = 2_000_000
_MAX_DEPTH = 12
_MAX_PARTS = 300
_MAX_NESTED = 20
_MAX_HEADER = 200_000
_MAX_NAME = 60
_FIELD = re.compile(rb"([!-9;-~]{1,80})[ \t]*:(.*)", re.DOTALL)
_READ = frozenset(
    (
        *("from", "to", "cc", "sender", "reply-to", "return-path", "delivered-to", "x-original-from", "x-gmail-labels"),
        *("date", "received", "subject", "message-id", "in-reply-to", "references", "mime-version", "x-mailer"),
        *("content-type", "content-disposition", "content-transfer-encoding", "content-id", "dkim-signature"),
        *("auto-submitted", "precedence", "x-autoreply", "x-autorespond", "x-autoresponder", "user-agent"),
    )
)
_FOLD = re.compile(rb"\n(?=[ \t])")
_PARAMETER = re.compile(
    r";\s{0,99}([\w!#$&+.^`|~-]{1,40})(?:\*\d{1,2})?(\*)?\s{0,9}=\s{0,9}(?:\"((?:[^\"\\]|\\.){0,500})\"|([^\s;\"]{1,500}))"
)
_NO_TEXT = re.compile(r"\bhtml\b", re.I)
_SHORT = 250


@dataclass(slots=True)
class Mail:
    """One e-mail, taken apart.

    Attributes:
        fields: the first value of each header field, by its name in lower case, not yet decoded.
        text: what it says, HTML already made plain, quoted mail and signature still in it; may be empty.
        attached: names of what is attached, never opened.
        calendar: how many invitations were passed over.
        signatures: how many signatures its HTML marked and that were left out.
        report: kind of a delivery or read report ("delivery-status"), empty for a letter.
        sealed: whether it is encrypted.
        cut: whether some of it was too much to read.
        inner: mails that are attached whole.
    """

    fields: Mapping[str, str]
    text: str = ""
    attached: list[str] = field(default_factory=list)
    calendar: int = 0
    signatures: int = 0
    report: str = ""
    sealed: bool = False
    cut: bool = False
    inner: list[Mail] = field(default_factory=list)

    def __getitem__(self, name: str) -> str:
        return self.fields.get(name, "")


@dataclass(slots=True)
class _Budget:
    parts: int = _MAX_PARTS
    nested: int = _MAX_NESTED


def read_mail(raw: bytes, *, pasted: bool = False) -> Mail:
    r"""Takes one e-mail apart.

    Args:
        raw: the whole of it; line breaks are `\n`.
        pasted: whether it was text already, and `raw` is its UTF-8, whatever its parts declare.
    """
    return _mail(raw, pasted, 0, _Budget())


def header_fields(raw: bytes) -> tuple[dict[str, str], int]:
    """The fields of interest at the beginning of a mail or a part, and where its body begins."""
    if raw.startswith(b"\n"):
        return {}, 1
    end = raw.find(b"\n\n")
    body = len(raw) if end < 0 else end + 2
    fields: dict[str, str] = {}
    for number, line in enumerate(_FOLD.sub(b"", raw[: min(body, _MAX_HEADER)]).split(b"\n")):
        match = _FIELD.fullmatch(line)
        if match:
            name = match[1].decode("latin-1").casefold()
            if name not in fields and (name in _READ or not fields):
                fields[name] = text_of(match[2]).strip()
        elif not fields and number:
            break
    return (fields, body) if fields else ({}, 0)


def _mail(raw: bytes, pasted: bool, depth: int, budget: _Budget) -> Mail:
    fields, begin = header_fields(raw)
    mail = Mail(fields)
    mail.text = _Reader(mail, pasted, budget).read(fields, raw[begin:], depth).strip()
    if len(mail.text) > MAX_TEXT:
        mail.text, mail.cut = mail.text[:MAX_TEXT], True
    return mail


class _Reader:
    """Reads the parts of one mail into it."""

    def __init__(self, mail: Mail, pasted: bool, budget: _Budget) -> None:
        self._mail = mail
        self._pasted = pasted
        self._budget = budget

    def read(self, fields: Mapping[str, str], body: bytes, depth: int, inside: str = "") -> str:
        """The text of a part; what is no text is noted on the mail."""
        kind, parameters = _valued(fields.get("content-type", "") or "text/plain")
        disposition, more = _valued(fields.get("content-disposition", ""))
        name = _file_name(more.get("filename") or parameters.get("name") or "")
        if kind.startswith("multipart/") and "boundary" in parameters:
            return self._multipart(kind, parameters, body, depth)
        if kind == "message/rfc822" or kind == "message/global":
            self._nest(body, depth)
        elif kind == "text/calendar" or name.casefold().endswith(".ics"):
            self._mail.calendar += 1
        elif kind in ("message/delivery-status", "message/disposition-notification"):
            self._mail.report = self._mail.report or kind.removeprefix("message/")
        elif kind in ("application/pkcs7-mime", "application/x-pkcs7-mime") and "sign" not in parameters.get(
            "smime-type", ""
        ):
            self._mail.sealed = True
        elif disposition == "attachment" or not kind.startswith(("text/", "multipart/")) or (name and depth):
            self._attach(name, kind, fields, inside)
        else:
            return self._text(kind, parameters, fields, body)
        return ""

    def _multipart(self, kind: str, parameters: Mapping[str, str], body: bytes, depth: int) -> str:
        if kind == "multipart/report":
            self._mail.report = parameters.get("report-type", "").casefold() or "delivery-status"
        if kind == "multipart/encrypted":
            self._mail.sealed = True
            return ""
        texts: list[tuple[str, str]] = []
        for part in _parts(body, parameters["boundary"]) if depth < _MAX_DEPTH else ():
            if self._budget.parts <= 0:
                self._mail.cut = True
                break
            self._budget.parts -= 1
            fields, begin = header_fields(part)
            text = self.read(fields, part[begin:], depth + 1, kind)
            if text.strip():
                texts.append((_valued(fields.get("content-type", "") or "text/plain")[0], text))
        if kind == "multipart/alternative":
            return _best(texts)
        return "\n\n".join(text for _, text in texts)

    def _nest(self, body: bytes, depth: int) -> None:
        if depth < _MAX_DEPTH and self._budget.nested > 0:
            self._budget.nested -= 1
            self._mail.inner.append(_mail(body.lstrip(b"\n"), self._pasted, depth + 1, self._budget))
        else:
            self._mail.cut = True

    def _attach(self, name: str, kind: str, fields: Mapping[str, str], inside: str) -> None:
        drawn = kind.startswith("image/") and inside == "multipart/related" and "content-id" in fields
        if not drawn and not kind.endswith("-signature"):
            self._mail.attached.append(name or f"unnamed {clean(kind)[0][:40]}")

    def _text(self, kind: str, parameters: Mapping[str, str], fields: Mapping[str, str], body: bytes) -> str:
        coding = fields.get("content-transfer-encoding", "").strip().casefold()
        charset = parameters.get("charset", "")
        if coding == "base64":
            data = from_base64(body)
        elif coding == "quoted-printable":
            data = binascii.a2b_qp(body)
        else:
            data, charset = body, "utf-8" if self._pasted else charset
        text = text_of(data, charset)
        most = _MAX_PAGE if kind == "text/html" else MAX_TEXT
        self._mail.cut = self._mail.cut or len(text) > most
        text = text[:most]
        if kind == "text/html":
            plain, signatures = mail_of_html(text)
            self._mail.signatures += signatures
            return plain
        text = clean(text)[0]
        return (
            _unflowed(text, parameters.get("delsp", ""))
            if parameters.get("format", "").casefold() == "flowed"
            else text
        )


def _valued(value: str) -> tuple[str, dict[str, str]]:
    """A field's value in lower case, and its parameters; of one that is split over several, the pieces joined."""
    bare, mark, rest = value.partition(";")
    if not mark:
        return bare.strip().casefold(), {}
    parameters: dict[str, str] = {}
    for m in _PARAMETER.finditer((mark + rest)[:4_000]):
        given = m[3] if m[3] is not None else m[4]
        if m[2]:
            charset, _, quoted = given.partition("''") if "''" in given else ("", "", given)
            given = text_of(unquote_to_bytes(quoted), charset)
        parameters[m[1].casefold()] = parameters.get(m[1].casefold(), "") + given
    return bare.strip().casefold(), parameters


def _file_name(given: str) -> str:
    name = decoded_words(given).replace("\\", "/").rpartition("/")[2].strip()
    return name if len(name) <= _MAX_NAME else f"{name[: _MAX_NAME - 12]}...{name[-8:]}"


def _parts(body: bytes, boundary: str) -> list[bytes]:
    mark = re.compile(rb"(?:\A|\n)--" + re.escape(boundary.encode()) + rb"(--)?[ \t]*(?=\n|\Z)")
    found = []
    begin = -1
    for m in mark.finditer(body):
        if begin >= 0:
            found.append(body[begin : m.start()])
        begin = m.end() + 1
        if m[1]:
            return found
    if begin >= 0:
        found.append(body[begin:])
    return found


def _best(texts: list[tuple[str, str]]) -> str:
    """Of several versions of one text the plain one, unless all it says is that there is another."""
    if not texts:
        return ""
    plain = next((text for kind, text in texts if kind == "text/plain"), "")
    rest = max((text for kind, text in texts if kind != "text/plain"), key=len, default="")
    if plain and not (len(plain) < _SHORT and len(rest) > len(plain) and _NO_TEXT.search(plain)):
        return plain
    return rest or plain


def _unflowed(text: str, joined: str) -> str:
    """Text of RFC 3676 with its soft line breaks taken out."""
    tight = joined.casefold() == "yes"
    out: list[str] = []
    soft = False
    for line in text.split("\n"):
        quoted = line.startswith(">")
        if out and not (soft and not quoted):
            out.append("\n")
        bare = line if quoted else line.removeprefix(" ")
        soft = bare.endswith(" ") and bare != "-- " and not quoted
        out.append(bare[:-1] if soft and tight else bare)
    return "".join(out)
