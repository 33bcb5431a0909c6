"""Events of Zendesk messaging: one for each message, by webhook or over an event bus."""

from __future__ import annotations

from collections.abc import Iterator

from agent_assist.capture.formats.desk_fields import Row, ident, moment, named, obj, text, word
from agent_assist.capture.formats.desk_json import Around, Desk, Keyed, Message, format_of, holds_none
from agent_assist.records import Speaker

_ROLES = {
    "end_user": Speaker.CUSTOMER,
    "end-user": Speaker.CUSTOMER,
    "agent": Speaker.AGENT,
    "trigger": Speaker.BOT,
    "system": Speaker.SYSTEM,
}


def _is_event(row: Row) -> bool:
    return word(obj(row, "actor"), "type") in _ROLES and "body" in obj(row, "message")


def _is_message(row: Row) -> bool:
    return _is_event(row) or _is_event(obj(row, "event"))


def _read(row: Row, around: Around) -> Iterator[Keyed]:
    event = row if _is_event(row) else obj(row, "event")
    envelopes = [row, *around]
    actor = obj(event, "actor")
    said = obj(event, "message")
    message = Message(
        text(said, "body"),
        _speaker(actor),
        id=ident(said.get("id")),
        name=named(text(actor, "name") or text(event, "name")),
        at=moment(obj(event, "meta").get("occurred_at"), said.get("created_at"), *(e.get("time") for e in envelopes)),
    )
    yield ident(event.get("conversation_id"), obj(event, "chat").get("ticket_id")), message


def _speaker(actor: Row) -> Speaker:
    """The answer bot is a system actor, too."""
    speaker = _ROLES[word(actor, "type")]
    is_bot = speaker is Speaker.SYSTEM and "bot" in word(actor, "id")
    return Speaker.BOT if is_bot else speaker


FORMAT = format_of(
    Desk(
        "zendesk-messaging",
        "Zendesk messaging events",
        (("actor",), ("message",), ("body",)),
        _is_message,
        holds_none,
        _read,
    )
)
