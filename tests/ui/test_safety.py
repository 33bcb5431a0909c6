"""The page "Privacy & safety" over the fake desk: every part, what it asks before it acts, what it says."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from fake_custody import WORDS, FakeKey, FakePolicy
from fake_desk import SAMPLE, FakeDesk, conversation_of, mood_of
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from agent_assist.errors import KnownError
from agent_assist.llm.engine import SandboxState
from agent_assist.records import Analysis, BackupItem, BackupKind, Erased, Health
from agent_assist.settings import BACKUP_FOLDER, KEEP_DAYS, LOCK_AFTER, Settings
from ui.safety.page import SafetyPage
from ui.safety.words import erased_words
from ui.sidebar import Sidebar

JO = "Jo: Where is my parcel?\nSam: On its way."
NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


def backup(days: int, conversations: int | None = 7) -> BackupItem:
    at = NOON - timedelta(days=days)
    return BackupItem(Path(f"/backups/{days}.db"), at, 48_000_000, BackupKind.DAILY, conversations)


@pytest.fixture
def page(qtbot: QtBot, desk: FakeDesk, window: Sidebar) -> SafetyPage:
    """Three conversations of two customers, two backups; the page is in view."""
    for n, text in enumerate((SAMPLE, JO, JO + "\nJo: Thanks.")):
        conversation = conversation_of(text, f"c{n}")
        desk.history.saved[conversation.id] = Analysis(conversation, mood_of(conversation))
    desk.custody.copies = [backup(1), backup(2, None)]
    window.show_page(window.safety)
    qtbot.waitUntil(lambda: len(window.safety.backups.rows) == 2 and bool(window.safety.key.where.text()))
    return window.safety


# --- the key


def test_it_says_where_the_key_is_and_what_losing_it_means(qtbot: QtBot, page: SafetyPage, desk: FakeDesk) -> None:
    assert "passphrase" in page.key.where.text() and "are made" in page.key.recovery.text()
    desk.custody.key = FakeKey("keyring", "KDE Wallet", recovery=False, rekeying=True)
    page.key.refresh()
    qtbot.waitUntil(lambda: "KDE Wallet" in page.key.where.text())
    assert "nobody could open" in page.key.recovery.text() and page.key.half.isVisible()
    assert not page.key.keyring.isVisible() and page.key.passphrase.text() == "Set a passphrase…"


def test_new_recovery_words_are_asked_about_and_shown_once(qtbot: QtBot, page: SafetyPage, window: Sidebar) -> None:
    page.key.make.click()
    assert "no longer open" in page.key.again.words.text()
    page.key.again.yes.click()
    recovery = window.recovery
    qtbot.waitUntil(lambda: window.stack.currentWidget() is recovery)
    shown = [label.text().split()[1] for label in recovery.labels]
    assert "-".join(shown) == WORDS
    recovery.answer.setText("nonsense")
    recovery.done.click()
    assert f"group {recovery.asked + 1}" in recovery.problem.text()
    recovery.answer.setText(shown[recovery.asked].lower())
    QTest.keyClick(recovery.answer, Qt.Key.Key_Return)
    assert window.stack.currentWidget() is window.conversation and recovery.labels == []


def test_words_that_are_left_by_the_keyboard_are_gone(qtbot: QtBot, page: SafetyPage, window: Sidebar) -> None:
    window.vault.show_words(WORDS)
    window.recovery.copy.click()
    QTest.keyClick(window, Qt.Key.Key_Escape)
    assert window.recovery.labels == []
    window.recovery.copy.click()
    window.paste()
    assert window.flow.conversation is None, "what was copied from here is no conversation"


def test_a_new_passphrase_is_entered_twice(qtbot: QtBot, page: SafetyPage, desk: FakeDesk, window: Sidebar) -> None:
    form = page.key.form
    page.key.passphrase.click()
    form.first.setText("short")
    form.go.click()
    assert "at least 8" in form.problem.text()
    form.first.setText("correct horse")
    form.again.setText("correct hose")
    form.go.click()
    assert "not the same" in form.problem.text() and desk.custody.passphrases == []
    form.again.setText("correct horse")
    QTest.keyClick(form.again, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: desk.custody.passphrases == ["correct horse"])
    assert form.first.text() == ""
    qtbot.waitUntil(lambda: "changed" in window.toast.words.text())


def test_the_keyring_takes_the_key(qtbot: QtBot, page: SafetyPage, desk: FakeDesk) -> None:
    page.key.keyring.click()
    qtbot.waitUntil(lambda: "KDE Wallet" in page.key.where.text())


def test_another_key_shows_how_far_it_is_and_gives_new_words(
    qtbot: QtBot, page: SafetyPage, desk: FakeDesk, window: Sidebar
) -> None:
    desk.custody.key = FakeKey("keyring", "KDE Wallet", recovery=True)
    page.key.refresh()
    qtbot.waitUntil(lambda: "KDE" in page.key.where.text())
    desk.custody.gate.clear()
    page.key.rekey.click()
    assert "goes on to its end" in page.key.sure.words.text()
    page.key.sure.yes.click()
    qtbot.waitUntil(lambda: page.key.strip.isVisible() and page.key.strip.bar.value() == 400)
    assert not page.key.strip.stop.isVisible(), "half a change of the key would be none"
    desk.custody.gate.set()
    qtbot.waitUntil(lambda: window.stack.currentWidget() is window.recovery)


def test_with_a_passphrase_another_key_asks_for_it(qtbot: QtBot, page: SafetyPage, desk: FakeDesk) -> None:
    page.key.rekey.click()
    form = page.key.unlock_form
    form.go.click()
    assert form.problem.isVisible() and "rekey" not in desk.custody.threads
    desk.custody.failures["rekey"] = KnownError("That passphrase is not the right one.")
    form.first.setText("correct horse")
    form.go.click()
    qtbot.waitUntil(lambda: "rekey" in desk.custody.threads and not page.key.errand.busy)


# --- backups and health


def test_backups_are_listed_with_what_is_known_of_them(page: SafetyPage) -> None:
    texts = [child.text() for row in page.backups.rows for child in row.findChildren(type(page.locked))]
    assert any("verified, 7 conversations" in text for text in texts)
    assert any("could not be read" in text for text in texts)
    assert not page.backups.rows[1].button.isEnabled()


def test_a_backup_shows_progress_and_can_be_stopped(qtbot: QtBot, page: SafetyPage, desk: FakeDesk) -> None:
    desk.custody.gate.clear()
    page.backups.make.click()
    qtbot.waitUntil(page.backups.strip.isVisible)
    qtbot.waitUntil(lambda: page.backups.strip.bar.value() == 300)
    assert not page.backups.make.isEnabled()
    page.backups.strip.stop.click()
    assert not page.backups.strip.isVisible() and page.backups.make.isEnabled()
    desk.custody.gate.set()
    page.backups.make.click()
    qtbot.waitUntil(lambda: len(page.backups.rows) == 3)
    assert desk.custody.threads["back_up"] == "lane-copies_0"


def test_a_restore_says_what_it_replaces_first(qtbot: QtBot, page: SafetyPage, desk: FakeDesk, window: Sidebar) -> None:
    page.backups.rows[0].button.click()
    assert "takes the place of the history" in page.backups.confirm.words.text() and desk.custody.restored == []
    assert not page.backups.words.isVisible()
    page.backups.confirm.no.click()
    assert not page.backups.confirm.isVisible()
    page.backups.rows[0].button.click()
    page.backups.confirm.yes.click()
    qtbot.waitUntil(lambda: desk.custody.restored == [Path("/backups/1.db")])
    qtbot.waitUntil(lambda: "Restored: 3 conversations" in window.toast.words.text())


def test_a_restore_opens_what_was_damaged(qtbot: QtBot, page: SafetyPage, desk: FakeDesk, window: Sidebar) -> None:
    window.flow.saving.open = False
    window.footer.show_kept("Not saved", "damaged")
    page.backups.restored.emit()
    qtbot.waitUntil(lambda: window.footer.kept.text() == "Encrypted")


def test_a_backup_from_elsewhere_may_need_words(qtbot: QtBot, page: SafetyPage, desk: FakeDesk) -> None:
    page.backups.ask_file(Path("/usb/history.db"))
    assert page.backups.words.isVisible() and "history.db" in page.backups.confirm.words.text()
    page.backups.confirm.yes.click()
    qtbot.waitUntil(lambda: desk.custody.restored == [Path("/usb/history.db")])


def test_the_folder_for_backups(page: SafetyPage, desk: FakeDesk) -> None:
    page.backups.folder.chosen.emit("/mnt/safe")
    assert desk.settings[BACKUP_FOLDER] == str(Path("/mnt/safe")) and "/mnt/safe" in page.backups.where.text()


def test_a_damaged_file_leads_to_the_newest_good_backup(qtbot: QtBot, page: SafetyPage, desk: FakeDesk) -> None:
    problem = "A page of the history is damaged. Restore the newest good backup."
    desk.custody.state = Health(False, problem, NOON, (Path("/data/aside.db"),), backup(1))
    page.health.check.click()
    qtbot.waitUntil(lambda: problem in page.health.words.text())
    assert desk.custody.full_checks == 1 and "aside.db" in page.health.aside.text()
    page.health.mend.click()
    assert page.backups.confirm.isVisible() and desk.custody.restored == []


# --- erasing


def test_what_is_too_old_is_shown_before_it_goes(
    qtbot: QtBot, page: SafetyPage, desk: FakeDesk, window: Sidebar
) -> None:
    assert page.retention.rule.text() == "Conversations are kept for ever." and not page.retention.erase.isVisible()
    desk.settings.set(KEEP_DAYS, 90)
    desk.custody.outdated = ["c1", "c2"]
    page.retention.refresh()
    qtbot.waitUntil(page.retention.erase.isVisible)
    assert page.retention.today.text() == "2 conversations older than 90 days would go today."
    assert page.retention.list.text().count("Jo") == 2
    page.retention.erase.click()
    assert "cannot be undone" in page.retention.confirm.words.text() and desk.history.deleted == []
    page.retention.confirm.yes.click()
    qtbot.waitUntil(lambda: sorted(desk.history.deleted) == ["c1", "c2"])
    qtbot.waitUntil(lambda: "2 conversations erased" in window.toast.words.text())


def test_a_customer_goes_only_once_the_name_is_typed(
    qtbot: QtBot, page: SafetyPage, desk: FakeDesk, window: Sidebar
) -> None:
    part = page.customers
    desk.history.held = {"c2"}
    QTest.keyClicks(part.field, "jo")
    qtbot.waitUntil(lambda: len(part.found) == 1)
    part.found[0].click()
    qtbot.waitUntil(part.confirm.isVisible)
    assert "Erase 1 conversation" in part.confirm.words.text() and "legal hold will stay" in part.confirm.words.text()
    assert not part.confirm.yes.isEnabled()
    QTest.keyClicks(part.name, "Joe")
    assert not part.confirm.yes.isEnabled()
    part.name.setText(" jo ")
    part.confirm.yes.click()
    qtbot.waitUntil(lambda: desk.history.deleted == ["c1"])
    qtbot.waitUntil(lambda: "kept: legal hold" in window.toast.words.text())
    assert not part.confirm.isVisible() and part.field.text() == ""


def test_what_is_open_is_not_kept_again_after_its_customer_was_erased(
    qtbot: QtBot, page: SafetyPage, desk: FakeDesk, window: Sidebar
) -> None:
    window.flow.open_saved("c1")
    qtbot.waitUntil(lambda: window.flow.conversation is not None)
    window.show_page(page)
    page.erase_customer("Jo")
    qtbot.waitUntil(page.customers.confirm.isVisible)
    page.customers.name.setText("Jo")
    page.customers.confirm.yes.click()
    qtbot.waitUntil(lambda: sorted(desk.history.deleted) == ["c1", "c2"])
    qtbot.waitUntil(lambda: window.flow.conversation is None)
    assert window.flow.cases.all() == () and "c1" in desk.arrivals.forgotten
    assert window.stack.currentWidget() is page, "the page stays, with what it did"
    assert "c1" not in desk.history.saved


def test_what_is_open_and_kept_is_saved_in_the_restored_history(
    qtbot: QtBot, page: SafetyPage, desk: FakeDesk, window: Sidebar
) -> None:
    window.flow.open_saved("c1")
    qtbot.waitUntil(lambda: window.flow.conversation is not None)
    desk.history.saved.clear()  # as the backup has it
    page.backups.restored.emit()
    qtbot.waitUntil(lambda: set(desk.history.saved) == {"c1"})


def test_another_name_in_the_search_takes_the_question_back(qtbot: QtBot, page: SafetyPage) -> None:
    page.customers.choose("Jo")
    qtbot.waitUntil(page.customers.confirm.isVisible)
    page.customers.field.setText("Nobody")
    assert not page.customers.confirm.isVisible()
    qtbot.waitUntil(page.customers.none.isVisible)


def test_what_is_held_is_shown_and_found(qtbot: QtBot, page: SafetyPage, desk: FakeDesk, window: Sidebar) -> None:
    desk.history.held = {"c0"}
    page.holds.refresh()
    qtbot.waitUntil(page.holds.show_all.isVisible)
    assert "Maya Reyes" in page.holds.list.text()
    page.holds.show_all.click()
    assert window.stack.currentWidget() is window.history and window.history.field.text() == "held:yes"


@pytest.mark.parametrize(
    ("erased", "words"),
    [
        (Erased(1), "1 conversation erased."),
        (Erased(2, copies=3), "2 conversations erased, from 3 backups too."),
        (Erased(0, ("a",)), "0 conversations erased. 1 conversation kept: legal hold."),
        (Erased(1, unreached="the disk is away."), "1 conversation erased. Backups out of reach: the disk is away."),
    ],
)
def test_an_erasure_in_words(erased: Erased, words: str) -> None:
    assert erased_words(erased) == words


# --- the policy


def test_the_policy_is_shown_with_its_reasons(page: SafetyPage, desk: FakeDesk) -> None:
    assert "every option is yours" in page.policy.words.text()
    desk.custody.policy = FakePolicy(
        True, "Northwind Bank", {"privacy.export": False, "privacy.redact_store": "all"}, {"privacy.export": "Rule 4."}
    )
    desk.custody.policy.problem, desk.custody.policy.contact = "Its signature does not hold.", "the service desk"
    page.policy.refresh()
    assert page.policy.words.text() == "Northwind Bank"
    assert page.policy.problem.isVisible() and page.policy.contact.text() == "Questions: the service desk"
    assert page.policy.list.text() == "Exports: no. Rule 4.\nBlack out in what is kept: everything personal."


def test_what_is_locked_offers_no_change(desk: FakeDesk, window: Sidebar) -> None:
    fixed = {KEEP_DAYS.name: 30, LOCK_AFTER.name: 5}
    window.show_page(window.safety)
    window.safety.retention._settings = window.safety.lock._settings = Settings(
        desk.places.settings, fixed, {KEEP_DAYS.name: "Schedule 7.", LOCK_AFTER.name: "Rule 2."}
    )
    window.show_page(window.safety)
    assert "Schedule 7." in window.safety.retention.rule.text() and not window.safety.retention.change.isVisible()
    assert "5 minutes" in window.safety.lock.words.text() and not window.safety.lock.change.isVisible()


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (None, "once a model is loaded"),
        (SandboxState(True, True, "landlock and seccomp hold it"), "no connection. On this computer: landlock and"),
        (SandboxState(words="nothing holds it"), "does not close that off completely"),
    ],
)
def test_what_holds_the_model_is_said(page: SafetyPage, desk: FakeDesk, state: SandboxState, words: str) -> None:
    desk.sandbox = state
    page.process.refresh()
    assert words in page.process.words.text()


# --- states


def test_while_it_is_locked_only_what_helps_is_shown(qtbot: QtBot, desk: FakeDesk, window: Sidebar) -> None:
    desk.custody.opened = False
    window.show_page(window.safety)
    shown = {part.title.text() for part in window.safety.parts if part.isVisible()}
    always = {"Backups", "Health of the files", "What is blacked out where", "Site policy"}
    assert shown == {*always, "What the language model can reach"}
    assert not window.safety.backups.make.isEnabled()
    window.safety.unlock.click()
    assert window.stack.currentWidget() is window.unlock


def test_what_fails_is_told_in_its_own_words(qtbot: QtBot, page: SafetyPage, desk: FakeDesk, window: Sidebar) -> None:
    desk.custody.failures["back_up"] = KnownError("The backup folder is full. Make room.")
    page.backups.make.click()
    qtbot.waitUntil(lambda: "folder is full" in window.notice.words.text())
    assert page.backups.make.isEnabled() and not page.backups.strip.isVisible()


def test_nothing_of_it_runs_in_the_gui_thread(qtbot: QtBot, page: SafetyPage, desk: FakeDesk) -> None:
    qtbot.waitUntil(lambda: {"due", "audit", "health", "key_state", "backups"} <= set(desk.custody.threads))
    assert set(desk.custody.threads.values()) <= {"lane-db_0", "lane-copies_0"}


def test_the_settings_lead_there_and_back(window: Sidebar) -> None:
    window.show_page(window.settings)
    window.settings.safety.click()
    assert window.stack.currentWidget() is window.safety
    window.safety.lock.change.click()
    assert window.stack.currentWidget() is window.settings
