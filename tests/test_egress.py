"""The guard: what it lets through, what it refuses, in processes of their own, because nothing takes it off again."""

from __future__ import annotations

import ipaddress
import socket
import subprocess
import sys
import threading
from contextlib import ExitStack
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import agent_assist
from agent_assist.egress import Refused, seccomp
from agent_assist.egress.address import is_loopback, text_of
from agent_assist.egress.book import Book
from agent_assist.errors import KnownError

ROOT = Path(agent_assist.__file__).parents[1]
GUARDED = f"""
import sys
sys.path.insert(0, {str(ROOT)!r})
from agent_assist import egress
egress.install()
import socket

def tell(what):
    try:
        print("done", what())
    except Exception as error:
        print(type(error).__name__, getattr(error, "errno", None) or "")
"""


def told(code: str) -> list[str]:
    """What a guarded process prints, line by line."""
    done = subprocess.run([sys.executable, "-c", GUARDED + code], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return [line.strip() for line in done.stdout.splitlines()]


# --- what counts as this machine


@given(st.ip_addresses(v=4))
def test_an_address_of_four_parts_is_ours_in_one_network_only(address: ipaddress.IPv4Address) -> None:
    assert is_loopback(str(address)) is (str(address).partition(".")[0] == "127")
    assert is_loopback(f"::ffff:{address}") is is_loopback(str(address))


@given(st.ip_addresses(v=6))
def test_of_the_long_addresses_only_one_is_ours(address: ipaddress.IPv6Address) -> None:
    mapped = address.ipv4_mapped
    assert is_loopback(str(address)) is (address == ipaddress.IPv6Address(1) or (mapped or address).is_loopback)


@pytest.mark.parametrize("host", ["localhost", "LocalHost.", "127.0.0.1", "127.255.0.9", "::1", "0:0:0:0:0:0:0:1"])
def test_this_machine_has_some_names(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize(
    "host",
    (
        *("", "0", "0.0.0.0", "::", "127.1", "0x7f000001", "2130706433", "10.0.0.1", "192.168.1.1"),
        *("127.0.0.1.example.org", "localhost.example.org", "<broadcast>", "255.255.255.255"),
        *("fe80::1%lo", "127.0.0.1 ", "127.0.0.1\x00"),
        *("localhost.localdomain", "ip6-localhost", "ip6-loopback"),
    ),
)
def test_what_only_looks_like_this_machine_is_not(host: str) -> None:
    assert not is_loopback(host)


@given(st.text())
def test_any_text_is_a_host_or_none(host: str) -> None:
    found = text_of(host)
    assert found is not None
    assert found == text_of(found) or not found.isascii() or found.endswith(".")


# --- what is opened, and for how long


def test_a_host_is_open_as_long_as_somebody_needs_it() -> None:
    book = Book()
    assert not book.may_look_up("models.example")
    with book.opened("Models.example", 443):
        with book.opened("models.example.", 443):
            assert book.may_look_up(b"models.example")
        book.note("models.example", 443, ["192.0.2.7"])
        assert book.may_reach("AF_INET", ("192.0.2.7", 443))
        assert not book.may_reach("AF_INET", ("192.0.2.7", 80))
        assert not book.may_reach("AF_INET", ("192.0.2.8", 443))
        assert not book.may_look_up("example")
    assert not book.may_look_up("models.example")
    assert not book.may_reach("AF_INET", ("192.0.2.7", 443))


def test_what_nobody_opened_is_not_taken_down() -> None:
    book = Book()
    book.note("models.example", 443, ["192.0.2.7"])
    with book.opened("models.example", 443):
        book.note("other.example", 443, ["192.0.2.8"])
        book.note("models.example", 80, ["192.0.2.9"])
        assert not any(book.may_reach("AF_INET", (f"192.0.2.{n}", 443)) for n in (7, 8, 9))


def test_an_address_is_opened_without_a_look_up() -> None:
    book = Book()
    book.open("192.0.2.7", 8080)
    assert book.may_reach("AF_INET", ("192.0.2.7", 8080))
    assert not book.may_reach("AF_INET", ("192.0.2.7", 8081))


@pytest.mark.parametrize("family", ["AF_PACKET", "AF_BLUETOOTH", "AF_VSOCK", "AF_CAN", "AF_TIPC", "", "AF_INET"])
def test_no_other_kind_of_socket_gets_out(family: str) -> None:
    for address in (("192.0.2.7", 443), ("lo", 0), (2, 1234), "00:11:22:33:44:55", None, 7, (), ("127.0.0.1",)):
        assert not Book().may_reach(family, address)


def test_programs_of_this_machine_are_reached() -> None:
    assert Book().may_reach("AF_UNIX", "/run/user/1000/bus")
    assert Book().may_reach("AF_INET6", ("::1", 8787, 0, 0))
    assert Book().may_reach("AF_INET", (bytearray(b"127.0.0.1"), 8787))


def test_threads_open_and_close_side_by_side() -> None:
    book = Book()
    start = threading.Barrier(4)

    def work() -> None:
        start.wait()
        for _ in range(300):
            with book.opened("models.example", 443):
                assert book.may_look_up("models.example")
            book.count()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert book.refused == 1200
    assert not book.may_look_up("models.example")


def test_a_refusal_is_kind_and_names_no_address() -> None:
    error = Refused()
    assert isinstance(error, KnownError)
    assert isinstance(error, OSError)
    assert str(error).endswith(".")
    assert error.errno is None


# --- a guarded process

WAYS = """
tell(lambda: socket.create_connection(("192.0.2.1", 443), 1))
tell(lambda: socket.socket(socket.AF_INET6).connect(("2001:db8::1", 443)))
tell(lambda: socket.socket().connect_ex(("192.0.2.1", 443)))
tell(lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"", ("192.0.2.1", 53)))
tell(lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendmsg([b""], [], 0, ("192.0.2.1", 53)))
tell(lambda: socket.getaddrinfo("agent-assist.invalid", 443))
tell(lambda: socket.gethostbyname("agent-assist.invalid"))
tell(lambda: socket.gethostbyname_ex("agent-assist.invalid"))
tell(lambda: socket.gethostbyaddr("192.0.2.1"))
tell(lambda: socket.getnameinfo(("192.0.2.1", 443), 0))
tell(lambda: socket.socket().connect(("agent-assist.invalid", 443)))
tell(lambda: socket.socket().connect_ex(("agent-assist.invalid", 443)))
tell(lambda: socket.socket().bind(("agent-assist.invalid", 0)))
tell(lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"", 0, ("agent-assist.invalid", 53)))
tell(lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendmsg([b""], [], 0, ("agent-assist.invalid", 53)))
tell(lambda: socket.socket().bind(("", 0)))
tell(lambda: socket.socket().listen())
tell(lambda: socket.socket(socket.AF_INET6).listen(1))
tell(lambda: socket.socket().bind(("localhost.localdomain", 0)))
import _socket
tell(lambda: _socket.getaddrinfo("agent-assist.invalid", 443))
tell(lambda: _socket.socket().connect(("192.0.2.1", 443)))
import urllib.request
try:
    urllib.request.build_opener(urllib.request.ProxyHandler({})).open("https://192.0.2.1/", timeout=1)
except urllib.error.URLError as error:
    print(type(error.reason).__name__)
print(egress.refused())
"""


def test_every_way_out_of_python_is_refused_and_counted() -> None:
    lines = told(WAYS)
    assert lines[:-1] == ["Refused"] * 22
    assert lines[-1] == "22"


def test_this_machine_can_be_reached() -> None:
    code = """
server = socket.create_server(("127.0.0.1", 0))
for host in ("127.0.0.1", "localhost"):
    tell(lambda: socket.create_connection((host, server.getsockname()[1]), 5).close())
one, other = socket.socketpair()
tell(lambda: one.sendmsg([b"x"]))
tell(lambda: socket.getaddrinfo(None, 80) and None)
tell(lambda: socket.getaddrinfo("192.0.2.1", 80) and None)
print(egress.refused())
"""
    assert told(code) == ["done None", "done None", "done 1", "done None", "done None", "0"]


@pytest.mark.skipif(not hasattr(socket, "AF_UNIX"), reason="no such sockets here")
def test_programs_of_this_machine_may_come_in(tmp_path: Path) -> None:
    code = f"""
own = socket.socket(socket.AF_UNIX)
own.bind({str(tmp_path / "own")!r})
tell(lambda: own.listen(1))
"""
    assert told(code) == ["done None"]


def test_what_is_allowed_gets_as_far_as_the_network() -> None:
    # No name server is asked: the C library answers for this address by itself, and nobody listens there.
    code = """
socket.setdefaulttimeout(0.2)
with egress.allow("192.0.2.1", 443):
    try:
        socket.create_connection(("192.0.2.1", 443), 0.2)
    except egress.Refused:
        print("refused")
    except OSError:
        print("tried")
tell(lambda: socket.create_connection(("192.0.2.1", 443), 0.2))
egress.install([("192.0.2.1", 444)])
try:
    socket.create_connection(("192.0.2.1", 444), 0.2)
except egress.Refused:
    print("refused")
except OSError:
    print("tried")
"""
    if sys.platform != "linux":
        pytest.skip("only a network of its own keeps what is allowed here from leaving: Linux")
    shut = ["unshare", "-rn", sys.executable, "-c", GUARDED + code]
    done = subprocess.run(shut, capture_output=True, text=True, timeout=60)
    if "unshare" in done.stderr:
        pytest.skip(f"no network of its own: {done.stderr.strip()}")
    assert done.stdout.split() == ["tried", "Refused", "tried"]


def test_the_guard_makes_no_noise_at_the_end_of_a_process() -> None:
    code = """
import atexit, threading
class Late:
    def __del__(self):
        try:
            socket.socket().connect(("192.0.2.1", 443))
        except OSError:
            pass
kept = [Late()]
kept.append(kept)
"""
    done = subprocess.run([sys.executable, "-c", GUARDED + code], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")


def test_native_code_of_a_sealed_process_gets_no_socket() -> None:
    if not seccomp.machine_name():
        pytest.skip("no filters of system calls here")
    code = """
import ctypes, subprocess
assert not egress.sealed()
assert egress.seal() and egress.sealed()
libc = ctypes.CDLL(None, use_errno=True)
for family in (2, 10, 17, 40):
    print(libc.socket(family, 1, 0), ctypes.get_errno())
one, other = socket.socketpair()
print(libc.socket(1, 1, 0) > 0, libc.syscall(425, 1, 0), ctypes.get_errno())
child = [sys.executable, "-c", "import socket; socket.socket()"]
print("PermissionError" in subprocess.run(child, capture_output=True, text=True).stderr)
"""
    assert told(code) == ["-1 1"] * 4 + ["True -1 38", "True"]


def test_a_hidden_process_writes_no_core_and_lets_nobody_look_in() -> None:
    if sys.platform != "linux":
        pytest.skip("Linux only")
    code = """
import os, resource
print(egress.hide_memory(), resource.getrlimit(resource.RLIMIT_CORE))
print(os.stat("/proc/self/environ").st_uid == 0)
"""
    assert told(code) == ["True (0, 0)", "True"]


# --- who opens it


def test_a_redirect_opens_the_host_that_it_names_and_none_over_plain_http() -> None:
    code = """
import urllib.request
from contextlib import ExitStack
from agent_assist.llm.hub import _Redirects, _open_route
asked = urllib.request.Request("https://models.example/file", method="GET")
with ExitStack() as opened:
    _open_route("https://models.example/file", opened)
    follow = _Redirects(opened)
    print(follow.redirect_request(asked, None, 302, "", {}, "http://files.example/x"))
    print(follow.redirect_request(asked, None, 302, "", {}, "https://files.example:8443/x").full_url)
    from agent_assist.egress import guard
    print([guard._book.may_look_up(host) for host in ("models.example", "files.example", "example")])
print([guard._book.may_look_up(host) for host in ("models.example", "files.example", "example")])
"""
    assert told(code) == [
        "None",
        "https://files.example:8443/x",
        "[True, True, False]",
        "[False, False, False]",
    ]


def test_the_systems_proxy_is_opened_with_the_download(monkeypatch: pytest.MonkeyPatch) -> None:
    from agent_assist.llm.hub import _open_route

    monkeypatch.setenv("https_proxy", "http://someone:word@proxy.example:3128/")
    monkeypatch.setenv("no_proxy", "near.example")
    from agent_assist.egress import guard

    with ExitStack() as opened:
        _open_route("https://models.example/file", opened)
        assert guard._book.may_look_up("proxy.example")
    with ExitStack() as opened:
        _open_route("https://near.example/file", opened)
        assert guard._book.may_look_up("near.example")
        assert not guard._book.may_look_up("proxy.example")
