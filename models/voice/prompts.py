"""An example as the language model meets it in the product: the chat, and the answers that go on from it side by side.

Every prompt is made by the product's own builders and cut into tokens by its own tokeniser; only the answers come from
the example.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from agent_assist.assist.chat import chat_of
from agent_assist.assist.coach.prompts import draft_branch, sentence_branch
from agent_assist.assist.summary.fields import ABOUT, ASKS, COMPLAINS, OURS, WISH, Opening
from agent_assist.assist.voice import reply_branch
from agent_assist.llm.engine import Branch
from agent_assist.llm.templates import Piece, Template
from models.voice.examples import Case, Cited, Example, Rewritten


class Kind(StrEnum):
    """What an answer is."""

    REPLY = "reply"
    SUMMARY = "summary"
    REWRITE = "rewrite"


@dataclass(frozen=True, slots=True)
class Task:
    """One answer as tokens.

    Attributes:
        kind: what it is.
        asked: task and opening, as the product reads them.
        answer: what the model should write from there, with the token that ends it.
    """

    kind: Kind
    asked: tuple[int, ...]
    answer: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Lesson:
    """One example as tokens: the chat, which all tasks share, and the tasks."""

    id: str
    chat: tuple[int, ...]
    tasks: tuple[Task, ...]


class Tokeniser(Protocol):
    """Cuts pieces into tokens, as `Llama.tokenize` does."""

    def tokenize(self, pieces: Sequence[Piece]) -> list[int]:
        """Pieces as tokens; only control pieces can become control tokens."""


def lesson(example: Example, vocabulary: Tokeniser, template: Template) -> Lesson:
    """An example as tokens."""
    chat = [
        token
        for message in chat_of(example.conversation).messages
        for token in vocabulary.tokenize(list(template.message(message)))
    ]
    tasks = [_task(kind, branch, text, vocabulary, template) for kind, branch, text in asked(example)]
    return Lesson(example.id, tuple(chat), tuple(tasks))


def asked(example: Example) -> Iterator[tuple[Kind, Branch, str]]:
    """What the product would ask of this conversation, each with what should follow the branch's opening."""
    for reply in example.replies:
        yield Kind.REPLY, reply_branch(reply.strategy), reply.text
    for opening, line in _lines(example.summary):
        yield Kind.SUMMARY, opening.branch(), line.text.removeprefix(opening.text)
    if example.rewrite is not None:
        for branch, text in _rewrites(example.rewrite):
            yield Kind.REWRITE, branch, text


def _lines(case: Case) -> Iterator[tuple[Opening, Cited]]:
    lines = (
        (COMPLAINS, case.complains),
        (ABOUT, case.about),
        (ASKS, case.asks),
        (WISH, case.wants),
        (OURS, case.agent),
    )
    for opening, line in lines:
        if line is not None:
            yield opening, line


def _rewrites(made: Rewritten) -> Iterator[tuple[Branch, str]]:
    if made.wish is not None:
        for n, (before, after) in enumerate(made.pairs):
            yield sentence_branch(str(n), before, made.wish), after
    else:
        yield draft_branch("draft", made.draft, made.instruction), made.text


def _task(kind: Kind, branch: Branch, text: str, vocabulary: Tokeniser, template: Template) -> Task:
    pieces = [piece for message in branch.task for piece in template.message(message)]
    before = vocabulary.tokenize([*pieces, *template.answer(branch.opening)])
    # Apart from the opening, as the model writes it; of what closes a message it writes the first token alone.
    end = vocabulary.tokenize([Piece(template.close, True)])[:1]
    return Task(kind, tuple(before), (*vocabulary.tokenize([Piece(text, False)]), *end))
