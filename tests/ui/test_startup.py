from __future__ import annotations

import logging
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from fake_desk import SAMPLE, FakeDesk
from opening import Open
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from agent_assist.errors import KnownError
from agent_assist.paths import Places
from agent_assist.pipeline import Desk
from agent_assist.settings import THEME, WIDTH, Settings
from ui import app as ui_app
from ui import theme
from ui.app import App
from ui.ports import DeskPort


@pytest.fixture
def hooks() -> Iterator[None]:
    """Puts the process's exception hooks back."""
    kept = sys.excepthook, threading.excepthook
    yield
    sys.excepthook, threading.excepthook = kept


def test_the_real_desk_and_the_fake_one_fit_the_port(places: Places, desk: FakeDesk) -> None:
    real: DeskPort = Desk(places, Settings(places.settings))
    fake: DeskPort = desk
    names = [name for name in dir(DeskPort) if not name.startswith("_")]
    assert all(hasattr(type(real), name) or hasattr(real, name) for name in names)
    assert all(hasattr(fake, name) for name in names)
    real.close()


def test_it_docks_at_the_right_edge_in_full_height(app: App, desk: FakeDesk) -> None:
    room = app.window.screen().availableGeometry()
    assert app.window.width() == desk.settings[WIDTH]
    assert app.window.frameGeometry().right() == room.right()
    assert app.window.frameGeometry().height() == room.height()


def test_it_starts_in_the_theme_of_the_settings(open_app: Open, desk: FakeDesk) -> None:
    desk.settings.set(THEME, "dark")
    open_app(desk)
    assert theme.active() is theme.DARK
    desk.settings.set(THEME, "light")
    open_app(desk)
    assert theme.active() is theme.LIGHT


def test_the_system_is_followed_while_it_runs(app: App, desk: FakeDesk, qapp: QApplication) -> None:
    theme.apply(qapp, theme.DARK)
    QGuiApplication.styleHints().colorSchemeChanged.emit(QGuiApplication.styleHints().colorScheme())
    assert theme.active() is theme.wanted("system")


def test_closing_lets_the_history_finish(qtbot: QtBot, app: App, desk: FakeDesk) -> None:
    app.window.flow.paste(SAMPLE)
    qtbot.waitUntil(lambda: app.window.flow.assist is not None)
    app.window.conversation.turns.keep.click()
    app.window.close()
    assert desk.history.saved == {}, "the removal that could still be undone is final"
    assert desk.closed
    app.close()


def test_closing_stops_the_language_model(qtbot: QtBot, app: App, desk: FakeDesk) -> None:
    desk.gate.clear()
    app.window.flow.paste(SAMPLE)
    qtbot.waitUntil(lambda: app.window.flow.running and bool(desk.asked))
    app.window.close()
    assert desk.cancelled.is_set() and desk.closed


@pytest.mark.usefixtures("hooks")
def test_a_stray_exception_is_shown_and_logged_without_its_words(
    qtbot: QtBot, app: App, caplog: pytest.LogCaptureFixture
) -> None:
    ui_app.install_hooks(app)
    with caplog.at_level(logging.ERROR, logger="agent_assist"):
        try:
            raise RuntimeError("Maya Reyes, card 4111")
        except RuntimeError as error:
            sys.excepthook(type(error), error, error.__traceback__)
    qtbot.waitUntil(lambda: app.window.notice.isVisible())
    assert "on our side" in app.window.notice.words.text()
    assert "RuntimeError" in caplog.text and "Maya" not in caplog.text


@pytest.mark.usefixtures("hooks")
def test_a_stray_known_error_speaks_for_itself(qtbot: QtBot, app: App) -> None:
    ui_app.install_hooks(app)
    error = KnownError("The disk is full. Make room.")
    sys.excepthook(KnownError, error, None)
    qtbot.waitUntil(lambda: app.window.notice.words.text() == "The disk is full. Make room.")


@pytest.mark.usefixtures("hooks")
def test_a_stray_exception_of_a_thread_reaches_the_window(qtbot: QtBot, app: App) -> None:
    ui_app.install_hooks(app)

    def fail() -> None:
        raise RuntimeError("x")

    thread = threading.Thread(target=fail)
    thread.start()
    thread.join()
    qtbot.waitUntil(lambda: app.window.notice.isVisible())


def run_program(folder: Path, once_up: str) -> subprocess.Popen[str]:
    """The whole program over the fake desk in a process of its own; `once_up` runs when the window is shown."""
    here = Path(__file__).parent
    code = f"""
import sys
from pathlib import Path
sys.path[:0] = [{str(here)!r}, {str(here.parents[1])!r}]
from PySide6.QtCore import QTimer
from fake_desk import FakeDesk
from agent_assist.paths import Places
from ui import app
desk = FakeDesk(Places(Path({str(folder)!r})))
def start(self, start=app.App.start):
    start(self)
    QTimer.singleShot(50, lambda: {once_up})
app.App.start = start
status = app.run(desk, ["x"])
print("closed" if desk.closed else "left open", status)
"""
    return subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)


@pytest.mark.skipif(sys.platform == "win32", reason="no signals between processes there")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_the_program_like_closing_the_window(tmp_path: Path, number: signal.Signals) -> None:
    with run_program(tmp_path, "print('up', flush=True)") as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "up\n"
        process.send_signal(number)
        rest, _ = process.communicate(timeout=20)
    assert rest == "closed 0\n"


def test_closing_the_window_ends_the_program(tmp_path: Path) -> None:
    with run_program(tmp_path, "self.window.close()") as process:
        rest, _ = process.communicate(timeout=20)
    assert rest == "closed 0\n"
