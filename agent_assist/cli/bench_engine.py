"""The language model alone, measured in a process of its own."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from agent_assist.jobs import CancelToken
from agent_assist.llm.engine import Branch, Engine, Message, Request, Result, Role, Stats

_FEWEST = 8
"""Tokens of each answer, on average, below which a speed of writing would be chance."""
_TEXT = "The parcel was handed to the carrier in the morning and has not been scanned since then, says the note. " * 24
_TURN = Message(
    Role.USER,
    "And the second person that I spoke to offered me a voucher for all the trouble. I don't want one: what I want is "
    "my money back.",
)
_TASK = (Message(Role.SYSTEM, "The chat pauses here. Write a note for a colleague, one short sentence a line."),)
_ANSWERS = (
    *(Branch(f"reply {k}", (), opening, 24) for k, opening in enumerate(("I can see that", "You", "I am sorry that"))),
    *(
        Branch(f"line {k}", _TASK, opening, 24)
        for k, opening in enumerate(
            ("The customer has", "The customer wants", "What is open:", "The agent", "They feel")
        )
    ),
)
_SIDES = (1, 2, 4, 8)


def measure(engine: Engine, chat: Sequence[Message]) -> dict[str, float]:
    """Load time and raw speeds; documented in `cli.bench`, group `engine`.

    Args:
        engine: not loaded yet; it has read nothing.
        chat: a conversation; its first message is the system's.

    Raises:
        KnownError: the model cannot be loaded or its process died.
    """
    load_s = _timed(lambda: engine.load(lambda _event: None, CancelToken()))
    read = _ask(engine, (Message(Role.USER, _TEXT),)).stats
    made = {
        "load_s": round(load_s, 2),
        "read_tokens_per_s": round(read.prompt_tokens / read.read_ms * 1000, 1),
    }
    return made | _conversations(engine, tuple(chat)) | _first_words(engine, tuple(chat)) | _sides(engine, tuple(chat))


def _conversations(engine: Engine, chat: tuple[Message, ...]) -> dict[str, float]:
    """A turn more, and a conversation that is left and returned to."""
    whole = _ask(engine, chat).stats
    turn = _ask(engine, (*chat, _TURN)).stats
    _ask(engine, (chat[0], Message(Role.USER, _TEXT)))
    back = _ask(engine, chat).stats
    saved = 1 - back.read_ms / whole.read_ms if back.restored_tokens else 0.0
    return {
        "turn_tokens": turn.prompt_tokens - turn.cached_tokens,
        "turn_ms": round(turn.read_ms),
        "return_ms": round(back.read_ms),
        "return_saves": round(saved, 3),
    }


def _first_words(engine: Engine, chat: tuple[Message, ...]) -> dict[str, float]:
    """From asking to the first word, the conversation known, before and after the tasks were read ahead."""
    known = _ask(engine, chat, _ANSWERS).stats
    ahead = engine.run(Request(chat, _ANSWERS, ahead=True), lambda _event: None, CancelToken()).stats
    ready = _ask(engine, chat, _ANSWERS).stats
    return {
        "known_first_token_ms": round(known.first_token_ms),
        "ahead_ms": round(ahead.read_ms),
        "ahead_first_token_ms": round(ready.first_token_ms),
    }


def _sides(engine: Engine, chat: tuple[Message, ...]) -> dict[str, float]:
    made: dict[str, float] = {}
    for n in _SIDES:
        branches = tuple(Branch(str(k), (), "You", max_tokens=32, temperature=0.9, seed=k + 1) for k in range(n))
        made |= _written(n, _ask(engine, chat, branches).stats)
    return made


def _written(answers: int, stats: Stats) -> dict[str, float]:
    took_ms = stats.read_ms + stats.write_ms - stats.first_token_ms
    tokens = stats.written_tokens - answers  # the first of each came with the reading of its task
    if tokens < answers * _FEWEST or took_ms <= 0:
        return {}
    return {f"written_tokens_per_s_{answers}": round(tokens / took_ms * 1000, 1)}


def _ask(engine: Engine, chat: tuple[Message, ...], branches: tuple[Branch, ...] = ()) -> Result:
    return engine.run(Request(chat, branches), lambda _event: None, CancelToken())


def _timed(work: Callable[[], object]) -> float:
    started = time.monotonic()
    work()
    return time.monotonic() - started
