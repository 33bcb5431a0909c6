"""A window that watches, for the tests: tells each thing that happens as a line of JSON; ends with its input."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from fake_desk import FakeDesk
from PySide6.QtCore import QSocketNotifier
from PySide6.QtWidgets import QApplication, QWidget

from agent_assist.jobs import Lanes
from agent_assist.paths import Places
from agent_assist.records import Way
from agent_assist.settings import CLIPBOARD, HOTKEY
from ui.bridge import Bridge
from ui.watching import Watching


class OwnCopies:
    def is_own(self, text: str) -> bool:
        del text
        return False


def tell(what: str, words: str) -> None:
    sys.stdout.write(f"{json.dumps([what, words])}\n")
    sys.stdout.flush()


def _fail(error: Exception) -> None:
    raise error


def main() -> None:
    qt = QApplication(sys.argv)
    places = Places(Path(sys.argv[1]))
    places.create()
    desk = FakeDesk(places)
    desk.settings.set_for_now(CLIPBOARD, True)
    desk.settings.set_for_now(HOTKEY, "<ctrl>+<alt>+a")
    window = QWidget()
    window.resize(420, 300)
    lanes = Lanes()
    bridge = Bridge(lanes)
    watching = Watching(desk, bridge, OwnCopies(), window)
    offer = watching.bar.offer

    def offered(words: str) -> None:
        offer(words)
        tell("offered", words)

    def came(text: str, way: Way) -> None:
        tell(way.value, text)

    watching.bar.offer = offered  # type: ignore[method-assign]  # told as well
    watching.came.connect(came)
    watching.bar.gone.connect(lambda: tell("gone", ""))
    watching.failed.connect(lambda error: tell("failed", str(error)))
    watching.apply()
    window.show()
    bridge.run("emotion", lambda _post, _token: None, lambda _none: tell("ready", qt.platformName()), _fail)
    notifier = QSocketNotifier(sys.stdin.fileno(), QSocketNotifier.Type.Read)

    def read() -> None:
        if sys.stdin.readline():
            watching.bar.accept.click()
        else:
            qt.quit()

    notifier.activated.connect(read)
    qt.exec()
    watching.close()
    bridge.close()
    lanes.close()


if __name__ == "__main__":
    main()
