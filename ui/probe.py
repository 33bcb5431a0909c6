"""`python -m ui.probe`: opens the window on a data folder of its own, and prints what that took as JSON.

Times count from the start of the process, the interpreter included: that is what a person waits for. Whoever starts it
says when, as seconds since the epoch; else the system's own note counts, which on Linux is up to a second off.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from pathlib import Path

import psutil
from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QApplication

from agent_assist import egress
from agent_assist.paths import Places
from agent_assist.pipeline import Desk
from agent_assist.settings import Settings
from ui.app import App, prepare


class _FirstPaint(QObject):
    """Notes when the window was first painted."""

    def __init__(self) -> None:
        super().__init__()
        self.at: float | None = None

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802  # Qt's name
        """See QObject.eventFilter."""
        if event.type() is QEvent.Type.Paint and self.at is None:
            self.at = time.time()
        return False


def measure(folder: Path) -> dict[str, float]:
    """Opens the window and reads the sample's feelings; the language model stays out of it.

    Returns:
        `window_ms` from process start to the first painted frame, `app_mb` of this process once all is loaded.
    """
    started = float(sys.argv[1]) if len(sys.argv) > 1 else psutil.Process().create_time()
    places = Places(folder)
    places.create()
    desk = Desk(places, Settings(places.settings))
    qt = prepare(sys.argv[:1])
    app = App(desk)
    paint = _FirstPaint()
    app.window.installEventFilter(paint)
    app.start()
    settle = QTimer()
    settle.setSingleShot(True)
    settle.timeout.connect(qt.quit)
    settle.start(2500)  # long enough for everything that the window loads after it shows
    qt.exec()
    used = psutil.Process().memory_info().rss / 1e6
    app.close()
    shown = paint.at if paint.at is not None else time.time()
    return {"window_ms": round((shown - started) * 1000, 1), "app_mb": round(used, 1)}


if __name__ == "__main__":
    egress.install()
    with tempfile.TemporaryDirectory() as folder:
        figures = measure(Path(folder))
    QApplication.processEvents()
    print(json.dumps(figures))  # noqa: T201  # this program's answer
