"""A window over the fake desk, closed again with its lanes after each test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fake_desk import FakeDesk
from opening import Open
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from agent_assist.paths import Places
from ui.app import App
from ui.sidebar import Sidebar


@pytest.fixture
def desk(places: Places) -> FakeDesk:
    return FakeDesk(places)


@pytest.fixture
def open_app(qtbot: QtBot, qapp: QApplication) -> Iterator[Open]:
    """Starts apps and waits until history and model have answered; closes them at the end."""
    apps: list[App] = []

    def start(desk: FakeDesk) -> App:
        qapp.setStyle("Fusion")
        app = App(desk)
        apps.append(app)
        app.start()
        footer = app.window.footer
        qtbot.waitUntil(lambda: footer.kept.text() != "Opening…" and footer.model.text() != "", timeout=5000)
        return app

    yield start
    for app in apps:
        app.close()
        app.window.toast.hide()
        app.window.close()
        app.window.deleteLater()
        app.deleteLater()
    # Windows of former tests would be restyled with each new one.
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)  # None: of all


@pytest.fixture
def app(open_app: Open, desk: FakeDesk) -> App:
    return open_app(desk)


@pytest.fixture
def window(app: App) -> Sidebar:
    app.window.resize(420, 1010)
    return app.window
