"""What is blacked out where, what the language model can reach, and the site's policy: nothing here is changed."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout

from agent_assist.settings import OPTIONS, REDACT_EXPORT, REDACT_MODEL, REDACT_ROLEPLAY, REDACT_STORE, Settings
from ui.bridge import Bridge
from ui.custody_port import CustodyPort
from ui.option_words import REDACTIONS, option_title, value_words
from ui.ports import DeskPort
from ui.safety.part import Part
from ui.widgets.basics import Button, Text, row

NOT_LOADED = "Its process is closed off as far as this system can; what holds here is known once a model is loaded."
HELD = "It runs in a process of its own that can open no file but the model and no connection."
NOT_HELD = "It runs in a process of its own. This system does not close that off completely."
NONE = "No policy is set for this site: every option is yours."
USES = (
    (REDACT_STORE, "In what is kept"),
    (REDACT_MODEL, "Before the language model"),
    (REDACT_EXPORT, "In exports"),
    (REDACT_ROLEPLAY, "In practice from real cases"),
)


class PolicyPart(Part):
    """Read only: whoever signs the policy changes it."""

    needs_open = False

    def __init__(self, custody: CustodyPort, bridge: Bridge) -> None:
        super().__init__("Site policy", custody, bridge)
        self.words, self.list = Text("", wrap=True), Text("", "soft", 12, wrap=True)
        self.problem, self.contact = Text("", "hot", wrap=True), Text("", "soft", 12, wrap=True)
        for part in (self.words, self.problem, self.list, self.contact):
            self.inner.addWidget(part)

    def look_up(self) -> None:
        """Shows it; it was read at the start."""
        policy = self.custody.policy
        self.words.setText(policy.title or "A signed policy is in force." if policy.here else NONE)
        self.problem.setText(policy.problem)
        self.problem.setVisible(bool(policy.problem))
        self.contact.setText(f"Questions: {policy.contact}")
        self.contact.setVisible(bool(policy.contact))
        self.words.set_tone("ink" if policy.here else "soft")
        known = {option.name: option for option in OPTIONS}
        lines = []
        for name, value in policy.fixed.items():
            title = option_title(known[name]) if name in known else name
            lines.append(" ".join((f"{title}: {value_words(name, value)}.", policy.reason(name))).strip())
        self.list.setText("\n".join(lines))
        self.list.setVisible(bool(lines))


class BlackoutPart(Part):
    """Where cards, accounts, names and the like are blacked out."""

    needs_open = False
    settings_asked = Signal()

    def __init__(self, custody: CustodyPort, bridge: Bridge, settings: Settings) -> None:
        super().__init__("What is blacked out where", custody, bridge)
        self._settings = settings
        self.levels = {option.name: Text("") for option, _ in USES}
        grid = QGridLayout()
        grid.setColumnStretch(0, 1)
        grid.setVerticalSpacing(4)
        for n, (option, words) in enumerate(USES):
            grid.addWidget(Text(words, "soft"), n, 0)
            grid.addWidget(self.levels[option.name], n, 1)
        self.change = Button("Change…", "link", "Change what is blacked out")
        self.change.clicked.connect(self.settings_asked)
        self.inner.addLayout(grid)
        self.inner.addLayout(row(self.change))

    def look_up(self) -> None:
        """Shows the settings as they are."""
        for option, _ in USES:
            self.levels[option.name].setText(REDACTIONS[self._settings[option]])


class ProcessPart(Part):
    """What the system holds the language model's process to."""

    needs_open = False

    def __init__(self, desk: DeskPort, bridge: Bridge) -> None:
        super().__init__("What the language model can reach", desk.custody, bridge)
        self._desk = desk
        self.words = Text("", wrap=True)
        self.inner.addWidget(self.words)

    def look_up(self) -> None:
        """Shows what the process told of itself."""
        state = self._desk.sandbox
        if state is None:
            self.words.setText(NOT_LOADED)
        else:
            whole = state.filesystem and state.sockets
            self.words.setText(f"{HELD if whole else NOT_HELD} On this computer: {state.words}.")
        self.words.set_tone("soft" if state is None else "ink" if state.filesystem and state.sockets else "uneasy")
