"""Messages of Sunshine Conversations: lists of them, and webhooks."""

from __future__ import annotations

from collections.abc import Iterator

from agent_assist.capture.formats.desk_fields import Row, ident, items, moment, named, obj, plain, text, word
from agent_assist.capture.formats.desk_json import DELETED, FILE, Around, Desk, Keyed, Message, format_of, holds_none
from agent_assist.capture.names import role_of
from agent_assist.records import Speaker

_MEDIA = frozenset(("image", "file", "location", "sticker"))
_ANSWERS = ("text", "email", "select")


def _is_message(row: Row) -> bool:
    return word(obj(row, "author"), "type") in ("user", "business") and "type" in obj(row, "content")


def _read(row: Row, around: Around) -> Iterator[Keyed]:
    author = obj(row, "author")
    content = obj(row, "content")
    said = _said(content)
    message = Message(
        said,
        _speaker(row, author),
        id=ident(row.get("id")),
        name=named(text(author, "displayName")),
        at=moment(row.get("received"), *(place.get("createdAt") for place in around)),
    )
    if row.get("deleted") is True:
        message.left_out = DELETED
    elif not said and word(content, "type") in _MEDIA:
        message.left_out = FILE
    conversations = [ident(obj(place, "conversation").get("id")) for place in around]
    yield ident(row.get("conversationId"), *conversations), message


def _speaker(row: Row, author: Row) -> Speaker:
    if word(author, "type") == "user":
        return Speaker.CUSTOMER
    subtypes = author.get("subtypes")
    is_bot = (
        (isinstance(subtypes, list) and "AI" in subtypes)
        or "bot" in word(obj(row, "source"), "type")
        or role_of(text(author, "displayName")) is Speaker.BOT
    )
    return Speaker.BOT if is_bot else Speaker.AGENT


def _said(content: Row) -> str:
    kind = word(content, "type")
    if kind in ("form", "formresponse"):
        return "\n".join(filter(None, map(_field, items(content, "fields")))) or text(content, "textFallback")
    if kind in ("carousel", "list"):
        return "\n".join(filter(None, (text(item, "title") for item in items(content, "items"))))
    return text(content, "text", "textFallback") or plain(text(content, "htmlText")) or text(content, "altText")


def _field(field: Row) -> str:
    """A field of a form, with the answer once there is one."""
    chosen = ", ".join(filter(None, (text(option, "label") for option in items(field, "select"))))
    answer = chosen or text(field, *_ANSWERS)
    label = text(field, "label", "name")
    return f"{label}: {answer}" if label and answer else label or answer


FORMAT = format_of(
    Desk("sunshine", "Sunshine Conversations messages", (("author",), ("content",)), _is_message, holds_none, _read)
)
