"""The tabs of the live conversations: what they show, by mouse and by keyboard, in a narrow window too."""

from __future__ import annotations

import pytest
from fake_desk import SAMPLE, FakeDesk, conversation_of, mood_of
from PySide6.QtCore import QSize, Qt
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from agent_assist.records import Aside, Mood, Trouble, Way, WaysChanged, WayState
from ui.sidebar import Sidebar
from ui.way_words import aside_words, listening_words, trouble_words, way_word, ways_help
from ui.widgets.alike import AlikeLine
from ui.widgets.listening import ListeningLine
from ui.widgets.switcher import Switcher, Tab

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")  # the offscreen one, of a window's size

ANGRY = mood_of(conversation_of(SAMPLE))


def tab(name: str, *, unread: int = 0, mood: Mood | None = None, current: bool = False) -> Tab:
    return Tab(name.lower(), name, Way.BROWSER, "desk.example", unread, mood, current)


@pytest.fixture
def holder(qtbot: QtBot) -> QWidget:
    """A window as wide as the sidebar."""
    made = QWidget()
    qtbot.addWidget(made)
    made.resize(420, 200)
    made.setLayout(QVBoxLayout())
    made.show()
    return made


def put(holder: QWidget, part: QWidget) -> None:
    layout = holder.layout()
    assert layout is not None
    layout.setContentsMargins(0, 0, 0, 0)
    layout.addWidget(part)


@pytest.fixture
def switcher(holder: QWidget) -> Switcher:
    made = Switcher()
    put(holder, made)
    return made


def test_hidden_while_there_is_no_other_one(switcher: Switcher) -> None:
    switcher.show_tabs([])
    assert switcher.isHidden()
    switcher.show_tabs([tab("Maya", current=True)])
    assert switcher.isHidden()
    switcher.show_tabs([tab("Maya")])
    assert not switcher.isHidden(), "none is open: it is the way to the one that is live"
    switcher.set_wanted(False)
    assert switcher.isHidden()


def test_a_tab_says_whose_from_where_what_is_new_and_how_they_feel(switcher: Switcher) -> None:
    switcher.show_tabs([tab("Maya", current=True), tab("Jo", unread=120, mood=ANGRY)])
    one, other = switcher.buttons
    assert one.face.accessibleName().startswith("Open now: Maya · browser, desk.example")
    assert other.face.accessibleName() == "Open: Jo · browser, desk.example · 120 new · Angry · rising"
    assert other.count.text() == "99+" and other.dot.role == "hot" and other.property("tone") == "hot"
    assert one.dot.isHidden() and one.count.isHidden()
    assert other.cross.accessibleName() == "Let go: Jo"


def test_clicks_ask(switcher: Switcher) -> None:
    switcher.show_tabs([tab("Maya", current=True), tab("Jo")])
    asked, closed = QSignalSpy(switcher.asked), QSignalSpy(switcher.close_asked)
    switcher.buttons[1].face.click()
    switcher.buttons[0].cross.click()
    assert asked.at(0) == ["jo"] and closed.at(0) == ["maya"]


@pytest.mark.parametrize("width", [360, 420, 480])
def test_what_does_not_fit_is_in_the_menu_and_the_open_one_stays_in_view(
    qtbot: QtBot, holder: QWidget, switcher: Switcher, width: int
) -> None:
    holder.resize(width, 200)
    names = [f"C{n}" for n in range(9)]
    switcher.show_tabs([tab(name, unread=n, current=n == 7) for n, name in enumerate(names)])
    qtbot.waitUntil(lambda: width - 40 < switcher.more.geometry().right() <= width)
    shown = [b.tab for b in switcher.buttons if not b.isHidden()]
    assert any(t is not None and t.current for t in shown) and len(shown) < 9
    assert switcher.more.text() == f"+{9 - len(shown)} •"
    switcher.menu.aboutToShow.emit()
    assert [a.text().split(" ")[0] for a in switcher.menu.actions()] == names
    assert sum(a.isChecked() for a in switcher.menu.actions()) == 1
    right = max(b.geometry().right() for b in switcher.buttons if not b.isHidden())
    assert right < switcher.more.geometry().left()


def test_a_hot_one_beyond_the_edge_is_seen_at_the_menu(switcher: Switcher) -> None:
    switcher.show_tabs([*(tab(f"C{n}", current=n == 0) for n in range(8)), tab("Z", mood=ANGRY)])
    assert switcher.more.property("hot") == "true"


def test_the_same_again_touches_nothing(switcher: Switcher) -> None:
    tabs = [tab("Maya", current=True), tab("Jo")]
    switcher.show_tabs(tabs)
    before = list(switcher.buttons)
    switcher.show_tabs(list(tabs))
    assert switcher.buttons == before


def test_names_are_plain_text(switcher: Switcher) -> None:
    switcher.show_tabs([tab("<b>Maya</b>", current=True), tab("Jo & Co")])
    assert "<" not in switcher.buttons[0].face.toolTip()
    switcher.menu.aboutToShow.emit()
    assert "&&" in switcher.menu.actions()[1].text()
    assert switcher.buttons[0].name.textFormat() is Qt.TextFormat.PlainText


def test_it_never_widens_the_window(switcher: Switcher) -> None:
    switcher.show_tabs([tab("A very long name of a customer indeed " * 3) for _ in range(5)])
    assert switcher.minimumSizeHint() == QSize(100, 44)


def test_ctrl_tab_goes_round_and_back(qtbot: QtBot, desk: FakeDesk, window: Sidebar) -> None:
    qtbot.waitUntil(lambda: desk.arrivals.tell is not None)
    for name in ("Ann", "Bea", "Cat"):
        desk.arrivals.show(conversation_of(f"{name}: My lamp is broken and nobody answers.", name.lower()))
        qtbot.waitUntil(lambda name=name: name.lower() in {e.conversation.id for e in window.streams.entries})  # type: ignore[misc]
        qtbot.wait(60)
    control, shift = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier

    def now() -> str:
        return window.header.name.accessibleName()

    qtbot.waitUntil(lambda: now() == "Ann")
    seen = []
    for _ in range(3):
        QTest.keyClick(window, Qt.Key.Key_Tab, control)
        seen.append(now())
    assert seen == ["Bea", "Cat", "Ann"]
    QTest.keyClick(window, Qt.Key.Key_Tab, control | shift)
    assert now() == "Cat"
    window.conversation.composer.editor.setFocus()
    QTest.keyClick(window.conversation.composer.editor, Qt.Key.Key_Tab, control)
    assert now() == "Ann", "from the draft too"


def test_buttons_of_a_reply_fit_a_narrow_window(qtbot: QtBot, desk: FakeDesk, window: Sidebar) -> None:
    window.resize(360, 1010)
    qtbot.waitUntil(lambda: desk.arrivals.tell is not None)
    desk.arrivals.show(conversation_of(SAMPLE, "maya"))
    qtbot.waitUntil(lambda: window.flow.assist is not None and window.attending.inserting.able)
    card = window.conversation.replies.cards[0]
    window.conversation.replies.select(0)
    qtbot.waitUntil(lambda: card.insert.isVisible() and card.dismiss.isVisible())
    assert card.dismiss.mapTo(card, card.dismiss.rect().topRight()).x() <= card.width() - 8
    assert window.conversation.area.horizontalScrollBar().maximum() == 0


# --- the line of ways, the proposal, words


def test_the_line_of_ways(holder: QWidget) -> None:
    line = ListeningLine()
    put(holder, line)
    line.show_ways(WaysChanged((WayState(Way.BROWSER, False),)))
    assert line.isHidden()
    line.show_ways(WaysChanged((WayState(Way.BROWSER, True), WayState(Way.FOLDER, True, problem="It is gone."))))
    assert line.words.accessibleName() == "Listening: browser" and line.dot.role == "uneasy"
    assert "Folder: It is gone." in line.dot.toolTip()
    line.show_ways(WaysChanged((WayState(Way.BROWSER, True),), paused=True))
    asked = QSignalSpy(line.pause_asked)
    line.button.click()
    assert asked.at(0) == [False] and line.dot.role == "uneasy"


def test_a_proposal_that_changes_begins_anew(holder: QWidget) -> None:
    line = AlikeLine()
    put(holder, line)
    line.propose("jo", "May be the same.")
    line.join.click()
    line.propose("jo", "May be the same.")
    assert not line.sure.isHidden(), "the question stays while nothing changes"
    line.propose("al", "May be the same.")
    assert line.sure.isHidden() and not line.join.isHidden()
    line.propose("", "")
    assert line.isHidden()


def test_words_of_ways() -> None:
    assert way_word(None) == "" and way_word("browser") == "browser" and way_word("later") == "later"
    states = (WayState(Way.BROWSER, True), WayState(Way.ZAMMAD, True, 2), WayState(Way.PUSH, True))
    assert listening_words(states) == "browser, Zammad"
    assert ways_help(states) == "Browser: waiting\nZammad: 2 connected"
    assert trouble_words(Trouble(Way.PUSH, "It is empty.")) == "Push: It is empty."
    assert trouble_words(Trouble(Way.FOLDER, "a.txt: It is empty.")) == "a.txt: It is empty."


def test_a_note_is_one_line() -> None:
    assert aside_words(Aside("one\ntwo", 0)) == "Internal note: one two"
