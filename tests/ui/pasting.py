"""A conversation taken in as a person does it."""

from __future__ import annotations

from fake_desk import SAMPLE
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from ui.sidebar import Sidebar


def paste(qtbot: QtBot, window: Sidebar, text: str = SAMPLE) -> None:
    QGuiApplication.clipboard().setText(text)
    window.setFocus()
    QTest.keyClick(window, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)


def analysed(qtbot: QtBot, window: Sidebar) -> None:
    qtbot.waitUntil(lambda: window.flow.assist is not None)
