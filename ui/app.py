"""Start-up and shutdown of the window, and the edge at which every stray exception ends."""

from __future__ import annotations

import contextlib
import sys
import threading
from collections.abc import Callable
from types import TracebackType

from PySide6.QtCore import QEvent, QObject, QTimer, Signal, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from agent_assist import log
from agent_assist.errors import AgentAssistError, Cancelled, KnownError
from agent_assist.jobs import CancelToken, Lanes
from agent_assist.records import Action, Progress
from agent_assist.settings import FOLDER, MODEL, ON_TOP, THEME, WIDTH
from ui import theme
from ui.bridge import Bridge, Post
from ui.interrupt import Interrupt
from ui.locking import successor
from ui.locking.lock import Lock
from ui.locking.successor import Handover
from ui.model_page import Stand
from ui.ports import DeskPort
from ui.safety.words import erased_words
from ui.sidebar import Sidebar
from ui.unlocking import Unlocking
from ui.upkeep import Upkeep

CLOSE_SECONDS = 5.0
UNSEEN_MS = 600
AUDITED = ("privacy.", "history.", "backup.", "ways.", "assist.scores")
"""Options whose changes an auditor asks for."""
_LOG = log.get("ui")


class App(QObject):
    """The window and the lanes behind it. Everything slow starts after the window is shown.

    Args:
        desk: the product.
        handover: of the process that locked itself and became this one; None at any other start.
        give_way: puts a locked process in this one's place.
    """

    stray = Signal(object)  # an exception that nobody caught, from any thread

    def __init__(
        self,
        desk: DeskPort,
        handover: Handover | None = None,
        give_way: Callable[[Handover], object] = successor.give_way,
    ) -> None:
        super().__init__()
        self._desk = desk
        self._lanes = Lanes()
        self.bridge = Bridge(self._lanes, self)
        # Before the window: a font set later does not reach every widget that the style sheet has touched.
        theme.apply_setting(desk.settings[THEME])
        self.window = Sidebar(desk, self.bridge)
        self._titles: dict[str, str] = {}
        self._usable: frozenset[str] = frozenset()
        self._first_look = True
        self._started = self._closed = False
        window = self.window
        self.stray.connect(window.show_error)
        window.closing.connect(self.close)
        self._handover = handover
        self.unlocking = Unlocking(desk, self.bridge, window, handover)
        self.unlocking.released.connect(self._start_work)
        self.upkeep = Upkeep(desk, self.bridge)
        self._connect_upkeep()
        self.lock = Lock(desk, self.bridge, window, self.close, give_way)
        window.option_changed.connect(self._on_option)
        window.models.stand_changed.connect(self._on_stand)
        window.models.choice_changed.connect(self._warm)
        window.models.shelf_changed.connect(self._warm_anew)
        window.model_asked.connect(self._warm)
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._on_system_theme)

    def _connect_upkeep(self) -> None:
        upkeep, window = self.upkeep, self.window
        self.unlocking.opened.connect(upkeep.start)
        upkeep.failed.connect(window.show_error)
        upkeep.erased.connect(lambda erased: window.toast.say(f"By age: {erased_words(erased)}"))
        upkeep.erased.connect(lambda erased: window.keeping.let_go(erased.ids))
        upkeep.erased.connect(window.history.refresh)
        upkeep.troubled.connect(
            lambda health: window.notice.say(
                health.problem, "hot", "What to do…", lambda: window.show_page(window.safety)
            )
        )

    def start(self) -> None:
        """Shows the window, then starts what it will need."""
        self._place()
        self.window.show()
        self.window.setFocus()
        self.window.installEventFilter(self)
        QTimer.singleShot(UNSEEN_MS, self._start_lanes)  # a window that starts minimised is not painted

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802  # Qt's name
        """Waits for the first paint: imports in the lanes would hold it up."""
        if event.type() is QEvent.Type.Paint and watched is self.window:
            self.window.removeEventFilter(self)
            QTimer.singleShot(0, self._start_lanes)
        return False

    @Slot()
    def close(self) -> None:
        """Stops what runs, lets the database finish, and closes everything. A second call does nothing."""
        if self._closed:
            return
        self._closed = True
        self.lock.idle.stop()
        self.upkeep.stop()
        self.window.hide()
        self.window.toast.flush()
        self.window.entrance.close()
        self.window.flow.cancel()
        self.window.streams.finish()
        self.bridge.finish_lane("db", CLOSE_SECONDS)
        self.bridge.close()
        self._lanes.close()
        self._desk.close()

    @Slot()
    def _start_lanes(self) -> None:
        if self._started or self._closed:
            return
        self._started = True
        self._place()  # again: only a shown window knows how high its frame is
        self.unlocking.start()
        self.lock.watch()
        if not self.unlocking.locked:
            self._start_work()

    def _place(self) -> None:
        """At its place by the settings; a window that was locked comes back where it stood."""
        self.window.dock()
        if self._handover is not None and self._handover.box is not None:
            self.window.setGeometry(*self._handover.box)

    @Slot()
    def _start_work(self) -> None:
        """Starts what takes conversations in and works on them: none of it while the window is locked."""
        self.window.entrance.start()
        self.window.models.refresh()
        self.bridge.run("emotion", lambda _post, _token: self._wake_emotion(), _nothing, self.window.show_error)

    def _wake_emotion(self) -> None:
        """In the emotion lane: reads the sample once, so that the first paste finds everything loaded."""
        for conversation in self._desk.capture(self._desk.sample())[:1]:
            self._desk.read(conversation)

    # --- the language model

    @Slot(object)
    def _on_stand(self, stand: Stand) -> None:
        self._titles = {entry.name: entry.title for entry in stand.entries}
        usable = self._usable = stand.installed - stand.damaged
        self.window.settings.show_models({name: self._titles[name] for name in sorted(usable)})
        first, self._first_look = self._first_look, False
        if not usable:
            self._set_model("", "No language model")
            if first and self.window.stack.currentWidget() is self.window.conversation and not self._pasted():
                self.window.show_models()
        elif first:
            self._warm()

    def _pasted(self) -> bool:
        return self.window.flow.conversation is not None

    @Slot()
    def _warm(self) -> None:
        """Loads the model that the settings name. Replies may be asked for meanwhile: they wait in the same lane."""

        def work(post: Post, token: CancelToken) -> str:
            return self._desk.warm(post, token)

        self.bridge.run("llm", work, self._on_warm, self._on_no_model, self._on_warming)
        self.window.flow.set_model_ready(True)
        self.window.conversation.set_model_ready(True)

    @Slot()
    def _warm_anew(self) -> None:
        """Has the model chosen again from a changed shelf, then loads it."""
        self.bridge.run("llm", lambda _post, _token: self._desk.forget_model(), _nothing, self.window.show_error)
        self._warm()

    def _on_warming(self, event: object) -> None:
        if isinstance(event, Progress) and not self.window.flow.running:
            self.window.footer.show_busy("loading the model…")

    def _on_warm(self, name: str) -> None:
        if not self.window.flow.running:
            self.window.footer.show_busy("")
        self._set_model(name, self._titles.get(name, name))

    def _on_no_model(self, error: AgentAssistError) -> None:
        if isinstance(error, Cancelled):
            return
        self.window.footer.show_busy("")
        known = isinstance(error, KnownError)
        # With nothing on the shelf there is nothing to try again: the page then offers to choose a model.
        self._set_model("", "No language model", str(error) if known and self._usable else "")
        if not known:
            self.window.show_error(error)

    def _set_model(self, name: str, title: str, problem: str = "") -> None:
        self.window.models.show_current(name)
        self.window.footer.show_model(title)
        self.window.flow.set_model_ready(bool(name))
        self.window.conversation.set_model_ready(bool(name), problem)

    # --- options

    @Slot(str)
    def _on_option(self, name: str) -> None:
        if name.startswith(AUDITED):
            custody = self._desk.custody
            self.bridge.run(
                "db", lambda _post, _token: custody.note(Action.SETTING, name), _nothing, self.window.show_error
            )
        if name == THEME.name:
            theme.apply_setting(self._desk.settings[THEME])
        elif name in (ON_TOP.name, WIDTH.name):
            self.window.dock()
            self.window.show()
        elif name.startswith(FOLDER.name.split(".")[0]):
            self.window.entrance.apply()
        elif name.startswith(MODEL.name.split(".")[0]):
            self._warm()

    @Slot()
    def _on_system_theme(self) -> None:
        if self._desk.settings[THEME] == "system":
            theme.apply_setting(self._desk.settings[THEME])


def _nothing(_result: object) -> None:
    """Nothing is left to do."""


def install_hooks(app: App) -> None:
    """Sends every exception that nobody caught, of any thread, to the window; the log gets its places only."""

    def on_error(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            QApplication.quit()
            return
        if not isinstance(error, KnownError):
            _LOG.error("not caught: %s", log.describe(error))
        with contextlib.suppress(RuntimeError):  # the window may be gone already
            app.stray.emit(error)

    sys.excepthook = on_error
    threading.excepthook = lambda args: on_error(args.exc_type, args.exc_value or args.exc_type(), args.exc_traceback)


def prepare(argv: list[str]) -> QApplication:
    """Makes the Qt application as the window expects it."""
    # Pure-Python loops in a lane would hold the window for up to 5 ms at each turn otherwise.
    sys.setswitchinterval(0.001)
    qt = QApplication(argv)
    qt.setApplicationName("Agent Assist")
    qt.setStyle("Fusion")
    return qt


def run(desk: DeskPort, argv: list[str]) -> int:
    """Opens the window and returns the exit status once it is closed.

    Args:
        desk: the product behind the window; it is closed at the end.
        argv: the program's name and Qt's own options.
    """
    qt = prepare(argv)
    interrupt = Interrupt(qt)
    app = App(desk, successor.take_handover())
    install_hooks(app)
    app.start()
    try:
        return qt.exec()
    finally:
        interrupt.release()
        app.close()
