"""The key combination, on a real X server pressed by another program; and what is said where there is none."""

from __future__ import annotations

import os
import shutil
import subprocess
import threading
from collections.abc import Iterator

import pytest

from agent_assist.capture.watch.desktop import front_programs
from agent_assist.capture.watch.hotkey import Hotkey
from agent_assist.errors import KnownError

LONG = 15.0


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """The name of an X server of our own."""
    if not shutil.which("Xvfb") or not shutil.which("xdotool"):
        pytest.skip("no X server to press keys on: install xvfb and xdotool")
    read, write = os.pipe()
    xvfb = subprocess.Popen(
        ["Xvfb", "-displayfd", str(write), "-screen", "0", "640x480x24", "-nolisten", "tcp"],
        pass_fds=(write,),
        stderr=subprocess.DEVNULL,
    )
    os.close(write)
    with os.fdopen(read) as pipe:
        name = f":{pipe.readline().strip()}"
    yield name
    xvfb.terminate()
    xvfb.wait(LONG)


@pytest.fixture
def x11(server: str, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("DISPLAY", server)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    monkeypatch.setenv("XDG_SESSION_TYPE", "x11")
    return server


def press(server: str, keys: str) -> None:
    subprocess.run(["xdotool", "key", keys], env={**os.environ, "DISPLAY": server}, check=True, timeout=LONG)


@pytest.mark.parametrize("keys", ["<ctrl>+<alt>+a", "Ctrl + Alt + A", "<CTRL>+<alt>+a"])
def test_the_keys_are_heard_and_others_are_not(x11: str, keys: str) -> None:
    heard = threading.Semaphore(0)
    hotkey = Hotkey(keys, heard.release)
    hotkey.start()
    try:
        for other in ("a", "ctrl+a", "alt+a", "ctrl+alt+b"):
            press(x11, other)
        press(x11, "ctrl+alt+a")
        assert heard.acquire(timeout=LONG)
        press(x11, "ctrl+alt+a")
        assert heard.acquire(timeout=LONG)
        assert not heard.acquire(blocking=False)
    finally:
        hotkey.close()
        hotkey.close()


def test_nothing_is_heard_once_closed(x11: str) -> None:
    heard, control = threading.Semaphore(0), threading.Semaphore(0)
    hotkey = Hotkey("<ctrl>+<alt>+k", heard.release)
    hotkey.start()
    hotkey.close()
    other = Hotkey("<ctrl>+<alt>+k", control.release)
    other.start()
    press(x11, "ctrl+alt+k")
    assert control.acquire(timeout=LONG)
    assert not heard.acquire(blocking=False)
    other.close()


@pytest.mark.parametrize("keys", ["a", "<shift>+a", "<ctrl>", "<ctrl>+<alt>", "", "<ctrl>+", "<ctrl>+a+b", "+"])
def test_keys_that_typing_would_press_are_refused(x11: str, keys: str) -> None:
    with pytest.raises(KnownError, match=r"needs <ctrl>, <alt> or <cmd> with one more key"):
        Hotkey(keys, lambda: None)


@pytest.mark.parametrize("keys", ["<ctrl>+<nonsense>", "<ctrl>+<ctrl>+a", "<ctrl>+hello"])
def test_keys_that_are_not_written_right_are_refused(x11: str, keys: str) -> None:
    with pytest.raises(KnownError, match="not written right"):
        Hotkey(keys, lambda: None)


def test_wayland_and_no_desktop_are_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-0")
    with pytest.raises(KnownError, match="Wayland lets no program hear keys"):
        Hotkey("<ctrl>+<alt>+a", lambda: None)
    monkeypatch.delenv("WAYLAND_DISPLAY")
    monkeypatch.setenv("XDG_SESSION_TYPE", "tty")
    monkeypatch.delenv("DISPLAY", raising=False)
    with pytest.raises(KnownError, match="no desktop"):
        Hotkey("<ctrl>+<alt>+a", lambda: None)
    assert front_programs() == ()


def test_a_display_that_does_not_answer_is_said_and_tells_no_program(monkeypatch: pytest.MonkeyPatch) -> None:
    code = (
        "from agent_assist.capture.watch.hotkey import Hotkey\n"
        "from agent_assist.capture.watch.desktop import front_programs\n"
        "from agent_assist.errors import KnownError\n"
        "assert front_programs() == ()\n"
        "try:\n    Hotkey('<ctrl>+<alt>+a', print)\nexcept KnownError as error:\n    print(error)\n"
    )
    import sys

    env = {**os.environ, "DISPLAY": ":9731", "XDG_SESSION_TYPE": "x11"}
    env.pop("WAYLAND_DISPLAY", None)
    # In a process of its own: pynput, once imported, stays.
    done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, timeout=60)
    assert "no desktop" in done.stdout and not done.stderr


def test_the_program_in_front_is_told(x11: str) -> None:
    from Xlib import X, Xatom, display  # type: ignore[import-untyped]  # ships no type information

    shown = display.Display(x11)
    root = shown.screen().root
    window = root.create_window(0, 0, 10, 10, 0, X.CopyFromParent)
    window.set_wm_class("keepassxc", "KeePassXC")
    root.change_property(shown.intern_atom("_NET_ACTIVE_WINDOW"), Xatom.WINDOW, 32, [window.id])
    shown.sync()
    assert front_programs() == ("keepassxc", "KeePassXC")
    window.destroy()
    shown.sync()
    assert front_programs() == ()
    shown.close()
