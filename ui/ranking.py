"""What the ranking of replies learnt from this desk: shown on the settings page, and forgotten on request."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal, Slot

from agent_assist.errors import AgentAssistError, Cancelled, KnownError
from ui.bridge import Bridge, Task
from ui.ports import DeskPort


class Ranking(QObject):
    """Asks in the lane "db"."""

    learnt = Signal(object)  # tuple of words and weights
    failed = Signal(object)

    def __init__(self, desk: DeskPort, bridge: Bridge) -> None:
        super().__init__(bridge)
        self._desk, self._bridge = desk, bridge
        self._listing: Task[tuple[tuple[str, float], ...]] | None = None

    @Slot()
    def show(self) -> None:
        """Says what was learnt. Where the history is locked there is nothing to show, and that is said elsewhere."""
        if self._listing is not None:
            self._listing.drop()
        self._listing = self._bridge.run(
            "db", lambda _post, _token: self._desk.preferences(), self.learnt.emit, self._on_unknown
        )

    @Slot()
    def forget(self) -> None:
        """Forgets it, then says what is left."""
        self._bridge.run(
            "db", lambda _post, _token: self._desk.forget_preferences(), lambda _none: self.show(), self._on_failed
        )

    def _on_unknown(self, error: AgentAssistError) -> None:
        self.learnt.emit(())
        if not isinstance(error, KnownError):
            self._on_failed(error)

    def _on_failed(self, error: AgentAssistError) -> None:
        if not isinstance(error, Cancelled):
            self.failed.emit(error)
