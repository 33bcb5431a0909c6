"""The bill of materials names what a person gets, and can be made again byte for byte."""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import agent_assist
from models import catalog, emotion

ROOT = Path(agent_assist.__file__).parents[1]


def made(path: Path) -> dict[str, Any]:
    command = [sys.executable, "-W", "error", str(ROOT / "packaging" / "sbom.py"), str(path)]
    done = subprocess.run(command, capture_output=True, timeout=120, env={**os.environ, "SOURCE_DATE_EPOCH": "1"})
    assert done.returncode == 0, done.stderr
    return dict(json.loads(path.read_text()))


def test_it_names_what_is_needed_what_ships_and_what_can_be_fetched(tmp_path: Path) -> None:
    bill = made(tmp_path / "one.json")
    named = {re.sub(r"[-_.]+", "-", one["name"]).lower(): one for one in bill["components"]}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    for text in project["dependencies"]:
        name = re.split(r"[<>=;\s]", text, maxsplit=1)[0].lower()
        if sys.platform == "linux" and "!= 'linux'" not in text:
            assert name in named, "make test installs every dependency"
    for text in project["optional-dependencies"]["test"]:
        assert re.split(r"[<>=;\s]", text, maxsplit=1)[0].lower() not in named, "no tool of the tests' ships"
    hashes = {one["hashes"][0]["content"] for one in bill["components"] if "hashes" in one}
    assert {entry.sha256 for entry in catalog.load()} < hashes
    assert hashlib.sha256((emotion.FOLDER / "encoder.onnx").read_bytes()).hexdigest() in hashes
    assert all(one["licenses"] for one in bill["components"])
    assert (tmp_path / "one.json").read_bytes() == (made(tmp_path / "two.json"), (tmp_path / "two.json").read_bytes())[
        1
    ]
