"""What may stand beside the conversation's own words: the customer's record, and what the site lets agents promise."""

from __future__ import annotations

from dataclasses import replace

import pytest
from conversations import conversation
from hypothesis import given, settings
from hypothesis import strategies as st

from agent_assist.assist import guard
from agent_assist.errors import KnownError
from agent_assist.paths import Places
from agent_assist.records import CustomerRecord

CASE = conversation("c: I want my $500 back within 1 hour, now!", "a: Let me look.", "c: Well?")
LEAD = "I'm sorry that this has been such a long wait for you. "
SITE = """
[promise.goodwill]
say = "I can put a credit on your account today."
phrases = ["credit your account", "credit of"]
up_to = "20 EUR"

[promise.callback]
say = "A colleague calls you back within 2 working days."
patterns = ["call you( back)?"]
within = "2 working days"
"""


@pytest.fixture
def allowed(places: Places) -> guard.Allowed:
    (places.home / "promises.toml").write_text(SITE, encoding="utf-8")
    return guard.load_promises(places)


def test_nothing_is_promised_where_the_site_names_nothing(places: Places) -> None:
    assert guard.load_promises(places) == guard.NOTHING
    assert not guard.check("I'll credit your account with 10 EUR.", CASE, guard.load_promises(places)).ok


@pytest.mark.parametrize(
    "text",
    [
        "I'll credit your account.",
        "I'll credit your account with 20 EUR.",
        "I'll credit your account with €5.50 now.",
        "We can offer you a credit of 10 EUR.",
        "You'll receive a credit of 10 EUR.",
        "I'll arrange to call you back within 2 working days.",
        "Happy to credit your account.",
        "I can put a credit on your account today.",
        "A colleague calls you back within 2 working days.",
        "I'll call you back within 2 working days.",
        "I'll call you within 3 days.",
        "I'll call you within one week.",
    ],
)
def test_what_the_site_allows_may_be_promised(text: str, allowed: guard.Allowed) -> None:
    assert guard.findings(LEAD + text, CASE, allowed) == []
    assert guard.mend(LEAD + text, CASE, allowed).text == LEAD + text
    assert not guard.check(LEAD + text, CASE).ok


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("I'll credit your account with 21 EUR.", "21 EUR"),
        ("I'll credit your account with $10.", "$10"),
        # The customer's own figure backs no promise of ours.
        ("I'll credit your account with $500.", "$500"),
        ("I'll call you back within 1 hour.", "1 hour"),
        ("I'll call you back within 2 days.", "2 days"),
    ],
)
def test_its_limits_hold(text: str, named: str, allowed: guard.Allowed) -> None:
    (found,) = guard.findings(LEAD + text, CASE, allowed)
    assert found.text == named
    assert "More than agents here may promise" in found.reason
    mended = guard.mend(LEAD + text, CASE, allowed).text
    assert mended is not None
    assert "[confirm: " in mended and named not in mended


@pytest.mark.parametrize(
    "text",
    [
        "I'll credit your account and refund the rest.",
        "I'll refund you, as we credit your account.",
        "I've credited your account.",
        "I promise to credit your account.",
        "I'll refund you in full before we credit your account.",
        "I'll cancel your contract once we credit your account.",
        "I'll credit your account before we refund you in full.",
    ],
)
def test_a_promise_opens_no_door_to_another(text: str, allowed: guard.Allowed) -> None:
    assert not guard.check(LEAD + text, CASE, allowed).ok


@pytest.mark.parametrize(
    ("file", "words"),
    [
        ("[promise.x]", "say"),
        ('[promise.x]\nsay = ""', "one sentence"),
        ('[promise.x]\nsay = "Yes."\nlimit = "5 EUR"', "limit"),
        ('[promise.x]\nsay = "Yes."\nup_to = "a lot"', "20 EUR"),
        ('[promise.x]\nsay = "Yes."\nwithin = "soon"', "2 working days"),
        ('[promise.x]\nsay = "Yes."\npatterns = ["("]', "no pattern"),
        ('[promise.x]\nsay = "Yes."\npatterns = ["(?i)call you"]', "promise.x.patterns"),
        ('[promise.x]\nsay = "Yes."\npatterns = ["(?P<a>call)", "(?P<a>ring)"]', "promise.x.patterns"),
        ('[promise.x]\nsay = "Yes."\npatterns = [".*"]', "covers everything"),
        ('[promise.x]\nsay = "Yes."\nphrases = [""]', "covers everything"),
        ('[promise."A B"]\nsay = "Yes."', "small letters"),
        ("[promise", "promises.toml"),
        ("promises = 1", "promises"),
        ("\ud800", "UTF-8"),
    ],
)
def test_a_wrong_file_is_told_in_a_sentence(file: str, words: str, places: Places) -> None:
    (places.home / "promises.toml").write_bytes(file.encode("utf-8", "surrogatepass"))
    with pytest.raises(KnownError) as told:
        guard.load_promises(places)
    assert words in str(told.value)
    assert "promises.toml" in str(told.value)
    assert str(told.value).endswith("Mend it there or delete it.")


def test_the_record_backs_specifics_and_binds_nobody() -> None:
    record = CustomerRecord((("plan", "Gold 500"), ("renewal", "3 March"), ("note", "agent approved a full refund")))
    known = replace(CASE, record=record)
    for text in ("Your plan is Gold 500.", "It renews on 3 March, as far as I can see."):
        assert guard.check(LEAD + text, known).ok
    assert not guard.check(LEAD + "It renews on 3 March.", CASE).ok
    for text in ("Your refund has been approved.", "I'll refund you.", "We have approved a full refund."):
        assert not guard.check(LEAD + text, known).ok


@pytest.mark.parametrize(
    ("agent", "text", "ok"),
    [
        ("I'll refund you.", "I'll refund you.", True),
        ("I'll refund $50.", "I'll refund $50.", True),
        ("I'll refund $50.", "I'll refund $500.", False),
        ("I'll refund you.", "I'll refund you the $500.", False),
        ("I'll refund half.", "I'll refund the full price.", False),
        ("I'll send you a form.", "I'll send you a replacement.", False),
        ("If you return it, I'll refund you.", "I'll refund you.", False),
        ("If you return it, I'll refund you.", "Once you return it, I'll refund you.", True),
        ("Shall I say I'll refund you?", "I'll refund you.", False),
        ("I can't refund you.", "I can refund you.", False),
    ],
)
def test_a_commitment_stands_as_far_as_an_agent_made_it(agent: str, text: str, ok: bool) -> None:
    case = conversation("c: I paid $500 and want it back!", f"a: {agent}", "c: Well?")
    assert guard.check(LEAD + text, case).ok is ok


def test_the_customer_is_spoken_to_by_none_of_their_own_words() -> None:
    case = conversation("c: I'm Maria and my kettle leaks. My manager is cross.")
    for text in ("My kettle leaks.", "Maria wants a new one.", "She is upset."):
        assert not guard.check(LEAD + text, case).ok
    for text in ("Your kettle leaks, Maria.", "My manager is here too.", "My name is on the chat."):
        assert guard.check(LEAD + text, case).ok, text
    sister = conversation("c: My sister ordered it. She is upset.")
    assert guard.check(LEAD + "She is upset, and rightly so.", sister).ok


@settings(max_examples=80, deadline=None)
@given(cents=st.integers(0, 10_000), before=st.booleans())
def test_an_amount_is_allowed_exactly_up_to_the_limit(cents: int, before: bool) -> None:
    promise = guard.Promise("x", "Yes.", up_to="20 EUR")
    number = f"{cents // 100}.{cents % 100:02d}"
    assert promise.allows("amount", f"€{number}" if before else f"{number} EUR") is (cents <= 2_000)


@settings(max_examples=80, deadline=None)
@given(number=st.integers(1, 400), unit=st.sampled_from(["hours", "days", "working days", "weeks"]))
def test_a_time_is_allowed_from_the_limit_on(number: int, unit: str) -> None:
    promise = guard.Promise("x", "Yes.", within="2 working days")
    hours = {"hours": 1.0, "days": 24.0, "working days": 33.6, "weeks": 168.0}[unit]
    assert promise.allows("how long", f"{number} {unit}") is (number * hours >= 67.2)
