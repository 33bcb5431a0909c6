"""`agent-assist hook serve` as a person starts it, with the sidebar's real socket behind it."""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from subprocess import Popen

import psutil
import pytest
from cli_runs import MAIN, PASSPHRASE, Cli, child, said_kindly
from file_keyring import VARIABLE

from agent_assist.capture.hook.endpoint import socket_path
from agent_assist.capture.hook.listener import Caller, Listener
from agent_assist.capture.hook.protocol import Accepted, FromSidebar, FromSource, Show
from agent_assist.capture.relay.signatures import signed_chatwoot
from agent_assist.paths import Places

ARTICLE = {
    "ticket": {"id": 81, "number": "10081", "customer": {"id": 8, "firstname": "Emily", "email": "emily@example.com"}},
    "article": {
        "id": 104,
        "body": "Where is it?",
        "content_type": "text/plain",
        "sender": "Customer",
        "internal": False,
    },
}
MESSAGE = {
    "event": "message_created",
    "id": 901,
    "content": "My code never arrives.",
    "content_type": "text",
    "message_type": "incoming",
    "private": False,
    "conversation": {"id": 12},
    "account": {"id": 3},
}
LINE = re.compile(r"http://127\.0\.0\.1:(\d+)/(\w+)")
unix = pytest.mark.skipif(sys.platform == "win32", reason="needs signals and terminals of a POSIX system")


@pytest.fixture
def ring(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A keyring that the commands of this test share."""
    file = tmp_path / "ring.json"
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "file_keyring.FileKeyring")
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parent))
    monkeypatch.setenv(VARIABLE, str(file))
    return file


@pytest.fixture
def shown(home: Places) -> Iterator[list[Show]]:
    """What comes in at a sidebar that runs."""
    seen: list[Show] = []

    def take(caller: Caller, message: FromSource) -> FromSidebar:
        assert isinstance(message, Show)
        seen.append(message)
        return Accepted(message.channel, 1)

    home.create()
    listener = Listener(socket_path(home), take, lambda: None, "1.0")
    listener.start()
    yield seen
    listener.close()


@dataclass
class Serving:
    """A relay that runs, and what it said when it began."""

    process: Popen[str]
    port: int
    desks: list[str]
    told: list[str]

    def post(self, desk: str, payload: object, **headers: str) -> tuple[int, str]:
        caller = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        body = json.dumps(payload)
        caller.request("POST", f"/{desk}", body, {"Content-Type": "application/json", **headers})
        with caller.getresponse() as response:
            answer = response.status, response.read().decode().strip()
        caller.close()
        return answer


@contextmanager
def serving(*arguments: str, lines: int) -> Iterator[Serving]:
    """`hook serve --port 0`; `lines` is how many it tells."""
    process = subprocess.Popen(
        [*MAIN, "hook", "serve", "--port", "0", *arguments], stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with process:
        assert process.stderr is not None
        told = [process.stderr.readline() for _ in range(lines)]
        found = LINE.findall(told[0])
        assert found, told
        try:
            yield Serving(process, int(found[0][0]), [desk for _, desk in found], told)
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
            process.wait(30)  # its last line goes into a pipe that is still open
    assert process.returncode == 0


def token() -> str:
    return child("hook", "serve", "--show-token").out.strip()


def test_a_ticket_goes_from_the_desk_to_the_sidebar(ring: Path, shown: list[Show]) -> None:
    given = token()
    with serving(lines=2) as relay:
        assert relay.desks == ["chatwoot", "zammad"]
        assert "signatures are not checked for chatwoot and zammad" in relay.told[1]
        assert relay.post("zammad", ARTICLE, Authorization=f"Bearer {given}") == (200, "Taken in.")
        assert relay.post(f"chatwoot?token={given}", MESSAGE) == (200, "Taken in.")
        assert relay.post("zammad", ARTICLE)[0] == 401
        assert relay.post("zammad", ARTICLE, Authorization=f"Bearer {given}", Origin="https://evil.example")[0] == 403
        assert relay.post("zammad", ARTICLE, Authorization=f"Bearer {given}", Host="evil.example")[0] == 403
    assert [(one.channel, one.seen[0].text) for one in shown] == [
        ("10081", "Where is it?"),
        ("3/12", "My code never arrives."),
    ]
    assert (relay.process.stdout is not None) and given not in "".join(relay.told)


def test_with_a_secret_kept_the_signature_counts_too(ring: Path, shown: list[Show]) -> None:
    kept = child("hook", "serve", "--secret-from-stdin", "chatwoot", stdin=b"whk_9f3c\n")
    assert (kept.code, kept.out) == (0, "")
    assert "whk_9f3c" not in kept.err
    bearer = {"Authorization": f"Bearer {token()}"}
    with serving("--desk", "chatwoot", lines=1) as relay:
        stamp = str(int(time.time()))
        right = signed_chatwoot("whk_9f3c", stamp, json.dumps(MESSAGE).encode())
        signed = {"X-Chatwoot-Timestamp": stamp, "X-Chatwoot-Signature": right}
        assert relay.post("chatwoot", MESSAGE, **bearer)[0] == 401
        assert relay.post("chatwoot", MESSAGE, **signed)[0] == 401
        assert relay.post("chatwoot", {**MESSAGE, "content": "changed"}, **bearer, **signed)[0] == 401
        assert relay.post("chatwoot", MESSAGE, **bearer, **signed) == (200, "Taken in.")
        assert relay.post("zammad", ARTICLE, **bearer)[0] == 404, "only Chatwoot was asked for"
    assert len(shown) == 1
    assert child("hook", "serve", "--forget-secret", "chatwoot").code == 0
    with serving("--desk", "chatwoot", lines=2) as relay:
        assert relay.post("chatwoot", MESSAGE, **bearer)[0] == 200


def test_without_the_sidebar_the_desk_is_told_to_try_again(ring: Path, home: Places) -> None:
    bearer = {"Authorization": f"Bearer {token()}"}
    with serving(lines=3) as relay:
        assert "not running" in relay.told[2]
        status, text = relay.post("zammad", ARTICLE, **bearer)
        assert status == 503 and "not running" in text
    assert "Where is it" not in home.log.read_text()


def test_the_token_is_the_only_thing_on_standard_output(ring: Path) -> None:
    first = child("hook", "serve", "--show-token")
    assert (first.code, first.err) == (0, "")
    assert re.fullmatch(r"[\w-]{43}\n", first.out)
    assert child("hook", "serve", "--show-token").out == first.out
    second = child("hook", "serve", "--new-token")
    assert re.fullmatch(r"[\w-]{43}\n", second.out) and second.out != first.out
    assert child("hook", "serve", "--show-token").out == second.out


def test_another_data_folder_has_another_token(ring: Path, tmp_path: Path) -> None:
    other = child("--data-dir", str(tmp_path / "other"), "hook", "serve", "--show-token")
    assert other.out != child("hook", "serve", "--show-token").out


@pytest.mark.parametrize("arguments", [(), ("--show-token",), ("--new-token",), ("--forget-secret", "zammad")])
def test_without_a_keyring_it_says_what_to_do_and_opens_no_port(
    cli: Cli, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...]
) -> None:
    said_kindly(cli("hook", "serve", "--port", "0", *arguments), "keyring", "unlock")
    monkeypatch.setenv("AGENT_ASSIST_PASSPHRASE", PASSPHRASE)  # it is for the history
    said_kindly(cli("hook", "serve", "--port", "0", *arguments), "keyring", "unlock")


@pytest.mark.parametrize("typed", [b"", b"\n", b"one\ntwo", b"\xff\xfe", b"x" * 5000])
def test_what_is_no_secret_is_told(ring: Path, typed: bytes) -> None:
    said_kindly(child("hook", "serve", "--secret-from-stdin", "zammad", stdin=typed))
    assert not ring.exists()


@unix
def test_at_a_terminal_a_secret_is_not_shown(ring: Path) -> None:
    import pty  # not there on Windows

    master, slave = pty.openpty()
    process = Popen(
        [*MAIN, "hook", "serve", "--secret-from-stdin", "zammad"],
        stdin=slave,
        stdout=slave,
        stderr=slave,
        start_new_session=True,
    )
    os.close(slave)
    try:
        until(master, lambda said: b"not shown" in said)
        os.write(master, b"zammad-token\n")
        said = until(master, lambda said: b"kept in" in said)
    finally:
        assert process.wait(60) == 0
        os.close(master)
    assert b"zammad-token" not in said
    assert "zammad-token" in ring.read_text()


def until(master: int, done: Callable[[bytes], bool]) -> bytes:
    said = b""
    while not done(said):
        said += os.read(master, 1024)
    return said


def test_a_port_that_is_taken_is_told(ring: Path, shown: list[Show]) -> None:
    with serving(lines=2) as relay:
        said_kindly(child("hook", "serve", "--port", str(relay.port)), str(relay.port), "--port")


@pytest.mark.parametrize(
    "arguments",
    [
        ("--port", "80"),
        ("--port", "70000"),
        ("--port", "x"),
        ("--desk", "zendesk"),
        ("--secret-from-stdin",),
        ("--show-token", "--new-token"),
        ("--secret", "whk_9f3c"),
    ],
)
def test_bad_usage(cli: Cli, arguments: tuple[str, ...]) -> None:
    ran = cli("hook", "serve", *arguments)
    assert (ran.code, ran.out) == (2, "")
    assert "Traceback" not in ran.err


@unix
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_when_asked_to(ring: Path, shown: list[Show], number: signal.Signals) -> None:
    with serving(lines=2) as relay:
        relay.process.send_signal(number)
        _, err = relay.process.communicate(timeout=30)
        assert err.splitlines() == ["agent-assist: the relay ended."]


def test_it_listens_on_this_machine_alone(ring: Path, shown: list[Show]) -> None:
    with serving(lines=2) as relay:
        sockets = psutil.Process(relay.process.pid).net_connections("inet")
        assert [(one.laddr.ip, one.laddr.port) for one in sockets if one.status == psutil.CONN_LISTEN] == [
            ("127.0.0.1", relay.port)
        ]


def test_neither_token_nor_secret_stands_in_the_arguments_or_the_log(
    ring: Path, home: Places, shown: list[Show]
) -> None:
    given = token()
    child("hook", "serve", "--secret-from-stdin", "zammad", stdin=b"zammad-token")
    with serving(lines=2) as relay:
        line = " ".join(psutil.Process(relay.process.pid).cmdline())
        relay.post(f"zammad?token={given}", ARTICLE)
        relay.post("zammad?token=wrong", ARTICLE)
    for secret in (given, "zammad-token"):
        assert secret not in line + home.log.read_text() + "".join(relay.told)
