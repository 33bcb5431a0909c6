from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from cli_runs import ROOT, Cli

from agent_assist.cli import policy
from agent_assist.cli.context import Context
from agent_assist.cli.parser import make_parser
from agent_assist.errors import KnownError
from agent_assist.paths import Places
from agent_assist.privacy.policy import place

TEXT = """\
title = "Clinic desk"
serial = 3
contact = "it@clinic.example"
[lock]
privacy.export = false
[why]
privacy.export = "Cases stay in the clinic's own system."
[promises.callback]
say = "A colleague calls you back within 2 working days."
within = "2 working days"
[network]
endpoints = ["10.0.0.5:8080"]
"""

Run = Callable[..., int]


@pytest.fixture
def run(places: Places, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setattr(place, "system_folder", lambda: tmp_path / "etc")

    def run(*arguments: object, given: Path | None = None) -> int:
        parser = argparse.ArgumentParser()
        policy.add_arguments(parser)
        chosen = parser.parse_args([str(one) for one in arguments])
        code: int = chosen.run(Context(places, quiet=False, probe=None, policy=given), chosen)
        return code

    return run


@pytest.fixture
def file(places: Places) -> Path:
    places.policy.write_text(TEXT)
    return places.policy


def test_a_site_makes_signs_pins_and_reads_a_policy(
    run: Run, file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    keys = tmp_path / "keys"
    assert run("keygen", keys) == 0
    printed = capsys.readouterr().out
    assert run("sign", file, "--key", keys / "policy-key.pem") == 0
    assert run("pin", keys / "policy-key.pub") == 0
    fingerprint = capsys.readouterr().err.splitlines()[-1].rpartition(": ")[2]
    assert fingerprint in printed, "what keygen told is what is pinned"
    assert run("check", file) == 0
    assert "The pinned key signed it." in capsys.readouterr().out
    assert run("show") == 0
    told = capsys.readouterr().out
    for words in ("Clinic desk, number 3", "privacy.export = no", "own system.", "10.0.0.5:8080", fingerprint):
        assert words in told
    assert run("show", "--json") == 0
    found = json.loads(capsys.readouterr().out)
    assert found["locked"] == {"privacy.export": {"value": False, "why": "Cases stay in the clinic's own system."}}
    assert (found["serial"], found["problem"], found["endpoints"]) == (3, "", ["10.0.0.5:8080"])


def test_where_there_is_none_that_is_said(run: Run, capsys: pytest.CaptureFixture[str], cli: Cli) -> None:
    assert run("show") == 0
    assert "no policy here" in capsys.readouterr().out
    assert "no policy here" in cli("policy", "show").out, "the parser knows the command"


def test_what_is_wrong_with_it_is_said_and_is_the_status(
    run: Run, file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("show") == 1
    assert "no key is pinned" in capsys.readouterr().out
    run("keygen", tmp_path / "keys")
    run("pin", tmp_path / "keys" / "policy-key.pub")
    assert "not signed" in capsys.readouterr().err, "said as soon as the key is pinned"
    assert run("show") == 1
    assert "strictest rules hold" in capsys.readouterr().out
    with pytest.raises(KnownError, match="right but not signed"):
        run("check", file)
    run("sign", file, "--key", tmp_path / "keys" / "policy-key.pem")
    file.write_text(TEXT.replace("false", "true"))
    with pytest.raises(KnownError, match="not its signature"):
        run("check", file)
    with pytest.raises(KnownError, match="it was changed"):
        run("show", given=file)


@pytest.mark.parametrize("action", ["check", "sign"])
def test_promises_that_nobody_could_use_are_found_before_they_are_signed(
    run: Run, file: Path, tmp_path: Path, action: str
) -> None:
    run("keygen", tmp_path / "keys")
    key = ("--key", tmp_path / "keys" / "policy-key.pem") if action == "sign" else ()
    file.write_text(TEXT.replace("within =", "up_to ="))
    with pytest.raises(KnownError, match=r"promises\.callback\.up_to must be an amount"):
        run(action, file, *key)
    file.write_text(TEXT.replace("privacy.export = false", "privacy.exprt = false"))
    with pytest.raises(KnownError, match=r"line 5: there is no option privacy\.exprt"):
        run(action, file, *key)
    assert not file.with_name("policy.toml.sig").exists()


def test_a_command_loads_its_own_rooms_alone(tmp_path: Path) -> None:
    code = (
        "import sys; from agent_assist import cli; "
        f"assert cli.main(['--data-dir', {str(tmp_path / 'data')!r}, 'policy', 'show']) == 0; "
        "print(*(name for name in sys.modules if name.startswith('agent_assist.')))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, cwd=ROOT)
    assert done.returncode == 0, done.stderr
    loaded = set(done.stdout.splitlines()[-1].split())
    assert "agent_assist.cli.policy" in loaded
    assert not loaded & {
        "agent_assist.pipeline",
        "agent_assist.assist",
        "agent_assist.capture",
        "agent_assist.cli.bench",
    }


@pytest.mark.parametrize(
    ("words", "networked"),
    [
        *((words, True) for words in ("models install x", "hook serve", "bench", "doctor")),
        *((words, False) for words in ("analyze", "coach", "models list", "models import x", "models remove x")),
        *((words, False) for words in ("history list", "audit list", "policy show", "push x", "hook status")),
        *((words, False) for words in ("native-host x", "")),
    ],
)
def test_few_commands_may_keep_their_sockets(words: str, networked: bool) -> None:
    assert make_parser().parse_args(words.split()).networked is networked
