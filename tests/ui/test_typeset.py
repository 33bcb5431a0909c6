from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from ui import theme
from ui.excerpts import Span
from ui.widgets.chips import CiteChip, FlowBox
from ui.widgets.prose import LONGEST, Prose
from ui.widgets.typeset import typeset, units

LONG = "It was promised for tomorrow and nobody has called me back since. " * 4


@pytest.fixture(autouse=True)
def styled(qapp: QApplication) -> None:
    """Chips have their size from the style sheet."""
    theme.apply(qapp, theme.LIGHT)


@given(st.text(st.characters(codec="utf-8"), max_size=80))
def test_units_are_those_of_utf16(text: str) -> None:
    assert units(text) == len(text.encode("utf-16-le")) // 2


@settings(max_examples=40, deadline=None)
@given(st.text(st.characters(codec="utf-8"), max_size=200), st.integers(40, 400), st.integers(0, 3))
def test_never_more_lines_than_asked_for(qapp: QApplication, text: str, width: int, most: int) -> None:
    laid = typeset(text, QFont(), width, 19, most=most)
    assert laid.lines <= most or most == 0
    assert laid.lines == laid.layout.lineCount()


def test_cut_text_ends_in_an_ellipsis(qapp: QApplication) -> None:
    laid = typeset(LONG, QFont(), 200, 19, most=2)
    assert laid.lines == 2
    assert laid.layout.text().rstrip().endswith("…")
    assert laid.layout.lineAt(1).naturalTextWidth() <= 200


def test_height_follows_the_width(qtbot: QtBot) -> None:
    prose = Prose()
    qtbot.addWidget(prose)
    prose.set_text(LONG)
    assert prose.heightForWidth(150) > prose.heightForWidth(300) > 19
    prose.set_max_lines(1)
    assert prose.heightForWidth(150) == 19


@pytest.mark.parametrize("width", range(90, 400, 7))
def test_a_chip_never_stands_outside_or_alone(qtbot: QtBot, width: int) -> None:
    prose = Prose()
    qtbot.addWidget(prose)
    prose.set_text("Called twice last week; told tomorrow each time.")
    chip = CiteChip(4)
    prose.set_chips([chip])
    prose.resize(width, prose.heightForWidth(width))
    prose.show()  # a hidden widget is told of its size only when it is shown
    assert 0 < chip.x() <= width - chip.width(), "a word stands before it, and it fits"
    assert chip.geometry().bottom() <= prose.heightForWidth(width)


def test_emoji_before_a_mark_do_not_shift_it(qtbot: QtBot) -> None:
    prose = Prose()
    qtbot.addWidget(prose)
    prose.set_text("🙈🙈 this is ridiculous", [Span(11, 21, "evidence")])
    prose.resize(300, 20)
    formats = prose._lay(300).layout.formats()
    assert [(f.start, f.length) for f in formats] == [(13, 10)]


def test_right_to_left_and_control_characters_are_drawn(qtbot: QtBot) -> None:
    prose = Prose()
    qtbot.addWidget(prose)
    prose.set_text("\u202eשלום \x00 <b>עולם</b>\n🙂", [Span(1, 5, "evidence")])
    prose.resize(200, 60)
    assert not prose.grab().isNull()


def test_endless_text_is_cut_before_it_is_laid_out(qtbot: QtBot) -> None:
    prose = Prose()
    qtbot.addWidget(prose)
    prose.set_text("word " * 200_000)
    assert len(prose.text()) == LONGEST


def test_flow_box_wraps_within_its_width(qtbot: QtBot) -> None:
    box = FlowBox()
    qtbot.addWidget(box)
    chips = [CiteChip(n) for n in range(40)]
    box.set_items(chips)
    box.resize(200, box.heightForWidth(200))
    box.show()
    assert max(c.geometry().right() for c in chips) <= 200
    assert max(c.geometry().bottom() for c in chips) <= box.height()
    assert box.heightForWidth(100) > box.heightForWidth(200)
