"""The key's whole life, in processes of their own: a passphrase lost, recovery words, a re-key that is killed."""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from cli_runs import MAIN, PASSPHRASE, Ran, child, line_of, said_kindly

from agent_assist.paths import Places

NEW = "another passphrase altogether"
TALKS = "".join(
    line_of(f"t{n}", ("customer", f"Parcel {n} is broken!"), ("agent", "Sorry.")) for n in range(3)
).encode()


def history(passphrase: str | None, *arguments: str, **environment: str) -> Ran:
    given = {} if passphrase is None else {"AGENT_ASSIST_PASSPHRASE": passphrase}
    return child("history", *arguments, stdin=b"", **given, **environment)


def saved(passphrase: str | None) -> int:
    ran = history(passphrase, "list", "--json")
    assert ran.code == 0, ran.err
    return len(ran.json)


def begin(**environment: str) -> None:
    ran = child("analyze", "--lines", "--no-llm", "--save", stdin=TALKS, **environment)
    assert (ran.code, ran.err) == (0, "")


def rekey_killed(places: Places, passphrase: str, moment: float) -> bool:
    """Kills a re-key so many seconds after it began; whether it was still under way."""
    process = subprocess.Popen(
        [*MAIN, "history", "key", "rekey"],
        env={**os.environ, "AGENT_ASSIST_PASSPHRASE": passphrase},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    while process.poll() is None and not json.loads(places.key_file.read_bytes())["key"]["following"]:
        time.sleep(0.001)
    time.sleep(moment)  # where in the re-key it dies does not matter: it must hold everywhere
    process.kill()
    assert process.wait(30) in (0, -signal.SIGKILL)
    return bool(json.loads(places.key_file.read_bytes())["key"]["following"])


def test_a_lost_passphrase_is_replaced_with_the_recovery_words(home: Places) -> None:
    begin(AGENT_ASSIST_PASSPHRASE=PASSPHRASE)
    made = history(PASSPHRASE, "key", "recovery")
    words = made.out.strip()
    assert made.out == f"{words}\n" and len(words) == 47 and words not in made.err
    said_kindly(history("what was it again", "list"), "enter your recovery words")
    slipped = ("B" if words[0] != "B" else "C") + words[1:]
    said_kindly(history(slipped, "list"), "Group 1 of the recovery words is mistyped")
    assert saved(words.lower().replace("-", " ")) == 3
    changed = history(words, "key", "passphrase", AGENT_ASSIST_NEW_PASSPHRASE=NEW)
    assert (changed.code, changed.out) == (0, "")
    said_kindly(history(PASSPHRASE, "list"))
    assert saved(NEW) == saved(words) == 3


@pytest.mark.skipif(sys.platform == "win32", reason="kill -9 is of Unix")
def test_a_re_key_that_is_killed_at_any_moment_loses_nothing(home: Places) -> None:
    begin(AGENT_ASSIST_PASSPHRASE=PASSPHRASE)
    words = history(PASSPHRASE, "key", "recovery").out.strip()
    interrupted = 0
    for n in range(4):
        before = json.loads(home.key_file.read_bytes())["key"]["id"]
        if rekey_killed(home, PASSPHRASE, n * 0.03):
            interrupted += 1
            assert history(None, "key", "status", "--json").json["rekeying"]
        opened = history(PASSPHRASE, "list", "--json")
        assert (opened.code, len(opened.json)) == (0, 3), opened.err
        after = json.loads(home.key_file.read_bytes())["key"]
        assert after["id"] != before and not after["following"]
        if not after["recovery"]:  # the words went with the key
            words = history(PASSPHRASE, "key", "recovery").out.strip()
    assert interrupted, "no re-key was killed under way"
    assert history(PASSPHRASE, "verify", "--full").code == 0
    again = history(PASSPHRASE, "key", "rekey").out.strip()
    assert saved(again) == 3
    said_kindly(history(words, "list"))


class Typist:
    """A person at a real terminal; `seen` is everything that stood on it."""

    def __init__(self, *arguments: str) -> None:
        import pty  # there is none on Windows

        self._master, slave = pty.openpty()
        self._process = subprocess.Popen(
            [*MAIN, *arguments], stdin=slave, stdout=slave, stderr=slave, start_new_session=True, env=os.environ
        )
        os.close(slave)
        self.seen = ""

    def answer(self, prompt: str, text: str) -> None:
        """Waits for a prompt and types."""
        while prompt not in self.seen.rpartition("\n")[2]:
            assert self._read(), f"{prompt!r} was never asked: {self.seen}"
        os.write(self._master, f"{text}\n".encode())
        self.seen += "\n"

    def end(self) -> int:
        """How the command ended."""
        while self._read():
            pass
        os.close(self._master)
        return self._process.wait(30)

    def _read(self) -> bool:
        ready, _, _ = select.select([self._master], [], [], 60)
        try:
            data = os.read(self._master, 4096) if ready else b""
        except OSError:  # Linux says so when the other side has ended
            return False
        self.seen += data.decode()
        return bool(data)


@pytest.mark.skipif(sys.platform == "win32", reason="a terminal of Unix")
def test_at_a_real_terminal_nothing_that_is_typed_is_shown(home: Places) -> None:
    begin(AGENT_ASSIST_PASSPHRASE=PASSPHRASE)
    person = Typist("history", "key", "passphrase")
    person.answer("words: ", "what was it again")
    person.answer("words: ", PASSPHRASE)
    person.answer("characters: ", NEW)
    person.answer("more: ", NEW)
    assert person.end() == 0
    assert "the passphrase is changed" in person.seen
    for typed in ("what was it again", PASSPHRASE, NEW):
        assert typed not in person.seen
    assert saved(NEW) == 3


def test_a_keyring_that_lost_the_key_keeps_it_again_after_the_words(home: Places, tmp_path: Path) -> None:
    keyring = {
        "PYTHON_KEYRING_BACKEND": "file_keyring.FileKeyring",
        "TEST_KEYRING_FILE": str(tmp_path / "keyring.json"),
    }
    keyring["PYTHONPATH"] = str(Path(__file__).parent)
    begin(**keyring)
    words = history(None, "key", "recovery", **keyring).out.strip()
    (tmp_path / "keyring.json").unlink()
    said_kindly(history(None, "list", **keyring), "Enter your recovery words")
    assert len(history(words, "list", "--json", **keyring).json) == 3
    assert len(history(None, "list", "--json", **keyring).json) == 3, "the keyring keeps it again"
