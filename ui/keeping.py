"""Whether the conversation is kept, and taking conversations out of the history with an offer to undo it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QCheckBox

from agent_assist.errors import AgentAssistError, KnownError
from agent_assist.records import Analysis
from ui.bridge import Bridge
from ui.flow import Flow
from ui.history_page import HistoryPage
from ui.ports import DeskPort
from ui.widgets.toast import Toast

GONE = "This conversation was erased from the history and is not kept any more. It stays here until you close it."


class Keeping(QObject):
    """Deletes for good once the offer to undo has gone. `tick` is the box that says whether a conversation is kept."""

    failed = Signal(object)
    told = Signal(str)  # for the notice

    def __init__(
        self, desk: DeskPort, bridge: Bridge, flow: Flow, history: HistoryPage, tick: QCheckBox, toast: Toast
    ) -> None:
        super().__init__(bridge)
        self._desk, self._bridge = desk, bridge
        self._flow, self._history, self._tick, self._toast = flow, history, tick, toast
        self._removing: str | None = None
        history.removed.connect(self._on_removed)
        flow.joined.connect(self._on_joined)
        flow.saving.gone.connect(lambda identity: self.let_go((identity,)))

    @property
    def removing(self) -> bool:
        """True while the toast offers to keep a conversation after all."""
        return self._removing is not None

    @Slot(bool)
    def set_keep(self, keep: bool) -> None:
        """The person ticked or unticked the box."""
        flow, conversation = self._flow, self._flow.conversation
        if keep and self.removing:
            self._toast.take_back()
            return
        saved = flow.in_history
        if keep and conversation is not None:
            self._desk.custody.keep_again(conversation.id)  # asked for, whatever was erased of it before
        flow.set_keep(keep)
        if keep or conversation is None or not flow.saving.open:
            return
        if saved:
            self._offer(conversation.id)
        else:
            self._look_for(conversation.id)

    def _offer(self, identity: str) -> None:
        self._remove(identity, lambda: self._keep_again(identity))

    def _look_for(self, identity: str) -> None:
        """Nothing of it was saved since the start; a copy of before is taken out too."""

        def found(_analysis: Analysis) -> None:
            if not self._flow.cases.keeps(identity, True):  # else the box was ticked again
                self._offer(identity)

        def failed(error: AgentAssistError) -> None:
            if not isinstance(error, KnownError):  # that it is not there is well
                self.failed.emit(error)

        self._bridge.run("db", lambda _post, _token: self._desk.custody.load(identity, viewed=False), found, failed)

    @Slot(object)
    def let_go(self, identities: tuple[str, ...]) -> None:
        """Conversations were erased by age, or elsewhere; the open one stays before the person and is not kept."""
        for identity in identities:
            self._keep_no_more(identity)  # else its next turn saved it
            if self._shows(identity):
                self.told.emit(GONE)
            else:
                self._flow.erased.emit(identity)

    @Slot(object)
    def erase_here(self, identities: tuple[str, ...]) -> None:
        """A person erased conversations everywhere: their text leaves the window, too."""
        for identity in identities:
            self._keep_no_more(identity)
            self._flow.erased.emit(identity)

    @Slot()
    def save_again(self) -> None:
        """Another history stands in the place of the one that was: what is open and kept is saved in it."""
        for case in self._flow.cases.all():
            self._flow.saving.forget(case)
            self._flow.saving.save(case)

    def _keep_no_more(self, identity: str) -> None:
        if self._shows(identity):
            self._flow.set_keep(False)
            self._tick.setChecked(False)
        elif self._desk.arrivals.get(identity) is not None or self._flow.cases.get(identity) is not None:
            self._choose(identity, keep=False)

    @Slot(str)
    def _on_removed(self, identity: str) -> None:
        """An entry was deleted on the history's page."""
        self._keep_no_more(identity)
        self._remove(identity, lambda: self._list_again(identity))

    def _list_again(self, identity: str) -> None:
        self._history.restore(identity)
        self._keep_again(identity)

    def _keep_again(self, identity: str) -> None:
        if self._shows(identity):
            self._tick.setChecked(True)
            self._flow.set_keep(True)
        elif not self._flow.cases.keeps(identity, True):
            self._choose(identity, keep=True)

    def _choose(self, identity: str, *, keep: bool) -> None:
        """Of a conversation beside the open one."""
        flow, case = self._flow, self._flow.cases.get(identity)
        flow.cases.choose(identity, keep)
        if case is not None:
            flow.saving.forget(case)
            flow.saving.save(case)

    @Slot()
    def _on_joined(self) -> None:
        self._tick.setChecked(self._flow.keep)

    def _shows(self, identity: str) -> bool:
        return self._flow.conversation is not None and self._flow.conversation.id == identity

    def _remove(self, identity: str, undo: Callable[[], None]) -> None:
        """Offers to undo; the copy is deleted for good once the offer has gone."""

        def back() -> None:
            self._removing = None
            undo()

        self._toast.say("Removed from history", undo=back, gone=lambda: self._delete(identity))
        self._removing = identity

    def _delete(self, identity: str) -> None:
        self._removing = None

        def failed(error: AgentAssistError) -> None:
            self._history.restore(identity)
            self.failed.emit(error)

        self._bridge.run(
            "db",
            lambda _post, _token: self._desk.custody.erase(identity),
            lambda _none: self._history.restore(identity),
            failed,
        )
