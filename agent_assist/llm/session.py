"""One conversation in the model's memory, and answers written from it side by side.

Sequence 0 holds the conversation and is kept between requests: only what is new is read. Each answer is a further
sequence that starts from it. Tasks that begin with the same words are read once: the tokens of all answers form a tree,
and a token that several answers share belongs to all of their sequences.
"""

from __future__ import annotations

import codecs
import re
import time
from dataclasses import dataclass, field
from typing import Protocol

from agent_assist.errors import BugError, Cancelled, KnownError
from agent_assist.llm.engine import Branch, EndReason, Message, Request, Role, Stats
from agent_assist.llm.llama import BATCH, Llama, Sampler
from agent_assist.llm.plan import Slot, choose_messages, common, shorten, task_tree
from agent_assist.llm.templates import Template

_SENTENCE_END = re.compile(
    r"""(?<![.\s][A-Za-z])(?<!\b(?:Mr|Ms|Dr|St|No|vs))(?<!\b(?:Mrs|etc|e\.g|i\.e))[.!?]+["'”’)]*(?=\s)"""
)
_MIN_CONVERSATION = 256


class Observer(Protocol):
    """What is told while a request is served."""

    def reading(self, done: int, total: int) -> None:
        """So many of the tokens that are new have been read."""

    def written(self, pieces: dict[str, str], ended: dict[str, EndReason]) -> None:
        """One step of writing."""


@dataclass(slots=True)
class _Answer:
    branch: Branch
    sequence: int
    tokens: list[int]
    sampler: Sampler
    position: int = 0
    output: int = -1
    written: int = 0
    text: str = ""
    next: int = -1
    reason: EndReason | None = None
    decoder: codecs.IncrementalDecoder = field(default_factory=lambda: codecs.getincrementaldecoder("utf-8")("ignore"))


@dataclass(frozen=True, slots=True)
class Served:
    """How a request went: the parts of a result that the observer was not told."""

    left_out: tuple[int, ...]
    limit: int
    stats: Stats


class Session:
    """Serves requests on one loaded model, one at a time."""

    def __init__(self, model: Llama, template: Template) -> None:
        self._model = model
        self._template = template
        self._held: list[int] = []

    def serve(self, request: Request, observer: Observer) -> Served:
        """Reads what is new of the conversation, then writes every answer.

        Raises:
            Cancelled: the model was told to stop; what was read stays known.
            KnownError: the tasks do not fit in the context.
        """
        started = time.monotonic()
        answers = [self._answer(branch, k + 1) for k, branch in enumerate(request.branches)]
        try:
            tokens, left_out, limit = self._fit(request, sum(len(a.tokens) + a.branch.max_tokens for a in answers))
            cached = self._read(tokens, observer)
            stats = Stats(prompt_tokens=len(tokens), cached_tokens=cached, read_ms=_ms(started))
            if answers:
                stats = self._write(answers, observer, stats, started)
            return Served(left_out, limit, stats)
        finally:
            for answer in answers:
                answer.sampler.close()
                self._model.forget(answer.sequence)

    def _answer(self, branch: Branch, sequence: int) -> _Answer:
        pieces = [p for m in branch.task for p in self._template.message(m)]
        tokens = self._model.tokenize([*pieces, *self._template.answer(branch.opening)])
        sampler = self._model.sampler(branch.temperature, branch.seed, branch.grammar)
        return _Answer(branch, sequence, tokens, sampler, text=branch.opening)

    def _fit(self, request: Request, reserve: int) -> tuple[list[int], tuple[int, ...], int]:
        """The conversation's tokens, the messages that were left out or shortened, and how many tokens fit."""
        limit = self._model.context - reserve
        if limit < _MIN_CONVERSATION:
            raise KnownError("The language model's context is too small for this task. Raise llm.context_tokens.")
        messages = [self._model.tokenize(self._template.message(m)) for m in request.conversation]
        keep = choose_messages([len(m) for m in messages], request.head, limit, len(self._gap(len(messages))))
        left_out = [i for i in range(len(messages)) if i not in keep]
        tokens: list[int] = []
        for i, message in enumerate(messages):
            if i in keep:
                tokens += shorten(message, keep[i])
            elif i == left_out[0]:
                tokens += self._gap(len(left_out))
        if len(tokens) > limit:
            raise BugError("the messages that were kept do not fit")
        shortened = [i for i, room in keep.items() if len(messages[i]) > room]
        return tokens, tuple(sorted(left_out + shortened)), limit

    def _gap(self, left_out: int) -> list[int]:
        """The line that stands for messages that are not read."""
        line = Message(Role.SYSTEM, f"[{left_out} messages are left out here]")
        return self._model.tokenize(self._template.message(line))

    def _read(self, tokens: list[int], observer: Observer) -> int:
        known = common(self._held, tokens)
        self._model.forget(0, known)
        del self._held[known:]
        total = len(tokens) - known
        while len(self._held) < len(tokens):
            start = len(self._held)
            part = tokens[start : start + BATCH]
            observer.reading(start - known, total)
            try:
                self._model.decode([Slot(t, start + k, (0,)) for k, t in enumerate(part)])
            except Cancelled:
                self._model.forget(0, start)
                raise
            self._held += part
        return known

    def _write(self, answers: list[_Answer], observer: Observer, stats: Stats, started: float) -> Stats:
        for answer in answers:
            self._model.copy(0, answer.sequence)
        began = time.monotonic()
        task_tokens = self._read_tasks(answers)
        first = _ms(started)
        live = answers
        while True:
            self._tell(live, observer)
            live = [a for a in live if a.reason is None]
            if not live:
                break
            self._model.decode([Slot(a.next, a.position, (a.sequence,), True) for a in live])
            for output, answer in enumerate(live):
                answer.position += 1
                answer.next = self._model.choose(answer.sampler, output)
        return Stats(
            prompt_tokens=stats.prompt_tokens,
            cached_tokens=stats.cached_tokens,
            task_tokens=task_tokens,
            written_tokens=sum(a.written for a in answers),
            read_ms=stats.read_ms,
            write_ms=_ms(began),
            first_token_ms=first,
        )

    def _read_tasks(self, answers: list[_Answer]) -> int:
        """Reads all tasks as one tree and chooses each answer's first token."""
        slots, last = task_tree([a.tokens for a in answers], len(self._held))
        for start in range(0, len(slots), BATCH):
            part = slots[start : start + BATCH]
            self._model.decode(part)
            for answer, at in zip(answers, last, strict=True):
                if start <= at < start + len(part):
                    answer.next = self._model.choose(answer.sampler, at - start)
                    answer.position = len(self._held) + len(answer.tokens)
        return len(slots)

    def _tell(self, live: list[_Answer], observer: Observer) -> None:
        pieces: dict[str, str] = {}
        ended: dict[str, EndReason] = {}
        for answer in live:
            before = len(answer.text)
            self._take(answer)
            if len(answer.text) > before:
                pieces[answer.branch.key] = answer.text[before:]
            if answer.reason is not None:
                ended[answer.branch.key] = answer.reason
        observer.written(pieces, ended)

    def _take(self, answer: _Answer) -> None:
        """Adds the chosen token to an answer, and sees whether that ends it."""
        branch = answer.branch
        if self._model.ends(answer.next):
            answer.text += answer.decoder.decode(b"", final=True)
            answer.reason = EndReason.FINISHED
            return
        answer.text += answer.decoder.decode(self._model.piece(answer.next))
        answer.written += 1
        if branch.sentences:
            # The space after a full stop comes with the next word: "3." may go on as "3.50".
            ends = list(_SENTENCE_END.finditer(answer.text))
            if len(ends) >= branch.sentences:
                answer.text = answer.text[: ends[branch.sentences - 1].end()]
                answer.reason = EndReason.SENTENCES
                return
        if answer.written >= branch.max_tokens:
            answer.reason = EndReason.LENGTH


def _ms(since: float) -> float:
    return (time.monotonic() - since) * 1000
