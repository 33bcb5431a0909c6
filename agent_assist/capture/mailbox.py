"""Bytes of an `.eml` or mbox file -> letters: who wrote to whom and when, and what each answers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from agent_assist.capture.clock import as_utc
from agent_assist.capture.mail_headers import (
    Person,
    base_subject,
    decoded_words,
    message_ids,
    moment,
    people,
    shown_name,
)
from agent_assist.capture.mail_roles import is_bouncer, is_machine, is_role
from agent_assist.capture.mime import Mail, read_mail
from agent_assist.capture.names import key

_FROM_LINE = re.compile(
    rb"From (?:[^\n]{0,300}? )?(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),? [^\n]{0,60}\d{1,2}:\d\d[^\n]{0,40}\n"
    rb"(?=>?[A-Za-z][!-9;-~]{0,80}[ \t]*:)"
)
_ESCAPED = re.compile(rb"^>(?=>*From )", re.M)
_VIA = re.compile(r"['\"]?(.{1,80}?)['\"]? via .{1,80}", re.I)
_AUTO_SUBJECT = re.compile(
    r"\s*(?:automatic reply|auto(?:matic)?[- ]?repl(?:y|ied)|autoresponse|out of (?:the )?office|automatische antwort|"
    r"abwesenheits\w*|réponse automatique|respuesta automática|risposta automatica|automatisch antwoord)\b[:\s-]*",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Letter:
    """One e-mail of a file.

    Attributes:
        mail: what it holds.
        id: its Message-ID, empty where it has none.
        parents: ids of the mails that it answers, the first of the thread in front.
        subject: decoded, as it stands.
        topic: the subject without "Re:" and the like, for comparing.
        writer: who wrote it, be it through a group's address or a form on the web.
        receivers: To and Cc.
        at: when; None where it does not tell.
        when: seconds for putting letters in order, filled in from the ones beside it where it does not tell.
        automatic: whether a machine answered.
        generated: whether a program sent it; desks mark what their people write so, too.
        bounced: whether it is a server's report on a mail and no letter.
        owner: the desk's own address, where the mail tells: the mailbox, or whom it was sent through.
    """

    mail: Mail
    id: str
    parents: tuple[str, ...]
    subject: str
    topic: str
    writer: Person
    receivers: tuple[Person, ...]
    at: datetime | None
    when: float
    automatic: bool
    generated: bool
    bounced: bool
    owner: Person | None


def is_from_line(data: bytes) -> bool:
    """Whether text begins with the line that sets off each mail of an mbox."""
    return _FROM_LINE.match(data) is not None


def split_mbox(data: bytes) -> Iterator[bytes]:
    r"""The mails of an mbox, or the one mail of any other text, with `>From` read as "From" where it is an mbox."""
    data = data.lstrip(b"\n")
    begin = _FROM_LINE.match(data)
    if begin is None:
        yield data
        return
    start, at = begin.end(), begin.end()
    while (found := data.find(b"\nFrom ", at)) >= 0:
        line = _FROM_LINE.match(data, found + 1)
        at = line.end() if line else found + 1
        if line:
            yield _ESCAPED.sub(b"", data[start:found])
            start = at
    yield _ESCAPED.sub(b"", data[start:])


def letter_of(raw: bytes, *, pasted: bool, before: float) -> Letter | None:
    """Reads one mail; None where it has no sender, time or id and so is no mail.

    Args:
        raw: the whole mail.
        pasted: as in `read_mail`.
        before: `Letter.when` of the one before it in the file.
    """
    mail = read_mail(raw, pasted=pasted)
    writer = _writer(mail)
    through = next(iter(people(mail["from"])), writer)
    at = moment(mail["date"]) or moment(mail["received"].rpartition(";")[2])
    ids = message_ids(mail["message-id"])
    if writer is None or not (mail["from"] or at or ids):
        return None
    subject = decoded_words(mail["subject"])
    said = _AUTO_SUBJECT.match(subject)
    return Letter(
        mail=mail,
        id=ids[0] if ids else "",
        parents=tuple(dict.fromkeys((*message_ids(mail["references"]), *message_ids(mail["in-reply-to"])))),
        subject=subject,
        topic=key(base_subject(subject[said.end() :] if said else subject)),
        writer=writer,
        receivers=tuple(people(mail["to"]) + people(mail["cc"])),
        at=at,
        when=seconds(at) if at else before,
        automatic=bool(said) or _says_automatic(mail),
        generated=through == writer and _says_generated(mail, writer),
        bounced=bool(mail.report) or is_bouncer(writer),
        owner=_owner(mail, writer) if through is None or through.address == writer.address else Person(through.address),
    )


def seconds(at: datetime) -> float:
    """A moment as a number, for putting moments with and without a zone in order."""
    return as_utc(at).timestamp()


def _writer(mail: Mail) -> Person | None:
    """Who wrote a mail; behind "Anna via Support" and behind a form's no-reply address stands whom to answer."""
    found = people(mail["from"]) or people(mail["sender"]) or people(mail["reply-to"]) or people(mail["return-path"])
    if not found:
        name = shown_name(decoded_words(mail["from"]))
        return Person(f"name:{key(name)}", name) if name else None
    writer = found[0]
    via = _VIA.fullmatch(decoded_words(mail["from"]).partition("<")[0].strip(' "'))
    behind = people(mail["x-original-from"]) or people(mail["reply-to"])
    if not behind or behind[0].address == writer.address:
        return writer
    other = behind[0]
    if via:
        return Person(other.address, other.name or shown_name(via[1]))
    if is_machine(writer) and other.domain != writer.domain and not is_role(other):
        return other
    return writer


def _owner(mail: Mail, writer: Person) -> Person | None:
    if "sent" in mail["x-gmail-labels"].casefold().split(","):
        return Person(writer.address)
    to = people(mail["delivered-to"])
    return Person(to[0].address) if to and to[0].address != writer.address else None


def _says_generated(mail: Mail, writer: Person) -> bool:
    return mail["auto-submitted"].casefold().startswith(("auto-generated", "auto-notified")) or is_machine(writer)


def _says_automatic(mail: Mail) -> bool:
    return (
        mail["auto-submitted"].casefold().startswith("auto-replied")
        or mail["precedence"].casefold() in ("auto_reply", "auto-reply")
        or bool(mail["x-autoreply"] or mail["x-autorespond"] or mail["x-autoresponder"])
    )
