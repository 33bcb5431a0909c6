from __future__ import annotations

from datetime import UTC, datetime

import pytest
from fake_arrivals import FakeArrivals
from fake_desk import SAMPLE, FakeDesk, conversation_of, mood_of
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QStyleOptionViewItem
from pytestqt.qtbot import QtBot

from agent_assist.capture.stream import Tracker
from agent_assist.errors import KnownError
from agent_assist.records import Analysis, Arrived, Conversation, Seen, Speaker, Tracked, Turn, Way, Window
from ui.history_page import HistoryPage
from ui.sidebar import Sidebar

JO = "Jo: Where is my parcel?\nSam: On its way.\nJo: Thanks."
SIDES = (Speaker.CUSTOMER, Speaker.AGENT)
PRIYA = "Priya: My account is locked.\nSam: Let me see.\nPriya: I tried that."


@pytest.fixture
def page(qtbot: QtBot, desk: FakeDesk, window: Sidebar) -> HistoryPage:
    """The history with three conversations, in view."""
    for text in (SAMPLE, JO, PRIYA):
        conversation = conversation_of(text, text[:2])
        desk.history.saved[conversation.id] = Analysis(conversation, mood_of(conversation))
    QTest.keyClick(window, Qt.Key.Key_H, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: window.history.model.rowCount() == 3)
    return window.history


def shown(page: HistoryPage) -> list[str | None]:
    return [item.customer for item in page.model.items]


def test_newest_first_and_the_search_has_the_keyboard(page: HistoryPage) -> None:
    assert shown(page) == ["Priya", "Jo", "Maya Reyes"]
    assert page.field.hasFocus()


def test_search_as_you_type(qtbot: QtBot, page: HistoryPage) -> None:
    QTest.keyClicks(page.field, "parcel")
    qtbot.waitUntil(lambda: shown(page) == ["Jo"])
    QTest.keyClicks(page.field, "xyz")
    qtbot.waitUntil(lambda: page.empty.text() == "Nothing found.")
    page.field.clear()
    qtbot.waitUntil(lambda: len(shown(page)) == 3)


def test_typing_waits_for_a_pause(qtbot: QtBot, page: HistoryPage, desk: FakeDesk) -> None:
    asked: list[str] = []
    search = desk.history.search
    desk.history.search = lambda text, limit=200: asked.append(text) or search(text, limit)  # type: ignore[method-assign, func-returns-value]
    QTest.keyClicks(page.field, "account")
    qtbot.waitUntil(lambda: shown(page) == ["Priya"])
    assert asked == ["account"]


def test_enter_opens(qtbot: QtBot, window: Sidebar, page: HistoryPage) -> None:
    page.list.setCurrentIndex(page.model.index(2))
    QTest.keyClick(page.list, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.header.name.text() == "Maya Reyes")
    assert window.stack.currentWidget() is window.conversation


def test_delete_can_be_undone(qtbot: QtBot, window: Sidebar, page: HistoryPage, desk: FakeDesk) -> None:
    QTest.keyClick(page.list, Qt.Key.Key_Delete)
    assert shown(page) == ["Jo", "Maya Reyes"]
    window.toast.undo.click()
    qtbot.waitUntil(lambda: shown(page) == ["Priya", "Jo", "Maya Reyes"])
    assert desk.history.deleted == []


def test_delete_is_final_when_the_page_is_left(
    qtbot: QtBot, window: Sidebar, page: HistoryPage, desk: FakeDesk
) -> None:
    page.delete_button.click()
    window.go_back()
    qtbot.waitUntil(lambda: desk.history.deleted == ["Pr"])


def test_a_second_delete_makes_the_first_final(qtbot: QtBot, page: HistoryPage, desk: FakeDesk) -> None:
    page.delete_button.click()
    page.delete_button.click()
    qtbot.waitUntil(lambda: desk.history.deleted == ["Pr"])
    assert shown(page) == ["Maya Reyes"]


def test_a_search_never_shows_what_is_being_deleted(qtbot: QtBot, page: HistoryPage) -> None:
    page.delete_button.click()
    QTest.keyClicks(page.field, "s")
    qtbot.wait(250)
    assert "Priya" not in shown(page)


def test_deleting_what_is_open_stops_saving_it(
    qtbot: QtBot, window: Sidebar, page: HistoryPage, desk: FakeDesk
) -> None:
    window.flow.open_saved("Pr")
    qtbot.waitUntil(lambda: window.flow.conversation is not None)
    window.show_page(page)
    qtbot.waitUntil(lambda: len(shown(page)) == 3)
    page.delete_button.click()
    assert not window.flow.keep and not window.conversation.turns.keep.isChecked()


def test_an_empty_history_says_what_it_is_for(qtbot: QtBot, window: Sidebar) -> None:
    window.show_page(window.history)
    qtbot.waitUntil(lambda: window.history.empty.isVisible())
    assert "No conversations yet" in window.history.empty.text()
    assert not window.history.open_button.isVisible()


def test_a_failing_history_is_explained(qtbot: QtBot, window: Sidebar, page: HistoryPage, desk: FakeDesk) -> None:
    desk.history.failure = KnownError("Another program holds the history. Close it.")
    page.refresh()
    qtbot.waitUntil(lambda: "Another program" in window.notice.words.text())


def test_rows_are_drawn_in_every_state(qtbot: QtBot, window: Sidebar, page: HistoryPage) -> None:
    assert not page.list.grab().isNull()
    option = QStyleOptionViewItem()
    assert page.list.itemDelegate().sizeHint(option, page.model.index(0)).height() > 60
    words = page.model.data(page.model.index(2), int(Qt.ItemDataRole.AccessibleTextRole))
    assert isinstance(words, str) and "Maya Reyes" in words and "Angry" in words


def test_what_was_deleted_and_saved_again_is_listed_again(
    qtbot: QtBot, window: Sidebar, page: HistoryPage, desk: FakeDesk
) -> None:
    kept = desk.history.saved["Pr"]
    page.delete_button.click()
    window.toast.flush()
    qtbot.waitUntil(lambda: desk.history.deleted == ["Pr"])
    desk.history.saved["Pr"] = kept
    page.refresh()
    qtbot.waitUntil(lambda: shown(page) == ["Priya", "Jo", "Maya Reyes"])


def test_an_entry_that_could_not_be_deleted_comes_back(
    qtbot: QtBot, window: Sidebar, page: HistoryPage, desk: FakeDesk
) -> None:
    page.delete_button.click()
    desk.history.refuse_delete = KnownError("The disk is full. Make room.")
    window.toast.flush()
    qtbot.waitUntil(lambda: shown(page) == ["Priya", "Jo", "Maya Reyes"])
    assert "disk is full" in window.notice.words.text()


def test_listing_anew_keeps_the_chosen_entry_until_the_search_changes(
    qtbot: QtBot, page: HistoryPage, desk: FakeDesk
) -> None:
    page.list.setCurrentIndex(page.model.index(1))
    with qtbot.waitSignal(page.model.modelReset):
        page.refresh()
    assert page.model.item(page.list.currentIndex()).customer == "Jo"
    QTest.keyClicks(page.field, "i")
    qtbot.waitUntil(lambda: page.list.currentIndex().row() == 0)


class TrackedArrivals(FakeArrivals):
    """A stream that is merged as the product does it."""

    def __init__(self, before: FakeArrivals) -> None:
        super().__init__()
        self.tell = before.tell
        self.tracker = Tracker(lambda: datetime.now(UTC), lambda _way, channel: channel)

    def see(self, first: int, last: int) -> None:
        """A page shows these of its messages."""
        seen = tuple(Seen(f"Message {n} of my lamp", SIDES[n % 2], f"k{n}") for n in range(first, last))
        self._told(self.tracker.see(Window(Way.BROWSER, "lamp", seen, whole=not first)))

    def get(self, conversation_id: str) -> Tracked | None:
        return self.tracker.get(conversation_id)

    @property
    def conversations(self) -> tuple[Tracked, ...]:
        return self.tracker.conversations

    def take(self, conversation: Conversation, way: Way, channel: str = "", title: str = "") -> Arrived | None:
        return self._told(self.tracker.take(conversation, way, channel, title))

    def forget(self, conversation_id: str) -> None:
        self.tracker.forget(conversation_id)

    def _told(self, arrived: Arrived | None) -> Arrived | None:
        if arrived is not None:
            self.say(arrived)
        return arrived


@pytest.mark.parametrize("live", [True, False])
def test_a_long_one_keeps_its_length_where_its_page_shows_only_the_end(
    qtbot: QtBot, window: Sidebar, desk: FakeDesk, live: bool
) -> None:
    qtbot.waitUntil(lambda: desk.arrivals.tell is not None)
    arrivals = desk.arrivals = TrackedArrivals(desk.arrivals)
    turns = tuple(Turn(n, SIDES[n % 2], f"Message {n} of my lamp") for n in range(20))
    saved = Conversation("lamp", "browser", turns)
    desk.history.saved["lamp"] = Analysis(saved, mood_of(saved))
    if live:
        arrivals.see(14, 20)
    window.flow.open_saved("lamp")
    qtbot.waitUntil(lambda: window.flow.conversation is not None and len(window.flow.conversation.turns) == 20)
    arrivals.see(14, 21)
    arrivals.see(16, 22)
    rows = window.conversation.turns.model.rowCount
    qtbot.waitUntil(lambda: rows() == 22)
    qtbot.waitUntil(lambda: len(desk.history.saved["lamp"].conversation.turns) == 22)
    assert [e.conversation.id for e in window.streams.entries] == ["lamp"]


def test_one_of_the_same_name_that_has_nothing_of_it_is_no_more_of_it(
    qtbot: QtBot, window: Sidebar, desk: FakeDesk
) -> None:
    qtbot.waitUntil(lambda: desk.arrivals.tell is not None)
    arrivals = desk.arrivals = TrackedArrivals(desk.arrivals)
    other = conversation_of(JO, "lamp")
    desk.history.saved["lamp"] = Analysis(other, mood_of(other))
    arrivals.see(14, 20)
    window.flow.open_saved("lamp")
    qtbot.waitUntil(lambda: window.conversation.turns.model.rowCount() == 6)
    assert [e.conversation.id for e in window.streams.entries] == ["lamp"]
