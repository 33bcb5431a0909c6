from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from cli_runs import Cli, said_kindly

from agent_assist import cli as program
from agent_assist.cli import bench
from agent_assist.errors import KnownError
from agent_assist.paths import Places
from agent_assist.settings import VOICE
from models import catalog
from models.catalog import Catalog, Voice

SMALL = "smollm2-135m"
SHELF = os.environ.get("AGENT_ASSIST_MODELS")


@pytest.fixture(autouse=True)
def no_packages(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test here asks an index for anything."""
    monkeypatch.setenv("PIP_NO_INDEX", "1")


def test_the_list_has_every_model_and_what_it_costs(cli: Cli) -> None:
    ran = cli("models", "list", "--json")
    assert (ran.code, ran.err) == (0, "")
    assert [row["name"] for row in ran.json] == [entry.name for entry in catalog.load()]
    for row in ran.json:
        assert list(row) == ["name", "title", "licence", "purpose", "megabytes", "memory_mb", "installed", "voice"]
        assert row["installed"] is None
        assert row["voice"] in ("yes", "none")
        assert 0 < row["megabytes"] < row["memory_mb"] + 100
    told = cli("models", "list")
    assert all(row["name"] in told.out for row in ran.json)
    assert told.out.count("not installed") == len(ran.json)


@pytest.mark.parametrize("action", ["install", "verify", "remove"])
def test_a_name_that_is_nearly_right_is_named(cli: Cli, action: str) -> None:
    said_kindly(cli("models", action, "smolm2-135"), f"Did you mean {SMALL}?")


def test_what_is_not_installed_cannot_be_removed_or_verified(cli: Cli) -> None:
    for action in ("remove", "verify"):
        said_kindly(cli("models", action, SMALL), "not installed", f"models install {SMALL}")
    ran = cli("models", "verify")
    assert (ran.code, ran.out, ran.errors) == (0, "", ["agent-assist: no model is installed."])


def test_a_file_that_is_no_model_is_not_taken_in(cli: Cli, tmp_path: Path, home: Places) -> None:
    path = tmp_path / "model.gguf"
    said_kindly(cli("models", "import", str(path)), "model.gguf")
    for content, words in ((b"plain text", "no language model"), (b"GGUF" + bytes(100), "not in the catalogue")):
        path.write_bytes(content)
        said_kindly(cli("models", "import", str(path)), words)
    assert not list(home.models.glob("*")) if home.models.exists() else True


def test_a_damaged_model_is_listed_and_can_be_removed(cli: Cli, home: Places) -> None:
    entry = catalog.load().get(SMALL)
    home.models.mkdir(parents=True)
    (home.models / entry.file).write_bytes(b"GGUF cut short")
    assert {row["name"]: row["installed"] for row in cli("models", "list", "--json").json}[SMALL] == "damaged"
    ran = cli("models", "verify")
    assert ran.code == 1
    assert "SHA-256" in ran.out
    removed = cli("--quiet", "models", "remove", SMALL)
    assert (removed.code, removed.err) == (0, "")
    assert not (home.models / entry.file).exists()
    said_kindly(cli("models", "remove", SMALL), "not installed")


@pytest.mark.llm
@pytest.mark.skipif(not SHELF, reason="AGENT_ASSIST_MODELS names no folder of language models")
def test_a_file_that_is_carried_in_is_installed_verified_and_removed(cli: Cli, home: Places) -> None:
    file = Path(SHELF or "") / catalog.load().get(SMALL).file
    ran = cli("--quiet", "models", "import", str(file))
    assert (ran.code, ran.out, ran.err) == (0, "", "")
    assert "good" in cli("--quiet", "models", "verify", SMALL).out
    assert f"{SMALL}" in [row["name"] for row in cli("models", "list", "--json").json if row["installed"] == "good"]
    assert cli("models", "remove", SMALL).code == 0
    assert file.exists()
    assert not (home.models / file.name).exists()


# --- our voice


@pytest.fixture
def voice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The one voice that ships here is made for the small model."""
    file = tmp_path / "voices" / f"{SMALL}.gguf"
    file.parent.mkdir()
    file.write_bytes(b"GGUF, as far as this goes")
    made = Voice(file.name, file.stat().st_size, hashlib.sha256(file.read_bytes()).hexdigest())
    shipped = Catalog(tuple(replace(e, voice=made if e.name == SMALL else None) for e in catalog.load()))
    monkeypatch.setattr(catalog, "VOICES", file.parent)
    monkeypatch.setattr(catalog, "load", lambda: shipped)
    return file


def test_the_list_and_the_doctor_say_whether_we_write_in_our_voice(cli: Cli, home: Places, voice: Path) -> None:
    def told() -> tuple[dict[str, str], dict[str, str]]:
        rows = {row["name"]: row["voice"] for row in cli("models", "list", "--json").json}
        (finding,) = (one for one in cli(*DOCTOR).json if one["name"] == "voice")
        assert finding["ok"] is True, "the product works without"
        return rows, finding

    rows, finding = told()
    assert rows == {e.name: "yes" if e.name == SMALL else "none" for e in catalog.load()}
    assert finding["state"] == f"made for {SMALL}, checked"
    home.settings.write_text("[llm]\nvoice = false\n")
    rows, finding = told()
    assert (rows[SMALL], finding["state"]) == ("off", f"off in the settings; one was made for {SMALL}")
    for word in ("damaged", "missing"):
        if word == "damaged":
            voice.write_bytes(bytes(voice.stat().st_size))
        else:
            voice.unlink()
        rows, finding = told()
        assert rows[SMALL] == "damaged"
        assert finding["state"].startswith(f"The voice made for {SMALL} is {word} and left out")
        assert finding["advice"].startswith("Install Agent Assist again")
        assert cli("models", "list").out.splitlines()[-1] == f"{finding['state']} {finding['advice']}"


def test_the_list_in_words_names_the_voice_where_there_is_one(cli: Cli, voice: Path) -> None:
    lines = cli("models", "list").out.splitlines()
    assert [line for line in lines if "voice" in line] == [line for line in lines if line.startswith(SMALL)]
    assert lines[-1].endswith("not installed, voice: yes")


def test_without_any_voice_the_doctor_says_so(cli: Cli, voice: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mute = Catalog(tuple(replace(e, voice=None) for e in catalog.load()))
    monkeypatch.setattr(catalog, "load", lambda: mute)
    assert {one["name"]: one["state"] for one in cli(*DOCTOR).json}["voice"] == "none was made for any model"


def test_a_bench_without_the_voice_leaves_the_settings_as_they_are(
    cli: Cli, home: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bench, "measure", lambda context, _peer: {"model": {"voice": context.desk.settings[VOICE]}})
    assert cli("bench", "--json").json == {"model": {"voice": True}}
    assert cli("bench", "--json", "--no-voice").json == {"model": {"voice": False}}
    assert not home.settings.exists()


# --- usage


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("unheard-of",),
        ("analyze", "--unheard-of"),
        ("models",),
        ("models", "install"),
        ("models", "install", "x", "--recommended"),
        ("history", "show"),
        ("analyze", "--format", "docx"),
        ("analyze", "--sample", "chat.txt"),
        ("analyze", "--save", "--no-save"),
        ("--data-dir",),
    ],
)
def test_bad_usage_is_two(cli: Cli, arguments: tuple[str, ...]) -> None:
    ran = cli(*arguments)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("usage: agent-assist")


@pytest.mark.parametrize("command", [(), ("analyze",), ("models", "install"), ("history", "list"), ("bench",)])
def test_help_explains_every_option(cli: Cli, command: tuple[str, ...]) -> None:
    ran = cli(*command, "--help")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith("usage: agent-assist")


def test_the_version_is_told(cli: Cli) -> None:
    assert cli("--version").out.startswith("agent-assist ")


# --- doctor

Probe = Callable[[], dict[str, float]]
DOCTOR = ("doctor", "--offline", "--json")


def test_the_doctor_names_what_does_not_work_and_what_to_do(cli: Cli) -> None:
    ran = cli(*DOCTOR)
    assert ran.code == 1
    found = {one["name"]: one for one in ran.json}
    names = ["machine", "packages", "data folder", "settings", "history", "history key", "backups", "audit", "policy"]
    names += ["feelings", "nudges", "site tables", "language model", "voice", "browser hook", "other programs"]
    assert list(found) == [*names, "egress guard", "worker sandbox"]
    for one in found.values():
        assert list(one) == ["name", "ok", "state", "advice"]
        assert one["ok"] is (one["name"] != "language model")
    assert "models install" in found["language model"]["advice"]
    assert "AGENT_ASSIST_PASSPHRASE" in found["history"]["advice"]
    told = cli("doctor", "--offline")
    assert told.code == 1
    assert "NO  language model" in told.out


def test_the_doctor_opens_the_history_but_makes_none(cli: Cli, passphrase: str, home: Places) -> None:
    def history() -> str:
        return str({one["name"]: one["state"] for one in cli(*DOCTOR).json}["history"])

    assert history().startswith("not begun")
    assert not home.history.exists()
    cli("analyze", "--no-llm", "--sample")
    assert history().endswith("1 conversations")
    home.history.write_bytes(b"damaged" * 1000)
    assert history() == "does not work"


def test_the_doctor_lives_with_damaged_settings(cli: Cli, home: Places) -> None:
    home.create()
    home.settings.write_text("[nonsense")
    ran = cli(*DOCTOR)
    assert ran.code == 1
    assert "cannot be read" in {one["name"]: one["advice"] for one in ran.json}["settings"]


def test_the_doctor_opens_the_window_where_there_is_one(capsys: pytest.CaptureFixture[str]) -> None:
    def broken() -> dict[str, float]:
        raise KnownError("The window does not open. Do this.")

    cases: list[tuple[Probe, str]] = [
        (lambda: {"window_ms": 812.4, "app_mb": 200.0}, "shows after 812 ms"),
        (broken, "does not work"),
    ]
    for probe, words in cases:
        program.main(["doctor", "--offline"], probe=probe)
        assert words in capsys.readouterr().out
