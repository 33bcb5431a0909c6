"""A rewrite on request: a word diff whose changes are taken one by one, and undone."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from fake_coach import COLD
from fake_desk import FakeDesk
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from agent_assist.errors import KnownError
from agent_assist.records import Change, Rewrite, Tag, Wish
from ui.sidebar import Sidebar
from ui.widgets.coach import Composer
from ui.widgets.coach_diff import change_words, pieces

REWRITTEN = "I'm sorry for these three weeks. I'll ask for a refund of $649."


@pytest.fixture
def composer(qtbot: QtBot, window: Sidebar, desk: FakeDesk) -> Composer:
    window.flow.try_sample()
    qtbot.waitUntil(lambda: window.flow.assist is not None)
    composer = window.conversation.composer
    composer.write(COLD)
    return composer


@pytest.fixture
def diff(qtbot: QtBot, composer: Composer) -> Composer:
    composer.wishes[Wish.WARMER].click()
    qtbot.waitUntil(lambda: composer.diff.isVisible())
    return composer


@pytest.mark.parametrize(
    ("words", "wish"),
    [("Better", Wish.BETTER), ("Shorter", Wish.SHORTER), ("Warmer", Wish.WARMER), ("More formal", Wish.FORMAL)],
)
def test_each_button_asks_for_its_wish(
    qtbot: QtBot, desk: FakeDesk, composer: Composer, words: str, wish: Wish
) -> None:
    button = composer.wishes[wish]
    assert button.text() == words
    button.click()
    qtbot.waitUntil(lambda: composer.diff.isVisible())
    assert desk.wishes == [(wish, "")]


def test_an_instruction_of_ones_own(qtbot: QtBot, desk: FakeDesk, composer: Composer) -> None:
    composer.go.click()
    assert composer.instruction.hasFocus() and desk.wishes == []
    QTest.keyClicks(composer.instruction, "offer a call")
    QTest.keyClick(composer.instruction, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: desk.wishes == [(Wish.OWN, "offer a call")])


def test_the_diff_shows_what_goes_and_what_comes_with_a_tag(diff: Composer) -> None:
    view = diff.diff
    assert not diff.editor.isVisible() and view.title.text() == "3 proposed changes"
    spans = {(view.whole.text()[s.start : s.end], s.style) for s in view.whole._spans}
    assert ("Unfortunately we regret the delay.", "removed") in spans
    assert ("I'm sorry for these three weeks.", "added") in spans
    assert [row.words.text().partition(":")[0] for row in view.rows] == ["validates", "owns", "shortens"]
    assert "takes out “today”" in view.rows[2].tick.accessibleName()


def test_changes_are_taken_one_by_one_by_click_and_space(qtbot: QtBot, desk: FakeDesk, diff: Composer) -> None:
    view = diff.diff
    assert view.rows[0].tick.hasFocus() and view.close_button.text() == "Dismiss"
    QTest.keyClick(view.rows[0].tick, Qt.Key.Key_Space)
    assert diff.text == "I'm sorry for these three weeks. I guarantee a refund of $649 today."
    QTest.mouseClick(view.rows[1].words, Qt.MouseButton.LeftButton)
    assert diff.text == "I'm sorry for these three weeks. I'll ask for a refund of $649 today."
    QTest.keyClick(view.rows[0].tick, Qt.Key.Key_Space)
    assert diff.text == "Unfortunately we regret the delay. I'll ask for a refund of $649 today."
    qtbot.waitUntil(lambda: desk.coached[-1:] == [diff.text], timeout=3000)  # the chips follow what is taken
    assert view.close_button.text() == "Done"
    view.close_button.click()
    assert diff.editor.isVisible() and diff.text.startswith("Unfortunately")


def test_take_all_and_undo(diff: Composer) -> None:
    diff.diff.take.click()
    assert diff.text == REWRITTEN and diff.editor.isVisible() and diff.editor.hasFocus()
    QTest.keyClick(diff.editor, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert diff.text == COLD


def test_pieces_that_were_taken_are_undone_one_by_one(diff: Composer) -> None:
    diff.diff.rows[0].tick.click()
    diff.diff.rows[1].tick.click()
    diff.diff.close_button.click()
    QTest.keyClick(diff.editor, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert diff.text == "I'm sorry for these three weeks. I guarantee a refund of $649 today."
    QTest.keyClick(diff.editor, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert diff.text == COLD


def test_escape_dismisses_and_leaves_the_draft(window: Sidebar, diff: Composer) -> None:
    QTest.keyClick(diff.diff.rows[0].tick, Qt.Key.Key_Escape)
    assert not diff.diff.isVisible() and diff.text == COLD


def test_progress_and_stop(qtbot: QtBot, desk: FakeDesk, composer: Composer) -> None:
    desk.rewrite_gate.clear()
    composer.wishes[Wish.SHORTER].click()
    qtbot.waitUntil(lambda: "· writing" in composer.elapsed.accessibleName())
    assert composer.stop.isVisible() and not composer.buttons.isVisible()
    composer.stop.click()
    assert desk.rewrite_cancelled.wait(2)
    assert not composer.rewriting and composer.buttons.isVisible() and composer.text == COLD
    composer.wishes[Wish.SHORTER].click()
    QTest.keyClick(composer.editor, Qt.Key.Key_Escape)
    assert not composer.rewriting


def test_typing_on_stops_the_rewrite(qtbot: QtBot, desk: FakeDesk, composer: Composer) -> None:
    desk.rewrite_gate.clear()
    composer.wishes[Wish.BETTER].click()
    QTest.keyClicks(composer.editor, " So")
    assert not composer.rewriting and composer.says.text() == "Stopped: you went on writing."
    desk.rewrite_gate.set()
    qtbot.wait(80)
    assert not composer.diff.isVisible()


def test_a_rewrite_makes_reading_in_the_background_wait(qtbot: QtBot, desk: FakeDesk, window: Sidebar) -> None:
    window.flow.try_sample()
    qtbot.waitUntil(lambda: window.flow.assist is not None)
    desk.take_in_gate.clear()
    window.flow.take_in()
    qtbot.waitUntil(lambda: "take_in" in desk.threads)
    window.conversation.composer.write(COLD)
    window.conversation.composer.wishes[Wish.BETTER].click()
    assert desk.take_in_cancelled.wait(2)
    qtbot.waitUntil(lambda: window.conversation.composer.diff.isVisible())
    desk.take_in_gate.set()


def test_nothing_to_change_is_said(qtbot: QtBot, composer: Composer) -> None:
    composer.write("I am sorry.")
    composer.wishes[Wish.BETTER].click()
    qtbot.waitUntil(lambda: composer.diff.isVisible())
    assert "Nothing to change" in composer.diff.notes.text() and not composer.diff.take.isVisible()


def test_what_could_not_be_done_is_said(qtbot: QtBot, desk: FakeDesk, composer: Composer) -> None:
    desk.rewrites = lambda draft: Rewrite(draft, notes=("It is as short as its facts allow.",))
    composer.wishes[Wish.SHORTER].click()
    qtbot.waitUntil(lambda: composer.diff.isVisible())
    assert composer.diff.notes.text() == "It is as short as its facts allow."


def test_a_refusal_is_said_below_the_field(qtbot: QtBot, desk: FakeDesk, composer: Composer) -> None:
    desk.failures["rewrite"] = KnownError("The language model stopped. Try again.")
    composer.wishes[Wish.BETTER].click()
    qtbot.waitUntil(lambda: composer.says.text() == "The language model stopped. Try again.")
    assert composer.buttons.isVisible() and composer.text == COLD


def test_another_conversation_drops_the_rewrite(
    qtbot: QtBot, desk: FakeDesk, window: Sidebar, composer: Composer
) -> None:
    desk.rewrite_gate.clear()
    composer.wishes[Wish.BETTER].click()
    window.flow.paste("Jo: Where is my parcel?\nSam: On its way.")
    qtbot.waitUntil(desk.rewrite_cancelled.is_set)
    qtbot.waitUntil(lambda: window.header.name.accessibleName() == "Jo")
    assert not composer.rewriting and composer.text == ""


@st.composite
def rewrites(draw: st.DrawFn) -> Rewrite:
    words = draw(st.lists(st.text("abé 🙈", min_size=1, max_size=5), max_size=6))
    draft = "".join(words)
    cuts = sorted(draw(st.lists(st.integers(0, len(draft)), min_size=4, max_size=4)))
    texts = draw(st.lists(st.text("xy ", max_size=4), min_size=2, max_size=2))
    spots = ((cuts[0], cuts[1]), (cuts[2], cuts[3]))
    return Rewrite(draft, tuple(Change(*spot, text, Tag.CLARIFIES) for spot, text in zip(spots, texts, strict=True)))


def _joined(found: Iterable[str]) -> str:
    return "".join(found).replace(" ", "")


@given(rewrites(), st.sets(st.integers(0, 1)))
def test_the_diff_holds_the_draft_and_what_is_taken(rewrite: Rewrite, taken: set[int]) -> None:
    found = pieces(rewrite, frozenset(taken))
    kept = ("", "removed", "taken")
    assert _joined(p.text for p in found if p.style in kept) == rewrite.taking(taken).replace(" ", "")
    if not taken:
        coming = _joined(p.text for p in found if p.style != "removed")
        assert coming == rewrite.text.replace(" ", "")
    assert all(change_words(rewrite, change) for change in rewrite.changes)
