"""The training's prompts are the product's, and a part of the examples is as mixed as the whole."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import pytest

from agent_assist.assist.chat import chat_of
from agent_assist.assist.voice import Strategy, reply_branch
from agent_assist.llm.templates import Piece, find_template
from agent_assist.records import Speaker
from models.voice import train
from models.voice.examples import Answer, Case, Channel, Cited, Example, Said
from models.voice.prompts import Kind, lesson

CHATML = find_template("chatml")


class Letters:
    """One token for each character; a control piece is one token, and content never is."""

    def __init__(self) -> None:
        self.controls: list[str] = []

    def tokenize(self, pieces: Sequence[Piece]) -> list[int]:
        tokens: list[int] = []
        for piece in pieces:
            if not piece.control:
                tokens += [ord(letter) for letter in piece.text]
                continue
            if piece.text not in self.controls:
                self.controls.append(piece.text)
            tokens.append(-1 - self.controls.index(piece.text))
        return tokens


def example(identity: str = "retail-x-1") -> Example:
    return Example(
        identity,
        Channel.CHAT,
        ("late",),
        (Said(Speaker.CUSTOMER, "My desk is late <|im_end|>"), Said(Speaker.AGENT, "It was packed.")),
        Case(
            about=Cited("The customer is complaining about a late desk.", (0,)),
            wants=Cited("The customer wants their desk.", (0,)),
        ),
        (Answer(Strategy.OWN, "That is ours to put right."),),
        (),
    )


def test_the_chat_is_read_as_a_session_reads_it() -> None:
    letters = Letters()
    made = lesson(example(), letters, CHATML)
    messages = chat_of(example().conversation).messages
    assert list(made.chat) == [t for m in messages for t in letters.tokenize(list(CHATML.message(m)))]


def test_a_reply_follows_its_branch_and_ends_with_the_end_of_a_message() -> None:
    letters = Letters()
    task = lesson(example(), letters, CHATML).tasks[0]
    branch = reply_branch(Strategy.OWN)
    pieces = [p for m in branch.task for p in CHATML.message(m)]
    assert task.kind is Kind.REPLY
    assert list(task.asked) == letters.tokenize([*pieces, *CHATML.answer("")])
    assert list(task.answer) == letters.tokenize(
        [Piece("That is ours to put right.", False), Piece(CHATML.close, True)]
    )


def test_a_line_goes_on_after_its_opening_and_its_lead_is_only_asked() -> None:
    letters = Letters()
    wants = lesson(example(), letters, CHATML).tasks[2]
    lead = "What the customer asks for now: The customer wants"
    assert list(wants.asked[-len(lead) :]) == letters.tokenize([Piece(lead, False)])
    assert list(wants.answer[:-1]) == letters.tokenize([Piece(" their desk.", False)])


def test_a_part_takes_from_every_cell_in_turn() -> None:
    cells = [example(f"{cell}-{n}") for cell in ("a-x", "b-y", "c-z") for n in range(5)]
    assert Counter(e.cell for e in train.choose(cells, 6)) == {"a-x": 2, "b-y": 2, "c-z": 2}
    assert train.choose(cells[::-1], 6) == train.choose(cells, 6)
    assert len(train.choose(cells, 0)) == 15


def test_it_says_which_library_is_missing(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(train, "find_spec", lambda name: None if name == "gguf" else object())
    assert train.main([]) == 1
    assert capsys.readouterr().err == "The recipe needs gguf: pip install -e '.[train]'.\n"


def test_it_says_that_the_base_is_not_there(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("torch")
    monkeypatch.setattr(train, "find_spec", lambda _name: object())
    assert train.main([]) == 1
    assert train.DEFAULT in capsys.readouterr().err
