"""Copies are offered quietly: real clipboard, real lanes; nothing is kept that is not accepted."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fake_desk import FakeDesk
from PySide6.QtCore import QByteArray, QMimeData, Qt
from PySide6.QtGui import QClipboard, QGuiApplication
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from agent_assist.capture.watch.clipboard import Offer
from agent_assist.errors import KnownError
from agent_assist.jobs import Lanes
from agent_assist.records import Way
from agent_assist.settings import CLIPBOARD, CLIPBOARD_DENY, HOTKEY
from ui import watching as module
from ui.bridge import Bridge
from ui.watching import NOTHING_SELECTED, OWN, Watching, offer_words

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")  # the offscreen one, of a window's size

TALK = (
    "Maria: hi, my parcel is late and nobody answers\n"
    "Tom: Hello Maria, thank you for contacting us. Can I have your order number?\n"
)
OTHER = "Customer: where is my money?\nAgent: Let me look at your account.\n"


class OwnCopies:
    """What the window itself copied."""

    def __init__(self) -> None:
        self.texts: set[str] = set()

    def is_own(self, text: str) -> bool:
        return text in self.texts


class Stage:
    """A window that watches."""

    def __init__(self, qtbot: QtBot, desk: FakeDesk) -> None:
        self.qtbot, self.desk, self.own = qtbot, desk, OwnCopies()
        self.window = QWidget()
        self.window.resize(420, 600)
        QVBoxLayout(self.window).addWidget(QPushButton("first"))
        qtbot.addWidget(self.window)
        self.lanes = Lanes()
        self.bridge = Bridge(self.lanes)
        self.watching = Watching(desk, self.bridge, self.own, self.window)
        self.bar = self.watching.bar
        self.came, self.failed = QSignalSpy(self.watching.came), QSignalSpy(self.watching.failed)
        self.window.show()
        self.window.activateWindow()

    def turn_on(self) -> None:
        self.desk.settings.set(CLIPBOARD, True)
        self.watching.apply()

    def settle(self) -> None:
        """Waits until everything that the last copy set off has been done."""
        for _ in range(2):  # asked whether it may be looked at, then judged
            self._wait_for_lane()

    def _wait_for_lane(self) -> None:
        done: list[None] = []
        self.bridge.run("emotion", lambda _post, _token: None, done.append, lambda _error: None)
        self.qtbot.waitUntil(lambda: bool(done))

    def copy(self, text: str, marks: dict[str, bytes] | None = None) -> None:
        mime = QMimeData()
        mime.setText(text)
        for kind, value in (marks or {}).items():
            mime.setData(kind, QByteArray(value))
        QGuiApplication.clipboard().setMimeData(mime)
        self.settle()

    def close(self) -> None:
        self.watching.close()
        self.bridge.close()
        self.lanes.close()


@pytest.fixture
def stage(qtbot: QtBot, desk: FakeDesk, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    QGuiApplication.clipboard().clear()
    made = Stage(qtbot, desk)
    yield made
    made.close()
    QGuiApplication.clipboard().clear()


def test_nothing_is_looked_at_while_it_is_off(stage: Stage) -> None:
    stage.watching.apply()
    stage.copy(TALK)
    assert stage.bar.isHidden()


def test_a_conversation_is_offered_and_taken_with_one_click(stage: Stage) -> None:
    stage.turn_on()
    stage.copy(TALK)
    assert stage.bar.isVisible() and stage.bar.words.text() == "A conversation with Maria was copied."
    assert stage.came.count() == 0
    QTest.mouseClick(stage.bar.accept, Qt.MouseButton.LeftButton)
    assert stage.came.count() == 1 and stage.came.at(0) == [TALK, Way.CLIPBOARD]
    assert stage.bar.isHidden()


def test_one_key_takes_it_and_only_while_it_is_offered(stage: Stage) -> None:
    stage.turn_on()
    keys = (Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    stage.qtbot.waitActive(stage.window)
    QTest.keyClick(stage.window, *keys)
    stage.copy(TALK)
    assert stage.came.count() == 0
    QTest.keyClick(stage.window, *keys)
    assert stage.came.count() == 1
    QTest.keyClick(stage.window, *keys)
    assert stage.came.count() == 1


def test_it_takes_no_focus_and_keeps_to_the_window(stage: Stage) -> None:
    button = stage.window.findChild(QPushButton, options=Qt.FindChildOption.FindDirectChildrenOnly)
    assert button is not None
    stage.qtbot.waitActive(stage.window)
    button.setFocus()
    stage.turn_on()
    stage.copy(TALK)
    assert button.hasFocus()
    stage.window.resize(370, 600)
    stage.qtbot.waitUntil(lambda: stage.bar.geometry().right() < 370 and stage.bar.width() == 342)


def test_what_is_refused_is_forgotten_and_not_offered_again(stage: Stage) -> None:
    stage.turn_on()
    stage.copy(TALK)
    QTest.mouseClick(stage.bar.refuse, Qt.MouseButton.LeftButton)
    assert stage.came.count() == 0 and stage.watching._offer is None
    stage.copy(TALK)
    assert stage.bar.isHidden()
    stage.copy(OTHER)
    assert stage.bar.isVisible()
    stage.copy(TALK)
    assert stage.bar.isVisible() and "Maria" in stage.bar.words.text()


def test_a_program_that_copies_twice_is_offered_once(stage: Stage) -> None:
    stage.turn_on()
    stage.copy(TALK)
    stage.copy(TALK)
    assert stage.bar.isVisible()


@pytest.mark.parametrize("next_copy", ["just a word", "", "const x = 1;\nconst y = 2;\n"])
def test_the_next_copy_takes_the_offer_away(stage: Stage, next_copy: str) -> None:
    stage.turn_on()
    stage.copy(TALK)
    assert stage.bar.isVisible()
    stage.copy(next_copy)
    assert stage.bar.isHidden() and stage.watching._offer is None


def test_it_goes_away_by_itself(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ui.widgets.offer.OFFER_MS", 50)
    stage.turn_on()
    stage.copy(TALK)
    stage.qtbot.waitUntil(stage.bar.isHidden)
    assert stage.came.count() == 0 and stage.watching._offer is None


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("x-kde-passwordManagerHint", b"secret"),
        ('application/x-qt-windows-mime;value="Clipboard Viewer Ignore"', b"1"),
        ('application/x-qt-windows-mime;value="CanIncludeInClipboardHistory"', b"\0\0\0\0"),
        ("org.nspasteboard.ConcealedType", b"1"),
    ],
)
def test_marked_copies_are_never_read(stage: Stage, kind: str, value: bytes) -> None:
    stage.turn_on()
    stage.copy(OTHER)
    assert stage.bar.isVisible()
    stage.copy(TALK, {kind: value})
    assert stage.bar.isHidden()


def test_copies_of_denied_programs_are_never_read(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    stage.turn_on()
    front = ["keepassxc", "KeePassXC"]
    monkeypatch.setattr(module, "front_programs", lambda: tuple(front))
    judged: list[str] = []
    monkeypatch.setattr(module, "offer_of", lambda text: judged.append(text))
    stage.copy(TALK)
    front[:] = ["Navigator", "firefox"]
    stage.desk.settings.set(CLIPBOARD_DENY, "Firefox")
    stage.copy(OTHER)
    assert judged == []
    stage.desk.settings.set(CLIPBOARD_DENY, "")
    stage.copy(TALK)
    assert judged == [TALK]


def test_own_copies_are_not_offered(stage: Stage) -> None:
    stage.turn_on()
    stage.own.texts.add(TALK)
    stage.copy(TALK)
    assert stage.bar.isHidden()


def test_paused_and_closed_it_looks_at_nothing(stage: Stage) -> None:
    stage.turn_on()
    stage.copy(TALK)
    stage.watching.set_paused(True)
    assert stage.bar.isHidden()
    stage.copy(OTHER)
    assert stage.bar.isHidden()
    stage.watching.set_paused(False)
    stage.copy(OTHER + "Customer: thanks\n")
    assert stage.bar.isVisible()
    stage.watching.close()
    assert stage.bar.isHidden()


def test_names_from_outside_stay_text() -> None:
    assert offer_words(Offer("", 1, "<b>Max</b>")) == "A conversation with <b>Max</b> was copied."
    assert offer_words(Offer("", 3, "Max")) == "3 conversations were copied."
    assert offer_words(Offer("", 1, None)) == "A conversation was copied."


# --- the key


def test_a_key_that_cannot_be_heard_is_said(stage: Stage) -> None:
    stage.desk.settings.set(HOTKEY, "<ctrl>+<alt>+a")
    stage.watching.apply()
    stage.qtbot.waitUntil(lambda: stage.failed.count() == 1)
    assert "no desktop" in str(stage.failed.at(0)[0])
    stage.watching.apply()
    stage.settle()
    assert stage.failed.count() == 1  # said once
    stage.desk.settings.set(HOTKEY, "")
    stage.watching.apply()
    stage.settle()
    assert stage.failed.count() == 1


def test_the_key_takes_the_selection_and_else_the_copy(stage: Stage) -> None:
    stage.window.showMinimized()
    QGuiApplication.clipboard().setText(TALK)
    stage.watching._pressed.emit()
    stage.qtbot.waitUntil(lambda: stage.came.count() == 1)
    assert stage.came.at(0) == [TALK, Way.SELECTION]
    assert not stage.window.isMinimized()
    if QGuiApplication.clipboard().supportsSelection():
        QGuiApplication.clipboard().setText(OTHER, QClipboard.Mode.Selection)
        stage.watching._pressed.emit()
        stage.qtbot.waitUntil(lambda: stage.came.count() == 2)
        assert stage.came.at(1)[0] == OTHER


def test_the_key_with_nothing_to_take_says_so(stage: Stage) -> None:
    stage.watching._pressed.emit()
    stage.qtbot.waitUntil(lambda: stage.failed.count() == 1)
    error = stage.failed.at(0)[0]
    assert isinstance(error, KnownError) and str(error) == NOTHING_SELECTED


def test_the_key_does_not_take_in_what_was_copied_from_here(stage: Stage) -> None:
    stage.own.texts.add(TALK)
    QGuiApplication.clipboard().setText(TALK)
    stage.watching._pressed.emit()
    stage.qtbot.waitUntil(lambda: stage.failed.count() == 1)
    assert str(stage.failed.at(0)[0]) == OWN and stage.came.count() == 0
