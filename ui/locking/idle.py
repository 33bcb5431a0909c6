"""How long nobody has touched the window: a notice for the last half minute, then it is time to lock."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QTimer, Signal, Slot
from PySide6.QtGui import QGuiApplication

NOTICE_SECONDS = 30
TICK_MS = 1000
SIGNS = frozenset(
    (
        QEvent.Type.KeyPress,
        QEvent.Type.MouseButtonPress,
        QEvent.Type.Wheel,
        QEvent.Type.TouchBegin,
        QEvent.Type.TabletPress,
    )
)
"""That somebody is there. Moving the mouse over the window is none: it lies on the way to the program beside."""


def monotonic_and_wall() -> tuple[float, float]:
    """Two clocks, in seconds: the first stands still while the computer sleeps, the second may be set."""
    return time.monotonic(), time.time()


class Idle(QObject):
    """Counts from the last key, click or turn of the wheel anywhere in the program.

    Args:
        seconds: after how many it is time to lock, as the settings have it now; 0 for never.
        clocks: the two clocks.
    """

    counted = Signal(int)  # seconds that are left, in the last half minute; -1 once somebody is there again
    due = Signal()

    def __init__(
        self,
        seconds: Callable[[], float],
        parent: QObject,
        clocks: Callable[[], tuple[float, float]] = monotonic_and_wall,
    ) -> None:
        super().__init__(parent)
        self._seconds, self._clocks = seconds, clocks
        self._last = clocks()
        self._counting = False
        self._timer = QTimer(self)
        self._timer.setInterval(TICK_MS)
        self._timer.timeout.connect(self.tick)

    def start(self) -> None:
        """Begins to watch."""
        self._listen()
        self._last = self._clocks()
        self._timer.start()

    def stop(self) -> None:
        """Watches no more."""
        for window in QGuiApplication.topLevelWindows():
            window.removeEventFilter(self)
        self._timer.stop()
        self.touch()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802  # Qt's name
        """Notes that somebody is there; lets everything through."""
        if event.type() in SIGNS:
            self.touch()
        return False

    def _listen(self) -> None:
        """Hears the system's events at their door, each window: a filter on every object's events would be felt."""
        for window in QGuiApplication.topLevelWindows():  # once more is no more than once
            window.installEventFilter(self)

    def touch(self) -> None:
        """Somebody is there."""
        self._last = self._clocks()
        if self._counting:
            self._counting = False
            self.counted.emit(-1)

    @Slot()
    def tick(self) -> None:
        """Looks at the clocks. The one that went further counts: a computer that slept was left alone, too."""
        if self._timer.isActive():
            self._listen()  # to windows that are new
        limit = self._seconds()
        if limit <= 0:
            if self._counting:
                self.touch()
            return
        left = limit - max(now - then for now, then in zip(self._clocks(), self._last, strict=True))
        if left <= 0:
            self._counting = False
            self.stop()
            self.due.emit()
        elif left <= NOTICE_SECONDS:
            self._counting = True
            self.counted.emit(max(1, round(left)))
