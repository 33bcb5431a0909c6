from __future__ import annotations

import re
from pathlib import Path

import pytest

from agent_assist.emotion import find_cause, load_nudges, shipped_nudges
from agent_assist.emotion.nudges import FILE, KINDS, LONGEST, site_file, whole_words
from agent_assist.errors import KnownError
from agent_assist.paths import Places
from agent_assist.records import Label, Speaker, Turn

DOCS = Path(__file__).parents[2] / "docs" / "nudges.md"
SELLING = re.compile(
    r"\b(offer them|upgrade|discount|voucher|deal|sale|buy|loyal|keep them|stay with)\b", re.IGNORECASE
)


def write(places: Places, text: str | bytes) -> None:
    data = text.encode() if isinstance(text, str) else text
    (places.home / FILE).write_bytes(data)


def problem(places: Places, text: str | bytes) -> str:
    write(places, text)
    with pytest.raises(KnownError) as caught:
        load_nudges(places)
    message = str(caught.value)
    assert str(site_file(places)) in message and "\n" not in message
    return message.replace(str(site_file(places)), "FILE")


def sentences() -> list[str]:
    table = shipped_nudges()
    told = [sentence for cause in table.causes.values() for sentence in (cause.say, *cause.say_to.values())]
    return [*table.kinds.values(), *told]


@pytest.mark.parametrize("sentence", sentences())
def test_every_nudge_is_one_short_sentence_that_sells_nothing(sentence: str) -> None:
    assert sentence.endswith(".") and sentence.count(".") == 1 and len(sentence) <= 140
    assert sentence[0].isupper() and "!" not in sentence
    assert not SELLING.search(sentence)


def test_the_shipped_table_is_whole() -> None:
    table = shipped_nudges()
    assert tuple(table.kinds) == KINDS and table.file is None
    for name, cause in table.causes.items():
        assert cause.title and (cause.customer or cause.agent or cause.rule), name
        for pattern in (*cause.customer, *cause.answers, *cause.agent, *cause.agent_earlier, *cause.unless):
            assert not whole_words(pattern).fullmatch(""), pattern


def test_kind_and_cause_choose_the_sentence() -> None:
    table = shipped_nudges()
    assert table.sentence("refusal", Label.ANGER) == table.causes["refusal"].say
    assert table.sentence("refusal", Label.STRESS) == table.causes["refusal"].say_to[Label.STRESS]
    assert table.sentence("", Label.STRESS) == table.kinds[Label.STRESS]
    assert table.sentence("of_another_table", Label.ANGER) == table.kinds[Label.ANGER]


def test_titles_are_words_for_a_person() -> None:
    table = shipped_nudges()
    assert table.title("refusal") == "they were told no"
    assert table.title("") == ""
    assert table.title("of_another_table") == "of another table"


def test_without_a_file_the_shipped_table_is_used(places: Places) -> None:
    assert load_nudges(places) is shipped_nudges()


def test_a_site_changes_silences_and_adds(places: Places) -> None:
    write(
        places,
        """
        [kinds]
        anger = "Call the floor lead."
        [cause.refusal]
        say = "Look at the goodwill list."
        [cause.charge]
        say_to.anger = "Check the tariff first."
        [cause.stock_words]
        say = ""
        [cause.strike]
        customer = ['strikes?']
        say = "Read them the notice."
        """,
    )
    table, shipped = load_nudges(places), shipped_nudges()
    assert table.file == site_file(places)
    assert table.kinds == {**shipped.kinds, Label.ANGER: "Call the floor lead."}
    for kind in KINDS:
        assert table.sentence("refusal", kind) == "Look at the goodwill list."
        assert table.sentence("stock_words", kind) == ""
        assert table.sentence("threat", kind) == shipped.sentence("threat", kind)
    assert table.causes["refusal"].agent == shipped.causes["refusal"].agent
    assert table.sentence("charge", Label.ANGER) == "Check the tariff first."
    assert table.sentence("charge", Label.SADNESS) == shipped.causes["charge"].say
    assert list(table.causes) == ["strike", *shipped.causes]
    found = find_cause([Turn(0, Speaker.CUSTOMER, "Your strike ruins my lawyer's wedding")], 0, table)
    assert found is not None and found.cause == "strike"
    assert table.title("strike") == "strike"


def test_a_cause_can_be_moved(places: Places) -> None:
    write(
        places,
        '[cause.strike]\nrule = "same_words"\nsay = "x."\nbefore = "policy"\n[cause.time_waited]\nbefore = "threat"',
    )
    names = list(load_nudges(places).causes)
    assert names[0] == "time_waited"
    assert names.index("strike") == names.index("policy") - 1
    assert len(names) == len(shipped_nudges().causes) + 1


def test_a_byte_order_mark_is_no_obstacle(places: Places) -> None:
    write(places, b"\xef\xbb\xbf[kinds]\nanger = 'Wait.'")
    assert load_nudges(places).kinds[Label.ANGER] == "Wait."


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[kinds\n", "(at line 1"),
        ('[kinds]\nanger = "a"\nanger = "b"\n', "(at line 3"),
        (b"\xff\xfe", "not in UTF-8"),
        ("[kind]", "FILE kind is no section of it. Known are kinds, cause."),
        ("kinds = 5", "FILE kinds must be a section"),
        ('[kinds]\nrage = "x"', "kinds.rage is no kind of it. Known are anger, frustration,"),
        ('[kinds]\nneutral = "x"', "kinds.neutral is no kind"),
        ("[kinds]\nanger = 5", "kinds.anger must be a sentence in quotes"),
        ('[kinds]\nanger = "a\\nb"', "kinds.anger must be on one line"),
        (f'[kinds]\nanger = "{"a" * (LONGEST + 1)}"', f"at most {LONGEST} characters"),
        (
            '[cause.refussal]\nsay = "x"',
            "cause.refussal is not a known cause, and has no patterns of its own. Known are threat,",
        ),
        ("[cause.strike]\ncustomer = ['a']", "cause.strike needs a sentence"),
        ("[cause.Strike]\ncustomer = ['a']\nsay = 'x'", "cause.Strike must be named in small letters"),
        ('[cause.refusal]\nsays = "x"', "cause.refusal.says is no field of it. Known are say, title, say_to,"),
        ("[cause.refusal]\nsay_to = 'x'", "cause.refusal.say_to must be a section"),
        ("[cause.refusal.say_to]\nbored = 'x'", "cause.refusal.say_to.bored is no kind"),
        ("[cause.refusal]\nagent = 'x'", "cause.refusal.agent must be a list of patterns"),
        ("[cause.refusal]\nagent = [5]", "cause.refusal.agent must be a list of patterns"),
        ("[cause.refusal]\nagent = ['(']", "cause.refusal.agent holds '(', which is no pattern"),
        ("[cause.refusal]\nagent = ['x*']", "cause.refusal.agent holds 'x*', which matches everything"),
        ("[cause.refusal]\nrule = 'luck'", "cause.refusal.rule must be one of asked_again,"),
        ("[cause.refusal]\nbefore = 'luck'", "cause.refusal.before must be one of threat,"),
        ("[cause]\nrefusal = 5", "cause.refusal must be a section"),
        ("[thing.x]\nasked = []", "thing is no section"),
    ],
)
def test_a_broken_file_is_told_with_the_place(places: Places, text: str | bytes, told: str) -> None:
    message = problem(places, text)
    assert told in message
    assert "Mend" in message and "elete" in message


def test_a_folder_in_its_place_is_told(places: Places) -> None:
    site_file(places).mkdir()
    with pytest.raises(KnownError, match="cannot be read"):
        load_nudges(places)


def test_the_documentation_knows_every_name_and_its_example_loads(places: Places) -> None:
    text = DOCS.read_text(encoding="utf-8")
    block = re.search(r"(?:^    .*\n|^\n)+", text[text.index("    # nudges.toml") :], re.MULTILINE)
    assert block is not None
    write(places, re.sub(r"^    ", "", block.group(), flags=re.MULTILINE))
    assert "strike" in load_nudges(places).causes
    listed = re.search(r"first come first: ([\w,\s]+)\.", text)
    assert listed is not None and re.findall(r"\w+", listed.group(1)) == list(shipped_nudges().causes)
