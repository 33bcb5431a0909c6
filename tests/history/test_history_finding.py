from __future__ import annotations

import string
from collections.abc import Iterator
from datetime import date, datetime, timedelta

import pytest
from finder_stage import NOON, Saved, Stage
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agent_assist.history import volumes
from agent_assist.paths import Places
from agent_assist.records import Label, Query

FTS_SYNTAX = (
    "AND",
    "OR",
    "NOT",
    "NEAR",
    "NEAR(a b",
    '"',
    "'",
    "*",
    "^",
    ":",
    "text:",
    "marks:x",
    "{",
    "}",
    "-",
    "+",
    ")",
)


@pytest.fixture
def stage(places: Places) -> Iterator[Stage]:
    stage = Stage(places)
    yield stage
    stage.close()


def test_every_word_has_to_begin_a_word_of_the_conversation_or_of_the_customer_s_name(stage: Stage) -> None:
    stage.save(1, Saved(["My parcel is late", "We are sorry"], "Anna Lee"))
    stage.save(2, Saved(["Refund me"], "Bert"))
    assert stage.find("parc sor") == [1]
    assert stage.find("ann late") == [1]
    assert stage.find("parcel refund") == []
    assert stage.find("arcel") == []


def test_the_last_change_comes_first_and_a_list_needs_no_words(stage: Stage) -> None:
    stage.save_all(["late one", "late two", "late three"])
    stage.save(1, Saved(["late again"]))
    assert stage.find("late") == stage.find("") == stage.find("?!") == [1, 3, 2]
    assert stage.finder.find(Query("late"), 1, 1) == stage.finder.find(Query(), 1, 1) == [3]
    assert stage.find("one") == [], "what it said before is found no more"


@pytest.mark.parametrize(
    ("said", "asked"),
    [
        ("Straße im Café", "STRASSE cafe"),
        ("cafe\u0301 au lait", "café"),
        ("ｆｕｌｌ　ｗｉｄｔｈ", "full width"),
        ("ﾊﾟｽﾜｰﾄﾞが違います", "パスワード"),
        ("返金してください", "返金"),
        ("我想退款，谢谢", "退款"),
        ("สินค้ายังไม่มาถึง", "ไม่มา"),
        ("हिन्दी में बताइए", "हिन्दी"),
        ("İstanbul'da", "istanbul"),
        ("Order A-48213.", "a-482"),
        ("write to anna.lee@example.com", "anna.lee@ex"),
        ("soft\u00adhyphen", "softhy"),
        ("환불해 주세요", "환불"),
        ("so angry 😡!", "😡"),
    ],
)
def test_the_way_of_writing_does_not_matter(stage: Stage, said: str, asked: str) -> None:
    stage.save(1, Saved([said]))
    stage.save(2, Saved(["something else: 返 回 ม"]))
    assert stage.find(asked) == [1]


def test_a_run_of_words_does_not_go_across_two_texts(stage: Stage) -> None:
    stage.save(1, Saved(["the code is A", "48213 is wrong"]))
    assert stage.find("A-48213") == []
    assert stage.find("A 48213") == [1]


def test_a_word_is_the_same_wherever_it_is_cut(stage: Stage) -> None:
    long = "x" * 500
    stage.save(1, Saved([long]))
    assert stage.find(long) == stage.find(long[:70]) == stage.find("xxx") == [1]
    assert stage.find("a " * 5000 + long) == []


def test_properties_narrow_what_is_found(stage: Stage) -> None:
    stage.save(1, Saved(["late"], "Anna Lee", ("vip", "Very Important"), label="anger", spikes=2, channels="push"))
    stage.save(2, Saved(["late"], "Lee Ann", ("vi",), label="neutral", channels="browser paste", held=True))
    stage.save(3, Saved(["late vip anger held push"], origin="roleplay", source="zendesk"))
    assert stage.find("late", label=Label.ANGER) == stage.find(label=Label.ANGER) == [1]
    assert stage.find(spiked=True) == [1]
    assert stage.find(spiked=False) == [3, 2]
    assert stage.find(held=True) == [2]
    assert stage.find("late", held=False) == [3, 1]
    assert stage.find(tag="VIP") == stage.find(tag="very important") == [1]
    assert stage.find(channel="paste") == stage.find(channel="Browser") == [2]
    assert stage.find(channel="zendesk") == stage.find(origin="roleplay") == [3]
    assert stage.find(customer="ann") == [2, 1]
    assert stage.find(customer="lee an") == [2, 1]
    assert stage.find("late", customer="anna") == [1]


def test_days_are_local_and_both_count(stage: Stage) -> None:
    midnight = datetime(2026, 1, 6)
    for number, moment in enumerate(
        (NOON, midnight - timedelta(microseconds=1), midnight, NOON + timedelta(days=9)), 1
    ):
        stage.save(number, Saved(["late"], saved_at=moment))
    for words in ("", "late"):
        assert stage.find(words, since=date(2026, 1, 6)) == [4, 3]
        assert stage.find(words, until=date(2026, 1, 5)) == [2, 1]
        assert stage.find(words, since=date(2026, 1, 6), until=date(2026, 1, 6)) == [3]
        assert stage.find(words, since=date.min, until=date.max) == [4, 3, 2, 1]
        assert stage.find(words, since=date.max, until=date.min) == []


WORDS = st.sampled_from(("late", "Lately", "refund", "REF", "café", "返金", "返", "a-1", "a", "1", "straße", "you're"))
TEXTS = st.lists(WORDS, max_size=4).map(" ".join)
SAVED = st.builds(
    Saved,
    text=st.lists(TEXTS, max_size=3),
    customer=TEXTS,
    tags=st.sets(st.sampled_from(("vip", "two words", "返"))).map(tuple),
    saved_at=st.integers(0, 5).map(lambda day: NOON + timedelta(days=day)),
    label=st.sampled_from((None, "anger", "neutral")),
    spikes=st.integers(0, 2),
    channels=st.sampled_from(("", "push", "push paste")),
    held=st.booleans(),
    origin=st.sampled_from(("live", "roleplay")),
)
QUERIES = st.builds(
    Query,
    words=st.lists(st.one_of(WORDS, st.sampled_from(FTS_SYNTAX)), max_size=3).map(" ".join),
    customer=st.one_of(st.just(""), WORDS),
    label=st.sampled_from((None, None, Label.ANGER)),
    spiked=st.sampled_from((None, None, True, False)),
    since=st.sampled_from((None, None, date(2026, 1, 7))),
    until=st.sampled_from((None, None, date(2026, 1, 8))),
    channel=st.sampled_from(("", "", "paste")),
    tag=st.sampled_from(("", "", "two words")),
    held=st.sampled_from((None, None, True)),
    origin=st.sampled_from(("", "", "roleplay")),
)
ACTS = st.one_of(
    st.tuples(st.just("save"), st.integers(1, 9), SAVED),
    st.tuples(st.just("erase"), st.integers(1, 9), st.none()),
    st.tuples(st.just("find"), st.integers(1, 9), QUERIES),
    st.tuples(st.just("idle"), st.integers(1, 9), st.none()),
    st.tuples(st.just("reopen"), st.integers(1, 9), st.none()),
)


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(acts=st.lists(ACTS, min_size=4, max_size=30), size=st.integers(1, 4))
def test_whatever_happens_the_index_finds_what_a_look_at_everything_finds(
    tmp_path_factory: pytest.TempPathFactory, acts: list[tuple[str, int, object]], size: int
) -> None:
    places = Places(tmp_path_factory.mktemp("index"))
    stage = Stage(places)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(volumes, "VOLUME", size)
        for act, number, what in acts:
            if act == "save" and isinstance(what, Saved):
                stage.save(number, what)
            elif act == "erase" and number in stage.saved:
                stage.erase(number)
            elif act == "idle":
                stage.finder.catch_up(number)
            elif act == "reopen":
                stage.finder.close()
                stage.finder = stage.new_finder()
            elif isinstance(what, Query):
                assert stage.finder.find(what) == stage.expected(what)
                assert stage.finder.find(what, 2, 1) == stage.expected(what)[1:3]
    stage.close()


@settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    asked=st.one_of(
        st.text(max_size=40),
        st.text(string.punctuation + " aLR\x00\t", max_size=30),
        st.lists(st.sampled_from((*FTS_SYNTAX, "late", "x")), max_size=6).map(" ".join),
    )
)
def test_no_text_that_is_looked_for_is_anything_but_text(stage: Stage, asked: str) -> None:
    if not stage.saved:
        stage.save_all(["late late x near and or not text marks", "返金 a-1", "", "x" * 99])
    query = Query(asked)
    assert stage.finder.find(query) == stage.expected(query)
    query = Query(customer=asked, tag=asked, channel=asked, origin=asked)
    stage.finder.find(query)
