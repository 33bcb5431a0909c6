"""What the agent does with the replies that are shown, told to the desk, which learns from it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, Signal

from agent_assist.records import Analysis, Assist, ContextUse, Conversation, Mood, Outcome, Reply, Summary
from ui.bridge import Bridge
from ui.ports import DeskPort

Recorder = Callable[[str, Outcome, str | None], bool]
"""Records what became of a reply, by its text; who makes it says what it returns."""


class Choosing(QObject):
    """Keeps the moment that the shown replies were written for: what is done with them is recorded for that one."""

    failed = Signal(object)

    def __init__(self, desk: DeskPort, bridge: Bridge) -> None:
        super().__init__(bridge)
        self._desk, self._bridge = desk, bridge
        self._shown: Analysis | None = None
        self._early: dict[str, tuple[Outcome, str | None]] = {}  # by text of replies that are not final yet

    def show(self, moment: Analysis | None) -> None:
        """Other replies are shown from now on, or none."""
        self._shown = moment

    def show_composed(self, conversation: Conversation, mood: Mood, replies: tuple[Reply, ...]) -> None:
        """Replies are shown that no language model wrote."""
        self.show(Analysis(conversation, mood, Assist(Summary(), (), replies, ContextUse(0, 0))))

    def begin(self) -> None:
        """New replies are being written."""
        self._early.clear()

    def hold(self, reply: str, outcome: Outcome, text: str | None) -> None:
        """Keeps what is recorded until the replies are final."""
        self._early[reply] = (outcome, text)

    def end(self) -> None:
        """The replies are final: what was held is recorded."""
        early, self._early = self._early, {}
        for reply, (outcome, text) in early.items():
            self.record(reply, outcome, text)

    def recorder(self) -> Recorder:
        """Records for the replies that are shown now, whatever is shown by then; False where it is none of those."""
        return partial(self._record, self._shown)

    def record(self, reply: str, outcome: Outcome, text: str | None) -> bool:
        """Records it for a reply that is shown, by its text; False where it is not. See `Flow.record`."""
        return self._record(self._shown, reply, outcome, text)

    def _record(self, shown: Analysis | None, reply: str, outcome: Outcome, text: str | None) -> bool:
        texts = [r.text for r in shown.assist.replies] if shown is not None and shown.assist is not None else []
        if shown is None or reply not in texts:
            return False
        slot = texts.index(reply)
        self._bridge.run(
            "db",
            lambda _post, _token: self._desk.chose(shown, slot, outcome, text),
            lambda _none: None,
            self.failed.emit,
        )
        return True
