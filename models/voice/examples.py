"""The written examples: one conversation each, with everything that a good colleague would make of it."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path

import msgspec

from agent_assist.assist.voice import Strategy
from agent_assist.errors import KnownError
from agent_assist.records import Conversation, Speaker, Turn, Wish
from models.voice import FOLDER

DATA = FOLDER / "data"
HELD_OUT = frozenset(("housing-c", "housing-f"))
"""Cells of one trade and one writer that are never trained on; nothing of their trade is."""


class Channel(StrEnum):
    """Where a conversation took place."""

    CHAT = "chat"
    EMAIL = "email"
    SOCIAL = "social"
    CALL = "call"


class Said(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One turn."""

    speaker: Speaker
    text: str


class Cited(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A line about the case and the turns, from 0, that it stands on."""

    text: str
    turns: tuple[int, ...]


class Case(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """The summary: at least one of the first three lines, by what the customer does.

    Attributes:
        complains: begins "The customer is complaining that".
        about: begins "The customer is complaining about".
        asks: begins "The customer is asking".
        wants: begins "The customer wants".
        agent: begins "The agent"; what our side has said, asked or done.
        tried: what the customer has done about it.
        feeling: how they feel.
        open: what is not answered yet.
    """

    complains: Cited | None = None
    about: Cited | None = None
    asks: Cited | None = None
    wants: Cited | None = None
    agent: Cited | None = None
    tried: Cited | None = None
    feeling: Cited | None = None
    open: Cited | None = None


class Answer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A reply that could be sent, by one strategy."""

    strategy: Strategy
    text: str


class Action(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the agent should do next, why, and the turns, from 0, that say so."""

    do: str
    why: str
    turns: tuple[int, ...]


class Rewritten(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A clumsy draft and a better one: sentence by sentence for a wish, or whole for an instruction.

    Attributes:
        wish: better, warmer, shorter or formal, with `pairs`.
        pairs: each sentence of the draft and what became of it.
        instruction: what the agent asked for, with `draft` and `text`.
        draft: whole, as the agent typed it.
        text: whole, as it became.
    """

    wish: Wish | None = None
    pairs: tuple[tuple[str, str], ...] = ()
    instruction: str = ""
    draft: str = ""
    text: str = ""


class Played(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a simulated customer says next.

    Attributes:
        after: which of the replies they answer, from 0.
        state: anger, frustration, anxiety, trust, hope, each 0 to 1.
        facts: what they know and have not said yet.
        line: what they say.
    """

    after: int
    state: dict[str, float]
    facts: tuple[str, ...]
    line: str


class Example(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One written conversation and what belongs to it.

    Attributes:
        id: `trade-writer-number`.
        channel: where it took place.
        tags: what is hard about it; "calm" where nobody is upset.
        turns: as they were said.
        summary: the case.
        replies: three, of different strategies.
        actions: next steps.
        rewrite: of a clumsy draft, for some.
        roleplay: the simulated customer's next line, for some.
    """

    id: str
    channel: Channel
    tags: tuple[str, ...]
    turns: tuple[Said, ...]
    summary: Case
    replies: tuple[Answer, ...]
    actions: tuple[Action, ...]
    rewrite: Rewritten | None = None
    roleplay: Played | None = None

    @property
    def cell(self) -> str:
        """Trade and writer."""
        return self.id.rsplit("-", 1)[0]

    @property
    def conversation(self) -> Conversation:
        """It, as the product holds it."""
        turns = tuple(Turn(i, said.speaker, said.text) for i, said in enumerate(self.turns))
        return Conversation(self.id, "written", turns)


def load(path: Path) -> Iterator[Example]:
    """The examples of one file.

    Raises:
        KnownError: a line is no example; says which and why.
    """
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if line.strip():
            try:
                yield msgspec.json.decode(line, type=Example)
            except msgspec.DecodeError as error:
                raise KnownError(f"Line {number} of {path.name} is no example: {error}.") from None


def examples(*, held_out: bool) -> list[Example]:
    """Those that are held out, or those that are trained on, in the order of their files.

    Raises:
        KnownError: a file is damaged.
    """
    found = (example for path in sorted(DATA.glob("*.jsonl")) for example in load(path))
    return [example for example in found if (example.cell in HELD_OUT) == held_out]
