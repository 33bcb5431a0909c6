"""Notes are filled in from what was read, within the lengths that a site gives, and never with anything else."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from conversations import DESK, DESK_MOOD
from hypothesis import given
from hypothesis import strategies as st

from agent_assist.assist.notes import FILE, Part, Section, Template, load_notes, shipped_notes, write_note
from agent_assist.assist.notes import NoteTable as Table
from agent_assist.errors import KnownError
from agent_assist.paths import Places
from agent_assist.records import (
    Analysis,
    Assist,
    ContextUse,
    Conversation,
    CustomerRecord,
    Fact,
    Line,
    Mood,
    NextAction,
    Summary,
)

SUMMARY = Summary(
    issue=Line("The customer is complaining about a desk that is late.", (0,)),
    tried=(Line("They called twice.", (2,)), Line("The agent said that there is a delay.", (3,))),
    feeling=Line("Angry (“ridiculous”).", (4,)),
    wants=Line("The customer wants a refund of $649.", (4,)),
    open=(Line("The last request is not answered yet.", (4,)),),
    facts=(Fact("order_id", "A-48213", 0), Fact("amount", "$649", 4), Fact("product", "Flexi 2", 0)),
)
ACTIONS = (NextAction("Check order A-48213.", "They ask for it.", (0, 4)),)
CASE = Analysis(
    replace(DESK, customer="Maya Reyes", record=CustomerRecord((("plan", "Gold"),))),
    DESK_MOOD,
    Assist(SUMMARY, ACTIONS, (), ContextUse(1, 2)),
)


def one(*sections: Section, titled: bool = True) -> Table:
    return Table({"mine": Template("Note", sections, titled=titled)})


def test_a_handoff_note_tells_the_case_and_names_its_turns() -> None:
    note = write_note(shipped_notes(), "handoff", CASE)
    assert note.startswith(
        "Handoff note\nCustomer: Maya Reyes\nIssue: The customer is complaining about a desk that is late. (turn 1)"
    )
    assert "- The agent said that there is a delay. (turn 4)\n" in note
    assert "- order A-48213 (turn 1)" in note
    assert note.endswith("Next: Check order A-48213. (turns 1 and 5)")


def test_a_wrap_up_note_names_no_turns() -> None:
    note = write_note(shipped_notes(), "wrap_up", CASE)
    assert "Reason for contact" in note and "(turn" not in note
    assert "Flexi 2" not in note


def test_case_fields_are_one_line_each() -> None:
    note = write_note(shipped_notes(), "case_fields", CASE)
    assert note.splitlines()[0].startswith("Subject: ") and "Product: Flexi 2" in note
    assert not any(line.startswith("- ") for line in note.splitlines())


def test_a_menu_has_a_title_for_every_note() -> None:
    assert dict(shipped_notes().titles) == {
        "handoff": "Handoff note",
        "wrap_up": "Wrap-up note",
        "case_fields": "Case fields",
    }


def test_the_same_analysis_gives_the_same_note() -> None:
    for name in shipped_notes().templates:
        assert write_note(shipped_notes(), name, CASE) == write_note(shipped_notes(), name, CASE)


def test_a_note_can_be_written_without_a_language_model() -> None:
    note = write_note(shipped_notes(), "handoff", Analysis(DESK, DESK_MOOD))
    assert "Issue: The customer said that they ordered a standing desk" in note
    assert "Next" not in note


def test_an_empty_section_is_left_out_and_an_empty_note_is_empty() -> None:
    nothing = Analysis(Conversation("c", "test", ()), Mood(()))
    assert write_note(shipped_notes(), "handoff", nothing) == ""
    note = write_note(one(Section("Issue", (Part.ISSUE,), 50), Section("Record", (Part.RECORD,), 50)), "mine", CASE)
    assert note == "Note\nIssue: The customer is complaining about a desk that is late.\nRecord: plan: Gold"
    assert "Open" not in write_note(shipped_notes(), "handoff", Analysis(replace(DESK, turns=DESK.turns[:2]), Mood(())))


@given(st.integers(1, 40), st.lists(st.sampled_from(list(Part)), min_size=1, max_size=5).map(tuple))
def test_a_section_keeps_to_its_words(words: int, parts: tuple[Part, ...]) -> None:
    note = write_note(one(Section("H", parts, words), titled=False), "mine", CASE)
    shown = [w for w in note.replace("- ", "").removeprefix("H:").split() if w != "…"]
    assert len(shown) <= words


def test_what_is_cut_is_seen_to_be_cut() -> None:
    assert (
        write_note(one(Section("Issue", (Part.ISSUE,), 4), titled=False), "mine", CASE)
        == "Issue: The customer is complaining …"
    )


def test_an_unknown_note_is_told_with_the_known_ones() -> None:
    with pytest.raises(KnownError, match=r"no note called missing\. Known are handoff, wrap_up, case_fields"):
        write_note(shipped_notes(), "missing", CASE)


def test_a_sites_notes_lie_over_the_shipped_ones(places: Places) -> None:
    assert load_notes(places) is shipped_notes()
    (places.home / FILE).write_text(
        '[shift]\ntitle = "Shift"\nturns = true\n[[shift.section]]\nheading = "About"\nshow = ["issue"]\nwords = 20\n'
        '[wrap_up]\ntitle = "Ours"\n[[wrap_up.section]]\nheading = "Mood"\nshow = ["feeling"]\nwords = 5\n',
        encoding="utf-8-sig",
    )
    table = load_notes(places)
    assert list(table.templates) == ["handoff", "wrap_up", "case_fields", "shift"]
    assert write_note(table, "wrap_up", CASE) == "Ours\nMood: Angry (“ridiculous”)."
    assert write_note(table, "shift", CASE).endswith("(turn 1)")
    assert table.file == places.home / FILE


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('[shift]\ntitle = ""\n[[shift.section]]\nheading = "H"\nshow = ["issue"]\nwords = 3\n', "title"),
        ("[note", "Expected ']'"),
        ('[shift]\ntitle = "x"\n', "section"),
        ('[shift]\ntitle = "x"\nsize = 3\nsection = []\n', "size"),
        ('[shift]\ntitle = "x"\n[[shift.section]]\nheading = "H"\nshow = ["weather"]\nwords = 3\n', "weather"),
        ('[shift]\ntitle = "x"\n[[shift.section]]\nheading = "H"\nshow = ["issue"]\nwords = 0\n', "words"),
        ('[s]\ntitle = "x"\n[[s.section]]\nheading = "H"\nshow = ["facts"]\nwords = 1\nkinds = ["colour"]\n', "colour"),
        ('["Shift 1"]\ntitle = "x"\n[[shift.section]]\nheading = "H"\nshow = ["issue"]\nwords = 1\n', "key"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_whole(places: Places, text: str, problem: str) -> None:
    (places.home / FILE).write_text(text)
    with pytest.raises(KnownError) as caught:
        load_notes(places)
    assert str(places.home / FILE) in str(caught.value) and problem in str(caught.value)
    assert str(caught.value).endswith("Mend it there or delete it.")
    assert "\n" not in str(caught.value)


def test_the_example_in_the_handbook_works(places: Places) -> None:
    handbook = Path(__file__).parents[2] / "docs" / "notes.md"
    lines = handbook.read_text(encoding="utf-8").splitlines()
    (places.home / FILE).write_text("\n".join(line.strip() for line in lines if line.startswith("    ")))
    table = load_notes(places)
    assert dict(table.titles)["complaint"] == "Complaint log"
    assert write_note(table, "complaint", CASE).startswith("What happened:\n- The customer is complaining")
    assert "Order:\n- order A-48213 (turn 1)\n- amount $649 (turn 5)" in write_note(table, "handoff", CASE)


def test_a_file_of_other_letters_is_refused(places: Places) -> None:
    (places.home / FILE).write_bytes(b'[shift]\ntitle = "\xff"\n')
    with pytest.raises(KnownError, match="not in UTF-8"):
        load_notes(places)
