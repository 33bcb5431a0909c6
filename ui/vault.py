"""What is kept, as the window shows it: the pages about it, and how they lead to one another."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QCheckBox

from ui.bridge import Bridge
from ui.customer_page import CustomerPage
from ui.flow import Flow
from ui.history_page import HistoryPage
from ui.keeping import Keeping
from ui.pages import Page
from ui.ports import DeskPort
from ui.recovery_page import RecoveryPage
from ui.safety.page import SafetyPage
from ui.unlock_page import UnlockPage
from ui.widgets.toast import Toast


class Vault(QObject):
    """Makes the pages of the history, its key and its safety, and connects them."""

    page_asked = Signal(object)  # Page
    back_asked = Signal()
    settings_asked = Signal()
    reopen_asked = Signal()
    copy_asked = Signal(str, str)  # text, what it was
    failed = Signal(object)
    told = Signal(str)  # for the notice

    def __init__(self, desk: DeskPort, bridge: Bridge, flow: Flow, tick: QCheckBox, toast: Toast) -> None:
        super().__init__(bridge)
        self._flow, self._toast = flow, toast
        self.history = HistoryPage(desk, bridge)
        self.customer = CustomerPage(desk, bridge)
        self.safety = SafetyPage(desk, bridge)
        self.unlock, self.recovery = UnlockPage(), RecoveryPage()
        self.keeping = Keeping(desk, bridge, flow, self.history, tick, toast)
        self._connect()

    @property
    def pages(self) -> tuple[Page, ...]:
        """Every page of it."""
        return (self.history, self.customer, self.safety, self.unlock, self.recovery)

    def _connect(self) -> None:
        history, safety, customer = self.history, self.safety, self.customer
        history.set_open_check(lambda: self._flow.saving.open)
        history.open_asked.connect(self._flow.open_saved)
        history.customer_asked.connect(self._show_customer)
        customer.open_asked.connect(self._flow.open_saved)
        customer.erase_asked.connect(self._erase_customer)
        for asker in (history, safety):
            asker.unlock_asked.connect(lambda: self.page_asked.emit(self.unlock))
        safety.settings_asked.connect(self.settings_asked)
        safety.search_asked.connect(self._search)
        safety.words_made.connect(self.show_words)
        safety.gone.connect(self.keeping.erase_here)
        self.keeping.told.connect(self.told)
        safety.gone.connect(history.refresh)
        safety.restored.connect(self._on_restored)
        self.recovery.ended.connect(self.back_asked)
        self.recovery.copy_asked.connect(self.copy_asked)
        for teller in (history, safety, customer, self.recovery, self._flow.saving):
            teller.said.connect(self._toast.say)
        for part in (history, safety, customer, self.keeping):
            part.failed.connect(self.failed)

    @Slot(str)
    def show_words(self, words: str) -> None:
        """Shows recovery words that were just made."""
        self.page_asked.emit(self.recovery)
        self.recovery.show_words(words)

    def offer_recovery(self, what: str) -> None:
        """Offers to make recovery words, which stand in for a passphrase or a keyring."""
        self.recovery.offer(what)
        self.page_asked.emit(self.recovery)

    @Slot()
    def _on_restored(self) -> None:
        if self._flow.saving.open:
            self.keeping.save_again()
            self.history.refresh()
        else:
            self.reopen_asked.emit()  # a history that was damaged is open now

    @Slot(str)
    def _show_customer(self, name: str) -> None:
        self.customer.show_customer(name)
        self.page_asked.emit(self.customer)

    @Slot(str)
    def _erase_customer(self, name: str) -> None:
        self.page_asked.emit(self.safety)
        self.safety.erase_customer(name)

    @Slot(str)
    def _search(self, words: str) -> None:
        self.history.field.setText(words)
        self.page_asked.emit(self.history)
