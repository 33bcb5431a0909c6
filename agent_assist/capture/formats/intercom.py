"""Conversations of Intercom: the API's answer, lists of them, and webhooks."""

from __future__ import annotations

from collections.abc import Iterator

from agent_assist.capture.formats.desk_fields import Row, ident, items, moment, named, obj, plain, text, word
from agent_assist.capture.formats.desk_json import DELETED, FILE, SYSTEM, Around, Desk, Keyed, Message, format_of
from agent_assist.records import Speaker

_ROLES = {
    "user": Speaker.CUSTOMER,
    "lead": Speaker.CUSTOMER,
    "contact": Speaker.CUSTOMER,
    "visitor": Speaker.CUSTOMER,
    "bot": Speaker.BOT,
    "operator": Speaker.BOT,
}
_BY_MACHINE = frozenset(("automated", "campaigns_initiated", "operator_initiated"))


def _holds(row: Row) -> bool:
    parts = _parts(row)
    if parts is None:
        return False
    return "body" in obj(row, "source") or any("part_type" in part for part in parts)


def _is_message(row: Row) -> bool:
    """A part does not tell of which conversation it is."""
    del row
    return False


def _parts(row: Row) -> list[Row] | None:
    """The parts of a conversation, which stand in a list of their own or within a page of them."""
    if "conversation_parts" not in row:
        return None
    return items(row, "conversation_parts") or items(obj(row, "conversation_parts"), "conversation_parts")


def _read(row: Row, around: Around) -> Iterator[Keyed]:
    del around
    key = ident(row.get("id"))
    source = obj(row, "source")
    if source:
        yield key, _opening(source, row)
    for part in _parts(row) or []:
        yield key, _part(part)


def _opening(source: Row, row: Row) -> Message:
    message = _written(source)
    message.at = moment(source.get("created_at"), row.get("created_at"))
    message.id = f"source {message.id}"
    if word(source, "delivered_as") in _BY_MACHINE and message.speaker is Speaker.AGENT:
        message.speaker = Speaker.BOT
    return message


def _part(part: Row) -> Message:
    message = _written(part)
    message.at = moment(part.get("created_at"))
    message.edited = moment(part.get("updated_at"))
    kind = word(part, "part_type")
    message.private = "note" in kind
    # What is done to a conversation (assigned, closed) may come with words to the customer, mostly without.
    if not message.text and not message.left_out and kind not in ("comment", "quick_reply"):
        message.left_out = SYSTEM
    return message


def _written(row: Row) -> Message:
    author = obj(row, "author")
    said = plain(text(row, "body"))
    speaker = _ROLES.get(word(author, "type"), Speaker.AGENT)
    if author.get("from_ai_agent") is True or author.get("is_ai_answer") is True:
        speaker = Speaker.BOT
    message = Message(said, speaker, id=ident(row.get("id")), name=named(text(author, "name", "email")))
    if row.get("redacted") is True:
        message.left_out = DELETED
    elif not said and items(row, "attachments"):
        message.left_out = FILE
    return message


FORMAT = format_of(Desk("intercom", "an Intercom conversation", (("conversation_parts",),), _is_message, _holds, _read))
