from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent_assist.records import EmotionReading, Label, Mood, Recovery, Severity, Spike
from ui import words
from ui.excerpts import around, clip, excerpt, placeholders, with_placeholders
from ui.words import mood_words, risk_words, trend, when

TEXT = st.text(st.characters(codec="utf-8"), max_size=400)


def reading(turn: int, distress: float, label: Label = Label.ANGER) -> EmotionReading:
    return EmotionReading(turn, label, distress, -distress, 0.0, {label: 1.0})


@given(TEXT, st.integers(10, 200))
def test_clip_is_one_line_within_its_limit(text: str, limit: int) -> None:
    shown = clip(text, limit)
    assert len(shown) <= limit
    assert shown == " ".join(shown.split())


@given(
    st.lists(st.sampled_from(["refund", "desk", "🙈", "שלום", "three weeks!!", "now"]), min_size=1, max_size=120),
    st.data(),
)
def test_excerpt_marks_exactly_the_evidence(parts: list[str], data: st.DataObject) -> None:
    text = " ".join(parts)
    evidence = data.draw(st.lists(st.sampled_from(parts), min_size=1, max_size=3))
    shown, spans = excerpt(text, evidence)
    assert spans, "evidence that stands in the text is shown"
    assert all(shown[s.start : s.end] in evidence for s in spans)
    assert len(shown) < 230


@given(TEXT, st.lists(TEXT, max_size=3))
def test_excerpt_takes_anything(text: str, evidence: list[str]) -> None:
    shown, spans = excerpt(text, evidence)
    assert all(0 <= s.start < s.end <= len(shown) for s in spans)


def test_excerpt_of_a_long_turn_shows_the_words_in_their_place() -> None:
    text = "filler " * 60 + "this is ridiculous and I want out " + "filler " * 60
    shown, spans = excerpt(text, ["ridiculous"])
    assert shown.startswith("… ") and shown.endswith(" …")
    assert [shown[s.start : s.end] for s in spans] == ["ridiculous"]


@given(st.lists(st.one_of(st.just("[confirm: when]"), st.just("[confirm: amount]"), st.text("ab [c]", max_size=8))))
def test_placeholders_are_all_found_and_marked(parts: list[str]) -> None:
    text = "".join(parts)
    shown, spans = with_placeholders(text)
    assert len(spans) == len(placeholders(text))
    assert [shown[s.start : s.end].strip("\u202f") for s in spans] == list(placeholders(text))


@pytest.mark.parametrize(
    ("distress", "word"),
    [([0.2, 0.3, 0.8], "rising"), ([0.8, 0.7, 0.2], "easing"), ([0.5, 0.5, 0.52], "steady"), ([0.5], "")],
)
def test_trend(distress: list[float], word: str) -> None:
    assert trend([reading(n, d) for n, d in enumerate(distress)]) == word


def test_mood_is_word_and_direction() -> None:
    assert mood_words(Mood((reading(0, 0.2, Label.NEUTRAL), reading(2, 0.9)))) == "Angry · rising"
    assert mood_words(Mood(())) == ""


def test_risk_is_silent_where_it_is_low() -> None:
    assert risk_words(Mood((), risk=0.66)) == "may escalate · 66%"
    assert risk_words(Mood((), risk=0.3)) == ""
    assert risk_words(Mood((), risk=None)) == ""


def test_colour_has_a_role_for_every_feeling() -> None:
    assert words.colour_role(Label.SATISFACTION, 0.1) == "better"
    assert words.colour_role(Label.NEUTRAL, 0.1) == "calm"
    assert words.colour_role(Label.NEUTRAL, 0.4) == "uneasy"
    assert words.colour_role(Label.ANGER, 0.9) == "hot"
    assert set(words.FEELING) == set(Label)


def test_when_grows_coarser() -> None:
    now = datetime(2026, 3, 9, 12, 0, tzinfo=UTC)
    assert when(now - timedelta(seconds=5), now) == "just now"
    assert when(now - timedelta(minutes=5), now) == "5 min ago"
    assert when(now - timedelta(days=20), now).startswith("17 Feb")
    assert when(now - timedelta(days=700), now).endswith("2024")


def test_sizes() -> None:
    assert words.size(1_117_320_768) == "1.1 GB"
    assert words.size(98_362_432) == "98 MB"


def test_distress_has_a_word_at_every_level() -> None:
    assert [words.level(d) for d in (0.0, 0.27, 0.28, 0.5, 0.75, 1.0)] == [
        "low",
        "low",
        "some",
        "high",
        "very high",
        "very high",
    ]


def test_a_cause_without_a_title_has_no_words() -> None:
    assert words.cause_words("out of stock") == "What set it off: out of stock"
    assert words.cause_words("") == ""


def test_every_kind_of_vulnerability_has_careful_words() -> None:
    assert set(words.VULNERABLE) == {"bereavement", "illness", "self_harm", "hardship", "abuse"}
    said = " ".join(f"{short} {sentence}" for short, sentence in words.VULNERABLE.values()).lower()
    assert not any(word in said for word in ("!", "offer", "sell", "keep them", "discount", "victim", "suicid"))
    assert words.vulnerable_words("unheard of") == words.HARD_TIME


def test_the_pill_shows_no_guess() -> None:
    unsure = EmotionReading(0, Label.ANGER, 0.6, -0.6, 0.0, {Label.ANGER: 0.3, Label.STRESS: 0.29})
    assert mood_words(Mood((unsure,))) == "Unclear" and words.mood_role(Mood((unsure,))) == "grey"
    assert mood_words(Mood((unsure,), unread=(2,))) == "Not read"
    assert mood_words(Mood((reading(4, 0.9),), unread=(2,))) == "Angry"


def test_how_distressed_they_are_now_is_said_of_the_last_turn_alone() -> None:
    assert words.now_words(Mood(())) == ""
    assert words.now_words(Mood((reading(0, 0.2), reading(2, 0.9)))) == "Now very high distress, 90%"
    assert words.now_words(Mood((reading(0, 0.9),), unread=(2,))) == "1 turn not read: other language"
    assert words.now_words(Mood((reading(2, 0.3),), unread=(0,))) == (
        "Now some distress, 30% · 1 turn not read: other language"
    )


def test_relief_counts_only_after_the_last_spike() -> None:
    def spike(turn: int) -> Spike:
        return Spike(turn, Label.ANGER, Severity.HIGH, 0.9, 0.5, None, (), "")

    back = Recovery(6, 2, 0.5)
    assert words.relieved(Mood((), (spike(2),), recoveries=(back,))) == 6
    assert words.relieved(Mood((), (spike(2), spike(8)), recoveries=(back,))) is None
    assert words.relieved(Mood((), (spike(2),))) is None


@given(TEXT, st.lists(st.tuples(st.integers(-5, 500), st.integers(-5, 500), st.floats(0, 9)), max_size=5))
def test_around_takes_any_spans(text: str, spans: list[tuple[int, int, float]]) -> None:
    shown, marked = around(text, spans, 120)
    assert all(0 <= s.start < s.end <= len(shown) for s in marked)


@given(st.integers(0, 900), st.integers(1, 60))
def test_around_shows_the_very_words(start: int, length: int) -> None:
    text = "one two three four five six seven eight nine ten\n" * 20
    end = min(start + length, len(text))
    shown, marked = around(text, [(start, end, 1.0)], 200)
    assert [shown[s.start : s.end] for s in marked] == [text[start:end]]
