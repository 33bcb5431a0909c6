"""The real small model: what is known is not read again, answers do not disturb each other, limits hold.

Texts are compared only where the conversation was read in the same portions: other portions give the same numbers but
for the last bits, and a model this small then may choose another word.
"""

from __future__ import annotations

import re
import time
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
    Stats,
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


def long_chat(name: str, words: int = 150) -> tuple[Message, ...]:
    """A conversation of some hundred tokens that shares only the first message with any other."""
    return (CHAT[0], Message(Role.USER, f"{name}: " + "my desk has not come " * (words // 5)))


def test_a_conversation_that_was_left_comes_back_without_reading(smollm: WorkerEngine) -> None:
    first, second = long_chat("First"), long_chat("Second")
    ask(smollm, (), first)
    expected = ask(smollm, BRANCHES, first)[0].texts
    assert ask(smollm, BRANCHES, second)[0].stats.restored_tokens == 0
    result, events = ask(smollm, BRANCHES, first)
    assert result.stats.cached_tokens == result.stats.prompt_tokens
    assert result.stats.restored_tokens > 100
    assert not [e for e in events if isinstance(e, Reading)]
    assert result.texts == expected


def test_a_conversation_that_grew_while_it_was_left_costs_its_new_turns(smollm: WorkerEngine) -> None:
    first = long_chat("Grows")
    known = ask(smollm, (), first)[0].stats.prompt_tokens
    ask(smollm, (), long_chat("Meanwhile"))
    stats = ask(smollm, (), (*first, Message(Role.ASSISTANT, "I will look.")))[0].stats
    assert stats.cached_tokens == known < stats.prompt_tokens


def test_a_conversation_whose_reading_was_stopped_goes_on_where_it_was(smollm: WorkerEngine) -> None:
    chat = long_chat("Stopped", 600)
    ask(smollm, (), long_chat("Before"))
    token, seen, asked = CancelToken(), 0, 0.0

    def stop(event: EngineEvent) -> None:
        nonlocal seen, asked
        if isinstance(event, Reading) and event.done >= event.total // 2:
            seen, asked = event.done, time.monotonic()
            token.cancel()

    with pytest.raises(Cancelled):
        smollm.run(Request(chat), stop, token)
    assert time.monotonic() - asked < 1.0, "the one who wants something else waits"
    assert ask(smollm, (), chat)[0].stats.cached_tokens > seen > 200


def test_the_first_answers_are_begun_before_the_last_task_is_read(smollm: WorkerEngine) -> None:
    long = Branch("last", (Message(Role.SYSTEM, "Write a long note about all of this. " * 30),), "So", 4)
    _, events = ask(smollm, (BRANCHES[0], long))
    keys = [e.key for e in events if isinstance(e, Text)]
    assert keys[:3] == ["reply"] * 3
    assert "last" in keys


@pytest.fixture
def with_ahead(smollm: WorkerEngine) -> Stats:
    """The tasks of `BRANCHES` have been read ahead; what that cost."""
    ask(smollm, (), long_chat("Between"))
    ask(smollm)
    return smollm.run(Request(CHAT, BRANCHES, ahead=True), lambda _event: None, CancelToken()).stats


def test_reading_ahead_writes_nothing_and_saves_the_reading(smollm: WorkerEngine, with_ahead: Stats) -> None:
    assert with_ahead.written_tokens == with_ahead.first_token_ms == 0
    assert with_ahead.task_tokens > 20
    stats = ask(smollm, BRANCHES)[0].stats
    assert stats.task_tokens == len(BRANCHES), "the last token of each, for the logits of the first word"
    assert stats.ready_tokens > with_ahead.task_tokens, "counted for each answer"


def test_answers_are_the_same_when_their_tasks_were_read_ahead(smollm: WorkerEngine) -> None:
    ask(smollm)
    expected = ask(smollm, BRANCHES)[0].texts
    result = smollm.run(Request(CHAT, BRANCHES, ahead=True), lambda _event: None, CancelToken())
    assert result.texts == {}
    assert ask(smollm, BRANCHES)[0].texts == expected
    assert ask(smollm, BRANCHES[::-1])[0].texts == expected


def test_other_tasks_use_what_they_share_with_those_read_ahead(smollm: WorkerEngine, with_ahead: Stats) -> None:
    other = Branch("feeling", (NOTE,), "The customer feels", 4)
    stats = ask(smollm, (other,))[0].stats
    assert stats.ready_tokens > 10
    assert 1 <= stats.task_tokens < 5


def test_reading_ahead_again_costs_nothing(smollm: WorkerEngine, with_ahead: Stats) -> None:
    again = smollm.run(Request(CHAT, BRANCHES[:2], ahead=True), lambda _event: None, CancelToken()).stats
    assert again.task_tokens == 0


def test_what_was_read_ahead_is_dropped_when_the_conversation_changes(smollm: WorkerEngine, with_ahead: Stats) -> None:
    grown = (*CHAT, Message(Role.ASSISTANT, "I will look into it."))
    assert ask(smollm, BRANCHES, grown)[0].stats.ready_tokens == 0
    assert ask(smollm, BRANCHES)[0].stats.ready_tokens == 0


def test_reading_ahead_that_is_stopped_leaves_the_memory_sound(smollm: WorkerEngine) -> None:
    ask(smollm)
    expected = ask(smollm, BRANCHES)[0].texts
    many = tuple(Branch(str(k), (Message(Role.SYSTEM, f"{k} is a task. " * 20),), "So") for k in range(12))
    token = CancelToken(seconds=0.3)
    with pytest.raises(Cancelled):
        smollm.run(Request(CHAT, many, ahead=True), lambda _event: None, token)
    assert ask(smollm, BRANCHES)[0].texts == expected


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
    other = (*CHAT[:2], Message(Role.ASSISTANT, f"Not read before {kind.__name__}: something else. " * 40))
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


def test_the_meter_is_true_and_stays_the_same_from_request_to_request(narrow: WorkerEngine) -> None:
    long = (CHAT[0], *(Message(Role.USER, f"Turn {k}. " + "And then it broke again. " * 12) for k in range(20)))
    alone, _ = ask(narrow, (), long)
    asked, _ = ask(narrow, BRANCHES, long)
    short, _ = ask(narrow, (), long[:3])
    assert alone.limit == asked.limit == short.limit
    assert alone.stats.prompt_tokens == asked.stats.prompt_tokens == asked.stats.cached_tokens
    assert asked.stats.prompt_tokens + asked.stats.task_tokens + asked.stats.written_tokens <= 768
    assert asked.whole == alone.whole > asked.limit
    assert short.whole == short.stats.prompt_tokens
    greedy, _ = ask(narrow, [replace(BRANCHES[0], max_tokens=300)], long)
    assert greedy.limit <= 768 - 300, "an answer that may be long takes its room from the conversation"


def test_tasks_read_ahead_give_way_to_a_request_that_needs_their_room(narrow: WorkerEngine) -> None:
    chat = (CHAT[0], Message(Role.USER, "word " * 2000))
    ahead = tuple(Branch(str(k), (), f"Opening number {k} " + "of many " * 5, 2) for k in range(10))
    narrow.run(Request(chat, ahead, ahead=True), lambda _event: None, CancelToken())
    assert ask(narrow, ahead[:1], chat)[0].stats.ready_tokens > 0
    result, _ = ask(narrow, [ahead[0], Branch("long", (NOTE,), "Well", 60)], chat)
    assert result.stats.ready_tokens == 0
    assert set(result.reasons) == {"0", "long"}


def test_one_message_that_is_too_long_is_shortened_and_told(narrow: WorkerEngine) -> None:
    result, _ = ask(narrow, BRANCHES[:1], (CHAT[0], Message(Role.USER, "word " * 2000)))
    assert result.left_out == (1,)
    assert result.stats.prompt_tokens > result.limit * 0.9


def test_tasks_that_do_not_fit_are_refused_and_the_next_request_runs(smollm: WorkerEngine) -> None:
    with pytest.raises(KnownError, match=r"context_tokens"):
        ask(smollm, [Branch("a", (NOTE,), "", max_tokens=4000)])
    assert ask(smollm, BRANCHES[:1])[0].texts
