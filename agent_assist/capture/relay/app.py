"""The relay as a WSGI application (PEP 3333): a request in, one line out."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Mapping
from http import HTTPStatus
from typing import IO, TYPE_CHECKING

from agent_assist import log
from agent_assist.capture.formats.desk_fields import Row, decoded
from agent_assist.capture.relay.answers import MAX_BODY, NOT_HTTP, NOT_JSON, OUR_FAULT, TOO_LARGE, Answer
from agent_assist.capture.relay.door import HEALTHY, Door, Head
from agent_assist.capture.relay.keys import Keys
from agent_assist.capture.relay.payloads import LeftOut, read_chatwoot, read_zammad
from agent_assist.capture.relay.signatures import refuse_signature
from agent_assist.errors import KnownError
from agent_assist.records import Way, Window

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment

Show = Callable[[Window], Answer]
"""Hands a window on, and says what became of it."""

_READ: Mapping[Way, Callable[[Row], Window | LeftOut]] = {Way.CHATWOOT: read_chatwoot, Way.ZAMMAD: read_zammad}
_APART = 60.0  # seconds
_log = log.get("relay")


class Relay:
    """Checks what comes in, in this order: head (`Door`), size, signature, JSON, content; then hands it on."""

    def __init__(self, door: Door, keys: Keys, show: Show, clock: Callable[[], float] = time.time) -> None:
        self._door = door
        self._keys = keys
        self._show = show
        self._clock = clock
        self._told: dict[str, float] = {}  # as many as there are sentences
        self._telling = threading.Lock()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answers a request; see PEP 3333."""
        try:
            answer = self._answer(environ)
        except Exception as error:  # noqa: BLE001  # the outermost edge of the request's thread: the next one is served
            _log.error("%s", log.describe(error))
            answer = OUR_FAULT
        self.tell(answer)
        start_response(answer.first_line, answer.all_headers)
        return [answer.body]

    def tell(self, answer: Answer) -> None:
        """Logs a refusal: our own words, nothing of what was sent, and a flood of the same as one line a minute."""
        if answer.status < HTTPStatus.BAD_REQUEST:
            return
        now = self._clock()
        with self._telling:
            if abs(now - self._told.get(answer.text, 0.0)) < _APART:
                return
            self._told[answer.text] = now
        _log.warning("%d %s", answer.status, answer.text)

    def _answer(self, environ: WSGIEnvironment) -> Answer:
        head = _head(environ)
        refused = self._door.refuse(head)
        if refused is not None or head.method == "GET":
            return refused or HEALTHY
        body = _body(environ)
        if isinstance(body, Answer):
            return body
        desk = self._door.desk(head)
        secret = self._keys.secrets.get(desk)
        return refuse_signature(desk, secret, head.headers, body, self._clock()) or self._take(desk, body)

    def _take(self, desk: Way, body: bytes) -> Answer:
        try:
            payload = decoded(body.decode())
        except UnicodeDecodeError:
            return NOT_JSON
        if not isinstance(payload, dict):
            return NOT_JSON
        try:
            window = _READ[desk](payload)
        except KnownError as error:
            return Answer(HTTPStatus.BAD_REQUEST, str(error))
        if isinstance(window, LeftOut):
            return Answer(HTTPStatus.OK, f"Left out: {window}.")
        return self._show(window)


def _head(environ: WSGIEnvironment) -> Head:
    headers = {name[5:]: str(value) for name, value in environ.items() if name.startswith("HTTP_")}
    for name in ("CONTENT_TYPE", "CONTENT_LENGTH"):
        if name in environ:
            headers[name] = str(environ[name])
    return Head(str(environ["REQUEST_METHOD"]), str(environ["REQUEST_URI"]), headers)


def _body(environ: WSGIEnvironment) -> bytes | Answer:
    source: IO[bytes] = environ["wsgi.input"]
    body = source.read(MAX_BODY + 1)
    if len(body) > MAX_BODY:
        return TOO_LARGE
    return body if len(body) == int(environ.get("CONTENT_LENGTH") or 0) else NOT_HTTP
