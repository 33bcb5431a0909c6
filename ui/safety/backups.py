"""Backups: the list of them, a new one with progress, and a restore that says what it replaces."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QFileDialog, QLineEdit, QVBoxLayout, QWidget

from agent_assist.errors import KnownError
from agent_assist.jobs import CancelToken
from agent_assist.records import BackupItem
from agent_assist.settings import BACKUP, BACKUP_FOLDER, Settings
from ui.bridge import Bridge, Post
from ui.custody_port import CustodyPort
from ui.safety.part import Confirm, Part
from ui.safety.words import backup_words, counted, exactly
from ui.widgets.basics import Button, Text, row
from ui.widgets.ways_section import FolderChoice

MOST = 5
WORDS = "Recovery words, for a backup of another computer"
NONE_YET = "No backup yet."
REPLACES = (
    "Restore {what}? It takes the place of the history as it is now. That one is copied first, so that you "
    "can go back; what was erased since stays erased."
)


class BackupRow(QWidget):
    """One backup, with the button that restores it."""

    restore_asked = Signal(object)  # BackupItem

    def __init__(self, item: BackupItem) -> None:
        super().__init__()
        self._item = item
        at, about = backup_words(item)
        self.button = Button("Restore…", "plain", f"Restore the backup of {at}")
        self.button.setEnabled(item.conversations is not None)
        self.button.clicked.connect(self._ask)
        texts = QVBoxLayout()
        texts.setSpacing(0)
        texts.addWidget(Text(at))
        texts.addWidget(Text(about, "hot" if item.conversations is None else "soft", 12, wrap=True))
        line = row(stretch=False)
        line.addLayout(texts, 1)
        line.addWidget(self.button)
        self.setLayout(line)

    @Slot()
    def _ask(self) -> None:
        self.restore_asked.emit(self._item)


class BackupsPart(Part):
    """Also shown while the history cannot be opened: a backup may be what mends it."""

    needs_open = False
    restored = Signal()

    def __init__(self, custody: CustodyPort, bridge: Bridge, settings: Settings) -> None:
        super().__init__("Backups", custody, bridge)
        self._settings = settings
        self._chosen: Path | None = None
        self.rows: list[BackupRow] = []
        self.where = Text("", "soft", 12, wrap=True)
        self.none = Text(NONE_YET, "soft")
        self._list, self._all = QVBoxLayout(), False
        self._list.setSpacing(8)
        self.more = Button("Show all", "link")
        self.make = Button("Back up now")
        self.other = Button("Restore a file…", "plain", "Restore a backup that lies elsewhere")
        self.folder = FolderChoice("Choose the folder for backups", "Keep backups beside the history", "Beside it")
        self.confirm = Confirm("Restore", spoken="Restore the backup now")
        self.words = QLineEdit()
        self.words.setPlaceholderText(WORDS)
        self.words.setAccessibleName(WORDS)
        self.confirm.parts.insertWidget(1, self.words)
        self.other.clicked.connect(self._choose_file)
        self.more.clicked.connect(self._show_all)
        self.make.clicked.connect(self.back_up)
        self.folder.chosen.connect(self._choose_folder)
        self.confirm.agreed.connect(self._restore)
        self.errand.changed.connect(self._on_busy)
        for part in (self.where, self.folder, self.none):
            self.inner.addWidget(part)
        self.inner.addLayout(self._list)
        self.inner.addWidget(self.more)
        self.inner.addWidget(self.confirm)
        self.inner.addLayout(row(self.make, self.other))

    def look_up(self) -> None:
        """Lists the backups."""
        folder, reason = self._settings[BACKUP_FOLDER], self._settings.locked(BACKUP_FOLDER)
        often = "Made every day by itself" if self._settings[BACKUP] else "Made by hand only"
        self.where.setText(f"{often}, in {folder or 'a folder beside the history'}." + (f" {reason}" if reason else ""))
        self.folder.show_folder(folder)
        self.folder.setVisible(not reason)
        self.make.setEnabled(self.custody.is_open and not self.errand.busy)
        self.look(self.custody.backups, self.show_items, "copies")

    def show_items(self, items: Sequence[BackupItem]) -> None:
        """Shows the newest, or all."""
        for old in self.rows:
            self._list.removeWidget(old)
            old.hide()
            old.deleteLater()
        self.rows = [BackupRow(item) for item in (items if self._all else items[:MOST])]
        for one in self.rows:
            one.restore_asked.connect(self.ask)
            self._list.addWidget(one)
        self.none.setVisible(not items)
        self.more.setVisible(len(items) > len(self.rows))
        self.more.setText(f"Show all {len(items):,}")

    @Slot()
    def back_up(self) -> None:
        """Makes one now; the window and the history go on meanwhile."""

        def work(post: Post, token: CancelToken) -> BackupItem:
            return self.custody.back_up(None, post, token)

        self.errand.run("Backing up and verifying…", work, self._on_made, lane="copies", stoppable=True)

    @Slot(object)
    def ask(self, item: BackupItem) -> None:
        """Asks whether a backup of the list is to be restored."""
        self._ask(item.path, f"the backup of {exactly(item.at)}", elsewhere=False)

    def ask_file(self, path: Path) -> None:
        """Asks whether a backup that lies elsewhere is to be restored."""
        self._ask(path, f"“{path.name}”", elsewhere=True)

    def _ask(self, path: Path, what: str, *, elsewhere: bool) -> None:
        self._chosen = path
        self.words.clear()
        self.words.setVisible(elsewhere)
        self.confirm.ask(REPLACES.format(what=what))

    @Slot()
    def _restore(self) -> None:
        path, words = self._chosen, self.words.text().strip() or None
        self.words.clear()
        if path is not None:
            self.errand.run("Restoring…", lambda _post, _token: self.custody.restore(path, words), self._on_restored)

    @Slot()
    def _choose_file(self) -> None:
        path, _ = QFileDialog.getOpenFileName(self.window(), "Restore a backup", "", "Backups (*.db);;All files (*)")
        if path:
            self.ask_file(Path(path))

    def _on_made(self, item: BackupItem) -> None:
        self.said.emit(f"Backed up and verified: {counted(item.conversations or 0)}")
        self.refresh()

    def _on_restored(self, count: int) -> None:
        self.said.emit(f"Restored: {counted(count)}")
        self.refresh()
        self.restored.emit()

    @Slot()
    def _show_all(self) -> None:
        self._all = True
        self.refresh()

    def _choose_folder(self, folder: str) -> None:
        try:
            self._settings.set(BACKUP_FOLDER, str(Path(folder)) if folder else "")
        except KnownError as error:
            self.failed.emit(error)
        self.refresh()

    @Slot(bool)
    def _on_busy(self, busy: bool) -> None:
        self.make.setEnabled(not busy and self.custody.is_open)
        for one in self.rows:
            one.button.setEnabled(not busy)
