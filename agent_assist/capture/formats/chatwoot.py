"""Messages of Chatwoot: the API's answer, whole conversations, and webhooks."""

from __future__ import annotations

from collections.abc import Iterator

from agent_assist.capture.formats.desk_fields import Row, ident, items, moment, named, obj, text, word
from agent_assist.capture.formats.desk_json import (
    DELETED,
    FILE,
    SYSTEM,
    Around,
    Desk,
    Keyed,
    Message,
    format_of,
    holds_none,
)
from agent_assist.records import Speaker

_INCOMING, _OUTGOING, _ACTIVITY, _TEMPLATE = range(4)
_TYPES = {"incoming": _INCOMING, "outgoing": _OUTGOING, "activity": _ACTIVITY, "template": _TEMPLATE}
_SPEAKERS = {
    _INCOMING: Speaker.CUSTOMER,
    _OUTGOING: Speaker.AGENT,
    _ACTIVITY: Speaker.SYSTEM,
    _TEMPLATE: Speaker.BOT,
}
_BESIDE = ("private", "content_type", "content_attributes", "conversation_id")
_MACHINES = ("bot", "captain")


def _type(row: Row) -> int | None:
    value = row.get("message_type")
    if isinstance(value, str):
        return _TYPES.get(value.strip().casefold())
    return value if isinstance(value, int) and not isinstance(value, bool) and value in _SPEAKERS else None


def _is_message(row: Row) -> bool:
    return "content" in row and any(field in row for field in _BESIDE) and _type(row) is not None


def _read(row: Row, around: Around) -> Iterator[Keyed]:
    sender = obj(row, "sender")
    said = text(row, "content")
    kind = _type(row)
    message = Message(
        said,
        _SPEAKERS[_ACTIVITY if kind is None else kind],
        id=ident(row.get("id")),
        name=named(text(sender, "name", "available_name", "email")),
        at=moment(row.get("created_at")),
        edited=moment(row.get("updated_at")),
        private=row.get("private") is True,
    )
    if message.speaker is Speaker.AGENT and _by_machine(row, sender):
        message.speaker = Speaker.BOT
    if obj(row, "content_attributes").get("deleted") is True:
        message.left_out = DELETED
    elif kind == _ACTIVITY:
        message.left_out = SYSTEM
    elif not said and items(row, "attachments"):
        message.left_out = FILE
    yield _conversation(row, around), message


def _conversation(row: Row, around: Around) -> str:
    """The number that people see; a conversation around its messages has it as its own id."""
    holders = [place.get("id") for place in around if "messages" in place]
    return ident(row.get("conversation_id"), obj(row, "conversation").get("id"), *holders)


def _by_machine(row: Row, sender: Row) -> bool:
    kind = word(sender, "type") or word(row, "sender_type")
    return any(machine in kind for machine in _MACHINES)


DESK = Desk("chatwoot", "a Chatwoot conversation", (("message_type",), ("content",)), _is_message, holds_none, _read)
FORMAT = format_of(DESK)
