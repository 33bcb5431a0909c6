from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent_assist.emotion import text as texts
from agent_assist.emotion.cues import find_cues, table
from agent_assist.emotion.head import load_manifest
from agent_assist.emotion.layer import combine
from agent_assist.records import Label
from models.emotion import FOLDER


def names(text: str) -> set[str]:
    return {hit.name for hit in find_cues(texts.mask(text))}


@pytest.mark.parametrize(
    ("text", "cue"),
    [
        ("this is the 4th time", "repeat_contact"),
        ("I have called five times", "repeat_contact"),
        ("I’ve told you already", "repeat_contact"),
        ("still no answer", "still_waiting"),
        ("I have waited for three weeks", "time_waited"),
        ("it took two hours", "time_waited"),
        ("I will leave a one-star review", "threat"),
        ("see you in small claims", "threat"),
        ("please close my account", "leaving"),
        ("I'm switching to another provider", "leaving"),
        ("I need it by tomorrow", "deadline"),
        ("URGENT: no power", "deadline"),
        ("what the f**k", "profanity"),
        ("WHERE IS MY STUFF", "capitals"),
        ("really??", "question_run"),
        ("I am not at all happy", "not_pleased"),
        ("thanks for wasting my day", "sarcasm"),
        ("you keep ignoring me", "displeased"),
        ("I'm going elsewhere", "leaving"),
        ("so much for the warranty", "sarcasm"),
        ("Well, so much for next-day delivery", "sarcasm"),
        ("ten stars for losing my bag", "sarcasm"),
        ("love how you charge me on time and then hang up", "sarcasm"),
        ("Oh lovely, another form", "sarcasm"),
        ("great job losing my file", "sarcasm"),
        ("nice way to treat a guest", "sarcasm"),
        ("I'm afraid that I will lose the room", "worry"),
        ("I've had enough.", "had_enough"),
        ("It would be nice if somebody rang me", "icy"),
        ("I'd like a reply this decade", "icy"),
        ("somebody could be bothered to look", "icy"),
        ("This is less than satisfactory", "not_pleased"),
        ("I cannot say that I am impressed", "not_pleased"),
        ("You lot are unbelievable", "in_disbelief"),
        ("I am begging you, open the door", "pleading"),
        ("thanks, but that did not answer my question", "not_answered"),
        ("I appreciate your patience, but I'm still stuck", "thanks_but"),
        ("My mistake, it was in the junk folder", "owns_up"),
        ("sorry for being snappy before", "owns_up"),
        ("the first one was rude but you've been lovely", "turns_to_praise"),
        ("Sadly not", "plain_no"),
        ("that is the third one that broke", "repeat_contact"),
        ("I am posting these screenshots everywhere", "threat"),
        ("Thankyou, bye", "thanks"),
        ("I'll leave you a glowing review", "praise"),
    ],
)
def test_cues_are_found(text: str, cue: str) -> None:
    assert cue in names(text)


@pytest.mark.parametrize(
    ("text", "cue"),
    [
        ("no problem", "problem"),
        ("I was not happy", "praise"),
        ("thanks for nothing", "thanks"),
        ("I would appreciate it if you answered", "thanks"),
        ("it is not sorted", "relieved"),
        ("I classify shells", "profanity"),
        ("see https://example.org/WHY/SO/LOUD", "capitals"),
        ("orders AB-12345 and QX-99812", "capitals"),
        ("write to FIRST.LAST@EXAMPLE.ORG or @HELPDESK", "capitals"),
        ("I took a day off", "time_waited"),
        ("thanks again", "repeat_contact"),
        ("I will try again later", "repeat_contact"),
        ("is the offer still valid", "still_waiting"),
        ("Best regards, Anna", "praise"),
        ("I am going to pay by card", "leaving"),
        ("please ignore my last message", "displeased"),
        ("can you share it with me", "threat"),
        ("I would like to report this fault", "threat"),
        ("can you help me with my order", "worry"),
        ("could you please send me the invoice, thank you", "thanks"),
        ("any advice appreciated", "thanks"),
        ("I can't wait to see it", "problem"),
        ("what is the best way to do it", "praise"),
        ("please write that down", "problem"),
        ("Thankyou so much for your patience", "sarcasm"),
        ("we loved the room so much for its view", "sarcasm"),
        ("is the timetable back to normal again", "repeat_contact"),
        ("good evening, I need to know what is not included", "sarcasm"),
        ("it is nice to talk to somebody and not to a machine", "sarcasm"),
        ("I love how it fits", "sarcasm"),
        ("That is just what I needed 😊", "sarcasm"),
        ("You ruined my day but the courier was lovely", "turns_to_praise"),
        ("five stars for making it easy", "sarcasm"),
        ("great service, never had a problem", "sarcasm"),
        ("I take it you are closed on Sundays?", "icy"),
        ("are you serious about the discount", "in_disbelief"),
        ("I was wrong to trust you", "owns_up"),
        ("sorry for my tone but this is the fifth time", "owns_up"),
        ("restarting didn't help, any advice?", "not_answered"),
        ("I've had enough time to read it", "had_enough"),
        ("it would be great if you could send the invoice", "icy"),
        ("unbelievable value, thank you", "in_disbelief"),
        ("the site does not work with my reader", "not_answered"),
        ("thanks but I found it", "thanks_but"),
        ("my own fault was quoted back at me", "displeased"),
        ("my bad, wrong account", "problem"),
        ("you were kind but you are brilliant at ignoring people", "turns_to_praise"),
        ("I'm afraid that didn't do it", "worry"),
        ("sadly it did not arrive", "sorrow"),
        ("can't complain", "problem"),
    ],
)
def test_what_only_looks_like_a_cue_is_not(text: str, cue: str) -> None:
    assert cue not in names(text)


def test_two_finds_count_more_than_one_and_less_than_two() -> None:
    one, many = find_cues("ridiculous"), find_cues("ridiculous useless pathetic")
    assert one[0].strength == 1 < many[0].strength < 2


def test_the_table_refers_only_to_itself() -> None:
    known = set(table().cue) | set(table().fine)
    for cue in table().cue.values():
        assert set(cue.mutes) <= known


def test_without_anything_found_a_turn_is_neutral_and_calm() -> None:
    levels = combine(None, (), load_manifest(FOLDER).layer)
    assert levels.label is Label.NEUTRAL and levels.distress < 0.1 and levels.urgency < 0.1


@given(st.text(max_size=400))
def test_masking_keeps_every_position(text: str) -> None:
    masked = texts.mask(text)
    assert len(masked) == len(text)
    for hit in find_cues(masked):
        assert all(0 <= start < end <= len(text) for start, end in hit.spans)


@given(st.lists(st.sampled_from(["word", "Sentence one.", "\n", "no", "x" * 90, "!", " "]), max_size=200))
def test_parts_are_short_in_order_and_leave_nothing_out(pieces: list[str]) -> None:
    text = " ".join(pieces)
    parts = texts.split(text)
    assert all(len(part) <= texts.PART_CHARS and text[start : start + len(part)] == part for start, part in parts)
    if len(parts) < texts.MAX_PARTS:
        assert "".join("".join(part.split()) for _, part in parts) == "".join(text.split())


def test_a_huge_turn_is_read_at_both_ends() -> None:
    parts = texts.split("word " * 100_000)
    assert len(parts) == texts.MAX_PARTS
    assert parts[0][0] == 0 and parts[-1][0] > 499_000


@pytest.mark.parametrize(
    "piece",
    [
        "not ",
        "!",
        "?!",
        "so much for ",
        "a" * 50,
        "still ",
        "1 ",
        "great job ",
        "five stars for ",
        "it was in my ",
        "had enough ",
        "appreciate your help, but ",
        "sorry for ",
        "reply this ",
        "wow, only one ",
        "> ",
        "@a",
        "A1-",
        "a-",
        "a.",
        "On a\n",
        "--",
        "--Original ",
    ],
)
def test_no_pattern_is_slow_on_repetition(piece: str) -> None:
    start = time.perf_counter()
    masked = texts.mask(piece * (100_000 // len(piece)))
    for _, part in texts.split(masked):
        find_cues(part)
    assert time.perf_counter() - start < 2.0


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("see https://example.org/a?b=C now", "see now"),
        ("Hi\n> old line\nnew line", "Hi new line"),
        ("Please help\n-----Original Message-----\nFrom: you\nangry text", "Please help"),
        ("Thanks\nOn Mon, 5 Jan 2026, Support wrote:\nwe are sorry", "Thanks"),
        ("order A-48213 please", "order please"),
        ("Tom &amp; Anna", "Tom & Anna"),
    ],
)
def test_what_is_not_the_customers_own_words_is_blanked(text: str, left: str) -> None:
    assert texts.plain(texts.mask(text)) == left
