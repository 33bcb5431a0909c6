"""Tickets of Freshdesk with their conversations, or the conversations alone; account exports, too."""

from __future__ import annotations

from collections.abc import Iterator

from agent_assist.capture.formats.desk_fields import Row, ident, items, moment, named, obj, plain_mail, text
from agent_assist.capture.formats.desk_json import DELETED, FILE, Around, Desk, Keyed, Message, format_of
from agent_assist.records import Speaker

_LISTS = ("conversations", "notes")
_FORWARDED = 8
_TICKET_BY_AGENT = (3, 10)  # a call that an agent wrote down, and a mail that an agent began with


def _is_reply(row: Row) -> bool:
    return (
        isinstance(row.get("incoming"), bool)
        and isinstance(row.get("private"), bool)
        and ("body" in row or "body_text" in row)
    )


def _holds(row: Row) -> bool:
    return any(map(_is_reply, _replies(row))) or _is_ticket(row)


def _is_ticket(row: Row) -> bool:
    return "description_text" in row and "requester_id" in row and "id" in row


def _replies(row: Row) -> list[Row]:
    """What was written in a ticket; older exports wrap each of it in a "note"."""
    found = next((several for key in _LISTS if (several := items(row, key))), [])
    return [obj(item, "note") or item for item in found]


def _read(row: Row, around: Around) -> Iterator[Keyed]:
    outside = Around(row, around)
    ticket = _ticket(outside)
    key = ident(ticket.get("id"), ticket.get("display_id"))
    if row is ticket or obj(row, "ticket") is ticket:
        opening = _opening(ticket)
        if opening.text.strip():
            yield key, opening
    for reply in [row] if _is_reply(row) else _replies(row):
        if _is_reply(reply):
            yield ident(reply.get("ticket_id")) or key, _message(reply, ticket, outside)


def _ticket(outside: Around) -> Row:
    for place in outside:
        for ticket in (obj(place, "ticket"), place):
            if "requester_id" in ticket and not _is_reply(ticket):
                return ticket
    return {}


def _opening(ticket: Row) -> Message:
    by_agent = ticket.get("source") in _TICKET_BY_AGENT
    return Message(
        _said(ticket, "description"),
        Speaker.AGENT if by_agent else Speaker.CUSTOMER,
        id="description",
        name="" if by_agent else _requester(ticket),
        at=moment(ticket.get("created_at")),
    )


def _message(reply: Row, ticket: Row, outside: Around) -> Message:
    writer = ident(reply.get("user_id"))
    incoming = reply["incoming"] is True
    user = outside.users.get(writer) or obj(reply, "user")
    by_requester = writer != "" and writer == ident(ticket.get("requester_id"))
    said = _said(reply, "body")
    message = Message(
        said,
        Speaker.CUSTOMER if incoming else Speaker.AGENT,
        id=ident(reply.get("id")),
        name=named(text(user, "name") or (_requester(ticket) if by_requester else "") or text(reply, "from_email")),
        at=moment(reply.get("created_at")),
        edited=moment(reply.get("last_edited_at"), reply.get("updated_at")),
        # What is forwarded goes to somebody else, not to the customer.
        private=reply["private"] is True or (not incoming and reply.get("source") == _FORWARDED),
    )
    if reply.get("deleted") is True:
        message.left_out = DELETED
    elif not said and items(reply, "attachments"):
        message.left_out = FILE
    return message


def _requester(ticket: Row) -> str:
    return named(text(obj(ticket, "requester"), "name", "email") or text(ticket, "requester_name"))


def _said(row: Row, field: str) -> str:
    """The HTML tells what is quoted; the text beside it does not."""
    return plain_mail(text(row, field)) or text(row, f"{field}_text")


FORMAT = format_of(
    Desk("freshdesk", "a Freshdesk ticket", (("incoming", "description_text"),), _is_reply, _holds, _read)
)
