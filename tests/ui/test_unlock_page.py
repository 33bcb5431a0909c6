from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from fake_custody import WORDS, FakeKey
from fake_desk import SAMPLE, FakeDesk, mood_of
from fake_feelings import READINGS
from opening import Open
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from agent_assist.errors import KnownError, Locked
from agent_assist.secrets import PASSPHRASE_LENGTH
from ui.app import App
from ui.locking.successor import Handover
from ui.unlock_page import LEAST


@pytest.fixture
def locked(desk: FakeDesk) -> FakeDesk:
    desk.passphrase = "correct horse"
    return desk


@pytest.fixture
def app(open_app: Open, locked: FakeDesk) -> App:
    """A history that a passphrase guards already."""
    locked.places.key_file.write_text("{}")
    return open_app(locked)


def test_it_asks_at_the_start(app: App) -> None:
    page = app.window.unlock
    assert app.window.stack.currentWidget() is page
    assert app.window.footer.kept.text() == "Locked"
    assert not page.new and not page.again.isVisible()
    assert page.first.echoMode() is QLineEdit.EchoMode.Password


def test_a_wrong_passphrase_is_asked_for_again(qtbot: QtBot, app: App) -> None:
    page = app.window.unlock
    page.first.setText("wrong")
    QTest.keyClick(page.first, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: page.problem.isVisible())
    assert "not the right one" in page.problem.text()
    assert page.first.isEnabled() and page.first.hasFocus() and page.first.selectedText()
    page.first.setText("correct horse")
    page.unlock.click()
    qtbot.waitUntil(lambda: app.window.footer.kept.text() == "Encrypted")
    assert app.window.stack.currentWidget() is app.window.conversation


def test_going_on_without_saving_is_possible_and_seen(qtbot: QtBot, app: App, locked: FakeDesk) -> None:
    app.window.unlock.skip.click()
    assert app.window.footer.kept.text() == "Not saved"
    app.window.flow.paste(SAMPLE)
    qtbot.waitUntil(lambda: app.window.flow.assist is not None)
    assert locked.history.saved == {}
    app.window.show_page(app.window.history)
    assert app.window.history.unlock.isVisible() and not app.window.history.field.isVisible()


def test_unlocking_later_saves_what_is_shown(qtbot: QtBot, app: App, locked: FakeDesk) -> None:
    app.window.unlock.skip.click()
    app.window.flow.paste(SAMPLE)
    qtbot.waitUntil(lambda: app.window.flow.assist is not None)
    app.window.show_page(app.window.unlock)
    app.window.unlock.first.setText("correct horse")
    app.window.unlock.unlock.click()
    qtbot.waitUntil(lambda: len(locked.history.saved) == 1)


def test_what_was_learnt_applies_to_what_is_shown_once_the_history_opens(
    qtbot: QtBot, app: App, locked: FakeDesk
) -> None:
    flow = app.window.flow
    app.window.unlock.skip.click()
    flow.paste(SAMPLE)
    qtbot.waitUntil(lambda: flow.assist is not None)
    shown, locked.stored = flow.mood, {("another", 0): READINGS[0]}
    locked.mood_of = lambda conversation: replace(mood_of(conversation), risk=0.11)
    app.window.show_page(app.window.unlock)
    app.window.unlock.first.setText("correct horse")
    app.window.unlock.unlock.click()
    qtbot.waitUntil(lambda: flow.mood is not shown)
    assert flow.mood is not None and flow.mood.risk == 0.11
    qtbot.waitUntil(lambda: [a.mood.risk for a in locked.history.saved.values()] == [0.11])
    assert len(locked.asked) == 1  # the language model was not asked again


def test_with_nothing_learnt_the_readings_stay(qtbot: QtBot, app: App, locked: FakeDesk) -> None:
    flow = app.window.flow
    app.window.unlock.skip.click()
    flow.paste(SAMPLE)
    qtbot.waitUntil(lambda: flow.assist is not None)
    shown, locked.threads = flow.mood, {}
    app.window.show_page(app.window.unlock)
    app.window.unlock.first.setText("correct horse")
    app.window.unlock.unlock.click()
    qtbot.waitUntil(lambda: len(locked.history.saved) == 1)
    assert flow.mood is shown and "read" not in locked.threads


def test_the_first_time_it_is_set_twice(qtbot: QtBot, open_app: Open, locked: FakeDesk) -> None:
    window = open_app(locked).window
    page = window.unlock
    assert page.new and page.again.isVisible()
    assert window.footer.kept.text() == "Not saved", "nothing is locked that was never closed"
    assert "nobody can reset it" in page.why.text()
    page.first.setText("short")
    page.unlock.click()
    assert "at least 8" in page.problem.text()
    page.first.setText("correct horse")
    page.again.setText("correct hose")
    page.unlock.click()
    assert "not the same" in page.problem.text()
    page.again.setText("correct horse")
    page.unlock.click()
    qtbot.waitUntil(lambda: not page.isVisible())


def test_a_damaged_history_is_told_and_not_asked_about(qtbot: QtBot, open_app: Open, desk: FakeDesk) -> None:
    desk.failures["open_history"] = KnownError("The history is damaged. Restore a backup.")
    app = open_app(desk)
    assert app.window.footer.kept.text() == "Not saved"
    assert "damaged" in app.window.notice.words.text()
    history = app.window.history
    app.window.show_page(history)
    assert history.empty.text() == "The history is damaged. Restore a backup."
    assert history.retry.isVisible() and not history.unlock.isVisible()
    app.window.go_back()
    assert app.window.stack.currentWidget() is app.window.conversation


def test_a_history_that_could_not_be_opened_is_tried_again(qtbot: QtBot, open_app: Open, desk: FakeDesk) -> None:
    desk.failures["open_history"] = KnownError("The keyring did not answer. Unlock it.")
    window = open_app(desk).window
    window.show_page(window.history)
    desk.failures.clear()
    window.history.retry.click()
    qtbot.waitUntil(lambda: window.footer.kept.text() == "Encrypted")
    qtbot.waitUntil(lambda: not window.history.retry.isVisible())  # once the list is there
    assert not window.notice.isVisible()


def test_the_page_gives_the_reason_why_it_asks(open_app: Open, desk: FakeDesk) -> None:
    desk.failures["open_history"] = Locked("The key could not be kept in KDE Wallet. Set a passphrase.")
    window = open_app(desk).window
    assert "could not be kept in KDE Wallet" in window.unlock.why.text()
    assert "no keyring" not in window.unlock.why.text()
    window.show_page(window.history)
    assert window.history.unlock.isVisible() and not window.history.retry.isVisible()


def test_a_passphrase_that_meets_a_damaged_history_leads_to_its_own_problem(
    qtbot: QtBot, app: App, locked: FakeDesk
) -> None:
    page = app.window.unlock
    locked.failures["open_history"] = KnownError("The history is damaged. Restore a backup.")
    page.first.setText("correct horse")
    page.unlock.click()
    qtbot.waitUntil(lambda: app.window.notice.isVisible())
    assert app.window.stack.currentWidget() is app.window.conversation
    app.window.show_page(app.window.history)
    assert app.window.history.retry.isVisible() and not app.window.history.unlock.isVisible()


def test_it_asks_for_as_many_characters_as_the_product() -> None:
    assert LEAST == PASSPHRASE_LENGTH


# --- recovery words


def test_the_first_use_offers_recovery_words_at_once(qtbot: QtBot, open_app: Open, locked: FakeDesk) -> None:
    locked.custody.key = FakeKey()
    window = open_app(locked).window
    for field in (window.unlock.first, window.unlock.again):
        field.setText("correct horse")
    window.unlock.unlock.click()
    qtbot.waitUntil(lambda: window.stack.currentWidget() is window.recovery)
    assert "a lost passphrase means" in window.recovery.skip_words.text()
    window.recovery.make.click()
    qtbot.waitUntil(lambda: len(window.recovery.labels) == 8)
    window.recovery.trust.click()
    assert window.stack.currentWidget() is window.conversation and window.recovery.labels == []


def test_recovery_words_may_be_left_for_later(qtbot: QtBot, open_app: Open, locked: FakeDesk) -> None:
    locked.custody.key = FakeKey()
    window = open_app(locked).window
    for field in (window.unlock.first, window.unlock.again):
        field.setText("correct horse")
    window.unlock.unlock.click()
    qtbot.waitUntil(lambda: window.stack.currentWidget() is window.recovery)
    window.recovery.skip.click()
    assert window.stack.currentWidget() is window.conversation and "make_recovery" not in locked.custody.threads


def test_with_a_keyring_the_first_use_says_it_in_a_notice(qtbot: QtBot, open_app: Open, desk: FakeDesk) -> None:
    desk.custody.key = FakeKey("keyring", "KDE Wallet")
    window = open_app(desk).window
    qtbot.waitUntil(lambda: "keyring be lost" in window.notice.words.text())
    window.notice.action.click()
    assert window.stack.currentWidget() is window.recovery


def test_a_later_start_does_not_nag(qtbot: QtBot, open_app: Open, desk: FakeDesk) -> None:
    desk.custody.key = FakeKey("keyring", "KDE Wallet")
    desk.places.key_file.write_text("{}")
    window = open_app(desk).window
    qtbot.wait(100)
    assert not window.notice.isVisible() and window.stack.currentWidget() is window.conversation


def test_words_that_cannot_be_made_leave_the_page_as_it_is(qtbot: QtBot, open_app: Open, desk: FakeDesk) -> None:
    desk.custody.failures["make_recovery"] = KnownError("The key file cannot be written. Check its permissions.")
    window = open_app(desk).window
    window.vault.offer_recovery("passphrase")
    window.recovery.make.click()
    qtbot.waitUntil(lambda: "cannot be written" in window.recovery.problem.text())


def test_recovery_words_open_it_in_the_same_field(qtbot: QtBot, app: App) -> None:
    page = app.window.unlock
    qtbot.waitUntil(lambda: page.first.placeholderText() == "Passphrase or recovery words")
    page.plain.click()
    assert page.first.echoMode() is QLineEdit.EchoMode.Normal
    page.first.setText(WORDS)
    page.unlock.click()
    qtbot.waitUntil(lambda: app.window.footer.kept.text() == "Encrypted")
    assert page.first.text() == "" and page.first.echoMode() is QLineEdit.EchoMode.Password


def test_with_neither_a_new_history_is_begun_and_the_old_one_kept(qtbot: QtBot, app: App, locked: FakeDesk) -> None:
    page = app.window.unlock
    assert not page.neither_words.isVisible() and not page.anew.isVisible()
    page.neither.click()
    assert "never deleted" in page.neither_words.text()
    page.anew.click()
    assert locked.custody.aside is None
    page.sure.yes.click()
    qtbot.waitUntil(lambda: app.window.footer.kept.text() == "Encrypted")
    assert locked.custody.aside is not None and "set-aside" in app.window.toast.words.text()
    assert app.window.stack.currentWidget() is not page


def test_a_locked_window_asks_the_keyring_or_takes_words(
    qtbot: QtBot, open_locked: Callable[[FakeDesk, Handover], App], desk: FakeDesk
) -> None:
    desk.custody.key = FakeKey("keyring", "KDE Wallet", recovery=True)
    desk.places.key_file.write_text("{}")
    window = open_locked(desk, Handover()).window
    page = window.unlock
    assert not page.first.isVisible() and "KDE Wallet" in page.why.text() and page.unlock.hasFocus()
    page.use_words.click()
    assert page.first.isVisible() and page.first.placeholderText() == "Recovery words"
    desk.custody.failures["open"] = KnownError("The keyring did not answer. Unlock it.")
    page.first.setText("x")
    page.unlock.click()
    qtbot.waitUntil(lambda: "did not answer" in page.problem.text())
    assert window.stack.currentWidget() is page, "a problem is no way past the lock"
