"""Chats of LiveChat: with one thread (archives), with several (older answers), and events of webhooks."""

from __future__ import annotations

from collections.abc import Iterator

from agent_assist.capture.formats.desk_fields import Row, ident, items, moment, named, obj, text, word
from agent_assist.capture.formats.desk_json import DELETED, FILE, SYSTEM, Around, Desk, Keyed, Message, format_of
from agent_assist.capture.names import role_of
from agent_assist.records import Speaker

_FOR_AGENTS = "agents"


def _is_message(row: Row) -> bool:
    return "chat_id" in row and _is_event(obj(row, "event"))


def _holds(row: Row) -> bool:
    return any(map(_has_events, _threads(row)))


def _has_events(thread: Row) -> bool:
    return any(map(_is_event, items(thread, "events")))


def _is_event(row: Row) -> bool:
    return "type" in row and ("author_id" in row or word(row, "type") == "system_message")


def _threads(row: Row) -> list[Row]:
    one = obj(row, "thread")
    return [one] if one else items(row, "threads")


def _read(row: Row, around: Around) -> Iterator[Keyed]:
    outside = Around(row, around)
    if _is_message(row):
        yield _key(row.get("chat_id"), row.get("thread_id")), _message(obj(row, "event"), outside)
        return
    for thread in _threads(row):
        key = _key(row.get("id"), thread.get("id"))
        for event in items(thread, "events"):
            if _is_event(event):
                yield key, _message(event, outside)


def _key(chat: object, thread: object) -> str:
    """A customer keeps one chat for years; a thread is one conversation in it."""
    return " ".join(filter(None, (ident(chat), ident(thread))))


def _message(event: Row, outside: Around) -> Message:
    kind = word(event, "type")
    author = ident(event.get("author_id"))
    user = outside.users.get(author, {})
    message = Message(
        _said(event, kind),
        _speaker(author, user),
        id=ident(event.get("id")),
        name=named(text(user, "name") or (author if "@" in author else "")),
        at=moment(event.get("created_at"), event.get("timestamp")),
        private=_FOR_AGENTS in (word(event, "visibility"), word(event, "recipients")),
    )
    if event.get("deleted") is True:
        message.left_out = DELETED
    elif kind == "file":
        message.left_out = FILE
    elif kind not in ("message", "filled_form", "rich_message"):
        message.left_out = SYSTEM
    return message


def _speaker(author: str, user: Row) -> Speaker:
    """Agents are known by their address; a bot is an agent without one."""
    kind = word(user, "type")
    if kind == "customer" or (not kind and "@" not in author):
        return Speaker.CUSTOMER
    is_bot = "@" not in author or author.endswith("@bot") or role_of(text(user, "name")) is Speaker.BOT
    return Speaker.BOT if is_bot else Speaker.AGENT


def _said(event: Row, kind: str) -> str:
    if kind == "filled_form":
        return "\n".join(filter(None, map(_field, items(event, "fields"))))
    if kind == "rich_message":
        return "\n".join(
            filter(None, (text(e, key) for e in items(event, "elements") for key in ("title", "subtitle")))
        )
    return text(event, "text")


def _field(field: Row) -> str:
    chosen = [obj(field, "answer"), *items(field, "answers")]
    answer = ", ".join(filter(None, (text(one, "label") for one in chosen))) or text(field, "answer", "value")
    label = text(field, "label", "name").rstrip(":")
    return f"{label}: {answer}" if label and answer else ""


FORMAT = format_of(Desk("livechat", "a LiveChat chat", (("events", "event"),), _is_message, _holds, _read))
