"""Articles of Zammad tickets: the API's answers, and webhooks."""

from __future__ import annotations

from collections.abc import Iterator

from agent_assist.capture.formats.desk_fields import Row, ident, items, moment, named, obj, plain_mail, text, word
from agent_assist.capture.formats.desk_json import FILE, SYSTEM, Around, Desk, Keyed, Message, format_of, holds_none
from agent_assist.records import Speaker

_SENDERS = {"customer": Speaker.CUSTOMER, "agent": Speaker.AGENT, "system": Speaker.SYSTEM}
_SENDER_IDS = {1: Speaker.AGENT, 2: Speaker.CUSTOMER, 3: Speaker.SYSTEM}  # as every installation begins with them
_VIA = " via "  # what agents send carries the name of their group
_BESIDE = ("internal", "content_type", "ticket_id")


def _speaker(row: Row) -> Speaker | None:
    sender = row.get("sender_id")
    return _SENDERS.get(word(row, "sender")) or (_SENDER_IDS.get(sender) if isinstance(sender, int) else None)


def _is_message(row: Row) -> bool:
    return isinstance(row.get("body"), str) and any(field in row for field in _BESIDE) and _speaker(row) is not None


def _read(row: Row, around: Around) -> Iterator[Keyed]:
    said = plain_mail(text(row, "body")) if "html" in word(row, "content_type") else text(row, "body")
    message = Message(
        said,
        _speaker(row),
        id=ident(row.get("id")),
        name=_name(row),
        at=moment(row.get("created_at")),
        edited=moment(row.get("updated_at")),
        private=row.get("internal") is True,
    )
    if message.speaker is Speaker.SYSTEM:
        # What the system mails is an answer by rule; its notes tell what it did.
        message.speaker = Speaker.BOT
        if word(row, "type") in ("", "note"):
            message.left_out = SYSTEM
    elif _is_call(row):
        # Whoever called, an agent wrote it down.
        message.speaker = Speaker.AGENT
    elif not said.strip() and items(row, "attachments"):
        message.left_out = FILE
    tickets = [ident(obj(place, "ticket").get("id")) or _own_id(place) for place in around]
    yield ident(row.get("ticket_id"), *tickets), message


def _own_id(place: Row) -> str:
    return ident(place.get("id")) if "articles" in place else ""


def _is_call(row: Row) -> bool:
    return word(row, "type") == "phone"


def _name(row: Row) -> str:
    writer = obj(row, "created_by")
    shown = " ".join(filter(None, (text(writer, "firstname"), text(writer, "lastname"))))
    # A call of the customer is from them, but in the words of the agent who wrote it down.
    heard = _is_call(row) and _speaker(row) is Speaker.CUSTOMER
    name = named(("" if heard else text(row, "from")) or shown or text(row, "created_by"))
    return name.partition(_VIA)[0] if _SENDERS.get(word(row, "sender")) is Speaker.AGENT else name


DESK = Desk("zammad", "a Zammad ticket", (("body",), ("sender", "sender_id")), _is_message, holds_none, _read)
FORMAT = format_of(DESK)
