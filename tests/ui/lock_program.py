"""A window of its own process, for the test of locking: python lock_program.py FOLDER.

It says on standard output what it does, a line each, and is told by standard input what to do. Once locked the very
same command line starts again, in the same process; it says `locked` then, and where its window stands. The phrase that
is looked for in its memory comes by standard input, too: what stands here would be found there for ever.
"""

from __future__ import annotations

import sys
import threading
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QObject, Signal, Slot

from agent_assist.paths import Places
from agent_assist.pipeline import Desk
from agent_assist.settings import AUTO_ASSIST, Settings
from ui.app import App, prepare
from ui.locking import successor

TALK = "Maya: My order {} is late.\nSam: Let me look.\nMaya: This is ridiculous, I am furious about {}!"


class Orders(QObject):
    """Words from standard input, handed to the GUI thread."""

    came = Signal(str)

    def read(self) -> None:
        for line in sys.stdin:
            self.came.emit(line.strip())


class Program(QObject):
    """Pastes, saves and locks as it is told."""

    def __init__(self, app: App) -> None:
        super().__init__()
        self._app = app
        self.orders = Orders()
        self.orders.came.connect(self._do)

    def say(self, *words: object) -> None:
        sys.stdout.write(" ".join(map(str, words)) + "\n")
        sys.stdout.flush()

    @Slot(str)
    def _do(self, line: str) -> None:
        window = self._app.window
        order, _, phrase = line.partition(" ")
        if order == "paste":
            window.setGeometry(40, 60, 400, 700)
            window.flow.read.connect(lambda _mood: self.say("read"))
            window.flow.paste(TALK.format(phrase, phrase))
        elif order == "draft":
            window.conversation.composer.write(f"About {phrase}: I am on it.")
            self.say("drafted")
        elif order == "lock":
            self._app.lock.lock()
        elif order == "quit":
            QCoreApplication.quit()


def main() -> int:
    places = Places(Path(sys.argv[1]))
    places.create()
    settings = Settings(places.settings)
    settings.set(AUTO_ASSIST, False)
    qt = prepare(sys.argv[:1])
    handover = successor.take_handover()
    app = App(Desk(places, settings), handover)
    program = Program(app)
    app.unlocking.opened.connect(lambda: program.say("open"))
    app.start()
    threading.Thread(target=program.orders.read, daemon=True).start()
    if handover is not None:
        box = app.window.geometry()
        program.say("locked", box.x(), box.y(), box.width(), box.height(), *handover.lost)
    try:
        return qt.exec()
    finally:
        app.close()


if __name__ == "__main__":
    sys.exit(main())
