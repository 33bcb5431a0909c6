"""Light and dark: the palettes, the style sheet made from them, and which one is in force."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication

from ui.stylesheet import stylesheet

Role = Literal["calm", "uneasy", "hot", "better", "ok", "accent", "care", "grey"]
FAMILIES = ["Inter", "Segoe UI", "SF Pro Text", "Noto Sans", "Cantarell", "DejaVu Sans Condensed", "sans-serif"]
BASE_PX = 13


@dataclass(frozen=True, slots=True)
class Palette:
    """The colours of one theme, `#rrggbb`. A role has a text colour and a tint behind it of at least 4.5:1."""

    dark: bool
    bg: str
    card: str
    line: str
    ink: str
    soft: str
    accent: str
    accent_bg: str
    calm: str
    calm_bg: str
    uneasy: str
    uneasy_bg: str
    hot: str
    hot_bg: str
    better: str
    better_bg: str
    ok: str
    ok_bg: str
    care: str
    care_bg: str
    grey: str
    grey_bg: str

    def text(self, role: Role) -> QColor:
        """The colour of words and lines in a role."""
        return QColor(getattr(self, role))

    def tint(self, role: Role) -> QColor:
        """The fill behind words in a role."""
        return QColor(getattr(self, f"{role}_bg"))


LIGHT = Palette(
    dark=False,
    bg="#f6f7f9",
    card="#ffffff",
    line="#e3e6eb",
    ink="#1b2330",
    soft="#596273",
    accent="#2f5fd0",
    accent_bg="#e9effc",
    calm="#0f766e",
    calm_bg="#e6f5f2",
    uneasy="#8f5a00",
    uneasy_bg="#fdf3e0",
    hot="#b4232f",
    hot_bg="#fdecee",
    better="#1f6fa8",
    better_bg="#e8f3fb",
    ok="#1c7c4a",
    ok_bg="#e7f6ee",
    care="#6b3fa0",
    care_bg="#f3ecfb",
    grey="#596273",
    grey_bg="#eef0f4",
)
DARK = Palette(
    dark=True,
    bg="#14181f",
    card="#1c222c",
    line="#2c3440",
    ink="#e7ebf1",
    soft="#a3adbb",
    accent="#8fb0ff",
    accent_bg="#22304d",
    calm="#5cc8bb",
    calm_bg="#17342f",
    uneasy="#e5b04c",
    uneasy_bg="#372b15",
    hot="#ff8b93",
    hot_bg="#3b2026",
    better="#7dbcf0",
    better_bg="#1a3145",
    ok="#6fcf97",
    ok_bg="#183325",
    care="#cbaaf7",
    care_bg="#2d2340",
    grey="#a3adbb",
    grey_bg="#29303c",
)

_active = LIGHT


def active() -> Palette:
    """The palette in force, for widgets that paint themselves."""
    return _active


def wanted(choice: str) -> Palette:
    """The palette for a setting: "light", "dark", or as the system has it."""
    system_is_dark = QGuiApplication.styleHints().colorScheme() is Qt.ColorScheme.Dark
    return DARK if choice == "dark" or (choice == "system" and system_is_dark) else LIGHT


def apply(app: QApplication, palette: Palette) -> None:
    """Puts a palette in force; every widget gets a style change and repaints."""
    global _active
    _active = palette
    font = QFont()
    font.setFamilies(FAMILIES)
    font.setPixelSize(BASE_PX)
    app.setFont(font)
    colours = QPalette()
    for role, colour in (
        (QPalette.ColorRole.Window, palette.bg),
        (QPalette.ColorRole.Base, palette.card),
        (QPalette.ColorRole.AlternateBase, palette.bg),
        (QPalette.ColorRole.Button, palette.card),
        (QPalette.ColorRole.WindowText, palette.ink),
        (QPalette.ColorRole.Text, palette.ink),
        (QPalette.ColorRole.ButtonText, palette.ink),
        (QPalette.ColorRole.ToolTipBase, palette.card),
        (QPalette.ColorRole.ToolTipText, palette.ink),
        (QPalette.ColorRole.PlaceholderText, palette.soft),
        (QPalette.ColorRole.Highlight, palette.accent),
        (QPalette.ColorRole.HighlightedText, palette.card),
        (QPalette.ColorRole.Link, palette.accent),
    ):
        colours.setColor(role, QColor(colour))
    app.setPalette(colours)
    app.setStyleSheet(stylesheet(palette))


def apply_setting(choice: str) -> None:
    """Puts the palette of a setting in force: "light", "dark", or "system"."""
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    apply(app, wanted(choice))


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours, 1 to 21 (WCAG 2.2, "contrast ratio")."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    def linear(channel: float) -> float:
        return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4

    c = QColor(colour)
    return 0.2126 * linear(c.redF()) + 0.7152 * linear(c.greenF()) + 0.0722 * linear(c.blueF())
