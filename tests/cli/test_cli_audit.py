"""The command over a real trail; what is kept and its key are a stand-in's, so that no history has to be made."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from agent_assist.cli import audit
from agent_assist.cli.context import Context
from agent_assist.errors import KnownError
from agent_assist.paths import Places
from agent_assist.pipeline import Desk
from agent_assist.privacy.audit import AuditTrail
from agent_assist.records.custody import Action, AuditEntry, AuditVerdict

Run = Callable[..., int]


class NoKeyring:
    """Remembers nothing, as on a server without a desktop."""

    def read(self) -> tuple[int, bytes] | None:
        raise KnownError("No keyring. Start one.")

    def write(self, count: int, head: bytes) -> None:
        raise KnownError("No keyring. Start one.")


class Kept:
    """What custody offers to the command."""

    def __init__(self, path: Path) -> None:
        self.trail = AuditTrail(path, bytes(32), NoKeyring(), lambda: datetime(2026, 3, 1, 12, tzinfo=UTC))
        self.opened = 0

    def key_state(self) -> SimpleNamespace:
        return SimpleNamespace(rekeying=False, recovery=True)

    def open(self) -> None:
        self.opened += 1

    def audit(self, limit: int) -> list[AuditEntry]:
        return self.trail.entries(limit)

    def verify_audit(self) -> AuditVerdict:
        return self.trail.verify()

    def export_audit(self, path: Path) -> int:
        return self.trail.export(path)

    def begin_audit_again(self) -> Path:
        return self.trail.begin_again()


@pytest.fixture
def kept(places: Places) -> Kept:
    kept = Kept(places.audit)
    for k in range(3):
        kept.trail.append(Action.EXPORT, f"{k:032x}", {"redacted": "all"})
    return kept


@pytest.fixture
def run(places: Places, kept: Kept) -> Run:
    def run(*arguments: object) -> int:
        parser = argparse.ArgumentParser()
        audit.add_arguments(parser)
        chosen = parser.parse_args([str(one) for one in arguments])
        context = Context(places, quiet=False, probe=None)
        context.__dict__["desk"] = cast(Desk, SimpleNamespace(custody=kept))
        code: int = chosen.run(context, chosen)
        assert kept.opened == 1, "nothing is told of a history that was not unlocked"
        kept.opened = 0
        return code

    return run


def test_the_newest_entries_are_listed(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("list", "--limit", 2) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == ["3", "2"]
    assert lines[0].endswith("redacted all")
    assert run("list", "--json") == 0
    entries = json.loads(capsys.readouterr().out)
    assert [list(entry) for entry in entries] == [["n", "at", "action", "subject", "detail"]] * 3
    assert entries[0]["detail"] == {"redacted": "all"}


def test_a_whole_trail_is_said_to_be_and_what_was_not_compared(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("verify") == 0
    assert "Whole: 3 entries. No keyring" in capsys.readouterr().out
    assert run("verify", "--json") == 0
    assert json.loads(capsys.readouterr().out) == {"good": True, "entries": 3, "problem": "", "anchored": False}


def test_what_cannot_be_known_is_told_and_is_not_called_whole(
    run: Run, kept: Kept, capsys: pytest.CaptureFixture[str]
) -> None:
    said = AuditVerdict(True, 3, "The keyring's note was not there when line 3 was written.", anchored=False)
    kept.verify_audit = lambda: said  # type: ignore[method-assign]  # what test_audit_tampering has a real trail say
    assert run("verify") == 0
    assert capsys.readouterr().out == f"Every link holds: 3 entries. {said.problem}\n"


def test_a_trail_that_was_altered_is_the_status_until_it_is_begun_again(
    run: Run, kept: Kept, places: Places, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    places.audit.write_bytes(places.audit.read_bytes().replace(b'"all"', b'"non"', 1))
    assert run("verify") == 1
    assert "NOT WHOLE. Line 1 of" in capsys.readouterr().out
    assert run("export", tmp_path / "copy.jsonl") == 0
    assert json.loads((tmp_path / "copy.jsonl").read_text().splitlines()[-1])["verdict"]["good"] is False
    with pytest.raises(KnownError, match="already a file"):
        run("export", tmp_path / "copy.jsonl")
    kept.opened = 0
    assert run("begin-again") == 0
    assert run("verify") == 0
    assert len(list(places.home.glob("audit-*.jsonl"))) == 1
