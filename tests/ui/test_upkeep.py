"""What is done for the history unasked."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from fake_desk import SAMPLE, FakeDesk, conversation_of, mood_of
from pytestqt.qtbot import QtBot

from agent_assist.errors import KnownError, Locked
from agent_assist.records import Analysis, Health
from agent_assist.settings import KEEP_DAYS
from ui.app import App


def utc_now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture
def desk(desk: FakeDesk) -> FakeDesk:
    """Checked in full an hour ago."""
    desk.custody.state = Health(good=True, checked_at=utc_now() - timedelta(hours=1))
    return desk


def look(qtbot: QtBot, app: App, desk: FakeDesk) -> None:
    """Looks once, and waits until that is done."""
    desk.custody.threads.clear()
    app.upkeep.look()
    done: list[None] = []
    app.bridge.run("copies", lambda _post, _token: None, done.append, app.window.show_error)
    qtbot.waitUntil(lambda: bool(done))


def test_a_backup_is_made_when_one_is_due(qtbot: QtBot, app: App, desk: FakeDesk) -> None:
    look(qtbot, app, desk)
    assert desk.custody.copies == []
    desk.custody.backup_is_due = True
    look(qtbot, app, desk)
    assert len(desk.custody.copies) == 1 and desk.custody.threads["back_up"] == "lane-copies_0"


def test_the_files_are_looked_at_at_the_start_and_in_full_each_day(qtbot: QtBot, app: App, desk: FakeDesk) -> None:
    look(qtbot, app, desk)
    assert "check" in desk.custody.threads and desk.custody.full_checks == 0
    look(qtbot, app, desk)
    assert "check" not in desk.custody.threads
    desk.custody.state = Health(good=True, checked_at=utc_now() - timedelta(hours=25))
    look(qtbot, app, desk)
    assert desk.custody.full_checks == 1


def test_what_is_damaged_is_told_once_and_never_copied(qtbot: QtBot, app: App, desk: FakeDesk) -> None:
    desk.custody.backup_is_due = True
    desk.custody.state = Health(good=False, problem="A page is damaged. Restore a backup.", checked_at=utc_now())
    look(qtbot, app, desk)
    window = app.window
    assert "A page is damaged" in window.notice.words.text() and desk.custody.copies == []
    window.notice.action.click()
    assert window.stack.currentWidget() is window.safety
    look(qtbot, app, desk)
    assert not window.notice.isVisible()


def test_what_is_too_old_goes_by_itself(qtbot: QtBot, app: App, desk: FakeDesk) -> None:
    conversation = conversation_of(SAMPLE, "old")
    desk.history.saved["old"] = Analysis(conversation, mood_of(conversation))
    desk.custody.outdated = ["old"]
    look(qtbot, app, desk)
    assert desk.history.deleted == [], "without a rule nothing goes"
    desk.settings.set(KEEP_DAYS, 30)
    look(qtbot, app, desk)
    qtbot.waitUntil(lambda: desk.history.deleted == ["old"])
    qtbot.waitUntil(lambda: "By age: 1 conversation erased" in app.window.toast.words.text())


def test_a_failed_backup_is_told_once(qtbot: QtBot, app: App, desk: FakeDesk) -> None:
    desk.custody.backup_is_due = True
    desk.custody.failures["back_up"] = KnownError("The backup folder is full. Make room.")
    look(qtbot, app, desk)
    assert "folder is full" in app.window.notice.words.text()
    app.window.notice.clear()
    look(qtbot, app, desk)
    assert not app.window.notice.isVisible()


def test_locked_meanwhile_is_no_trouble(qtbot: QtBot, app: App, desk: FakeDesk) -> None:
    desk.custody.failures["health"] = Locked("The history is locked.")
    look(qtbot, app, desk)
    desk.custody.opened = False
    look(qtbot, app, desk)
    assert not app.window.notice.isVisible() and desk.custody.threads == {}
