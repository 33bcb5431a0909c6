"""The style sheet of a palette. Widgets choose their look by the properties `kind`, `tone` and `px`."""

from __future__ import annotations

from string import Template
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ui.theme import Palette

_SHEET = Template("""
QWidget { color: $ink; }
QWidget#window, QScrollArea, QWidget#page, QStackedWidget#pages { background: $bg; border: none; }
QToolTip { background: $card; color: $ink; border: 1px solid $line; padding: 4px 6px; }

QFrame[kind="bar"] { background: $card; border: none; border-bottom: 1px solid $line; }
QFrame[kind="footer"] { background: $card; border: none; border-top: 1px solid $line; }
QFrame[kind="section"] { background: $card; border: 1px solid $line; border-radius: 10px; }
QFrame[kind="card"] { background: $card; border: 1px solid $line; border-radius: 8px; }
QFrame[kind="card"][selected="true"] { border: 2px solid $accent; }
QFrame[kind="card"]:focus { border: 2px solid $accent; }
QFrame[kind="notice"] { background: $uneasy_bg; border: 1px solid $uneasy; border-radius: 8px; }
QFrame[kind="notice"][tone="hot"] { background: $hot_bg; border: 1px solid $hot; }
QFrame[kind="toast"] { background: $ink; border: none; border-radius: 8px; }
QFrame[kind="toast"] QLabel { color: $card; }
QFrame[kind="drop"] { background: transparent; border: 2px dashed $line; border-radius: 12px; }
QFrame[kind="drop"][over="true"] { border-color: $accent; background: $accent_bg; }
QFrame[kind="rule"] { background: $line; border: none; max-height: 1px; min-height: 1px; }

QFrame[kind="listening"] { background: $bg; border: none; border-bottom: 1px solid $line; }
QFrame[kind="switcher"] { background: $bg; border: none; border-bottom: 1px solid $line; }
QFrame[kind="tab"] { background: transparent; border: 1px solid $line; border-radius: 7px; }
QFrame[kind="tab"][tone="hot"] { border-color: $hot; background: $hot_bg; }
QFrame[kind="tab"][current="true"] { background: $card; border: 1px solid $accent; }
QFrame[kind="alike"] { background: transparent; border: 1px dashed $line; border-radius: 10px; }

QFrame[kind="composer"] { background: $card; border: none; border-top: 1px solid $line; }
QFrame[kind="remark"] { background: transparent; border: 1px solid transparent; border-radius: 5px; }
QFrame[kind="remark"]:focus { border: 1px solid $accent; }
QWidget#diff { background: $card; }

QLabel { background: transparent; }
QLabel[tone="soft"] { color: $soft; }
QLabel[tone="accent"] { color: $accent; }
QLabel[tone="calm"] { color: $calm; }
QLabel[tone="uneasy"] { color: $uneasy; }
QLabel[tone="hot"] { color: $hot; }
QLabel[tone="better"] { color: $better; }
QLabel[tone="ok"] { color: $ok; }
QLabel[tone="care"] { color: $care; }
QLabel[tone="grey"] { color: $grey; }
QLabel[kind="count"] { background: $accent; color: $card; border-radius: 7px; padding: 0 4px; font-size: 11px;
  font-weight: 600; min-height: 14px; max-height: 14px; }
QLabel[kind="avatar"] { background: $accent_bg; color: $accent; border-radius: 17px; font-weight: 600; }
QLabel[kind="key"] { border: 1px solid $line; border-radius: 4px; padding: 0 5px; color: $soft; font-size: 11px; }
QLabel[kind="pillar"] { border: 1px solid $line; border-radius: 7px; padding: 0 4px; }
QLabel[kind="pill"] { border-radius: 10px; padding: 3px 10px; font-weight: 600; font-size: 12px;
  min-height: 16px; }
QLabel[kind="pill"][tone="calm"] { background: $calm_bg; }
QLabel[kind="pill"][tone="uneasy"] { background: $uneasy_bg; }
QLabel[kind="pill"][tone="hot"] { background: $hot_bg; }
QLabel[kind="pill"][tone="better"] { background: $better_bg; }
QLabel[kind="pill"][tone="grey"] { background: $grey_bg; }

QPushButton, QToolButton { background: $card; color: $ink; border: 1px solid $line; border-radius: 6px;
  padding: 4px 10px; font-size: 12px; font-weight: 500; }
QPushButton:hover, QToolButton:hover { border-color: $soft; }
QPushButton:pressed { background: $bg; }
QPushButton:disabled { color: $soft; background: $bg; }
QPushButton:focus, QToolButton:focus { border: 2px solid $accent; padding: 3px 9px; }
QPushButton[kind="primary"] { background: $accent; color: $card; border-color: $accent; }
QPushButton[kind="primary"]:disabled { background: $line; color: $soft; border-color: $line; }
QPushButton[kind="primary"]:focus { border: 2px solid $ink; }
QPushButton[kind="danger"] { background: $hot; color: $card; border-color: $hot; }
QPushButton[kind="danger"]:disabled { background: $line; color: $soft; border-color: $line; }
QPushButton[kind="danger"]:focus { border: 2px solid $ink; }
QPushButton[kind="big"] { background: $accent; color: $card; border-color: $accent; padding: 8px 20px; font-size: 14px;
  border-radius: 8px; }
QPushButton[kind="big"]:focus { border: 2px solid $ink; padding: 7px 19px; }
QPushButton[kind="ghost"], QToolButton[kind="ghost"] { background: transparent; border-color: transparent; color: $soft;
  padding: 3px 6px; }
QPushButton[kind="ghost"]:hover, QToolButton[kind="ghost"]:hover { color: $ink; border-color: $line; }
QPushButton[kind="ghost"]:focus, QToolButton[kind="ghost"]:focus { border: 2px solid $accent; padding: 2px 5px;
  color: $ink; }
QPushButton[kind="link"] { background: transparent; border: 1px solid transparent; color: $accent; padding: 3px 4px; }
QPushButton[kind="link"]:hover { border-bottom: 1px solid $accent; border-radius: 0; }
QPushButton[kind="link"]:focus { border: 2px solid $accent; padding: 2px 3px; border-radius: 6px; }
QPushButton[kind="fold"] { background: transparent; border: 1px solid transparent; color: $soft; padding: 3px 4px;
  font-weight: 600; text-align: left; }
QPushButton[kind="fold"]:hover { color: $ink; }
QPushButton[kind="fold"]:focus { border: 2px solid $accent; padding: 2px 3px; }
QPushButton[kind="cite"] { background: $accent_bg; color: $accent; border: 1px solid transparent; border-radius: 5px;
  padding: 0 5px; font-size: 11px; min-height: 15px; max-height: 15px; }
QPushButton[kind="cite"]:hover { border-color: $accent; }
QPushButton[kind="cite"]:focus { border: 1px solid $accent; background: $accent; color: $card; padding: 0 5px; }
QFrame[kind="cover"] { background: $bg; border: none; }
QPushButton[kind="chip"][on="true"] { background: $accent_bg; color: $accent; border-color: $accent; }
QPushButton[kind="chip"] { padding: 2px 8px; font-weight: 400; }
QPushButton[kind="chip"]:focus { padding: 1px 7px; }
QPushButton[kind="tab"] { background: transparent; border: 1px solid transparent; padding: 0; }
QPushButton[kind="tab"]:focus { border: 2px solid $accent; padding: 0; }
QPushButton[kind="cross"] { background: transparent; border: 1px solid transparent; color: $soft; padding: 0;
  min-width: 18px; max-width: 18px; min-height: 18px; max-height: 18px; font-size: 14px; }
QPushButton[kind="cross"]:hover { color: $ink; border-color: $line; }
QPushButton[kind="cross"]:focus { border: 2px solid $accent; padding: 0; color: $ink; }
QToolButton[hot="true"] { color: $hot; font-weight: 600; }
QPushButton[kind="toast"] { background: transparent; border: 1px solid $soft; color: $card; padding: 3px 10px; }
QPushButton[kind="toast"]:focus { border: 2px solid $card; padding: 2px 9px; }

QLineEdit, QPlainTextEdit, QSpinBox, QComboBox { background: $card; color: $ink; border: 1px solid $line;
  border-radius: 6px; padding: 5px 8px; selection-background-color: $accent; selection-color: $card; }
QLineEdit:focus, QPlainTextEdit:focus, QSpinBox:focus, QComboBox:focus { border: 2px solid $accent; padding: 4px 7px; }
QLineEdit:disabled, QSpinBox:disabled, QComboBox:disabled { background: $bg; color: $soft; }
QCheckBox:disabled { color: $soft; }
QCheckBox::indicator:disabled { background: $bg; border-color: $line; }
QCheckBox::indicator:checked:disabled { background: $soft; border-color: $soft; }
QSpinBox::up-button, QSpinBox::down-button { width: 0; border: none; }
QComboBox::drop-down { border: none; width: 24px; }
QComboBox::down-arrow { image: none; }
QComboBox QAbstractItemView { background: $card; color: $ink; border: 1px solid $line;
  selection-background-color: $accent_bg;  selection-color: $ink; outline: none; }
QCheckBox { spacing: 6px; padding: 2px; border: 1px solid transparent; border-radius: 5px; }
QCheckBox:focus { border: 1px solid $accent; }
QCheckBox::indicator { width: 14px; height: 14px; border: 1px solid $soft; border-radius: 4px; background: $card; }
QCheckBox::indicator:checked { background: $accent; border-color: $accent; }
QCheckBox[tone="soft"] { color: $soft; font-size: 12px; }

QListView { background: transparent; border: 1px solid transparent; outline: none; }
QListView:focus { border: 1px solid $accent; border-radius: 6px; }
QMenu { background: $card; color: $ink; border: 1px solid $line; padding: 4px; }
QMenu::item { padding: 6px 18px 6px 10px; border-radius: 4px; }
QMenu::item:selected { background: $accent_bg; color: $ink; }
QMenu::item:disabled { color: $soft; }
QMenu::separator { height: 1px; background: $line; margin: 4px 6px; }
QProgressBar { background: $line; border: none; border-radius: 3px; max-height: 6px; min-height: 6px; }
QProgressBar::chunk { background: $accent; border-radius: 3px; }
QScrollBar:vertical { background: transparent; width: 8px; margin: 0; }
QScrollBar::handle:vertical { background: $line; border-radius: 4px; min-height: 28px; margin: 1px; }
QScrollBar::handle:vertical:hover { background: $soft; }
QScrollBar::add-line, QScrollBar::sub-line { height: 0; width: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
QScrollBar:horizontal { height: 0; }
""")


def stylesheet(palette: Palette) -> str:
    """The style sheet for the whole application."""
    return _SHEET.substitute({name: getattr(palette, name) for name in palette.__slots__ if name != "dark"})
