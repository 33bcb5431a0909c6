"""The shipped model of empathy: what it must tell apart, and where it keeps silent."""

from __future__ import annotations

import json
import shutil
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent_assist.assist.empathy import EmpathyReader, ReplyReading
from agent_assist.encoder import Encoder
from agent_assist.errors import KnownError
from agent_assist.records import Conversation, Pillar, PillarState, Speaker, Turn
from models.empathy import FOLDER

GIVEN, MISSING, NOT_NEEDED = PillarState.GIVEN, PillarState.MISSING, PillarState.NOT_NEEDED

LOST_BAG = (
    "You lost my suitcase with my wedding dress in it and the hotline keeps hanging up on me. The wedding is Saturday!"
)
HEARD = (
    "Your wedding dress, and the wedding on Saturday: I can see why you're frightened. I'm sorry we lost it and then "
    "hung up on you. Could you give me the number on the bag tag? I'll search for it now and write to you tonight."
)
COLD = "Please fill in the online form. Claims are processed within 21 days."
BLAMING = "You should have taken a dress like that in your hand luggage."
LONELY = "my wife left in may and the evenings are so quiet i can't stand it"
WARM = "The quiet must be so heavy after having her there every evening. What are those hours like for you?"
PUSHY = "you should join a club or start dating again"
QUESTION = "Do you sell gift cards?"


def talk(*texts: str) -> Conversation:
    """A conversation that a customer begins and both take turns in."""
    speakers = (Speaker.CUSTOMER, Speaker.AGENT)
    return Conversation("c", "test", tuple(Turn(i, speakers[i % 2], text) for i, text in enumerate(texts)))


@cache
def reader() -> EmpathyReader:
    return EmpathyReader(Encoder(FOLDER))


def reads(reply: str, before: str) -> ReplyReading:
    return reader().read(reply, talk(before).turns)


def scored(draft: str, *before: str) -> tuple[float, dict[Pillar, PillarState]]:
    found = reader().reply(talk(*before), draft)
    assert found is not None
    return found


def test_being_heard_reads_better_than_a_form_and_a_form_better_than_blame() -> None:
    heard, cold, blaming = (reads(reply, LOST_BAG).empathy for reply in (HEARD, COLD, BLAMING))
    assert heard > cold + 0.2
    assert cold > blaming


def test_a_full_reply_carries_all_four_pillars() -> None:
    assert set(reads(HEARD, LOST_BAG).pillars.values()) == {GIVEN}


def test_a_form_lacks_what_a_distressed_customer_needs() -> None:
    states = reads(COLD, LOST_BAG).pillars
    assert states[Pillar.LISTEN] is MISSING
    assert states[Pillar.OWN] is MISSING


def test_a_plain_answer_to_a_calm_question_lacks_nothing() -> None:
    states = reads("Yes, from 10 to 200 euros, at any till or in the online shop.", QUESTION).pillars
    assert MISSING not in states.values()
    assert states[Pillar.RESOLVE] is GIVEN
    assert states[Pillar.OWN] is NOT_NEEDED


def test_an_invitation_to_say_more_beats_advice_that_nobody_asked_for() -> None:
    warm, pushy = reads(WARM, LONELY), reads(PUSHY, LONELY)
    assert warm.empathy > pushy.empathy
    assert warm.signs["explores"] > 0.5 > pushy.signs["explores"]
    assert pushy.signs["advises"] > 0.5 > warm.signs["advises"]


def test_more_words_alone_do_not_read_better() -> None:
    padded = (
        COLD + " Our forms are available around the clock, on all devices, and in all of the countries that we serve."
    )
    assert reads(padded, LOST_BAG).empathy < reads(HEARD, LOST_BAG).empathy - 0.2


def test_a_conversation_of_listening_stands_over_one_of_brushing_off() -> None:
    told = (LONELY, "in the kitchen mostly. she used to sing there", "i guess i miss the noise")
    listened = talk(
        told[0], WARM, told[1], "I can hear how much you miss it. What did she sing?", told[2], "Tell me more."
    )
    brushed = talk(told[0], "ok", told[1], PUSHY, told[2], "don't be so sad, others have it worse")
    high, low = reader().whole(listened), reader().whole(brushed)
    assert high is not None and low is not None
    assert high > low + 0.15


def test_messages_in_a_row_are_read_as_one_reply() -> None:
    first, second = HEARD.split(" Could you ")
    halves = Conversation(
        "c", "test", (Turn(0, Speaker.CUSTOMER, LOST_BAG), Turn(1, Speaker.AGENT, first), Turn(2, Speaker.AGENT, COLD))
    )
    assert scored(f"Could you {second}", LOST_BAG, first)[1][Pillar.LISTEN] is GIVEN
    assert reader().whole(halves) is not None


def test_other_languages_are_not_read() -> None:
    german = talk("Ich warte seit drei Wochen auf mein Paket und niemand meldet sich bei mir.")
    assert reader().reply(german, HEARD) is None
    assert reader().whole(talk(german.turns[0].text, "Es tut mir leid, ich kümmere mich sofort darum.")) is None
    assert reader().reply(talk(LOST_BAG), "Es tut mir leid, ich kümmere mich sofort um Ihren Koffer.") is None


@pytest.mark.parametrize("draft", ["", "   ", "!!!", "👍"])
def test_a_draft_without_words_has_no_score(draft: str) -> None:
    assert reader().reply(talk(LOST_BAG), draft) is None


def test_a_conversation_in_which_nobody_answered_has_no_score() -> None:
    assert reader().whole(talk(LOST_BAG)) is None
    assert reader().whole(Conversation("c", "test", (Turn(0, Speaker.AGENT, "Hello, how can I help?"),))) is None
    assert reader().whole(Conversation("c", "test", ())) is None


def test_a_greeting_before_the_customer_spoke_needs_nothing() -> None:
    assert MISSING not in reader().read("Hello, how can I help?", ()).pillars.values()


def test_a_separator_that_the_customer_typed_changes_nothing() -> None:
    assert reads(COLD, f"{LOST_BAG} [SEP] [CLS]").empathy == reads(COLD, LOST_BAG).empathy


def test_a_long_draft_is_read_to_its_end() -> None:
    dry = "Your claim has been given a number and was put into the list of claims. " * 8
    assert reads(dry, LOST_BAG).pillars[Pillar.OWN] is MISSING
    assert reads(dry + "I'm so sorry that we lost it.", LOST_BAG).pillars[Pillar.OWN] is GIVEN


def test_reading_again_gives_the_same() -> None:
    again = EmpathyReader(Encoder(FOLDER))
    for reply in (HEARD, COLD, BLAMING, HEARD):
        assert again.read(reply, talk(LOST_BAG).turns) == reads(reply, LOST_BAG)


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=600), st.text(max_size=200))
def test_any_text_reads_as_four_states_and_levels_from_zero_to_one(reply: str, before: str) -> None:
    found = reads(reply, before)
    assert list(found.pillars) == list(Pillar)
    assert 0 <= found.empathy <= 1
    assert all(0 <= chance <= 1 for chance in found.signs.values())


def test_a_damaged_description_is_told_kindly(tmp_path: Path) -> None:
    shutil.copy(FOLDER / "labels.json", tmp_path)
    path = tmp_path / "labels.json"
    tree = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps(tree | {"outputs": ["other"]}), encoding="utf-8")
    with pytest.raises(KnownError, match="another version"):
        EmpathyReader(Encoder(FOLDER), tmp_path)
    path.write_text("{", encoding="utf-8")
    with pytest.raises(KnownError, match="damaged"):
        EmpathyReader(Encoder(FOLDER), tmp_path)
    path.unlink()
    with pytest.raises(KnownError, match="missing"):
        EmpathyReader(Encoder(FOLDER), tmp_path)
