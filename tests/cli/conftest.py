from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest
from cli_runs import PASSPHRASE, Cli, Ran

from agent_assist import cli as program
from agent_assist.paths import Places, find_places


@pytest.fixture
def cli(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Cli:
    """Runs a command in this process: `cli("analyze", "--no-llm", stdin="...")`."""

    def run(*arguments: str, stdin: str | bytes = b"") -> Ran:
        data = stdin if isinstance(stdin, bytes) else stdin.encode()
        with io.TextIOWrapper(io.BytesIO(data), encoding="utf-8") as given, monkeypatch.context() as patch:
            patch.setattr(sys, "stdin", given)
            capsys.readouterr()
            code = program.main(list(arguments))
        out, err = capsys.readouterr()
        return Ran(code, out, err)

    return run


@pytest.fixture
def passphrase(monkeypatch: pytest.MonkeyPatch) -> str:
    """A passphrase in the environment, so that the history opens without a keyring."""
    monkeypatch.setenv("AGENT_ASSIST_PASSPHRASE", PASSPHRASE)
    return PASSPHRASE


@pytest.fixture
def home(own_folders: Path) -> Places:
    """Where the commands of this test keep their data."""
    places = find_places()
    assert own_folders in places.home.parents
    return places
