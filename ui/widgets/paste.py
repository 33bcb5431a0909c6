"""The empty page: what to do first, by keyboard, mouse or drop."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QVBoxLayout

from ui.widgets.basics import Button, Text, restyle, row


class PasteArea(QFrame):
    """Invites a conversation in."""

    paste_asked = Signal()
    open_asked = Signal()
    sample_asked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("kind", "drop")
        self.setAccessibleName("Paste or drop a conversation")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 24, 24, 24)
        layout.setSpacing(10)
        self.paste = Button("Paste conversation", "big", "Paste the conversation from the clipboard", "Ctrl+V")
        self.open = Button("Open a file…", "link", "Open a text file with a conversation", "Ctrl+O")
        self.sample = Button("Try the sample", "link", "Try the sample conversation")
        self.paste.clicked.connect(self.paste_asked)
        self.open.clicked.connect(self.open_asked)
        self.sample.clicked.connect(self.sample_asked)
        head = Text("Paste a customer conversation", px=17, bold=True, wrap=True)
        lead = Text(
            "See what the customer feels, where it turned, what the case is, and three replies worth starting from.",
            "soft",
            wrap=True,
        )
        foot = Text("Read on this computer only. Nothing is sent anywhere.", "soft", 12, wrap=True)
        hint = Text("Ctrl+V anywhere in this window, or drop a text file here.", "soft", 12, wrap=True)
        self.ways = Text("", "soft", 12, wrap=True)
        self.ways.hide()
        for words in (head, lead, hint, self.ways, foot):
            words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        layout.addStretch(3)
        layout.addWidget(head)
        layout.addWidget(lead)
        layout.addSpacing(8)
        layout.addWidget(self.paste, 0, Qt.AlignmentFlag.AlignCenter)
        layout.addWidget(hint)
        layout.addWidget(self.ways)
        links = row(self.open, self.sample, spacing=14, stretch=False)
        links.setAlignment(Qt.AlignmentFlag.AlignCenter)
        layout.addLayout(links)
        layout.addStretch(4)
        layout.addWidget(foot)

    def show_ways(self, words: str) -> None:
        """Says which ways in stand open; empty for none."""
        self.ways.setText(f"Listening: {words}. What comes in there opens here by itself." if words else "")
        self.ways.setVisible(bool(words))

    def set_over(self, over: bool) -> None:
        """Shows that a drop would land here."""
        self.setProperty("over", "true" if over else "false")
        restyle(self)
