from __future__ import annotations

import os
import struct
import subprocess
import sys
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from cli_runs import CHAT, MAIN, PASSPHRASE, Cli, child, line_of, said_kindly
from contract_shape import check

from agent_assist.paths import Places
from models import catalog

ANALYZE = ("analyze", "--no-llm", "--no-save", "--json")
unix = pytest.mark.skipif(sys.platform == "win32", reason="needs limits and mounts of a POSIX system")


def png() -> bytes:
    """A whole image of one pixel."""

    def part(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = part(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + part(b"IDAT", zlib.compress(b"\0\0\0\0")) + part(b"IEND", b"")


@contextmanager
def small_disk(folder: Path) -> Iterator[Path]:
    """A disk of one megabyte, where this user may mount one."""
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(folder)]
    if sys.platform != "linux" or os.geteuid() != 0 or subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("needs the right to mount a small disk (root)")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


# --- what cannot be read


@pytest.mark.parametrize("nothing", [b"", b" ", b"\n\n\t \r\n", "\ufeff".encode(), "\u200b \u00a0\n".encode()])
def test_nothing_but_white_space(cli: Cli, nothing: bytes) -> None:
    said_kindly(cli(*ANALYZE, stdin=nothing), "paste")


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (png(), "PNG"),
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n", "PDF"),
        (b"\x7fELF\x02\x01\x01" + bytes(200), "program"),
        (b"PK\x03\x04" + bytes(26) + b"word/document.xml", "Word"),
        (bytes(5000), "not text"),
        (bytes(range(256)) * 40, "not text"),
    ],
    ids=["png", "pdf", "elf", "docx", "zeros", "bytes"],
)
def test_what_is_no_text(cli: Cli, content: bytes, word: str, tmp_path: Path) -> None:
    path = tmp_path / "chat.txt"
    path.write_bytes(content)
    for ran in (cli(*ANALYZE, str(path)), cli(*ANALYZE, stdin=content)):
        said_kindly(ran, word, "paste")
        assert ran.out == ""


def test_five_megabytes_of_text(cli: Cli) -> None:
    started = time.monotonic()
    said_kindly(cli(*ANALYZE, stdin="Customer: where is it\nAgent: soon\n" * 150_000), "longer than")
    assert time.monotonic() - started < 5


def test_a_file_that_never_ends(cli: Cli) -> None:
    if not Path("/dev/zero").exists():
        pytest.skip("there is no endless file here")
    said_kindly(cli(*ANALYZE, "/dev/zero"), "64 MB")


def test_a_file_that_is_not_there_or_is_a_folder(cli: Cli, tmp_path: Path) -> None:
    for options in (ANALYZE, ("analyze", "--lines", "--no-llm")):
        said_kindly(cli(*options, str(tmp_path / "none.txt")), "none.txt", "No such file")
        said_kindly(cli(*options, str(tmp_path)), "directory")


def test_lines_of_json_that_hold_nothing(cli: Cli) -> None:
    ran = cli(*ANALYZE, "--format", "jsonl", stdin="{}\n{]\n")
    assert ran.code == 1
    assert ran.out == ""
    assert [line.split(":")[1] for line in ran.errors[:2]] == [" line 1", " line 2"]
    assert "No line holds a conversation" in ran.errors[2]


# --- what can


def test_json_lines_without_batch_mode_tell_bad_ones_too(cli: Cli) -> None:
    ran = cli(*ANALYZE, stdin=line_of("a", ("customer", "Hello")) + "{broken\n")
    assert (ran.code, ran.errors) == (1, ["agent-assist: line 2: it is not valid JSON"])
    check(ran.json)


@pytest.mark.parametrize(
    "text",
    [
        "I have been waiting for two weeks and nobody answers.",
        "Customer: I have been waiting.\nCustomer: For two weeks!\n",
        "عميل: أين طلبي؟ لقد انتظرت أسبوعين\nوكيل: سأتحقق من ذلك الآن\n",
        "לקוח: איפה ההזמנה שלי?\nנציג: אני בודק\n",
        "Customer: 😡😡😡 👩‍👩‍👧‍👦 why?!\nAgent: 🙏\nCustomer: 💔\n",
        "Customer: zero\x00\x00 bytes in\x00 here\nAgent: fine\n",
        "Customer: " + "a" * 100_000 + "\nAgent: fine\n",
        "Customer: \u202eevil\u202c text\nAgent: \u2066fine\u2069\n",
    ],
    ids=["one message", "one speaker", "arabic", "hebrew", "emoji", "nul", "one long word", "overrides"],
)
def test_odd_conversations_work(cli: Cli, text: str) -> None:
    ran = cli(*ANALYZE, stdin=text)
    assert (ran.code, ran.err) == (0, "")
    check(ran.json)
    assert "\x00" not in ran.out
    assert cli("analyze", "--no-llm", "--no-save", stdin=text).code == 0


def test_two_thousand_turns_take_seconds(cli: Cli) -> None:
    turns = [f"{'Customer' if n % 2 else 'Agent'}: message {n}, it is late again\n" for n in range(2000)]
    started = time.monotonic()
    ran = cli(*ANALYZE, stdin="".join(turns))
    assert (ran.code, ran.err) == (0, "")
    assert ran.json["conversation"]["turns"] == 2000
    check(ran.json)
    assert time.monotonic() - started < 30


def test_bytes_that_are_not_utf_8_are_read_as_far_as_they_go(cli: Cli) -> None:
    ran = cli(*ANALYZE, stdin="Customer: Das ist ärgerlich, bitte prüfen.\nAgent: Gerne.\n".encode("cp1252"))
    assert ran.code == 0
    assert "ärgerlich" in ran.json["turns"][0]["text"]


# --- the language model


def test_no_model_says_what_to_do(cli: Cli) -> None:
    said_kindly(cli("analyze", "--no-save", stdin=CHAT), "No language model is installed", "models install")
    said_kindly(cli("analyze", "--lines", stdin=line_of("a", ("customer", "Hi"))), "models install")


@pytest.mark.parametrize("size", ["wrong", "right"])
def test_a_damaged_model_is_refused_by_name(cli: Cli, home: Places, size: str) -> None:
    entry = catalog.load().get("smollm2-135m")
    home.models.mkdir(parents=True)
    home.settings.write_text('[llm]\nmodel = "smollm2-135m"\n')
    with (home.models / entry.file).open("wb") as file:
        file.write(b"GGUF damaged")
        if size == "right":
            file.truncate(entry.bytes)
    said_kindly(cli("analyze", "--no-save", stdin=CHAT), entry.file, "models install smollm2-135m")


# --- data folder and settings


def test_a_data_folder_that_cannot_be(cli: Cli, tmp_path: Path) -> None:
    in_the_way = tmp_path / "file"
    in_the_way.write_text("")
    for folder in (in_the_way, in_the_way / "below"):
        said_kindly(cli("--data-dir", str(folder), *ANALYZE, stdin=CHAT), str(in_the_way), "--data-dir")


def test_a_name_that_is_no_folder(cli: Cli) -> None:
    if sys.platform == "win32":
        pytest.skip("a tilde is a name like any other there")
    said_kindly(cli("--data-dir", "~nobody-of-this-name/x", "models", "list"), "--data-dir")


@unix
def test_a_read_only_disk(cli: Cli, tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk") as disk:
        subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
        said_kindly(cli("--data-dir", str(disk / "data"), *ANALYZE, stdin=CHAT), "cannot be created", "--data-dir")
        said_kindly(cli("--data-dir", str(disk), *ANALYZE, stdin=CHAT), "cannot be written to", "--data-dir")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"[llm\n", ("cannot be read", "line 1")),
        (b"\xff\xfe\x00", ("cannot be read", "UTF-8")),
        (b"[llm]\nmodle = 'x'\n", ("unknown option llm.modle", "Did you mean llm.model?")),
        (b"theme = 'dark'\n", ("unknown option theme",)),
        (b"[window]\nwidth = 9000\n", ("window.width", "at most 480")),
        (b"[llm]\nthreads = true\n", ("llm.threads", "whole number")),
        (b"[llm]\nmodel = 'gpt-17'\n", ("gpt-17",)),
    ],
)
def test_damaged_settings(cli: Cli, home: Places, content: bytes, words: tuple[str, ...]) -> None:
    home.create()
    home.settings.write_bytes(content)
    said_kindly(cli("analyze", "--no-save", stdin=CHAT), *words)
    assert home.settings.read_bytes() == content


# --- the disk


@unix
def test_a_disk_that_takes_no_more_bytes(home: Places) -> None:
    limited = (
        "import resource, runpy, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (20000, 20000)); "
        "sys.argv = sys.argv[1:]; runpy.run_path(sys.argv[0], run_name='__main__')"
    )
    done = subprocess.run(
        [sys.executable, "-c", limited, MAIN[1], "analyze", "--no-llm", "--json"],
        input=CHAT.encode(),
        capture_output=True,
        env={**os.environ, "AGENT_ASSIST_PASSPHRASE": PASSPHRASE},
        timeout=60,
    )
    assert done.returncode == 1
    assert b"I am furious!" in done.stdout
    errors = done.stderr.decode().splitlines()
    assert len(errors) == 1
    assert "not saved" in errors[0]
    assert "disk" in errors[0].lower()


@unix
def test_a_full_disk_keeps_what_was_saved(cli: Cli, tmp_path: Path, passphrase: str) -> None:
    with small_disk(tmp_path / "disk") as disk:
        here = ("--data-dir", str(disk / "data"))
        assert cli(*here, "analyze", "--no-llm", stdin=CHAT).code == 0
        filler = disk / "filler"
        with pytest.raises(OSError, match="No space"), filler.open("wb", buffering=0) as file:
            while True:
                file.write(bytes(4096))
        ran = cli(*here, *("analyze", "--no-llm", "--json"), stdin="Customer: Another, longer one. " + "x" * 50_000)
        said_kindly(ran, "not saved", "disk", "space")
        check(ran.json)
        filler.unlink()
        assert len(cli(*here, "history", "list", "--json").json) == 1


@unix
def test_an_answer_that_cannot_be_written() -> None:
    if not Path("/dev/full").exists():
        pytest.skip("there is no full device here")
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [*MAIN, "analyze", "--sample", "--no-llm", "--no-save"], stdout=full, stderr=subprocess.PIPE, timeout=60
        )
    assert done.returncode == 1
    assert done.stderr.decode().splitlines() == [
        "agent-assist: The answer cannot be written (No space left on device). "
        "Free some space, or send it somewhere else."
    ]


def test_no_traceback_in_a_process_of_its_own(tmp_path: Path) -> None:
    path = tmp_path / "image.txt"
    path.write_bytes(png())
    said_kindly(child("analyze", str(path)), "PNG")
