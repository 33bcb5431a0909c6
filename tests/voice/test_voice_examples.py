"""The written examples are what the card says, and their check finds what should not be learned."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from agent_assist.assist.voice import Strategy
from agent_assist.errors import KnownError
from agent_assist.records import Speaker
from models.voice import check
from models.voice.examples import DATA, HELD_OUT, Action, Answer, Case, Channel, Cited, Example, Said, examples, load

TURNS = (
    Said(Speaker.CUSTOMER, "I ordered a standing desk on 2 October, order A-48213, and it still isn't here."),
    Said(Speaker.AGENT, "Hello Mira, the warehouse shows it as packed on 9 October."),
    Said(Speaker.CUSTOMER, "Packed isn't delivered. I've been working from the kitchen table for three weeks."),
)
REPLIES = (
    Answer(
        Strategy.VALIDATE,
        "Three weeks at a kitchen table is a long time, and being told that the desk is packed gives you nothing to "
        "sit at. I'm looking into where order A-48213 has been since 9 October.",
    ),
    Answer(
        Strategy.OWN,
        "You ordered on 2 October and nobody told you what came after the packing. That is ours to put right, and I'm "
        "sorry. Let me find out where your desk is now, before anybody names a day again.",
    ),
    Answer(
        Strategy.CLARIFY,
        "Packed and delivered are two different things, you're right about that. Has anybody rung you or left a card "
        "since 9 October? Your answer tells me whether to look at the warehouse or on the road.",
    ),
)
GOOD = Example(
    "retail-z-01",
    Channel.CHAT,
    ("angry",),
    TURNS,
    Case(
        complains=Cited("The customer is complaining that the desk ordered on 2 October still isn't here.", (0,)),
        agent=Cited("The agent said that the warehouse shows it as packed on 9 October.", (1,)),
    ),
    REPLIES,
    (Action("Ask the warehouse about A-48213", "It was packed on 9 October", (1,)),),
)


def changed(**fields: object) -> Example:
    return msgspec.structs.replace(GOOD, **fields)


def with_reply(text: str) -> Example:
    return changed(replies=(Answer(Strategy.VALIDATE, text), *REPLIES[1:]))


def test_a_good_example_has_no_fault() -> None:
    assert list(check.faults(GOOD)) == []


@pytest.mark.parametrize(
    ("example", "fault"),
    [
        (with_reply(REPLIES[0].text + " I'll refund you today."), "guard"),
        (with_reply("The customer has waited long enough. " + REPLIES[0].text), "reports"),
        (with_reply("Too short to help."), "words"),
        (with_reply(REPLIES[0].text + " [one] [two] [three]"), "blanks"),
        (with_reply(REPLIES[1].text), "much the same"),
        (changed(replies=REPLIES[:2]), "three"),
        (changed(tags=("calm",)), "apology"),
        (changed(actions=()), "no action"),
        (changed(turns=()), "turns"),
        (changed(summary=Case(wants=Cited("The customer wants it.", (7,)))), "not there"),
        (
            changed(summary=Case(complains=Cited("The customer is complaining that the sofa burnt down.", (0,)))),
            "carried",
        ),
        (changed(summary=Case(agent=Cited("It was packed.", (1,)), asks=None)), "must begin"),
    ],
)
def test_a_fault_is_named(example: Example, fault: str) -> None:
    assert any(fault in line for line in check.faults(example))


def test_a_set_does_not_repeat_itself() -> None:
    many = [changed(id=f"retail-z-{n:02d}") for n in range(9)]
    found = list(check.set_faults(many))
    assert any("replies begin" in line for line in found) and any("same turn" in line for line in found)
    assert any("times" in line for line in check.set_faults([GOOD, GOOD]))


def test_a_damaged_line_is_named(tmp_path: Path) -> None:
    path = tmp_path / "retail-z.jsonl"
    path.write_bytes(msgspec.json.encode(GOOD) + b'\n{"id": 1}\n')
    with pytest.raises(KnownError, match=r"Line 2 of retail-z\.jsonl"):
        list(load(path))
    assert check.main([str(path)]) == 1


def test_the_whole_set_is_without_fault() -> None:
    written = [example for path in sorted(DATA.glob("*.jsonl")) for example in load(path)]
    assert [f"{e.id}: {fault}" for e in written for fault in check.faults(e)] == []
    assert list(check.set_faults(written)) == []


def test_nothing_of_a_held_out_cell_is_trained_on() -> None:
    held, trained = examples(held_out=True), examples(held_out=False)
    assert {e.cell for e in held} == HELD_OUT and not {e.cell for e in trained} & HELD_OUT
    assert not {e.cell.split("-")[0] for e in held} & {e.cell.split("-")[0] for e in trained}
