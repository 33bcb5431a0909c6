"""The turns' labels, the notice about a vulnerable customer, the spike's cause and the line of relief."""

from __future__ import annotations

from dataclasses import replace

import pytest
from fake_desk import FakeDesk
from fake_feelings import GUIDANCE, HARD, RELIEF, hard_mood
from pasting import analysed, paste
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QFont, QFontMetrics
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from agent_assist.records import Conversation, Mood, Spike, Vulnerability
from ui.item_models import Role
from ui.sidebar import Sidebar
from ui.widgets.chips import CiteChip
from ui.widgets.turn_head import lay_out


def shown(qtbot: QtBot, desk: FakeDesk, window: Sidebar, text: str = HARD) -> Sidebar:
    desk.mood_of = hard_mood
    paste(qtbot, window, text)
    analysed(qtbot, window)
    return window


@pytest.fixture
def hard(qtbot: QtBot, desk: FakeDesk, window: Sidebar) -> Sidebar:
    return shown(qtbot, desk, window)


@pytest.mark.parametrize(
    ("turn", "label", "role"),
    [
        (0, "Calm", "calm"),
        (2, "Unclear", "grey"),
        (4, "Frustrated · turned here", "hot"),
        (6, "not read: other language", "grey"),
    ],
)
def test_each_turn_has_its_label(hard: Sidebar, turn: int, label: str, role: str) -> None:
    point = hard.conversation.turns.model.point(turn)
    assert point is not None and (point.label, point.role) == (label, role)


def test_a_guess_is_named_in_the_readout_only(hard: Sidebar) -> None:
    model = hard.conversation.turns.model
    point = model.point(2)
    assert point is not None
    head = lay_out(QFont(), QRect(0, 0, 760, 60), model.index(2).data(Role.RECORD), point, False)
    assert (head.words, head.runners) == ("Unclear", "")
    assert "perhaps confused 34% or frustrated 30%" in model.index(2).data(Qt.ItemDataRole.ToolTipRole)


@pytest.mark.parametrize("width", [200, 260, 340, 420, 760])
@pytest.mark.parametrize("looked_at", [False, True])
@pytest.mark.parametrize("turn", [0, 2, 4, 6])
def test_the_parts_of_a_turns_head_never_overlap(hard: Sidebar, width: int, looked_at: bool, turn: int) -> None:
    model, base = hard.conversation.turns.model, QFont()
    head = lay_out(base, QRect(0, 0, width, 60), model.index(turn).data(Role.RECORD), model.point(turn), looked_at)
    small = QFont(base)
    small.setPixelSize(11)
    tail_end = head.tail_left + QFontMetrics(small).horizontalAdvance(head.tail)
    assert head.label.right() <= width and head.words
    following = [head.label.left() - 12]
    if not head.why.isEmpty():
        following.append(head.why.left())
        assert head.why.right() < head.label.left()
    if head.runners:
        following.append(head.runners_left)
    assert tail_end <= min(following)


def test_runners_up_stand_beside_the_label_where_there_is_room(hard: Sidebar) -> None:
    model = hard.conversation.turns.model
    wide = lay_out(QFont(), QRect(0, 0, 760, 60), model.index(4).data(Role.RECORD), model.point(4), False)
    narrow = lay_out(QFont(), QRect(0, 0, 300, 60), model.index(4).data(Role.RECORD), model.point(4), False)
    assert wide.runners == "or angry, sad" and narrow.runners == ""
    assert "then angry 27%, sad 15%" in model.index(4).data(Qt.ItemDataRole.ToolTipRole)


def test_the_pill_says_that_the_last_turn_was_not_read(hard: Sidebar) -> None:
    assert (hard.header.pill.text(), hard.header.pill.property("tone")) == ("Not read", "grey")
    assert hard.conversation.level.text() == "1 turn not read: other language"


def test_level_and_runners_up_stand_under_the_timeline(hard: Sidebar) -> None:
    page = hard.conversation
    page.timeline.setFocus()
    QTest.keyClick(page.timeline, Qt.Key.Key_Home)
    assert page.risk.accessibleName() == "Turn 1 · Calm"
    assert page.level.accessibleName() == "low distress, 18% · then confused 20%, stressed 10%"


# --- vulnerable


def test_the_notice_stands_above_the_banner_with_words_and_guidance(qtbot: QtBot, hard: Sidebar) -> None:
    page = hard.conversation
    assert page.care.isVisible() and page.care.y() < page.spike.y()
    says, quote, guidance = page.care.parts
    assert says.text() == "They say that someone close to them has died."
    assert [quote.text()[s.start : s.end] for s in quote._spans] == ["my father died"]
    assert guidance.text() == GUIDANCE
    assert page.care.accessibleName() == "Please take special care: bereavement"
    next(c for c in page.care.findChildren(CiteChip)).click()
    qtbot.waitUntil(lambda: page.turns.list.currentIndex().row() == 4)


def test_the_notice_folds_but_never_goes(hard: Sidebar) -> None:
    care = hard.conversation.care
    QTest.keyClick(hard, Qt.Key.Key_Escape)
    assert care.isVisible() and not care.folded
    care.fold.click()
    assert care.isVisible() and care.folded and care.short.text() == "Bereavement"
    care.fold.click()
    assert not care.folded


def test_a_fold_lasts_until_there_is_something_new(hard: Sidebar) -> None:
    flow, care = hard.flow, hard.conversation.care
    assert flow.mood is not None
    care.fold.click()
    flow.renew(replace(flow.mood, risk=0.1))
    assert care.folded
    more = Vulnerability(4, "hardship", ("funeral",), "Offer time before money.")
    flow.renew(replace(flow.mood, vulnerable=(*flow.mood.vulnerable, more)))
    assert not care.folded and len(care.parts) == 6


def test_other_conversations_have_no_notice(qtbot: QtBot, desk: FakeDesk, hard: Sidebar) -> None:
    desk.mood_of = lambda _conversation: Mood(())
    paste(qtbot, hard, "Al: Where is it?\nSam: Here.")
    qtbot.waitUntil(lambda: hard.header.name.accessibleName() == "Al" and hard.flow.mood is not None)
    assert not hard.conversation.care.isVisible()


# --- spike and recovery


def test_the_banner_says_what_set_it_off(hard: Sidebar) -> None:
    spike = hard.conversation.spike
    assert spike.isVisible() and spike.reason.text() == "What set it off: they were told no"
    assert spike.nudge.isVisible() and not hard.conversation.recovery.isVisible()


def test_the_site_says_what_causes_are_called(qtbot: QtBot, desk: FakeDesk, window: Sidebar) -> None:
    desk.titles["refusal"] = "we had to say no"
    assert shown(qtbot, desk, window).conversation.spike.reason.text() == "What set it off: we had to say no"


def test_a_cause_that_the_desk_does_not_know_has_no_words(qtbot: QtBot, desk: FakeDesk, window: Sidebar) -> None:
    desk.titles.clear()
    assert shown(qtbot, desk, window).conversation.spike.reason.text() == ""


def test_without_a_cause_why_stands_beside_the_nudge(qtbot: QtBot, desk: FakeDesk, hard: Sidebar) -> None:
    spike, mood = hard.conversation.spike, hard.flow.mood
    assert mood is not None
    assert spike.reason.isVisible() and spike.why.y() < spike.nudge.y()
    desk.titles.clear()
    hard.flow.renew(replace(mood))
    assert not spike.reason.isVisible()
    qtbot.waitUntil(lambda: abs(spike.why.y() - spike.nudge.y()) < 6)


def test_no_nudge_and_no_cause_leave_no_line(hard: Sidebar) -> None:
    flow = hard.flow
    assert flow.mood is not None
    flow.renew(replace(flow.mood, spikes=(replace(flow.mood.spikes[0], nudge="", cause=""),)))
    spike = hard.conversation.spike
    assert not spike.nudge.isVisible() and spike.reason.text() == "" and spike.why.isVisible()
    assert spike.accessibleDescription() == spike.quote.text()


def test_relief_after_the_spike_is_one_gentle_line(qtbot: QtBot, desk: FakeDesk, window: Sidebar) -> None:
    page = shown(qtbot, desk, window, HARD + RELIEF).conversation
    assert page.recovery.isVisible() and not page.spike.isVisible()
    assert page.recovery.words.text() == "Relieved since turn 9"
    assert window.header.pill.text() == "Satisfied · easing"


def test_a_spike_after_the_relief_brings_the_banner_back(qtbot: QtBot, desk: FakeDesk, window: Sidebar) -> None:
    def turned_again(conversation: Conversation) -> Mood:
        mood = hard_mood(conversation)
        early = replace(mood.recoveries[0], turn=2, since=0)
        return replace(mood, recoveries=(early,))

    desk.mood_of = turned_again
    paste(qtbot, window, HARD + RELIEF)
    analysed(qtbot, window)
    assert window.conversation.spike.isVisible() and not window.conversation.recovery.isVisible()


def test_a_first_message_that_is_upset(hard: Sidebar) -> None:
    flow = hard.flow
    assert flow.mood is not None
    first: Spike = replace(flow.mood.spikes[0], trigger_turn=None)
    flow.renew(replace(flow.mood, spikes=(first,)))
    assert hard.conversation.spike.cause.text() == "Upset from the first message"
