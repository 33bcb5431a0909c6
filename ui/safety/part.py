"""What the parts of the page share: a card that looks something up when the page is opened, and asks before it acts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from agent_assist.errors import AgentAssistError, Cancelled, Locked
from agent_assist.jobs import CancelToken, LaneName
from ui.bridge import Bridge, Post, Task
from ui.custody_port import CustodyPort
from ui.safety.errand import Errand
from ui.widgets.basics import Button, Section, Text, row
from ui.widgets.progress import ProgressStrip

T = TypeVar("T")
LOCKED = "Unlock the history to see this."


class Part(Section):
    """One card of the page. `needs_open` where it is about what lies in the history."""

    needs_open = True
    said = Signal(str)
    failed = Signal(object)

    def __init__(self, title: str, custody: CustodyPort, bridge: Bridge) -> None:
        super().__init__(title)
        self.title.set_tone("ink")
        self.custody, self.bridge = custody, bridge
        self.strip = ProgressStrip()
        self.errand = Errand(bridge, self.strip)
        self.errand.failed.connect(self.failed)
        self.closed = Text(LOCKED, "soft", wrap=True)
        self.content = QWidget()
        self.inner = QVBoxLayout(self.content)
        self.inner.setContentsMargins(0, 0, 0, 0)
        self.inner.setSpacing(6)
        for part in (self.closed, self.content, self.strip):
            self.body.addWidget(part)
        self.closed.hide()
        self._looking: Task[Any] | None = None

    @Slot()
    def refresh(self) -> None:
        """Looks everything up anew; there is nothing to see of most parts while the history is locked."""
        shown = self.custody.is_open or not self.needs_open
        self.setVisible(shown)
        self.content.setVisible(shown)
        self.closed.setVisible(not shown)
        if shown:
            self.look_up()

    def look_up(self) -> None:
        """Asks for what the part shows; who inherits does it."""

    def look(self, work: Callable[[], T], done: Callable[[T], None], lane: LaneName = "db") -> None:
        """Looks something up without a word; a look before that still runs is dropped."""
        if self._looking is not None:
            self._looking.drop()

        def job(_post: Post, _token: CancelToken) -> T:
            return work()

        self._looking = self.bridge.run(lane, job, done, self._on_not_found)

    def _on_not_found(self, error: AgentAssistError) -> None:
        if isinstance(error, Locked):  # locked meanwhile
            self.content.hide()
            self.closed.show()
        elif not isinstance(error, Cancelled):
            self.failed.emit(error)


class Confirm(QWidget):
    """Asks before something that changes much: what it does in words, then yes or no.

    Args:
        yes: the words of the button that agrees.
        spoken: what it does, for a screen reader.
        final: whether it cannot be taken back.
    """

    began = Signal()
    agreed = Signal()
    ended = Signal()

    def __init__(self, yes: str, *, spoken: str = "", final: bool = False) -> None:
        super().__init__()
        self.words = Text("", wrap=True)
        self.yes = Button(yes, "danger" if final else "primary", spoken or yes)
        self.no = Button("Cancel", "plain", f"Cancel: {spoken or yes}")
        self.yes.clicked.connect(self._agree)
        self.no.clicked.connect(self.leave)
        self.parts = QVBoxLayout(self)
        self.parts.setContentsMargins(0, 4, 0, 2)
        self.parts.setSpacing(6)
        self.parts.addWidget(self.words)
        self.parts.addLayout(row(self.yes, self.no))
        self.hide()

    def ask(self, words: str) -> None:
        """Shows the question; the harmless answer has the focus."""
        self.words.setText(words)
        self.began.emit()
        self.show()
        self.no.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot()
    def leave(self) -> None:
        """Asks no more."""
        self.hide()
        self.ended.emit()

    @Slot()
    def _agree(self) -> None:
        self.leave()
        self.agreed.emit()
