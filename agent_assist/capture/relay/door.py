"""Who may come in: what the head of a request has to be, before a byte of its body is read.

A web page that the person has open can make their browser call this port, too. It cannot leave out the Origin header
of a POST, it cannot choose the Host header, which names the page's own host even where that name was made to resolve
to 127.0.0.1 (DNS rebinding), and it does not know the token.
"""

from __future__ import annotations

import hmac
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from urllib.parse import parse_qsl

from agent_assist.capture.relay.answers import MAX_BODY, TOO_LARGE, Answer
from agent_assist.records import Way

HEALTH = "/health"
HEALTHY = Answer(HTTPStatus.OK, "ok")

_BEARER = "bearer "
_MAX_FIELDS = 8
_BROWSERS = ("ORIGIN", "SEC_FETCH_SITE", "SEC_FETCH_MODE", "SEC_FETCH_DEST")


@dataclass(frozen=True, slots=True)
class Head:
    """The head of a request.

    Attributes:
        method: "POST".
        target: as it stands in the first line, with what follows the question mark.
        headers: by their names in capitals with underscores ("CONTENT_TYPE"); several of a name are joined by commas.
    """

    method: str
    target: str = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)

    @property
    def path(self) -> str:
        """The target without what follows the question mark."""
        return self.target.partition("?")[0]


class Door:
    """Lets requests in or says why not."""

    def __init__(self, token: str, port: int, desks: Collection[Way]) -> None:
        self._token = token.encode()
        self._hosts = tuple(f"{host}:{port}" for host in ("127.0.0.1", "localhost", "[::1]"))
        self._desks = {f"/{desk.value}": desk for desk in desks}

    def desk(self, head: Head) -> Way:
        """Whose webhook a request is that was let in."""
        return self._desks[head.path]

    def refuse(self, head: Head) -> Answer | None:
        """Why a request is refused, the first reason of several; None where it may come in."""
        problem = self._foreign(head) or self._elsewhere(head)
        if problem or head.path == HEALTH:
            return problem
        if not self._has_token(head):
            return Answer(
                HTTPStatus.UNAUTHORIZED,
                "The token is missing or wrong; `agent-assist hook serve --show-token` shows it.",
                (("WWW-Authenticate", "Bearer"),),
            )
        return _unfit(head)

    def _foreign(self, head: Head) -> Answer | None:
        host = head.headers.get("HOST", "").strip()
        if not host:
            return Answer(HTTPStatus.BAD_REQUEST, "The request has no Host header.")
        if host.casefold() not in self._hosts:
            return Answer(HTTPStatus.FORBIDDEN, f"The Host header is not one of {', '.join(self._hosts)}.")
        if any(name in head.headers for name in _BROWSERS):
            return Answer(HTTPStatus.FORBIDDEN, "The request comes from a web page (Origin header); none is let in.")
        return None

    def _elsewhere(self, head: Head) -> Answer | None:
        method = "GET" if head.path == HEALTH else "POST"
        if head.path not in (HEALTH, *self._desks):
            return Answer(HTTPStatus.NOT_FOUND, f"Nothing is here; desks post to {' or '.join(self._desks)}.")
        if head.method != method:
            return Answer(HTTPStatus.METHOD_NOT_ALLOWED, f"Only {method} is taken here.", (("Allow", method),))
        return None

    def _has_token(self, head: Head) -> bool:
        given = head.headers.get("AUTHORIZATION")
        if given is None:
            token = _in_query(head.target)  # Chatwoot sends no headers of one's own
        else:
            token = given[len(_BEARER) :].strip() if given[: len(_BEARER)].casefold() == _BEARER else ""
        return hmac.compare_digest(token.encode("utf-8", "surrogatepass"), self._token)


def _in_query(target: str) -> str:
    try:
        fields = parse_qsl(target.partition("?")[2], max_num_fields=_MAX_FIELDS)
    except ValueError:
        return ""
    tokens = [value for name, value in fields if name == "token"]
    return tokens[0] if len(tokens) == 1 else ""


def _unfit(head: Head) -> Answer | None:
    kind = head.headers.get("CONTENT_TYPE", "").partition(";")[0].strip().casefold()
    if kind != "application/json":
        return Answer(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "The Content-Type header is not application/json.")
    length = head.headers.get("CONTENT_LENGTH", "0")
    # More digits than a size can have are not even counted.
    if len(length) > len(str(MAX_BODY)) or (length.isdecimal() and int(length) > MAX_BODY):
        return TOO_LARGE
    return None
