"""The bank of sentences: what every one of them must keep to, and that no moment is left without enough of them."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache

import pytest
from conversations import conversation

from agent_assist.assist import guard
from agent_assist.assist.replies.bank import ANY, Heat, Part, Register, Sentence, Situation, sentences
from agent_assist.records import Label

BLANK = re.compile(r"\[confirm: [a-z][^\[\]]*\]")
WORD = re.compile(r"\w[\w'’-]*")
LONGEST = 26
SHORTEST = 5
SAME_START = 10
"""Sentences of over a thousand that may share their first three words."""

CASE = conversation(
    "c: Hi, this is Maya. I ordered a desk on 5 January, order A-48213, for $40.00, and it has not arrived at Leeds.",
    "a: Hello Maya, I see.",
    "c: I've been waiting since Monday, I called on Friday, and you charged me twice. What about the return label? "
    "Three weeks now!",
)
SLOTS = {
    "case": "order A-48213",
    "thing": "your desk",
    "duration": "three weeks",
    "since": "since Monday",
    "amount": "$40.00",
    "trouble": "your desk has not arrived",
    "story": "you called on Friday",
    "place": "Leeds",
    "name": "Maya",
    "question": "which desk is it?",
    "topic": "the return label",
    "matter": "your desk being late",
}

STOCK = re.compile(
    r"\bi understand your frustration|\binconvenience|\bvalued\b|\bas per\b|\bkindly\b|\bunfortunately\b|\bcalm down\b|"
    r"\bpolicy\b|\bguarantee|\bpromise|\balways\b|\brest assured\b|\bassure you\b|\breach(?:ing)? out\b",
    re.IGNORECASE,
)
NAMES_THE_FEELING = re.compile(
    r"\byou(?:'re| are| must be| seem| sound| feel)(?: \w+ly| so| very| quite)? "
    r"(?:angry|frustrated|upset|furious|annoyed|sad|stressed|confused|worried|anxious|disappointed|mad)\b",
    re.IGNORECASE,
)
SORRY = re.compile(r"\bsorry\b|\bapolog|\bregret\b", re.IGNORECASE)
DONE = re.compile(
    r"\b(?:I|we)(?:'ve| have)(?: just| already| now)? "
    r"(?:checked|escalated|refunded|contacted|asked|sent|cancelled|fixed|raised|arranged|passed|looked|found)\b",
    re.IGNORECASE,
)
MOVES = {"steps", "asked", "answered", "gave"}
"""Not what a conversation is about, but how it stands."""
REAL = tuple(s for s in Situation if s.value not in MOVES and s is not Situation.THANKS)


@cache
def bank() -> tuple[Sentence, ...]:
    return sentences()


def filled(sentence: Sentence) -> str:
    text = sentence.text.format_map(SLOTS)
    return text[0].upper() + text[1:]


def faulty(wrong: re.Pattern[str]) -> list[str]:
    return [s.text for s in bank() if wrong.search(BLANK.sub("", s.text))]


def fitting(part: Part, heat: Heat, situation: str) -> list[Sentence]:
    return [s for s in bank() if s.pillar is part and heat in s.heat and situation in s.situations]


def test_the_bank_is_large_and_says_nothing_twice() -> None:
    texts = Counter(s.text.casefold() for s in bank())
    assert len(texts) >= 650
    assert [text for text, times in texts.items() if times > 1] == []


@pytest.mark.parametrize("wrong", [STOCK, NAMES_THE_FEELING, DONE], ids=["stock words", "feeling named", "act claimed"])
def test_no_sentence_says_what_an_agent_should_not(wrong: re.Pattern[str]) -> None:
    assert faulty(wrong) == []


def test_a_calm_customer_gets_no_reflex_apology() -> None:
    assert [s.text for s in bank() if Heat.CALM in s.heat and SORRY.search(s.text)] == []


def test_only_thanks_may_cheer() -> None:
    assert [s.text for s in bank() if "!" in s.text and s.situations != (Situation.THANKS,)] == []


def test_sentences_stand_alone_and_are_neither_curt_nor_long() -> None:
    for s in bank():
        said, blanked = len(WORD.findall(filled(s))), len(WORD.findall(BLANK.sub("", filled(s))))
        assert said >= SHORTEST, s.text
        assert blanked <= LONGEST, s.text
        assert s.text.rstrip('"')[-1] in ".?!]}", s.text
        assert s.text[0].isupper() or s.text.startswith(("{name}", "[confirm:")), s.text


def test_braces_and_brackets_are_slots_and_blanks() -> None:
    for s in bank():
        assert not re.search(r"[\[\]]", BLANK.sub("", s.text)), s.text
        assert set(s.slots) <= set(SLOTS), s.text
        assert not re.search(r"[{}]", filled(s)), s.text


def test_every_sentence_passes_the_guard_where_its_slots_are_what_the_conversation_says() -> None:
    objections = {s.text: guard.check(filled(s), CASE).unsupported for s in bank()}
    assert {text: found for text, found in objections.items() if found} == {}


def test_a_slot_that_the_conversation_does_not_carry_is_caught() -> None:
    with_amount = next(s for s in bank() if "amount" in s.slots)
    assert not guard.check(with_amount.text.format_map({**SLOTS, "amount": "$99.00"}), CASE).ok


def test_a_question_is_one_question_and_asks_for_no_secret() -> None:
    for s in bank():
        if s.pillar is Part.ASK:
            assert s.text.count("?") + ("question" in s.slots) == 1, s.text
            assert not re.search(r"\b(?:password|PIN|CVV|card number|security code)\b", s.text, re.IGNORECASE), s.text


def test_a_no_comes_with_a_way_that_is_open() -> None:
    for s in bank():
        if s.pillar is Part.DECLINE:
            assert BLANK.search(s.text), s.text


def test_openings_are_varied() -> None:
    starts = Counter(" ".join(re.findall(r"[\w'’]+|\{\w+\}|\[[^\]]*\]", s.text)[:3]).casefold() for s in bank())
    assert [start for start, times in starts.items() if times > SAME_START] == []


@pytest.mark.parametrize("situation", REAL)
@pytest.mark.parametrize("heat", Heat)
def test_every_situation_has_sentences_of_its_own_for_every_heat(situation: Situation, heat: Heat) -> None:
    least = {Part.LISTEN: 4, Part.RESOLVE: 4, Part.ASK: 3, Part.FOLLOW_UP: 1}
    if heat is not Heat.CALM:
        least |= {Part.OWN: 2, Part.FOLLOW_UP: 2, Part.DECLINE: 1}
    for part, count in least.items():
        assert len(fitting(part, heat, situation)) >= count, part


@pytest.mark.parametrize("situation", REAL)
@pytest.mark.parametrize("heat", Heat)
def test_a_reply_on_any_situation_can_begin_without_a_slot(situation: Situation, heat: Heat) -> None:
    assert [s for s in fitting(Part.LISTEN, heat, situation) if s.opens and not s.slots and s.feelings == (ANY,)]


@pytest.mark.parametrize("register", Register)
@pytest.mark.parametrize("heat", Heat)
def test_what_fits_any_situation_is_there_in_every_register(register: Register, heat: Heat) -> None:
    for part in (Part.LISTEN, Part.OWN, Part.RESOLVE, Part.FOLLOW_UP, Part.ASK, Part.DECLINE, Part.CLOSE):
        assert [s for s in fitting(part, heat, ANY) if s.register is register], part


@pytest.mark.parametrize("label", [Label.ANGER, Label.FRUSTRATION, Label.CONFUSION, Label.STRESS, Label.SADNESS])
def test_every_feeling_that_hurts_is_listened_to_in_its_own_way(label: Label) -> None:
    for heat in (Heat.UNEASY, Heat.HOT):
        own = [s for s in bank() if s.pillar is Part.LISTEN and heat in s.heat and label in s.feelings]
        assert len(own) >= 6


@pytest.mark.parametrize("situation", [s for s in Situation if s.value in MOVES])
@pytest.mark.parametrize("heat", Heat)
def test_where_a_conversation_stands_has_sentences_of_its_own(situation: Situation, heat: Heat) -> None:
    for part in (Part.RESOLVE, Part.FOLLOW_UP):
        assert len(fitting(part, heat, situation)) >= 2, part


def test_a_plain_question_can_be_answered_plainly() -> None:
    answers = [
        s
        for place in (Situation.QUESTION, ANY)
        for s in fitting(Part.RESOLVE, Heat.CALM, place)
        if "topic" in s.slots and BLANK.search(s.text)
    ]
    assert len(answers) >= 4


def test_a_friendly_end_has_many_ways_to_close() -> None:
    closes = fitting(Part.CLOSE, Heat.CALM, Situation.THANKS)
    assert len(closes) >= 8 and not any(SORRY.search(s.text) for s in closes)
