"""What the relay answers: a status and one line of plain text, never a word of what was sent."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer.

    Attributes:
        status: of HTTP.
        text: one sentence.
        headers: those that belong to its status.
    """

    status: HTTPStatus
    text: str
    headers: tuple[tuple[str, str], ...] = ()

    @property
    def first_line(self) -> str:
        """The status as a response begins with it."""
        return f"{self.status.value} {self.status.phrase}"

    @property
    def body(self) -> bytes:
        """The text as a response ends with it."""
        return f"{self.text}\n".encode()

    @property
    def all_headers(self) -> list[tuple[str, str]]:
        """What a response says about itself; nosniff, so that no browser ever takes it for a page."""
        return [
            ("Content-Type", "text/plain; charset=utf-8"),
            ("Content-Length", str(len(self.body))),
            ("X-Content-Type-Options", "nosniff"),
            *self.headers,
        ]


MAX_BODY = 1 << 20
"""Bytes of a webhook; the largest that desks are known to send are a tenth of it."""

TOO_LARGE = Answer(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"The body is larger than {MAX_BODY:,} bytes.")
TOO_MANY_HEADERS = Answer(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, "The headers are too long.")
TOO_SLOW = Answer(HTTPStatus.REQUEST_TIMEOUT, "The request took too long to arrive.")
TOO_MANY = Answer(
    HTTPStatus.SERVICE_UNAVAILABLE, "Too many connections at once. Try again later.", (("Retry-After", "5"),)
)
NOT_HTTP = Answer(HTTPStatus.BAD_REQUEST, "This is not a whole request of HTTP/1.1.")
NOT_JSON = Answer(HTTPStatus.BAD_REQUEST, "The body is not a JSON object.")
OUR_FAULT = Answer(HTTPStatus.INTERNAL_SERVER_ERROR, "Something went wrong on our side; the log says where.")


def unavailable(why: str) -> Answer:
    """Nothing can be taken in now; a desk that tries again may have more luck."""
    return Answer(HTTPStatus.SERVICE_UNAVAILABLE, why, (("Retry-After", "10"),))
