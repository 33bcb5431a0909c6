"""A relay that runs, the sidebar's real socket behind it, and a caller that says exactly what it is told to."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from agent_assist.capture.hook.listener import Caller, Listener
from agent_assist.capture.hook.protocol import Accepted, FromSidebar, FromSource, Show
from agent_assist.capture.relay.app import Relay
from agent_assist.capture.relay.door import Door
from agent_assist.capture.relay.forward import Forwarder
from agent_assist.capture.relay.keys import DESKS, Keys
from agent_assist.capture.relay.server import Limits, Server
from agent_assist.capture.relay.signatures import signed_chatwoot, signed_zammad
from agent_assist.records import Way

TOKEN = "t" * 43
SECRETS = {Way.CHATWOOT: "whk_9f3c", Way.ZAMMAD: "zammad-token"}
PATIENCE = 30.0


@dataclass
class Sidebar:
    """What came in at the sidebar."""

    path: Path
    shown: list[Show] = field(default_factory=list)
    listener: Listener | None = None

    def take(self, caller: Caller, message: FromSource) -> FromSidebar | None:
        assert isinstance(message, Show)
        self.shown.append(message)
        return Accepted(message.channel, 1)

    def start(self) -> None:
        self.listener = Listener(self.path, self.take, lambda: None, "1.0")
        self.listener.start()

    def stop(self) -> None:
        if self.listener is not None:
            self.listener.close()
            self.listener = None


@dataclass(frozen=True)
class Reply:
    """A response."""

    status: int
    text: str
    head: str

    def __post_init__(self) -> None:
        assert "\n" not in self.text, "more than one line"


@dataclass(frozen=True)
class Running:
    """A relay and how to call it."""

    port: int

    def open(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE)

    def say(self, raw: bytes) -> Reply:
        """Sends these bytes and reads until the relay closes the connection."""
        with self.open() as caller:
            with suppress(BrokenPipeError, ConnectionResetError):  # it was refused before it was sent whole
                caller.sendall(raw)
            return read(caller)

    def head(self, target: str = "/chatwoot", method: str = "POST", **headers: str | None) -> bytes:
        """The head of a good request, with headers changed, added or (None) left out."""
        return self._head(target, method, headers)

    def _head(self, target: str, method: str, headers: dict[str, str | None]) -> bytes:
        given: dict[str, str | None] = {
            "host": f"127.0.0.1:{self.port}",
            "content-type": "application/json",
            "authorization": f"Bearer {TOKEN}",
            **{name.replace("_", "-"): value for name, value in headers.items()},
        }
        lines = [f"{name}: {value}" for name, value in given.items() if value is not None]
        return "\r\n".join([f"{method} {target} HTTP/1.1", *lines, "", ""]).encode()

    def post(self, payload: object, target: str = "/chatwoot", **headers: str | None) -> Reply:
        """A webhook as the desk sends it, signed; headers as in `head`."""
        body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
        signed: dict[str, str | None] = {"content_length": str(len(body))}
        if target.startswith("/chatwoot"):
            stamp = str(int(time.time()))
            signed["x_chatwoot_timestamp"] = stamp
            signed["x_chatwoot_signature"] = signed_chatwoot(SECRETS[Way.CHATWOOT], stamp, body)
        else:
            signed["x_hub_signature"] = signed_zammad(SECRETS[Way.ZAMMAD], body)
        return self.say(self._head(target, "POST", {**signed, **headers}) + body)


def refused(reply: Reply, status: int, *words: str) -> None:
    assert reply.status == status, reply
    assert reply.text.endswith("."), "no sentence"
    for word in words:
        assert word in reply.text, reply
    assert "connection: close" in reply.head


def read(caller: socket.socket) -> Reply:
    """The response on a connection that the relay closes."""
    data = b""
    with suppress(ConnectionResetError):  # it closed before it had read everything
        while piece := caller.recv(65536):
            data += piece
    head, _, body = data.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1."), data
    return Reply(int(head.split()[1]), body.decode().removesuffix("\n"), head.decode().casefold())


@contextmanager
def running(sidebar: Path, limits: Limits | None = None, keys: Keys | None = None) -> Iterator[Running]:
    """A relay in a thread."""
    forwarder = Forwarder(sidebar, DESKS)
    kept = keys or Keys(TOKEN, dict(SECRETS))

    def make(port: int) -> tuple[Door, Relay]:
        door = Door(kept.token, port, DESKS)
        return door, Relay(door, kept, forwarder.show)

    server = Server(0, make, limits)
    thread = threading.Thread(target=server.run, name="relay")
    thread.start()
    try:
        yield Running(server.port)
    finally:
        server.close()
        thread.join(PATIENCE)
        forwarder.close()
        assert not thread.is_alive()
