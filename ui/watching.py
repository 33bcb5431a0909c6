"""The ways in that the window itself opens: copies are offered, and a key takes the selected text from anywhere."""

from __future__ import annotations

import threading
from typing import Protocol

from PySide6.QtCore import QMimeData, QObject, Qt, Signal, Slot
from PySide6.QtGui import QClipboard, QGuiApplication
from PySide6.QtWidgets import QWidget

from agent_assist.capture.watch.clipboard import LastOffered, Offer, is_mark, is_secret, offer_of
from agent_assist.capture.watch.desktop import clipboard_kinds, front_programs
from agent_assist.capture.watch.hotkey import Hotkey
from agent_assist.capture.watch.programs import is_denied
from agent_assist.errors import AgentAssistError, KnownError
from agent_assist.records import Way
from agent_assist.settings import CLIPBOARD, CLIPBOARD_DENY, HOTKEY
from ui.bridge import Bridge, Task
from ui.ports import DeskPort
from ui.widgets.offer import OfferBar

NOTHING_SELECTED = "Nothing is selected or copied. Select the conversation in the other program, then press the keys."
OWN = "That text was copied from here. Select the conversation in the other program, then press the keys."


class Own(Protocol):
    """What knows the window's own copies."""

    def is_own(self, text: str) -> bool:
        """Whether a text was copied from the window itself."""


class Watching(QObject):
    """Looks at copies while the settings say so, and hears the key. Of a copy nothing is kept unless it is accepted.

    Args:
        desk: for the options.
        bridge: whatever takes time is done in the lane "emotion".
        ways: knows what the window itself copied.
        window: shows offers, and comes forward with the key.
    """

    came = Signal(str, object)  # text that the person wants taken in; Way
    failed = Signal(object)  # KnownError: the key cannot be heard, or nothing that it could take is selected

    _pressed = Signal()  # from the thread that hears keys

    def __init__(self, desk: DeskPort, bridge: Bridge, ways: Own, window: QWidget) -> None:
        super().__init__(window)
        self._desk, self._bridge, self._ways, self._window = desk, bridge, ways, window
        self.bar = OfferBar(window)
        self._clipboard = QGuiApplication.clipboard()
        self._on = self._paused = self._closed = False
        self._copy = 0  # number of the copy that stands on the clipboard
        self._offer: Offer | None = None
        self._last = LastOffered()
        self._judging: Task[Offer | None] | None = None
        self._asking: Task[bool] | None = None
        self._lock = threading.Lock()
        self._hotkey: Hotkey | None = None
        self._keys = ""
        self._clipboard.dataChanged.connect(self._on_copy)
        self._pressed.connect(self._on_pressed, Qt.ConnectionType.QueuedConnection)
        self.bar.accepted.connect(self._on_accepted)
        self.bar.gone.connect(self._forget)

    @Slot()
    def apply(self) -> None:
        """Does as the settings now have it."""
        self._on = self._desk.settings[CLIPBOARD]
        if not self._on:
            self.bar.drop()
        keys = self._desk.settings[HOTKEY]
        if keys != self._keys:
            self._keys = keys
            self._bridge.run("emotion", lambda _post, _token: self._hear(keys), _nothing, self.failed.emit)

    def set_paused(self, paused: bool) -> None:
        """Looks at no copies for the moment, or again. The key stays: pressing it is asking."""
        self._paused = paused
        if paused:
            self._drop_work()
            self.bar.drop()

    def close(self) -> None:
        """Looks and hears no more."""
        self._on = False
        self._drop_work()
        self.bar.drop()
        with self._lock:
            self._closed = True
            hotkey, self._hotkey = self._hotkey, None
        if hotkey is not None:
            hotkey.close()

    # --- copies

    @Slot()
    def _on_copy(self) -> None:
        """Asks first what the copy is marked as and where it comes from: its text is not touched before."""
        self._copy += 1
        self._drop_work()
        if not self._on or self._paused:
            return
        mime = None if self._clipboard.ownsClipboard() else self._clipboard.mimeData()
        if mime is None or not mime.hasText() or is_secret(_marks(mime)):
            self.bar.drop()
            return
        copy, denied = self._copy, self._desk.settings[CLIPBOARD_DENY]
        self._asking = self._bridge.run(
            "emotion",
            lambda _post, _token: may_be_looked_at(denied),
            lambda allowed: self._judge(copy, allowed),
            self._on_failed,
        )

    def _judge(self, copy: int, allowed: bool) -> None:
        """Has the text judged in the lane."""
        mime = self._clipboard.mimeData() if allowed and copy == self._copy else None
        text = mime.text() if mime is not None else ""
        if self._last.is_again(text) and self._offer is not None:
            return
        if not text or self._last.is_again(text) or self._ways.is_own(text):
            self.bar.drop()
            return
        self._judging = self._bridge.run("emotion", lambda _post, _token: offer_of(text), self._show, self._on_failed)

    def _show(self, offer: Offer | None) -> None:
        self.bar.drop()
        if offer is None:
            return
        self._offer = offer
        self._last.note(offer.text)
        self.bar.offer(offer_words(offer))

    @Slot()
    def _on_accepted(self) -> None:
        offer, self._offer = self._offer, None
        if offer is not None:
            self.came.emit(offer.text, Way.CLIPBOARD)

    @Slot()
    def _forget(self) -> None:
        self._offer = None

    def _drop_work(self) -> None:
        if self._asking is not None:
            self._asking.drop()
        if self._judging is not None:
            self._judging.drop()

    def _on_failed(self, error: AgentAssistError) -> None:
        if not isinstance(error, KnownError):
            self.failed.emit(error)

    # --- the key

    def _hear(self, keys: str) -> None:
        """In the lane: hears these keys instead of those before."""
        with self._lock:
            before, self._hotkey = self._hotkey, None
        if before is not None:
            before.close()
        if not keys:
            return
        hotkey = Hotkey(keys, self._pressed.emit)
        hotkey.start()
        with self._lock:
            if not self._closed:
                self._hotkey = hotkey
                return
        hotkey.close()

    @Slot()
    def _on_pressed(self) -> None:
        """Takes what the program in front offers as its selection, else what was copied; no key is ever pressed."""
        text = ""
        if self._clipboard.supportsSelection():
            text = self._clipboard.text(QClipboard.Mode.Selection)
        text = text if text.strip() else self._clipboard.text()
        if self._window.isMinimized():
            self._window.showNormal()
        self._window.raise_()
        self._window.activateWindow()
        self.bar.drop()
        if not text.strip():
            self.failed.emit(KnownError(NOTHING_SELECTED))
        elif self._ways.is_own(text):
            self.failed.emit(KnownError(OWN))
        else:
            self.came.emit(text, Way.SELECTION)


def may_be_looked_at(denied: str) -> bool:
    """Whether neither the program that was copied in nor the desktop's own marks forbid it. Takes milliseconds."""
    marks = {kind: value for kind, value in clipboard_kinds().items() if is_mark(kind)}
    return not is_secret(marks) and not is_denied(front_programs(), denied)


def offer_words(offer: Offer) -> str:
    """The offer in a sentence."""
    if offer.count > 1:
        return f"{offer.count} conversations were copied."
    return f"A conversation with {offer.who} was copied." if offer.who else "A conversation was copied."


def _marks(mime: QMimeData) -> dict[str, bytes]:
    return {kind: bytes(mime.data(kind).data()) for kind in mime.formats() if is_mark(kind)}


def _nothing(_result: object) -> None:
    """Nothing is left to do."""
