"""The audit trail in plain words: the latest lines, whether it is whole, and a copy of it in a file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QFileDialog, QVBoxLayout

from agent_assist.records import AuditEntry, AuditVerdict
from ui.bridge import Bridge
from ui.custody_port import CustodyPort
from ui.safety.part import Confirm, Part
from ui.safety.words import audit_words, counted
from ui.widgets.basics import Button, Text, row

MOST = 8
AGAIN = "Begin a new trail? The one that does not hold is moved aside and kept; the new one begins by saying so."
LEAD = "What was done here, without names or words of anybody. A change to it shows when it is checked."


class TrailPart(Part):
    """Reads only; nothing here changes the trail."""

    def __init__(self, custody: CustodyPort, bridge: Bridge) -> None:
        super().__init__("Audit trail", custody, bridge)
        self._most = MOST
        self.list = QVBoxLayout()
        self.list.setSpacing(4)
        self.lines: list[Text] = []
        self.verdict = Text("", wrap=True)
        self.again = Button("Begin a new trail…", "plain", "Set the audit trail aside and begin a new one")
        self.confirm = Confirm("Begin a new trail", spoken="Set the audit trail aside and begin a new one")
        self.again.clicked.connect(lambda: self.confirm.ask(AGAIN))
        self.confirm.agreed.connect(self._begin_again)
        self.check = Button("Check", "plain", "Check whether the audit trail is whole")
        self.save = Button("Export…", "plain", "Export the audit trail to a file")
        self.more = Button("Show more", "link", "Show more of the audit trail")
        self.check.clicked.connect(self.verify)
        self.save.clicked.connect(self._choose)
        self.more.clicked.connect(self._show_more)
        self.inner.addWidget(Text(LEAD, "soft", 12, wrap=True))
        self.inner.addLayout(self.list)
        self.inner.addWidget(self.verdict)
        self.inner.addLayout(row(self.check, self.save, self.more))
        self.inner.addLayout(row(self.again))
        self.inner.addWidget(self.confirm)
        self.verdict.hide()
        self.again.hide()

    def look_up(self) -> None:
        """Asks for the latest lines."""
        most = self._most
        self.look(lambda: self.custody.audit(most + 1), self.show_entries)

    def show_entries(self, entries: Sequence[AuditEntry]) -> None:
        """Shows the latest, each with what is known of it."""
        for old in self.lines:
            self.list.removeWidget(old)
            old.hide()
            old.deleteLater()
        self.lines = []
        for entry in entries[: self._most]:
            head, about = audit_words(entry)
            self.lines.append(Text(head, wrap=True))
            if about:
                self.lines.append(Text(about, "soft", 12, wrap=True))
        if not entries:
            self.lines.append(Text("Nothing yet.", "soft"))
        for line in self.lines:
            self.list.addWidget(line)
        self.more.setVisible(len(entries) > self._most)

    @Slot()
    def verify(self) -> None:
        """Checks every link."""
        self.errand.run(
            "Checking the audit trail…", lambda _post, _token: self.custody.verify_audit(), self._on_verdict
        )

    def export(self, path: Path) -> None:
        """Writes it to a file."""
        self.errand.run(
            "Exporting the audit trail…",
            lambda _post, _token: self.custody.export_audit(path),
            lambda count: self.said.emit(f"Exported: {counted(count, 'line')}"),
        )

    def _on_verdict(self, verdict: AuditVerdict) -> None:
        lines = counted(verdict.entries, "line")
        if not verdict.good:
            self.verdict.setText(f"The audit trail was changed or cut. {verdict.problem}")
        elif verdict.anchored:
            self.verdict.setText(f"Whole: {lines}, as the keyring remembers them.")
        else:
            unknown = verdict.problem or "Without a keyring a cut at the end would not show."
            self.verdict.setText(f"Every link holds: {lines}. {unknown}")
        self.verdict.set_tone("hot" if not verdict.good else "soft" if verdict.problem else "ok")
        self.verdict.show()
        self.again.setVisible(not verdict.good or bool(verdict.problem))
        self.refresh()

    @Slot()
    def _begin_again(self) -> None:
        self.errand.run(
            "Setting the trail aside…", lambda _post, _token: self.custody.begin_audit_again(), self._on_begun
        )

    def _on_begun(self, aside: Path) -> None:
        self.again.hide()
        self.verdict.hide()
        self.said.emit(f"The old trail is kept as {aside.name}")
        self.refresh()

    @Slot()
    def _choose(self) -> None:
        path, _ = QFileDialog.getSaveFileName(
            self.window(), "Export the audit trail", "audit-trail.jsonl", "JSON lines (*.jsonl)"
        )
        if path:
            self.export(Path(path))

    @Slot()
    def _show_more(self) -> None:
        self._most *= 5
        self.refresh()
