"""One conversation in the model's memory, and answers written from it side by side.

Sequence 0 holds the conversation and is kept between requests: only what is new is read. Each answer is a further
sequence that starts from it. Tasks that begin with the same words are read once: the tokens of all answers form a tree,
and a token that several answers share belongs to all of their sequences. A conversation that is left for another one is
parked beside the model's memory, and copied back when somebody returns to it.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from agent_assist.errors import BugError, Cancelled, KnownError
from agent_assist.llm.ahead import Ahead
from agent_assist.llm.answers import Answer
from agent_assist.llm.engine import MAX_BRANCHES, Branch, EndReason, Message, Request, Role, Stats
from agent_assist.llm.llama import Llama
from agent_assist.llm.parked import Parked, Parking
from agent_assist.llm.plan import Slot, choose_messages, common, shorten, task_tree
from agent_assist.llm.templates import Template
from agent_assist.llm.writing import write

SEQUENCES = 1 + 2 * MAX_BRANCHES
"""The model's sequences that a session uses: the conversation, the answers, the tasks that were read ahead."""

_MIN_CONVERSATION = 256
_ANSWERS_SHARE = 4
"""One part in so many of the context is kept for tasks and answers, so that what fits is the same for every request."""
_PORTION = 64
"""Tokens of the conversation that one call of the model reads: as many are lost when a request stops the reading."""
_WORTH = 64
"""Tokens that have to be saved for a conversation to be parked, or copied back: half a second of reading."""


class Observer(Protocol):
    """What is told while a request is served."""

    def reading(self, done: int, total: int) -> None:
        """So many of the tokens that are new have been read."""

    def written(self, pieces: dict[str, str], ended: dict[str, EndReason]) -> None:
        """One step of writing."""


@dataclass(frozen=True, slots=True)
class Served:
    """How a request went: the parts of a result that the observer was not told."""

    left_out: tuple[int, ...]
    limit: int
    whole: int
    stats: Stats


@dataclass(frozen=True, slots=True)
class _Fit:
    """What is read of a conversation: `left_out` are the messages that are not, or only in part."""

    tokens: list[int]
    left_out: tuple[int, ...]
    limit: int
    whole: int


class Session:
    """Serves requests on one loaded model, one at a time.

    Args:
        model: made with `SEQUENCES` sequences.
        template: the model's.
    """

    def __init__(self, model: Llama, template: Template) -> None:
        self._model = model
        self._template = template
        self._held: list[int] = []
        self._ahead = Ahead(model)
        self._parking = Parking()

    def serve(self, request: Request, observer: Observer) -> Served:
        """Reads what is new of the conversation, then writes every answer, or reads the tasks ahead.

        Raises:
            Cancelled: the model was told to stop; what was read stays known.
            KnownError: the tasks do not fit in the context.
        """
        started = time.monotonic()
        answers = [self._answer(branch, k + 1) for k, branch in enumerate(request.branches)]
        try:
            reserve = len(task_tree([a.tokens for a in answers], 0)[0]) + sum(a.branch.max_tokens for a in answers)
            fit = self._fit(request, reserve)
            cached, restored = self._read(fit.tokens, observer)
            stats = Stats(
                prompt_tokens=len(fit.tokens), cached_tokens=cached, restored_tokens=restored, read_ms=_ms(started)
            )
            self._model.speak(with_voice=True)
            if request.ahead:
                stats = replace(stats, task_tokens=self._ahead.read(answers, len(self._held)), read_ms=_ms(started))
            elif answers:
                if len(self._held) + reserve + self._ahead.cells > self._model.context:
                    self._ahead.drop()
                stats = self._write(answers, observer, stats, started)
            return Served(fit.left_out, fit.limit, fit.whole, stats)
        finally:
            for answer in answers:
                answer.sampler.close()
                self._model.forget(answer.sequence)

    def _answer(self, branch: Branch, sequence: int) -> Answer:
        pieces = [p for m in branch.task for p in self._template.message(m)]
        tokens = self._model.tokenize([*pieces, *self._template.answer(branch.opening)])
        sampler = self._model.sampler(branch.temperature, branch.seed, branch.grammar)
        return Answer(branch, sequence, tokens, sampler, branch.opening)

    def _fit(self, request: Request, reserve: int) -> _Fit:
        """What is read of the conversation beside `reserve` tokens of tasks and answers."""
        limit = self._model.context - max(reserve, self._model.context // _ANSWERS_SHARE)
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
        return _Fit(tokens, tuple(sorted(left_out + shortened)), limit, sum(len(m) for m in messages))

    def _gap(self, left_out: int) -> list[int]:
        """The line that stands for messages that are not read."""
        line = Message(Role.SYSTEM, f"[{left_out} messages are left out here]")
        return self._model.tokenize(self._template.message(line))

    def _read(self, tokens: list[int], observer: Observer) -> tuple[int, int]:
        """Makes sequence 0 hold `tokens`; how many of them were known, and how many of those came back from parking."""
        if tokens == self._held:
            return len(tokens), 0
        self._ahead.drop()
        held = common(self._held, tokens)
        known = self._switch(tokens, held)
        self._model.forget(0, known)
        del self._held[known:]
        total = len(tokens) - known
        self._model.speak(with_voice=False)
        while len(self._held) < len(tokens):
            start = len(self._held)
            part = tokens[start : start + _PORTION]
            observer.reading(start - known, total)
            try:
                self._model.decode([Slot(t, start + k, (0,)) for k, t in enumerate(part)])
            except Cancelled:
                self._model.forget(0, start)
                raise
            self._held += part
        return known, max(known - held, 0)

    def _switch(self, tokens: Sequence[int], held: int) -> int:
        """Parks the conversation that is left, if it is, and takes the one that begins most like `tokens`.

        Returns:
            How many of `tokens` sequence 0 holds then.
        """
        # One that only changed, as a long one does when its oldest turns make room, is not left.
        if len(self._held) - held >= _WORTH and held <= len(self._held) // 2:
            self._parking.put(Parked(tuple(self._held), self._model.save(0)))
        parked = self._parking.take(tokens, held + _WORTH)
        if parked is None:
            return held
        self._held = list(parked.tokens) if self._model.restore(0, parked.state) else []
        return common(self._held, tokens)

    def _write(self, answers: list[Answer], observer: Observer, stats: Stats, started: float) -> Stats:
        began = time.monotonic()
        first = 0.0

        def tell(pieces: dict[str, str], ended: dict[str, EndReason]) -> None:
            nonlocal first
            first = first or _ms(started)
            observer.written(pieces, ended)

        known = self._ahead.begin(answers, len(self._held))
        slots, last = task_tree([a.tokens for a in answers], len(self._held), known)
        write(self._model, answers, slots, last, tell)
        return replace(
            stats,
            task_tokens=len(slots),
            written_tokens=sum(a.written for a in answers),
            write_ms=_ms(began),
            first_token_ms=first,
            ready_tokens=sum(known),
        )


def _ms(since: float) -> float:
    return (time.monotonic() - since) * 1000
