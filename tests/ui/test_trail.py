"""The audit trail on the page "Privacy & safety"."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from fake_desk import FakeDesk
from pytestqt.qtbot import QtBot

from agent_assist.records import Action, AuditVerdict
from ui.safety.page import SafetyPage
from ui.sidebar import Sidebar


@pytest.fixture
def page(qtbot: QtBot, desk: FakeDesk, window: Sidebar) -> SafetyPage:
    window.show_page(window.safety)
    qtbot.waitUntil(lambda: bool(window.safety.trail.lines))
    return window.safety


def test_the_trail_in_words_checked_and_exported(
    qtbot: QtBot, page: SafetyPage, desk: FakeDesk, window: Sidebar, tmp_path: Path
) -> None:
    for action in (*Action,):
        desk.custody.note(action)
    desk.custody.entries[0] = replace(desk.custody.entries[0], subject="3fa9", detail={"reached": False, "new": 4})
    page.trail.refresh()
    qtbot.waitUntil(page.trail.more.isVisible)
    said = " ".join(line.text() for line in page.trail.lines)
    assert "Audit trail checked" in said and "record 3fa9 · some backups out of reach, new: 4" in said
    desk.custody.verdict = AuditVerdict(False, 18, "Line 4 is not the one that was written.")
    page.trail.check.click()
    qtbot.waitUntil(lambda: "changed or cut" in page.trail.verdict.text())
    page.trail.again.click()
    assert "moved aside and kept" in page.trail.confirm.words.text() and desk.custody.entries
    page.trail.confirm.no.click()
    page.trail.export(tmp_path / "trail.jsonl")
    qtbot.waitUntil(lambda: "Exported: 18 lines" in window.toast.words.text())
    assert (tmp_path / "trail.jsonl").exists()


def test_a_trail_that_does_not_hold_is_set_aside(
    qtbot: QtBot, page: SafetyPage, desk: FakeDesk, window: Sidebar
) -> None:
    desk.custody.verdict = AuditVerdict(False, 18, "It was cut.")
    page.trail.check.click()
    qtbot.waitUntil(page.trail.again.isVisible)
    page.trail.again.click()
    page.trail.confirm.yes.click()
    qtbot.waitUntil(lambda: "audit-aside.jsonl" in window.toast.words.text())
    assert not page.trail.again.isVisible()


def test_without_a_keyring_the_verdict_says_what_it_cannot_see(qtbot: QtBot, page: SafetyPage, desk: FakeDesk) -> None:
    desk.custody.verdict = AuditVerdict(True, 5, anchored=False)
    page.trail.check.click()
    qtbot.waitUntil(lambda: "would not show" in page.trail.verdict.text())
