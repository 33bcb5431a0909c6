"""`agent-assist bench`: this machine's figures, each measured here and now on the sample conversation.

What is printed, in milliseconds (`_ms`), seconds (`_s`), or megabytes of 10^6 bytes (`_mb`, `memory_mb`):

`machine`
    `system`, `cores`, `memory_mb`: what it is. `load_average`: of the last minute, before the measuring began; near
    `cores` or above it, every time below is too long.
`model`
    `name`, `file_mb`: the language model of the settings. `voice`: whether it writes with the adapter that was made for
    it; `--no-voice` switches that off for this run. `check_s`: finding both and, once after they changed, their hashes.
`window` (left out where no window opens)
    `window_ms`: from process start to the first painted frame. `app_mb`: that process's resident memory once all but
    the language model is loaded.
`emotion`
    `load_ms`: the first reading of the sample: imports and encoder included. `turn_ms_median`, `turn_ms_p95`: one
    customer turn read alone, each turn of the sample 20 times. `turns_per_s`: many conversations read side by side, as
    `analyze --lines --no-llm` does.
`result`: from asking to the whole result, summary and replies, on conversations of the sample's kind, grown to some 600
tokens. Each measured once
    `cold`: the worker process starts and loads the model, whose file the system may still hold in its cache. `warm`:
    the model has just answered on another conversation and knows nothing of this one. `ready`: the conversation had
    been taken in before it was asked about, as the window does. `back`: asked once more about the first one, after the
    others. Of each `_s` the whole, `_first_token_ms` the model's first word (left out where it wrote none), and
    `_replies` how many. `conversation_tokens`: length of the conversation.
`memory_mb`: resident after those results
    `command_line`: this process, encoder included. `worker`: the language model's process. `worker_beyond_model`: the
    same less the size of the model file.
`engine`: the model alone, in a process of its own
    `load_s`: process start and load. `read_tokens_per_s`: a text of about 500 tokens. `turn_ms`: reading one turn of
    `turn_tokens` more. `return_ms`: returning to a conversation that was left for another one, and `return_saves`: the
    share, 0 to 1, that this saves of reading it. `known_first_token_ms`: from asking for eight answers to the first
    word, the conversation known. `ahead_ms`: reading their tasks ahead; `ahead_first_token_ms`: the same first word
    then. `written_tokens_per_s_N`: N answers of up to 32 tokens written side by side, tokens of all together, without
    the time to the first; left out where the answers were too short to tell.
`peer` (with `--peer`): the same conversation and tasks (summary, three replies, next actions) on that server
    `ordinary`: the instruction first and the conversation as text, one request after the other. `best`: the
    conversation first, as a chat that the server has just read, and the task last. Of each way `_s` all five requests,
    `_first_token_ms` the median first word, `_tokens` how many were written. `share_of_ordinary`, `share_of_best`: what
    `ready_s` above is of that; `first_token_share_of_ordinary`, `first_token_share_of_best`: likewise of the first
    word, left out where our model wrote none.
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
from agent_assist.cli import bench_engine, bench_peer
from agent_assist.cli.analyze import reading_threads
from agent_assist.cli.context import Context, write, write_json
from agent_assist.engines import Recipe, find_recipe
from agent_assist.errors import KnownError
from agent_assist.jobs import CancelToken
from agent_assist.llm.engine import Message
from agent_assist.pipeline import Desk
from agent_assist.records import Conversation, Speaker, Turn
from agent_assist.settings import VOICE

Figures = dict[str, Any]

_ROUNDS = 20
_MEGA = 1e6
_MORE = (
    (
        Speaker.AGENT,
        "Before I cancel, may I ask whether you would take the desk in walnut instead? We have that one in the "
        "warehouse, and it could leave tomorrow morning.",
    ),
    (
        Speaker.CUSTOMER,
        "No. I chose oak because the shelves and the cupboard beside it are oak, and I told the person on the phone "
        "exactly that when they offered me the walnut one the first time.",
    ),
    (
        Speaker.AGENT,
        "I understand. I can see a note of your call from last Tuesday, but there is nothing in it about a refund or a "
        "different colour, only that you asked for a delivery date.",
    ),
    (
        Speaker.CUSTOMER,
        "Then your notes are wrong as well. The first person said it would ship on Wednesday, the second one said "
        "Friday, and nobody called me back as promised. I even sent a photo of my bank statement to the address that "
        "they gave me.",
    ),
    (
        Speaker.AGENT,
        "Thank you, I have found the e-mail with the statement now. It shows the $649 taken on 5 January. I am "
        "going to ask our payments team on which day the money can be returned.",
    ),
    (
        Speaker.CUSTOMER,
        "I need that in writing today, please. My physiotherapist says that I can't go on working from the couch, and "
        "I have to order another desk somewhere else before the weekend.",
    ),
    (
        Speaker.AGENT,
        "I hear you. The payments team is on it, and I have marked the case as urgent. They answer in the order in "
        "which cases arrive, so please bear with me for a moment.",
    ),
)
"""Turns that make the sample as long as a chat of half an hour; they go in before its last two."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's own options, beside those that every command has."""
    parser.add_argument(
        "--peer",
        metavar="URL",
        help="also run the same tasks on an OpenAI-compatible server on this machine, such as http://127.0.0.1:8080",
    )
    parser.add_argument(
        "--no-voice", action="store_true", help="measure the model as it is, without the adapter made for it"
    )


def run(context: Context, arguments: argparse.Namespace) -> int:
    """Runs the command."""
    # The address is looked at before anything is measured, which takes minutes.
    peer = bench_peer.Peer(arguments.peer) if arguments.peer else None
    if arguments.no_voice:
        context.settings.set_for_now(VOICE, False)
    figures = measure(context, peer)
    if arguments.json:
        write_json(figures)
        return 0
    for name, value in _flat(figures):
        write(f"{name:<36} {value}")
    return 0


def measure(context: Context, peer: bench_peer.Peer | None = None) -> Figures:
    """All figures, in the order in which a person would meet them.

    Args:
        context: of the command.
        peer: a server to compare with.

    Raises:
        KnownError: no language model is installed, or something else that is measured does not work.
    """
    context.reading_threads = reading_threads()
    desk = context.desk
    # Before anything is timed: the hash of a model that is new on the shelf would count as its loading.
    started = time.monotonic()
    recipe = find_recipe(desk.shelf, desk.settings, CancelToken())
    size = desk.shelf.entry(recipe.name).bytes
    checked = time.monotonic() - started
    figures: Figures = {
        "machine": {
            "system": f"{platform.system()} {platform.machine()}",
            "cores": os.cpu_count(),
            "memory_mb": round(psutil.virtual_memory().total / _MEGA),
            "load_average": round(psutil.getloadavg()[0], 2),
        },
        "model": {
            "name": recipe.name,
            "file_mb": round(size / _MEGA, 1),
            "voice": recipe.voice is not None,
            "check_s": round(checked, 2),
        },
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
    grown = _grown(conversation)
    figures["result"] = _results(desk, grown)
    figures["memory_mb"] = _memory(desk, size)
    desk.close()
    chat = chat_of(grown).messages
    figures["engine"] = _engine(recipe, chat)
    if peer is not None:
        context.tell("measuring the peer")
        result = figures["result"]
        figures["peer"] = bench_peer.measure(peer, chat, result["ready_s"], result.get("ready_first_token_ms"))
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


def _results(desk: Desk, conversation: Conversation) -> Figures:
    """The whole result for conversations that are new, taken in before, and returned to."""
    made: Figures = {}
    second, third = _other(conversation, "Once more"), _other(conversation, "Again")
    for name, one in (("cold", conversation), ("warm", second), ("ready", third), ("back", conversation)):
        mood = desk.read(one)
        if name == "ready":
            desk.take_in(one, mood, CancelToken())
        started = time.monotonic()
        result = desk.assist(one, mood, lambda _event: None, CancelToken())
        made[f"{name}_s"] = round(time.monotonic() - started, 2)
        if result.first_token_ms:
            made[f"{name}_first_token_ms"] = round(result.first_token_ms)
        made[f"{name}_replies"] = len(result.replies)
    return made | {"conversation_tokens": result.context.used}


def _grown(conversation: Conversation) -> Conversation:
    """The sample with turns in its midst, about 600 tokens for the language model."""
    said = [(t.speaker, t.text) for t in conversation.turns]
    said[-2:-2] = _MORE
    return Conversation("bench", "bench", tuple(Turn(i, *one) for i, one in enumerate(said)), conversation.customer)


def _other(conversation: Conversation, name: str) -> Conversation:
    """Another conversation of the same length, of which nothing is known."""
    turns = tuple(Turn(t.i, t.speaker, f"{name}: {t.text}", t.name, t.at) for t in conversation.turns)
    return Conversation(f"bench {name}", "bench", turns, conversation.customer)


def _engine(recipe: Recipe, chat: tuple[Message, ...]) -> Figures:
    engine = recipe.engine()
    try:
        return dict(bench_engine.measure(engine, chat))
    finally:
        engine.close()


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
