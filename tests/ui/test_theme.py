from __future__ import annotations

import itertools

import pytest
from PySide6.QtWidgets import QApplication, QLabel

from ui import theme
from ui.theme import DARK, LIGHT, Palette, contrast

ROLES = ("calm", "uneasy", "hot", "better", "ok", "accent", "care", "grey")


def test_contrast_of_known_pairs() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21.0)
    assert contrast("#ffffff", "#ffffff") == pytest.approx(1.0)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
def test_all_text_is_readable(palette: Palette) -> None:
    grounds = ("bg", "card")
    pairs = [*itertools.product(("ink", "soft", *ROLES), grounds), *((r, f"{r}_bg") for r in ROLES)]
    pairs += [("ink", "hot_bg"), ("ink", "uneasy_bg"), ("soft", "uneasy_bg"), ("soft", "hot_bg"), ("ink", "accent_bg")]
    pairs += [("card", "accent"), ("card", "ink"), ("accent", "hot_bg")]
    pairs += [("ink", "care_bg"), ("soft", "care_bg"), ("ink", "better_bg"), ("accent", "accent_bg")]
    too_low = {
        (text, ground): round(ratio, 2)
        for text, ground in pairs
        if (ratio := contrast(getattr(palette, text), getattr(palette, ground))) < 4.5
    }
    assert not too_low


def test_roles_differ_within_a_theme() -> None:
    for palette in (LIGHT, DARK):
        assert len({palette.text("calm").name(), palette.text("uneasy").name(), palette.text("hot").name()}) == 3


def test_care_is_no_alarm() -> None:
    """Its hue is well away from red, and from the colours of feelings."""
    for palette in (LIGHT, DARK):
        care = palette.text("care").hslHue()
        for role in ("hot", "uneasy", "better", "calm"):
            apart = abs(care - palette.text(role).hslHue())
            assert min(apart, 360 - apart) >= 40, (palette.dark, role)


def test_setting_beats_the_system(qapp: QApplication) -> None:
    assert theme.wanted("dark") is DARK
    assert theme.wanted("light") is LIGHT
    assert theme.wanted("system") in (LIGHT, DARK)


def test_switching_restyles_living_widgets(qapp: QApplication) -> None:
    label = QLabel("x")
    label.setProperty("tone", "hot")
    theme.apply(qapp, DARK)
    label.ensurePolished()
    assert label.palette().windowText().color().name() == DARK.hot
    theme.apply(qapp, LIGHT)
    label.ensurePolished()
    assert label.palette().windowText().color().name() == LIGHT.hot
    assert theme.active() is LIGHT
