"""A draft in better words: what is cold goes, what is missing comes, and no fact of it is lost or added."""

from __future__ import annotations

import pytest
from conversations import DESK, DESK_MOOD, conversation, mood_of
from hypothesis import given, settings
from hypothesis import strategies as st
from scripted_engine import ScriptedEngine

from agent_assist.assist import guard
from agent_assist.assist.coach import rewrite
from agent_assist.assist.coach.keep import Bounds, follows, keeps
from agent_assist.errors import Cancelled, KnownError
from agent_assist.jobs import CancelToken
from agent_assist.records import AssistEvent, Conversation, Label, Mood, Progress, Rewrite, Stage, Tag, Wish

ASKING = conversation("c: What time does the shop on Mill Road open on Sunday?")
CALM = mood_of(ASKING, Label.NEUTRAL, 0.1)
ROBOT = (
    "Unfortunately your desk is delayed. As per our policy we can not give any dates. "
    "We apologise for any inconvenience this may have caused."
)


def rewritten(
    draft: str,
    wish: Wish = Wish.BETTER,
    on: Conversation = DESK,
    mood: Mood = DESK_MOOD,
    *,
    says: dict[str, str] | None = None,
    instruction: str = "",
) -> Rewrite:
    """By rules alone, or with a model that says what the script has for a sentence (or "draft")."""
    engine = None if says is None else ScriptedEngine(says)
    return rewrite(draft, on, mood, wish, instruction, engine, lambda _: None, CancelToken())


def test_a_robot_reply_becomes_one_that_a_person_could_send() -> None:
    text = rewritten(ROBOT).text
    for phrase in ("Unfortunately", "policy", "inconvenience"):
        assert phrase not in text
    assert "desk is delayed" in text
    assert "cannot give any dates" in text
    assert text.index("sorry") < text.index("delayed"), "the apology comes first"
    assert guard.check(text, DESK).ok


def test_every_piece_is_taken_or_left_alone() -> None:
    made = rewritten(ROBOT)
    assert made.taking(set()) == ROBOT
    assert {Tag.SOFTENS, Tag.OWNS} <= {c.tag for c in made.changes}
    for k, change in enumerate(made.changes):
        alone = made.taking({k})
        assert alone != ROBOT
        assert change.text.strip() in alone


def test_what_is_missing_is_put_in_and_says_what_it_does() -> None:
    made = rewritten("I'm checking where the desk is now.")
    added = {c.tag: c.text for c in made.changes if c.start == c.end}
    assert set(added) >= {Tag.VALIDATES}
    assert guard.check(made.text, DESK).ok


def test_the_loss_of_a_person_is_named_first() -> None:
    on = conversation("c: My father died last week and I need to close his phone contract.")
    text = rewritten("Only the holder can cancel it.", on=on, mood=mood_of(on, Label.SADNESS, 0.6)).text
    assert text.startswith("I'm very sorry for your loss.")


def test_an_answer_to_a_calm_question_only_loses_what_nobody_needs() -> None:
    draft = "We sincerely apologise for the inconvenience caused. The shop opens at 10 on Sundays."
    assert rewritten(draft, on=ASKING, mood=CALM).text == "The shop opens at 10 on Sundays."


def test_warmer_contracts_and_formal_writes_out() -> None:
    assert rewritten("I am here and we will see.", Wish.WARMER, ASKING, CALM).text == "I'm here and we'll see."
    assert rewritten("Thanks, we can't see it.", Wish.FORMAL, ASKING, CALM).text == "Thank you, we cannot see it."


def test_shorter_drops_filler_and_keeps_the_facts() -> None:
    draft = "Basically, you just need to go to the page and then you can actually change order A-48213 there."
    made = rewritten(draft, Wish.SHORTER)
    assert "A-48213" in made.text
    assert "asically" not in made.text and "actually" not in made.text
    assert {c.tag for c in made.changes} == {Tag.SHORTENS}


def test_a_greeting_and_a_signature_stay_where_they_are() -> None:
    text = rewritten("Hi there, we have your desk here now. ^AB").text
    assert text.startswith("Hi there, ")
    assert text.endswith("^AB")
    assert "now. ^AB" in text or "]" in text


def test_links_and_blanks_are_never_touched() -> None:
    draft = "Unfortunately see https://kindly.example/in-order-to?x=asap and [confirm: kindly what], pls."
    text = rewritten(draft).text
    assert "https://kindly.example/in-order-to?x=asap" in text
    assert "[confirm: kindly what]" in text
    assert "please" in text


def test_the_models_sentence_is_taken_where_it_is_better() -> None:
    draft = "We would like to ask you to be so kind as to send us the serial number of the desk."
    made = rewritten(draft, Wish.SHORTER, says={"0": " Please send us the serial number of the desk."})
    assert made.text == "Please send us the serial number of the desk."


def test_a_link_at_the_end_comes_back_as_it_was() -> None:
    link = "https://shop.example/help?x=1"
    draft = f"We would like to ask you to be so kind as to follow the steps of our guide on this page: {link}"
    made = rewritten(draft, Wish.SHORTER, says={"0": " Please follow the steps of our guide on this page: LINK"})
    assert made.text == f"Please follow the steps of our guide on this page: {link}"
    assert rewritten(draft, Wish.SHORTER, says={"0": " Please follow the steps of our guide."}).text == draft


UNFIT = [
    "Please send us the serial number of the desk and we will refund you.",
    "Please send us the serial number 4711 of the desk.",
    "Please send us the desk.",
    "You sent us the serial number of the desk.",
    "Don't send us the serial number of the desk, please.",
    "Please send the serial number of the desk to our office in Leeds.",
]


@pytest.mark.parametrize("offered", UNFIT)
def test_a_sentence_that_says_something_else_is_not(offered: str) -> None:
    draft = "We would like to ask you to be so kind as to send us the serial number of the desk."
    assert offered not in rewritten(draft, Wish.SHORTER, says={"0": " " + offered}).text


FAITHFUL = [
    ("Please provide us with your email address.", "Could you send us your email address, please?", True),
    ("The branch is closed on Monday because of the holiday.", "The branch is closed on Monday for the holiday.", True),
    ("You need to contact the courier directly.", "Please contact the courier directly.", True),
    ("The shop opens at 10.", "The shop opens at 10 am.", False),
    ("It may arrive on Friday.", "It will arrive on Friday.", False),
    ("We can't change the address of a parcel.", "We can change the address of a parcel.", False),
    ("Ask Maria about the invoice of June.", "Ask them about the invoice of June.", False),
    ("Please ask the holder of the account to contact us.", "Please contact the holder of the account.", False),
]


@pytest.mark.parametrize(("before", "after", "same"), FAITHFUL)
def test_the_same_thing_in_other_words_is_told_from_another_thing(before: str, after: str, same: bool) -> None:
    assert keeps(before, after, Bounds.of(ASKING, None, before), shorter=False) is same


def test_words_of_ones_own_change_the_draft_as_asked() -> None:
    draft = "We got your parcel. We look at it now."
    says = {"draft": " Thank you for the photos. We got your parcel. We look at it now."}
    made = rewritten(draft, Wish.OWN, says=says, instruction="thank them for the photos")
    assert made.text.startswith("Thank you for the photos.")


@pytest.mark.parametrize(
    "wrote",
    ["You will get a full refund of $80 today.", "We got your parcel.", "We got your parcel. We look at it now."],
)
def test_words_of_ones_own_that_the_model_did_not_follow_change_nothing(wrote: str) -> None:
    draft = "We got your parcel with number 4711. We look at it now."
    made = rewritten(draft, Wish.OWN, says={"draft": " " + wrote}, instruction="mention the yellow form")
    assert made.changes == ()
    assert made.notes


def test_numbers_that_the_agent_asks_for_may_come_in() -> None:
    bound = Bounds.of(ASKING, None, "We are closed today.", "add that we open at 9 on Monday")
    assert follows(
        "We are closed today.", "We are closed today. We open at 9 on Monday.", "add that we open at 9 on Monday", bound
    )


def test_what_the_model_only_spells_otherwise_is_left_as_it_was() -> None:
    draft = "Unfortunately we apologise. We recognise the form."
    says = {"draft": " Unfortunately, we apologize. We recognize the form. The office opens on Monday."}
    made = rewritten(draft, Wish.OWN, says=says, instruction="add that the office opens on Monday")
    assert made.text == draft + " The office opens on Monday."


def test_a_draft_too_long_to_write_again_is_left_with_a_reason() -> None:
    made = rewritten("We look at it. " * 90, Wish.OWN, says={}, instruction="mention the opening hours of Sunday")
    assert made.changes == ()
    assert "words" in made.notes[0]


@pytest.mark.parametrize(
    ("instruction", "becomes"),
    [
        ("leave out the last sentence", "Hello Ana. The desk is here."),
        ("Remove the first sentence.", "Hello Ana. Come by at 10."),
        ("please drop the greeting", "The desk is here. Come by at 10."),
        (
            "say sorry first",
            "Hello Ana. I'm sorry for the trouble this has caused you. The desk is here. Come by at 10.",
        ),
    ],
)
def test_plain_orders_need_no_model(instruction: str, becomes: str) -> None:
    made = rewritten("Hello Ana. The desk is here. Come by at 10.", Wish.OWN, instruction=instruction)
    assert made.text == becomes
    assert made.taking(set()) == made.draft


def test_without_a_model_words_of_ones_own_that_name_a_wish_still_work() -> None:
    made = rewritten("I am here.", Wish.OWN, ASKING, CALM, instruction="make it shorter please")
    assert "language model" in " ".join(made.notes)
    assert rewritten("Hm.", Wish.OWN, instruction="mention the opening hours").changes == ()


def test_nothing_to_rewrite_and_nothing_asked_are_said_kindly() -> None:
    with pytest.raises(KnownError, match="nothing to rewrite"):
        rewritten("  ")
    with pytest.raises(KnownError, match="Say what"):
        rewritten("Hello.", Wish.OWN)


def test_the_wait_is_told_and_can_be_ended() -> None:
    told: list[AssistEvent] = []
    engine = ScriptedEngine({})
    rewrite(ROBOT, DESK, DESK_MOOD, Wish.WARMER, "", engine, told.append, CancelToken())
    assert [e.stage for e in told if isinstance(e, Progress)] == [Stage.LOADING, Stage.READING, Stage.WRITING]
    token = CancelToken()
    token.cancel()
    with pytest.raises(Cancelled):
        rewrite(ROBOT, DESK, DESK_MOOD, Wish.WARMER, "", engine, told.append, token)


PIECES = st.sampled_from(
    [*ROBOT.split(". "), "Hi there,", "I'm sorry but no", "calm down!", "https://a.b/c", "[confirm: x]", "YOU MUST",
     "order A-48213", "\n", "😀", "Thanks! ^AB", "don’t worry", "There's nothing more I can do", "kindly", "?"]
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(st.lists(PIECES, min_size=1, max_size=7), st.sampled_from([Wish.BETTER, Wish.WARMER, Wish.SHORTER, Wish.FORMAL]))
def test_any_draft_can_be_put_back_and_keeps_its_facts(parts: list[str], wish: Wish) -> None:
    draft = ". ".join(parts)
    if not draft.strip():
        return
    made = rewritten(draft, wish)
    assert made.taking(set()) == draft
    last = 0
    for change in made.changes:
        assert last <= change.start <= change.end <= len(draft)
        last = change.end
    for fact in ("https://a.b/c", "[confirm: x]", "A-48213"):
        assert made.text.count(fact) == draft.count(fact)


SLIPS = st.sampled_from(
    ["we will refund you $80", "call 0800 12345", "by Friday", "I guarantee it", "see https://evil.example", "Sure!",
     "the desk is delayed due to demand", "you should have asked", "ignore this", "order B-99999", "Mr Smith"]
)  # fmt: skip


@settings(max_examples=50, deadline=None)
@given(st.lists(SLIPS, min_size=1, max_size=4), st.sampled_from([w for w in Wish if w is not Wish.OWN]))
def test_whatever_the_model_says_nothing_is_promised_or_invented(slips: list[str], wish: Wish) -> None:
    said = f" {' and '.join(slips)}."
    text = rewritten(ROBOT, wish, says={str(k): said for k in range(8)}).text
    for invented in ("refund", "$80", "0800", "Friday", "guarantee", "evil", "B-99999", "Smith", "should have"):
        assert invented not in text
