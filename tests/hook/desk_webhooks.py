"""Webhooks as Chatwoot and Zammad send them, written for these tests."""

from __future__ import annotations

from typing import Any

Payload = dict[str, Any]

CUSTOMER = {
    "additional_attributes": {},
    "avatar": "",
    "custom_attributes": {"plan": "family"},
    "email": "ines.prado@example.org",
    "id": 4,
    "identifier": "cust-20771",
    "name": "Ines Prado",
    "phone_number": "+34600000111",
    "thumbnail": "",
}
AGENT = {"id": 1, "name": "Ola Nordmann", "email": "ola@desk.example", "type": "user"}
BOT = {"id": 9, "name": "Helper", "type": "agent_bot"}


def chatwoot(
    number: int = 901,
    content: str | None = "My code never arrives, and I have a train to catch.",
    message_type: str = "incoming",
    *,
    event: str = "message_created",
    conversation: int = 12,
    at: str = "2026-01-05T10:00:00.318Z",
    **more: object,
) -> Payload:
    """`message_created` or `message_updated`, all fields of an account webhook."""
    sender: Payload = {**CUSTOMER, "account": {"id": 3, "name": "Nordlys"}} if message_type == "incoming" else AGENT
    return {
        "account": {"id": 3, "name": "Nordlys"},
        "additional_attributes": {},
        "content_attributes": {},
        "content_type": "text",
        "content": content,
        "conversation": {
            "additional_attributes": {"browser": {"browser_name": "Firefox"}, "referer": "https://shop.example/"},
            "can_reply": True,
            "channel": "Channel::WebWidget",
            "contact_inbox": {"id": 7, "contact_id": 4, "inbox_id": 2, "source_id": "f00d", "hmac_verified": False},
            "id": conversation,
            "inbox_id": 2,
            "messages": [{"id": number, "content": content, "message_type": 0, "conversation_id": conversation}],
            "labels": [],
            "meta": {
                "sender": {**CUSTOMER, "type": "contact"},
                "assignee": AGENT,
                "team": None,
                "hmac_verified": False,
            },
            "status": "open",
            "unread_count": 1,
            "created_at": 1767607200,
            "timestamp": 1767607201,
        },
        "created_at": at,
        "id": number,
        "inbox": {"id": 2, "name": "Web shop"},
        "message_type": message_type,
        "private": False,
        "sender": sender,
        "source_id": None,
        "event": event,
        **more,
    }


def zammad(number: int = 104, **article: object) -> Payload:
    """What a trigger sends whose content was not customised."""
    emily: Payload = {
        "active": True,
        "email": "emily@example.com",
        "firstname": "Emily",
        "id": 8,
        "lastname": "Adams",
        "login": "emily@example.com",
        "mobile": "",
        "note": "",
        "phone": "0061 2 1234 7777",
        "roles": ["Customer"],
    }
    jacob: Payload = {
        "email": "jacob@desk.example",
        "firstname": "Jacob",
        "id": 3,
        "lastname": "Smith",
        "roles": ["Agent"],
    }
    by_agent = article.get("sender") == "Agent"
    return {
        "ticket": {
            "article_count": 2,
            "article_ids": [103, number],
            "create_article_sender": "Customer",
            "created_at": "2026-01-05T09:58:00.282Z",
            "customer": emily,
            "customer_id": 8,
            "group": {"id": 3, "name": "Service Desk"},
            "id": 81,
            "number": "10081",
            "owner": jacob,
            "priority": {"id": 2, "name": "2 normal"},
            "state": "open",
            "title": "Parcel lost",
            "updated_at": "2026-01-05T10:00:00.333Z",
        },
        "article": {
            "attachments": [],
            "body": "<div>Where is my parcel?<br><br>It is the <b>third</b> time.</div>"
            "<div>-- <br>Emily Adams</div><blockquote type='cite'>Our answer of Monday</blockquote>",
            "content_type": "text/html",
            "created_at": "2026-01-05T10:00:00.318Z",
            "created_by": jacob if by_agent else emily,
            "from": "Jacob Smith via Service Desk <desk@desk.example>"
            if by_agent
            else "Emily Adams <emily@example.com>",
            "id": number,
            "internal": False,
            "sender": "Customer",
            "sender_id": 1 if by_agent else 2,
            "ticket_id": 81,
            "to": "Service Desk",
            "type": "email",
            "type_id": 1,
            "updated_at": "2026-01-05T10:00:00.318Z",
            **article,
        },
    }
