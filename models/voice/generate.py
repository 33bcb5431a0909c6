"""What the model writes to the product's own prompts, before any guard: with the voice or without, kept as it comes.

Answers are kept in `build/voice/<variant>.jsonl` by conversation, so that a run that was interrupted goes on.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TextIO

import msgspec

from agent_assist.assist import voice
from agent_assist.assist.chat import chat_of
from agent_assist.assist.summary import summary_branches
from agent_assist.assist.voice import Strategy
from agent_assist.jobs import CancelToken
from agent_assist.llm.engine import Branch, Engine, Request
from agent_assist.records import Conversation

ASKED = (Strategy.VALIDATE, Strategy.OWN, Strategy.CLARIFY)
"""The strategies of raw replies, the same for every conversation."""


@dataclass(frozen=True, slots=True)
class Written:
    """What was written for one conversation.

    Attributes:
        id: the conversation's.
        texts: by key of the branch, each with its opening.
        tokens: written, over all branches.
        ms: that writing them took.
    """

    id: str
    texts: dict[str, str]
    tokens: int
    ms: float

    def replies(self) -> list[str]:
        """The replies, in the order of `ASKED`."""
        return [self.texts[key] for s in ASKED if (key := voice.KEY + s.value) in self.texts]


def reply_tasks(conversation: Conversation) -> list[Branch]:
    """Asks for three replies."""
    return [voice.reply_branch(strategy) for strategy in ASKED]


def summary_tasks(conversation: Conversation) -> list[Branch]:
    """Asks for the lines of the summary."""
    return summary_branches(conversation, voice=True)


def generate(
    engine: Engine,
    conversations: Sequence[Conversation],
    tasks: Iterable[Callable[[Conversation], list[Branch]]],
    store: Path,
    tell: Callable[[str], None],
) -> list[Written]:
    """What the model writes for each conversation, from the store where it has done so before.

    Args:
        engine: the model.
        conversations: what is written about.
        tasks: give what is asked for each.
        store: file that keeps the answers.
        tell: is told of progress.

    Raises:
        KnownError: the model cannot be loaded or its process died.
    """
    asked = list(tasks)
    kept = {one.id: one for one in _kept(store)}
    store.parent.mkdir(parents=True, exist_ok=True)
    with store.open("w", encoding="utf-8") as file:
        for one in kept.values():
            _keep(one, file)
        for number, conversation in enumerate(conversations, 1):
            if conversation.id not in kept:
                branches = tuple(branch for task in asked for branch in task(conversation))
                kept[conversation.id] = _write(engine, conversation, branches, file)
            if number % 10 == 0 or number == len(conversations):
                tell(f"{store.stem}: {number} of {len(conversations)}")
    return [kept[conversation.id] for conversation in conversations]


def _write(engine: Engine, conversation: Conversation, branches: tuple[Branch, ...], file: TextIO) -> Written:
    result = engine.run(Request(chat_of(conversation).messages, branches), lambda _event: None, CancelToken())
    one = Written(conversation.id, result.texts, result.stats.written_tokens, result.stats.write_ms)
    _keep(one, file)
    return one


def _keep(one: Written, file: TextIO) -> None:
    file.write(json.dumps(asdict(one)) + "\n")
    file.flush()


def _kept(store: Path) -> Iterator[Written]:
    """What is there; a line that was cut off by an interruption counts as none."""
    if store.is_file():
        for line in store.read_text(encoding="utf-8").splitlines():
            with suppress(msgspec.DecodeError):
                yield msgspec.json.decode(line, type=Written)
