"""How the window keeps up with a stream: real socket, real stream, real readings, its event loop measured.

    python tests/ui/streaming.py [--rate 100] [--seconds 20] [--open] [--beside N]

A second process shows windows of the last six messages, one message more each time, as a browser's page does. Prints
one JSON object: the largest gap of the event loop in ms, how many turns came and were read, and how long a turn took
from the socket to the list (in ms). There is no language model: replies come from the phrase bank.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
sys.path[:0] = [str(Path(__file__).parents[2]), str(Path(__file__).parent)]

from heartbeat import Heartbeat  # noqa: E402  # the path stands first
from PySide6.QtCore import QEventLoop, QTimer  # noqa: E402

from agent_assist.paths import Places  # noqa: E402
from agent_assist.pipeline import Desk  # noqa: E402
from agent_assist.records import ArrivalEvent, Arrived  # noqa: E402
from agent_assist.settings import PROGRAMS, Settings  # noqa: E402
from ui.app import App, prepare  # noqa: E402

SHOWN = 6
STALL_S = 0.05
SENDER = """
import sys, time, pathlib
from agent_assist.capture.hook.client import Client
from agent_assist.capture.hook.endpoint import socket_path
from agent_assist.capture.hook.protocol import SeenMessage, Show
from agent_assist.paths import Places
from agent_assist.records import Speaker, Way
home, rate, count, channel, shown = sys.argv[1], float(sys.argv[2]), int(sys.argv[3]), sys.argv[4], int(sys.argv[5])
SAID = ("My order {n} is still not here and nobody answers me.", "Thank you, that was quick, number {n}!",
        "This is ridiculous, {n} days of waiting and you tell me to wait again?!", "Where do I find invoice {n}?",
        "I do not understand what step {n} means, could you explain it once more please?")
def message(n):
    text = SAID[n // 2 % len(SAID)].format(n=n) if n % 2 == 0 else f"I am looking into number {n} for you right now."
    return SeenMessage(text, Speaker.AGENT if n % 2 else Speaker.CUSTOMER, key=f"k{n}", name="Sam" if n % 2 else "Maya")
with Client(socket_path(Places(pathlib.Path(home))), Way.PUSH, "streaming") as client:
    began = time.monotonic()
    for n in range(count):
        time.sleep(max(0.0, began + n / rate - time.monotonic()))
        client.ask(Show(channel, [message(k) for k in range(max(0, n - shown + 1), n + 1)], whole=n < shown))
"""


@dataclass(frozen=True)
class Figures:
    """What was measured; times in milliseconds, the stream's length in seconds.

    `worst_work` is the processor time that the window's thread took in its busiest gap: what is left of a stall on a
    machine that nothing else uses.
    """

    turns: int
    read: int
    seconds: float
    worst_stall: float
    stalls_over_50: int
    worst_work: float
    beats: int
    delay_median: float
    delay_p95: float


class Beats(Heartbeat):
    """A heartbeat that also counts the gaps above 50 ms, and how long of a gap this thread itself worked."""

    def __init__(self) -> None:
        self.over, self.worked, self._cpu = 0, 0.0, time.thread_time()
        super().__init__()

    def begin(self) -> None:
        """Forgets what was before."""
        super().begin()
        self.over, self.worked, self._cpu = 0, 0.0, time.thread_time()

    def _beat(self) -> None:
        self.over += (time.perf_counter() - self._last) > STALL_S
        cpu = time.thread_time()
        self.worked, self._cpu = max(self.worked, (cpu - self._cpu) * 1000), cpu
        super()._beat()


def measure(home: Path, rate: float, seconds: float, *, opened: bool, beside: int) -> Figures:
    """Streams into a fresh installation's window.

    Args:
        home: data folder, empty.
        rate: turns a second, of all conversations together.
        seconds: for so long.
        opened: whether the list of turns is unfolded.
        beside: conversations beside the open one that are streamed too.
    """
    places = Places(home)
    places.create()
    settings = Settings(places.settings)
    settings.set(PROGRAMS, True)
    app = App(Desk(places, settings))
    flow, page = app.window.flow, app.window.conversation
    told: dict[int, float] = {}
    channel = "case-0"
    tell = app.window.streams.tell

    def note(event: ArrivalEvent) -> None:
        if isinstance(event, Arrived) and event.channel == channel:
            told.update(dict.fromkeys(event.added, time.monotonic()))
        tell(event)

    app.window.streams.tell = note  # type: ignore[method-assign]  # only to know when a turn came
    app.start()
    app.window.resize(420, 1010)
    _until(lambda: app.window.attending.line.isVisible(), 30)
    _until(lambda: bool(app.window.models.rows), 30)
    app.window.go_back()
    flow.try_sample()
    _until(lambda: flow.mood is not None, 60)  # the emotion model is loaded
    flow.new()
    _pause(1.0)
    delays: list[float] = []

    def shown(_parent: object, first: int, last: int) -> None:
        delays.extend(time.monotonic() - told[i] for i in range(first, last + 1) if i in told)

    page.turns.model.rowsInserted.connect(shown)
    heart, count = Beats(), int(rate * seconds / (beside + 1))
    began = time.monotonic()
    senders = [_send(home, rate / (beside + 1), count, f"case-{n}") for n in range(beside + 1)]
    _until(lambda: flow.conversation is not None, 30)
    page.turns.set_open(opened)
    _pause(0.2)
    heart.begin()
    wanted = count
    _until(lambda: flow.conversation is not None and len(flow.conversation.turns) >= wanted, seconds * 3 + 30)
    _until(lambda: all(sender.poll() is not None for sender in senders), 30)
    took = time.monotonic() - began
    _until(lambda: flow.mood is not None and len(flow.mood.readings) * 2 >= wanted - 1, 180)
    figures = Figures(
        turns=len(flow.conversation.turns) if flow.conversation is not None else 0,
        read=len(flow.mood.readings) if flow.mood is not None else 0,
        seconds=round(took, 1),
        worst_stall=round(heart.worst, 1),
        stalls_over_50=heart.over,
        worst_work=round(heart.worked, 1),
        beats=heart.beats,
        delay_median=round(1000 * statistics.median(delays or [0.0]), 1),
        delay_p95=round(1000 * statistics.quantiles(delays or [0.0, 0.0], n=20)[-1], 1),
    )
    app.close()
    app.window.close()
    return figures


def _send(home: Path, rate: float, count: int, channel: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-c", SENDER, str(home), str(rate), str(count), channel, str(SHOWN)]
    return subprocess.Popen(command, cwd=Path(__file__).parents[2])


def _until(done: Callable[[], bool], seconds: float) -> None:
    end = time.monotonic() + seconds
    while not done():
        if time.monotonic() > end:
            raise TimeoutError("the window did not get there in time")
        _pause(0.05)


def _pause(seconds: float) -> None:
    loop = QEventLoop()
    QTimer.singleShot(int(1000 * seconds), loop.quit)
    loop.exec()


def main() -> None:
    """Measures once and prints."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rate", type=float, default=100.0, help="turns a second")
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--open", action="store_true", help="with the list of turns unfolded")
    parser.add_argument("--beside", type=int, default=0, help="conversations streamed beside the open one")
    args = parser.parse_args()
    qt = prepare(sys.argv[:1])
    with tempfile.TemporaryDirectory() as home:
        figures = measure(Path(home) / "data", args.rate, args.seconds, opened=args.open, beside=args.beside)
    print(json.dumps(asdict(figures)))  # noqa: T201  # printing is its work
    qt.quit()


if __name__ == "__main__":
    main()
