"""The desktop's screen lock, over a session bus of its own."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable

import pytest
from fake_desk import FakeDesk
from opening import Open
from pytestqt.qtbot import QtBot

from agent_assist.settings import LOCK_AFTER
from ui.locking.session import SessionLock
from ui.locking.successor import Handover

PROGRAM = """
import subprocess, sys
from PySide6.QtCore import QCoreApplication, QTimer
from ui.locking.session import SessionLock
app, session, heard = QCoreApplication([]), SessionLock(), []
session.locked.connect(lambda: heard.append("locked") or app.quit())
assert session.listen()
send = ["dbus-send", "--session", "--type=signal"]
for service, path, word in (("freedesktop", "/org/freedesktop", "false"), ("gnome", "/org/gnome", "true")):
    name = f"org.{service}.ScreenSaver.ActiveChanged"
    subprocess.run([*send, f"{path}/ScreenSaver", name, f"boolean:{word}"], check=True)
QTimer.singleShot(20_000, app.quit)
app.exec()
sys.exit(heard != ["locked"])
"""


@pytest.mark.skipif(not shutil.which("dbus-run-session") or not shutil.which("dbus-send"), reason="no D-Bus tools here")
def test_a_signal_on_the_bus_is_heard() -> None:
    done = subprocess.run(["dbus-run-session", "--", sys.executable, "-c", PROGRAM], timeout=60, capture_output=True)
    assert done.returncode == 0, done.stderr.decode()


def test_without_a_bus_none_is_started(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS", raising=False)
    assert not SessionLock().listen()


@pytest.fixture
def hear(qtbot: QtBot, open_app: Open, desk: FakeDesk) -> Callable[[], list[Handover]]:
    def make() -> list[Handover]:
        handed: list[Handover] = []
        app = open_app(desk)
        app.lock._give_way = handed.append
        app.lock.session.on_active(True)
        qtbot.wait(200)
        return handed

    return make


def test_the_window_locks_with_the_desktop(hear: Callable[[], list[Handover]]) -> None:
    assert [handover.by_itself for handover in hear()] == [True]


def test_where_it_never_locks_by_itself_it_does_not_then(hear: Callable[[], list[Handover]], desk: FakeDesk) -> None:
    desk.settings.set(LOCK_AFTER, 0)
    assert hear() == []
