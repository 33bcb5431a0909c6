"""The webhooks of Chatwoot and Zammad -> a window of one message, or why there is nothing to show.

The messages are read by the formats of the desks' exports, so that a message is the same turn whichever way it comes.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC
from enum import StrEnum
from typing import Final

from agent_assist.capture.decode import clean
from agent_assist.capture.formats import chatwoot, zammad
from agent_assist.capture.formats.desk_fields import Row, ident, named, obj, text, word
from agent_assist.capture.formats.desk_json import DELETED, FILE, SYSTEM, Around, Message
from agent_assist.capture.lines import strip
from agent_assist.capture.relay.markup import unmarked
from agent_assist.errors import KnownError
from agent_assist.records import Contact, ContactKind, Seen, Way, Window

MAX_TEXT: Final = 100_000
"""Characters of a message, as the wire has them; what is longer is cut."""

_MAX_NAME = 200
_EVENTS = ("message_created", "message_updated")


class LeftOut(StrEnum):
    """Why a webhook that was understood shows nothing."""

    OTHER = "it is no message"
    PRIVATE = "it is a note between colleagues"
    SYSTEM = "it is a message of the desk itself"
    DELETED = "the message was deleted"
    EMPTY = "the message has no text"


_REASONS = {SYSTEM: LeftOut.SYSTEM, DELETED: LeftOut.DELETED, FILE: LeftOut.EMPTY}


def read_chatwoot(payload: Row) -> Window | LeftOut:
    """A webhook of Chatwoot; only `message_created` and `message_updated` bring something.

    Raises:
        KnownError: this is no webhook of Chatwoot.
    """
    event = word(payload, "event")
    if event not in _EVENTS:
        if not event:
            raise KnownError("This is no webhook of Chatwoot: it names no event. Check the address in the desk.")
        return LeftOut.OTHER
    if not chatwoot.DESK.is_message(payload):
        raise KnownError("There is no message in this webhook of Chatwoot. Check the address in the desk.")
    found, message = next(iter(chatwoot.DESK.read(payload, Around())))
    number = _number(found)
    if not number:
        raise KnownError("This webhook of Chatwoot names no conversation. Check the address in the desk.")
    seen = _seen(message, unmarked(message.text), _is_set(payload, "private"))
    if isinstance(seen, LeftOut):
        return seen
    account = _number(obj(payload, "account").get("id")) or "0"
    person = _chatwoot_person(payload)
    inbox = text(obj(payload, "inbox"), "name")
    return Window(
        Way.CHATWOOT,
        f"{account}/{number}",
        (seen,),
        title=_line(f"Chatwoot {inbox} #{number}", _MAX_NAME),
        customer=_line(named(text(person, "name")), _MAX_NAME) or None,
        contacts=tuple(_contacts(f"chatwoot {account}", person, ("email",), ("phone_number",), ("identifier",))),
    )


def _chatwoot_person(payload: Row) -> Row:
    """The customer: of the conversation, else whoever sent what came in."""
    person = obj(payload, "conversation", "meta", "sender")
    sent = obj(payload, "sender") if word(payload, "message_type") in ("incoming", "0") else {}
    return {**sent, **{name: value for name, value in person.items() if value not in (None, "")}}


def read_zammad(payload: Row) -> Window | LeftOut:
    """A webhook of Zammad as it is where its content was not customised: a ticket and an article.

    Raises:
        KnownError: this is no such webhook.
    """
    ticket, article = obj(payload, "ticket"), obj(payload, "article")
    if not ticket:
        raise KnownError("This is no webhook of Zammad: there is no ticket in it. Leave its content as it ships.")
    if not article:
        return LeftOut.OTHER
    if not zammad.DESK.is_message(article):
        raise KnownError("There is no article in this webhook of Zammad. Leave its content as it ships.")
    _, message = next(iter(zammad.DESK.read(article, Around(payload))))
    number = _number(ticket.get("number"), article.get("ticket_id"), ticket.get("id"))
    if not number:
        raise KnownError("This webhook of Zammad names no ticket. Leave its content as it ships.")
    seen = _seen(message, message.text, _is_set(article, "internal"))
    if isinstance(seen, LeftOut):
        return seen
    person = obj(ticket, "customer")
    name = " ".join(filter(None, (text(person, "firstname"), text(person, "lastname"))))
    return Window(
        Way.ZAMMAD,
        number,
        (seen,),
        title=_line(f"Zammad #{number}", _MAX_NAME),
        customer=_line(named(name), _MAX_NAME) or None,
        contacts=tuple(_contacts("zammad", person, ("email",), ("phone", "mobile"), ())),
    )


def _seen(message: Message, said: str, private: bool) -> Seen | LeftOut:
    if private or message.private:
        return LeftOut.PRIVATE
    if message.left_out:
        return _REASONS.get(message.left_out, LeftOut.OTHER)
    shown = strip(clean(said)[0])
    if not shown:
        return LeftOut.EMPTY
    at = message.at
    return Seen(
        shown if len(shown) <= MAX_TEXT else shown[: MAX_TEXT - 2] + " …",
        message.speaker,
        _number(message.id) or None,
        _line(message.name, _MAX_NAME) or None,
        at.replace(tzinfo=UTC) if at is not None and at.tzinfo is None else at,
    )


def _is_set(row: Row, flag: str) -> bool:
    """Whether a note is private; what is neither yes nor no counts as yes, for a note must never get through."""
    return row.get(flag) not in (False, None)


def _contacts(
    desk: str, person: Row, mails: tuple[str, ...], phones: tuple[str, ...], ids: tuple[str, ...]
) -> Iterator[Contact]:
    kinds = ((ContactKind.EMAIL, mails), (ContactKind.PHONE, phones), (ContactKind.ID, ids))
    for kind, fields in kinds:
        for field in fields:
            if value := _number(person.get(field)):
                yield Contact(kind, value)
    # The desk's own number says something within that desk alone.
    if number := _number(person.get("id")):
        yield Contact(ContactKind.ID, f"{desk} {number}")


def _number(*values: object) -> str:
    """The first of the values that identifies something and can be seen; at most 160 characters, as `ident` has it."""
    return next(filter(None, (_line(ident(value), _MAX_NAME) for value in values)), "")


def _line(value: str, limit: int) -> str:
    return strip(" ".join(clean(value)[0].split())[:limit])
