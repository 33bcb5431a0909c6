"""The real small model: what is known is not read again, answers do not disturb each other, limits hold.

Texts are compared only where the conversation was read in the same portions: other portions give the same numbers but
for the last bits, and a model this small then may choose another word.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest
from llm_world import BRANCHES, CHAT, NOTE, ask, worker_engine

from agent_assist.errors import Cancelled, KnownError
from agent_assist.jobs import CancelToken
from agent_assist.llm.client import WorkerEngine
from agent_assist.llm.engine import (
    MAX_BRANCHES,
    Branch,
    EndReason,
    EngineEvent,
    Message,
    Reading,
    Request,
    Role,
    Text,
)

pytestmark = pytest.mark.llm


def test_a_known_conversation_is_not_read_again(smollm: WorkerEngine) -> None:
    first = ask(smollm)[0].stats
    again, events = ask(smollm, BRANCHES)
    assert again.stats.cached_tokens == again.stats.prompt_tokens == first.prompt_tokens
    assert not [e for e in events if isinstance(e, Reading)]


def test_a_grown_conversation_costs_its_new_turns(smollm: WorkerEngine) -> None:
    known = ask(smollm)[0].stats.prompt_tokens
    ask(smollm, BRANCHES)
    grown = (*CHAT, Message(Role.ASSISTANT, "I will look into it."), Message(Role.USER, "Please do."))
    stats = ask(smollm, BRANCHES, grown)[0].stats
    assert stats.cached_tokens == known < stats.prompt_tokens


def test_another_conversation_shares_only_its_beginning(smollm: WorkerEngine) -> None:
    ask(smollm)
    stats = ask(smollm, (), (CHAT[0], Message(Role.USER, "How are you?")))[0].stats
    assert 0 < stats.cached_tokens < stats.prompt_tokens


def test_tasks_that_begin_alike_are_read_once(smollm: WorkerEngine) -> None:
    one = ask(smollm, BRANCHES[1:2])[0].stats.task_tokens
    two = ask(smollm, BRANCHES[1:3])[0].stats.task_tokens
    assert one < two < one + 8


def test_answers_side_by_side_are_those_written_alone(smollm: WorkerEngine) -> None:
    together = ask(smollm, BRANCHES)[0].texts
    for branch in BRANCHES:
        assert ask(smollm, (branch,))[0].texts[branch.key] == together[branch.key]


def test_an_answer_does_not_depend_on_when_the_conversation_was_read(smollm: WorkerEngine) -> None:
    smollm.close()
    cold = ask(smollm, BRANCHES)[0].texts
    assert ask(smollm, BRANCHES)[0].texts == cold
    smollm.close()
    ask(smollm)
    assert ask(smollm, BRANCHES)[0].texts == cold


@pytest.mark.parametrize("kind", [Reading, Text])
def test_a_cancel_leaves_the_memory_sound(smollm: WorkerEngine, kind: type[EngineEvent]) -> None:
    other = (*CHAT[:2], Message(Role.ASSISTANT, "Something else altogether. " * 40))
    ask(smollm, (), other)
    expected = ask(smollm, BRANCHES)[0].texts
    token = CancelToken()

    def stop(event: EngineEvent) -> None:
        if isinstance(event, kind):
            token.cancel()

    with pytest.raises(Cancelled):
        smollm.run(Request(other, BRANCHES), stop, token)
    assert ask(smollm, BRANCHES)[0].texts == expected


@pytest.mark.parametrize("temperature", [0.0, 1.5])
def test_a_grammar_is_kept_to(smollm: WorkerEngine, temperature: float) -> None:
    branches = [
        Branch(str(k), (), "The number is", 10, grammar='root ::= " " [0-9]+', temperature=temperature, seed=k)
        for k in range(3)
    ]
    for text in ask(smollm, branches)[0].texts.values():
        assert re.fullmatch(r"The number is [0-9]+", text)


def test_a_grammar_for_unlikely_words_is_kept_to(smollm: WorkerEngine) -> None:
    result, _ = ask(smollm, [Branch("a", (), "", 20, grammar='root ::= "qzx" | "jvk"')])
    assert result.texts["a"] in ("qzx", "jvk")
    assert result.reasons["a"] is EndReason.FINISHED


def test_seeds_differ_and_repeat(smollm: WorkerEngine) -> None:
    branches = [Branch(str(k), (), "Once", 12, temperature=1.5, seed=k) for k in range(1, 5)]
    texts = ask(smollm, branches)[0].texts
    assert len(set(texts.values())) > 1
    assert ask(smollm, branches)[0].texts == texts


@pytest.mark.parametrize("letters", ["😀👩‍👩‍👧🎉", "مرحبا بك", "你好，世界", "Zoë’s café"])
def test_characters_split_over_tokens_come_whole(smollm: WorkerEngine, letters: str) -> None:
    result, events = ask(smollm, [Branch("a", (), "", 60, grammar=f'root ::= "{letters}"')])
    pieces = [e.text for e in events if isinstance(e, Text)]
    assert result.texts["a"] == "".join(pieces) == letters
    assert all(pieces)
    cut = ask(smollm, [Branch("a", (), "", 3, grammar=f'root ::= "{letters}"')])[0]
    assert letters.startswith(cut.texts["a"]), "a character that is not finished is left out"


def test_sentences_and_length_end_an_answer(smollm: WorkerEngine) -> None:
    line = 'root ::= " We paid 3.50 to Dr. Who. Then" [a-z ]+'
    result, _ = ask(
        smollm,
        [
            Branch("one", (), "Well.", 60, sentences=2, grammar=line),
            Branch("short", (), "Well.", 4, grammar=line),
        ],
    )
    assert result.texts["one"] == "Well. We paid 3.50 to Dr. Who."
    assert result.reasons == {"one": EndReason.SENTENCES, "short": EndReason.LENGTH}
    assert result.stats.written_tokens > 4


def test_the_most_branches_work_at_once(smollm: WorkerEngine) -> None:
    branches = [replace(BRANCHES[0], key=str(k), max_tokens=3) for k in range(MAX_BRANCHES)]
    assert len(set(ask(smollm, branches)[0].texts.values())) == 1


def test_an_empty_conversation_and_odd_text_are_read(smollm: WorkerEngine) -> None:
    assert ask(smollm, BRANCHES[:1], ())[0].stats.prompt_tokens == 0
    odd = Message(Role.USER, "\0\ud83d مرحبا \u202e 👩‍👩‍👧 " + "a" * 300)
    assert ask(smollm, BRANCHES[:1], (odd,))[0].texts


@pytest.fixture(scope="module")
def narrow() -> Iterator[WorkerEngine]:
    """An engine with little context, so that little has to be read to fill it."""
    engine = worker_engine(context=768)
    yield engine
    engine.close()


def test_what_does_not_fit_is_left_out_and_told(narrow: WorkerEngine) -> None:
    long = [Message(Role.USER, f"Turn {k}. " + "And then it broke again. " * 12) for k in range(20)]
    result, _ = ask(narrow, BRANCHES, (CHAT[0], *long))
    assert result.stats.prompt_tokens <= result.limit < 768
    assert result.left_out == tuple(range(result.left_out[0], result.left_out[-1] + 1))
    assert result.left_out[0] >= 3
    assert len(long) not in result.left_out


def test_one_message_that_is_too_long_is_shortened_and_told(narrow: WorkerEngine) -> None:
    result, _ = ask(narrow, BRANCHES[:1], (CHAT[0], Message(Role.USER, "word " * 2000)))
    assert result.left_out == (1,)
    assert result.stats.prompt_tokens > result.limit * 0.9


def test_tasks_that_do_not_fit_are_refused_and_the_next_request_runs(smollm: WorkerEngine) -> None:
    with pytest.raises(KnownError, match=r"context_tokens"):
        ask(smollm, [Branch("a", (NOTE,), "", max_tokens=4000)])
    assert ask(smollm, BRANCHES[:1])[0].texts
