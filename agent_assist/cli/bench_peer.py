"""The same conversation and tasks on a server that speaks the OpenAI protocol, on this machine only.

Two ways of using it. Ordinary: each request begins with its instruction and holds the conversation as text, so that the
server reads all of it anew. Best: the conversation comes first, as a chat that the server has read before, and the task
is its last message, so that only the task is new. Requests follow one another, as such a server's users send them.
"""

from __future__ import annotations

import http.client
import ipaddress
import json
import statistics
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from urllib.parse import urlsplit

import msgspec

from agent_assist.errors import KnownError
from agent_assist.llm.engine import Message, Role

TASKS = (
    (
        "Sum this conversation up for a colleague: the problem, what was tried, how the customer feels, what they "
        "want, and what is open. One short sentence each, only what was said.",
        150,
    ),
    ("Write the agent's next reply, 30 to 90 words: first show the customer that they are understood.", 120),
    ("Write the agent's next reply, 30 to 90 words: own the mistake and say what happens next.", 120),
    ("Write the agent's next reply, 30 to 90 words: calm the customer down and ask one question.", 120),
    ("List the next three actions for the agent, one line each, with the reason.", 100),
)
"""What is asked for, with the most tokens of each answer: summary, three replies, next actions."""

_NO_ADDRESS = "--peer takes an address such as http://127.0.0.1:8080."
_WHICH = "Give --peer the address of an OpenAI-compatible server."
_NAMES = {Role.USER: "Customer", Role.ASSISTANT: "Agent", Role.SYSTEM: "Note"}
_SILENCE = 300.0
"""Seconds without a word after which the server counts as stuck."""


class _Delta(msgspec.Struct):
    content: str | None = None


class _Choice(msgspec.Struct):
    delta: _Delta = msgspec.field(default_factory=_Delta)


class _Usage(msgspec.Struct):
    completion_tokens: int = 0


class _Chunk(msgspec.Struct):
    """One event of a streamed answer; whatever else servers put into it is passed over."""

    choices: list[_Choice] = []
    usage: _Usage | None = None


@dataclass(frozen=True, slots=True)
class Answered:
    """One request: seconds to the first word and to the end, and tokens of the answer as the server counts them."""

    first_s: float
    whole_s: float
    tokens: int


class Peer:
    """A server on this machine.

    Args:
        url: as in http://127.0.0.1:8080, with or without /v1.

    Raises:
        KnownError: it is no such address, or not this machine's.
    """

    def __init__(self, url: str) -> None:
        try:
            parts = urlsplit(url)
            host, port = parts.hostname or "", parts.port or 80
        except ValueError:
            raise KnownError(_NO_ADDRESS) from None
        if parts.scheme != "http" or not host or parts.username is not None:
            raise KnownError(_NO_ADDRESS)
        if not _is_loopback(host):
            raise KnownError("--peer takes a server on this machine only: http://127.0.0.1 with its port.")
        self._host, self._port = host, port
        self._path = parts.path.rstrip("/").removesuffix("/v1") + "/v1/chat/completions"

    def ask(self, messages: Sequence[Message], most: int) -> Answered:
        """Sends a chat and reads the answer to its end.

        Args:
            messages: the chat.
            most: tokens of the answer, at most.

        Raises:
            KnownError: nobody answers, or not as such a server does.
        """
        body = {
            "messages": [{"role": m.role.value, "content": m.text} for m in messages],
            "max_tokens": most,
            "temperature": 0,
            "stream": True,
            "stream_options": {"include_usage": True},
        }
        started = time.monotonic()
        first = 0.0
        pieces = counted = 0
        for chunk in self._stream(json.dumps(body)):
            if chunk.choices and chunk.choices[0].delta.content:
                first = first or time.monotonic() - started
                pieces += 1
            if chunk.usage is not None:
                counted = chunk.usage.completion_tokens
        whole = time.monotonic() - started
        return Answered(first or whole, whole, counted or pieces)

    def _stream(self, body: str) -> Iterator[_Chunk]:
        with closing(http.client.HTTPConnection(self._host, self._port, timeout=_SILENCE)) as connection:
            try:
                connection.request("POST", self._path, body, {"Content-Type": "application/json"})
                answer = connection.getresponse()
                if answer.status != http.client.OK:
                    raise KnownError(
                        f"The peer answered with status {answer.status}. Is it an OpenAI-compatible server?"
                    )
                for line in answer:
                    data = line.removeprefix(b"data:").strip()
                    if line.startswith(b"data:") and data != b"[DONE]":
                        yield msgspec.json.decode(data, type=_Chunk)
            except (OSError, http.client.HTTPException) as error:
                raise KnownError("The peer does not answer. Start the server, or leave --peer out.") from error
            except msgspec.MsgspecError as error:
                raise KnownError(f"The peer's answer cannot be read. {_WHICH}") from error


def _is_loopback(host: str) -> bool:
    """Told without asking a name server, which would be a connection of its own."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def measure(peer: Peer, chat: Sequence[Message], ours_s: float, ours_first_ms: float | None) -> dict[str, float]:
    """Both ways, and how our own figures for the same result compare.

    Args:
        peer: the server.
        chat: the conversation; its first message is the system's.
        ours_s: the whole result of the product, the conversation taken in, in seconds.
        ours_first_ms: to its first word, in milliseconds; None where the model wrote none.

    Returns:
        As documented in `cli.bench`, group `peer`.

    Raises:
        KnownError: the server does not answer.
    """
    text = "\n".join(f"{_NAMES[m.role]}: {m.text}" for m in chat[1:])
    ordinary = [peer.ask((Message(Role.SYSTEM, task), Message(Role.USER, text)), most) for task, most in TASKS]
    peer.ask(chat, 1)
    best = [peer.ask((*chat, Message(Role.USER, task)), most) for task, most in TASKS]
    made: dict[str, float] = {}
    for way, answers in (("ordinary", ordinary), ("best", best)):
        whole = sum(a.whole_s for a in answers)
        first_ms = statistics.median(a.first_s for a in answers) * 1000
        made[f"{way}_s"] = round(whole, 2)
        made[f"{way}_first_token_ms"] = round(first_ms)
        made[f"{way}_tokens"] = sum(a.tokens for a in answers)
        made[f"share_of_{way}"] = round(ours_s / whole, 3)
        if ours_first_ms is not None:
            made[f"first_token_share_of_{way}"] = round(ours_first_ms / first_ms, 3)
    return made
