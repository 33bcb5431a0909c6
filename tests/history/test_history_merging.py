"""What a source shows of a saved conversation is made one with what is saved: nothing of that is lost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import pytest
from history_samples import Clock, make_analysis, make_choice, make_correction
from hypothesis import given
from hypothesis import strategies as st

from agent_assist.history import History
from agent_assist.history.blacked import _VALUES, lay
from agent_assist.history.fitting import Fit, fit
from agent_assist.history.merging import merge
from agent_assist.privacy.redaction.kinds import Kind
from agent_assist.records import (
    Analysis,
    Aside,
    Conversation,
    EmotionReading,
    Label,
    Mood,
    Outcome,
    Recovery,
    Severity,
    Speaker,
    Spike,
    Turn,
    Vulnerability,
)

EVEN = dict.fromkeys(Label, 1 / 7)


def turns_of(words: str) -> tuple[Turn, ...]:
    """A turn for each word; the customer's are in small letters."""
    roles = {True: Speaker.CUSTOMER, False: Speaker.AGENT}
    return tuple(Turn(i, roles[word.islower()], word) for i, word in enumerate(words.split()))


def read(words: str, distress: float = 0.2, asides: Sequence[Aside] = ()) -> Analysis:
    """A conversation of these words, with a reading of each turn of the customer."""
    conversation = Conversation("c1", "plain", turns_of(words), asides=tuple(asides))
    readings = tuple(EmotionReading(t.i, Label.ANGER, distress, -0.5, 0.1, EVEN) for t in conversation.customer_turns)
    return Analysis(conversation, Mood(readings, shift=distress, risk=distress))


def words_of(analysis: Analysis) -> str:
    return " ".join(turn.text for turn in analysis.conversation.turns)


def within(start: int, end: int) -> Fit:
    return Fit(start, end)


@pytest.mark.parametrize(
    ("saved", "shown", "whole"),
    [
        ("a B c", "a B c", True),
        ("a B c", "a B c D", True),  # it has grown
        ("a B c", "x Y a B c", True),  # the agent scrolled up
        ("a B c", "B a c D", True),  # they were put in order
        ("a B c D", "a B x D", True),  # one was edited
        ("a B", "x B", True),
        ("a B c D", "x Y c D E", True),
        ("", "a B", True),
        ("a B c D", "c D", within(2, 4)),  # a page shows its last messages
        ("a B c D", "a B", within(0, 2)),  # an older export
        ("a B c D", "B c", within(1, 3)),
        ("a B c D", "c D e F", within(2, 4)),
        ("a B a B", "a B", within(2, 4)),
        ("ok ok ok NO", "ok ok NO well", within(1, 4)),
        ("a B", "", within(2, 2)),
        ("a B c D", "x Y z Q", None),
        ("a B c thanks", "thanks X y Z", None),  # one courtesy tells nothing
        ("hello B c D", "hello X y Z Q", None),
        ("a B c D", "x c D", None),  # edited, and not all of it
        ("a B c D e F", "c D x F y Z q", within(2, 6)),  # one of those that are shown still was edited
        ("a B c D e F", "c x y F g", None),  # two beside each other are no edit
    ],
)
def test_turns_lie_on_saved_ones(saved: str, shown: str, whole: Fit | bool | None) -> None:
    expected = Fit(0, len(saved.split()), whole=True) if whole is True else whole
    assert fit(turns_of(saved), turns_of(shown)) == expected


def test_who_spoke_may_be_said_anew_of_more_than_one_turn() -> None:
    swapped = [replace(t, speaker=Speaker.AGENT) for t in turns_of("a B c D")]
    assert fit(turns_of("a B c D"), swapped) == Fit(0, 4, whole=True)
    assert fit(turns_of("a B c D"), swapped[2:]) == within(2, 4)
    assert fit(turns_of("a B c D"), [replace(turns_of("D")[0], speaker=Speaker.SYSTEM)]) is None


few = st.lists(st.sampled_from("abcd"), max_size=9)


@given(few, few)
def test_nothing_saved_is_ever_lost_but_by_an_edit(saved: list[str], shown: list[str]) -> None:
    old, new = read(" ".join(saved)), read(" ".join(shown), 0.8)
    lies = fit(old.conversation.turns, new.conversation.turns)
    merged = merge(old, new).conversation.turns
    assert [turn.i for turn in merged] == list(range(len(merged)))
    kept = Counter(turn.text for turn in merged)
    assert Counter(shown) <= kept
    if lies is None:
        assert [turn.text for turn in merged] == shown
        return
    lost = Counter(saved) - kept
    if lost:  # each of them has been edited: another stands in its place, and most stand as they stood
        places = zip(saved[lies.start :], shown, strict=False)
        assert lost.total() <= sum(a != b for a, b in places) <= (lies.end - lies.start) / 2


@given(st.lists(st.sampled_from("abc"), max_size=12), st.data())
def test_any_part_of_what_is_saved_adds_nothing_and_takes_nothing(saved: list[str], data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(saved)))
    end = data.draw(st.integers(start, len(saved)))
    old, part = read(" ".join(saved)), read(" ".join(saved[start:end]))
    merged = merge(old, part)
    assert words_of(merged) == " ".join(saved)
    assert [r.turn for r in merged.mood.readings] == list(range(len(saved)))


@given(st.integers(3, 9), st.data())
def test_what_goes_on_is_put_behind_what_is_saved(length: int, data: st.DataObject) -> None:
    words = [f"w{i}" for i in range(12)]
    start = data.draw(st.integers(0, length - 2))
    merged = merge(read(" ".join(words[:length])), read(" ".join(words[start:]), 0.8))
    assert words_of(merged) == " ".join(words)
    assert [r.distress for r in merged.mood.readings] == [0.2] * start + [0.8] * (12 - start)


def test_a_page_that_shows_its_last_messages_keeps_what_is_saved_and_its_readings(history: History) -> None:
    history.save(read("a B c D e"))
    history.save(read("c D e F g", 0.8))
    found = history.load("c1")
    assert words_of(found) == "a B c D e F g"
    assert [(r.turn, r.distress) for r in found.mood.readings] == [(0, 0.2), (2, 0.8), (4, 0.8), (6, 0.8)]
    assert (found.mood.shift, found.mood.risk) == (0.8, 0.8)
    (item,) = history.list()
    assert (item.turns, item.peak) == (7, 0.8)
    assert [i.id for i in history.search("a g")] == ["c1"]


def test_an_older_part_changes_neither_the_end_nor_how_it_stands(history: History) -> None:
    history.save(read("a B c D e"))
    history.save(read("a B", 0.8))
    found = history.load("c1")
    assert words_of(found) == "a B c D e"
    assert (found.mood.shift, found.mood.risk) == (0.2, 0.2)


def test_everything_that_names_a_turn_names_the_same_turn_afterwards() -> None:
    whole = make_analysis()
    turns = tuple(replace(turn, i=turn.i - 2) for turn in whole.conversation.turns[2:])
    readings = tuple(replace(r, turn=r.turn - 2) for r in whole.mood.readings if r.turn >= 2)
    spike = Spike(2, Label.ANGER, Severity.HIGH, 0.67, 0.41, 1, ("late",), "")
    hard_lives = (Vulnerability(0, "illness", ("number",), "."), Vulnerability(2, "abuse", ("number",), "."))
    mood = Mood(readings, (spike,), 0.5, 0.5, 3.0, (4,), (Recovery(2, 0, 0.2),), hard_lives)
    part = Analysis(replace(whole.conversation, turns=turns, asides=(Aside("new", 1),)), mood, whole.assist)
    merged = merge(whole, part)
    assert merged.conversation.turns == whole.conversation.turns
    assert [(a.text[:5], a.after) for a in merged.conversation.asides] == [("Anna ", -1), ("new", 3), ("Vouch", 4)]
    assert merged.mood.readings == whole.mood.readings
    assert [(s.turn, s.trigger_turn) for s in merged.mood.spikes] == [(4, 3)]
    assert merged.mood.unread == (6,)
    assert merged.mood.recoveries == (Recovery(4, 2, 0.2),)
    assert [(v.turn, v.kind) for v in merged.mood.vulnerable] == [(2, "illness"), (4, "abuse")]
    assert merged.assist is not None
    assert merged.assist.summary.issue is not None
    assert merged.assist.summary.issue.turns == (2, 4)
    assert merged.assist.summary.facts[0].turn == 2
    assert (merged.assist.next_actions[0].turns, merged.assist.context.left_out) == ((6,), (9,))


def test_what_only_the_saved_one_knew_stays(history: History) -> None:
    history.save(make_analysis())
    first = make_analysis()
    bare = tuple(replace(turn, name=None, at=None, via="browser") for turn in first.conversation.turns)
    history.save(Analysis(Conversation("c1", "browser", bare), first.mood))
    found = history.load("c1")
    assert [(t.name, t.at, t.via) for t in found.conversation.turns] == [
        (t.name, t.at, "browser") for t in first.conversation.turns
    ]
    assert (found.conversation.customer, found.conversation.record) == (
        first.conversation.customer,
        first.conversation.record,
    )
    assert found.conversation.asides == first.conversation.asides
    assert found.assist == first.assist


def test_notes_are_kept_once_each_and_stand_behind_the_turns_they_stood_behind() -> None:
    old = read("a B c", asides=(Aside("first", -1), Aside("again", 1), Aside("again", 1), Aside("last", 2)))
    new = read("x Y a B c", asides=(Aside("again", 3), Aside("more", 4)))
    assert [(a.text, a.after) for a in merge(old, new).conversation.asides] == [
        *(("first", -1), ("again", 3), ("again", 3), ("last", 4), ("more", 4))
    ]


def test_what_was_proposed_and_came_of_it_stays_until_the_words_are_others(history: History) -> None:
    first = make_analysis()
    history.save(first)
    history.record_outcome("c1", 0, Outcome.COPIED)
    history.save(replace(first, assist=None))
    assert history.load("c1") == first
    assert history.outcomes("c1")[0].outcome is Outcome.COPIED
    swapped = tuple(replace(turn, speaker=Speaker.SYSTEM) for turn in first.conversation.turns)
    history.save(Analysis(replace(first.conversation, turns=swapped, customer=None), Mood(())))
    assert history.load("c1").assist is None
    assert history.load("c1").conversation.customer is None


def test_three_conversations_with_one_id_are_all_kept_and_each_grows_on_its_own(history: History) -> None:
    first, second, third = ("hi A b C", "hi X y Z", "hi P q R")
    for _ in range(2):
        for words in (first, second, third):
            history.save(read(words))
    history.save(read("A b C d"))
    assert sorted(words_of(history.load(item.id)) for item in history.list()) == ["hi A b C d", third, second]
    assert words_of(history.load("c1")) == "hi A b C d"


def test_ids_that_only_look_alike_are_left_alone(history: History) -> None:
    for identity in ("c1~deadbeef-2", "c1~other"):
        analysis = read("a B c")
        history.save(replace(analysis, conversation=replace(analysis.conversation, id=identity)))
    history.save(read("a B c"))
    assert sorted(item.id for item in history.list()) == ["c1", "c1~deadbeef-2", "c1~other"]


def test_what_was_learnt_goes_with_a_conversation_that_gets_its_id_back(history: History, clock: Clock) -> None:
    history.save(read("a B c"))
    history.add_correction(make_correction(turn=0))
    history.add_choices([make_choice()])
    history.save(read("x Y z"))
    history.add_correction(make_correction(turn=2))
    history.delete("c1")
    (aside,) = [item.id for item in history.list()]
    history.add_correction(make_correction(turn=0, label=Label.SADNESS))
    history.save(read("a B c"))
    assert [item.id for item in history.list()] == ["c1"] != [aside]
    # What was said of it anew counts; what was said before is kept without a link.
    assert [(c.conversation, c.label) for c in history.corrections()] == [
        *(("", Label.FRUSTRATION), ("", Label.FRUSTRATION), ("c1", Label.SADNESS))
    ]


# --- what is saved blacked out

ASKED = ("What is your one-time code?", "[code]", "Thank you", "And now?")
SARAH = "Sarah Miller"


def said(texts: Sequence[str], customer: str | None = SARAH, words: Sequence[str] = ()) -> Analysis:
    """A conversation of these texts; each turn of the customer is read, with the same words as evidence."""
    turns = tuple(Turn(i, Speaker.AGENT, text) for i, text in enumerate(texts))
    turns = tuple(replace(t, speaker=Speaker.CUSTOMER) if any(c.isdigit() for c in t.text) else t for t in turns)
    readings = [EmotionReading(t.i, Label.ANGER, 0.2, -0.5, 0.1, EVEN, tuple(words)) for t in turns if "2913" in t.text]
    return Analysis(Conversation("c1", "plain", turns, customer), Mood(tuple(readings)))


def all_texts(analysis: Analysis) -> list[str]:
    return [turn.text for turn in analysis.conversation.turns]


def test_a_code_whose_question_is_not_shown_again_stays_blacked_out(history: History) -> None:
    history.save(said(ASKED[:3]))
    shown = said(["482913", "Thank you", "Is it 482913 or 482914?"], words=("482913", "no"))
    history.save(replace(shown, conversation=replace(shown.conversation, notes=("They gave 482913.",))))
    (item,) = history.list()
    found = history.load(item.id)
    assert all_texts(found) == [*ASKED[:3], "Is it [code] or 482914?"]
    assert found.mood.readings[0].words == ("[code]", "no")
    assert found.conversation.notes == ("They gave [code].",)
    assert not history.search("482913")
    assert history.search("482914")


@pytest.mark.parametrize(
    ("saved", "shown", "texts"),
    [
        (ASKED, ["482913", "Thank you", "And now?"], {0: "[code]"}),
        (ASKED, ["482913", "Thank you", "And now?", "4711"], {0: "[code]"}),  # behind what is saved it may be anything
        (("x", "[PIN]", "y", "[code]", "z"), ["4821", "y", "482913", "z"], {0: "[PIN]", 2: "[code]"}),
        (("x", "It is [card ending 1111], [PIN]!", "y"), ["It is 4111 1111 1111 1111, 4821!", "y"], {0: None}),
        (("x", "It is [IBAN 1].", "y"), ["It is DE89 3704 0044 0532 0130 00.", "y"], {0: "It is [IBAN 1]."}),
        (("x", "My password is [password]", "y"), ["My password is tulip", "y"], {0: "My password is [password]"}),
    ],
)
def test_a_placeholder_is_known_again_by_what_it_stands_for(
    saved: Sequence[str], shown: Sequence[str], texts: dict[int, str | None]
) -> None:
    laid = lay(turns_in(saved), turns_in(shown), (SARAH, SARAH), {"[IBAN 1]": "DE89370400440532013000"})
    assert laid is not None
    assert laid.texts == {i: text or saved[laid.fit.start + i] for i, text in texts.items()}


@pytest.mark.parametrize(
    ("saved", "shown", "customers"),
    [
        (ASKED, ["482913", "Thank you", "And now?"], (SARAH, "Tom Baker")),  # another customer
        (("[code]", "[PIN]"), ["[code]", "[PIN]"], (SARAH, "Tom Baker")),
        (("a", "b", "[code]", "Thank you"), ["482913", "Thank you", "c", "d"], (None, SARAH)),  # too little tells
        (("a", "b", "[code]", "[PIN]"), ["482913", "4821", "c", "d"], (SARAH, SARAH)),
        (("a", "b", "[card ending 1111]", "y"), ["4111 1111 1111 1234", "y", "c"], (SARAH, SARAH)),
        (("a", "b", "[IBAN 1]", "y"), ["GB82 WEST 1234 5698 7654 32", "y", "c"], (SARAH, SARAH)),
        (("a", "b", "[password]", "y"), ["certainly", "y", "c"], (SARAH, SARAH)),
    ],
)
def test_a_placeholder_makes_two_conversations_into_one_of_nobody_else(
    saved: Sequence[str], shown: Sequence[str], customers: tuple[str | None, str | None]
) -> None:
    assert lay(turns_in(saved), turns_in(shown), customers, {"[IBAN 1]": "DE89370400440532013000"}) is None


def test_two_customers_whose_texts_differ_in_what_is_blacked_out_alone_stay_two(history: History) -> None:
    history.save(said(["Hi", "My pin is [PIN]", "[code]"]))
    history.save(said(["My pin is [PIN]", "[code]", "Bye"], "Tom Baker"))
    assert [item.customer for item in history.list()] == ["Tom Baker", SARAH]


def turns_in(texts: Sequence[str]) -> list[Turn]:
    return [Turn(i, Speaker.CUSTOMER, text) for i, text in enumerate(texts)]


def test_every_placeholder_of_the_redaction_is_known() -> None:
    assert set(_VALUES) == set(Kind)


@given(
    st.lists(st.sampled_from(["[code]", "[PIN]", "482913", "a [token]", "a b", "thanks", "ok"]), max_size=6), st.data()
)
def test_what_is_saved_blacked_out_is_never_shown_in_clear_in_its_place(saved: list[str], data: st.DataObject) -> None:
    shown = [data.draw(st.sampled_from([text, "4829"])) if text == "[PIN]" else text for text in saved]
    laid = lay(turns_in(saved), turns_in(shown), (SARAH, SARAH))
    merged = all_texts(merge(said(saved), said(shown)))
    if laid is not None and laid.texts:
        assert merged == saved
