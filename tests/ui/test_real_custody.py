"""The window over the real product, without a language model: what is kept, found, held, copied, erased and locked."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fake_desk import SAMPLE
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from agent_assist.paths import Places
from agent_assist.pipeline import Desk
from agent_assist.settings import AUTO_ASSIST, Settings
from ui.app import App
from ui.locking.successor import Handover

PASSPHRASE = "a passphrase of a test"
SECONDS = 20_000
JO = "Jo: Where is my parcel? It was due on Friday.\nSam: It is on its way.\nJo: Thanks."


@pytest.fixture
def handed() -> list[Handover]:
    return []


@pytest.fixture
def real(
    qtbot: QtBot, qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, handed: list[Handover]
) -> Iterator[App]:
    """The app on a fresh data folder, unlocked, with two conversations kept."""
    monkeypatch.setenv("AGENT_ASSIST_PASSPHRASE", PASSPHRASE)
    places = Places(tmp_path / "data")
    places.create()
    settings = Settings(places.settings)
    settings.set(AUTO_ASSIST, False)
    qapp.setStyle("Fusion")
    app = App(Desk(places, settings), give_way=handed.append)
    app.start()
    window = app.window
    try:
        qtbot.waitUntil(lambda: window.footer.kept.text() == "Encrypted", timeout=SECONDS)
        qtbot.waitUntil(lambda: window.stack.currentWidget() is window.recovery, timeout=SECONDS)
        window.recovery.skip.click()
        for text in (SAMPLE, JO):
            with qtbot.waitSignal(window.flow.read, timeout=SECONDS):
                window.flow.paste(text)
        window.show_page(window.history)
        qtbot.waitUntil(lambda: window.history.model.rowCount() == 2, timeout=SECONDS)
        yield app
    finally:
        app.close()
        window.close()
        window.deleteLater()
        app.deleteLater()


def shown(app: App) -> list[str | None]:
    return [item.customer for item in app.window.history.model.items]


def test_search_filters_tags_and_hold(qtbot: QtBot, real: App) -> None:
    history = real.window.history
    history.field.setText("parcel")
    qtbot.waitUntil(lambda: shown(real) == ["Jo"], timeout=SECONDS)
    history.field.setText("")
    qtbot.waitUntil(lambda: len(shown(real)) == 2, timeout=SECONDS)
    history.filters.set("customer", "Maya Reyes")
    qtbot.waitUntil(lambda: shown(real) == ["Maya Reyes"], timeout=SECONDS)
    history.tag_button.click()
    history.tags.field.setText("refund, vip")
    history.tags.save.click()
    qtbot.waitUntil(lambda: history.model.items[0].tags == ("refund", "vip"), timeout=SECONDS)
    history.hold_button.click()
    qtbot.waitUntil(lambda: history.model.items[0].held, timeout=SECONDS)
    history.field.setText("tag:vip held:yes")
    qtbot.waitUntil(lambda: shown(real) == ["Maya Reyes"], timeout=SECONDS)
    assert not history.delete_button.isEnabled()
    history.field.setText("label:nonsense")
    qtbot.waitUntil(lambda: history.empty.text().startswith("After label"), timeout=SECONDS)


def test_a_deleted_one_is_gone_from_list_and_search(qtbot: QtBot, real: App) -> None:
    history = real.window.history
    history.list.setCurrentIndex(history.model.index(shown(real).index("Jo")))
    history.delete_button.click()
    real.window.toast.flush()
    history.field.setText("parcel")
    qtbot.waitUntil(lambda: history.empty.text() == "Nothing found.", timeout=SECONDS)


def test_the_page_of_safety_over_real_files(qtbot: QtBot, real: App) -> None:
    window = real.window
    safety = window.safety
    window.show_page(safety)
    qtbot.waitUntil(lambda: "passphrase" in safety.key.where.text(), timeout=SECONDS)
    safety.backups.make.click()
    qtbot.waitUntil(lambda: len(safety.backups.rows) == 1, timeout=SECONDS)
    safety.health.check.click()
    qtbot.waitUntil(lambda: "The files are whole. Last full check" in safety.health.words.text(), timeout=SECONDS)
    safety.trail.check.click()
    qtbot.waitUntil(lambda: "Every link holds" in safety.trail.verdict.text(), timeout=SECONDS)
    safety.erase_customer("Jo")
    qtbot.waitUntil(safety.customers.confirm.isVisible, timeout=SECONDS)
    safety.customers.name.setText("Jo")
    safety.customers.confirm.yes.click()
    qtbot.waitUntil(lambda: "1 conversation erased, from 1 backup too" in window.toast.words.text(), timeout=SECONDS)
    safety.backups.rows[0].button.click()
    safety.backups.confirm.yes.click()
    qtbot.waitUntil(lambda: "Restored: 1 conversation" in window.toast.words.text(), timeout=SECONDS)
    assert not window.notice.isVisible(), window.notice.words.text()


def test_recovery_words_are_made_and_open_it(qtbot: QtBot, real: App, monkeypatch: pytest.MonkeyPatch) -> None:
    window, desk = real.window, real._desk
    window.show_page(window.safety)
    qtbot.waitUntil(lambda: window.safety.key.make.isVisible(), timeout=SECONDS)
    window.safety.key.make.click()
    qtbot.waitUntil(lambda: len(window.recovery.labels) == 8, timeout=SECONDS)
    words = "-".join(label.text().split()[1] for label in window.recovery.labels)
    window.recovery.leave()
    real.close()
    monkeypatch.delenv("AGENT_ASSIST_PASSPHRASE")
    again = Desk(desk.places, Settings(desk.places.settings))
    again.open_history(words.lower().replace("-", " "))
    assert len(again.custody.find("")) == 2
    again.close()


def test_another_key_and_its_words(qtbot: QtBot, real: App) -> None:
    window = real.window
    window.show_page(window.safety)
    part = window.safety.key
    qtbot.waitUntil(part.rekey.isVisible, timeout=SECONDS)
    part.rekey.click()
    part.unlock_form.first.setText(PASSPHRASE)
    part.unlock_form.go.click()
    qtbot.waitUntil(lambda: len(window.recovery.labels) == 8, timeout=SECONDS)
    window.recovery.leave()
    window.show_page(window.history)
    qtbot.waitUntil(lambda: len(shown(real)) == 2, timeout=SECONDS)


def test_a_lock_closes_the_real_files(qtbot: QtBot, real: App, handed: list[Handover]) -> None:
    real.lock.ask()
    qtbot.waitUntil(lambda: bool(handed), timeout=SECONDS)
    assert handed[0].lost == () and not real._desk.custody.is_open
