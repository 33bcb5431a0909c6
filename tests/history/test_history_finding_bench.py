"""`make bench-history` runs to its end: here with a few conversations, whose figures say nothing."""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from sqlcipher3 import dbapi2  # type: ignore[import-untyped]  # ships no type information

ROOT = Path(__file__).parents[2]
FEW = 60


def bench(folder: Path) -> dict[str, dict[str, object]]:
    command = [
        sys.executable,
        str(ROOT / "packaging" / "bench_history.py"),
        f"--conversations={FEW}",
        f"--keep={folder}",
    ]
    told = subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT)
    assert "save of a turn with its reading, p95" in told.stderr
    figures: dict[str, dict[str, object]] = json.loads(told.stdout)
    return figures


def test_both_sides_hold_the_same_and_only_one_can_be_read(tmp_path: Path) -> None:
    figures = bench(tmp_path)
    assert {"ratio", "processor_ratio"} <= figures["mixed"].keys()
    assert {"open", "save", "search", "page", "list", "backup_s", "size_mb"} <= figures["sealed"].keys()
    with closing(dbapi2.connect(str(tmp_path / "plain" / "history.db"))) as plain:
        ((kept,),) = plain.execute("SELECT count(*) FROM conversation WHERE ref LIKE 'bench-%'").fetchall()
        assert kept == FEW
        assert any(b"router" in sealed for (sealed,) in plain.execute("SELECT sealed FROM turn"))
    with (
        closing(dbapi2.connect(str(tmp_path / "sealed" / "history.db"))) as sealed,
        pytest.raises(dbapi2.DatabaseError, match="not a database"),
    ):
        sealed.execute("SELECT count(*) FROM conversation")
