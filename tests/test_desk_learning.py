"""The desk learns from what agents correct: at once in what is shown, from then on in what is read, and never twice."""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from agent_assist.errors import KnownError
from agent_assist.history.database import run
from agent_assist.paths import Places
from agent_assist.pipeline import Desk
from agent_assist.records import Analysis, Conversation, Label, Mood, Speaker, Turn
from agent_assist.settings import Settings

PASSPHRASE = "correct horse battery"
MILD = (
    "Still nothing, a bit annoying.",
    "Hm, that is a little disappointing.",
    "Not great that it takes this long.",
    "It is slightly annoying to ask again.",
    "Bit of a let down, to be honest.",
    "A little frustrating, this form.",
)

MakeDesk = Callable[..., Desk]


@pytest.fixture
def make_desk(places: Places) -> Iterator[MakeDesk]:
    """Makes desks of one installation; each is closed at the end."""
    made: list[Desk] = []

    def make(*, opened: bool = True, as_shipped: bool = False) -> Desk:
        desk = Desk(places, Settings(places.settings), as_shipped=as_shipped)
        made.append(desk)
        if opened:
            desk.open_history(PASSPHRASE)
        return desk

    yield make
    for desk in made:
        desk.close()


def chat(*texts: str, identity: str = "c1") -> Conversation:
    return Conversation(identity, "plain", tuple(Turn(i, Speaker.CUSTOMER, text) for i, text in enumerate(texts)))


def same(one: Mood, other: Mood) -> bool:
    """Alike but for the time that the reading took."""
    return dataclasses.replace(one, ms=0.0) == dataclasses.replace(other, ms=0.0)


def other_than(label: Label) -> Label:
    return Label.STRESS if label is not Label.STRESS else Label.SADNESS


def teach(desk: Desk, label: Label = Label.SADNESS) -> None:
    """Corrects mild turns until something is learnt of them."""
    for n in range(3):
        conversation = chat(*MILD, identity=f"taught-{n}")
        mood = desk.read(conversation)
        for turn in range(len(MILD)):
            mood = desk.correct(conversation, mood, turn, label)


def test_a_corrected_turn_is_what_the_agent_said_and_the_rest_stays(make_desk: MakeDesk) -> None:
    desk = make_desk()
    conversation = chat("Where is my parcel?", "You people are a disgrace, this is outrageous!", "Ok.", "Thanks.")
    before = desk.read(conversation)
    assert before.spikes
    mood = desk.correct(conversation, before, 1, Label.NEUTRAL)
    word = mood.of(1)
    assert word is not None and word.corrected
    assert word.label is Label.NEUTRAL
    assert [r for r in mood.readings if r.turn != 1] == [r for r in before.readings if r.turn != 1]
    assert mood.spikes == (), "the spike stands on a turn that the agent calls neutral"
    assert mood.risk is not None and before.risk is not None and mood.risk <= before.risk
    assert (mood.ms, mood.unread) == (before.ms, before.unread)
    assert desk.habit_count == 1


def test_a_correction_is_taken_back_whole(make_desk: MakeDesk) -> None:
    desk = make_desk()
    conversation = chat(*MILD)
    before = desk.read(conversation)
    shown = desk.correct(conversation, before, 0, other_than(before.readings[0].label))
    assert same(desk.uncorrect(conversation, shown, 0), before)
    assert desk.habit_count == 0
    assert desk.history.corrections() == ()
    assert same(desk.read(conversation), before)


def test_correcting_again_replaces_and_what_was_read_is_stored(make_desk: MakeDesk) -> None:
    desk = make_desk()
    teach(desk)
    conversation = chat(*MILD)
    mood = desk.correct(conversation, desk.read(conversation), 2, Label.CONFUSION)
    count = desk.habit_count
    again = desk.correct(conversation, mood, 2, Label.STRESS)
    assert desk.habit_count == count
    word = again.of(2)
    assert word is not None and word.label is Label.STRESS
    raw = make_desk(opened=False).read(conversation).of(2)
    stored = next(c for c in desk.history.corrections() if c.conversation == "c1")
    assert raw is not None
    assert (stored.scores, stored.distress) == (raw.scores, raw.distress), "a habit was learnt from a habit"


def test_what_was_taught_is_read_so_from_then_on_and_after_a_start(make_desk: MakeDesk) -> None:
    desk = make_desk()
    fresh = chat("It is a bit annoying, to be honest.", "Hello, what is the balance of my card?", identity="next")
    shipped = desk.read(fresh)
    teach(desk)
    taught = desk.read(fresh)
    assert taught.readings[0].scores[Label.SADNESS] > shipped.readings[0].scores[Label.SADNESS]
    assert not any(reading.corrected for reading in taught.readings)
    desk.close()
    started = make_desk()
    assert started.habit_count == 3 * len(MILD)
    assert same(started.read(fresh), taught)


def test_a_desk_as_shipped_reads_as_shipped(make_desk: MakeDesk) -> None:
    conversation = chat(*MILD)
    desk = make_desk()
    before = desk.read(conversation)
    teach(desk)
    desk.correct(conversation, before, 0, Label.SADNESS)
    assert same(make_desk(as_shipped=True).read(conversation), before)
    assert same(make_desk(opened=False).read(conversation), before)


def test_forgetting_reads_as_shipped_again_bit_for_bit(make_desk: MakeDesk) -> None:
    desk = make_desk()
    conversation = chat(*MILD)
    before = desk.read(conversation)
    teach(desk)
    kept = desk.correct(conversation, before, 0, Label.SADNESS)
    desk.history.save(Analysis(conversation, kept))
    desk.forget_habit()
    assert desk.habit_count == 0
    assert same(desk.read(conversation), before)
    assert desk.history.load("c1").mood == kept, "what was saved changed"
    desk.close()
    started = make_desk()
    assert started.habit_count == 0
    assert same(started.read(conversation), before)


def test_the_agent_s_word_stands_when_the_conversation_is_pasted_again(make_desk: MakeDesk) -> None:
    desk = make_desk()
    conversation = chat(*MILD)
    shown = desk.correct(conversation, desk.read(conversation), 0, Label.SADNESS)
    assert desk.read(conversation).of(0) == shown.of(0)
    other = chat("Hello, what is the balance of my card?", *MILD[1:])
    assert not any(reading.corrected for reading in desk.read(other).readings), "another text has the same id"


def test_a_correction_goes_with_its_message_when_older_ones_load_above(make_desk: MakeDesk) -> None:
    desk = make_desk()
    late = chat(*MILD[3:])
    shown = desk.correct(late, desk.read(late), 0, Label.SADNESS)
    whole = chat(*MILD)
    again = desk.read(whole)
    assert [r.turn for r in again.readings if r.corrected] == [3]
    desk.correct(whole, again, 0, Label.STRESS)
    read = desk.read(whole)
    assert {r.turn: r.label for r in read.readings if r.corrected} == {0: Label.STRESS, 3: Label.SADNESS}
    assert desk.read(late).of(0) == shown.of(0)
    desk.correct(whole, read, 3, Label.CONFUSION)
    assert desk.habit_count == 2, "the same message was corrected once more"
    desk.uncorrect(late, desk.read(late), 0)
    assert {r.turn: r.label for r in desk.read(whole).readings if r.corrected} == {0: Label.STRESS}


def test_a_deleted_conversation_leaves_what_it_taught_and_no_word_on_its_turns(make_desk: MakeDesk) -> None:
    desk = make_desk()
    conversation = chat(*MILD)
    mood = desk.correct(conversation, desk.read(conversation), 0, Label.SADNESS)
    desk.history.save(Analysis(conversation, mood))
    desk.delete(conversation.id)
    assert desk.habit_count == 1
    assert not any(reading.corrected for reading in desk.read(conversation).readings)


def test_while_the_history_is_locked_it_is_kept_in_memory_and_stored_when_it_opens(make_desk: MakeDesk) -> None:
    make_desk().close()
    desk = make_desk(opened=False)
    conversation = chat(*MILD)
    mood = desk.correct(conversation, desk.read(conversation), 0, Label.SADNESS)
    mood = desk.correct(conversation, mood, 1, Label.SADNESS)
    mood = desk.uncorrect(conversation, mood, 1)
    assert desk.habit_count == 1
    assert desk.read(conversation).of(0) == mood.of(0)
    with pytest.raises(KnownError, match="Unlock it first"):
        desk.forget_habit()
    assert desk.habit_count == 1
    desk.open_history(PASSPHRASE)
    assert [(c.conversation, c.turn, c.label) for c in desk.history.corrections()] == [("c1", 0, Label.SADNESS)]
    assert desk.habit_count == 1


def test_without_any_history_what_was_learnt_can_be_forgotten(make_desk: MakeDesk) -> None:
    desk = make_desk(opened=False)
    conversation = chat(*MILD)
    desk.correct(conversation, desk.read(conversation), 0, Label.SADNESS)
    desk.forget_habit()
    assert desk.habit_count == 0


def test_what_cannot_be_stored_is_said_and_not_learnt(make_desk: MakeDesk) -> None:
    desk = make_desk()
    conversation = chat(*MILD)
    mood = desk.read(conversation)
    run(desk.history._database, "PRAGMA query_only = 1")
    with pytest.raises(KnownError, match="cannot be written"):
        desk.correct(conversation, mood, 0, Label.SADNESS)
    assert desk.habit_count == 0
    assert same(desk.read(conversation), mood)


def test_what_waits_for_a_history_that_takes_nothing_goes_on_waiting(make_desk: MakeDesk) -> None:
    """The history can be read all the same, and the next correction stores both."""
    desk = make_desk(opened=False)
    conversation = chat(*MILD)
    mood = desk.correct(conversation, desk.read(conversation), 0, Label.SADNESS)
    other = make_desk()
    run(other.history._database, "PRAGMA query_only = 1")
    desk._learning.opened(other.history)
    assert desk.habit_count == 1
    run(other.history._database, "PRAGMA query_only = 0")
    other.close()
    desk.open_history(PASSPHRASE)
    desk.correct(conversation, mood, 1, Label.SADNESS)
    assert len(desk.history.corrections()) == 2


@pytest.mark.parametrize("turn", [1, 2, 7])
def test_a_turn_that_was_not_read_cannot_be_corrected(make_desk: MakeDesk, turn: int) -> None:
    desk = make_desk()
    spanish = "¿Dónde está mi paquete? Llevo tres semanas esperando y nadie me contesta."
    turns = (Turn(0, Speaker.CUSTOMER, "Hello, where is it?"), Turn(1, Speaker.AGENT, "Hello"))
    conversation = Conversation("c1", "plain", (*turns, Turn(2, Speaker.CUSTOMER, spanish)))
    mood = desk.read(conversation)
    assert mood.unread == (2,)
    with pytest.raises(KnownError, match="nothing to correct"):
        desk.correct(conversation, mood, turn, Label.ANGER)
    assert desk.habit_count == 0


def test_one_lane_reads_while_another_learns(make_desk: MakeDesk) -> None:
    desk = make_desk()
    conversation = chat(*MILD)
    stop = threading.Event()

    def read() -> set[int]:
        found = set()
        while not stop.is_set():
            found.add(len(desk.read(conversation).readings))
        return found

    with ThreadPoolExecutor(1) as lane:
        reading = lane.submit(read)
        mood = make_desk(opened=False).read(conversation)
        for turn in range(len(MILD)):
            mood = desk.correct(conversation, mood, turn, Label.SADNESS)
        stop.set()
        assert reading.result() == {len(MILD)}
    assert all(reading.corrected for reading in desk.read(conversation).readings)
