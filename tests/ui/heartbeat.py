"""Measures how long the event loop was held up."""

from __future__ import annotations

import time

from PySide6.QtCore import QObject, Qt, QTimer, Slot


class Heartbeat(QObject):
    """Beats every 5 ms; `worst` is the largest gap between two beats, in milliseconds."""

    def __init__(self) -> None:
        super().__init__()
        self.worst = 0.0
        self.beats = 0
        self._last = time.perf_counter()
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(5)
        self._timer.timeout.connect(self._beat)
        self._timer.start()

    def begin(self) -> None:
        """Forgets what was before."""
        self.worst, self.beats, self._last = 0.0, 0, time.perf_counter()

    def stop(self) -> None:
        """Beats no more."""
        self._timer.stop()

    @Slot()
    def _beat(self) -> None:
        now = time.perf_counter()
        self.worst = max(self.worst, (now - self._last) * 1000)
        self.beats += 1
        self._last = now
