"""Conversation entries of Salesforce: query results, and the entries of enhanced messaging."""

from __future__ import annotations

from collections.abc import Iterator

from agent_assist.capture.formats.desk_fields import Row, decoded, ident, moment, named, obj, text, word
from agent_assist.capture.formats.desk_json import SYSTEM, Around, Desk, Keyed, Message, format_of, holds_none
from agent_assist.records import Speaker

_ACTORS = {
    "enduser": Speaker.CUSTOMER,
    "agent": Speaker.AGENT,
    "supervisor": Speaker.AGENT,
    "bot": Speaker.BOT,
    "chatbot": Speaker.BOT,
    "system": Speaker.SYSTEM,
}
_SAID = frozenset(("", "text", "message", "messagedefinition", "staticcontentmessage", "choicesmessage"))


def _is_entry(row: Row) -> bool:
    return word(row, "ActorType") in _ACTORS and ("Message" in row or "EntryType" in row)


def _is_enhanced(row: Row) -> bool:
    return "entryType" in row and word(obj(row, "sender"), "role") in _ACTORS


def _is_message(row: Row) -> bool:
    return _is_entry(row) or _is_enhanced(row)


def _read(row: Row, around: Around) -> Iterator[Keyed]:
    yield _enhanced(row, around) if _is_enhanced(row) else _entry(row)


def _entry(row: Row) -> Keyed:
    actor = word(row, "ActorType")
    kind = word(row, "EntryType")
    message = Message(
        text(row, "Message"),
        _speaker(actor, kind),
        id=ident(row.get("Id"), row.get("EntryId")),
        name=named(text(row, "ActorName")),
        at=moment(row.get("EntryTime"), row.get("ClientTimestamp"), row.get("CreatedDate")),
        # A supervisor's words are for the agent alone.
        private=actor == "supervisor",
    )
    if kind not in _SAID:
        message.left_out = SYSTEM
    return ident(row.get("ConversationId")), message


def _enhanced(row: Row, around: Around) -> Keyed:
    sender = obj(row, "sender")
    kind = word(row, "entryType")
    payload = row.get("entryPayload")
    if isinstance(payload, str):
        payload = decoded(payload)
    content = obj(payload, "abstractMessage", "staticContent") if isinstance(payload, dict) else {}
    message = Message(
        text(row, "messageText") or text(content, "text"),
        _speaker(word(sender, "role"), kind),
        id=ident(row.get("identifier"), row.get("id")),
        name=named(text(row, "senderDisplayName") or text(sender, "displayName", "subject")),
        at=moment(row.get("transcriptedTimestamp"), row.get("serverReceivedTimestamp"), row.get("clientTimestamp")),
        private=word(sender, "role") == "supervisor",
    )
    if kind not in _SAID:
        message.left_out = SYSTEM
    holders = [ident(place.get("conversationId"), place.get("conversationIdentifier")) for place in around]
    return ident(row.get("conversationId"), row.get("conversationIdentifier"), *holders), message


def _speaker(actor: str, kind: str) -> Speaker:
    """A greeting or a message of rules, which the system sends to the customer, is a bot's."""
    speaker = _ACTORS[actor]
    return Speaker.BOT if speaker is Speaker.SYSTEM and kind in _SAID else speaker


FORMAT = format_of(
    Desk("salesforce", "Salesforce conversation entries", (("ActorType", "entryType"),), _is_message, holds_none, _read)
)
