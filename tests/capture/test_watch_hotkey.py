"""The key combination, on a real X server pressed by another program; and what is said where there is none."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator

import pytest
from Xlib import XK, X, Xatom, display  # type: ignore[import-untyped]  # ships no type information

from agent_assist.capture.watch.desktop import front_programs
from agent_assist.capture.watch.hotkey import Hotkey
from agent_assist.capture.watch.keys import Keys
from agent_assist.errors import KnownError

LONG = 30.0
REPEATS_S = 1.5
"""By then a key that is held down has repeated: the server's own delay is 660 ms or less."""


class XServer:
    """An X server of our own; a test may lock or remap its keys."""

    def __init__(self) -> None:
        read, write = os.pipe()
        self._process = subprocess.Popen(
            # Else it would begin anew, and take nobody meanwhile, whenever the last program leaves it.
            ["Xvfb", "-noreset", "-displayfd", str(write), "-screen", "0", "640x480x24", "-nolisten", "tcp"],
            pass_fds=(write,),
            stderr=subprocess.DEVNULL,
        )
        os.close(write)
        with os.fdopen(read) as pipe:
            self.name = f":{pipe.readline().strip()}"

    def end(self) -> None:
        self._process.terminate()
        self._process.wait(LONG)


@pytest.fixture
def xvfb() -> Iterator[XServer]:
    if not shutil.which("Xvfb") or not shutil.which("xdotool"):
        pytest.skip("no X server to press keys on: install xvfb and xdotool")
    server = XServer()
    yield server
    server.end()


@pytest.fixture
def x11(xvfb: XServer, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("DISPLAY", xvfb.name)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    monkeypatch.setenv("XDG_SESSION_TYPE", "x11")
    return xvfb.name


class Ear:
    """A key that is heard, and how often."""

    def __init__(self, keys: str) -> None:
        self._heard = threading.Semaphore(0)
        self.hotkey = Hotkey(keys, self._heard.release)

    def __enter__(self) -> Ear:
        self.hotkey.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.hotkey.close()

    def hears(self) -> bool:
        """Whether it was pressed once more; waits for that."""
        return self._heard.acquire(timeout=LONG)

    def heard(self) -> bool:
        """Whether it was pressed once more already."""
        return self._heard.acquire(blocking=False)


@pytest.fixture
def x_server(x11: str) -> Iterator[display.Display]:
    shown = display.Display(x11)
    yield shown
    shown.close()


def do(server: str, *words: str) -> None:
    subprocess.run(["xdotool", *words], env={**os.environ, "DISPLAY": server}, check=True, timeout=LONG)


def press(server: str, *keys: str) -> None:
    for one in keys:
        do(server, "key", one)


def ears() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "hotkey"]


# --- what is heard


@pytest.mark.parametrize("keys", ["<ctrl>+<alt>+a", "Ctrl + Alt + A", "<CTRL>+<alt>+a"])
def test_the_keys_are_heard_and_others_are_not(x11: str, keys: str) -> None:
    with Ear(keys) as ear:
        press(x11, "a", "ctrl+a", "alt+a", "ctrl+alt+b", "ctrl+alt+shift+a", "ctrl+alt+super+a", "ctrl+alt+a")
        assert ear.hears()
        press(x11, "ctrl+alt+a")
        assert ear.hears()
        assert not ear.heard()
        ear.hotkey.close()
        ear.hotkey.close()


@pytest.mark.parametrize(
    ("keys", "pressed"),
    [
        ("<cmd>+k", "super+k"),
        ("<super>+k", "super+k"),
        ("Win+K", "super+k"),
        ("<ctrl>+<f9>", "ctrl+F9"),
        ("Ctrl+Space", "ctrl+space"),
        ("<alt>+7", "alt+7"),
        ("<ctrl>+<shift>+<page_up>", "ctrl+shift+Page_Up"),
        ("<ctrl>+?", "ctrl+shift+slash"),
    ],
)
def test_every_kind_of_key_can_be_chosen(x11: str, keys: str, pressed: str) -> None:
    with Ear(keys) as ear:
        press(x11, pressed)
        assert ear.hears()


@pytest.mark.parametrize("locks", [("Num_Lock",), ("Caps_Lock",), ("Num_Lock", "Caps_Lock")])
def test_locks_make_no_difference(x11: str, x_server: display.Display, locks: tuple[str, ...]) -> None:
    with Ear("<ctrl>+<alt>+a") as ear:
        press(x11, *locks)
        state = x_server.screen().root.query_pointer().mask
        assert bool(state & X.LockMask) is ("Caps_Lock" in locks) and bool(state & X.Mod2Mask) is ("Num_Lock" in locks)
        # xdotool would take Caps Lock back for the moment in which it presses a letter by its name.
        do(x11, "key", "ctrl+alt+38")
        assert ear.hears()


def test_a_key_that_is_held_down_counts_once(x11: str) -> None:
    with Ear("<ctrl>+<alt>+a") as ear:
        do(x11, "keydown", "ctrl", "keydown", "alt", "keydown", "a", "sleep", str(REPEATS_S))
        assert ear.hears()
        do(x11, "keyup", "a", "keydown", "a", "keyup", "a", "keyup", "alt", "keyup", "ctrl")
        assert ear.hears()
        assert not ear.heard()


def test_the_x_server_sends_no_other_key(x11: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from agent_assist.capture.watch.x11_keys import X11Keys

    codes = []
    take = X11Keys._take

    def told(self: X11Keys, shown: display.Display, event: display.event.rq.Event) -> None:
        if event.type in (X.KeyPress, X.KeyRelease):
            codes.append(event.detail)
        take(self, shown, event)

    monkeypatch.setattr(X11Keys, "_take", told)
    with Ear("<ctrl>+<alt>+a") as ear:
        press(x11, "p", "a", "s", "s", "ctrl+p", "alt+Tab", "ctrl+alt+q", "shift+a", "Return")
        assert codes == []
        press(x11, "ctrl+alt+a")
        assert ear.hears()
    assert codes[0] == 38


def test_a_key_that_moves_on_the_keyboard_is_heard_where_it_is_now(x11: str, x_server: display.Display) -> None:
    with Ear("<ctrl>+<alt>+a") as ear:
        (code,) = {code for code, level in x_server.keysym_to_keycodes(XK.XK_a) if level == 0}
        (other,) = {code for code, level in x_server.keysym_to_keycodes(XK.XK_q) if level == 0}
        x_server.change_keyboard_mapping(code, [(XK.XK_q, XK.XK_Q)])  # as a French keyboard has them
        x_server.change_keyboard_mapping(other, [(XK.XK_a, XK.XK_A)])
        x_server.sync()
        for _ in range(50):  # the hearing thread is told of it at its own pace
            do(x11, "key", f"ctrl+alt+{other}")
            if ear.heard():
                break
        else:
            pytest.fail("not heard where it is now")
        while ear.heard():
            pass
        do(x11, "key", f"ctrl+alt+{code}")
        do(x11, "key", f"ctrl+alt+{other}")
        assert ear.hears()
        assert not ear.heard()


def test_a_modifier_that_moves_is_heard_where_it_is_now(x11: str, x_server: display.Display) -> None:
    """Num Lock on another modifier than before."""
    with Ear("<ctrl>+<alt>+a") as ear:
        rows = [list(row) for row in x_server.get_modifier_mapping()]
        rows[4], rows[5] = rows[5], rows[4]
        assert x_server.set_modifier_mapping(rows) == X.MappingSuccess
        press(x11, "Num_Lock", "ctrl+alt+a")
        assert ear.hears()


# --- what is not


def test_nothing_is_heard_once_closed(x11: str) -> None:
    with Ear("<ctrl>+<alt>+k") as closed:
        closed.hotkey.close()
        with Ear("<ctrl>+<alt>+k") as control:  # and the key is free again
            press(x11, "ctrl+alt+k")
            assert control.hears()
        assert not closed.heard()


def test_closing_ends_the_thread_that_waits_at_once(x11: str) -> None:
    with Ear("<ctrl>+<alt>+k") as ear:
        (thread,) = ears()
        closing = threading.Thread(target=ear.hotkey.close)
        closing.start()
        closing.join(LONG)
        assert not closing.is_alive() and not thread.is_alive()


def test_it_may_be_closed_before_it_began_and_by_the_key_itself(x11: str) -> None:
    Hotkey("<ctrl>+<alt>+k", lambda: None).close()
    done = threading.Event()
    closing: list[Callable[[], None]] = []

    def pressed() -> None:
        closing[0]()
        done.set()

    hotkey = Hotkey("<ctrl>+<alt>+k", pressed)
    closing.append(hotkey.close)
    hotkey.start()
    (thread,) = ears()
    press(x11, "ctrl+alt+k")
    assert done.wait(LONG)
    thread.join(LONG)
    assert not thread.is_alive()


def test_a_key_that_another_program_has_is_said(x11: str, x_server: display.Display) -> None:
    # Only beside Num Lock: half a key is none.
    x_server.screen().root.grab_key(38, X.ControlMask | X.Mod1Mask | X.Mod2Mask, 0, X.GrabModeAsync, X.GrabModeAsync)
    x_server.sync()
    with pytest.raises(KnownError, match=r"^Another program already has the key <ctrl>\+<alt>\+a\."):
        Hotkey("Alt+Ctrl+A", lambda: None).start()
    assert ears() == []
    x_server.screen().root.ungrab_key(38, X.AnyModifier)
    x_server.sync()
    with Ear("<ctrl>+<alt>+a") as ear:  # nothing was left half taken
        press(x11, "ctrl+alt+a")
        assert ear.hears()


def test_a_key_that_the_keyboard_lacks_is_said(x11: str) -> None:
    with pytest.raises(KnownError, match="keyboard has no key for <ctrl>\\+ф"):
        Hotkey("<ctrl>+ф", lambda: None).start()


def test_an_x_server_that_ends_ends_the_thread(x11: str, xvfb: XServer) -> None:
    with Ear("<ctrl>+<alt>+a"):
        (thread,) = ears()
        xvfb.end()
        thread.join(LONG)
        assert not thread.is_alive()


# --- how it is written


@pytest.mark.parametrize("keys", ["a", "<shift>+a", "<ctrl>", "<ctrl>+<alt>", "", "<ctrl>+", "<ctrl>+a+b", "+"])
def test_keys_that_typing_would_press_are_refused(x11: str, keys: str) -> None:
    with pytest.raises(KnownError, match=r"needs <ctrl>, <alt> or <cmd> with one more key"):
        Hotkey(keys, lambda: None)


@pytest.mark.parametrize("keys", ["<ctrl>+<nonsense>", "<ctrl>+<ctrl>+a", "<ctrl>+hello", "<ctrl>+f99", "<ctrl>+\0"])
def test_keys_that_are_not_written_right_are_refused(x11: str, keys: str) -> None:
    with pytest.raises(KnownError, match="not written right"):
        Hotkey(keys, lambda: None)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("ALT+ctrl+A", "<ctrl>+<alt>+a"),
        ("Shift+Win+Return", "<cmd>+<shift>+<enter>"),
        ("<strg>+<", "<ctrl>+<"),
        ("Option + PageDown", "<alt>+<page_down>"),
    ],
)
def test_keys_have_one_form(written: str, read: str) -> None:
    assert str(Keys.read(written)) == read
    assert Keys.read(read) == Keys.read(written)


# --- where there is nothing to hear


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


@pytest.mark.parametrize("name", [":9731", "nonsense"])
def test_a_display_that_does_not_answer_is_said_and_tells_no_program(name: str) -> None:
    code = (
        "from agent_assist.capture.watch.hotkey import Hotkey\n"
        "from agent_assist.capture.watch.desktop import front_programs\n"
        "from agent_assist.errors import KnownError\n"
        "assert front_programs() == ()\n"
        "hotkey = Hotkey('<ctrl>+<alt>+a', print)\n"
        "try:\n    hotkey.start()\nexcept KnownError as error:\n    print(error)\n"
        "hotkey.close()\n"
    )
    env = {**os.environ, "DISPLAY": name, "XDG_SESSION_TYPE": "x11"}
    env.pop("WAYLAND_DISPLAY", None)
    # In a process of its own: Xlib leaves the sockets that it tried to be collected.
    done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, timeout=60)
    assert "no desktop" in done.stdout and not done.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere pynput hears the key")
def test_nothing_needs_pynput_on_linux(x11: str) -> None:
    """In a process of its own, where the packages that Linux is not given cannot be imported."""
    code = (
        "import sys\n"
        "sys.modules.update(dict.fromkeys(('pynput', 'evdev')))\n"
        "import ui.watching\n"
        "from agent_assist.capture.watch.hotkey import Hotkey\n"
        "from agent_assist.capture.watch.desktop import front_programs\n"
        "assert front_programs() == ()\n"
        "hotkey = Hotkey('<ctrl>+<alt>+a', print)\n"
        "hotkey.start()\n"
        "hotkey.close()\n"
        "print('heard')\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert (done.stdout, done.stderr) == ("heard\n", "")


# --- which program is in front


def test_the_program_in_front_is_told(x_server: display.Display) -> None:
    root = x_server.screen().root
    window = root.create_window(0, 0, 10, 10, 0, X.CopyFromParent)
    window.set_wm_class("keepassxc", "KeePassXC")
    root.change_property(x_server.intern_atom("_NET_ACTIVE_WINDOW"), Xatom.WINDOW, 32, [window.id])
    x_server.sync()
    assert front_programs() == ("keepassxc", "KeePassXC")
    window.destroy()
    x_server.sync()
    assert front_programs() == ()
