"""How a program of this person asks the sidebar: what it gets, and one sentence for each way to get nothing."""

from __future__ import annotations

import shutil
import socket
import stat
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from socket_runs import VERSION, Sidebar, running, window

from agent_assist.capture.hook import client as clients
from agent_assist.capture.hook import endpoint, frames
from agent_assist.capture.hook.client import Client
from agent_assist.capture.hook.link import is_running
from agent_assist.capture.hook.listener import Caller
from agent_assist.capture.hook.protocol import (
    MAX_FRAME,
    PROTOCOL,
    Accepted,
    Ended,
    FromSidebar,
    FromSource,
    Insert,
    Paused,
    Push,
    Welcome,
)
from agent_assist.errors import KnownError
from agent_assist.paths import Places
from agent_assist.records import Way

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs sockets in the file system")

NOT_RUNNING = r"^Agent Assist is not running, or its settings do not let other programs bring conversations"


@pytest.fixture(autouse=True)
def runtime_folder(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path_factory.mktemp("run")
    folder.chmod(0o700)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(folder))
    return folder


@pytest.fixture
def path(places: Places) -> Path:
    return endpoint.socket_path(places)


def push(path: Path) -> Client:
    return Client(path, Way.PUSH, "test")


class Script:
    """A server that answers each frame with the bytes it was given for it, then closes."""

    def __init__(self, path: Path, *answers: bytes) -> None:
        self._door = socket.socket(socket.AF_UNIX)
        self._door.bind(str(path))
        self._door.listen()
        self._thread = threading.Thread(target=self._serve, args=(answers,))
        self._thread.start()

    def _serve(self, answers: tuple[bytes, ...]) -> None:
        connection, _ = self._door.accept()
        with connection, connection.makefile("rb") as file:
            for answer in answers:
                frames.read(file)
                connection.sendall(answer)
            while file.read(1):
                pass

    def __enter__(self) -> Script:
        return self

    def __exit__(self, *_: object) -> None:
        self._thread.join()
        self._door.close()


def frame(message: FromSidebar) -> bytes:
    return frames.framed(frames.encode(message))


WELCOME = frame(Welcome(PROTOCOL, VERSION))


def test_it_asks_and_gets_the_answer(path: Path) -> None:
    def answer(caller: Caller, message: FromSource) -> FromSidebar | None:
        assert (caller.way, caller.name) == (Way.PUSH, "test")
        return Accepted(added=len(message.text)) if isinstance(message, Push) else None

    with running(path, answer) as sidebar:
        with push(path) as client:
            assert client.ask(Push("four")) == Accepted(added=4)
            assert client.ask(window("x")) == Accepted("desk.example/1")
            client.tell(Ended("c"))
            assert client.ask(Push("")) == Accepted()
        assert sidebar.came[2] == Ended("c")


def test_what_was_not_asked_for_is_no_answer(path: Path) -> None:
    told = frame(Paused(False)) + frame(Insert("c", "x")) + frame(Accepted(added=1))
    with Script(path, WELCOME, told), push(path) as client:
        assert client.ask(Push("x")) == Accepted(added=1)


def test_nobody_there_is_one_sentence(path: Path) -> None:
    assert not is_running(path)
    with pytest.raises(KnownError, match=NOT_RUNNING):
        push(path).connect()
    with running(path):
        assert is_running(path)
    path.write_text("no socket")
    with pytest.raises(KnownError, match=NOT_RUNNING):
        push(path).ask(Push("x"))


def test_a_refusal_is_raised_with_its_sentence(path: Path) -> None:
    def answer(_caller: Caller, _message: FromSource) -> None:
        raise KnownError("There is nothing to read.")

    with running(path, answer) as sidebar, push(path) as client:
        for _ in range(2):
            with pytest.raises(KnownError, match=r"^There is nothing to read\.$"):
                client.ask(Push(" "))
        sidebar.listener.set_paused(True)
        with pytest.raises(KnownError, match="is paused"):
            client.ask(Push("x"))


def test_who_is_not_let_in_reads_why(path: Path) -> None:
    with running(path, same=lambda _peer: False):
        for _ in range(30):  # the door may close before or after the first word
            with pytest.raises(KnownError, match="only from programs of the user"):
                push(path).connect()


def test_a_sidebar_that_was_started_again_is_found_again(path: Path) -> None:
    client = push(path)
    for _ in range(3):
        with running(path) as sidebar:
            assert client.ask(Push("x")) == Accepted()
            assert client.ask(Push("y")) == Accepted()
            assert len(sidebar.came) == 2
    with pytest.raises(KnownError, match=NOT_RUNNING):
        client.ask(Push("x"))
    with pytest.raises(KnownError, match=NOT_RUNNING):
        client.tell(Ended("c"))
    client.close()


@pytest.mark.parametrize(
    ("answers", "words"),
    [
        ((b"\xff\xff\xff\xff",), "too long"),
        ((b"\x05\x00\x00\x00hello",), "not JSON"),
        ((frame(Accepted()),), "Something else"),
        ((WELCOME, b"\x00\x00\x10\x00"), "does not answer"),
        ((WELCOME, b""), "does not answer"),
        ((b"",), "does not answer"),
    ],
)
def test_a_server_that_is_none_of_ours_is_one_sentence(
    path: Path, monkeypatch: pytest.MonkeyPatch, answers: tuple[bytes, ...], words: str
) -> None:
    if words == "does not answer":  # all others do, on a busy machine after a while
        monkeypatch.setattr(clients, "ANSWER_S", 0.2)
    with Script(path, *answers):
        client = push(path)
        with pytest.raises(KnownError, match=words):
            client.ask(Push("x"))
        client.close()


def test_a_text_longer_than_a_frame_never_leaves(path: Path) -> None:
    with running(path) as sidebar, push(path) as client:
        with pytest.raises(KnownError, match="too long"):
            client.ask(Push("x" * MAX_FRAME))
        assert client.ask(Push("x")) == Accepted()
        assert sidebar.came == [Push("x")]


def test_threads_share_a_client(path: Path) -> None:
    def answer(_caller: Caller, message: FromSource) -> FromSidebar | None:
        return Accepted(added=int(message.text)) if isinstance(message, Push) else None

    wrong: list[FromSidebar] = []

    def ask(client: Client, first: int) -> None:
        for n in range(first, first + 50):
            said = client.ask(Push(str(n)))
            if said != Accepted(added=n):
                wrong.append(said)

    with running(path, answer), push(path) as client:
        threads = [threading.Thread(target=ask, args=(client, 100 * n)) for n in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert wrong == []


# --- where the socket is


def test_it_lies_in_the_data_folder(places: Places, path: Path) -> None:
    assert path == places.home / "hook.sock"


@pytest.fixture
def far(tmp_path: Path) -> Places:
    """A data folder whose name is too long for a socket."""
    return Places(tmp_path / ("long" * 30))


def test_a_long_name_moves_it_to_a_folder_of_this_user(far: Places, runtime_folder: Path) -> None:
    path = endpoint.socket_path(far)
    assert path.parent == runtime_folder / "agent-assist"
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert path == endpoint.socket_path(far)
    assert path != endpoint.socket_path(Places(far.home.with_name("else" * 30)))
    link = far.home.with_name("x" * 120)
    link.symlink_to(far.home)
    assert endpoint.socket_path(Places(link)) == path
    with running(path), push(path) as client:
        assert client.ask(Push("x")) == Accepted()


@pytest.fixture
def temporary(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder for temporary files with a short name, and no runtime folder."""
    folder = Path(tempfile.mkdtemp())
    monkeypatch.delenv("XDG_RUNTIME_DIR")
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    yield folder
    shutil.rmtree(folder)


def test_without_a_runtime_folder_it_lies_with_the_temporary_files(far: Places, temporary: Path) -> None:
    path = endpoint.socket_path(far)
    assert path.parent.parent == temporary
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    path.parent.chmod(0o755)
    with pytest.raises(KnownError, match="Other users can enter"):
        endpoint.socket_path(far)
    path.parent.rmdir()
    path.parent.symlink_to(far.home)
    with pytest.raises(KnownError, match="Other users can enter"):
        endpoint.socket_path(far)


def test_a_runtime_folder_that_others_can_enter_is_not_used(
    far: Places, runtime_folder: Path, temporary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(runtime_folder))
    runtime_folder.chmod(0o755)
    assert endpoint.socket_path(far).parent.parent == temporary


@pytest.mark.parametrize("mode", [0o770, 0o777, 0o702])
def test_a_data_folder_that_others_can_write_to_is_refused(places: Places, mode: int) -> None:
    places.home.chmod(mode)
    with pytest.raises(KnownError, match="chmod go-w"):
        endpoint.socket_path(places)


def test_a_sidebar_cannot_listen_where_no_folder_can_be(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(KnownError, match="cannot be locked"):
        Sidebar(tmp_path / "file" / "hook.sock").listener.start()
