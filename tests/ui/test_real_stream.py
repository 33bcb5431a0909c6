"""The window over the real stream: real socket, real tracker, real readings, another process that shows windows."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import streaming
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from agent_assist.capture.hook import link as links
from agent_assist.capture.hook.endpoint import socket_path
from agent_assist.capture.hook.frames import decode_sidebar, encode
from agent_assist.capture.hook.protocol import (
    PROTOCOL,
    Accepted,
    FromSidebar,
    FromSource,
    Hello,
    Insert,
    InsertResult,
    Mark,
    Paused,
    SeenMessage,
    Show,
    Welcome,
)
from agent_assist.paths import Places
from agent_assist.pipeline import Desk
from agent_assist.records import ContactKind, Label, Speaker, Way
from agent_assist.settings import PROGRAMS, Settings
from ui.app import App
from ui.inserting import DONE

STALL_MS = 50.0
TRIES = 3
ANGRY = "This is ridiculous! Three weeks of waiting, and now you tell me to wait again?!"


@pytest.fixture(autouse=True)
def unlocked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AGENT_ASSIST_PASSPHRASE", "a passphrase of a test")


@pytest.fixture
def app(qtbot: QtBot, qapp: QApplication, places: Places) -> Iterator[App]:
    """The app without a language model, listening."""
    settings = Settings(places.settings)
    settings.set(PROGRAMS, True)
    qapp.setStyle("Fusion")
    made = App(Desk(places, settings))
    made.start()
    try:
        qtbot.waitUntil(lambda: made.window.attending.line.isVisible(), timeout=20_000)
        qtbot.waitUntil(lambda: bool(made.window.models.rows), timeout=20_000)
        made.window.go_back()
        yield made
    finally:
        made.close()
        made.window.close()
        made.window.deleteLater()
        made.deleteLater()


class Page:
    """What a browser's page does, over the socket."""

    def __init__(self, places: Places) -> None:
        self._link = links.connect(socket_path(places))
        assert isinstance(self.ask(Hello(PROTOCOL, Way.BROWSER, "a test")), Welcome)

    def say(self, message: FromSource) -> None:
        self._link.send(encode(message))

    def hear(self) -> FromSidebar:
        return decode_sidebar(self._link.receive(10))

    def ask(self, message: FromSource) -> FromSidebar:
        self.say(message)
        return self.hear()

    def show(self, channel: str, *texts: str, email: str = "") -> None:
        """The customer's messages of a conversation."""
        seen = [SeenMessage(text, Speaker.CUSTOMER, key=f"{channel}-{n}") for n, text in enumerate(texts)]
        marks = [Mark(ContactKind.EMAIL, email)] if email else []
        answer = self.ask(Show(channel, seen, True, "desk.example", channel.title(), marks, can_insert=True))
        assert isinstance(answer, Accepted)

    def close(self) -> None:
        self._link.close()


@pytest.fixture
def browser(app: App, places: Places) -> Iterator[Page]:
    made = Page(places)
    yield made
    made.close()


def test_a_page_streams_in_and_takes_a_reply(qtbot: QtBot, app: App, browser: Page) -> None:
    window = app.window
    browser.show("maya", "My lamp is broken.")
    qtbot.waitUntil(lambda: window.flow.mood is not None, timeout=30_000)
    assert window.header.name.accessibleName() == "Maya"
    browser.show("maya", "My lamp is broken.", ANGRY)
    qtbot.waitUntil(lambda: window.flow.mood is not None and len(window.flow.mood.readings) == 2, timeout=20_000)
    assert window.flow.mood is not None and window.flow.mood.readings[1].label in (Label.ANGER, Label.FRUSTRATION)
    qtbot.waitUntil(lambda: window.attending.inserting.able)
    window.conversation.composer.write("I am sorry, Maya.")
    window.drafting.insert()
    assert browser.hear() == Insert("maya", "I am sorry, Maya.")
    browser.say(InsertResult("maya"))
    qtbot.waitUntil(lambda: window.toast.words.text() == DONE)
    assert window.conversation.composer.text == "I am sorry, Maya.", "sending stays with the agent"


def test_two_pages_of_one_customer_are_seen_and_joined_by_hand(qtbot: QtBot, app: App, browser: Page) -> None:
    window, line = app.window, app.window.conversation.alike
    browser.show("maya", "My lamp is broken.", email="maya@example.org")
    qtbot.waitUntil(lambda: window.flow.mood is not None, timeout=30_000)
    browser.show("other", ANGRY, email="Maya@Example.org")
    qtbot.waitUntil(lambda: line.isVisible())
    qtbot.waitUntil(lambda: any(tab.role == "hot" for tab in window.attending.switcher.tabs), timeout=20_000)
    line.join.click()
    line.sure.click()
    qtbot.waitUntil(lambda: window.conversation.turns.model.rowCount() == 2)
    qtbot.waitUntil(lambda: not window.attending.switcher.isVisible())


def test_pause_reaches_the_page_and_its_end_takes_insert_away(qtbot: QtBot, app: App, browser: Page) -> None:
    window = app.window
    browser.show("maya", "My lamp is broken.")
    qtbot.waitUntil(lambda: window.attending.inserting.able, timeout=30_000)
    window.attending.line.button.click()
    assert browser.hear() == Paused(True)
    qtbot.waitUntil(lambda: "Paused" in window.attending.line.words.accessibleName())
    window.attending.line.button.click()
    assert browser.hear() == Paused(False)
    browser.close()
    qtbot.waitUntil(lambda: not window.attending.inserting.able)


def test_a_hundred_turns_a_second_never_stall_the_window(qapp: QApplication, tmp_path: Path) -> None:
    """The machine is shared with whatever else runs, so the best of three tries counts."""
    worst: list[float] = []
    while len(worst) < TRIES and min(worst, default=STALL_MS + 1) > STALL_MS:
        figures = streaming.measure(tmp_path / str(len(worst)), 100, 4, opened=True, beside=0)
        assert figures.turns == 400 and figures.read == 200
        worst.append(figures.worst_stall)
    assert min(worst) <= STALL_MS
