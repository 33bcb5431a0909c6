"""What an engine is: one conversation read once, and several answers continued from it side by side.

The conversation comes first and the tasks last, so that every task shares what the model has read of it, and a
conversation that grows costs only its new turns. Nothing here depends on llama.cpp.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from agent_assist.errors import BugError, KnownError
from agent_assist.jobs import CancelToken


class Role(StrEnum):
    """Roles of a chat, as models are trained on them."""

    SYSTEM = "system"
    USER = "user"
    ASSISTANT = "assistant"


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a chat. Its text is content: it can never become a control token.

    Half of a surrogate pair, as broken sources hold it, is no text and becomes a question mark.
    """

    role: Role
    text: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "text", self.text.encode("utf-8", "replace").decode())


@dataclass(frozen=True, slots=True)
class Branch:
    """One answer to be written after the conversation.

    Attributes:
        key: names the answer among its siblings.
        task: messages between the conversation and the answer; siblings that begin alike share the work.
        opening: the words the answer begins with; the model goes on from there.
        max_tokens: most tokens to write, at least 1.
        sentences: stop after so many sentences, counted from the opening on; 0 for no such stop.
        grammar: GBNF that the written text (after the opening) follows; empty for none.
        temperature: 0 takes the likeliest token each time.
        seed: of the sampler, used above temperature 0.
    """

    key: str
    task: tuple[Message, ...] = ()
    opening: str = ""
    max_tokens: int = 80
    sentences: int = 0
    grammar: str = ""
    temperature: float = 0.0
    seed: int = 1


@dataclass(frozen=True, slots=True)
class Request:
    """A conversation and the answers wanted; without branches the conversation is only read, to be ready.

    Attributes:
        conversation: oldest first. Where it does not fit, messages after the first `head` are left out, oldest first.
        head: how many of the first messages are kept in any case (the system line and how the case began).
        branches: at most `MAX_BRANCHES`, each with a key of its own. Those that come first are begun first.
        ahead: the answers are not wanted yet: their tasks are read and nothing is written. Until the conversation
            changes, a request with the same tasks and openings, or with some of them, writes its first words at once.

    Raises:
        BugError: the branches are not so.
    """

    conversation: tuple[Message, ...]
    branches: tuple[Branch, ...] = ()
    head: int = 3
    ahead: bool = False

    def __post_init__(self) -> None:
        keys = {branch.key for branch in self.branches}
        if len(self.branches) > MAX_BRANCHES or len(keys) < len(self.branches):
            raise BugError("a request has too many branches, or two of one name")
        if any(branch.max_tokens < 1 for branch in self.branches):
            raise BugError("a branch that may write nothing")


MAX_BRANCHES = 24


class EndReason(StrEnum):
    """Why an answer ended."""

    FINISHED = "finished"
    SENTENCES = "sentences"
    LENGTH = "length"


@dataclass(frozen=True, slots=True)
class Loading:
    """The model file is being loaded; `done` is 0 to 1."""

    done: float


@dataclass(frozen=True, slots=True)
class Reading:
    """The conversation is being read: `done` of `total` tokens that were not known before."""

    done: int
    total: int


@dataclass(frozen=True, slots=True)
class Text:
    """The next piece of one answer."""

    key: str
    text: str


@dataclass(frozen=True, slots=True)
class Ended:
    """An answer is complete."""

    key: str
    reason: EndReason


EngineEvent = Loading | Reading | Text | Ended
OnEvent = Callable[[EngineEvent], None]


@dataclass(frozen=True, slots=True)
class Stats:
    """What a request cost, as the worker measured it.

    Attributes:
        prompt_tokens: tokens of the conversation, as far as it fits: what of `Result.limit` is used.
        cached_tokens: of those, how many were known from before.
        task_tokens: tokens of tasks and openings that were read.
        written_tokens: over all answers.
        read_ms, write_ms: time for reading and for writing.
        first_token_ms: from the start of the request to the first written token; 0 where nothing was written.
        restored_tokens: of the known ones, how many came back with a conversation that had been left for another one.
        ready_tokens: tokens of tasks and openings that did not have to be read, because they had been read ahead.
    """

    prompt_tokens: int = 0
    cached_tokens: int = 0
    task_tokens: int = 0
    written_tokens: int = 0
    read_ms: float = 0.0
    write_ms: float = 0.0
    first_token_ms: float = 0.0
    restored_tokens: int = 0
    ready_tokens: int = 0


@dataclass(frozen=True, slots=True)
class SandboxState:
    """What the system holds an engine's process to, as that process found it.

    Attributes:
        filesystem: it can open no file but the model's, and write none.
        sockets: it can make no connection.
        words: all of it in one line, for a person.
    """

    filesystem: bool = False
    sockets: bool = False
    words: str = "nothing holds it"


@dataclass(frozen=True, slots=True)
class Result:
    """The answers, each with its opening, by key.

    Attributes:
        left_out: indices of the messages that did not fit, or only in part.
        limit: tokens of conversation that fit beside the tasks and answers: a quarter of the context is kept for those,
            more where a request needs more.
        whole: tokens of the whole conversation; more than `limit` where part of it was left out.
    """

    texts: dict[str, str] = field(default_factory=dict)
    reasons: dict[str, EndReason] = field(default_factory=dict)
    left_out: tuple[int, ...] = ()
    limit: int = 0
    stats: Stats = Stats()
    whole: int = 0


class EngineStopped(KnownError):
    """The engine's process ended in the middle of a request; the next request starts a fresh one."""


class Engine(Protocol):
    """One language model that serves one request at a time."""

    @property
    def name(self) -> str:
        """Catalogue name of the model."""

    @property
    def voice(self) -> bool:
        """Whether its answers are written with our adapter; known before anything is loaded."""

    @property
    def sandbox(self) -> SandboxState | None:
        """What its process is held to; None before one has loaded a model."""

    def load(self, on_event: OnEvent, token: CancelToken) -> None:
        """Makes the model ready; returns at once if it is.

        Raises:
            KnownError: the model cannot be loaded.
            Cancelled: the token was cancelled.
        """

    def run(self, request: Request, on_event: OnEvent, token: CancelToken) -> Result:
        """Reads the conversation, writes the answers, loading the model first where needed.

        Events come in the caller's thread: loading, then reading, then for each answer its text in pieces and its
        end. The opening and these pieces are the answer's text in the result. Whatever has been read stays known for
        the next request, however this one ends. With `ahead` the result has no texts and nothing is told but reading.

        Raises:
            EngineStopped: the engine's process died.
            KnownError: the model cannot be loaded.
            Cancelled: the token was cancelled; the engine is ready for the next request.
        """

    def close(self) -> None:
        """Ends the engine's process; a request that runs ends with Cancelled.

        Calling it again does nothing. A later request starts a fresh process.
        """
