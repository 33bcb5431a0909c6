"""A small world for the shelf: a made-up model, a catalogue that knows it, a web server and packages that carry it."""

from __future__ import annotations

import hashlib
import http.server
import random
import re
import threading
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from models.catalog import Catalog, parse

MODEL = b"GGUF" + random.Random(2).randbytes(3_000_000)
NAME, FILE = "tiny-1b", "tiny-1b.gguf"
REVISION = "a" * 40
NOWHERE = "http://127.0.0.1:9"  # the discard port: nobody listens

ENTRY = """
[[model]]
name = "{name}"
title = "Tiny {name}"
licence = "MIT"
purpose = "{purpose}"
file = "{name}.gguf"
bytes = {size}
sha256 = "{sha256}"
template = "chatml"
context = 2048
memory_mb = {memory_mb}
machine_mb = {memory_mb}
rank = {rank}
"""
HUB = f'[model.hub]\nrepository = "tiny/models"\nrevision = "{REVISION}"\n'
PACKAGES = '[model.packages]\nname = "tiny-part{n}"\ncount = 3\nversion = "0.1.0"\nmember = "*/data/part*.bin"\n'


def entry_text(
    name: str = NAME,
    model: bytes = MODEL,
    *,
    purpose: str = "default",
    memory_mb: int = 100,
    rank: int = 1,
    hub: bool = True,
    packages: bool = True,
) -> str:
    """One model of a catalogue, as TOML."""
    text = ENTRY.format(
        name=name,
        purpose=purpose,
        size=len(model),
        sha256=hashlib.sha256(model).hexdigest(),
        memory_mb=memory_mb,
        rank=rank,
    )
    return text + (HUB if hub else "") + (PACKAGES if packages else "")


def catalogue(*entries: str, hub: str = NOWHERE) -> Catalog:
    """A catalogue of these entries (the tiny model, if none), whose official addresses are at `hub`."""
    return parse(f'hub = "{hub}"\n' + "".join(entries or (entry_text(),)))


@dataclass
class Web:
    """How the server behaves, and what it was asked.

    Attributes:
        body: what it serves under every path.
        ranges: whether it understands ranges.
        cuts: for each coming request, after how many bytes the connection breaks; then it works.
        status: what it answers instead, 0 for a file.
        silent: holds every answer back until `release` is set.
        stalls: sends half of the body, then nothing until `release` is set.
        starts: the first byte of each request.
    """

    body: bytes = MODEL
    ranges: bool = True
    cuts: list[int] = field(default_factory=list)
    status: int = 0
    silent: bool = False
    stalls: bool = False
    release: threading.Event = field(default_factory=threading.Event)
    starts: list[int] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    url: str = ""


@contextmanager
def serve() -> Iterator[Web]:
    """Runs a server on the loopback for as long as the block lasts."""
    web = Web()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_HEAD(self) -> None:
            self._answer(send=False)

        def do_GET(self) -> None:
            self._answer(send=True)

        def _answer(self, *, send: bool) -> None:
            asked = re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range", ""))
            start = int(asked[1]) if asked else 0
            if send:
                web.starts.append(start)
                web.paths.append(self.path)
            if web.silent:
                web.release.wait(20)
            if web.status:
                self.send_error(web.status)
                return
            partial = web.ranges and asked is not None
            body = web.body[start:] if partial else web.body
            self.send_response(206 if partial else 200)
            self.send_header("Content-Length", str(len(body)))
            if partial:
                self.send_header("Content-Range", f"bytes {start}-{len(web.body) - 1}/{len(web.body)}")
            self.end_headers()
            if send:
                self._send(body)

        def _send(self, body: bytes) -> None:
            length = web.cuts.pop(0) if web.cuts else len(body)
            if web.stalls:
                length = len(body) // 2
            try:
                self.wfile.write(body[:length])
                if web.stalls:
                    web.release.wait(20)
            except ConnectionError:  # the other side has hung up, as some tests have it do
                pass
            self.close_connection = True

        def log_message(self, format: str, *arguments: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        web.url = f"http://127.0.0.1:{server.server_port}"
        try:
            yield web
        finally:
            web.release.set()
            server.shutdown()
            thread.join()


def write_wheels(folder: Path, parts: list[bytes], member: str = "data/part{n:02}.bin") -> None:
    """Writes the packages `tiny-part1`, `tiny-part2`, ... that carry these parts."""
    folder.mkdir(exist_ok=True)
    for n, part in enumerate(parts, start=1):
        package, info = f"tiny_part{n}", f"tiny_part{n}-0.1.0.dist-info"
        with zipfile.ZipFile(folder / f"{package}-0.1.0-py3-none-any.whl", "w") as wheel:
            wheel.writestr(f"{package}/__init__.py", "")
            wheel.writestr(f"{package}/{member.format(n=n)}", part)
            wheel.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: tiny-part{n}\nVersion: 0.1.0\n")
            wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
            wheel.writestr(f"{info}/RECORD", "")


def thirds(model: bytes = MODEL) -> list[bytes]:
    """A model cut into the three parts of its packages."""
    cut = len(model) // 3
    return [model[:cut], model[cut : 2 * cut], model[2 * cut :]]
