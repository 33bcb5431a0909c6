"""What the doctor says of what leaves and of what is kept."""

from __future__ import annotations

import os
import sys
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import pytest
from cli_runs import PASSPHRASE, Cli, child

from agent_assist import egress
from agent_assist.cli import offline
from agent_assist.egress import seccomp
from agent_assist.errors import KnownError
from agent_assist.llm import sandbox
from agent_assist.llm.engine import SandboxState
from agent_assist.paths import Places
from agent_assist.wording import SITE_FILES

DOCTOR = ("doctor", "--offline", "--json")
CAN_HOLD = bool(seccomp.machine_name())


def rows(cli: Cli) -> dict[str, dict[str, Any]]:
    return {row["name"]: row for row in cli(*DOCTOR).json}


# --- what leaves


def test_the_program_proves_by_trying_that_nothing_leaves(own_folders: object) -> None:
    found = {row["name"]: row for row in child(*DOCTOR).json}
    guard, cage = found["egress guard"], found["worker sandbox"]
    assert guard["ok"], guard
    # Four ways in each of three processes; where the kernel holds two of them, native code and files too.
    assert guard["state"].startswith(f"{22 if CAN_HOLD else 12} tries to get out, all refused")
    assert cage["ok"]
    assert "nothing holds it" not in cage["state"] or not CAN_HOLD


def test_an_unguarded_process_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(egress, "installed", lambda: False)
    guard, _ = offline.look(None)
    assert not guard.ok
    assert "TCP here, TCP over IPv6 here, UDP here, looking up a name here" in guard.state
    assert guard.advice


def unguarded(pipe: Connection) -> None:
    """A worker that lets something out."""
    pipe.send_bytes(b'{"tries":{"UDP":false,"TCP":true},"sandbox":{"words":"I say so"}}')


def silent(pipe: Connection) -> None:
    """A worker that ends without a word."""
    pipe.close()


def test_a_sandbox_that_only_claims_to_hold_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    egress.install()
    monkeypatch.setattr(offline, "_as_worker", unguarded)
    guard, cage = offline.look(SandboxState(True, True, "all of it"))
    assert not guard.ok
    assert guard.state == "not refused: UDP in the worker"
    assert not cage.ok
    assert cage.state == "does not hold: UDP"


def test_a_process_that_says_nothing_is_no_proof(monkeypatch: pytest.MonkeyPatch) -> None:
    egress.install()
    monkeypatch.setattr(offline, "_as_host", silent)
    with pytest.raises(KnownError, match="did not come to an end"):
        offline.look(None)


def test_the_worker_that_loaded_a_model_speaks_for_itself() -> None:
    egress.install()
    _, cage = offline.look(SandboxState(False, True, "as it told"))
    assert cage.state == "as it told"


@pytest.mark.skipif(not CAN_HOLD, reason="no sandbox on this system")
def test_where_the_kernel_has_no_landlock_the_rest_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox, "_restrict_files", lambda _model, _voice: 0)
    monkeypatch.setattr(sandbox, "_filter_calls", lambda _machine: True)
    state = sandbox.enter(Path("nowhere"), None)
    assert (state.filesystem, state.sockets) == (False, True)
    assert state.words.endswith("this kernel lacks Landlock")


# --- what is kept


def test_before_the_history_is_begun_nothing_is_amiss(cli: Cli) -> None:
    found = rows(cli)
    assert found["history key"]["state"] == "none yet: the history is not begun"
    assert found["backups"]["state"].startswith("none yet in ")
    assert found["audit"]["state"] == "not begun"
    assert found["policy"]["state"].startswith("none")
    assert all(found[name]["ok"] for name in ("history key", "backups", "audit", "policy"))


def test_what_is_wrong_with_the_policy_is_a_finding(cli: Cli, home: Places) -> None:
    home.create()
    (home.home / "policy.pub").write_bytes(b"")
    policy = rows(cli)["policy"]
    assert not policy["ok"]
    assert "policy pin KEYFILE --replace" in policy["state"]


@pytest.mark.skipif(sys.platform == "win32", reason="no FIFOs there")
@pytest.mark.parametrize(
    ("name", "row"),
    [("settings.toml", "settings"), ("nudges.toml", "nudges"), *((name, "site tables") for name in SITE_FILES)],
)
def test_what_is_no_file_is_a_finding_and_holds_nothing_up(
    own_folders: object, home: Places, name: str, row: str
) -> None:
    home.create()
    os.mkfifo(home.home / name)
    found = {one["name"]: one for one in child(*DOCTOR).json}[row]
    assert not found["ok"]
    assert "it is not a file" in found["advice"]


def test_it_says_that_recovery_words_are_missing(cli: Cli, passphrase: str, home: Places) -> None:
    assert passphrase == PASSPHRASE
    cli("analyze", "--no-llm", "--sample")
    key = rows(cli)["history key"]
    assert key["ok"]
    assert "no recovery words" in key["state"]
    assert "on paper" in key["advice"]


def test_the_audit_trail_is_checked_where_the_history_opens(cli: Cli, passphrase: str, home: Places) -> None:
    cli("analyze", "--no-llm", "--sample")
    audit = rows(cli)["audit"]
    assert audit["ok"], audit
    assert "the chain holds" in audit["state"]
    lines = home.audit.read_bytes().splitlines(keepends=True)
    home.audit.write_bytes(b"".join(lines[1:]))
    assert not rows(cli)["audit"]["ok"]
