"""What the settings say of the ways in beside their options: how the hook is installed, which folder is watched."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QVBoxLayout, QWidget

from ui.widgets.basics import Button, Text

INSTALL = "agent-assist hook install"
INSTALL_WORDS = "Install the browser hook, in a terminal:"


class FolderChoice(QWidget):
    """A button that asks for a folder, and one that takes the choice back.

    Args:
        asks: what is chosen, for a screen reader and the title of the dialog.
        takes_back: what no folder means, for a screen reader.
        none: the words of that button.
    """

    chosen = Signal(str)

    def __init__(
        self,
        asks: str = "Choose the folder whose new files are taken in",
        takes_back: str = "Watch no folder",
        none: str = "None",
    ) -> None:
        super().__init__()
        self._asks = asks
        self.choose = Button("Choose folder…", "plain", asks)
        self.none = Button(none, "ghost", takes_back)
        self._folder = ""
        self.choose.clicked.connect(self._ask)
        self.none.clicked.connect(lambda: self.chosen.emit(""))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addWidget(self.choose)
        layout.addWidget(self.none)
        layout.addStretch(1)
        self.show_folder("")

    def show_folder(self, folder: str) -> None:
        """Begins the choice there; without one there is nothing to take away."""
        self._folder = folder
        self.none.setVisible(bool(folder))

    @Slot()
    def _ask(self) -> None:
        folder = QFileDialog.getExistingDirectory(self.window(), self._asks, self._folder)
        if folder:
            self.chosen.emit(folder)


class HookHint(QWidget):
    """How the browser hook is installed; its words can be selected."""

    def __init__(self) -> None:
        super().__init__()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 2, 0, 0)
        layout.setSpacing(2)
        self.command = Text(INSTALL, px=12)
        self.command.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        layout.addWidget(Text(INSTALL_WORDS, "soft", 12, wrap=True))
        layout.addWidget(self.command)
