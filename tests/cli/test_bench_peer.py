"""Comparing with a server: on this machine only, what is sent to it, and what its answers are taken for."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from agent_assist.cli.bench_peer import TASKS, Peer, measure
from agent_assist.errors import KnownError
from agent_assist.llm.engine import Message, Role

CHAT = (
    Message(Role.SYSTEM, "You are a careful support agent."),
    Message(Role.USER, "Where is my desk?"),
    Message(Role.ASSISTANT, "Let me look."),
)


class Server(ThreadingHTTPServer):
    """A server of the OpenAI protocol with one answer."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self.status = 200
        self.lines = [
            b'data: {"choices":[{"index":0,"delta":{"role":"assistant","content":null}}],"id":"x"}',
            b": a comment",
            b'data: {"choices":[{"index":0,"delta":{"content":"Your"}}]}',
            b'data: {"choices":[{"index":0,"delta":{"content":" desk"},"finish_reason":"stop"}]}',
            b'data: {"choices":[],"usage":{"completion_tokens":7,"prompt_tokens":30}}',
            b"data: [DONE]",
        ]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.asked.append((self.path, body))
        self.send_response(self.server.status)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        for line in self.server.lines:
            self.wfile.write(line + b"\n\n")

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing."""


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("url", ["{}", "{}/", "{}/v1", "{}/v1/"])
def test_an_answer_is_streamed_and_counted(server: Server, url: str) -> None:
    answered = Peer(url.format(server.url)).ask(CHAT, 30)
    assert answered.tokens == 7
    assert 0 < answered.first_s <= answered.whole_s
    path, body = server.asked[0]
    assert path == "/v1/chat/completions"
    assert body["messages"] == [{"role": m.role.value, "content": m.text} for m in CHAT]
    assert (body["max_tokens"], body["temperature"], body["stream"]) == (30, 0, True)


def test_pieces_are_counted_where_the_server_tells_no_number(server: Server) -> None:
    server.lines = [line for line in server.lines if b"usage" not in line]
    assert Peer(server.url).ask(CHAT, 30).tokens == 2


def test_both_ways_ask_for_the_same_and_ours_is_put_beside_them(server: Server) -> None:
    made = measure(Peer(server.url), CHAT, ours_s=3.0, ours_first_ms=300.0)
    assert made["ordinary_tokens"] == made["best_tokens"] == 7 * len(TASKS)
    assert made["share_of_best"] > 1  # the server answers at once
    assert made["first_token_share_of_ordinary"] > 1
    sent = [body["messages"] for _, body in server.asked]
    ordinary, warming, best = sent[: len(TASKS)], sent[len(TASKS)], sent[len(TASKS) + 1 :]
    assert [m[0]["content"] for m in ordinary] == [m[-1]["content"] for m in best] == [task for task, _ in TASKS]
    assert all(m[1]["content"] == "Customer: Where is my desk?\nAgent: Let me look." for m in ordinary)
    assert all(m[:-1] == warming == [{"role": c.role.value, "content": c.text} for c in CHAT] for m in best)


def test_without_a_first_word_of_ours_there_is_no_share_of_it(server: Server) -> None:
    made = measure(Peer(server.url), CHAT, ours_s=3.0, ours_first_ms=None)
    assert {"share_of_ordinary", "share_of_best"} < set(made)
    assert not [name for name in made if name.startswith("first_token_share")]


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com:8080",
        "http://192.168.1.5:8080",
        "http://0.0.0.0:8080",
        "http://localhost.example.com",
        "http://[2001:db8::1]:80",
        "http://127.0.0.1.example.com",
    ],
)
def test_another_machine_is_refused_before_anything_is_sent(url: str) -> None:
    with pytest.raises(KnownError, match="this machine only"):
        Peer(url)


@pytest.mark.parametrize(
    "url",
    ["", "127.0.0.1:8080", "https://127.0.0.1", "http://", "http://127.0.0.1:x", "http://a:b@127.0.0.1", "http://[::1"],
)
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(KnownError, match="address such as"):
        Peer(url)


@pytest.mark.parametrize("url", ["http://localhost:1", "http://127.0.0.1:1", "http://[::1]:1"])
def test_nobody_there_is_said_plainly(url: str) -> None:
    with pytest.raises(KnownError, match="does not answer"):
        Peer(url).ask(CHAT, 1)


def test_a_server_that_refuses_and_one_that_talks_nonsense_are_said_plainly(server: Server) -> None:
    server.status = 404
    with pytest.raises(KnownError, match="status 404"):
        Peer(server.url).ask(CHAT, 1)
    server.status, server.lines = 200, [b"data: <html>"]
    with pytest.raises(KnownError, match="cannot be read"):
        Peer(server.url).ask(CHAT, 1)
