"""Who is the customer: told, named by a role, or judged by what is said."""

from __future__ import annotations

import pytest

from agent_assist.capture import read, swap_roles
from agent_assist.capture.cues import lean
from agent_assist.capture.names import Likeness, likeness, real_name, role_of
from agent_assist.errors import KnownError
from agent_assist.records import Speaker

C, A, B, S = Speaker.CUSTOMER, Speaker.AGENT, Speaker.BOT, Speaker.SYSTEM


@pytest.mark.parametrize(
    ("name", "role"),
    [
        ("Customer", C), ("Visitor 4411", C), ("End user", C), ("Tenant", C), ("Anna (Customer)", C), ("Kundin", C),
        ("Agent", A), ("Customer Service", A), ("Customer Support", A), ("Anna from Acme", A), ("Anna (Support)", A),
        ("Support - Ben", A), ("Acme Helpdesk", A), ("The Acme Team", A), ("Advisor", A), ("Rep", A),
        ("Virtual Assistant", B), ("HelpBot", B), ("Acme bot", B), ("Acme AI", B), ("Automated message", B),
        ("System", S),
        ("Anna", None), ("Talbot", None), ("Ai Tanaka", None), ("Jean de la Tour", None), ("דנה", None),
    ],
)  # fmt: skip
def test_role_words(name: str, role: Speaker | None) -> None:
    assert role_of(name) is role


@pytest.mark.parametrize(
    "label",
    ["Order", "Order 1234", "Note", "PS", "http", "Delivery address", "Hello", "My problem", "the thing", "Customer ID",
     "Hi Anna", "I said", "Dear Sir", "Step 2", "we waited. So", "x" * 60, "", "<b>", "10"],
)  # fmt: skip
def test_labels_are_no_names(label: str) -> None:
    assert likeness(label) is Likeness.NONE


@pytest.mark.parametrize(
    "name",
    ["Anna", "J. Smith", "Will Smith", "Smith, Anna", "+44 7700 900123", "Siobhán O’Brien", "王芳", "😀 Kim", "A"],
)
def test_names_are_names(name: str) -> None:
    assert likeness(name) is Likeness.FAIR


@pytest.mark.parametrize(
    ("name", "real"),
    [
        ("Anna Berg", "Anna Berg"),
        ("Anna (Customer)", "Anna"),
        ("Customer (Anna)", "Anna"),
        ("Customer", None),
        ("You", None),
    ],
)
def test_a_real_name_is_told_from_a_role(name: str, real: str | None) -> None:
    assert real_name(name) == real


def _roles(text: str, customer: str | None = None) -> dict[str | None, Speaker]:
    return {t.name: t.speaker for t in read(text, customer=customer)[0].turns}


def test_the_agent_may_speak_first() -> None:
    assert _roles("Maria: Hi! How can I help you today?\nJohn: i want my money back\nMaria: Let me check") == {
        "Maria": A,
        "John": C,
    }


def test_a_guess_is_noted_and_a_role_word_is_not() -> None:
    assert any("judging by" in n for n in read("Kim: my bill is wrong\nJo: sorry to hear that")[0].notes)
    assert read("Customer: my bill is wrong\nJo: sorry to hear that")[0].notes == ()


def test_of_three_names_the_one_with_most_evidence_is_the_customer() -> None:
    text = "Jo: hi, how can I help?\nKim: my bill is wrong again!!\nJo: Let me check.\n"
    text += "Lee: We apologise for this.\nKim: ok thanks"
    assert _roles(text) == {"Jo": A, "Kim": C, "Lee": A}


@pytest.mark.parametrize(
    ("text", "you"),
    [
        ("You: hello\nAnna: where is it", A),
        ("Me: hello\nCustomer: where is it", A),
        ("You: my bill is wrong\nSupport: hello", C),
        ("You: my bill is wrong\nHelpBot: hello", C),
    ],
)
def test_you_is_the_agent_unless_another_one_is(text: str, you: Speaker) -> None:
    assert read(text)[0].turns[0].speaker is you


def test_a_single_speaker_is_the_customer_unless_clearly_the_agent() -> None:
    assert _roles("Kim: hello\nKim: anybody?") == {"Kim": C}
    (agent,) = read("Jo: Thank you for contacting us, how can I help?\nJo: Is there anything else I can do?")
    assert {t.speaker for t in agent.turns} == {A}
    assert any("no customer" in n for n in agent.notes)


@pytest.mark.parametrize("told", ["Jo Reed", "jo reed", "jo", "JO R", "reed", "Jo Raed"])
def test_the_customer_can_be_told(told: str) -> None:
    text = "Jo Reed: How can I help you?\nKim: my bill\nBot: hi"
    assert _roles(text, told) == {"Jo Reed": C, "Kim": A, "Bot": B}


def test_an_unknown_customer_gets_the_list_of_speakers() -> None:
    with pytest.raises(KnownError, match=r"The speakers are: Kim, Jo\."):
        read("Kim: my bill\nJo: hello", customer="Zacharias")
    with pytest.raises(KnownError, match="does not name its speakers"):
        read("my bill is wrong", customer="Kim")


def test_swapping_exchanges_customer_and_agent_only() -> None:
    (before,) = read("System: Chat started\nBot: hi\nCustomer: my bill\nJo Reed: hello")
    after = swap_roles(before)
    assert [t.speaker for t in after.turns] == [S, B, A, C]
    assert (after.id, after.customer, before.customer) == (before.id, "Jo Reed", None)
    assert swap_roles(after) == before


def test_phrases_lean_the_right_way() -> None:
    assert lean("Thank you for contacting us. Is there anything else I can help with? ^JR") > 2
    assert lean("my order is still not here, i want a refund, this is ridiculous") < -2
    assert abs(lean("tomorrow at ten")) < 1


def test_swapped_roles_are_no_guess_any_more() -> None:
    conversation = read("Greg: Where is my parcel, please?\nAmir: It left on Monday.\nGreg: It is not here.")[0]
    guessed = [note for note in conversation.notes if "judging by" in note]
    swapped = swap_roles(conversation)
    assert guessed and not any("judging by" in note for note in swapped.notes)
