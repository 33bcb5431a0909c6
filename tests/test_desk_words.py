"""What the desk does with words beside the language model: it learns what agents take, and writes notes."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator

import pytest

from agent_assist.errors import KnownError
from agent_assist.history import History
from agent_assist.paths import Places
from agent_assist.pipeline import Desk
from agent_assist.records import Analysis, Assist, ContextUse, Conversation, Outcome, Speaker, Summary, Turn
from agent_assist.settings import Settings
from agent_assist.wording import check_tables

PASSPHRASE = "correct horse battery"
MakeDesk = Callable[[], Desk]


@pytest.fixture
def make_desk(places: Places) -> Iterator[MakeDesk]:
    made: list[Desk] = []

    def make() -> Desk:
        made.append(Desk(places, Settings(places.settings)))
        return made[-1]

    yield make
    for desk in made:
        desk.close()


def late(identity: str = "late") -> Conversation:
    texts = (
        (Speaker.CUSTOMER, "My desk was due on Monday, order A-48213, and it has still not arrived."),
        (Speaker.AGENT, "Let me have a look."),
        (Speaker.CUSTOMER, "I have been waiting for three weeks now. This is ridiculous!"),
    )
    return Conversation(identity, "plain", tuple(Turn(i, who, text) for i, (who, text) in enumerate(texts)), "Anna")


def composed(desk: Desk, conversation: Conversation) -> Analysis:
    """What stands in the window: replies as the phrase bank makes them."""
    mood = desk.read(conversation)
    replies = desk.compose(conversation, mood)
    assert len(replies) == 3
    return Analysis(conversation, mood, Assist(Summary(), (), replies, ContextUse(0, 0)))


def test_what_agents_take_is_ranked_higher_and_can_be_forgotten(make_desk: MakeDesk) -> None:
    desk = make_desk()
    desk.open_history(PASSPHRASE)
    for n in range(6):
        shown = composed(desk, late(f"c{n}"))
        assert shown.assist is not None
        wanted = next(k for k, reply in enumerate(shown.assist.replies) if "?" in reply.text or k == 2)
        desk.chose(shown, wanted, Outcome.COPIED)
    learnt = dict(desk.preferences())
    assert learnt
    assert max(learnt.values()) > 0 > min(learnt.values())
    desk.close()
    again = make_desk()
    assert again.preferences() == ()
    again.open_history(PASSPHRASE)
    assert dict(again.preferences()) == learnt
    again.forget_preferences()
    assert again.preferences() == ()
    assert again.history.choices() == ()


def test_only_the_reply_that_was_acted_on_changes(make_desk: MakeDesk) -> None:
    desk = make_desk()
    desk.open_history(PASSPHRASE)
    shown = composed(desk, late())
    desk.chose(shown, 0, Outcome.COPIED)
    desk.chose(shown, 2, Outcome.DISMISSED)
    desk.chose(shown, 0, Outcome.SHOWN)
    assert {c.slot: c.outcome for c in desk.history.choices()} == {
        0: Outcome.SHOWN,
        1: Outcome.SHOWN,
        2: Outcome.DISMISSED,
    }


def test_what_is_learnt_before_the_history_opens_is_stored_when_it_does(make_desk: MakeDesk, places: Places) -> None:
    desk = make_desk()
    shown = composed(desk, late())
    desk.chose(shown, 1, Outcome.COPIED)
    assert desk.preferences()
    desk.open_history(PASSPHRASE)
    desk.close()
    with History.open(places, PASSPHRASE) as history:
        assert [c.outcome for c in history.choices()] == [Outcome.SHOWN, Outcome.COPIED, Outcome.SHOWN]


def test_a_saved_reply_keeps_what_became_of_it_and_one_not_saved_teaches_all_the_same(make_desk: MakeDesk) -> None:
    desk = make_desk()
    desk.open_history(PASSPHRASE)
    kept, passing = composed(desk, late("kept")), composed(desk, late("passing"))
    desk.history.save(kept)
    desk.chose(kept, 1, Outcome.EDITED, "In my own words.")
    desk.chose(passing, 1, Outcome.COPIED)
    assert desk.history.outcomes("kept")[1].text == "In my own words."
    assert {c.conversation for c in desk.history.choices()} == {"kept", "passing"}


def test_a_lesson_holds_nothing_of_what_was_written(make_desk: MakeDesk) -> None:
    desk = make_desk()
    desk.open_history(PASSPHRASE)
    shown = composed(desk, late())
    desk.chose(shown, 0, Outcome.EDITED, "Quokka words of my own")
    kept = repr(desk.history.choices())
    assert "Quokka" not in kept
    assert "desk" not in kept.replace("desk_", "")
    assert "A-48213" not in kept


def test_forgetting_waits_for_a_history_that_is_locked(make_desk: MakeDesk) -> None:
    desk = make_desk()
    desk.open_history(PASSPHRASE)
    desk.chose(composed(desk, late()), 0, Outcome.COPIED)
    desk.close()
    locked = make_desk()
    with pytest.raises(KnownError, match="locked"):
        locked.forget_preferences()


def test_every_note_can_be_written_from_feelings_alone(make_desk: MakeDesk) -> None:
    desk = make_desk()
    conversation = late()
    analysis = dataclasses.replace(composed(desk, conversation), assist=None)
    titles = dict(desk.notes())
    assert len(titles) >= 3
    assert all(desk.note(name, analysis) for name in titles)
    assert "A-48213" in "".join(desk.note(name, analysis) for name in titles)


def test_an_outcome_never_lands_on_another_conversation_with_the_same_id(make_desk: MakeDesk) -> None:
    desk = make_desk()
    desk.open_history(PASSPHRASE)
    saved, other = composed(desk, late("1")), composed(desk, late("1"))
    assert other.assist is not None
    replies = tuple(dataclasses.replace(r, text=f"Otherwise. {r.text}") for r in other.assist.replies)
    other = dataclasses.replace(other, assist=dataclasses.replace(other.assist, replies=replies))
    desk.history.save(saved)
    desk.chose(other, 0, Outcome.COPIED)
    assert desk.history.outcomes("1") == {}
    assert [c.outcome for c in desk.history.choices() if c.slot == 0] == [Outcome.COPIED]


@pytest.mark.parametrize("name", ["notes.toml", "promises.toml", "actions.toml", "tactics.toml"])
def test_a_mistake_in_one_of_the_site_s_tables_is_said_and_stops_nothing_else(
    make_desk: MakeDesk, places: Places, name: str
) -> None:
    places.create()
    (places.home / name).write_text("this is = not [ TOML", encoding="utf-8")
    with pytest.raises(KnownError, match=name):
        check_tables(places)
    desk = make_desk()
    shown = composed(desk, late())
    if name == "notes.toml":
        assert desk.coach(shown.conversation, shown.mood, "Let me have a look at that for you now.").pillars
        with pytest.raises(KnownError, match=name):
            desk.notes()
    else:
        assert desk.notes()
