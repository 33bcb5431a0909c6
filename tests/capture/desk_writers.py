"""Writes conversations as the desks export them, for the round trips and the fuzzing of the tests."""

from __future__ import annotations

import html
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib import import_module

from agent_assist.capture.format import Format
from agent_assist.records import Speaker

DESKS = (
    "zendesk_comments",
    "zendesk_messaging",
    "sunshine",
    "intercom",
    "freshdesk",
    "chatwoot",
    "zammad",
    "salesforce",
    "livechat",
)
NOTED = tuple(desk for desk in DESKS if desk not in ("zendesk_messaging", "sunshine"))
"""Desks whose exports have notes between colleagues."""

BEGAN = datetime(2026, 1, 5, 10, tzinfo=UTC)


@dataclass(frozen=True)
class Said:
    """What somebody says, or notes; `speaker` is the customer, an agent or a bot."""

    speaker: Speaker
    text: str
    private: bool = False


def desk_format(desk: str) -> Format:
    """The format of a desk, by its module."""
    found = import_module(f"agent_assist.capture.formats.{desk}").FORMAT
    assert isinstance(found, Format)
    return found


def at(i: int) -> datetime:
    """When the message of that number is written."""
    return BEGAN + timedelta(seconds=10 * i)


def name_of(speaker: Speaker) -> str:
    return {Speaker.CUSTOMER: "Mara Quist", Speaker.AGENT: "Odd Berg", Speaker.BOT: "Helper bot"}[speaker]


def write(desk: str, said: Sequence[Said], ticket: int = 7) -> str:
    """One conversation as the desk's JSON."""
    return json.dumps(value(desk, said, ticket))


def value(desk: str, said: Sequence[Said], ticket: int = 7) -> object:
    """One conversation as the desk's JSON value."""
    return _WRITERS[desk](said, ticket)


def _html(text: str) -> str:
    return "".join(f"<div>{html.escape(line) or '<br>'}</div>" for line in text.split("\n"))


def _id(ticket: int, i: int) -> int:
    return ticket * 100_000 + i


def _zendesk_comments(said: Sequence[Said], ticket: int) -> object:
    ids = {Speaker.CUSTOMER: 1, Speaker.AGENT: 2, Speaker.BOT: 3}
    comments = [
        {
            "id": _id(ticket, i),
            "author_id": ids[m.speaker],
            "plain_body": m.text,
            "public": not m.private,
            "via": {"channel": "rule" if m.speaker is Speaker.BOT else "web"},
            "created_at": at(i).isoformat(),
        }
        for i, m in enumerate(said)
    ]
    users = [
        {"id": number, "name": name_of(who), "role": "end-user" if number == 1 else "agent"}
        for who, number in ids.items()
    ]
    return {"ticket": {"id": ticket, "requester_id": 1}, "comments": comments, "users": users}


def _zendesk_messaging(said: Sequence[Said], ticket: int) -> object:
    types = {Speaker.CUSTOMER: "end_user", Speaker.AGENT: "agent", Speaker.BOT: "trigger"}
    return [
        {
            "event": {
                "actor": {"id": "x", "name": name_of(m.speaker), "type": types[m.speaker]},
                "conversation_id": str(ticket),
                "message": {"id": str(_id(ticket, i)), "body": m.text},
            },
            "time": at(i).isoformat(),
        }
        for i, m in enumerate(said)
    ]


def _sunshine(said: Sequence[Said], ticket: int) -> object:
    def author(who: Speaker) -> object:
        kind = "user" if who is Speaker.CUSTOMER else "business"
        return {"type": kind, "displayName": name_of(who), "subtypes": ["AI"] * (who is Speaker.BOT)}

    return {
        "events": [
            {
                "type": "conversation:message",
                "payload": {
                    "conversation": {"id": ticket},
                    "message": {
                        "id": str(_id(ticket, i)),
                        "received": at(i).isoformat(),
                        "author": author(m.speaker),
                        "content": {"type": "text", "text": m.text},
                    },
                },
            }
            for i, m in enumerate(said)
        ]
    }


def _intercom(said: Sequence[Said], ticket: int) -> object:
    types = {Speaker.CUSTOMER: "user", Speaker.AGENT: "admin", Speaker.BOT: "bot"}
    parts = [
        {
            "id": str(_id(ticket, i)),
            "part_type": "note" if m.private else "comment",
            "body": _html(m.text),
            "created_at": int(at(i).timestamp()),
            "author": {"type": types[m.speaker], "name": name_of(m.speaker)},
        }
        for i, m in enumerate(said)
    ]
    return {"type": "conversation", "id": str(ticket), "conversation_parts": {"conversation_parts": parts}}


def _freshdesk(said: Sequence[Said], ticket: int) -> object:
    ids = {Speaker.CUSTOMER: 1, Speaker.AGENT: 2}
    conversations = [
        {
            "id": _id(ticket, i),
            "body": _html(m.text),
            "body_text": " ".join(m.text.split()),
            "incoming": m.speaker is Speaker.CUSTOMER,
            "private": m.private,
            "user_id": ids[m.speaker],
            "ticket_id": ticket,
            "from_email": f"{name_of(m.speaker)} <x@example.org>",
            "created_at": at(i).isoformat(),
        }
        for i, m in enumerate(said)
    ]
    requester = {"id": 1, "name": name_of(Speaker.CUSTOMER)}
    return {"id": ticket, "requester_id": 1, "requester": requester, "conversations": conversations}


def _chatwoot(said: Sequence[Said], ticket: int) -> object:
    types = {Speaker.CUSTOMER: "contact", Speaker.AGENT: "user", Speaker.BOT: "agent_bot"}
    return {
        "payload": [
            {
                "id": _id(ticket, i),
                "content": m.text,
                "message_type": 0 if m.speaker is Speaker.CUSTOMER else 1,
                "private": m.private,
                "conversation_id": ticket,
                "created_at": int(at(i).timestamp()),
                "sender": {"name": name_of(m.speaker), "type": types[m.speaker]},
            }
            for i, m in enumerate(said)
        ]
    }


def _zammad(said: Sequence[Said], ticket: int) -> object:
    senders = {Speaker.CUSTOMER: "Customer", Speaker.AGENT: "Agent", Speaker.BOT: "System"}
    return [
        {
            "id": _id(ticket, i),
            "ticket_id": ticket,
            "type": "email",
            "sender": senders[m.speaker],
            "from": name_of(m.speaker),
            "internal": m.private,
            "content_type": "text/html",
            "body": _html(m.text),
            "created_at": at(i).isoformat(),
        }
        for i, m in enumerate(said)
    ]


def _salesforce(said: Sequence[Said], ticket: int) -> object:
    def actor(m: Said) -> str:
        names = {Speaker.CUSTOMER: "EndUser", Speaker.AGENT: "Agent", Speaker.BOT: "Bot"}
        return "Supervisor" if m.private else names[m.speaker]

    return {
        "records": [
            {
                "Id": f"0dU{_id(ticket, i)}",
                "ConversationId": str(ticket),
                "ActorType": actor(m),
                "ActorName": name_of(m.speaker),
                "EntryType": "Text",
                "EntryTime": at(i).strftime("%Y-%m-%dT%H:%M:%S.000+0000"),
                "Message": m.text,
            }
            for i, m in enumerate(said)
        ]
    }


def _livechat(said: Sequence[Said], ticket: int) -> object:
    ids = {Speaker.CUSTOMER: "c-1", Speaker.AGENT: "odd@example.com", Speaker.BOT: "77ab"}
    users = [
        {"id": number, "type": "customer" if who is Speaker.CUSTOMER else "agent", "name": name_of(who)}
        for who, number in ids.items()
    ]
    events = [
        {
            "id": str(_id(ticket, i)),
            "type": "message",
            "author_id": ids[m.speaker],
            "text": m.text,
            "visibility": "agents" if m.private else "all",
            "created_at": at(i).isoformat(),
        }
        for i, m in enumerate(said)
    ]
    return {"chats": [{"id": str(ticket), "users": users, "thread": {"events": events}}]}


_WRITERS: dict[str, Callable[[Sequence[Said], int], object]] = {
    "zendesk_comments": _zendesk_comments,
    "zendesk_messaging": _zendesk_messaging,
    "sunshine": _sunshine,
    "intercom": _intercom,
    "freshdesk": _freshdesk,
    "chatwoot": _chatwoot,
    "zammad": _zammad,
    "salesforce": _salesforce,
    "livechat": _livechat,
}
