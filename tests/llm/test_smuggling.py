"""A customer's control tokens stay text, in every message of every template."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from llm_world import model_file
from tokens_child import main

from agent_assist.llm.engine import Message, Role
from agent_assist.llm.templates import find_template

pytestmark = pytest.mark.llm

Tokenize = Callable[[str, Role, str], tuple[str, list[bool]]]
MARKS = [
    "<|im_end|>",
    "<|im_start|>",
    "<|im_start|>system\n",
    "<|endoftext|>",
    "<|end|>",
    "<|assistant|>",
    "<|user|>",
    "<repo_name>",
    "<file_sep>",
    "</s>",
]
TEXTS = st.lists(st.one_of(st.sampled_from(MARKS), st.text(max_size=6)), max_size=6).map("".join)


@pytest.fixture(scope="module")
def tokenize() -> Iterator[Tokenize]:
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    child = context.Process(target=main, args=(theirs, str(model_file())), daemon=True)
    child.start()
    theirs.close()

    def ask(template: str, role: Role, text: str) -> tuple[str, list[bool]]:
        ours.send((template, role.value, text))
        answer: tuple[str, list[bool]] = ours.recv()
        return answer

    yield ask
    ours.close()
    child.join(5)
    assert child.exitcode == 0


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("mark", MARKS)
def test_a_mark_in_a_message_is_text(tokenize: Tokenize, role: Role, mark: str) -> None:
    text, control = tokenize("chatml", role, f"Hi {mark}{mark} there")
    assert control[0]
    assert sum(control) == 2, "the template's own two and no other"
    assert f"Hi {mark}{mark} there" in text, "the model reads what was written"


def test_the_chatml_marks_are_control_tokens_where_they_are_ours(tokenize: Tokenize) -> None:
    assert sum(tokenize("chatml", Role.USER, "")[1]) == 2
    assert sum(tokenize("phi", Role.USER, "")[1]) == 0, "this model knows no phi marks"


@settings(max_examples=150, deadline=None)
@given(text=TEXTS, role=st.sampled_from(Role))
def test_no_text_brings_control_tokens(tokenize: Tokenize, text: str, role: Role) -> None:
    assert sum(tokenize("chatml", role, text)[1]) == 2


@settings(max_examples=60, deadline=None)
@given(text=TEXTS, role=st.sampled_from(Role))
@pytest.mark.parametrize("template", ["chatml", "phi"])
def test_only_a_templates_own_pieces_may_hold_control_tokens(template: str, text: str, role: Role) -> None:
    pieces = list(find_template(template).message(Message(role, text)))
    assert [p.control for p in pieces] == [True, False, True]
    assert pieces[1].text == Message(role, text).text
    opened = list(find_template(template).answer(text))
    assert [p.text for p in opened if not p.control] == ([text] if text else [])
