from __future__ import annotations

import math

import emotion_turns as desk
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent_assist.errors import BugError
from agent_assist.records import CustomerTurn, EmotionReading, Label, Speaker, Turn

NEGATIVE = {Label.ANGER, Label.FRUSTRATION}


def check_ranges(reading: EmotionReading, text: str) -> None:
    assert list(reading.scores) == list(Label)
    assert math.isclose(sum(reading.scores.values()), 1.0, abs_tol=1e-6)
    assert all(0 <= share <= 1 for share in reading.scores.values())
    assert reading.label is max(reading.scores, key=lambda label: reading.scores[label])
    assert 0 <= reading.distress <= 1 and 0 <= reading.urgency <= 1 and -1 <= reading.valence <= 1
    assert len(reading.words) <= 4 and all(word and word in text for word in reading.words)


@pytest.mark.parametrize("text", desk.FURIOUS)
def test_fury_is_read_as_fury(text: str) -> None:
    reading = desk.read_one(text)
    assert reading.label in NEGATIVE
    assert reading.distress > 0.6 and reading.valence < -0.3
    assert reading.words


@pytest.mark.parametrize("text", desk.POLITE_FURY)
def test_politeness_does_not_hide_fury(text: str) -> None:
    reading = desk.read_one(text)
    assert reading.label in NEGATIVE
    assert reading.distress > 0.44


@pytest.mark.parametrize("text", desk.SARCASM)
def test_sarcastic_thanks_are_not_satisfaction(text: str) -> None:
    reading = desk.read_one(text)
    assert reading.label is not Label.SATISFACTION
    assert reading.distress > 0.35 and reading.valence < 0


@pytest.mark.parametrize(
    "text",
    [
        "Four stars short of five, and five stars for losing my suitcase.",
        "Wow, only nine weeks late.",
        "Oh lovely, another voucher.",
        "I note that you have again chosen to ignore my letter.",
        "I cannot say that I am delighted.",
        "Thank you, but that does not answer my question.",
    ],
)
def test_cold_politeness_is_frustration(text: str) -> None:
    reading = desk.read_one(text)
    assert reading.label in NEGATIVE
    assert reading.distress > 0.3 and reading.valence < 0.1


@pytest.mark.parametrize(
    "text",
    [
        "Thankyou so much for all you did for us",
        "The first colleague was useless but you've been wonderful.",
        "Sorry for being short with you before, you have been kind. Thanks.",
    ],
)
def test_warm_thanks_after_trouble_are_satisfaction(text: str) -> None:
    reading = desk.read_one(text)
    assert reading.label is Label.SATISFACTION and reading.distress < 0.3


@pytest.mark.parametrize(
    "text", ["My bad, it was in my spam folder.", "Never mind, sorted it.", "My mistake, found it."]
)
def test_a_slip_of_their_own_is_no_trouble(text: str) -> None:
    reading = desk.read_one(text)
    assert reading.label in {Label.NEUTRAL, Label.SATISFACTION} and reading.distress < 0.2


@pytest.mark.parametrize("text", desk.CONFUSED)
def test_confusion_is_not_frustration(text: str) -> None:
    reading = desk.read_one(text)
    assert reading.label is Label.CONFUSION
    assert reading.distress < 0.6


@pytest.mark.parametrize("text", desk.STRESSED)
def test_pressure_is_stress(text: str) -> None:
    reading = desk.read_one(text)
    assert reading.label is Label.STRESS or (not reading.sure and Label.STRESS in reading.runners_up)


@pytest.mark.parametrize("text", desk.STRESSED[:3])
def test_a_deadline_is_urgent(text: str) -> None:
    assert desk.read_one(text).urgency > 0.35


@pytest.mark.parametrize("text", desk.SAD)
def test_grief_is_sadness_and_not_anger(text: str) -> None:
    reading = desk.read_one(text)
    assert reading.label is Label.SADNESS
    assert reading.valence < -0.3 and reading.distress < 0.65


@pytest.mark.parametrize("text", desk.SATISFIED)
def test_thanks_are_satisfaction(text: str) -> None:
    reading = desk.read_one(text)
    assert reading.label is Label.SATISFACTION
    assert reading.distress < 0.1 and reading.valence > 0.4


@pytest.mark.parametrize("text", desk.NEUTRAL)
def test_information_is_neutral_and_shows_no_words(text: str) -> None:
    reading = desk.read_one(text)
    assert reading.label is Label.NEUTRAL or not reading.sure
    assert reading.distress < 0.4 and reading.urgency < 0.2
    assert reading.words == () or reading.label is not Label.NEUTRAL


def test_distress_climbs_as_a_case_gets_worse() -> None:
    distress = [reading.distress for reading in desk.read(*desk.FROM_CALM_TO_FURIOUS)]
    assert distress[0] < 0.3 and distress[1] < 0.3
    assert max(distress[:2]) + 0.1 < distress[2] < distress[3] + 0.05 < distress[4]


@pytest.mark.parametrize(
    ("calmer", "worse"),
    [
        ("I am happy with this", "I am not happy with this"),
        ("My parcel is late", "My parcel is late again, for the third time"),
        ("It does not work", "It does not work!!! This is ridiculous"),
        ("Where is my refund?", "I have been waiting three weeks for my refund, where is it?"),
        ("I want to cancel", "I want to cancel, and my lawyer will hear of it"),
        ("this is not working", "THIS IS NOT WORKING"),
        ("Thanks for your help", "Thanks for nothing"),
        ("My room was dirty", "My room was fucking dirty"),
        ("No problem, take your time", "The problem is that you take your time"),
        ("I was wrong, the bill is in the junk folder", "The bill is wrong"),
        ("Sorry for shouting at you before", "You are shouting at me"),
        ("It would be nice to pick it up", "It would be nice if somebody picked up"),
        ("I have had enough time", "I have had enough of this"),
        ("Tell me where it is, please", "I'm begging you, tell me where it is"),
    ],
)
def test_the_worse_of_two_turns_has_more_distress(calmer: str, worse: str) -> None:
    low, high = desk.read(calmer, worse)
    assert high.distress > low.distress + 0.05


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("This is ridiculous, I have called three times.", {"ridiculous", "three times"}),
        ("Thanks for nothing!", {"Thanks for nothing"}),
        ("That’s not acceptable, you don’t care", {"not acceptable"}),
        ("I’m so worried about my deposit", {"so worried"}),
        ("Thank you, that worked", {"Thank you", "that worked"}),
    ],
)
def test_the_words_that_show_it_stand_as_in_the_turn(text: str, words: set[str]) -> None:
    assert words <= set(desk.read_one(text).words)


@pytest.mark.parametrize(
    ("text", "label"),
    [("😡😡😡", Label.ANGER), ("😭", Label.SADNESS), ("🙏❤️", Label.SATISFACTION), ("👍", Label.SATISFACTION)],
)
def test_a_turn_of_emoji_alone_is_read_by_them(text: str, label: Label) -> None:
    assert desk.read_one(text).label is label


@pytest.mark.parametrize(
    "text",
    [
        "https://example.org/I/HATE/THIS",
        "???!!!",
        "...",
        " ",
        "\x00\x00",
        "@SUPPORT @HELPDESK",
        "12 345",
        "\ud800",
        "—",
    ],
)
def test_a_turn_without_words_is_neutral_and_calm(text: str) -> None:
    reading = desk.read_one(text)
    assert reading.label is Label.NEUTRAL and reading.distress < 0.1 and reading.words == ()


def test_a_quoted_mail_is_not_what_the_customer_feels_now() -> None:
    quote = "> This is ridiculous, I am furious and I want my money back now!\n> You are all useless."
    alone, with_quote = desk.read("Here is the photo.", "Here is the photo.\n\n" + quote)
    assert with_quote.label is Label.NEUTRAL
    assert with_quote.distress == pytest.approx(alone.distress)


def test_of_a_very_long_turn_the_worst_part_counts() -> None:
    filler = "The red one is for my sister and the green one is for me. " * 80
    worst = "This is the third time I ask and your service is absolutely useless. "
    reading = desk.read_one(filler + worst + filler)
    assert reading.distress > 0.7
    assert "useless" in reading.words
    assert desk.read_one(filler).distress < 0.45


def test_a_reading_does_not_depend_on_its_neighbours() -> None:
    texts = [*desk.FURIOUS, *desk.NEUTRAL, *desk.SATISFIED, "ok", "word " * 600]
    together = desk.read(*texts)
    for i, text in enumerate(texts):
        (alone,) = desk.reader().read([desk.customer(text, i)])
        assert alone == together[i]


def test_readings_keep_order_and_index() -> None:
    turns = [desk.customer(text, i) for i, text in ((7, "thank you"), (2, "ok"), (11, "Thanks for nothing."))]
    assert [reading.turn for reading in desk.reader().read(turns)] == [7, 2, 11]
    assert desk.reader().read([]) == ()


@pytest.mark.parametrize("speaker", [Speaker.AGENT, Speaker.BOT, Speaker.SYSTEM])
def test_nobody_but_the_customer_is_read(speaker: Speaker) -> None:
    with pytest.raises(BugError, match="not the customer's"):
        desk.reader().read([desk.customer("hello"), CustomerTurn(Turn(1, speaker, "I am so fed up with this job"))])


def test_the_fine_scores_are_the_28_labels() -> None:
    fine = desk.read_one("Thank you so much!").fine
    assert len(fine) == 28 and max(fine, key=lambda name: fine[name]) == "gratitude"
    assert all(0 <= value <= 1 for value in fine.values())


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=300))
def test_any_text_is_read_within_the_ranges(text: str) -> None:
    check_ranges(desk.read_one(text), text)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.sampled_from([*desk.FURIOUS, *desk.SATISFIED, *desk.SARCASM, "😡", "<b>", "\n"]), min_size=1))
def test_mixed_turns_are_read_within_the_ranges(pieces: list[str]) -> None:
    text = " ".join(pieces)
    check_ranges(desk.read_one(text), text)
