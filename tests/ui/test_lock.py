"""Locking in the window: what is asked, what is saved, what the successor is told; the process: test_lock_process."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable

import pytest
from fake_custody import WORDS
from fake_desk import SAMPLE, FakeDesk
from hypothesis import given
from hypothesis import strategies as st
from opening import Open
from pasting import analysed, paste
from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from agent_assist.errors import KnownError
from agent_assist.settings import LOCK_AFTER
from ui.app import App
from ui.locking import lock as locking
from ui.locking import successor
from ui.locking.idle import NOTICE_SECONDS, Idle
from ui.locking.lock import locked_words
from ui.locking.successor import LOST, Handover
from ui.sidebar import Sidebar


@pytest.fixture
def handed() -> list[Handover]:
    return []


@pytest.fixture
def app(open_app: Open, desk: FakeDesk, handed: list[Handover]) -> App:
    app = open_app(desk)
    app.lock._give_way = handed.append
    return app


def lock(window: Sidebar) -> None:
    QTest.keyClick(window, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)


def test_a_lock_saves_closes_and_hands_over(
    qtbot: QtBot, window: Sidebar, desk: FakeDesk, handed: list[Handover]
) -> None:
    paste(qtbot, window)
    analysed(qtbot, window)
    window.setGeometry(30, 40, 400, 800)
    lock(window)
    qtbot.waitUntil(lambda: bool(handed))
    assert handed == [Handover((30, 40, 400, 800))]
    assert desk.custody.locks == 1 and desk.closed
    assert next(iter(desk.history.saved.values())).assist is not None
    assert window.cover.isVisibleTo(window) and window.cover.geometry() == window.rect()


def test_the_window_is_blank_before_anything_else_happens(window: Sidebar, app: App, desk: FakeDesk) -> None:
    dialog = QWidget()
    dialog.show()
    desk.custody.gate.clear()
    app.lock.lock()
    assert window.cover.isVisible() and not dialog.isVisible()
    image = window.grab().toImage()
    colours = {image.pixel(x, y) for x in range(0, image.width(), 7) for y in range(0, image.height() // 3, 7)}
    assert len(colours) == 1, "nothing of a conversation shines through"


def test_what_a_lock_would_cost_is_asked_about_once(
    qtbot: QtBot, window: Sidebar, app: App, handed: list[Handover]
) -> None:
    paste(qtbot, window)
    analysed(qtbot, window)
    window.conversation.turns.keep.click()
    window.conversation.composer.write("Not sent yet")
    lock(window)
    assert handed == [] and "your draft of a reply and 1 conversation that is not kept" in window.notice.words.text()
    window.notice.action.click()
    qtbot.waitUntil(lambda: bool(handed))
    assert handed[0].lost == ("draft", "unkept") and not handed[0].by_itself


def test_a_draft_that_was_copied_costs_nothing(qtbot: QtBot, window: Sidebar, handed: list[Handover]) -> None:
    paste(qtbot, window)
    analysed(qtbot, window)
    window.conversation.composer.write("We will call you today.")
    assert window.drafting.count == 1
    window.drafting.copy()
    assert window.drafting.count == 0
    lock(window)
    qtbot.waitUntil(lambda: bool(handed))
    assert handed[0].lost == ()
    assert QGuiApplication.clipboard().text() == ""


def test_a_save_that_fails_is_told_by_the_successor(
    qtbot: QtBot, window: Sidebar, desk: FakeDesk, handed: list[Handover]
) -> None:
    desk.history.failure = KnownError("The disk is full. Make room.")
    paste(qtbot, window)
    analysed(qtbot, window)
    lock(window)
    qtbot.waitUntil(lambda: bool(handed))
    assert handed[0].lost == ("unsaved",)


def test_a_history_that_does_not_close_is_locked_all_the_same(
    qtbot: QtBot, window: Sidebar, desk: FakeDesk, handed: list[Handover]
) -> None:
    desk.custody.failures["lock"] = RuntimeError("no")
    lock(window)
    qtbot.waitUntil(lambda: bool(handed))


def test_where_saving_hangs_it_locks_without(
    qtbot: QtBot, window: Sidebar, app: App, desk: FakeDesk, handed: list[Handover]
) -> None:
    app.lock._patience.setInterval(50)
    desk.custody.gate.clear()
    app.bridge.run("db", lambda _post, _token: desk.custody.gate.wait(1), lambda _done: None, window.show_error)
    lock(window)
    qtbot.waitUntil(lambda: bool(handed))
    assert handed[0].lost == ("unsaved",)


def test_with_nothing_open_there_is_nothing_to_lock(window: Sidebar, desk: FakeDesk, handed: list[Handover]) -> None:
    desk.custody.opened = False
    lock(window)
    assert window.toast.words.text() == locking.NOT_OPEN and handed == []


def test_what_could_not_be_saved_counts_as_lost(
    qtbot: QtBot, window: Sidebar, desk: FakeDesk, handed: list[Handover]
) -> None:
    desk.custody.opened = window.flow.saving.open = False  # a history that is damaged: its key is in memory
    desk.places.key_file.write_text("{}")
    paste(qtbot, window)
    analysed(qtbot, window)
    lock(window)
    assert handed == [] and "1 conversation that is not kept" in window.notice.words.text()
    window.notice.action.click()
    qtbot.waitUntil(lambda: bool(handed))
    assert handed[0].lost == ("unkept",)


def test_it_locks_by_itself_and_says_so(qtbot: QtBot, app: App, handed: list[Handover]) -> None:
    app.window.conversation.composer.write("Not sent yet")
    app.lock.idle.due.emit()
    qtbot.waitUntil(lambda: bool(handed))
    assert handed[0].by_itself
    words = locked_words(handed[0])
    assert "nobody was there" in words and "draft" in words


# --- the watch


class Clocks:
    def __init__(self) -> None:
        self.steady, self.wall = 1000.0, 5000.0

    def __call__(self) -> tuple[float, float]:
        return self.steady, self.wall

    def go(self, seconds: float) -> None:
        self.steady += seconds
        self.wall += seconds


Watch = tuple[Idle, Clocks, list[int], list[str]]


@pytest.fixture
def watch(qapp: QObject) -> Callable[[float], Watch]:
    def make(seconds: float) -> Watch:
        clocks, left, due = Clocks(), list[int](), list[str]()
        idle = Idle(lambda: seconds, qapp, clocks)
        idle.counted.connect(left.append)
        idle.due.connect(lambda: due.append("due"))
        return idle, clocks, left, due

    return make


def test_it_counts_the_last_half_minute_down_and_locks_once(watch: Callable[[float], Watch]) -> None:
    idle, clocks, left, due = watch(60)
    for _ in range(80):
        clocks.go(1)
        if not due:
            idle.tick()
    assert left == list(range(NOTICE_SECONDS, 0, -1)) and due == ["due"]


@pytest.mark.parametrize("sign", ["key", "click"])
def test_any_key_or_click_ends_the_countdown(watch: Callable[[float], Watch], qtbot: QtBot, sign: str) -> None:
    idle, clocks, left, due = watch(60)
    widget = QWidget()
    qtbot.addWidget(widget)
    with qtbot.waitExposed(widget):
        widget.show()
    idle.start()
    clocks.go(45)
    idle.tick()
    if sign == "key":
        QTest.keyClick(widget.windowHandle(), Qt.Key.Key_Shift)
    else:
        QTest.mouseClick(widget.windowHandle(), Qt.MouseButton.LeftButton)
    assert left == [15, -1]
    clocks.go(29)
    idle.tick()
    assert due == [] and left == [15, -1]
    idle.stop()


def test_sleep_and_a_clock_that_jumps_back(watch: Callable[[float], Watch]) -> None:
    idle, clocks, left, due = watch(600)
    clocks.wall -= 86_400  # set back by a day: the steady clock counts
    clocks.go(590)
    idle.tick()
    assert left == [10] and due == []
    idle.touch()
    clocks.wall += 3600  # the computer slept: the steady clock stood still
    idle.tick()
    assert due == ["due"]


def test_never_is_never(watch: Callable[[float], Watch]) -> None:
    idle, clocks, left, due = watch(0)
    clocks.go(1e9)
    idle.tick()
    assert left == [] and due == []


def test_the_settings_say_when(app: App, desk: FakeDesk) -> None:
    desk.settings.set(LOCK_AFTER, 2)
    assert app.lock._limit() == 120
    desk.custody.opened = False
    assert app.lock._limit() == 0, "what is not open is not locked"


def test_the_countdown_is_one_quiet_line(window: Sidebar) -> None:
    window.countdown.show_left(24)
    assert window.countdown.isVisible() and "24 s" in window.countdown.words.text()
    window.countdown.show_left(-1)
    assert not window.countdown.isVisible()


# --- what the successor is told

BOXES = st.none() | st.tuples(
    st.integers(-9999, 9999), st.integers(-9999, 9999), st.integers(1, 9999), st.integers(1, 9999)
)


@given(BOXES, st.lists(st.sampled_from(LOST), unique=True), st.booleans())
def test_a_handover_is_read_as_it_was_written(
    box: tuple[int, int, int, int] | None, lost: list[str], by_itself: bool
) -> None:
    handover = Handover(box, tuple(name for name in LOST if name in lost), by_itself)
    assert successor.read(successor.written(handover)) == handover


@given(st.text() | st.recursive(st.none() | st.integers() | st.text(), lambda s: st.lists(s)).map(str))
def test_whatever_stands_there_it_is_locked(text: str) -> None:
    assert isinstance(successor.read(text), Handover)


@pytest.mark.parametrize(
    "text", ['{"box": [1, 2, 0, 5]}', '{"box": [1, 2, 3]}', '{"box": ["a", 1, 2, 3]}', "[]", '{"lost": 5}']
)
def test_what_is_not_right_is_left_out(text: str) -> None:
    assert successor.read(text) == Handover()


def test_the_handover_is_taken_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(successor.VARIABLE, successor.written(Handover(by_itself=True)))
    assert successor.take_handover() == Handover(by_itself=True)
    assert successor.take_handover() is None and successor.VARIABLE not in os.environ


def test_the_passphrase_of_the_environment_does_not_come_along(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AGENT_ASSIST_PASSPHRASE", "correct horse")
    inherited = successor.environment(Handover())
    assert "AGENT_ASSIST_PASSPHRASE" not in inherited and successor.VARIABLE in inherited


def test_the_same_command_line_is_started(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "orig_argv", ["python", "-X", "utf8", "main.py", "--data-dir", "x"])
    assert successor.command() == [sys.executable, "-X", "utf8", "main.py", "--data-dir", "x"]
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "argv", ["agent-assist", "--data-dir", "x"])
    assert successor.command() == [sys.executable, "--data-dir", "x"]


# --- a window that was locked


@pytest.fixture
def locked(qtbot: QtBot, open_locked: Callable[[FakeDesk, Handover], App], desk: FakeDesk) -> App:
    desk.places.key_file.write_text("{}")
    desk.custody.passphrase = "correct horse"
    return open_locked(desk, Handover((50, 60, 380, 700), ("draft",), by_itself=True))


def test_a_locked_window_stands_where_it_stood_and_opens_nothing(qtbot: QtBot, locked: App, desk: FakeDesk) -> None:
    window = locked.window
    assert window.geometry().getRect() == (50, 60, 380, 700)
    assert window.stack.currentWidget() is window.unlock
    assert "open_history" not in desk.threads and "warm" not in desk.threads and desk.arrivals.tell is None
    assert "draft" in window.unlock.lost.text() and not window.unlock.skip.isVisible()


def test_it_is_locked_before_it_is_first_seen(qtbot: QtBot, desk: FakeDesk) -> None:
    app = App(desk, Handover(), give_way=lambda _handover: None)
    window = app.window
    assert window.stack.currentWidget() is window.unlock and not window.unlock.first.isEnabled()
    window.paste()
    window.show_page(window.conversation)
    assert window.stack.currentWidget() is window.unlock
    app.close()
    window.deleteLater()


def test_there_is_no_way_past_the_lock(qtbot: QtBot, locked: App, desk: FakeDesk) -> None:
    window = locked.window
    paste(qtbot, window, SAMPLE)
    for key in (Qt.Key.Key_1, Qt.Key.Key_H, Qt.Key.Key_Comma, Qt.Key.Key_M):
        QTest.keyClick(window, key, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(window, Qt.Key.Key_Escape)
    window.show_page(window.history)
    window.go_back()
    assert window.stack.currentWidget() is window.unlock
    assert not window.header.menu.isVisible() and not window.acceptDrops() and window.flow.conversation is None


def test_the_right_words_let_everything_start(qtbot: QtBot, locked: App, desk: FakeDesk) -> None:
    window = locked.window
    window.unlock.first.setText("wrong")
    window.unlock.unlock.click()
    qtbot.waitUntil(window.unlock.problem.isVisible)
    window.unlock.first.setText("correct horse")
    window.unlock.unlock.click()
    qtbot.waitUntil(lambda: window.footer.kept.text() == "Encrypted")
    assert window.stack.currentWidget() is window.conversation and window.header.menu.isVisible()
    assert window.unlock.first.text() == ""
    qtbot.waitUntil(lambda: desk.arrivals.tell is not None and "warm" in desk.threads)
    paste(qtbot, window)
    analysed(qtbot, window)


def test_what_was_deleted_is_gone_before_it_locks(
    qtbot: QtBot, window: Sidebar, app: App, desk: FakeDesk, handed: list[Handover]
) -> None:
    paste(qtbot, window)
    analysed(qtbot, window)
    qtbot.waitUntil(lambda: len(desk.history.saved) == 1)
    window.conversation.turns.keep.click()
    assert window.toast.undo.isVisible()
    app.lock._on_due()
    qtbot.waitUntil(lambda: bool(handed))
    assert desk.history.saved == {} and len(desk.history.deleted) == 1


def test_a_deletion_that_fails_at_the_lock_is_told(
    qtbot: QtBot, window: Sidebar, app: App, desk: FakeDesk, handed: list[Handover]
) -> None:
    paste(qtbot, window)
    analysed(qtbot, window)
    qtbot.waitUntil(lambda: len(desk.history.saved) == 1)
    window.conversation.turns.keep.click()
    desk.history.refuse_delete = KnownError("The disk is full. Make room.")
    app.lock.lock()
    qtbot.waitUntil(lambda: bool(handed))
    assert "undeleted" in handed[0].lost and "delete it again" in locked_words(handed[0])


def test_recovery_words_that_nobody_confirmed_are_told(
    qtbot: QtBot, window: Sidebar, app: App, handed: list[Handover]
) -> None:
    window.vault.show_words(WORDS)
    lock(window)
    assert handed == [] and "the recovery words that are shown" in window.notice.words.text()
    app.lock._on_due()
    qtbot.waitUntil(lambda: bool(handed))
    assert handed[0].lost == ("words",) and "make new ones" in locked_words(handed[0])
