"""What the relay lives through: too much, too slow, too many."""

from __future__ import annotations

import gc
import json
import socket
import struct
import time
from concurrent.futures import ThreadPoolExecutor

import psutil
import pytest
from desk_webhooks import chatwoot, zammad
from relay_runs import PATIENCE, TOKEN, Reply, Running, Sidebar, read, refused, running

from agent_assist.capture.relay.answers import MAX_BODY
from agent_assist.capture.relay.keys import Keys
from agent_assist.capture.relay.server import Limits, Server
from agent_assist.errors import KnownError


def test_a_body_of_200_megabytes_is_refused_before_it_is_read(relay: Running) -> None:
    head = relay.head(content_length="200000000")
    refused(relay.say(head), 413, "1,048,576")
    refused(relay.say(relay.head(content_length="9" * 4000)), 413)
    refused(relay.say(relay.head(content_length="200000000", expect="100-continue")), 413)
    refused(relay.say(head + b"x" * 3_000_000), 413)
    refused(relay.say(relay.head(content_length="200000000", authorization=None)), 401)


def test_the_largest_body_comes_in_and_one_byte_more_does_not(relay: Running) -> None:
    body = json.dumps(chatwoot()).encode()
    assert relay.post(body.ljust(MAX_BODY)).status == 200
    refused(relay.post(body.ljust(MAX_BODY + 1)), 413)


def test_chunks_without_end_are_refused(relay: Running) -> None:
    chunk = b"10000\r\n" + b"x" * 65536 + b"\r\n"
    refused(relay.say(relay.head(transfer_encoding="chunked") + chunk * 40), 413)
    refused(relay.say(relay.head(transfer_encoding="chunked") + b"1;" + b"x" * 3_000_000), 413)
    refused(relay.say(relay.head(transfer_encoding="chunked") + b"zz\r\n\r\n"), 400)
    refused(relay.say(relay.head(transfer_encoding="gzip")), 400)


@pytest.mark.parametrize(
    ("raw", "status"),
    [
        (b"GET / HTTP/1.1\r\n" + b"x: y\r\n" * 10_000, 431),
        (b"x" * 100_000, 431),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 400),
        (b"POST /chatwoot HTTP/1.1\nhost: x\r\n\r\n", 400),
        (b"post /chatwoot HTTP/1.1\r\nhost: x\r\n\r\n", 400),
        (b"POST http://[::1/ HTTP/1.1\r\nhost: x\r\n\r\n", 400),
    ],
)
def test_what_is_no_http_gets_one_line(relay: Running, raw: bytes, status: int) -> None:
    refused(relay.say(raw), status)


def test_a_length_that_is_none_gets_one_line(relay: Running, sidebar: Sidebar) -> None:
    for length in ("-1", "1, 2", "1e3", "0x10", "²", "9" * 5000):
        reply = relay.say(relay.head(content_length=length) + b"{}")
        assert reply.status in (400, 413) and reply.text.endswith("."), length
    assert sidebar.shown == []


def test_half_a_body_never_comes_in(sidebar: Sidebar) -> None:
    body = json.dumps(chatwoot()).encode()
    with running(sidebar.path, Limits(seconds=0.3), Keys(TOKEN)) as relay:
        refused(relay.say(relay.head(content_length=str(len(body))) + body[:-1]), 408, "too long")
    with running(sidebar.path, keys=Keys(TOKEN)) as relay:  # a good one may take its time on a busy machine
        with relay.open() as caller:  # and one that goes away
            caller.sendall(relay.head(content_length=str(len(body))) + body[:100])
        assert relay.post(chatwoot(2)).status == 200
    assert [one.seen[0].key for one in sidebar.shown] == ["2"]


def test_whoever_drips_is_cut_off_and_others_are_served_meanwhile(sidebar: Sidebar) -> None:
    with running(sidebar.path, Limits(connections=4, seconds=4.0)) as relay:
        began = time.monotonic()
        with relay.open() as slow, relay.open() as silent:
            slow.settimeout(0.05)
            line = relay.head()
            sent = 0
            assert relay.post(chatwoot()).status == 200
            while sent < len(line):  # a byte at a time, never idle
                try:
                    slow.send(line[sent : sent + 1])
                    sent += 1
                    if slow.recv(1, socket.MSG_PEEK):
                        break
                except TimeoutError:
                    continue
            slow.settimeout(PATIENCE)
            refused(read(slow), 408)
            refused(read(silent), 408)
        assert sent < len(line)
        assert time.monotonic() - began < PATIENCE
        assert relay.post(chatwoot()).status == 200


def test_one_connection_carries_one_request(relay: Running, sidebar: Sidebar) -> None:
    with running(sidebar.path, keys=Keys(TOKEN)) as relay:
        body = json.dumps(zammad()).encode()
        one = relay.head("/zammad", content_length=str(len(body))) + body
        assert relay.say(one + one).status == 200
    assert len(sidebar.shown) == 1


def test_a_thousand_connections_are_served_or_refused_and_nothing_grows(sidebar: Sidebar) -> None:
    process = psutil.Process()
    # On a busy machine those that are held may be long held.
    with running(sidebar.path, Limits(seconds=60.0)) as door, ThreadPoolExecutor(8) as callers:

        def post(number: int) -> Reply:
            return door.post(chatwoot(number))

        list(callers.map(post, range(50)))
        gc.collect()
        before, files = process.memory_info().rss, process.num_fds() if hasattr(process, "num_fds") else 0
        held = []
        for _ in range(1000):
            held.append(door.open())
        replies = [read(one) for one in held[64:]]
        for one in held:
            one.close()
        assert {reply.status for reply in replies} == {503}
        assert {reply.text for reply in replies} == {"Too many connections at once. Try again later."}
        flood = list(callers.map(post, range(1000)))
        assert {reply.status for reply in flood} <= {200, 503}
        deadline = time.monotonic() + PATIENCE
        while post(1).status != 200:
            assert time.monotonic() < deadline
        gc.collect()
        grown = process.memory_info().rss - before
    del held, replies
    assert grown < 30_000_000, f"{grown / 1e6:.0f} MB more, this test's own connections included"
    assert sum(reply.status == 200 for reply in flood) > 500
    if hasattr(process, "num_fds"):
        assert process.num_fds() <= files


def test_callers_that_break_off_leave_it_standing(relay: Running) -> None:
    for number in range(100):
        with relay.open() as caller:
            caller.sendall(relay.head(content_length="500")[: 10 + number * 2])
            # Closing with this sends a reset instead of an end.
            caller.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    assert relay.post(chatwoot()).status == 200


def test_only_this_machine_can_reach_it(relay: Running) -> None:
    addresses = {
        c.laddr[0] for c in psutil.Process().net_connections("tcp") if c.laddr[1] == relay.port and not c.raddr
    }
    assert addresses == {"127.0.0.1"}


def test_a_port_that_is_taken_is_told(relay: Running) -> None:
    with pytest.raises(KnownError, match=f"Port {relay.port} .* --port"):
        Server(relay.port, lambda port: pytest.fail("it got the port"))
