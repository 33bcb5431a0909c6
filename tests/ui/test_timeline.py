"""The timeline in words, by mouse and by keyboard, with none, one, two and two hundred readings."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from fake_desk import conversation_of
from fake_feelings import HARD, RELIEF, hard_mood, reading
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from agent_assist.records import EmotionReading, Label, Mood
from ui import theme
from ui.widgets import curve as curve_drawing
from ui.widgets.curve import Curve, words_box
from ui.widgets.timeline import Timeline
from ui.words import Point, points

MOOD = hard_mood(conversation_of(HARD + RELIEF))


@pytest.fixture
def line(qtbot: QtBot) -> Iterator[Timeline]:
    made = Timeline()
    qtbot.addWidget(made)
    made.resize(360, made.height())
    made.show()
    yield made


def walk(line: Timeline, *keys: Qt.Key) -> str:
    for key in keys:
        QTest.keyClick(line, key)
    return line.readout()


def test_every_turn_is_read_out_by_keyboard(line: Timeline) -> None:
    line.show_mood(MOOD)
    line.setFocus()
    key = Qt.Key
    assert walk(line, key.Key_Home) == "Turn 1 · Calm. low distress, 18% · then confused 20%, stressed 10%"
    assert walk(line, key.Key_Right) == "Turn 3 · Unclear. some distress, 36% · perhaps confused 34% or frustrated 30%"
    assert walk(line, key.Key_Right).startswith("Turn 5 · Frustrated · turned here. very high distress, 86%")
    assert walk(line, key.Key_Right) == "Turn 7 · not read: other language"
    assert walk(line, key.Key_End).startswith("Turn 9 · Satisfied · relieved here. low distress, 14%")
    assert walk(line, key.Key_Right).startswith("Turn 9")
    assert line.accessibleDescription() == line.readout() == line.toolTip()


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space])
def test_keys_go_to_the_turn(qtbot: QtBot, line: Timeline, key: Qt.Key) -> None:
    line.show_mood(MOOD)
    line.setFocus()
    QTest.keyClick(line, Qt.Key.Key_Home)
    with qtbot.waitSignal(line.asked) as asked:
        QTest.keyClick(line, key)
    assert asked.args == [0]


def test_hover_reads_out_and_a_click_goes_there(qtbot: QtBot, line: Timeline) -> None:
    line.show_mood(MOOD)
    at = line._curve().at(2).toPoint()
    heads: list[str] = []
    line.read_out.connect(lambda head, _detail: heads.append(head))
    QTest.mouseMove(line, at + QPoint(2, 0))
    qtbot.waitUntil(lambda: heads == ["Turn 5 · Frustrated · turned here"])
    with qtbot.waitSignal(line.asked) as asked:
        QTest.mouseClick(line, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, at)
    assert asked.args == [4]


def test_a_correction_is_said(line: Timeline) -> None:
    corrected = replace(MOOD.readings[0], label=Label.STRESS, corrected=True)
    line.show_mood(replace(MOOD, readings=(corrected, *MOOD.readings[1:])))
    line.setFocus()
    assert walk(line, Qt.Key.Key_Home).startswith("Turn 1 · Stressed · corrected.")


def test_what_is_looked_at_stays_when_the_mood_is_read_again(line: Timeline) -> None:
    line.show_mood(MOOD)
    line.setFocus()
    walk(line, Qt.Key.Key_Home, Qt.Key.Key_Right)
    line.show_mood(replace(MOOD, unread=()))
    assert line.readout().startswith("Turn 3")


@pytest.mark.parametrize("count", [0, 1, 2, 200])
def test_any_number_of_readings(qtbot: QtBot, line: Timeline, count: int) -> None:
    line.show_mood(Mood(tuple(reading(2 * n, Label.ANGER, 0.9, (n % 10) / 10) for n in range(count))))
    line.setFocus()
    assert not line.grab().isNull()
    walk(line, Qt.Key.Key_Home)
    assert line.readout().startswith("Turn 1 ·") == bool(count)
    walk(line, Qt.Key.Key_End)
    assert line.readout().startswith(f"Turn {2 * count - 1} ·") == bool(count)
    assert line.accessibleDescription()


def test_only_turns_that_are_not_read(line: Timeline) -> None:
    line.show_mood(Mood((), unread=(0, 2)))
    assert not line.grab().isNull()
    assert line.accessibleDescription() == "2 turns not read: other language."
    line.setFocus()
    assert walk(line, Qt.Key.Key_Home) == "Turn 1 · not read: other language"


def test_a_turn_that_is_not_read_is_a_gap_on_the_floor() -> None:
    curve = Curve(points(MOOD), 360, 84)
    assert curve.stretches() == [[0, 1, 2], [4]]
    assert curve.at(3).y() == curve.y(0)


def test_no_line_crosses_the_gap(line: Timeline) -> None:
    readings = (reading(0, Label.ANGER, 0.9, 0.9), reading(4, Label.ANGER, 0.9, 0.9))
    line.show_mood(Mood(readings, unread=(2,)))
    assert not has_colour(line, 1), "no line between the two readings"
    line.show_mood(Mood(readings))
    assert has_colour(line, None), "without the gap there is one"


def has_colour(line: Timeline, gap: int | None) -> bool:
    """Whether the line's colour stands half way between the first and the last reading, at their height."""
    curve = line._curve()
    x = (curve.at(0).x() + curve.at(len(curve.points) - 1).x()) / 2
    image = line.grab().toImage()
    hot = QColor(theme.active().hot)
    seen = [image.pixelColor(round(x), round(curve.at(0).y()) + dy) for dy in (-1, 0, 1)]
    return any(abs(c.red() - hot.red()) + abs(c.green() - hot.green()) + abs(c.blue() - hot.blue()) < 60 for c in seen)


def test_a_recovery_is_drawn_in_the_colour_of_satisfaction(line: Timeline) -> None:
    line.show_mood(MOOD)
    assert line.grab().toImage().pixelColor(line._curve().at(4).toPoint()) == QColor(theme.active().better)


def test_the_marks_words_stay_inside() -> None:
    for distress in (0.0, 0.2, 0.5, 1.0):
        mood = Mood(tuple(reading(n, Label.ANGER, 0.9, d) for n, d in enumerate((1.0, distress, 1.0))))
        box = words_box(Curve(points(mood), 360, 64), 1, 70)
        assert box is None or (box.top() >= 0 and box.bottom() <= 64)


def test_the_whole_line_is_spoken(line: Timeline) -> None:
    line.show_mood(MOOD)
    assert line.accessibleDescription() == (
        "From calm, distress 18%, to satisfied, 14%, turned at turn 5, relieved at turn 9, "
        "1 turn not read: other language."
    )


def test_the_line_of_a_very_long_conversation_keeps_its_ends_and_its_peaks() -> None:
    levels = [0.9 if n == 777 else 0.0 if n == 1200 else 0.4 for n in range(2000)]
    readings = [EmotionReading(n, Label.NEUTRAL, d, 0.0, 0.0, {Label.NEUTRAL: 1.0}, ()) for n, d in enumerate(levels)]
    curve = Curve(tuple(Point(r.turn, r) for r in readings), 380, 90)
    drawn = curve_drawing._drawn(curve, range(2000))
    assert {0, 777, 1200, 1999} <= set(drawn) and len(drawn) < 300 and list(drawn) == sorted(drawn)
    assert list(curve_drawing._drawn(curve, range(100))) == list(range(100))
