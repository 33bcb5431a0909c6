"""Takes the pictures of the documentation: the real window with the real models on the sample conversation.

    AGENT_ASSIST_MODELS=FOLDER_WITH_GGUF QT_QPA_PLATFORM=offscreen python docs/screenshots.py [FOLDER]

Without a language model the page that offers one is taken in place of summary and replies. The history is made in a
temporary folder with a passphrase of its own; nothing of the person who runs this is touched or shown. The notice about
a vulnerable customer is taken on a conversation of its own, without the language model.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

sys.path.insert(0, str(Path(__file__).parents[1]))

from agent_assist.paths import Places, find_places
from agent_assist.pipeline import Desk
from agent_assist.records import Wish
from agent_assist.settings import AUTO_ASSIST, THEME, Settings
from ui.app import App
from ui.sidebar import Sidebar

PASSPHRASE = "pictures only, nothing secret"  # noqa: S105  # of a temporary folder
HARD_TIME = """Ruth Adler: Hello, I need to close the account of my husband. The number is 5582-110.
Noah: Hello Ruth, I can help with that. Is he with you, so that I can ask him to confirm?
Ruth Adler: No, he can't. He passed away three weeks ago, and your letters to him still come.
Noah: I am so sorry, Ruth. I will see to it that they stop.
Ruth Adler: Please just tell me what you need from me, and in which order."""
DRAFT = "Unfortunately the desk is still delayed. Please calm down. I guarantee that you get your $649 back tomorrow."
SIZES = {"": (420, 1010), "-low": (420, 760), "-narrow": (360, 1010)}
PATIENCE = 300.0


def wait(what: str, ready: Callable[[], bool]) -> None:
    """Lets the window run until something is there.

    Raises:
        SystemExit: it took too long.
    """
    end = time.monotonic() + PATIENCE
    while not ready():
        if time.monotonic() > end:
            raise SystemExit(f"waited {PATIENCE:.0f} s for {what}")
        QTest.qWait(20)
    QTest.qWait(80)


class Camera:
    """Takes pictures of one window in one theme."""

    def __init__(self, app: App, folder: Path, theme: str) -> None:
        self._window, self._folder, self._theme = app.window, folder, theme

    def take(self, name: str, sizes: tuple[str, ...] = ("",)) -> None:
        """Saves a picture in each of the sizes."""
        for size in sizes:
            self._window.resize(*SIZES[size])
            QTest.qWait(120)
            self._window.grab().save(str(self._folder / f"{name}{size}-{self._theme}.png"))
        self._window.resize(*SIZES[""])


def take_all(desk: Desk, folder: Path, theme: str) -> None:
    """Walks through every page."""
    desk.settings.set(THEME, theme)
    app = App(desk)
    app.start()
    window, camera = app.window, Camera(app, folder, theme)
    wait("the start", lambda: window.footer.kept.text() != "Opening…" and bool(window.models.rows))
    if window.stack.currentWidget() is window.unlock:
        camera.take("unlock")
        window.unlock.first.setText(PASSPHRASE)
        window.unlock.again.setText(PASSPHRASE)
        window.unlock.unlock.click()
        wait("the history", lambda: window.flow.saving.open)
        wait("the offer of recovery words", lambda: window.stack.currentWidget() is window.recovery)
        camera.take("recovery")
        window.recovery.skip.click()
    window.show_models()
    camera.take("models")
    window.show_page(window.history)
    wait("the empty history", lambda: window.history.empty.isVisible())
    camera.take("history-empty")
    window.go_back()
    camera.take("empty")
    window.flow.try_sample()
    wait("the feelings", lambda: window.flow.mood is not None)
    camera.take("feelings")
    window.conversation.spike.why.click()
    wait("the words that count", lambda: window.conversation.why.answers.isVisible())
    camera.take("why")
    window.conversation.why.close_card()
    if window.flow.model_ready:
        replies = window.conversation.replies
        wait("the first words", lambda: not replies.cards[0].isHidden() or bool(replies.problem.text()))
        if replies.problem.text():
            raise SystemExit(replies.problem.text())
        camera.take("streaming")
        wait("the replies", lambda: window.flow.assist is not None)
        camera.take("conversation", tuple(SIZES))
        take_draft(window, camera)
    window.conversation.go_to(4)
    QTest.qWait(300)
    camera.take("turns")
    for name in ("history", "safety", "settings", "help"):
        window.show_page(getattr(window, name))
        QTest.qWait(300)
        camera.take(name)
    window.go_back()
    desk.settings.set(AUTO_ASSIST, False)
    window.flow.paste(HARD_TIME)
    wait("the careful notice", window.conversation.care.isVisible)
    camera.take("care")
    window.close()


def take_draft(window: Sidebar, camera: Camera) -> None:
    """Writes a reply that needs help, has it rewritten, and makes a note of the case."""
    page, composer = window.conversation, window.conversation.composer
    composer.write(DRAFT)
    wait("the coach", lambda: composer.remarks.isVisible())
    camera.take("draft", tuple(SIZES))
    composer.wishes[Wish.WARMER].click()
    wait("the rewrite", lambda: not composer.rewriting)
    camera.take("rewrite")
    composer.start_over("")
    window.setFocus()
    window.noting.offer()
    wait("the menu of notes", window.noting.menu.isVisible)
    window.noting.menu.actions()[0].trigger()
    window.noting.menu.hide()
    wait("the note", page.note.isVisible)
    camera.take("note")
    page.note.close_note()


def main() -> None:
    """Takes all pictures, light and dark."""
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).parent / "screenshots")
    folder.mkdir(parents=True, exist_ok=True)
    qt = QApplication(sys.argv[:1])
    qt.setStyle("Fusion")
    for theme in ("light", "dark"):
        with tempfile.TemporaryDirectory() as home:
            places = Places(Path(home), find_places().carried_models)
            take_all(Desk(places, Settings(places.settings)), folder, theme)


if __name__ == "__main__":
    main()
