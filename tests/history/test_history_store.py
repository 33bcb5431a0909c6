from __future__ import annotations

import dataclasses
import itertools
import threading
from datetime import UTC, datetime, timedelta, timezone

import pytest
from history_samples import Clock, make_analysis, make_reply
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agent_assist.errors import BugError, KnownError
from agent_assist.history import History, Recorded
from agent_assist.paths import Places
from agent_assist.records import (
    Analysis,
    Aside,
    Assist,
    ContextUse,
    Conversation,
    CustomerRecord,
    EmotionReading,
    Fact,
    Grounding,
    HistoryItem,
    Label,
    Line,
    Mood,
    NextAction,
    Outcome,
    Pillar,
    PillarState,
    Recovery,
    Reply,
    Severity,
    Speaker,
    Spike,
    Summary,
    Turn,
    Vulnerability,
    Way,
)

text = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
number = st.floats(allow_nan=False, allow_infinity=False)
index = st.integers(0, 2**40)
indices = st.lists(index, max_size=3).map(tuple)
texts = st.lists(text, max_size=3).map(tuple)
zones = st.none() | st.integers(-86_399, 86_399).map(lambda seconds: timezone(timedelta(seconds=seconds)))
lines = st.builds(Line, text, indices)
line_lists = st.lists(lines, max_size=2).map(tuple)
moments = st.datetimes(timezones=zones)
maybe_text, maybe_moment = st.none() | text, st.none() | moments
turn_parts = st.tuples(
    st.sampled_from(Speaker), text, maybe_text, maybe_moment, st.none() | st.sampled_from(Way) | text
)
records = st.builds(CustomerRecord, st.lists(st.tuples(text, text), max_size=2).map(tuple))
numbers = itertools.count()
spikes = st.builds(
    Spike,
    index,
    st.sampled_from(Label),
    st.sampled_from(Severity),
    number,
    number,
    st.none() | index,
    texts,
    text,
    text,
)
summaries = st.builds(
    Summary,
    issue=st.none() | lines,
    tried=line_lists,
    feeling=st.none() | lines,
    wants=st.none() | lines,
    open=line_lists,
    facts=st.lists(st.builds(Fact, text, text, index), max_size=2).map(tuple),
)
replies = st.builds(
    Reply,
    text,
    text,
    st.dictionaries(st.sampled_from(Pillar), st.sampled_from(PillarState)),
    number,
    st.builds(Grounding, st.booleans(), texts),
)
assists = st.builds(
    Assist,
    summary=summaries,
    next_actions=st.lists(st.builds(NextAction, text, text, indices), max_size=2).map(tuple),
    replies=st.lists(replies, max_size=3).map(tuple),
    context=st.builds(ContextUse, index, index, indices),
    model=text,
    notes=texts,
    first_token_ms=number,
    ms=number,
)


@st.composite
def readings(draw: st.DrawFn, turn: int) -> EmotionReading:
    return EmotionReading(
        turn=turn,
        label=draw(st.sampled_from(Label)),
        distress=draw(number),
        valence=draw(number),
        urgency=draw(number),
        scores=draw(st.dictionaries(st.sampled_from(Label), number, max_size=3)),
        words=draw(texts),
        fine=draw(st.dictionaries(text, number, max_size=2)),
        corrected=draw(st.booleans()),
    )


@st.composite
def analyses(draw: st.DrawFn) -> Analysis:
    parts = draw(st.lists(turn_parts, max_size=4))
    turns = tuple(Turn(i, *part) for i, part in enumerate(parts))
    places = st.integers(-1, len(turns) - 1)
    asides = draw(st.lists(st.builds(Aside, text, places, maybe_text, maybe_moment), max_size=3))
    conversation = Conversation(
        id=f"{draw(text)}\n{next(numbers)}",  # another one each time: what is saved of the same is not lost
        source=draw(text),
        turns=turns,
        customer=draw(maybe_text),
        origin=draw(text),
        notes=draw(texts),
        record=draw(st.none() | records),
        asides=tuple(sorted(asides, key=lambda aside: aside.after)),
    )
    mood = Mood(
        readings=tuple(draw(readings(turn.i)) for turn in conversation.customer_turns),
        spikes=tuple(draw(st.lists(spikes, max_size=2))),
        shift=draw(st.none() | number),
        risk=draw(st.none() | number),
        ms=draw(number),
        unread=draw(indices),
        recoveries=tuple(draw(st.lists(st.builds(Recovery, index, index, number), max_size=2))),
        vulnerable=tuple(draw(st.lists(st.builds(Vulnerability, index, text, texts, text), max_size=2))),
    )
    return Analysis(conversation, mood, draw(st.none() | assists))


def ids(items: list[HistoryItem]) -> list[str]:
    return [item.id for item in items]


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(analysis=analyses())
def test_what_is_saved_is_what_is_loaded(history: History, analysis: Analysis) -> None:
    history.save(analysis)
    loaded = history.load(analysis.conversation.id)
    assert loaded == analysis
    # Moments compare equal across zones: the offset has to be the same too.
    for kind in ("turns", "asides"):
        was, now = (getattr(a.conversation, kind) for a in (analysis, loaded))
        assert [one.at and one.at.isoformat() for one in now] == [one.at and one.at.isoformat() for one in was]
    # The same again changes nothing, whatever it is.
    history.save(loaded)
    assert history.load(analysis.conversation.id) == analysis


def test_a_long_conversation_is_saved_whole(history: History) -> None:
    turns = tuple(Turn(i, Speaker.CUSTOMER, f"message {i}\0\u202f🙂 مرحبا") for i in range(2000))
    analysis = Analysis(Conversation("long", "plain", turns), Mood(()))
    history.save(analysis)
    assert history.load("long") == analysis
    assert history.list()[0].turns == 2000


def test_it_is_there_after_closing(places: Places) -> None:
    with History.open(places) as history:
        history.save(make_analysis())
    with History.open(places) as history:
        assert history.load("c1") == make_analysis()


def test_saving_again_replaces_what_was_read_and_proposed(history: History) -> None:
    history.save(make_analysis())
    first = make_analysis()
    assert first.assist is not None
    anew = dataclasses.replace(first, assist=dataclasses.replace(first.assist, summary=Summary()), mood=Mood(()))
    history.save(anew)
    assert history.load("c1") == anew
    assert len(history.list()) == 1
    assert not history.search("quokka")


def test_outcomes_stay_with_replies_of_the_same_text(history: History) -> None:
    history.save(make_analysis(replies=("one", "two", "three")))
    history.record_outcome("c1", 0, Outcome.COPIED)
    history.record_outcome("c1", 1, Outcome.EDITED, "two, edited")
    before = history.outcomes("c1")
    history.save(make_analysis(replies=("new", "one", "two")))
    assert history.outcomes("c1") == {1: before[0], 2: before[1]}


def test_outcomes_say_what_and_when(history: History, clock: Clock) -> None:
    history.save(make_analysis())
    assert history.outcomes("c1") == {}
    history.record_outcome("c1", 1, Outcome.EDITED, "I will look at once.")
    assert history.outcomes("c1") == {1: Recorded(Outcome.EDITED, "I will look at once.", clock.now)}
    assert history.load("c1") == make_analysis()


def test_the_last_outcome_counts(history: History) -> None:
    history.save(make_analysis())
    for outcome in (Outcome.EDITED, Outcome.COPIED):
        history.record_outcome("c1", 0, outcome, "edited" if outcome is Outcome.EDITED else None)
    (recorded,) = history.outcomes("c1").values()
    assert (recorded.outcome, recorded.text) == (Outcome.COPIED, None)


def test_only_shown_takes_back_what_was_recorded(history: History) -> None:
    """The window says SHOWN when the agent undoes a dismissal: the history must not go on to call it dismissed."""
    history.save(make_analysis())
    history.record_outcome("c1", 0, Outcome.DISMISSED)
    history.record_outcome("c1", 0, Outcome.SHOWN)
    assert history.outcomes("c1") == {}


@pytest.mark.parametrize("slot", [-1, 2])
def test_an_outcome_of_no_reply_is_refused(history: History, slot: int) -> None:
    history.save(make_analysis())
    with pytest.raises(KnownError, match="not in the history any more"):
        history.record_outcome("c1", slot, Outcome.COPIED)


def test_what_is_not_there_is_said(history: History) -> None:
    for act in (
        lambda: history.load("nothing"),
        lambda: history.delete("nothing"),
        lambda: history.outcomes("nothing"),
        lambda: history.record_outcome("nothing", 0, Outcome.COPIED),
    ):
        with pytest.raises(KnownError, match="not in the history"):
            act()


def test_the_list_is_newest_first_in_pages(history: History) -> None:
    for identity in ("a", "b", "c", "a"):
        history.save(make_analysis(identity))
    assert ids(history.list()) == ["a", "c", "b"]
    assert ids(history.list(limit=2)) == ["a", "c"]
    assert ids(history.list(limit=2, offset=2)) == ["b"]


def test_of_equal_times_the_later_save_comes_first(places: Places) -> None:
    with History.open(places, clock=lambda: datetime(2026, 1, 5, tzinfo=UTC)) as history:
        for identity in ("b", "a", "c"):
            history.save(make_analysis(identity))
        assert ids(history.list()) == ["c", "a", "b"]


def test_an_item_shows_the_conversation_in_short(history: History, clock: Clock) -> None:
    history.save(make_analysis())
    assert history.list() == [
        HistoryItem(
            id="c1",
            customer="Anna Müller-Straße",
            source="plain",
            saved_at=clock.now,
            turns=8,
            peak=0.1 + 4 / 7,
            label=Label.ANGER,
            spikes=1,
            excerpt="The quokka parcel never came.",
        )
    ]


def test_without_a_summary_the_excerpt_is_the_customer_s_first_words(history: History) -> None:
    turns = (
        Turn(0, Speaker.AGENT, "Hello"),
        Turn(1, Speaker.CUSTOMER, "Where\n is  my " + "very " * 60 + "late parcel"),
    )
    history.save(Analysis(Conversation("c", "plain", turns), Mood(())))
    (item,) = history.list()
    assert item.excerpt.startswith("Where is my very very")
    assert item.excerpt.endswith("…")
    assert len(item.excerpt) == 160
    assert (item.peak, item.label) == (None, None)


def test_a_conversation_of_which_no_turn_could_be_read_is_listed_without_a_feeling(history: History) -> None:
    turn = Turn(0, Speaker.CUSTOMER, "¿Dónde está mi paquete?")
    analysis = Analysis(Conversation("c1", "plain", (turn,)), Mood((), unread=(0,)))
    history.save(analysis)
    (item,) = history.list()
    assert (item.label, item.peak, item.spikes) == (None, None, 0)
    assert history.load("c1") == analysis


@pytest.mark.parametrize(
    "words",
    [
        "zebrafish",  # a turn, whatever its case
        "50%_off",  # signs that mean something to LIKE
        "number 7 of c1",
        "MÜLLER-STRASSE",  # the customer, with full case folding
        "mu\u0308ller",  # composed otherwise
        "quokka",  # the summary
        "NUMBAT keeper",  # what a colleague noted
        "refund anna zebra",  # words anywhere, also how they begin
        "anna muller",  # accents do not matter
        "",
        "  \n ",
        *("%", "'", '"', "\\", "\0", "\ud800"),  # what holds no word asks for none
    ],
)
def test_a_search_finds(history: History, words: str) -> None:
    history.save(make_analysis("c1"))
    assert ids(history.search(words)) == ["c1"]


@pytest.mark.parametrize("words", ["zebra_ish", "5_%", "quokka wallaby", "c1c1", "rafish", "a NOT quokka"])
def test_a_search_does_not_find(history: History, words: str) -> None:
    turn = Turn(0, Speaker.CUSTOMER, "A zebrafish and a quokka")
    history.save(Analysis(Conversation("c1", "plain", (turn,)), Mood(())))
    assert history.search(words) == []


def test_a_search_gives_the_newest_first_up_to_a_limit(history: History) -> None:
    for identity in ("alpha", "beta", "gamma"):
        history.save(make_analysis(identity))
    assert ids(history.search("zebrafish", limit=2)) == ["gamma", "beta"]
    assert ids(history.search("of beta")) == ["beta"]


def test_deleting_takes_everything_and_nothing_else(history: History) -> None:
    history.save(make_analysis("c1"))
    history.save(make_analysis("c2"))
    history.record_outcome("c1", 0, Outcome.COPIED)
    history.delete("c1")
    assert ids(history.search("zebrafish")) == ["c2"]
    assert history.load("c2") == make_analysis("c2")
    with pytest.raises(KnownError):
        history.load("c1")
    history.save(make_analysis("c1"), anew=True)
    assert history.outcomes("c1") == {}


def test_a_save_that_fails_half_way_changes_nothing(history: History) -> None:
    history.save(make_analysis())
    good = make_analysis(replies=("new",))
    assert good.assist is not None
    broken = dataclasses.replace(good.assist, replies=(make_reply("broken \ud800"),))
    with pytest.raises(KnownError, match="surrogates") as caught:
        history.save(dataclasses.replace(good, assist=broken))
    assert caught.value.__cause__ is None
    assert history.load("c1") == make_analysis()


def test_two_readings_of_one_turn_are_our_mistake(history: History) -> None:
    analysis = make_analysis()
    twice = dataclasses.replace(analysis.mood, readings=analysis.mood.readings * 2)
    with pytest.raises(BugError, match="SQLITE_CONSTRAINT"):
        history.save(dataclasses.replace(analysis, mood=twice))
    assert history.list() == []


def test_two_histories_can_be_open_in_one_process(places: Places, history: History) -> None:
    other_places = Places(places.home.parent / "other")
    with History.open(other_places) as other:
        other.save(make_analysis("other"))
        history.save(make_analysis("mine"))
        assert (ids(other.list()), ids(history.list())) == (["other"], ["mine"])


def test_another_thread_is_refused_but_may_close(history: History) -> None:
    raised: list[BaseException] = []

    def use() -> None:
        try:
            history.list()
        except BugError as error:
            raised.append(error)
        history.close()

    thread = threading.Thread(target=use)
    thread.start()
    thread.join()
    assert "outside the thread" in str(raised[0])
    with pytest.raises(BugError, match="closed"):
        history.list()
    history.close()


def test_another_conversation_with_the_same_id_is_kept_beside(places: Places) -> None:
    first = make_analysis("1")
    turns = tuple(dataclasses.replace(t, text=f"Another story: {t.text}") for t in first.conversation.turns)
    second = dataclasses.replace(first, conversation=dataclasses.replace(first.conversation, turns=turns))
    with History.open(places, "long enough") as history:
        history.save(first)
        history.save(second)
        assert history.load("1") == second
        others = [item.id for item in history.list() if item.id != "1"]
        assert len(others) == 1 and history.load(others[0]).conversation.turns == first.conversation.turns
        history.save(first)
        history.save(second)
        assert len(history.list()) == 2


def test_a_conversation_that_has_grown_replaces_itself(places: Places) -> None:
    first = make_analysis("1")
    more = (*first.conversation.turns, Turn(len(first.conversation.turns), Speaker.CUSTOMER, "Hello?"))
    grown = dataclasses.replace(first, conversation=dataclasses.replace(first.conversation, turns=more))
    with History.open(places, "long enough") as history:
        history.save(first)
        history.save(grown)
        assert [item.turns for item in history.list()] == [len(more)]
