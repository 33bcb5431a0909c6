"""A change of the key that is killed between any two of its steps leaves a history that opens."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from keyring_stage import ROOT

FEWEST_STEPS = {
    "first use, keyring": 3,
    "passphrase changed": 3,
    "keyring to passphrase": 4,
    "passphrase to keyring": 5,
    "recovery words": 3,
    "re-key begun, keyring": 5,
    "re-key begun, passphrase": 3,
    "re-key finished, keyring": 4,
    "re-key finished, passphrase": 3,
}


@pytest.mark.skipif(sys.platform == "win32", reason="the steps are killed in forks")
def test_killed_at_any_step_the_key_is_kept_and_nothing_is_left_over(tmp_path: Path) -> None:
    tests = ROOT / "tests"
    done = subprocess.run(
        [sys.executable, str(tests / "secrets_crash_child.py"), str(tmp_path)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(map(str, (ROOT, tests, tests / "cli")))},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert {name: story["wrong"] for name, story in told.items()} == {name: [] for name in FEWEST_STEPS}
    for name, fewest in FEWEST_STEPS.items():
        assert told[name]["steps"] >= fewest, f"{name}: hardly any step was seen"
