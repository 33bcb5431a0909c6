"""Comments of Zendesk tickets: the API's answer with or without its users, or tickets exported with their comments."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from agent_assist.capture.formats.desk_fields import Row, ident, items, moment, named, obj, plain_mail, text, word
from agent_assist.capture.formats.desk_json import FILE, SYSTEM, Around, Desk, Keyed, Message, format_of
from agent_assist.records import Speaker

_ROLES = {"end-user": Speaker.CUSTOMER, "agent": Speaker.AGENT, "admin": Speaker.AGENT}
_SYSTEM_USER = "-1"
_BODIES = frozenset(("body", "html_body", "plain_body"))


def _is_comment(row: Row) -> bool:
    return isinstance(row.get("public"), bool) and "author_id" in row and not _BODIES.isdisjoint(row)


def _holds(row: Row) -> bool:
    return any(map(_is_comment, items(row, "comments")))


def _read(row: Row, around: Around) -> Iterator[Keyed]:
    comments = [row] if _is_comment(row) else items(row, "comments")
    outside = Around(row, around)
    ticket = _ticket(outside)
    key = ident(ticket.get("id"))
    for comment in comments:
        if _is_comment(comment):
            yield ident(comment.get("ticket_id")) or key, _message(comment, outside.users, ticket)


def _ticket(outside: Around) -> Row:
    """The innermost object that is a ticket, or holds one."""
    for place in outside:
        for ticket in (obj(place, "ticket"), place):
            if {"requester_id", "requester", "comments"} & ticket.keys() and "id" in ticket and not _is_comment(ticket):
                return ticket
    return {}


def _message(comment: Row, users: Mapping[str, Row], ticket: Row) -> Message:
    author = ident(comment.get("author_id"))
    requester = ident(ticket.get("requester_id"), obj(ticket, "requester").get("id"))
    user = users.get(author) or obj(comment, "author")
    if not user and author == requester:
        user = obj(ticket, "requester")
    said = _said(comment)
    message = Message(
        said,
        _speaker(comment, author, user, requester),
        id=ident(comment.get("id")),
        name=named(text(user, "name")),
        at=moment(comment.get("created_at")),
        edited=moment(comment.get("updated_at")),
        who=author,
        private=comment["public"] is False,
    )
    if author == _SYSTEM_USER or (word(comment, "type") == "voicecomment" and not said):
        message.left_out = SYSTEM
    elif not said and items(comment, "attachments"):
        message.left_out = FILE
    return message


def _said(comment: Row) -> str:
    if word(comment, "type") == "voicecomment":
        # The body of a call only tells its numbers and its length.
        return text(obj(comment, "data"), "transcription_text")
    shown = text(comment, "plain_body").replace("&nbsp;", " ")
    return shown or plain_mail(text(comment, "html_body")) or text(comment, "body")


def _speaker(comment: Row, author: str, user: Row, requester: str) -> Speaker | None:
    if text(obj(comment, "via"), "channel") == "rule":
        return Speaker.BOT
    role = _ROLES.get(word(user, "role"))
    if role is not None:
        return role
    if requester:
        return Speaker.CUSTOMER if author == requester else Speaker.AGENT
    return None


FORMAT = format_of(
    Desk("zendesk-comments", "a Zendesk ticket", (("author_id",), ("public",)), _is_comment, _holds, _read)
)
