"""E-mail as mail programs save it: `.eml` files and mbox mailboxes, one conversation a thread."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from agent_assist.capture.decode import Decoded
from agent_assist.capture.format import Format
from agent_assist.capture.jsonl import OnBad
from agent_assist.capture.mail_headers import Person, moment, people
from agent_assist.capture.mail_roles import find_desk
from agent_assist.capture.mail_talk import conversation_of, counted
from agent_assist.capture.mail_threads import threads_of
from agent_assist.capture.mailbox import Letter, is_from_line, letter_of, split_mbox
from agent_assist.capture.mime import header_fields
from agent_assist.capture.told import tell_customer
from agent_assist.errors import KnownError
from agent_assist.records import Conversation

MAX_MAIL = 200_000_000
MAX_LETTERS = 50_000
_MAX_HEAD = 60_000
_FIELD = re.compile(r"[A-Za-z][!-9;-~]{0,80}[ \t]*:|[ \t]")
_MACHINE_FIELDS = frozenset(
    (
        "message-id",
        "received",
        "return-path",
        "mime-version",
        "content-transfer-encoding",
        "delivered-to",
        "dkim-signature",
        "in-reply-to",
        "references",
        "x-mailer",
        "user-agent",
    )
)
_MAIL_FIELDS = _MACHINE_FIELDS | {"from", "to", "cc", "date", "subject", "sender", "reply-to"}
_BROKEN_SHARE = 6  # one line in so many may be no field
_BREAK = re.compile(rb"\r\n?")


def _is_mail(peek: str) -> bool:
    """Whether the text begins with the header of a mail as programs write it, and not with one that a person pasted."""
    start = peek[:_MAX_HEAD].lstrip("\ufeff \t\r\n").replace("\r\n", "\n").replace("\r", "\n")
    head = start.partition("\n\n")[0]
    lines = head.split("\n")
    if start.startswith("From ") and is_from_line(start[:1000].encode("utf-8", "replace")):
        return any(line.partition(":")[0].strip(" \t>").casefold() in _MAIL_FIELDS for line in lines[1:])
    if not _FIELD.match(lines[0]) or _BROKEN_SHARE * sum(1 for x in lines if not _FIELD.match(x)) > len(lines):
        return False
    fields, _ = header_fields(f"{head}\n\n".encode("utf-8", "replace"))
    if not ({"from", "sender"} & fields.keys()) or not ({"date", "subject", "to"} & fields.keys()):
        return False
    if not people(fields.get("from", "") or fields.get("sender", "")):
        return False
    dated = moment(fields.get("date", ""))
    return bool(_MACHINE_FIELDS & fields.keys()) or (dated is not None and dated.tzinfo is not None)


def _mail(decoded: Decoded, customer: str | None, on_bad: OnBad | None) -> list[Conversation]:
    del on_bad
    letters, notes = _letters(decoded)
    desk = find_desk(
        [(x.writer, x.receivers) for x in letters if not x.bounced],
        list(dict.fromkeys(x.owner for x in letters if x.owner is not None)),
    )
    names = _names(letters)
    told = _told_address(customer, letters)
    found = []
    left = 0
    for thread in threads_of(letters, desk):
        one = conversation_of(thread, desk, names, told)
        if one is None:
            left += len(thread)
        else:
            found.append(one)
    if not found:
        raise KnownError(
            "There is no message from a person in this e-mail: only reports, automatic replies or attachments. "
            "Choose another one, or paste its text."
        )
    if left:
        notes.append(counted(left, "e-mail", "that only machines wrote or that {is} empty {was} left out."))
    if customer is not None and not told:
        found = tell_customer(found, customer)
    found = _with_own_ids(found)
    return [replace(found[0], notes=(*notes, *found[0].notes)), *found[1:]]


def _letters(decoded: Decoded) -> tuple[list[Letter], list[str]]:
    """The letters of a file in order of time, each once, and notes on the others."""
    pasted = not decoded.data or decoded.data.startswith((b"\xff\xfe", b"\xfe\xff"))
    data = decoded.text.encode("utf-8", "replace") if pasted else decoded.data.removeprefix(b"\xef\xbb\xbf")
    letters: list[Letter] = []
    ids: set[str] = set()
    twice = bad = 0
    when = 0.0
    for raw in split_mbox(_BREAK.sub(b"\n", data).lstrip()):
        if len(letters) >= MAX_LETTERS:
            raise KnownError(
                f"This mailbox holds more than {MAX_LETTERS:,} e-mails. Export the folder that matters now."
            )
        letter = letter_of(raw, pasted=pasted, before=when)
        if letter is None:
            bad += 1
        elif letter.id and letter.id in ids:
            twice += 1
        else:
            ids.add(letter.id)
            when = letter.when
            letters.append(letter)
    if not letters:
        raise KnownError("No e-mail in this text can be read. Save the message again, or paste its text.")
    notes = list(decoded.notes) if pasted else []
    if twice:
        notes.append(counted(twice, "e-mail", "that came twice {was} read once."))
    if bad:
        notes.append(counted(bad, "e-mail", "could not be read and {was} left out."))
    return sorted(letters, key=lambda x: x.when), notes


def _names(letters: Sequence[Letter]) -> dict[str, str]:
    """The name that each address goes by, first of all as its owner writes it."""
    names: dict[str, str] = {}
    everybody: list[Person] = [x.writer for x in letters]
    everybody += [p for x in letters for p in x.receivers]
    for person in everybody:
        if person.name and person.address not in names:
            names[person.address] = person.name
    return names


def _told_address(customer: str | None, letters: Sequence[Letter]) -> str:
    wanted = (customer or "").strip(" <>").casefold()
    if "@" not in wanted:
        return ""
    if not any(wanted == p.address for x in letters for p in (x.writer, *x.receivers)):
        raise KnownError(
            "Nobody in this e-mail has the customer's address that was given. Give the name, or leave it out."
        )
    return wanted


def _with_own_ids(found: Sequence[Conversation]) -> list[Conversation]:
    """Answers of several customers to one mail begin alike; each conversation gets an id of its own."""
    times = Counter[str]()
    out = []
    for one in found:
        times[one.id] += 1
        if times[one.id] > 1:
            source = f"{one.id}\n{one.turns[0].name}\n{times[one.id]}"
            one = replace(one, id="m-" + hashlib.sha256(source.encode("utf-8", "replace")).hexdigest()[:12])
        out.append(one)
    return out


FORMAT = Format(
    name="email",
    limit=MAX_MAIL,
    too_long=f"This mailbox is larger than {MAX_MAIL // 1_000_000} MB. Export the part of it that matters now.",
    verbatim=True,
    matches=_is_mail,
    parse=_mail,
)
