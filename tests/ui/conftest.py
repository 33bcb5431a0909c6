"""A window over the fake desk, closed again with its lanes after each test."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from fake_desk import FakeDesk
from opening import Open
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from agent_assist.paths import Places
from ui.app import App
from ui.locking.successor import Handover
from ui.sidebar import Sidebar


@pytest.fixture
def desk(places: Places) -> FakeDesk:
    return FakeDesk(places)


@pytest.fixture
def apps() -> Iterator[list[App]]:
    """Apps that are closed at the end."""
    apps: list[App] = []
    yield apps
    for app in apps:
        app.close()
        app.window.toast.hide()
        app.window.close()
        app.window.deleteLater()
        app.deleteLater()
    # Windows of former tests would be restyled with each new one.
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)  # None: of all


@pytest.fixture
def open_app(qtbot: QtBot, qapp: QApplication, apps: list[App]) -> Open:
    """Starts apps and waits until history and model have answered."""

    def start(desk: FakeDesk) -> App:
        qapp.setStyle("Fusion")
        app = App(desk, give_way=lambda _handover: None)
        apps.append(app)
        app.start()
        footer = app.window.footer
        qtbot.waitUntil(lambda: footer.kept.text() != "Opening…" and footer.model.text() != "", timeout=5000)
        return app

    return start


@pytest.fixture
def open_locked(qtbot: QtBot, qapp: QApplication, apps: list[App]) -> Callable[[FakeDesk, Handover], App]:
    """Starts apps as the process does that a locked one became."""

    def start(desk: FakeDesk, handover: Handover) -> App:
        qapp.setStyle("Fusion")
        app = App(desk, handover, give_way=lambda _handover: None)
        apps.append(app)
        app.start()
        qtbot.waitUntil(app.window.unlock.unlock.isEnabled)
        return app

    return start


@pytest.fixture
def app(open_app: Open, desk: FakeDesk) -> App:
    return open_app(desk)


@pytest.fixture
def window(app: App) -> Sidebar:
    app.window.resize(420, 1010)
    return app.window
