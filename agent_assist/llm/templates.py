"""Chat templates of our own, as pieces: control text apart from content.

A template inside a model file is code from outside that runs in a template engine, and one string for everything would
let a customer's "<|im_end|>" become a control token. So a prompt is a list of pieces, and only ours may hold control
tokens.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from agent_assist.errors import BugError
from agent_assist.llm.engine import Message, Role


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of prompt; `control` says whether control tokens in it count."""

    text: str
    control: bool


@dataclass(frozen=True, slots=True)
class Template:
    """How a family of models marks who speaks: `opens[role]` content `close`."""

    opens: dict[Role, str]
    close: str

    def message(self, message: Message) -> Iterator[Piece]:
        """A whole message."""
        yield Piece(self.opens[message.role], True)
        yield Piece(message.text, False)
        yield Piece(self.close, True)

    def answer(self, opening: str) -> Iterator[Piece]:
        """The beginning of an answer, left open for the model to go on."""
        yield Piece(self.opens[Role.ASSISTANT], True)
        if opening:
            yield Piece(opening, False)


_TEMPLATES = {
    "chatml": Template({role: f"<|im_start|>{role.value}\n" for role in Role}, "<|im_end|>\n"),
    "phi": Template({role: f"<|{role.value}|>" for role in Role}, "<|end|>"),
}


def find_template(name: str) -> Template:
    """The template of a catalogue entry.

    Raises:
        BugError: the catalogue names one that does not exist.
    """
    if name not in _TEMPLATES:
        raise BugError(f"the catalogue names an unknown chat template {name}")
    return _TEMPLATES[name]
