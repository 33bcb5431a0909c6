"""The window never waits: no stall above 50 ms. The machine is shared, so the best of three tries counts."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from fake_desk import SAMPLE, FakeDesk
from heartbeat import Heartbeat
from opening import Open
from PySide6.QtWidgets import QListView
from pytestqt.qtbot import QtBot

from ui.sidebar import Sidebar

STALL_MS = 50.0
TRIES = 3


def long_conversation(turns: int, salt: int) -> str:
    lines = []
    for n in range(turns // 2):
        lines.append(
            f"Maya: Message {n} of run {salt}: this is taking far too long, I have asked for it three times 🙈."
        )
        lines.append("Sam: I am looking into it for you and will be right back with what the warehouse says about it.")
    return "\n".join(lines)


def best_stall(run: Callable[[int], float]) -> float:
    worst = []
    for n in range(TRIES):
        worst.append(run(n))
        if worst[-1] <= STALL_MS:
            break
    return min(worst)


def test_pasting_two_thousand_turns_never_stalls(qtbot: QtBot, window: Sidebar) -> None:
    heart = Heartbeat()
    turns = window.conversation.turns

    def once(n: int) -> float:
        text = long_conversation(2000, n)
        heart.begin()
        window.flow.paste(text)
        qtbot.waitUntil(lambda: turns.model.rowCount() == 2000 and window.flow.assist is not None, timeout=20000)
        turns.go_to(1500)
        qtbot.waitUntil(lambda: turns.list.currentIndex().row() == 1500, timeout=10000)
        qtbot.wait(100)
        window.flow.new()
        return heart.worst

    assert best_stall(once) <= STALL_MS
    heart.stop()
    assert turns.list.layoutMode() is QListView.LayoutMode.Batched
    assert len(turns.list.findChildren(type(turns.fold))) == 0, "rows are drawn, not made of widgets"


def test_streaming_sixty_events_a_second_never_stalls(qtbot: QtBot, desk: FakeDesk, window: Sidebar) -> None:
    desk.paced, desk.words_per_event = 1 / 60, 1
    heart = Heartbeat()

    def once(_n: int) -> float:
        window.flow.new()
        window.flow.try_sample()
        qtbot.waitUntil(lambda: window.flow.running)
        heart.begin()
        qtbot.waitUntil(lambda: not window.flow.running, timeout=15000)
        return heart.worst

    assert best_stall(once) <= STALL_MS
    heart.stop()


def test_the_window_shows_before_anything_slow(open_app: Open, desk: FakeDesk, qtbot: QtBot) -> None:
    desk.read_gate.clear()
    app = open_app(desk)
    assert app.window.isVisible()
    app.window.flow.paste(SAMPLE)
    qtbot.wait(20)
    desk.read_gate.set()
    qtbot.waitUntil(lambda: app.window.flow.mood is not None)


def test_importing_the_window_loads_nothing_heavy() -> None:
    code = (
        "import sys, time; t = time.perf_counter(); import ui.app; t = time.perf_counter() - t; "
        "names = ('numpy', 'onnxruntime', 'tokenizers', 'llama_cpp', 'peewee', 'keyring'); "
        "heavy = [m for m in names if m in sys.modules]; "
        "print(t); assert not heavy, heavy"
    )
    root = Path(__file__).parents[2]
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert float(done.stdout) < 2.0
