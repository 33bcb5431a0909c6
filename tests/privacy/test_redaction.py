"""What a redacted conversation is: consistent, stable, reversible where it may be, the same when redacted again."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from redaction_stage import items

from agent_assist.errors import BugError
from agent_assist.privacy.redaction import Level, Redactor, redact, restore
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
    Label,
    Line,
    Mood,
    NextAction,
    Reply,
    Severity,
    Speaker,
    Spike,
    Summary,
    Turn,
    Vulnerability,
)

CARD, PIN, CVV, TOKEN, PASSWORD = "4111 1111 1111 1111", "4821", "737", "aB3dE5fG7hJ9kL2m", "Bluebird77!"
SECRET_TURNS = (
    (Speaker.AGENT, "Hi Sarah, this is Tom. How can I reach you?", "Tom Baker"),
    (Speaker.CUSTOMER, "On 07911 123456 or +44 7911 123456, or s.miller@example.com.", "Sarah Miller"),
    (Speaker.CUSTOMER, f"My card is {CARD} and my pin is {PIN}. I typed {PIN} twice!", "Sarah Miller"),
    (Speaker.AGENT, "Thanks Ms Miller. What is the CVV?", "Tom Baker"),
    (Speaker.CUSTOMER, f"{CVV}. The password is {PASSWORD}", "Sarah Miller"),
    (
        Speaker.CUSTOMER,
        f"https://a.example.com/reset?token={TOKEN} is dead. Order 123456789, £45.50",
        "Sarah Miller",
    ),
)


def conversation(turns: tuple[tuple[Speaker, str, str], ...] = SECRET_TURNS) -> Conversation:
    made = tuple(Turn(i, speaker, text, name) for i, (speaker, text, name) in enumerate(turns))
    return Conversation("c1", "plain", made, customer="Sarah Miller")


def redactor(level: str = "all") -> Redactor:
    return Redactor(level, region="GB")


def texts(some: Conversation) -> list[str]:
    return [turn.text for turn in some.turns]


def test_nothing_is_touched_at_level_none() -> None:
    some = conversation()
    redacted = redactor("none").conversation(some)
    assert redacted.conversation is some
    assert redacted.originals == {}


def test_an_unknown_level_is_our_fault() -> None:
    with pytest.raises(BugError):
        Redactor("most")


def test_payment_takes_what_pays_and_what_opens_and_leaves_who_somebody_is() -> None:
    redacted = redactor("payment").conversation(conversation())
    assert texts(redacted.conversation) == [
        "Hi Sarah, this is Tom. How can I reach you?",
        "On 07911 123456 or +44 7911 123456, or s.miller@example.com.",
        "My card is [card ending 1111] and my pin is [PIN]. I typed [PIN] twice!",
        "Thanks Ms Miller. What is the CVV?",
        "[security code]. The password is [password]",
        "https://a.example.com/reset?token=[token] is dead. Order 123456789, £45.50",
    ]
    assert redacted.conversation.customer == "Sarah Miller"
    assert redacted.originals == {}


def test_all_takes_names_and_contacts_too_and_gives_the_same_value_the_same_number() -> None:
    redacted = redactor().conversation(conversation())
    assert texts(redacted.conversation)[:4] == [
        "Hi [name 2], this is [name 1]. How can I reach you?",
        "On [phone 1] or [phone 1], or [e-mail 1].",
        "My card is [card ending 1111] and my pin is [PIN]. I typed [PIN] twice!",
        "Thanks Ms [name 2]. What is the CVV?",
    ]
    assert [turn.name for turn in redacted.conversation.turns[:2]] == ["[name 1]", "[name 2]"]
    assert redacted.conversation.customer == "[name 2]"
    assert redacted.originals == {
        "[name 1]": "Tom Baker",
        "[name 2]": "Sarah Miller",
        "[phone 1]": "07911 123456",
        "[e-mail 1]": "s.miller@example.com",
    }


def test_names_stay_where_they_are_not_asked_for() -> None:
    redacted = Redactor("all", names=False, region="GB").conversation(conversation())
    assert texts(redacted.conversation)[0] == "Hi Sarah, this is Tom. How can I reach you?"
    assert redacted.conversation.customer == "Sarah Miller"


def test_what_opens_something_is_never_in_the_map_that_leads_back() -> None:
    kept = " ".join(redactor().conversation(conversation()).originals.values())
    for secret in (CARD, CARD.replace(" ", ""), PIN, CVV, TOKEN, PASSWORD):
        assert secret not in kept


def test_the_way_back_gives_the_first_spelling() -> None:
    redacted = redactor().conversation(conversation())
    assert restore(texts(redacted.conversation)[1], redacted.originals).startswith(
        "On 07911 123456 or 07911 123456, or s.m"
    )
    assert restore("[phone 9] [PIN]", redacted.originals) == "[phone 9] [PIN]"
    assert Redactor.restore("[e-mail 1]", redacted.originals) == "s.miller@example.com"


def test_turns_that_come_later_change_nothing_before_them() -> None:
    whole = texts(redactor().conversation(conversation()).conversation)
    for count in range(1, len(SECRET_TURNS)):
        part = redactor().conversation(conversation(SECRET_TURNS[:count])).conversation
        assert texts(part) == whole[:count]


def test_numbers_of_an_earlier_run_are_given_again() -> None:
    first = redactor().conversation(conversation())
    later = replace(
        conversation(), turns=(Turn(0, Speaker.CUSTOMER, "New: 07400 654321, old: +44 7911 123456. Sarah"),)
    )
    known = Redactor("all", region="GB", known=first.originals).conversation(later)
    assert texts(known.conversation) == ["New: [phone 2], old: [phone 1]. [name 2]"]
    assert known.originals["[phone 1]"] == "07911 123456"


def test_placeholders_of_the_text_itself_are_no_values_and_keep_their_numbers() -> None:
    text = "[phone 1] is what it says, mine is 07911 123456"
    assert redact(text, "all", "GB") == "[phone 1] is what it says, mine is [phone 2]"


def test_redacting_the_redacted_changes_nothing() -> None:
    once = redactor().conversation(conversation())
    again = redactor().conversation(once.conversation)
    assert again.conversation == once.conversation
    assert again.originals == {}


def test_a_redactor_forgets_the_conversation_before() -> None:
    one = redactor()
    first = one.conversation(conversation())
    assert one.conversation(conversation()) == first
    assert one.conversation(conversation(SECRET_TURNS[1:2])).originals.keys() >= {"[phone 1]"}


def test_a_text_of_its_own_goes_on_with_the_conversation() -> None:
    one = redactor()
    one.conversation(conversation())
    assert one.text("Sarah, I'll ring 07911123456 and send it to new@example.com") == (
        "[name 2], I'll ring [phone 1] and send it to [e-mail 2]"
    )


def test_the_record_is_read_by_the_names_of_its_fields() -> None:
    fields = (
        ("Name", "Sarah Miller"),
        ("Phone", "07911 123456"),
        ("PIN", "99 12"),
        ("Plan", "Gold"),
        ("Address", "the old mill"),
    )
    some = replace(conversation(), record=CustomerRecord(fields))
    record = redactor().conversation(some).conversation.record
    assert record is not None
    assert [value for _, value in record.fields] == ["[name 2]", "[phone 1]", "[PIN]", "Gold", "[address 1]"]


def test_asides_and_notes_are_redacted_with_the_same_placeholders() -> None:
    some = replace(
        conversation(),
        asides=(Aside("Call Sarah on 07911123456", 1, "Tom Baker"),),
        notes=("2 lines of Sarah Miller left out.",),
    )
    redacted = redactor().conversation(some).conversation
    assert redacted.asides == (Aside("Call [name 2] on [phone 1]", 1, "[name 1]"),)
    assert redacted.notes == ("2 lines of [name 2] left out.",)


def analysis() -> Analysis:
    scores = dict.fromkeys(Label, 0.0) | {Label.ANGER: 1.0}
    mood = Mood(
        (EmotionReading(2, Label.ANGER, 0.8, -0.5, 0.1, scores, ("twice", "4821")),),
        (Spike(2, Label.ANGER, Severity.HIGH, 0.8, 0.4, 1, ("4821", "typed"), "Sarah typed 4821 twice."),),
        vulnerable=(Vulnerability(4, "illness", ("Bluebird77",), "Take care."),),
    )
    summary = Summary(
        Line(f"Sarah's card {CARD} fails", (2,)),
        (Line("Typed 4821 twice", (2,)),),
        Line("Sarah Miller is angry", (2,)),
        Line("A call on 07911 123456", (1,)),
        (Line("The link", (5,)),),
        (
            Fact("phone", "07911 123456", 1),
            Fact("order_id", "123456789", 5),
            Fact("reference", "1111 1111", 2),
            Fact("amount", "£45.50", 5),
        ),
    )
    reply = Reply("own", "Dear Sarah, PIN 4821 is wrong.", {}, 0.5, Grounding(False, ("4821",)))
    action = NextAction("Ring 07911123456", "Sarah asked", (1,))
    assist = Assist(summary, (action,), (reply,), ContextUse(1, 2), notes=("For Sarah",), tactic=action)
    return Analysis(conversation(), mood, assist)


def test_everything_that_holds_text_is_redacted_and_numbers_stay() -> None:
    before = analysis()
    after, originals = redactor().analysis(before)
    for secret in (*SECRETS_AND_PEOPLE, "1111 1111"):
        assert secret not in repr(after), secret
    assert originals["[phone 1]"] == "07911 123456"
    assert after.mood.readings[0].words == ("twice",)
    assert replace(after.mood.readings[0], words=("twice", "4821")) == before.mood.readings[0]
    assert after.mood.spikes[0].evidence == ("typed",)
    assert after.mood.vulnerable[0].words == ()
    assert after.assist is not None
    summary = after.assist.summary
    assert summary.issue == Line("[name 2]'s card [card ending 1111] fails", (2,))
    assert summary.facts == (
        Fact("phone", "[phone 1]", 1),
        Fact("order_id", "123456789", 5),
        Fact("amount", "£45.50", 5),
    )
    assert after.assist.next_actions == (NextAction("Ring [phone 1]", "[name 2] asked", (1,)),)
    assert redactor().analysis(after) == (after, {})


SECRETS_AND_PEOPLE = ("4821", CARD, "Sarah", "Miller", "Tom", "07911", "Bluebird", TOKEN, "s.miller")


def test_an_analysis_at_level_none_is_itself() -> None:
    some = analysis()
    assert redactor("none").analysis(some) == (some, {})


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Will you help? May I ask? Thanks Will.", "Will you help? May I ask? Thanks [name 1]."),
        ("mark my words", "mark my words"),
        ("Ask WILL, and O'Neil too", "Ask [name 1], and O'Neil too"),
    ],
)
def test_a_name_that_is_a_word_is_replaced_where_it_is_meant(text: str, expected: str) -> None:
    turn = Turn(0, Speaker.CUSTOMER, text, "Will")
    assert redactor().conversation(Conversation("c", "x", (turn,))).conversation.turns[0].text == expected


@pytest.mark.parametrize("name", ["Customer", "Support Team", "Acme GmbH", "Chat Bot", "guest"])
def test_roles_and_companies_are_nobodys_names(name: str) -> None:
    turn = Turn(0, Speaker.CUSTOMER, "The support team and the customer talked.", name)
    redacted = redactor().conversation(Conversation("c", "x", (turn,), customer=name)).conversation
    assert redacted.turns[0] == turn
    assert redacted.customer == name


def test_a_name_that_is_a_phone_number_is_that_number() -> None:
    turns = (Turn(0, Speaker.CUSTOMER, "It's me, +44 7911 123456", "+44 7911 123456"),)
    redacted = redactor().conversation(Conversation("c", "x", turns)).conversation.turns[0]
    assert (redacted.name, redacted.text) == ("[phone 1]", "It's me, [phone 1]")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("My name is Ana Ruiz. Ana again", "My name is [name 1]. [name 1] again"),
        ("Ask Mrs. Okafor about it", "Ask Mrs. [name 1] about it"),
        ("Dear Priya,\nthanks", "Dear [name 1],\nthanks"),
        ("Hello there, hi all!", "Hello there, hi all!"),
        ("Sorted for you ^Helen", "Sorted for you ^[name 1]"),
        ("Kind regards,\nJo Walsh", "Kind regards,\n[name 1]"),
    ],
)
def test_names_that_a_text_introduces(text: str, expected: str) -> None:
    assert redact(text, Level.ALL, "GB") == expected


_NAMES = ("Sarah", "Tom Baker", "Hi", "[phone 1]", "[name 3]", "\n")
_CUES = ("pin is", "code", "4821", "07911 123456", "card", "order", "password:")
_PIECES = st.sampled_from([*(item.text for item in items()[::3]), *_NAMES, *_CUES]) | st.text(max_size=12)
_SAID = st.lists(_PIECES, min_size=1, max_size=4).map(" ".join)
_TURNS = st.lists(st.tuples(st.sampled_from(list(Speaker)), _SAID), max_size=5)


@settings(max_examples=150, deadline=None)
@given(_TURNS, st.sampled_from(["payment", "all"]))
def test_any_conversation_is_stable_and_the_same_again(spoken: list[tuple[Speaker, str]], level: str) -> None:
    turns = tuple(
        Turn(i, who, text, "Sarah Miller" if who is Speaker.CUSTOMER else None) for i, (who, text) in enumerate(spoken)
    )
    some = Conversation("c", "x", turns)
    redacted = redactor(level).conversation(some)
    assert redactor(level).conversation(some) == redacted
    again = redactor(level).conversation(redacted.conversation)
    assert texts(again.conversation) == texts(redacted.conversation)
    head = redactor(level).conversation(replace(some, turns=turns[:-1])).conversation
    assert texts(head) == texts(redacted.conversation)[: len(head.turns)]
    assert [t.i for t in redacted.conversation.turns] == list(range(len(turns)))
