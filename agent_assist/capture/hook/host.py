"""`agent-assist native-host`: between a browser, which speaks to it on stdin and stdout, and the running sidebar.

Frames go through unread. It lives as long as the browser keeps it; the sidebar may come and go meanwhile, and the
extension sees it: it is refused while there is none, and welcomed when there is one again.
"""

from __future__ import annotations

import threading
from contextlib import suppress
from pathlib import Path

from agent_assist import log
from agent_assist.capture.hook import link as links
from agent_assist.capture.hook.frames import Readable, Writable, decode_sidebar, encode, read, write
from agent_assist.capture.hook.protocol import Refused
from agent_assist.errors import KnownError

RETRY_S = 2.0
"""How long until the next look whether the sidebar runs."""

_RETRY_REFUSED_S = 30.0
_STEP_S = 60.0
_NOT_RUNNING = encode(Refused(links.NOT_RUNNING))

_log = log.get("hook")


def run_native_host(stdin: Readable, stdout: Writable, path: Path) -> None:
    """Passes frames on until the browser closes a stream.

    Args:
        stdin: from the browser. Best unbuffered: a thread may still wait on it when the process ends.
        stdout: to the browser; nothing but frames is written there.
        path: where the sidebar listens, see `endpoint.socket_path`.

    Raises:
        KnownError: the browser sent a frame that is too long, or half of one.
    """
    proxy = _Proxy(stdout, path)
    for work in (lambda: proxy.read_browser(stdin), proxy.read_sidebar):
        threading.Thread(target=work, name="hook-proxy", daemon=True).start()
    proxy.wait()


class _Proxy:
    def __init__(self, stdout: Writable, path: Path) -> None:
        self._stdout, self._path = stdout, path
        self._hello: bytes | None = None
        self._link: links.Link | None = None
        self._problem: KnownError | None = None
        self._linking = threading.Lock()
        self._saying = threading.Lock()
        self._wake = threading.Event()
        self._over = threading.Event()

    def wait(self) -> None:
        """Waits for the end; raises what it came from."""
        self._over.wait()
        self._wake.set()
        with self._linking:
            if self._link is not None:
                self._link.close()
        if self._problem is not None:
            raise self._problem

    def read_browser(self, stdin: Readable) -> None:
        """Passes on what the browser sends, to its end; the first frame is the extension's `Hello`."""
        try:
            while (body := read(stdin)) is not None:
                self._forward(body)
        except KnownError as error:
            self._problem = error
            self._say(encode(Refused(str(error), final=True)))
        except (OSError, ValueError):
            pass  # the browser is gone, and the stream closed
        except Exception as error:  # noqa: BLE001  # the edge of the thread: without it the process would wait for ever
            _log.error("the native host: %s", log.describe(error))
        finally:
            self._over.set()

    def read_sidebar(self) -> None:
        """Passes on what the sidebar sends, whenever there is one, until the browser is gone."""
        pause_s = RETRY_S
        try:
            while not self._over.is_set():
                link = self._reach()
                if link is not None:
                    pause_s = _RETRY_REFUSED_S if self._pass_on(link) else RETRY_S
                self._wake.wait(pause_s if self._hello else None)
                self._wake.clear()
        except Exception as error:  # noqa: BLE001  # the edge of the thread: without it the process would wait for ever
            _log.error("the native host: %s", log.describe(error))
        finally:
            self._over.set()

    def _forward(self, body: bytes) -> None:
        first = self._hello is None
        if first:
            self._hello = body  # said again, by `_reach`, to each sidebar that comes
        link = self._reach()
        self._wake.set()
        if link is None:
            self._say(_NOT_RUNNING)
        elif not first:
            try:
                link.send(body)
            except (BrokenPipeError, ConnectionResetError):
                pass  # the other thread reads to the end, where the reason may stand
            except OSError:
                link.close()

    def _reach(self) -> links.Link | None:
        """The connection to the sidebar, made where there is none and the extension has said who it is."""
        with self._linking:
            if self._link is None and self._hello is not None and not self._over.is_set():
                try:
                    link = links.connect(self._path)
                except KnownError:
                    return None
                with suppress(OSError):  # reading from it will tell
                    link.send(self._hello)
                self._link = link
            return self._link

    def _pass_on(self, link: links.Link) -> bool:
        """Passes on what comes, to the end of the connection; whether the sidebar ended it, and said why."""
        last = b""
        try:
            while True:
                with suppress(TimeoutError):
                    last = link.receive(_STEP_S)
                    self._say(last)
        except (OSError, links.LinkEnded, KnownError):
            pass
        with self._linking:
            link.close()
            self._link = None
        if _is_farewell(last):
            return True
        self._say(_NOT_RUNNING)
        return False

    def _say(self, body: bytes) -> None:
        """Writes a frame to the browser; where that is gone, all is over."""
        try:
            with self._saying:
                if not self._over.is_set():
                    write(self._stdout, body)
        except (OSError, ValueError):
            self._over.set()


def _is_farewell(body: bytes) -> bool:
    try:
        message = decode_sidebar(body)
    except KnownError:
        return False
    return isinstance(message, Refused) and message.final
