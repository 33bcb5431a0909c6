"""`agent-assist bench`: this machine's figures, each measured here and now on the sample conversation.

What is printed, in milliseconds (`_ms`), seconds (`_s`), or megabytes of 10^6 bytes (`_mb`, `memory_mb`):

`machine`
    `system`, `cores`, `memory_mb`: what it is. `load_average`: of the last minute, before the measuring began; near
    `cores` or above it, every time below is too long.
`model`
    `name`, `file_mb`: the language model of the settings. `check_s`: finding it and, once after it changed, its hash.
`window` (left out where no window opens)
    `window_ms`: from process start to the first painted frame. `app_mb`: that process's resident memory once all but
    the language model is loaded.
`emotion`
    `load_ms`: the first reading of the sample: imports and encoder included. `turn_ms_median`, `turn_ms_p95`: one
    customer turn read alone, each turn of the sample 20 times. `turns_per_s`: many conversations read side by side, as
    `analyze --lines --no-llm` does.
`result`: from asking to the whole result, summary and replies. Each measured once
    `cold`: the worker process starts and loads the model, whose file the system may still hold in its cache. `warm`:
    the model has just answered on another conversation. `ready`: asked again about the same conversation, which the
    model still knows. Of each `_s` the whole, `_first_token_ms` the first word (left out where no reply came), and
    `_replies` how many. `conversation_tokens`: length of the sample.
`memory_mb`: resident after those results
    `command_line`: this process, encoder included. `worker`: the language model's process. `worker_beyond_model`: the
    same less the size of the model file.
`engine`: the model alone, in a process of its own
    `load_s`: process start and load. `read_tokens_per_s`: a text of about 500 tokens. `written_tokens_per_s_N`: N
    answers of 32 tokens written side by side, tokens of all together, without the time to the first; left out where
    the answers were too short to tell.
"""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import time
from collections.abc import Callable
from typing import Any

import psutil

from agent_assist.assist.chat import chat_of
from agent_assist.cli.analyze import reading_threads
from agent_assist.cli.context import Context, write, write_json
from agent_assist.errors import KnownError
from agent_assist.jobs import CancelToken
from agent_assist.llm.client import WorkerEngine
from agent_assist.llm.engine import Branch, Message, Request, Result, Role, Stats
from agent_assist.pipeline import Desk
from agent_assist.records import Assist, Conversation, Mood, Turn
from agent_assist.settings import CONTEXT, MODEL, THREADS

Figures = dict[str, Any]

_ROUNDS = 20
_FEWEST = 8
"""Tokens of each answer, on average, below which a speed of writing would be chance."""
_MEGA = 1e6
_PREFILL = "The parcel was handed to the carrier in the morning and has not been scanned since then, says the note. "


def run(context: Context, arguments: argparse.Namespace) -> int:
    """Runs the command."""
    figures = measure(context)
    if arguments.json:
        write_json(figures)
        return 0
    for name, value in _flat(figures):
        write(f"{name:<36} {value}")
    return 0


def measure(context: Context) -> Figures:
    """All figures, in the order in which a person would meet them.

    Raises:
        KnownError: no language model is installed, or something else that is measured does not work.
    """
    context.reading_threads = reading_threads()
    desk = context.desk
    # Before anything is timed: the hash of a model that is new on the shelf would count as its loading.
    started = time.monotonic()
    entry = desk.shelf.choose(desk.settings[MODEL])
    desk.shelf.path(entry.name)
    checked = time.monotonic() - started
    figures: Figures = {
        "machine": {
            "system": f"{platform.system()} {platform.machine()}",
            "cores": os.cpu_count(),
            "memory_mb": round(psutil.virtual_memory().total / _MEGA),
            "load_average": round(psutil.getloadavg()[0], 2),
        },
        "model": {"name": entry.name, "file_mb": round(entry.bytes / _MEGA, 1), "check_s": round(checked, 2)},
    }
    if context.probe is not None:
        context.tell("measuring the window")
        try:
            figures["window"] = context.probe()
        except KnownError as error:
            context.complain(f"{error} Its figures are left out.")
    context.tell("measuring feelings")
    conversation = desk.capture(desk.sample())[0]
    figures["emotion"] = _emotion(desk, conversation)
    context.tell("measuring the language model; this takes a minute or two")
    figures["result"] = _results(desk, conversation, desk.read(conversation))
    figures["memory_mb"] = _memory(desk, entry.bytes)
    desk.close()
    figures["engine"] = _engine(desk)
    return figures


def _emotion(desk: Desk, conversation: Conversation) -> Figures:
    started = time.monotonic()
    desk.read(conversation)
    load = time.monotonic() - started
    single = [
        Conversation(f"bench-{turn.i}", "bench", (Turn(0, turn.speaker, turn.text),))
        for turn in conversation.customer_turns
    ]
    times = [_timed(lambda one=one: desk.read(one)) for _ in range(_ROUNDS) for one in single]  # type: ignore[misc]
    batch = single * _ROUNDS
    took = _timed(lambda: desk.read_many(batch))
    return {
        "load_ms": round(load * 1000, 1),
        "turn_ms_median": round(statistics.median(times) * 1000, 2),
        "turn_ms_p95": round(statistics.quantiles(times, n=20)[-1] * 1000, 2),
        "turns_per_s": round(len(batch) / took, 1),
    }


def _results(desk: Desk, conversation: Conversation, mood: Mood) -> Figures:
    """The full result: cold (no process yet), warm (model loaded, new conversation), ready (conversation known)."""

    def assist(one: Conversation) -> Assist:
        return desk.assist(one, mood, lambda _event: None, CancelToken())

    made: Figures = {}
    for name, prepare in (
        ("cold", None),
        ("warm", lambda: assist(_other(conversation))),
        ("ready", lambda: None),
    ):
        if prepare is not None:
            prepare()
        started = time.monotonic()
        result = assist(conversation)
        made[f"{name}_s"] = round(time.monotonic() - started, 2)
        if result.replies:
            made[f"{name}_first_token_ms"] = round(result.first_token_ms)
        made[f"{name}_replies"] = len(result.replies)
        made["conversation_tokens"] = result.context.used
    return made


def _other(conversation: Conversation) -> Conversation:
    """Another conversation of the same length, so that nothing of the sample is known when it is asked for."""
    turns = tuple(Turn(t.i, t.speaker, f"Once more: {t.text}", t.name, t.at) for t in conversation.turns)
    return Conversation("bench-other", "bench", turns, conversation.customer)


def _engine(desk: Desk) -> Figures:
    """Load time and raw speeds of the model, on a process of its own."""
    entry = desk.shelf.choose(desk.settings[MODEL])
    engine = WorkerEngine(
        entry.name,
        desk.shelf.path(entry.name),
        entry.template.value,
        min(desk.settings[CONTEXT], entry.context),
        desk.settings[THREADS],
    )

    def ask(request: Request) -> Result:
        return engine.run(request, lambda _event: None, CancelToken())

    try:
        load = _timed(lambda: engine.load(lambda _event: None, CancelToken()))
        read = ask(Request((Message(Role.USER, _PREFILL * 24),)))
        chat = chat_of(desk.capture(desk.sample())[0]).messages
        ask(Request(chat))
        made: Figures = {
            "load_s": round(load, 2),
            "read_tokens_per_s": round(read.stats.prompt_tokens / read.stats.read_ms * 1000, 1),
        }
        for n in (1, 2, 4, 8):
            branches = tuple(Branch(str(k), (), "You", max_tokens=32, temperature=0.9, seed=k + 1) for k in range(n))
            made |= _written(n, ask(Request(chat, branches)).stats)
        return made
    finally:
        engine.close()


def _written(answers: int, stats: Stats) -> Figures:
    took_ms = stats.read_ms + stats.write_ms - stats.first_token_ms
    tokens = stats.written_tokens - answers  # the first of each came with the reading of its task
    if tokens < answers * _FEWEST or took_ms <= 0:
        return {}
    return {f"written_tokens_per_s_{answers}": round(tokens / took_ms * 1000, 1)}


def _memory(desk: Desk, model_bytes: int) -> Figures:
    """Memory of this process and of the worker; the worker's part beyond the model file is what it costs to run."""
    worker = desk.worker_id
    used = psutil.Process(worker).memory_info().rss / _MEGA if worker is not None else 0.0
    return {
        "command_line": round(psutil.Process().memory_info().rss / _MEGA, 1),
        "worker": round(used, 1),
        "worker_beyond_model": round(used - model_bytes / _MEGA, 1),
    }


def _timed(work: Callable[[], object]) -> float:
    started = time.monotonic()
    work()
    return time.monotonic() - started


def _flat(figures: Figures, prefix: str = "") -> list[tuple[str, object]]:
    found: list[tuple[str, object]] = []
    for name, value in figures.items():
        if isinstance(value, dict):
            found += _flat(value, f"{prefix}{name}.")
        else:
            found.append((prefix + name, value))
    return found
