"""A model from its official address: HTTP with range resume, cancellable at any time, quick to give up when offline."""

from __future__ import annotations

import http.client
import queue
import re
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Generator
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from http.client import HTTPMessage
from pathlib import Path
from typing import IO, Literal
from urllib.parse import urlsplit

from agent_assist import egress
from agent_assist.jobs import CancelToken
from agent_assist.llm.fetch import Fetch, SourceError, Step

LABEL = "the official address"
CONNECT_SECONDS = 5.0  # also the longest silence on an open connection, after which it is opened anew
ANSWER_SECONDS = 8.0  # name resolution has no limit of its own
IDLE_TRIES = 3
POLL_SECONDS = 0.1
_CHUNK = 256 * 1024
_ANSWER_RANGE = re.compile(r"bytes (\d+)-\d+/(\d+|\*)")


class _BrokenError(Exception):
    """The connection failed, or broke off; what came before is good."""


@dataclass(frozen=True, slots=True)
class _Head:
    start: int
    total: int | None


_Event = _Head | bytes | Exception | None  # None ends a body


def fetch_from_hub(fetch: Fetch) -> Path:
    """Downloads the model, going on where an earlier try stopped.

    Returns:
        The whole file, not hashed yet.

    Raises:
        SourceError: there is no address, nobody answers, or the answer is not this file.
        KnownError: there is no room for it.
        Cancelled: the person asked to stop; what has come is kept.
    """
    if not fetch.entry.url:
        raise SourceError("none is known")
    part = fetch.folder / "hub.part"
    best = _size(part)
    if best > fetch.entry.bytes:
        part.unlink()
        best = 0
    fetch.need(fetch.entry.bytes - best)
    idle = 0
    while _size(part) < fetch.entry.bytes:
        try:
            _pull(fetch, part)
        except _BrokenError as error:
            idle = 0 if _size(part) > best else idle + 1
            if idle >= IDLE_TRIES or best == _size(part) == 0:
                raise SourceError(str(error)) from error
            best = max(best, _size(part))
            _pause(fetch.token, 0.5 * idle)
    return part


def reachable(url: str, token: CancelToken) -> bool:
    """Whether somebody answers at `url` with a file, within `ANSWER_SECONDS`.

    Raises:
        Cancelled: the person asked to stop.
    """
    try:
        with closing(_stream(url, 0, token, "HEAD")) as events:
            next(events)
    except (_BrokenError, SourceError):
        return False
    return True


def _pull(fetch: Fetch, part: Path) -> None:
    """One connection: appends to `part` what it sends."""
    size, start = fetch.entry.bytes, _size(part)
    with closing(_stream(fetch.entry.url, start, fetch.token, "GET")) as events:
        head = next(events)
        # A captive portal's page is told apart here, before a byte of it is kept.
        if not isinstance(head, _Head) or head.total != size or head.start not in (0, start):
            raise SourceError(f"{fetch.entry.file} is not there with its {size:,} bytes")
        done = head.start
        fetch.report(LABEL, Step.DOWNLOADING, done)
        # A server that knows no ranges sends everything again.
        with part.open("ab" if start and done else "wb", buffering=0) as file:
            for chunk in events:
                if not isinstance(chunk, bytes) or done + len(chunk) > size:
                    raise SourceError(f"it sends more than the {size:,} bytes of {fetch.entry.file}")
                file.write(chunk)
                done += len(chunk)
                fetch.report(LABEL, Step.DOWNLOADING, done)
    if done < size:
        raise _BrokenError(f"the connection broke off after {done:,} of {size:,} bytes")


def _stream(
    url: str, start: int, token: CancelToken, method: Literal["GET", "HEAD"]
) -> Generator[_Head | bytes, None, None]:
    """Yields the head of the answer, then its body.

    Reading happens in a thread of its own, because neither name resolution nor a blocked read can be interrupted: when
    the person cancels, the thread is left behind and ends at its next event or time limit.
    """
    reader = _Reader(url, start, method)
    threading.Thread(target=reader.run, name="model-download", daemon=True).start()
    answered, limit = False, time.monotonic() + ANSWER_SECONDS
    try:
        while True:
            token.check()
            try:
                event = reader.events.get(timeout=POLL_SECONDS)
            except queue.Empty:
                if not answered and time.monotonic() > limit:
                    raise _BrokenError("nobody answered in time") from None
                continue
            if event is None:
                return
            if isinstance(event, Exception):
                raise event
            answered = True
            yield event
    finally:
        reader.stop.set()


@dataclass(slots=True)
class _Reader:
    """The thread's side of `_stream`."""

    url: str
    start: int
    method: str
    events: queue.Queue[_Event] = field(default_factory=lambda: queue.Queue(maxsize=8))
    stop: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        headers = {"User-Agent": "agent-assist", "Accept-Encoding": "identity"}
        if self.start:
            headers["Range"] = f"bytes={self.start}-"
        request = urllib.request.Request(self.url, headers=headers, method=self.method)  # noqa: S310  # the catalogue allows https only
        try:
            with ExitStack() as opened:
                _open_route(self.url, opened)
                opener = urllib.request.build_opener(_Redirects(opened))
                answer = opened.enter_context(opener.open(request, timeout=CONNECT_SECONDS))
                self._put(_head(answer))
                while not self.stop.is_set() and (chunk := answer.read1(_CHUNK)):
                    self._put(chunk)
            self._put(None)
        except urllib.error.HTTPError as error:
            error.close()
            self._put(SourceError(f"it answered with status {error.code}"))
        except urllib.error.URLError as error:
            self._put(_BrokenError(_reason(error.reason)))
        except (OSError, http.client.HTTPException) as error:
            self._put(_BrokenError(_reason(error)))

    def _put(self, event: _Event) -> None:
        while not self.stop.is_set():
            try:
                self.events.put(event, timeout=POLL_SECONDS)
            except queue.Full:
                continue
            return


class _Redirects(urllib.request.HTTPRedirectHandler):
    """Follows the official address to where it keeps its files, and opens the guard for that host too."""

    def __init__(self, opened: ExitStack) -> None:
        self._opened = opened

    def redirect_request(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage, newurl: str
    ) -> urllib.request.Request | None:
        """See HTTPRedirectHandler; nobody leads us from https to anything less."""
        if urlsplit(newurl).scheme != urlsplit(req.full_url).scheme:
            return None
        _open_route(newurl, self._opened)
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def _open_route(url: str, opened: ExitStack) -> None:
    """Opens the guard for an address, and for the proxy where the system sends it through one."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    opened.enter_context(egress.allow(host, _port(url, parts.scheme)))
    proxy = urllib.request.getproxies().get(parts.scheme)
    if proxy and not urllib.request.proxy_bypass(host):
        whole = proxy if "://" in proxy else f"//{proxy}"
        opened.enter_context(egress.allow(urlsplit(whole).hostname or "", _port(whole, parts.scheme)))


def _port(url: str, scheme: str) -> int:
    try:
        port = urlsplit(url).port
    except ValueError:
        port = None
    return port or (http.client.HTTPS_PORT if scheme == "https" else http.client.HTTP_PORT)


def _head(answer: http.client.HTTPResponse) -> _Head:
    match = _ANSWER_RANGE.fullmatch(answer.headers.get("Content-Range", ""))
    if answer.status == http.client.PARTIAL_CONTENT and match:
        return _Head(int(match[1]), None if match[2] == "*" else int(match[2]))
    length = answer.headers.get("Content-Length", "")
    return _Head(0, int(length) if length.isdecimal() else None)


def _reason(error: object) -> str:
    if isinstance(error, TimeoutError):
        return "nobody answered in time"
    if isinstance(error, OSError) and error.strerror:
        return f"no connection: {error.strerror}"
    return f"no connection: {error or type(error).__name__}"


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


def _pause(token: CancelToken, seconds: float) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        token.check()
        time.sleep(POLL_SECONDS)
